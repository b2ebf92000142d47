# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Safety rules for the routing of a whole organization: limits and policies.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Dict, List, Mapping, Optional, Sequence, Tuple

from .._engine.model import Object, Reference
from .._engine.plan import CREATE, RECREATE, REPLACEMENT, REPOINTED, Plan, Step
from .._errors import RefusedError, operation
from .._redaction import quoted
from .catalog import Catalog, IntegrationReference, reference_ids, references
from .integrations import INTEGRATIONS, target_kind
from .notification_types import (
    NOTIFICATION_TYPES,
    is_in_plan,
    refuse_unmatched_values,
    select_types,
)
from .subscriptions import RoutedResource

#: Kinds of integrations that are only e-mail.
EMAIL_KINDS = ("RoleEmail", "UserEmail")

_PERCENTAGE = re.compile(r"(\d{1,3})\s*%")
#: Percentages apply only if at least this many objects exist.
MIN_OBJECTS = 10
#: Maximum number of names that a message lists.
NAMES_SHOWN = 20


@dataclass(frozen=True)
class Route:
    """Whether a notification type is enabled, and the integrations that receive it."""

    is_enabled: bool = False
    integrations: Tuple[IntegrationReference, ...] = ()
    #: Those of disabled subscriptions as well.
    all_integrations: Tuple[IntegrationReference, ...] = ()


@dataclass(frozen=True)
class Routing:
    """The route of each notification type, by ID, with the integrations and types that it refers to."""

    catalog: Catalog
    routes: Mapping[str, Route]

    def route(self, type_id: str) -> Route:
        return self.routes.get(type_id, Route())

    def kinds(self, type_id: str) -> List[Optional[str]]:
        """The kinds of the integrations that receive a type; None for one that does not exist yet."""
        return [self._kind(each) for each in self._receivers(type_id)]

    def names(self, type_id: str) -> List[str]:
        """The names of the integrations that receive a type."""
        return [self._name(each) for each in self._receivers(type_id)]

    def reaches_channel(self, type_id: str) -> bool:
        """Whether a type reaches anything other than e-mail."""
        return any(kind not in EMAIL_KINDS for kind in self.kinds(type_id))

    def _receivers(self, type_id: str) -> Sequence[IntegrationReference]:
        route = self.route(type_id)
        if not route.is_enabled:
            return ()
        exists = self.catalog.integrations.by_id
        return [
            each for each in route.integrations if isinstance(each, Reference) or exists(each) is not None
        ]

    def _kind(self, reference: IntegrationReference) -> Optional[str]:
        if isinstance(reference, Reference):
            return None
        return target_kind(self.catalog.integrations.by_id(reference) or {})

    def _name(self, reference: IntegrationReference) -> str:
        if isinstance(reference, Reference):
            return reference.key
        return INTEGRATIONS.name(self.catalog.integrations.by_id(reference) or {}) or reference


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

    def allowed(self, object_count: int) -> int:
        """The number of changes that the limit allows. A percentage of few objects allows all of them."""
        if not self.is_percentage:
            return self.number
        return object_count if object_count < MIN_OBJECTS else object_count * self.number // 100


@dataclass(frozen=True)
class Limits:
    """How much a run may change.

    ``silence`` is the number of types that may lose their last channel other than e-mail. ``changes`` is None
    for no limit. ``policies`` are as in the option.
    """

    silence: int
    changes: Optional[ChangeLimit] = None
    policies: Sequence[Mapping[str, Any]] = ()

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> Limits:
        """The limits in the options LIMITS and POLICY. Raises RefusedError."""
        silence, changes = params["silence_limit"], params["change_limit"]
        if silence < 0:
            raise RefusedError(
                f"`silence_limit` is {silence}",
                operation="read the options",
                next_step="Set it to 0 or more.",
            )
        return cls(silence, None if changes is None else ChangeLimit.from_option(changes), params["policies"])


def validate_routing(
    before: Routing, after: Routing, plan: Plan, object_count: int, limits: Limits
) -> Optional[RefusedError]:
    """The error for a plan that exceeds a limit or violates a policy, or None."""
    kinds = created_kinds(plan)
    refusals = (
        _validate_silence(before, after, limits.silence),
        _validate_change_count(plan, object_count, limits.changes),
        *(_validate_policy(after, policy, kinds) for policy in limits.policies),
    )
    return next(filter(None, refusals), None)


def _validate_policy(
    after: Routing, policy: Mapping[str, Any], planned_kinds: Mapping[str, str]
) -> Optional[RefusedError]:
    violations = policy_violations(after, policy, planned_kinds)
    if not violations:
        return None
    return RefusedError(
        f"{shown_names(violations)} would violate the policy {quoted(policy['name'])}",
        type="policy_violated",
        operation="apply the plan",
        next_step="Change the rules, or the policy.",
    )


def created_kinds(plan: Plan) -> Dict[str, str]:
    """The kinds of the integrations that a plan creates, by name."""
    return {
        step.name: target_kind(step.after or {})
        for step in plan.steps
        if step.action in (CREATE, RECREATE) and step.resource.address == INTEGRATIONS.address
    }


