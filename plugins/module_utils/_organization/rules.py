# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing rules: which notification types they select, and the subscriptions that follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object
from .._engine.model import Collection, DesiredState, Snapshot
from .._engine.plan import Plan
from .._engine.planner import make_plan
from .._errors import Refusals, RefusedError
from .._redaction import counted, listed, one_line, quoted
from .._resources.catalog import Catalog, IntegrationReference, reference_ids
from .._resources.integrations import INTEGRATIONS
from .._resources.notification_types import (
    DISABLEABLE_PRIORITIES,
    is_included,
    refuse_unmatched_values,
    select_types,
)
from .._resources.subscriptions import (
    EXACT,
    REMOVE,
    Route,
    RoutedState,
    Subscriptions,
    is_enabled,
    others_integrations,
    own_references,
)

CRITICAL = "CRITICAL"
#: The most types that a warning names.
_LOSSES_SHOWN = 5


@dataclass(frozen=True)
class RulesOptions:
    """What rules do to the subscriptions: those of the types that they select, and the others.

    Of the types that no rule selects, critical ones are only disabled with ``disable_critical``. With
    ``owner``, only its own integrations are removed, and only types that notify nobody else's are disabled.
    """

    mode: str = EXACT
    keep_read_only: bool = True
    disable_others: bool = False
    disable_critical: bool = False
    owner: Optional[str] = None


@dataclass(frozen=True)
class Rule:
    """One routing rule, from the options in RULE. ``position`` is counted from 1."""

    position: int
    integrations: Tuple[str, ...]
    name: str = ""
    notification_type: Optional[str] = None
    select: Optional[Mapping[str, Any]] = None
    allow_empty: bool = False

    @property
    def label(self) -> str:
        """How messages mention the rule: "rule 3 (Invoices)"."""
        return f"rule {self.position} ({self.name})" if self.name else f"rule {self.position}"


def rules_from_options(items: Iterable[Mapping[str, Any]]) -> Tuple[Rule, ...]:
    """The rules in a list of options in RULE, in their order."""
    return tuple(
        Rule(
            position,
            tuple(item["integrations"]),
            item["name"] or "",
            item["notification_type"],
            item["select"],
            item["allow_empty"],
        )
        for position, item in enumerate(items, 1)
    )


