# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run has changed so far, with a file that survives if the run is killed."""

from __future__ import annotations

import contextlib
import hashlib
import json
import pathlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Object = dict[str, Any]
WRITABLE_KINDS = ("Slack", "MsTeams", "Webhook")
MAX_INTEGRATIONS = 4
#: Every name that the probe gives has this, and then eight hexadecimal digits, whatever --prefix says.
FIXED_PART = "ccloud-probe-"


def full_prefix(prefix: str) -> str:
    """What names of a run begin with, before its digits."""
    return prefix if prefix.endswith(FIXED_PART) else prefix + FIXED_PART


@dataclass
class Changes:
    """Everything that must be undone. Changes are noted before their requests, for a response may be lost."""

    #: Every name that the run gives begins with this.
    name: str
    journal: Journal
    created: int = 0
    #: ID and name of the integrations that exist.
    integrations: dict[str, str] = field(default_factory=dict)
    #: How many creations have an unknown outcome.
    unknown_integrations: int = 0
    #: IDs of the integrations that the run deleted; lists may show them for a while.
    deleted: set[str] = field(default_factory=set)
    removed: int = 0
    #: The subscription that was changed, and the IDs of its integrations before that.
    subscription: str = ""
    before: list[str] = field(default_factory=list)
    change_unknown: bool = False
    new_subscriptions: list[str] = field(default_factory=list)
    subscription_unknown: bool = False
    #: What was not deleted, because somebody else needs it.
    kept: list[str] = field(default_factory=list)

    def change_subscription(self, subscription: str, before: list[str]) -> None:
        """Note a subscription that is about to change. Raises OSError if the journal cannot be written."""
        self.subscription, self.before = subscription, before
        self.save()

    def add_subscription(self, subscription: str) -> None:
        """Note a subscription that was created."""
        self.new_subscriptions.append(subscription)
        self.save_if_possible()

    def forget_subscription(self) -> None:
        """Note that the subscription is as it was before."""
        self.subscription, self.before, self.change_unknown = "", [], False
        self.save_if_possible()

    def save_if_possible(self) -> None:
        """Update the journal; failing to do so must not keep anything from being undone."""
        with contextlib.suppress(OSError):
            self.save()

    def save(self) -> None:
        """Update the journal with what the names of integrations do not show. Raises OSError."""
        if self.subscription or self.new_subscriptions:
            self.journal.write(self.subscription, self.before, self.new_subscriptions)
        else:
            self.journal.remove()


@dataclass(frozen=True)
class Journal:
    """A file of IDs, for ``--clean`` after a run that was killed. It holds no name, URL or secret."""

    path: pathlib.Path

    @classmethod
    def default(cls, endpoint: str, environment: Mapping[str, str]) -> Journal:
        """The journal in the user's state directory, one for each endpoint."""
        folder = environment.get("XDG_STATE_HOME") or pathlib.Path.home() / ".local" / "state"
        of_endpoint = hashlib.sha256(endpoint.encode()).hexdigest()[:12]
        return cls(pathlib.Path(folder) / f"ccloud-notifications-probe-{of_endpoint}.json")

    def write(self, subscription: str, before: list[str], new_subscriptions: list[str]) -> None:
        """Replace the content. Raises OSError."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        content = {
            "subscription": subscription,
            "integrations": before,
            "new_subscriptions": new_subscriptions,
        }
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(content), encoding="utf-8")
        temporary.replace(self.path)

    def read(self, changes: Changes) -> None:
        """Enter the content into changes. Raises OSError or ValueError if the file is not readable."""
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
            changes.subscription = content["subscription"]
            changes.before = list(content["integrations"])
            changes.new_subscriptions = list(content["new_subscriptions"])
        except FileNotFoundError:
            return
        except (KeyError, TypeError) as error:
            raise ValueError("the file has another form") from error

    def remove(self) -> None:
        """Delete the file, if there is one. Raises OSError."""
        with contextlib.suppress(FileNotFoundError):
            self.path.unlink()
