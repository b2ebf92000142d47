# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that can be set: one policy for each question the contract leaves open, and the numbers."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass, field
from typing import Any, Mapping

import yaml


def _policy(question: str, *sides: str) -> dict[str, Any]:
    return {"help": question, "sides": sides}


def _plain(meaning: str) -> dict[str, Any]:
    return {"help": meaning}


@dataclass(frozen=True)
class Settings:
    """What the emulator was started with, or was told at the last reset. The first side of a policy is its default."""

    webhook_urls: str = field(default="clear", metadata=_policy("does a read return a webhook URL", "clear", "masked"))
    duplicate_names: str = field(default="allowed", metadata=_policy("may two integrations share a display_name", "allowed", "refused"))
    kind_change: str = field(default="allowed", metadata=_policy("may PATCH change target.kind", "allowed", "refused"))
    empty_description: str = field(default="clears", metadata=_policy("does an empty description clear it", "clears", "ignored"))
    delete_in_use: str = field(
        default="detached", metadata=_policy("an integration that a subscription uses, when deleted", "detached", "refused", "dangling")
    )
    second_subscription: str = field(
        default="refused", metadata=_policy("may a type be subscribed to twice, or one resource's type", "refused", "allowed")
    )
    required_role_email: str = field(
        default="droppable", metadata=_policy("a RoleEmail integration of a REQUIRED type's subscription", "droppable", "kept")
    )
    early_access: str = field(default="granted", metadata=_policy("the organization's access to user notifications", "granted", "withheld"))
    missing: str = field(default="404", metadata=_policy("how a missing id is answered", "404", "403"))
    over_quota: str = field(default="402", metadata=_policy("how going over the quota is answered", "402", "400"))
    error_envelope: str = field(default="errors", metadata=_policy("the form of an error's body", "errors", "error"))
    new_objects: str = field(default="at-once", metadata=_policy("when lists show a new object", "at-once", "delayed"))
    deletion: str = field(default="at-once", metadata=_policy("when lists no longer show a deleted object", "at-once", "lingering"))
    write_answers: str = field(
        default="full",
        metadata=_policy("which members the answer to a write has: all, or those that the contract requires", "full", "lean"),
    )
    empty_lookup: str = field(
        default="empty", metadata=_policy("a look-up of resource subscriptions where there are none", "empty", "missing")
    )
    error_codes: str = field(default="given", metadata=_policy("whether an error has a code", "given", "omitted"))
    dead_url: str = field(default="204", metadata=_policy("how a test of a URL that does not accept it is answered", "204", "400"))

    list_delay_ms: int = field(
        default=300, metadata=_plain("how long lists lag behind where new objects are delayed or deleted ones linger")
    )
    latency_ms: int = field(default=0, metadata=_plain("how long every answer takes"))
    quota: int = field(default=1000, metadata=_plain("integrations_per_org: how many Slack, MsTeams and Webhook integrations there may be"))
    rate_limit: int = field(default=100_000, metadata=_plain("requests that one user may send in one window"))
    rate_window: int = field(default=60, metadata=_plain("the length of that window in seconds"))
    concurrency_limit: int = field(default=1000, metadata=_plain("requests that may be under way at once"))
    token_lifetime: int = field(default=900, metadata=_plain("the longest life of an exchanged access token in seconds"))

    api_key: str = field(default="emulator-key", metadata=_plain("the Cloud API key that may write"))
    api_secret: str = field(default="emulator-secret", metadata=_plain("its secret"))
    reader_key: str = field(default="reader-key", metadata=_plain("the Cloud API key that may only read"))
    reader_secret: str = field(default="reader-secret", metadata=_plain("its secret"))
    external_token: str = field(
        default="emulator-external-token", metadata=_plain("the identity provider's token that the exchange accepts")
    )

    def changed(self, overrides: Mapping[str, Any]) -> Settings:
        """These settings with others in place of some; an unknown name or side raises ValueError."""
        known = {f.name: f for f in dataclasses.fields(self)}
        for name, value in overrides.items():
            if name not in known:
                raise ValueError(f"unknown setting {name!r}, known are: {', '.join(known)}")
            sides = known[name].metadata.get("sides")
            if type(value) is not type(known[name].default) or (isinstance(value, int) and value < 0):
                raise ValueError(f"{name} is like {known[name].default!r}, not {value!r}")
            if sides and value not in sides:
                raise ValueError(f"{name} is one of {', '.join(sides)}, not {value!r}")
        return dataclasses.replace(self, **overrides)


def policies() -> dict[str, tuple[str, ...]]:
    """The values of every policy, by its name."""
    return {f.name: f.metadata["sides"] for f in dataclasses.fields(Settings) if "sides" in f.metadata}


def from_probe(text: str) -> dict[str, Any]:
    """The settings in a file that the probe wrote (``probe.yml``). Raises ValueError for anything else."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError:
        raise ValueError("it is not YAML") from None
    if not isinstance(content, dict) or content.get("format") != 1:
        raise ValueError("it does not begin with format: 1, so it is no file of the probe, or one of a later version")
    unknown = sorted(str(name) for name in set(content) - {"format", "date", "versions", "settings", "answers", "deviations"})
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r}")
    settings = content.get("settings")
    if not isinstance(settings, dict):
        raise ValueError("settings is missing, or not a mapping")
    refused = sorted(str(name) for name in set(settings) - {*policies(), "list_delay_ms"})
    if refused:
        raise ValueError(f"unknown setting {refused[0]!r}; known are: {', '.join(policies())}, list_delay_ms")
    Settings().changed(settings)
    return settings


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
