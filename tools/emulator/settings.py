# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of the emulator: one policy for each question that the contract leaves open, and some numbers."""

from __future__ import annotations

import argparse
import dataclasses
from dataclasses import dataclass, field
from typing import Any, Mapping

#: The largest value of a number. In seconds, it is 68 years.
MAX_NUMBER = 2**31 - 1
NUMBERS = f"a whole number from 0 to {MAX_NUMBER}"


def is_number(value: Any) -> bool:
    """Whether a value is one of ``NUMBERS``."""
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_NUMBER


# pylint: disable=invalid-field-call  # these functions are called in the dataclass only


def _policy(question: str, *values: str) -> Any:
    """A field with these valid values, of which the first is the default."""
    return field(default=values[0], metadata={"help": question, "values": values})


def _setting(default: Any, meaning: str) -> Any:
    """A field with any value of the default's type."""
    return field(default=default, metadata={"help": meaning})


@dataclass(frozen=True)
class Settings:
    """What the emulator was started with, or was given at the last reset."""

    # Integrations and subscriptions
    webhook_urls: str = _policy("how a read returns a webhook URL", "clear", "masked")
    duplicate_names: str = _policy("whether two integrations may share a display_name", "allowed", "refused")
    kind_change: str = _policy("whether PATCH may change target.kind", "allowed", "refused")
    empty_description: str = _policy("what an empty description in a PATCH does", "clears", "ignored")
    delete_in_use: str = _policy(
        "what happens to the subscriptions of a deleted integration", "detached", "refused", "dangling"
    )
    second_subscription: str = _policy(
        "whether a type, or a type of one resource, may have a second subscription", "refused", "allowed"
    )
    required_role_email: str = _policy(
        "whether a RoleEmail integration can be removed from a REQUIRED type's subscription",
        "droppable",
        "kept",
    )
    early_access: str = _policy("the organization's access to user notifications", "granted", "withheld")
    dead_url: str = _policy("the answer to a test of a URL that does not accept it", "204", "400")

    resource_type: str = _policy(
        "whether a notification type states the resource type that it is about", "present", "absent"
    )

    topic_paths: str = _policy(
        "which form the path of a topic has in settings of single resources",
        "any",
        "without-kafka",
        "with-kafka",
    )
    stored_urls: str = _policy("how a webhook URL is stored", "as-sent", "normalized")
    stored_texts: str = _policy("how names and descriptions are stored", "as-sent", "trimmed")
    url_verification: str = _policy(
        "whether an integration is saved if its URL does not accept a test notification", "saved", "refused"
    )
    next_links: str = _policy("the query of a list's next link", "full", "token")

    # Missing objects
    missing: str = _policy("the answer to a request for an id that does not exist", "404", "403")
    empty_lookup: str = _policy(
        "the answer to a lookup of resource subscriptions that finds nothing; `missing` follows that policy",
        *("empty", "missing", "404", "403"),
    )
    empty_preference_lookup: str = _policy(
        "the answer to a lookup of a resource preference that finds nothing; `missing` follows that policy, "
        "`empty` is an empty object",
        *("missing", "404", "403", "empty"),
    )

    # Errors
    over_quota: str = _policy("the answer to a request that exceeds the quota", "402", "400")
    applied_quotas: str = _policy(
        "whether the Quotas API tells quotas and their usage", "usage", "limit", "403"
    )
    error_envelope: str = _policy("the form of an error's body", "errors", "error")
    error_codes: str = _policy(
        "whether an error has a code; if not, a 404 has an id, a status and a title only", "given", "omitted"
    )
    validation_errors: str = _policy("which violations of a body a 422 lists", "all", "first")
    rate_limit_body: str = _policy("whether a 429 has a body", "given", "omitted")

    # Responses
    new_objects: str = _policy("when lists show a new object", "at-once", "delayed")
    deletion: str = _policy(
        "when lists stop showing a deleted object; a marked one has `deleted_at` for that time",
        *("at-once", "lingering", "marked"),
    )
    write_answers: str = _policy(
        "the members in the response to a write: all, those that the contract requires and the id, or those "
        "that it requires",
        *("full", "lean", "minimal"),
    )
    read_answers: str = _policy(
        "the members in the response to a read: all, or no optional ones that are empty or redundant",
        *("full", "lean"),
    )
    response_headers: str = _policy("whether responses have the headers of the contract", "given", "omitted")
    redirects: str = _policy(
        "the status of a redirect before every response, for all methods (307, 308) or for GET (301, 302)",
        *("none", "307", "308", "302", "301"),
    )

    # Numbers
    list_delay_ms: int = _setting(
        300, "how long lists lag behind if new objects are delayed or deleted ones linger"
    )
    latency_ms: int = _setting(0, "how long each response takes")
    quota: int = _setting(1000, "integrations_per_org: the most Slack, MsTeams and Webhook integrations")
    rate_limit: int = _setting(100_000, "requests that one user may send in one window")
    rate_window: int = _setting(60, "the length of that window in seconds")
    concurrency_limit: int = _setting(1000, "requests that may be in progress at once")
    token_lifetime: int = _setting(900, "the longest life of an exchanged access token in seconds")

    # Identity
    organization_id: str = _setting(
        "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11", "the ID of the organization in resource names"
    )

    # Credentials
    api_key: str = _setting("emulator-key", "the Cloud API key that may write")
    api_secret: str = _setting("emulator-secret", "its secret")
    reader_key: str = _setting("reader-key", "the Cloud API key that may only read")
    reader_secret: str = _setting("reader-secret", "its secret")
    external_token: str = _setting(
        "emulator-external-token", "the identity provider's token that the exchange accepts"
    )

    def changed(self, overrides: Mapping[str, Any]) -> Settings:
        """These settings with other values for some; raises ValueError for an unknown name or value."""
        fields = {f.name: f for f in dataclasses.fields(self)}

        for name, value in overrides.items():
            if name not in fields:
                raise ValueError(f"unknown setting {name!r}; valid settings: {', '.join(fields)}")

            default, values = fields[name].default, fields[name].metadata.get("values")
            if isinstance(default, int) and not is_number(value):
                raise ValueError(f"{name} takes {NUMBERS}, not {value!r}")
            if type(value) is not type(default):
                raise ValueError(f"{name} takes a value such as {default!r}, not {value!r}")
            if values and value not in values:
                raise ValueError(f"invalid value {value!r} of {name}; valid values: {', '.join(values)}")

        return dataclasses.replace(self, **overrides)


