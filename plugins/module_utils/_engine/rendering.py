# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as data and as text, for people and for other programs. No secret is in any of them.

Private to the collection.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence

from .._redaction import one_line
from .model import Object
from .plan import CREATE, DELETE, DETACHED, KEEP, PURGED, UPDATE, Plan, Step

_SYMBOLS = {CREATE: "+", UPDATE: "~", DELETE: "-"}
#: Why a change that no item asks for is made.
_REASONS = {PURGED: "   (purge)", DETACHED: "   (uses an integration to delete)"}
#: Names in the text of a plan are padded to the longest one, but not beyond this width.
NAME_WIDTH = 44


def plan_entries(plan: Plan) -> List[Dict[str, Any]]:
    """One entry for each change, in the order in which the changes are made.

    ``before`` and ``after`` describe the object in one line (None: it does not exist), and ``text`` the
    change. ``reason`` is ``managed``, ``purged`` or ``detached``.
    """
    ordered = (plan.steps[position] for phase in plan.phases() for position in phase.positions)
    return [_entry(step) for step in ordered]


def _entry(step: Step) -> Dict[str, Any]:
    resource = step.resource
    changes = step.changes if step.before else ()
    before = None if step.before is None else one_line(resource.diff_line(step.before))
    after = None if step.after is None else one_line(resource.diff_line(step.after, changes))
    return {
        "action": step.action,
        "resource": resource.noun,
        "name": one_line(step.name),
        "scope": resource.scope or None,
        "id": (step.before or {}).get("id"),
        "changes": list(step.changes),
        "reason": step.origin,
        "before": before,
        "after": after,
        "text": _change_text(before, after) + _REASONS.get(step.origin, ""),
    }


def plan_checksum(plan: Plan) -> str:
    """SHA-256 over the canonical JSON of all changes: equal for equal options and an equal organization.

    Of a secret it depends only on whether the secret is written.
    """
    content = sorted(json.dumps(_canonical(step), sort_keys=True) for step in plan.steps if step.is_change)
    return hashlib.sha256(json.dumps(content).encode()).hexdigest()


def _canonical(step: Step) -> Dict[str, Any]:
    changes = step.changes if step.before else ()
    before: Object = step.resource.diff_view(step.before) if step.before else {}
    after: Object = step.resource.diff_view(step.after, changes) if step.after else {}
    entry = {name: value for name, value in _entry(step).items() if name not in ("before", "after", "text")}
    return {**entry, "before": before, "after": after}


def plan_summary(plan: Plan) -> Dict[str, int]:
    """The number of objects to create, to change, to delete, and to leave as they are."""
    words = {CREATE: "to_create", UPDATE: "to_change", DELETE: "to_delete", KEEP: "unchanged"}
    counts = dict.fromkeys(words.values(), 0)
    for step in plan.steps:
        counts[words[step.action]] += 1
    return counts


def plan_text(entries: Sequence[Mapping[str, Any]], summary: Mapping[str, int]) -> List[str]:
    """One line for each change, and the summary."""
    if not entries:
        return ["No changes. The organization matches the plan."]
    names = [_shown_name(entry) for entry in entries]
    width = min(NAME_WIDTH, max(map(len, names)))
    lines = [_line(entry, name, width) for entry, name in zip(entries, names)]
    words = (("to_create", "to create"), ("to_change", "to change"), ("to_delete", "to delete"))
    counts = ", ".join(f"{summary[name]} {word}" for name, word in words)
    return [*lines, "", f"Plan: {counts}, {summary['unchanged']} unchanged."]


def _shown_name(entry: Mapping[str, Any]) -> str:
    scope = f" of {entry['scope']}" if entry["scope"] and entry["scope"] != entry["name"] else ""
    return one_line(f"{entry['resource']} {entry['name']}{scope}")


def _line(entry: Mapping[str, Any], name: str, width: int) -> str:
    return f"{_SYMBOLS[entry['action']]} {name:{width}}   {entry['text']}".rstrip()


def _change_text(before: Optional[str], after: Optional[str]) -> str:
    """A change in one line. Added and removed items of a list are marked."""
    if before is None or after is None:
        return after or before or ""
    old_head, _separator, old_tail = before.rpartition("   ")
    new_head, _separator, new_tail = after.rpartition("   ")
    if old_head == new_head and old_tail != new_tail:
        old_items, new_items = old_tail.split(", "), new_tail.split(", ")
        marked = _marked(old_items, new_items)
        return f"{new_head}   {', '.join(marked)}" if new_head else " -> ".join((old_tail, new_tail))
    return f"{before} -> {after}"


def _marked(before: Sequence[str], after: Sequence[str]) -> List[str]:
    kept = [item for item in after if item in before]
    added = [f"+{item}" for item in after if item not in before]
    removed = [f"-{item}" for item in before if item not in after]
    return [*kept, *added, *removed]


def request_count(plan: Plan, reads: int, tests: int) -> int:
    """The requests that applying a plan costs if nothing fails."""
    writes = sum(len(phase.positions) for phase in plan.phases())
    return reads + writes + _lists_to_check(plan.steps) + tests


def _lists_to_check(steps: Iterable[Step]) -> int:
    return len({(step.resource.address, step.action) for step in steps if step.action in (CREATE, DELETE)})