def silenced_types(before: Routing, after: Routing) -> List[str]:
    """The names of the types that reach a channel other than e-mail before, and none after."""
    silenced = [
        before.catalog.type_label(type_id)
        for type_id in before.routes
        if before.reaches_channel(type_id) and not after.reaches_channel(type_id)
    ]
    return sorted(silenced)


def _validate_silence(before: Routing, after: Routing, limit: int) -> Optional[RefusedError]:
    silenced = silenced_types(before, after)
    if len(silenced) <= limit:
        return None
    return RefusedError(
        f"{len(silenced)} types would lose their last channel other than e-mail, "
        f"but `silence_limit` is {limit}: {shown_names(silenced)}",
        type="silence_limit_exceeded",
        operation="apply the plan",
        next_step="Route them to another channel, or raise `silence_limit`.",
    )


def _validate_change_count(
    plan: Plan, object_count: int, limit: Optional[ChangeLimit]
) -> Optional[RefusedError]:
    changes = [step for step in plan.steps if _is_limited(step)]
    if limit is None or len(changes) <= limit.allowed(object_count):
        return None
    names = shown_names([step.resource.describe(step.name) for step in changes], is_quoted=True)
    return RefusedError(
        f"{len(changes)} objects would be changed or deleted, but `change_limit` is {limit.text} "
        f"({limit.allowed(object_count)} of {object_count} objects): {names}",
        type="change_limit_exceeded",
        operation="apply the plan",
        next_step="Review them, and raise `change_limit` if they are right.",
    )


def _is_limited(step: Step) -> bool:
    """Whether ``change_limit`` counts a step: a change that may take notifications away from somebody."""
    is_replaced = step.origin in (REPLACEMENT, REPOINTED)
    return step.before is not None and step.is_change and not is_replaced and not _only_adds(step)


def _only_adds(step: Step) -> bool:
    """Whether a step only adds or replaces integrations of a subscription, so that nobody loses one."""
    if not isinstance(step.resource, RoutedResource) or step.changes != ("integrations",):
        return False
    before = reference_ids((step.before or {}).get("integrations"))
    after = references((step.after or {}).get("integrations"))
    return {step.resource.catalog.replacement(each) for each in before} <= set(after)


def shown_names(names: Sequence[str], is_quoted: bool = False) -> str:
    """Names for a message, cut after some."""
    shown = [name if is_quoted else quoted(name) for name in names[:NAMES_SHOWN]]
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(shown) + more


def admin_only_types(routing: Routing) -> List[str]:
    """The names of the critical types that reach nothing but the e-mail to organization admins."""
    critical = (
        notification_type
        for notification_type in routing.catalog.types.sorted()
        if notification_type.get("severity") == "CRITICAL" and is_in_plan(notification_type)
    )
    return [
        NOTIFICATION_TYPES.name(notification_type) or notification_type["id"]
        for notification_type in critical
        if set(routing.kinds(notification_type["id"])) == {"RoleEmail"}
    ]


# Policies

#: The built-in policy behind ``gaps``: critical types reach a channel other than e-mail.
GAPS: Mapping[str, Any] = {
    "name": "critical types reach a channel other than e-mail",
    "select": {"severities": ["CRITICAL"]},
    "require": {"not_only": list(EMAIL_KINDS)},
}


def policy_violations(
    routing: Routing, policy: Mapping[str, Any], planned_kinds: Optional[Mapping[str, str]] = None
) -> List[str]:
    """The names of the types that violate a policy, from the options in POLICY."""
    select: Mapping[str, Any] = policy.get("select") or {}
    with operation(f"check the policy {quoted(policy['name'])}"):
        refuse_unmatched_values(routing.catalog.types, select, "Correct it.")
    types = filter(is_in_plan, routing.catalog.types.sorted())
    selected = select_types(types, select, select.get("display_names"), routing.catalog.types_by_resource)
    return [
        NOTIFICATION_TYPES.name(notification_type) or notification_type["id"]
        for notification_type in selected
        if not _is_fulfilled(routing, notification_type, policy, planned_kinds or {})
    ]


def _is_fulfilled(
    routing: Routing, notification_type: Object, policy: Mapping[str, Any], planned_kinds: Mapping[str, str]
) -> bool:
    type_id = notification_type["id"]
    names = routing.names(type_id)
    kinds = [kind or planned_kinds.get(name) for kind, name in zip(routing.kinds(type_id), names)]
    require, forbid = policy.get("require") or {}, policy.get("forbid") or {}

    any_of = require.get("any_of")
    if any_of and not set(any_of) & set(names):
        return False
    wanted_kinds = require.get("kinds")
    if wanted_kinds or require.get("at_least"):
        matching = [kind for kind in kinds if not wanted_kinds or kind in wanted_kinds]
        if len(matching) < (require.get("at_least") or 1):
            return False
    not_only = require.get("not_only")
    if not_only and all(kind in not_only for kind in kinds):
        return False
    patterns = forbid.get("integrations") or ()
    return not any(pattern == name or fnmatchcase(name, pattern) for pattern in patterns for name in names)
