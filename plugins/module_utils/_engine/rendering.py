# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan as data, as text and as a diff. None of them contains a secret."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import (
    Any,
    Container,
    DefaultDict,
    Dict,
    FrozenSet,
    Iterable,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from .._common import Object
from .._redaction import display_name, looks_like, one_line
from .model import DiffLine
from .plan import Action, Plan, Reason, Step

_SYMBOLS = {Action.CREATE.value: "+", Action.UPDATE.value: "~", Action.DELETE.value: "-"}
#: What becomes of objects: the member of a summary, and the words for people, for each action.
_COUNTS = {
    Action.CREATE: ("to_create", "to create"),
    Action.UPDATE: ("to_change", "to change"),
    Action.DELETE: ("to_delete", "to delete"),
    Action.KEEP: ("unchanged", "unchanged"),
}
#: Why a change that no item asks for is made.
_REASONS = {
    Reason.PURGED: "   (purge)",
    Reason.DETACHED: "   (detached from a deleted integration)",
}
#: Names are padded to the longest one, but not beyond this width.
NAME_WIDTH = 44


def plan_entry(step: Step, similar: Container[str] = ()) -> Dict[str, Any]:
    """A change as data.

    ``before`` and ``after`` describe the object in one line (None: it does not exist), and ``text`` the
    change. ``reason`` is ``managed``, ``purged`` or ``detached``. ``label`` is the name as people should see
    it, with the ID if the name is among ``similar`` ones.
    """
    before, after = _diff_lines(step)
    return {
        **_identity(step),
        "label": _label(step, similar),
        "before": None if before is None else one_line(str(before)),
        "after": None if after is None else one_line(str(after)),
        "text": one_line(_change_text(before, after)) + _REASONS.get(step.reason, ""),
        **_list_changes(before, after),
    }


def similar_names(plan: Plan) -> FrozenSet[str]:
    """The names that a reader may confuse with another one of the same collection."""
    found: Set[str] = set()
    for collection in plan.snapshot:
        resource = collection.resource
        names = {resource.name(obj) for obj in collection}
        steps = (step for step in plan.steps if step.resource.address == resource.address)
        names |= {step.name for step in steps}
        groups: DefaultDict[str, Set[str]] = defaultdict(set)
        for name in names:
            groups[looks_like(name)].add(name)
        found.update(name for group in groups.values() if len(group) > 1 for name in group)
    return frozenset(found)


def _label(step: Step, similar: Container[str]) -> str:
    object_id = (step.before or {}).get("id")
    label = display_name(step.name)
    return f"{label} ({object_id})" if object_id and step.name in similar else label


def _identity(step: Step) -> Dict[str, Any]:
    return {
        "action": step.action.value,
        "resource": step.resource.noun,
        "name": one_line(step.name),
        "scope": step.resource.scope or None,
        "id": (step.before or {}).get("id"),
        "changes": list(step.changes),
        "reason": step.reason.value,
    }


def _diff_lines(step: Step) -> Tuple[Optional[DiffLine], Optional[DiffLine]]:
    """The object before and after the step; None if it does not exist."""
    resource = step.resource
    before = None if step.before is None else resource.diff_line(step.before)
    after = None if step.after is None else resource.diff_line(step.after, step.marked_changes)
    return before, after


def plan_checksum(plan: Plan, subject: Sequence[str] = ()) -> str:
    """SHA-256 over the canonical JSON of all changes: equal for equal options and an equal organization.

    ``subject`` says which organization the plan is about. Of a secret the checksum depends only on whether
    the secret is written.
    """
    changes = sorted(json.dumps(_canonical(step), sort_keys=True) for step in plan.steps if step.is_change)
    return hashlib.sha256(json.dumps([*subject, *changes]).encode()).hexdigest()


def _canonical(step: Step) -> Dict[str, Any]:
    before: Object = step.resource.canonical(step.before) if step.before else {}
    after: Object = step.resource.canonical(step.after) if step.after else {}
    return {**_identity(step), "before": before, "after": after}


def plan_summary(plan: Plan) -> Dict[str, int]:
    """The number of objects for each action, such as ``to_create``."""
    counts = {member: 0 for member, _words in _COUNTS.values()}
    for step in plan.steps:
        counts[_COUNTS[step.action][0]] += 1
    return counts


def plan_text(
    entries: Sequence[Mapping[str, Any]], summary: Mapping[str, int], unmanaged: Sequence[str] = ()
) -> List[str]:
    """One line for each change, the summary, and what the configuration does not manage."""
    last = [f"Not managed: {', '.join(unmanaged)}."] if unmanaged else []
    if not entries:
        return ["No changes. The organization matches the configuration.", *last]
    names = [_entry_name(entry) for entry in entries]
    width = min(NAME_WIDTH, max(map(len, names)))
    lines = [
        f"{_SYMBOLS[entry['action']]} {name:{width}}   {entry['text']}".rstrip()
        for name, entry in zip(names, entries)
    ]
    counts = ", ".join(f"{summary[member]} {words}" for member, words in _COUNTS.values())
    return [*lines, "", f"Plan: {counts}.", *last]