def policies() -> dict[str, tuple[str, ...]]:
    """The values of every policy, by its name."""
    return {f.name: f.metadata["values"] for f in dataclasses.fields(Settings) if "values" in f.metadata}


def _number(text: str) -> int:
    """The value of a flag."""
    is_short_decimal = text.isascii() and text.isdecimal() and len(text) <= len(str(MAX_NUMBER))
    if not (is_short_decimal and is_number(int(text))):
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is not {NUMBERS}")
    return int(text)


def add_flags(parser: argparse.ArgumentParser) -> None:
    """Add one command-line flag for each setting, with the setting's name."""
    policy_flags = parser.add_argument_group("policies")
    setting_flags = parser.add_argument_group("settings")
    for f in dataclasses.fields(Settings):
        flag = "--" + f.name.replace("_", "-")
        if "values" in f.metadata:
            policy_flags.add_argument(
                flag, choices=f.metadata["values"], default=f.default, help=f.metadata["help"]
            )
            continue

        value_type, metavar = (_number, "INT") if isinstance(f.default, int) else (str, "STR")
        text = f"{f.metadata['help']} (default {f.default})"
        setting_flags.add_argument(flag, type=value_type, default=f.default, metavar=metavar, help=text)


def from_flags(namespace: argparse.Namespace) -> Settings:
    """The settings in parsed flags."""
    return Settings(**{f.name: getattr(namespace, f.name) for f in dataclasses.fields(Settings)})
