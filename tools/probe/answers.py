# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an answer is, and the answers that follow from what was observed, without a request."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

#: What the service generates, beside the ID.
GENERATED = ("created_at", "resource_name", "updated_at")


@dataclass(frozen=True)
class Answer:
    """A short answer, usually the value of an emulator setting, and a note for people."""

    value: str
    note: str = ""


def webhook_url_shown(sent: str, shown: object) -> Answer:
    """Whether a read returns a webhook URL: compares the one that was sent with the one that was read."""
    if not isinstance(shown, str):
        return Answer("masked", "a read has no URL")
    return Answer("clear" if shown.rstrip("/") == sent.rstrip("/") else "masked")


def write_response(body: dict[str, object]) -> Answer:
    """Which members the response to a write has: all that were sent and generated, or the required ones."""
    missing = [name for name in ("id", "description") if body.get(name) is None]
    if not missing:
        return Answer("full")
    return Answer("minimal" if "id" in missing else "lean", f"missing: {', '.join(missing)}")


def read_response(single: dict[str, object], listed: dict[str, object]) -> Answer:
    """Which members reads have: all published ones, or fewer in a single read or in a list."""
    missing = {name for shown in (single, listed) for name in ("api_version", "kind") if not shown.get(name)}
    for shown in (single, listed):
        metadata = shown.get("metadata")
        present = metadata if isinstance(metadata, dict) else {}
        missing.update(f"metadata.{name}" for name in GENERATED if not present.get(name))
    return Answer("lean", f"missing: {', '.join(sorted(missing))}") if missing else Answer("full")


def kept_description(sent: str, shown: object) -> Answer:
    """Whether an empty description clears the one that was there."""
    if not shown:
        return Answer("clears")
    return Answer(
        "ignored" if shown == sent else "other", "" if shown == sent else "the description is another one"
    )


def page_sizes(of_one: int, of_many: int, has_next: bool) -> Answer:
    """Whether ``page_size`` is honored, by the items of a page of 1 and of a page of 250."""
    if of_one > 1:
        return Answer("ignored", f"a page of 1 has {of_one} items")
    if of_many > 100:
        return Answer("honored")
    if has_next:
        return Answer("limited", f"a page of 250 has {of_many} items and a next page")
    return Answer("honored", f"proven for page_size=1; with {of_many} types, 250 was accepted and fits all")


def resource_type_filter(found: dict[str, int], all_types: int) -> Answer:
    """Whether a filter on the resource type selects, by the number of types that each value found."""
    note = ", ".join(f"{name} {count}" for name, count in found.items()) + f" of {all_types}"
    if all(count == all_types for count in found.values()):
        return Answer("ignored", note)
    if not any(found.values()):
        return Answer("nothing-found", note)
    return Answer("supported", note)


def counted(counts: Counter[str], absent: str = "") -> Answer:
    """The one thing that was observed, or ``mixed``."""
    if not counts:
        return Answer(absent)
    if len(counts) > 1:
        return Answer("mixed", ", ".join(f"{name}: {number}" for name, number in sorted(counts.items())))
    return Answer(next(iter(counts)))


def list_delay(at_once: str, later: str, delay: float, wait: float) -> Answer:
    """How lists follow a change, by the seconds after which they did; 0 for at once."""
    if not delay:
        return Answer(at_once)
    if delay >= wait:
        return Answer(later, f"not within {wait:.0f} s")
    return Answer(later, f"about {delay:.1f} s")
