# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the steps from the existing to the desired objects, in phases.

Private to the collection.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, Callable, DefaultDict, List, Mapping, Optional, Set, Tuple, Union

from .._common import Object, noop
from .model import DesiredState, Reference, Resource, Snapshot

KEEP, CREATE, UPDATE, DELETE, RECREATE = "keep", "create", "update", "delete", "recreate"

#: Why a plan has a step: a desired state, a purge, or the deletion or recreation of an object that this one
#: refers to. A replacement is the new object of a recreation, under a temporary name.
MANAGED, PURGED, DETACHED, REPOINTED = "managed", "purged", "detached", "repointed"
REPLACEMENT = "replacement"

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
    ("repointed", False, REPOINTED, UPDATE),
    ("detached", False, DETACHED, UPDATE),
    ("deleted", True, None, DELETE),
    ("recreated", True, None, RECREATE),
)


@dataclass(frozen=True)
class Step:
    """The change of one object from ``before`` to ``after`` (None: it does not exist).

    ``body`` is what is sent; it may contain references. ``changes`` has the dotted names of the members that
    differ. ``after`` is what the service will show, except server-generated fields.

    Other steps refer to the object by its key, or by ``alias`` if that is set. A recreation deletes the
    object and gives its name to ``replacement``, which is the ID of an object or a reference to it.
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
    alias: str = ""
    replacement: Union[str, Reference] = ""

    @property
    def is_change(self) -> bool:
        return self.action != KEEP

    @property
    def marked_changes(self) -> Tuple[str, ...]:
        """The changes that a diff marks: those of an object that exists."""
        return self.changes if self.before else ()

    @property
    def operation(self) -> str:
        """Completes "Could not ..."."""
        if self.before is None:
            return f"create the {self.resource.describe(self.name)}"
        verb = {DELETE: "delete", RECREATE: "recreate"}.get(self.action, "change")
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

    def removals(self) -> List[Step]:
        """The steps that delete an object, recreations included."""
        return [step for step in self.steps if step.action in (DELETE, RECREATE)]

    def changing_resources(self) -> List[Resource]:
        """The resources of which the plan changes objects."""
        changing = {step.resource.address: step.resource for step in self.steps if step.is_change}
        return list(changing.values())

    def planned_keys(self) -> Mapping[Tuple[str, str], Set[str]]:
        """The keys that the objects of the plan's steps will have, by the address of their collection."""
        keys: DefaultDict[Tuple[str, str], Set[str]] = defaultdict(set)
        for step in self.steps:
            if step.after is not None:
                keys[step.resource.address].add(step.resource.key(step.after))
        return keys

    def ordered_changes(self) -> List[Step]:
        """The changes in the order in which they are made. A recreation is one change."""
        ordered = [self.steps[position] for phase in self.phases() for position in phase.positions]
        return [step for step in ordered if step.origin != REPLACEMENT]

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


@dataclass(frozen=True)
class ExecutionOptions:
    """How a plan is applied: the number of requests at once, and whether to continue after an error.

    ``on_progress`` receives a line about the progress of a long phase.
    """

    concurrency: int = 1
    continue_on_error: bool = False
    on_progress: Callable[[str], None] = noop