@dataclass
class SelectedType:
    """One type that rules select: the positions of the rules, counted from 1, and all their integrations."""

    notification_type: Object
    rules: List[int] = field(default_factory=list)
    integrations: Dict[IntegrationReference, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """What rules select, by the IDs of types.

    ``not_included`` has the types that only selectors match and that the organization does not pay for.
    ``recipients`` has the integrations of each rule by its position.
    """

    selected: Mapping[str, SelectedType]
    not_included: Mapping[str, Object]
    warnings: Tuple[str, ...] = ()
    recipients: Mapping[int, Tuple[IntegrationReference, ...]] = field(default_factory=dict)

    def rules_of(self, type_id: Optional[str]) -> List[int]:
        """The positions of the rules that select a type."""
        selected = self.selected.get(type_id or "")
        return selected.rules if selected else []

    @cached_property
    def types_by_rule(self) -> Mapping[int, List[str]]:
        """The IDs of the types that each rule selects, by its position."""
        types: Dict[int, List[str]] = {position: [] for position in self.recipients}
        for type_id, selected in self.selected.items():
            for position in selected.rules:
                types[position].append(type_id)
        return types

    def desired_states(self, resource: Subscriptions, options: RulesOptions) -> List[DesiredState]:
        """The desired subscription to each selected type."""
        enabled = None if options.mode == REMOVE else True
        return [
            RoutedState(
                resource=resource,
                key=type_id,
                warnings=self.warnings,
                route=Route(
                    tuple(selected.integrations), options.mode, options.keep_read_only, enabled, options.owner
                ),
            )
            for type_id, selected in self.selected.items()
        ]


def apply_rules(catalog: Catalog, rules: Sequence[Rule], may_be_new: bool = False) -> Selection:
    """What rules select.

    Raises RefusedError, with all problems of all rules, for a selector that selects nothing and for an unknown or
    ambiguous name.
    ``may_be_new`` is that of Catalog.resolve_integrations.
    """
    selected: Dict[str, SelectedType] = {}
    not_included: Dict[str, Object] = {}
    warnings: Dict[str, None] = {}
    recipients: Dict[int, Tuple[IntegrationReference, ...]] = {}
    refusals = Refusals("apply", "the rules")
    for rule in rules:
        references: Dict[IntegrationReference, None] = {}
        for name in rule.integrations:
            with refusals.collect(rule.label):
                resolved = catalog.resolve_integrations([name], may_be_new)
                references.update(dict.fromkeys(resolved.references))
                warnings.update(dict.fromkeys(resolved.warnings))
        recipients[rule.position] = tuple(references)
        matching: List[Object] = []
        with refusals.collect(rule.label):
            if rule.notification_type is not None:
                matching = [catalog.types.resolve(rule.notification_type)]
            else:
                selectable = _select(catalog, rule.select or {}, rule.allow_empty)
                matching = list(filter(is_included, selectable))
                not_included.update((obj["id"], obj) for obj in selectable if not is_included(obj))
        for notification_type in matching:
            entry = selected.setdefault(notification_type["id"], SelectedType(notification_type))
            entry.rules.append(rule.position)
            entry.integrations.update(references)
    refusals.raise_any()
    remaining = {type_id: obj for type_id, obj in not_included.items() if type_id not in selected}
    return Selection(selected, remaining, tuple(warnings), recipients)


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


def plan_rules(subscriptions: Collection, selection: Selection, options: RulesOptions) -> RulesPlan:
    """Plan the subscriptions to the types that rules select, and if asked for, disable all others.

    Raises RefusedError as disable_unselected does.
    """
    resource = subscriptions.resource
    if not isinstance(resource, Subscriptions):
        raise AssertionError(resource)
    desired_states = selection.desired_states(resource, options)
    not_disabled: List[Object] = []
    if options.disable_others:
        disabled_states, not_disabled = disable_unselected(subscriptions, selection, options)
        desired_states += disabled_states
    return RulesPlan(make_plan(desired_states, Snapshot([subscriptions])), not_disabled)


def lost_channels(plan: Plan, catalog: Catalog) -> Optional[str]:
    """Which types lose which integrations by a plan of subscriptions, as a sentence; None if none does."""
    losing = []
    for step in plan.steps if plan.ordered_changes() else ():
        kept = set(reference_ids((step.after or {}).get("integrations")))
        ids = [item for item in reference_ids((step.before or {}).get("integrations")) if item not in kept]
        names = [
            one_line(INTEGRATIONS.name(obj))
            for obj in map(catalog.existing_integration, ids)
            if obj is not None
        ]
        if names:
            losing.append(f"{quoted(step.name)} ({', '.join(names)})")
    if not losing:
        return None

    lose, them = ("loses", "it") if len(losing) == 1 else ("lose", "them")
    number = counted(len(losing), "notification type")
    return f"{number} {lose} integrations that no rule lists for {them}: {listed(losing, _LOSSES_SHOWN)}."


def disable_unselected(
    subscriptions: Collection, selection: Selection, options: RulesOptions
) -> Tuple[List[DesiredState], List[Object]]:
    """Disable the subscriptions to types that no rule selects, as far as their priority allows.

    Returns their desired states, and the types that stay enabled: those whose priority does not allow it,
    and critical ones unless ``disable_critical`` is set. Types that are not the owner's alone are neither.
    Raises RefusedError if the rules select nothing.
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
        is_selected = type_id in selection.selected or type_id in selection.not_included
        if is_selected or not is_enabled(subscription):
            continue
        if options.owner is not None and not _is_owned(subscription, resource.catalog, options.owner):
            continue
        notification_type = resource.notification_type(subscription)
        may_be_disabled = options.disable_critical or notification_type.get("severity") != CRITICAL
        if may_be_disabled and notification_type.get("subscription_priority") in DISABLEABLE_PRIORITIES:
            route = Route(enabled=False, owner=options.owner)
            desired_states.append(
                RoutedState(resource=resource, id=subscription["id"], key=type_id, route=route)
            )
        else:
            not_disabled[type_id] = notification_type or {"id": type_id}
    return desired_states, list(not_disabled.values())


def _is_owned(subscription: Object, catalog: Catalog, owner: str) -> bool:
    """Whether all channels of a subscription belong to an owner, and at least one does."""
    references = reference_ids(subscription.get("integrations"))
    has_own = bool(own_references(references, catalog, owner))
    return has_own and not others_integrations(references, catalog, owner)
