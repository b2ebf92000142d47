# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can be set: one policy for each question the contract leaves open, and the numbers."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass, field
from typing import Any, Mapping


def _policy(question: str, *sides: str) -> Any:
    return field(default=sides[0], metadata={"help": question, "sides": sides})


def _number(meaning: str, default: int) -> Any:
    return field(default=default, metadata={"help": meaning})


def _text(meaning: str, default: str) -> Any:
    return field(default=default, metadata={"help": meaning})


@dataclass(frozen=True)
class Settings:
    """What the emulator was started with, or was told at the last reset. The first side of a policy is its default."""

    webhook_urls: str = _policy("does a read return a webhook URL", "clear", "masked")
    duplicate_names: str = _policy("may two integrations share a display_name", "allowed", "refused")
    kind_change: str = _policy("may PATCH change target.kind", "allowed", "refused")
    empty_description: str = _policy("does an empty description clear it", "clears", "ignored")
    delete_in_use: str = _policy("an integration that a subscription uses, when deleted", "detached", "refused")
    missing: str = _policy("how a missing id is answered", "404", "403")
    over_quota: str = _policy("how going over the quota is answered", "402", "400")
    error_envelope: str = _policy("the form of an error's body", "errors", "error")
    new_objects: str = _policy("when lists show a new object", "at-once", "delayed")
    dead_url: str = _policy("how a test of a URL that does not accept it is answered", "204", "400")

    list_delay_ms: int = _number("how long lists do not show a new object where that is delayed", 300)
    latency_ms: int = _number("how long every answer takes", 0)
    quota: int = _number("integrations_per_org: how many Slack, MsTeams and Webhook integrations there may be", 1000)
    rate_limit: int = _number("requests that one user may send in one window", 100_000)
    rate_window: int = _number("the length of that window in seconds", 60)
    concurrency_limit: int = _number("requests that may be under way at once", 1000)
    token_lifetime: int = _number("the longest life of an exchanged access token in seconds", 900)

    api_key: str = _text("the Cloud API key that may write", "emulator-key")
    api_secret: str = _text("its secret", "emulator-secret")
    reader_key: str = _text("the Cloud API key that may only read", "reader-key")
    reader_secret: str = _text("its secret", "reader-secret")
    external_token: str = _text("the identity provider's token that the exchange accepts", "emulator-external-token")

    def changed(self, overrides: Mapping[str, Any]) -> Settings:
        """These settings with others in place of some; an unknown name or side raises ValueError."""
        known = {f.name: f for f in dataclasses.fields(self)}
        for name, value in overrides.items():
            if name not in known:
                raise ValueError(f"unknown setting {name!r}, known are: {', '.join(known)}")
            sides = known[name].metadata.get("sides")
            if sides and value not in sides:
                raise ValueError(f"{name} is one of {', '.join(sides)}, not {value!r}")
        return dataclasses.replace(self, **overrides)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """One command-line flag for each setting, named as the setting is."""
    for f in dataclasses.fields(Settings):
        flag = "--" + f.name.replace("_", "-")
        if "sides" in f.metadata:
            parser.add_argument(flag, choices=f.metadata["sides"], default=f.default, help=f.metadata["help"])
        else:
            kind = int if isinstance(f.default, int) else str
            text = f"{f.metadata['help']} (default {f.default})"
            parser.add_argument(flag, type=kind, default=f.default, metavar=kind.__name__.upper(), help=text)


def from_flags(namespace: argparse.Namespace) -> Settings:
    """The settings that the parsed flags say."""
    return Settings(**{f.name: getattr(namespace, f.name) for f in dataclasses.fields(Settings)})
