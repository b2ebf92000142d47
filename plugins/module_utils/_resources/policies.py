# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Safety rules for the routing of a whole organization: limits and policies.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object, matches_any
from .._engine.plan import REPLACEMENT, REPOINTED, Plan, Step
from .._errors import RefusedError, operation
from .._redaction import counted, quoted
from .catalog import reference_ids, references
from .notification_types import (
    NOTIFICATION_TYPES,
    TypesByResource,
    is_in_plan,
    refuse_unmatched_values,
    select_types,
)
from .routing import EMAIL_KINDS, Recipient, Routing
from .subscriptions import RoutedResource

_PERCENTAGE = re.compile(r"(\d{1,3})\s*%")
#: Percentages apply only if at least this many objects exist.
MIN_OBJECTS = 10
#: Maximum number of names that a message lists.
NAMES_SHOWN = 20


# Policies


@dataclass(frozen=True)
class Policy:
    """What notification types must be routed to, and what they must not be routed to.

    Empty members demand nothing. ``select`` selects the types, as in a rule.
    """

    name: str
    select: Mapping[str, Any] = field(default_factory=dict)
    any_of: Tuple[str, ...] = ()
    kinds: Tuple[str, ...] = ()
    at_least: int = 0
    not_only: Tuple[str, ...] = ()
    forbidden: Tuple[str, ...] = ()

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> Policy:
        """A policy from the options in POLICY. Raises RefusedError for one that demands nothing."""
        require, forbid = params.get("require") or {}, params.get("forbid") or {}
        demands = [*require.values(), *forbid.values()]
        if not any(demands) or [] in demands:
            raise RefusedError(
                f"the policy {quoted(params['name'])} has an empty list or requires nothing",
                operation="read the options",
                next_step="Any routing would fulfill it. Set at least one requirement, and no empty list.",
            )
        return cls(
            params["name"],
            params.get("select") or {},
            any_of=tuple(require.get("any_of") or ()),
            kinds=tuple(require.get("kinds") or ()),
            at_least=require.get("at_least") or 0,
            not_only=tuple(require.get("not_only") or ()),
            forbidden=tuple(forbid.get("integrations") or ()),
        )

    def violations(self, routing: Routing) -> List[str]:
        """The names of the types that violate the policy.

        Raises RefusedError if a selector has a value that no type has.
        """
        with operation(f"check the policy {quoted(self.name)}"):
            refuse_unmatched_values(routing.catalog.types, self.select, "Correct it.")
        types = self.selected_types(routing.catalog.types.sorted(), routing.catalog.types_by_resource)
        return [
            NOTIFICATION_TYPES.name(notification_type) or notification_type["id"]
            for notification_type in types
            if not self.is_met(routing.recipients(notification_type["id"]))
        ]

    def selected_types(
        self, notification_types: Iterable[Object], found: Optional[TypesByResource] = None
    ) -> List[Object]:
        """The types of the organization's plan that the policy is about. ``found`` is as for select_types."""
        names = self.select.get("display_names")
        return select_types(filter(is_in_plan, notification_types), self.select, names, found)

    def is_met(self, recipients: Sequence[Recipient]) -> bool:
        """Whether a type that these integrations receive fulfills the policy."""
        return (
            self._has_any_of(recipients)
            and self._has_enough_of_kinds(recipients)
            and self._has_other_than(recipients)
            and not any(map(self._is_forbidden, recipients))
        )

    def _has_any_of(self, recipients: Sequence[Recipient]) -> bool:
        return not self.any_of or any(recipient.name in self.any_of for recipient in recipients)

    def _has_enough_of_kinds(self, recipients: Sequence[Recipient]) -> bool:
        if not self.kinds:
            return len(recipients) >= self.at_least
        count = sum(recipient.kind in self.kinds for recipient in recipients)
        return count >= max(self.at_least, 1)

    def _has_other_than(self, recipients: Sequence[Recipient]) -> bool:
        return not self.not_only or any(recipient.kind not in self.not_only for recipient in recipients)

    def _is_forbidden(self, recipient: Recipient) -> bool:
        return matches_any(recipient.name, self.forbidden)


#: The built-in policy behind ``gaps``.
NO_GAPS = Policy(
    "critical types reach a channel other than e-mail", {"severities": ["CRITICAL"]}, not_only=EMAIL_KINDS
)


# Limits


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
        """The number of changes that the limit allows; None for a percentage of few objects: any number."""
        if not self.is_percentage:
            return self.number
        return None if object_count < MIN_OBJECTS else object_count * self.number // 100


@dataclass(frozen=True)
class Limits:
    """How much a run may change.

    ``silence`` is the number of types that may lose their last channel other than e-mail. ``changes`` is None
    for no limit.
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
            tuple(map(Policy.from_options, params["policies"])),
        )

    def refusal(
        self, before: Routing, after: Routing, plan: Plan, object_count: int
    ) -> Optional[RefusedError]:
        """The error for a plan that exceeds a limit or violates a policy, or None."""
        refusals = (
            self._silence_refusal(before, after),
            self._change_refusal(plan, object_count),
            *(_violation_refusal(policy, after) for policy in self.policies),
        )
        return next(filter(None, refusals), None)

    def _silence_refusal(self, before: Routing, after: Routing) -> Optional[RefusedError]:
        silenced = before.types_silenced_in(after)
        if len(silenced) <= self.silence:
            return None
        pronoun = "its" if len(silenced) == 1 else "their"
        return RefusedError(
            f"{counted(len(silenced), 'type')} would lose {pronoun} last channel other than e-mail, "
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
            f"{counted(len(changes), 'object')} would be changed or deleted, but `change_limit` is "
            f"{self.changes.text} ({allowed} of {counted(object_count, 'object')}): {names}",
            type="change_limit_exceeded",
            operation="apply the plan",
            next_step="Review them, and raise `change_limit` if they are right.",
        )


def _violation_refusal(policy: Policy, after: Routing) -> Optional[RefusedError]:
    violations = policy.violations(after)
    if not violations:
        return None
    return RefusedError(
        f"{quoted_names(violations)} would violate the policy {quoted(policy.name)}",
        type="policy_violated",
        operation="apply the plan",
        next_step="Change the rules, or the policy.",
    )


def _is_limited(step: Step) -> bool:
    """Whether ``change_limit`` counts a step: a change or deletion that does more than add integrations."""
    is_replaced = step.origin in (REPLACEMENT, REPOINTED)
    return step.before is not None and step.is_change and not is_replaced and not _only_adds(step)


def _only_adds(step: Step) -> bool:
    """Whether a step only adds or replaces integrations of a subscription, so that nobody loses one."""
    if not isinstance(step.resource, RoutedResource) or step.changes != ("integrations",):
        return False
    before = reference_ids((step.before or {}).get("integrations"))
    after = references((step.after or {}).get("integrations"))
    replaced = {step.resource.catalog.replacement(integration_id) for integration_id in before}
    return replaced <= set(after)


# Names in messages


def quoted_names(names: Sequence[str]) -> str:
    """Names for a message, each in quotes."""
    return listed(list(map(quoted, names)))


def listed(texts: Sequence[str]) -> str:
    """Texts for a message; of many, only the first ones."""
    more = f" and {len(texts) - NAMES_SHOWN} more" if len(texts) > NAMES_SHOWN else ""
    return ", ".join(texts[:NAMES_SHOWN]) + more
