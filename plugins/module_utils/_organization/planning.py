# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the plan that leads from an organization as it is to the desired one, or the reasons to refuse it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._common import Object
from .._engine.model import Collection, DesiredState, Snapshot
from .._engine.plan import Action, Plan, Step
from .._engine.planner import incomplete_lists, make_plan
from .._engine.rendering import plan_checksum, plan_entry
from .._errors import Refusals, RefusedError
from .._redaction import counted, one_line, quoted, quoted_names
from .._resources.catalog import Catalog, IntegrationReference
from .._resources.integrations import unmatched_keep
from .._resources.resource_settings import (
    ResourcePreferences,
    ResourceSubscriptions,
    preference_from_options,
)
from .._resources.subscriptions import RoutedState, Subscriptions, subscription_from_options
from .channel_tests import integrations_to_test, refused_test
from .detach import plan_dependents, planned_catalog, removed_integrations
from .explain import Explained, explain
from .lint import Linted, lint
from .lint_findings import Finding
from .options import DesiredOrganization, ReviewedPlan
from .ownership import foreign_route, taken_over
from .routing import Routing, planned_resource_routing, planned_routing
from .routing_tests import RoutingTestResults, run_routing_tests
from .rules import Rule, Selection, apply_rules, plan_rules
from .state import OrganizationState


@dataclass(frozen=True)
class OrganizationPlan:
    """The plan of an organization, with what the rules selected and the routing before and after it.

    ``tests`` are the steps whose integrations are tested. ``refusals`` are the reasons not to apply it. ``quota``
    is that of the integrations after the plan, if it was asked for.
    """

    plan: Plan
    rules: Tuple[Rule, ...]
    selection: Selection
    not_disabled: List[Object]
    routing: Routing
    organization_id: Optional[str]
    checksum: str
    tests: Tuple[Step, ...] = ()
    routing_tests: RoutingTestResults = field(default_factory=RoutingTestResults)
    findings: Tuple[Finding, ...] = ()
    explanations: Tuple[Object, ...] = ()
    warnings: Tuple[str, ...] = ()
    unmanaged: Tuple[str, ...] = ()
    silenced: Tuple[str, ...] = ()
    refusals: Tuple[RefusedError, ...] = ()
    quota: Optional[Object] = None

    def rules_of(self, type_id: str) -> List[str]:
        """The rules that select a type, as messages show them."""
        positions = set(self.selection.rules_of(type_id))
        return [rule.label for rule in self.rules if rule.position in positions]

    @cached_property
    def refusal(self) -> Optional[RefusedError]:
        """All reasons not to apply the plan in one error; None if there is none."""
        refusals = Refusals("apply", "the plan")
        refusals.add(self.refusals)
        return refusals.combined()


def plan_organization(desired: DesiredOrganization, state: OrganizationState) -> OrganizationPlan:
    """Plan all changes that lead to the desired organization.

    Integrations are planned first. Everything else refers to the integrations that will exist then. Raises
    RefusedError if a name or a safety rule of a resource forbids the plan.
    """
    refuse_other_organization(state, desired.organization_id)
    integrations = make_plan(desired.integrations, Snapshot([state.integrations]), desired.purge)
    detached = removed_integrations(integrations, desired.when_in_use)
    catalog = planned_catalog(state.catalog, integrations, detached)

    subscriptions = Collection(Subscriptions(catalog), state.subscriptions, state.subscriptions.unlisted)
    selection = apply_rules(catalog, desired.rules)
    rules = plan_rules(subscriptions, selection, desired.rules_options)
    settings = _plan_settings(desired, state, catalog)
    plan = integrations + rules.plan + settings
    dependents, in_use = _dependents(plan, [subscriptions, *settings.snapshot], desired.when_in_use)
    plan += dependents

    before, after = state.routing, planned_routing(plan, subscriptions, catalog)
    resources = planned_resource_routing(plan, catalog)
    object_count = state.object_count(desired.owner) + taken_over(plan, desired.owner)
    tests = tuple(integrations_to_test(plan, desired.test))
    routing_tests = run_routing_tests(
        desired.routing_tests, after, resources, selection, desired.rules, desired.tests_fail_under
    )
    checksum = plan_checksum(plan, [state.organization_id] if state.organization_id else state.source)
    refusals = (
        incomplete_lists(plan),
        in_use,
        foreign_route(desired.owner, _routes(desired.rules, selection, settings), catalog),
        *desired.limits.refusals(before, after, resources, plan, object_count),
        *routing_tests.refusals,
        _unreviewed_changes(desired.reviewed, plan, checksum),
        refused_test(tests),
    )
    return OrganizationPlan(
        plan=plan,
        rules=desired.rules,
        selection=selection,
        not_disabled=rules.not_disabled,
        routing=after,
        organization_id=state.organization_id,
        checksum=checksum,
        tests=tests,
        routing_tests=routing_tests,
        warnings=(*desired.warnings, *unmatched_keep(desired.keep, integrations, state.integrations)),
        findings=lint(Linted(desired, state, plan, selection, after)),
        explanations=explain(
            desired.explain, Explained(desired.rules, desired.limits.policies, selection, before, after)
        ),
        silenced=tuple(before.types_silenced_in(after)),
        unmanaged=tuple(_unmanaged(desired, selection, after)),
        refusals=tuple(refusal for refusal in refusals if refusal is not None),
        quota=state.quota_after(_added(integrations)),
    )


