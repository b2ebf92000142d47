# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state: objects of every collection in the order of their creation, and pages that survive changes."""

from __future__ import annotations

import base64
import copy
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Optional

from .clock import Clock

Object = dict[str, Any]
ORGANIZATION = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"


@dataclass
class _Entry:
    number: int
    content: Object
    created: float


@dataclass(frozen=True)
class Page:
    """Some objects, and the token of the page after them."""

    objects: list[Object]
    next_token: Optional[str]
    total: int


@dataclass
class Store:
    """Objects by collection and id."""

    clock: Clock
    _entries: dict[str, dict[str, _Entry]] = field(default_factory=dict)
    _removed: dict[str, list[tuple[float, _Entry]]] = field(default_factory=dict)
    _number: int = 10_000

    def objects(self, collection: str) -> Iterator[Object]:
        return (entry.content for entry in self._entries.get(collection, {}).values())

    def find(self, collection: str, object_id: str) -> Optional[Object]:
        entry = self._entries.get(collection, {}).get(object_id)
        return entry.content if entry else None

    def add(self, collection: str, kind: str, prefix: str, base_url: str, content: Object, age: float = 0) -> Object:
        """A new object with all that the server makes: id, metadata, version and kind."""
        self._number += 1
        object_id = f"{prefix}-{self._number}"
        now = self.clock.timestamp()
        crn_name = kind[0].lower() + kind[1:]
        whole = {
            "api_version": "notifications/v1",
            "kind": kind,
            "id": object_id,
            "metadata": {
                "self": f"{base_url}/notifications/v1/{collection}/{object_id}",
                "resource_name": f"crn://confluent.cloud/organization={ORGANIZATION}/{crn_name}={object_id}",
                "created_at": now,
                "updated_at": now,
            },
            **copy.deepcopy(content),
        }
        created = self.clock.monotonic() - age
        self._entries.setdefault(collection, {})[object_id] = _Entry(self._number, whole, created)
        return whole

    def change(self, collection: str, object_id: str, content: Object) -> Object:
        entry = self._entries[collection][object_id]
        metadata = {**entry.content["metadata"], "updated_at": self.clock.timestamp()}
        entry.content = {**entry.content, **copy.deepcopy(content), "metadata": metadata}
        return entry.content

    def remove(self, collection: str, object_id: str) -> None:
        entry = self._entries[collection].pop(object_id)
        self._removed.setdefault(collection, []).append((self.clock.monotonic(), entry))

    def page(
        self,
        collection: str,
        size: int,
        token: Optional[str],
        hidden_for: float,
        lingers_for: float,
        wanted: Callable[[Object], bool],
        newest_first: bool,
    ) -> Page:
        """The page behind a token. A token says after which object to go on, so it outlives insertions and deletions.

        Objects younger than ``hidden_for`` seconds are not shown, and deleted ones are for ``lingers_for`` seconds. A token that this
        server never made raises ValueError.
        """
        after = _read_token(token) if token else None
        shown_until = self.clock.monotonic() - hidden_for
        oldest = self.clock.monotonic() - lingers_for
        lingering = [entry for removed, entry in self._removed.get(collection, []) if removed > oldest]
        entries = sorted([*self._entries.get(collection, {}).values(), *lingering], key=lambda entry: entry.number)
        shown = [entry for entry in entries if entry.created <= shown_until and wanted(entry.content)]
        if newest_first:
            shown.reverse()
        rest = [entry for entry in shown if after is None or (entry.number < after if newest_first else entry.number > after)]
        more = len(rest) > size
        return Page(
            [entry.content for entry in rest[:size]],
            _make_token(rest[size - 1].number) if more else None,
            len(shown),
        )


def _make_token(number: int) -> str:
    return base64.urlsafe_b64encode(f"after:{number}:{uuid.uuid4().hex[:8]}".encode()).decode().rstrip("=")


def _read_token(token: str) -> int:
    try:
        padded = token + "=" * (-len(token) % 4)
        word, number, _nonce = base64.urlsafe_b64decode(padded.encode()).decode().split(":")
        if word != "after":
            raise ValueError(word)
        return int(number)
    except (ValueError, UnicodeError) as error:
        raise ValueError("The page_token is not one that this server gave.") from error
