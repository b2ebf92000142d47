# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the steps from the existing to the desired objects, in phases, and the diff that users see.

Private to the collection.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._redaction import one_line
from .model import DesiredState, Object, Resource, Snapshot

KEEP, CREATE, UPDATE, DELETE = "keep", "create", "update", "delete"

#: Why a plan has a step: a desired state, a purge, or the deletion of an object that this one refers to.
MANAGED, PURGED, DETACHED = "managed", "purged", "detached"

#: Names in a diff are padded to the longest one, but not beyond this width.
NAME_WIDTH = 40

#: The phases of a plan in their order: the participle for progress messages, whether objects of other
#: resources refer to these, the origin (None: any), and the action. So every reference exists when it is
#: written, and nothing is deleted before the references to it are gone.
_PHASES: Tuple[Tuple[str, bool, Optional[str], str], ...] = (
    ("changed", True, None, UPDATE),
    ("created", True, None, CREATE),
    ("changed", False, MANAGED, UPDATE),
    ("created", False, MANAGED, CREATE),
    ("deleted", False, MANAGED, DELETE),
    ("deleted", False, PURGED, DELETE),
    ("detached", False, DETACHED, UPDATE),
    ("deleted", True, None, DELETE),
)


@dataclass(frozen=True)
class Step:
    """The change of one object from ``before`` to ``after`` (None: it does not exist).

    ``body`` is what is sent; it may contain references. ``changes`` has the dotted names of the members that
    differ. ``after`` is what the service will show, except server-generated fields.
    """

    resource: Resource
    desired: DesiredState
    action: str
    name: str
    before: Optional[Object] = None
    after: Optional[Object] = None
    body: Mapping[str, Any] = field(default_factory=dict)
    changes: Tuple[str, ...] = ()
    warnings: Tuple[str, ...] = ()
    origin: str = MANAGED

    @property
    def is_change(self) -> bool:
        return self.action != KEEP

    @property
    def operation(self) -> str:
        """Completes "Could not ..."."""
        if self.before is None:
            return f"create the {self.resource.describe(self.name)}"
        verb = "delete" if self.action == DELETE else "change"
        return f"{verb} the {self.resource.describe(self.resource.name(self.before))} ({self.before['id']})"


@dataclass(frozen=True)
class Phase:
    """Steps that may be carried out at once, by their positions in the plan."""

    participle: str
    action: str
    positions: Tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """Steps in the order of the desired states, then those of the purge; and their snapshot."""

    steps: Tuple[Step, ...]
    snapshot: Snapshot

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.steps + other.steps, self.snapshot + other.snapshot)

    def deletions(self) -> List[Step]:
        return [step for step in self.steps if step.action == DELETE]

    def changing_resources(self) -> List[Resource]:
        """The resources of which the plan changes objects."""
        changing = {step.resource.address: step.resource for step in self.steps if step.is_change}
        return list(changing.values())

    def planned_keys(self, resource: Resource) -> FrozenSet[str]:
        """The keys that the objects of the plan's steps will have."""
        return frozenset(
            step.resource.key(step.after)
            for step in self.steps
            if step.after is not None and step.resource.address == resource.address
        )

    def phases(self) -> List[Phase]:
        """All steps that change something, in the order in which they are carried out."""
        phases = []
        for participle, is_referenced, origin, action in _PHASES:
            positions = tuple(
                position
                for position, step in enumerate(self.steps)
                if step.action == action
                and step.resource.is_referenced is is_referenced
                and origin in (None, step.origin)
            )
            if positions:
                phases.append(Phase(participle, action, positions))
        return phases


# Diffs


def plan_diff(steps: Sequence[Step]) -> Dict[str, str]:
    """Ansible's ``diff`` of several steps: one line for each object that changes, beginning with its name."""
    changing = [step for step in steps if step.is_change]
    changing.sort(key=lambda step: (step.resource.noun, step.resource.scope, step.name))
    shared_names = _shared_names(changing)
    nouns = sorted({step.resource.noun for step in changing})

    before: List[Tuple[str, str]] = []
    after: List[Tuple[str, str]] = []
    for step in changing:
        if step.before is not None:
            before.append(
                (
                    _line_name(step, step.before, shared_names, len(nouns) > 1),
                    step.resource.diff_line(step.before),
                )
            )
        if step.after is not None:
            changes = step.changes if step.before else ()
            after.append(
                (
                    _line_name(step, step.after, shared_names, len(nouns) > 1),
                    step.resource.diff_line(step.after, changes),
                )
            )

    width = min(NAME_WIDTH, max((len(name) for name, _rest in before + after), default=0))
    header = " and ".join(f"{noun}s" for noun in nouns)
    return {
        "before": _lines(before, width),
        "after": _lines(after, width),
        "before_header": header,
        "after_header": header,
    }


#: Whether several of the changing objects of a collection have a name, by the collection's address and the
#: name.
_SharedNames = Mapping[Tuple[Tuple[str, str], str], bool]


def _shared_names(steps: Iterable[Step]) -> _SharedNames:
    counts = Counter((step.resource.address, _shown_name(step)) for step in steps)
    return {name: count > 1 for name, count in counts.items()}


def _shown_name(step: Step) -> str:
    return step.resource.name(step.after or step.before or {})


def _line_name(step: Step, obj: Object, shared_names: _SharedNames, with_noun: bool) -> str:
    resource = step.resource
    name = resource.name(obj) or str(obj.get("id", ""))
    if shared_names[resource.address, _shown_name(step)]:
        name += f" ({obj.get('id') or resource.key(obj)})"
    if resource.scope and name != resource.scope:
        name = f"{resource.scope}: {name}"
    return one_line(f"{resource.noun} {name}" if with_noun else name)


def _lines(entries: Iterable[Tuple[str, str]], width: int) -> str:
    return "".join(f"{name:{width}}   {one_line(rest)}".rstrip() + "\n" for name, rest in entries)


def step_diff(step: Step) -> Dict[str, Any]:
    """Ansible's ``diff`` of one step: the writable members, with the object's name in the headers."""
    header = one_line(f"{step.resource.noun} {step.name}")
    changes = step.changes if step.before else ()
    return {
        "before": {} if step.before is None else step.resource.diff_view(step.before),
        "after": {} if step.after is None else step.resource.diff_view(step.after, changes),
        "before_header": header,
        "after_header": header,
    }