def _entry_name(entry: Mapping[str, Any]) -> str:
    scope = f" of {entry['scope']}" if entry["scope"] and entry["scope"] != entry["name"] else ""
    return one_line(f"{entry['resource']} {entry['label']}{scope}")


def _change_text(before: Optional[DiffLine], after: Optional[DiffLine]) -> str:
    """A change in one line. Added and removed names are marked."""
    if before is None or after is None:
        return str(after or before or "")
    text = after.text if before.text == after.text else f"{before.text} -> {after.text}"
    return str(DiffLine(text, _marked(before.names, after.names)))


def _list_changes(before: Optional[DiffLine], after: Optional[DiffLine]) -> Dict[str, List[str]]:
    """What a change does to a list of names: those that it keeps, adds and removes."""
    old, new = (line.names if line is not None else () for line in (before, after))
    return {
        "kept": [one_line(name) for name in new if name in old],
        "added": [one_line(name) for name in new if name not in old],
        "removed": [one_line(name) for name in old if name not in new],
    }


def _marked(before: Sequence[str], after: Sequence[str]) -> Tuple[str, ...]:
    kept = [name for name in after if name in before]
    added = [f"+{name}" for name in after if name not in before]
    removed = [f"-{name}" for name in before if name not in after]
    return (*kept, *added, *removed)


def request_count(plan: Plan, reads: int, tests: int) -> int:
    """The requests that applying a plan takes if nothing fails, and if each list has one page."""
    writes = sum(len(phase.positions) for phase in plan.phases())
    return reads + writes + _lists_to_check(plan.steps) + tests


def _lists_to_check(steps: Iterable[Step]) -> int:
    waits = (Action.CREATE, Action.DELETE)
    return len({(step.resource.address, step.action) for step in steps if step.action in waits})


# Ansible's diff


def plan_diff(steps: Sequence[Step]) -> Dict[str, str]:
    """Ansible's ``diff`` of several steps: one line for each object that changes, beginning with its name."""
    changing = [step for step in steps if step.is_change]
    changing.sort(key=lambda step: (step.resource.noun, step.resource.scope, step.name))
    names = _DiffNames(changing)

    before: List[Tuple[str, str]] = []
    after: List[Tuple[str, str]] = []
    for step in changing:
        line_before, line_after = _diff_lines(step)
        if line_before is not None:
            before.append((names.of(step, step.before), str(line_before)))
        if line_after is not None:
            after.append((names.of(step, step.after), str(line_after)))

    width = min(NAME_WIDTH, max((len(name) for name, _text in before + after), default=0))
    header = " and ".join(f"{noun}s" for noun in names.nouns)
    return {
        "before": _diff_text(before, width),
        "after": _diff_text(after, width),
        "before_header": header,
        "after_header": header,
    }


class _DiffNames:
    """The names of objects in a diff, with the ID or the noun where the name is not enough."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.nouns = sorted({step.resource.noun for step in steps})
        self._counts = Counter(self._identity(step) for step in steps)

    @staticmethod
    def _identity(step: Step) -> Tuple[Tuple[str, str], str]:
        return step.resource.address, looks_like(step.resource.name(step.after or step.before or {}))

    def of(self, step: Step, obj: Optional[Object]) -> str:
        """The name of the object before or after a step."""
        resource, obj = step.resource, obj or {}
        name = display_name(resource.name(obj)) if resource.name(obj) else str(obj.get("id", ""))
        if self._counts[self._identity(step)] > 1:
            name += f" ({obj.get('id') or resource.key(obj)})"
        if resource.scope and name != resource.scope:
            name = f"{resource.scope}: {name}"
        return one_line(f"{resource.noun} {name}" if len(self.nouns) > 1 else name)


def _diff_text(entries: Iterable[Tuple[str, str]], width: int) -> str:
    return "".join(f"{name:{width}}   {one_line(text)}".rstrip() + "\n" for name, text in entries)


def step_diff(step: Step) -> Dict[str, Any]:
    """Ansible's ``diff`` of one step: the writable members, with the object's name in the headers."""
    header = one_line(f"{step.resource.noun} {step.name}")
    return {
        "before": {} if step.before is None else step.resource.diff_view(step.before),
        "after": {} if step.after is None else step.resource.diff_view(step.after, step.marked_changes),
        "before_header": header,
        "after_header": header,
    }
