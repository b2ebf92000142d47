# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan: the steps from the existing to the desired objects, in phases."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Callable, DefaultDict, List, Mapping, Optional, Set, Tuple

from .._common import Object, noop
from .model import DesiredState, Resource, Snapshot


class Action(Enum):
    """What a step does to its object. The values are those of results."""

    KEEP = "keep"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"


class Reason(Enum):
    """Why a plan has a step: a desired state, a purge, or the deletion of an object that this one refers to.

    The values are those of results.
    """

    MANAGED = "managed"
    PURGED = "purged"
    DETACHED = "detached"


#: The phases of a plan in their order: the participle for progress messages, whether objects of other
#: resources refer to these, the reason (None: any), and the action. So every reference exists when it is
#: written, and nothing is deleted before the references to it are gone.
_PHASES: Tuple[Tuple[str, bool, Optional[Reason], Action], ...] = (
    ("changed", True, None, Action.UPDATE),
    ("created", True, None, Action.CREATE),
    ("changed", False, Reason.MANAGED, Action.UPDATE),
    ("created", False, Reason.MANAGED, Action.CREATE),
    ("deleted", False, Reason.MANAGED, Action.DELETE),
    ("deleted", False, Reason.PURGED, Action.DELETE),
    ("detached", False, Reason.DETACHED, Action.UPDATE),
    ("deleted", True, None, Action.DELETE),
)


@dataclass(frozen=True)
class Step:
    """The change of one object from ``before`` to ``after`` (None: it does not exist).

    ``body`` is what is sent; it may contain references. ``changes`` has the dotted names of the members that
    differ. ``after`` is what the service will show, except server-generated fields.
    """

    resource: Resource
    desired: DesiredState
    action: Action
    name: str
    before: Optional[Object] = None
    after: Optional[Object] = None
    body: Mapping[str, Any] = field(default_factory=dict)
    changes: Tuple[str, ...] = ()
    warnings: Tuple[str, ...] = ()
    reason: Reason = Reason.MANAGED

    @property
    def is_change(self) -> bool:
        return self.action is not Action.KEEP

    @property
    def disables(self) -> bool:
        """Whether the object notifies nobody after this step, and was not disabled before."""
        is_disabled_after = self.after is not None and self.resource.is_disabled(self.after)
        return self.is_change and is_disabled_after and not self.resource.is_disabled(self.before or {})

    @property
    def relies_on_absence(self) -> bool:
        """Whether the step may be wrong if a list does not show everything that exists."""
        return self.action in (Action.CREATE, Action.DELETE) or self.disables

    @property
    def marked_changes(self) -> Tuple[str, ...]:
        """The changes that a diff marks: those of an object that exists."""
        return self.changes if self.before else ()

    @property
    def operation(self) -> str:
        """Completes "Could not ..."."""
        if self.before is None:
            return f"create the {self.resource.describe(self.name)}"
        verb = "delete" if self.action is Action.DELETE else "change"
        return f"{verb} the {self.resource.describe(self.resource.name(self.before))} ({self.before['id']})"


@dataclass(frozen=True)
class Phase:
    """Steps that may be carried out at once, by their positions in the plan."""

    participle: str
    action: Action
    positions: Tuple[int, ...]


@dataclass(frozen=True)
class Plan:
    """Steps in the order of the desired states, then those of the purge; and their snapshot."""

    steps: Tuple[Step, ...]
    snapshot: Snapshot

    def __add__(self, other: Plan) -> Plan:
        return Plan(self.steps + other.steps, self.snapshot + other.snapshot)

    def removals(self) -> List[Step]:
        """The steps that delete an object."""
        return [step for step in self.steps if step.action is Action.DELETE]

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
        """The changes in the order in which they are made."""
        return [self.steps[position] for phase in self.phases() for position in phase.positions]

    def phases(self) -> List[Phase]:
        """All steps that change something, in the order in which they are carried out."""
        phases = []
        for participle, is_referenced, reason, action in _PHASES:
            positions = tuple(
                position
                for position, step in enumerate(self.steps)
                if step.action is action
                and step.resource.is_referenced is is_referenced
                and reason in (None, step.reason)
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