def _added(integrations: Plan) -> int:
    """By how many a plan increases the number of integrations while it creates them: deletions come last."""
    return sum(step.action is Action.CREATE for step in integrations.steps)


def _dependents(
    plan: Plan, collections: Sequence[Collection], when_in_use: str
) -> Tuple[Plan, Optional[RefusedError]]:
    """The steps that remove deleted integrations from subscriptions, or the error that forbids them."""
    try:
        return plan_dependents(plan, collections, when_in_use), None
    except RefusedError as refusal:
        return Plan((), Snapshot()), refusal


def _routes(
    rules: Sequence[Rule], selection: Selection, settings: Plan
) -> Iterator[Tuple[str, Sequence[IntegrationReference]]]:
    """What routes, for messages, and to which integrations: rules and subscriptions of single resources."""
    for rule in rules:
        yield rule.label, selection.recipients[rule.position]
    for step in settings.steps:
        if isinstance(step.desired, RoutedState):
            yield f"the {step.resource.describe(step.name)}", step.desired.route.integrations or ()


def refuse_other_organization(state: OrganizationState, expected: Optional[str]) -> None:
    """Raise RefusedError unless all resource names are of the expected organization (None: any)."""
    if expected is None:
        return
    found = state.organization_ids
    if [organization_id.lower() for organization_id in found] == [expected.strip().lower()]:
        return

    if found:
        shown = " and ".join(map(quoted, found))
        detail = (
            f"the credentials belong to the organization {shown}, and `organization_id` is {quoted(expected)}"
        )
        next_step = "Use the credentials of that organization, or correct `organization_id`."
    else:
        detail = "no object has a `resource_name` that tells which organization the credentials belong to"
        next_step = "Omit `organization_id` if you are sure about the credentials."
    raise RefusedError(
        detail, type="wrong_organization", operation="manage this organization", next_step=next_step
    )


# Settings of single resources


def _plan_settings(desired: DesiredOrganization, state: OrganizationState, catalog: Catalog) -> Plan:
    preferences = [ResourcePreferences(*setting.path) for setting in desired.preferences]
    routed = {
        setting.path: ResourceSubscriptions(catalog, *setting.path)
        for setting in desired.resource_subscriptions
    }
    snapshot = Snapshot(
        Collection(resource, state.settings[resource], state.settings[resource].unlisted)
        for resource in (*preferences, *routed.values())
    )

    desired_states: List[DesiredState] = [
        preference_from_options(resource, setting.params)
        for resource, setting in zip(preferences, desired.preferences)
    ]
    for setting in desired.resource_subscriptions:
        resource = routed[setting.path]
        desired_states.append(
            subscription_from_options(resource, setting.params, snapshot[resource], owner=desired.owner)
        )
    return make_plan(desired_states, snapshot)


# The reviewed plan


def _unreviewed_changes(
    reviewed: Optional[ReviewedPlan], plan: Plan, checksum: str
) -> Optional[RefusedError]:
    """The error if the plan is not the reviewed one, or None."""
    if reviewed is None or reviewed.checksum == checksum:
        return None
    if reviewed.changes is None:
        detail = (
            f"its checksum begins with {checksum[:12]}, and `expected_checksum` with {reviewed.checksum[:12]}"
        )
    else:
        entries = [plan_entry(step) for step in plan.ordered_changes()]
        detail = _describe_differences(entries, reviewed.changes)
    return RefusedError(
        detail,
        type="plan_changed",
        operation="apply the reviewed plan",
        next_step="The organization or the options have changed since. Review the new plan.",
    )


def _describe_differences(entries: Sequence[Mapping[str, Any]], reviewed: Sequence[Any]) -> str:
    now = dict.fromkeys(map(_describe_entry, entries))
    before = dict.fromkeys(_describe_entry(entry) for entry in reviewed if isinstance(entry, dict))
    added = [text for text in now if text not in before]
    removed = [text for text in before if text not in now]
    parts = []
    if added:
        parts.append(f"these changes were not reviewed: {quoted_names(added)}")
    if removed:
        parts.append(f"these reviewed changes are no longer planned: {quoted_names(removed)}")
    return "; ".join(parts) or "the objects that it changes are different now"


def _describe_entry(entry: Mapping[str, Any]) -> str:
    return one_line(f"{entry.get('action')} {entry.get('resource')} {entry.get('name')}: {entry.get('text')}")


# What the options say nothing about


def _unmanaged(desired: DesiredOrganization, selection: Selection, after: Routing) -> List[str]:
    """What the options do not manage, in a few words each."""
    parts = []
    if not desired.integrations and desired.purge is None:
        parts.append("integrations")
    if not desired.rules:
        parts.append("subscriptions")
    elif not desired.rules_options.disable_others:
        others = after.unselected_types({*selection.selected, *selection.not_included}, desired.owner)
        if others:
            number = counted(len(others), "type")
            parts.append(f"{number} with channels that no rule selects ({quoted_names(others)})")
    if not desired.preferences and not desired.resource_subscriptions:
        parts.append("settings of single resources")
    else:
        parts.append("settings of single resources that are not listed")
    return parts
