# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits: how much a run may change, and how many types it may silence."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Tuple

from .._engine.plan import Plan, Step
from .._errors import RefusedError
from .._redaction import counted, listed, quoted, quoted_names
from .._resources.catalog import reference_ids, references
from .._resources.subscriptions import RoutedResource
from .policies import Policy
from .routing import Routing

_PERCENTAGE = re.compile(r"(\d{1,3})\s*%")
#: Percentages apply only if at least this many objects exist.
MIN_OBJECTS = 10


@dataclass(frozen=True)
class ChangeLimit:
    """The number of objects, or the percentage of the existing objects, that may be changed or deleted."""

    text: str
    number: int
    is_percentage: bool

    @classmethod
    def from_option(cls, text: str) -> ChangeLimit:
        """A limit from a text such as ``20`` or ``30%``. Raises RefusedError."""
        stripped = text.strip()
        percentage = _PERCENTAGE.fullmatch(stripped)
        if percentage and int(percentage.group(1)) <= 100:
            return cls(stripped, int(percentage.group(1)), True)
        if stripped.isdecimal():
            return cls(stripped, int(stripped), False)
        raise RefusedError(
            f"`change_limit` is {quoted(text)}",
            operation="read the options",
            next_step="Set it to a number such as 20, or to a percentage such as 30%.",
        )

    def allowed(self, object_count: int) -> Optional[int]:
        """The number of changes that the limit allows; None for a percentage of few objects: any number.

        No change at all is allowed by 0%, however few objects there are.
        """
        if not self.is_percentage or self.number == 0:
            return self.number
        return None if object_count < MIN_OBJECTS else object_count * self.number // 100


@dataclass(frozen=True)
class Limits:
    """How much a run may change.

    ``silence`` is the number of types that may lose their last channel, or their last recipient. ``changes``
    is None for no limit.
    """

    silence: int
    changes: Optional[ChangeLimit] = None
    policies: Tuple[Policy, ...] = ()

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> Limits:
        """The limits in the options LIMITS and POLICY. Raises RefusedError."""
        silence, changes = params["silence_limit"], params["change_limit"]
        if silence < 0:
            detail = f"`silence_limit` must not be negative, but is {silence}"
            raise RefusedError(detail, operation="read the options")
        return cls(
            silence,
            None if changes is None else ChangeLimit.from_option(changes),
            tuple(map(Policy.from_options, params["policies"] or ())),
        )

    def refusals(
        self,
        before: Routing,
        after: Routing,
        resources: Mapping[str, Routing],
        plan: Plan,
        object_count: int,
    ) -> List[RefusedError]:
        """The errors for a plan that exceeds limits or violates policies.

        ``resources`` has the routing of single resources after the plan, by path.
        """
        found = (
            self._silence_refusal(before, after),
            self._change_refusal(plan, object_count),
            *(_violation_refusal(policy, after, resources) for policy in self.policies),
        )
        return [refusal for refusal in found if refusal is not None]

    def _silence_refusal(self, before: Routing, after: Routing) -> Optional[RefusedError]:
        silenced = before.types_silenced_in(after)
        if len(silenced) <= self.silence:
            return None
        pronoun = "its" if len(silenced) == 1 else "their"
        return RefusedError(
            f"{counted(len(silenced), 'type')} would lose {pronoun} last channel or recipient, "
            f"but `silence_limit` is {self.silence}: {quoted_names(silenced)}",
            type="silence_limit_exceeded",
            operation="apply the plan",
            next_step="Route them to another channel, or raise `silence_limit`.",
        )

    def _change_refusal(self, plan: Plan, object_count: int) -> Optional[RefusedError]:
        allowed = self.changes.allowed(object_count) if self.changes else None
        changes = [step for step in plan.steps if _is_limited(step)]
        if self.changes is None or allowed is None or len(changes) <= allowed:
            return None
        names = listed([step.resource.describe(step.name) for step in changes])
        return RefusedError(
            f"{counted(len(changes), 'object')} would be changed, disabled or deleted, but `change_limit` is "
            f"{self.changes.text} ({allowed} of {counted(object_count, 'object')}): {names}",
            type="change_limit_exceeded",
            operation="apply the plan",
            next_step="Review them, and raise `change_limit` if they are right.",
        )


def _violation_refusal(
    policy: Policy, after: Routing, resources: Mapping[str, Routing]
) -> Optional[RefusedError]:
    try:
        violations = policy.violations(after, resources)
    except RefusedError as error:
        return error
    if not violations:
        return None
    return RefusedError(
        f"{quoted_names(violations)} would violate the policy {quoted(policy.name)}",
        type="policy_violated",
        operation="apply the plan",
        next_step="Change the rules, or the policy.",
    )


def _is_limited(step: Step) -> bool:
    """Whether ``change_limit`` counts a step: a change or deletion that does more than add integrations.

    A setting that is created to disable something counts as well.
    """
    if step.before is None:
        return step.disables
    return step.is_change and not _only_adds(step)


def _only_adds(step: Step) -> bool:
    """Whether a step only adds integrations to a subscription, so that nobody loses one."""
    if not isinstance(step.resource, RoutedResource) or step.changes != ("integrations",):
        return False
    before = reference_ids((step.before or {}).get("integrations"))
    after = references((step.after or {}).get("integrations"))
    return set(before) <= set(after)
