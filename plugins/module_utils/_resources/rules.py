# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing rules: which notification types they select, and the subscriptions that follow.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Container, Dict, List, Mapping, Optional, Sequence, Tuple

from .._common import Object
from .._engine.model import Collection, DesiredState, Snapshot
from .._engine.plan import Plan
from .._engine.planner import make_plan
from .._errors import RefusedError, operation
from .catalog import Catalog, IntegrationReference
from .notification_types import (
    DISABLEABLE_PRIORITIES,
    NOTIFICATION_TYPES,
    is_in_plan,
    refuse_unmatched_values,
    select_types,
)
from .subscriptions import DISABLED, EXACT, REMOVE, Route, RoutedState, Subscriptions


@dataclass
class SelectedType:
    """One type that rules select: the positions of the rules, counted from 1, and all their integrations."""

    notification_type: Object
    rules: List[int] = field(default_factory=list)
    integrations: Dict[IntegrationReference, None] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return NOTIFICATION_TYPES.name(self.notification_type) or str(self.notification_type["id"])


@dataclass(frozen=True)
class Selection:
    """What rules select, by the IDs of types.

    ``not_in_plan`` has the types that only selectors match and that the organization's plan does not include.
    """

    selected: Mapping[str, SelectedType]
    not_in_plan: Mapping[str, Object]
    warnings: Tuple[str, ...] = ()

    def rules_of(self, type_id: Optional[str]) -> List[int]:
        """The positions of the rules that select a type."""
        selected = self.selected.get(type_id or "")
        return selected.rules if selected else []

    def desired_states(self, resource: Subscriptions, mode: str, keep_read_only: bool) -> List[DesiredState]:
        """The desired subscription to each selected type."""
        enabled = None if mode == REMOVE else True
        return [
            RoutedState(
                resource=resource,
                key=type_id,
                warnings=self.warnings,
                route=Route(tuple(selected.integrations), mode, keep_read_only, enabled),
            )
            for type_id, selected in self.selected.items()
        ]


def apply_rules(
    catalog: Catalog, rules: Sequence[Mapping[str, Any]], expected: Optional[Container[str]] = ()
) -> Selection:
    """What rules select, from the options in RULE.

    Raises RefusedError for a selector that selects nothing and for an unknown or ambiguous name. ``expected``
    is that of Catalog.resolve_integrations.
    """
    selected: Dict[str, SelectedType] = {}
    not_in_plan: Dict[str, Object] = {}
    warnings: Dict[str, None] = {}
    for position, rule in enumerate(rules, 1):
        with operation(f"apply rule {position}"):
            resolved = catalog.resolve_integrations(rule["integrations"], expected)
            warnings.update(dict.fromkeys(resolved.warnings))
            if rule["notification_type"] is not None:
                matching = [catalog.types.resolve(rule["notification_type"])]
            else:
                selectable = _select(catalog, rule["select"], rule["allow_empty"])
                matching = list(filter(is_in_plan, selectable))
                not_in_plan.update((obj["id"], obj) for obj in selectable if not is_in_plan(obj))
        for notification_type in matching:
            entry = selected.setdefault(notification_type["id"], SelectedType(notification_type))
            entry.rules.append(position)
            entry.integrations.update(dict.fromkeys(resolved.references))
    remaining = {type_id: obj for type_id, obj in not_in_plan.items() if type_id not in selected}
    return Selection(selected, remaining, tuple(warnings))


_ALLOW_EMPTY = "Correct it, or set `allow_empty: true`."


def _select(catalog: Catalog, select: Mapping[str, Any], allow_empty: bool) -> List[Object]:
    """The types that a selector matches.

    A value that matches nothing is probably misspelled, so it is refused.
    """
    if not allow_empty:
        refuse_unmatched_values(catalog.types, select, _ALLOW_EMPTY)
    selected = select_types(catalog.types, select, select.get("display_names"), catalog.types_by_resource)
    if not selected and not allow_empty:
        raise RefusedError(
            "its `select` matches no notification type", next_step="Widen it, or set `allow_empty: true`."
        )
    return selected


@dataclass(frozen=True)
class RulesPlan:
    """The plan of subscriptions by rules, and the types that no rule selects and that stay enabled."""

    plan: Plan
    not_disabled: List[Object]


def plan_rules(
    subscriptions: Collection,
    selection: Selection,
    mode: str = EXACT,
    keep_read_only: bool = True,
    disable_others: bool = False,
) -> RulesPlan:
    """Plan the subscriptions to the types that rules select, and if asked for, disable all others.

    Raises RefusedError as disable_unselected does.
    """
    resource = subscriptions.resource
    if not isinstance(resource, Subscriptions):
        raise AssertionError(resource)
    desired_states = selection.desired_states(resource, mode, keep_read_only)
    not_disabled: List[Object] = []
    if disable_others:
        disabled_states, not_disabled = disable_unselected(subscriptions, selection)
        desired_states += disabled_states
    return RulesPlan(make_plan(desired_states, Snapshot([subscriptions])), not_disabled)


def disable_unselected(
    subscriptions: Collection, selection: Selection
) -> Tuple[List[DesiredState], List[Object]]:
    """Disable the subscriptions to types that no rule selects, as far as their priority allows.

    Returns their desired states, and the types whose priority does not allow it. Raises RefusedError if the
    rules select nothing.
    """
    if not selection.selected:
        raise RefusedError(
            "`disable_others` is set and no rule selects anything, so all types would be disabled",
            operation="route by rules",
            next_step="Add a rule that selects a notification type.",
        )
    resource = subscriptions.resource
    if not isinstance(resource, Subscriptions):
        raise AssertionError(resource)
    desired_states: List[DesiredState] = []
    not_disabled: Dict[str, Object] = {}
    for subscription in subscriptions:
        type_id = resource.key(subscription)
        is_selected = type_id in selection.selected or type_id in selection.not_in_plan
        if is_selected or subscription.get("current_state") == DISABLED:
            continue
        notification_type = resource.notification_type(subscription)
        if notification_type.get("subscription_priority") in DISABLEABLE_PRIORITIES:
            route = Route(enabled=False)
            desired_states.append(
                RoutedState(resource=resource, id=subscription["id"], key=type_id, route=route)
            )
        else:
            not_disabled[type_id] = notification_type or {"id": type_id}
    return desired_states, list(not_disabled.values())
