# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole organization: one plan over integrations, subscriptions and the settings of single resources.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object
from .._engine.model import Client, Collection, DesiredState, Purge, Snapshot
from .._engine.plan import REPLACEMENT, Plan, Step
from .._engine.planner import is_kept, make_plan
from .._engine.rendering import plan_checksum
from .._engine.snapshot import read_snapshot
from .._errors import RefusedError, operation
from .._redaction import name_with_id, quoted
from .catalog import Catalog, refresh_catalog
from .detach import plan_dependents, removed_integrations
from .integration_plan import plan_integrations, planned_catalog
from .integrations import INTEGRATIONS, integration_from_options, is_manageable
from .notification_types import NOTIFICATION_TYPES, find_types_by_resource
from .policies import Limits
from .resource_settings import (
    ResourcePreferences,
    ResourceSubscriptions,
    preference_from_options,
    resource_path_from_options,
)
from .routing import Routing, planned_routing
from .rules import Selection, apply_rules, plan_rules
from .subscriptions import Subscriptions, subscription_from_options

#: A resource name of the service, such as ``crn://confluent.cloud/organization=9bb441c4/integration=i-1``.
_ORGANIZATION = re.compile(r"crn://[^/]+/organization=([\w-]{1,80})(?:/|$)")


@dataclass(frozen=True)
class OrganizationState:
    """The existing objects of an organization."""

    catalog: Catalog
    subscriptions: Collection

    @property
    def integrations(self) -> Collection:
        return self.catalog.integrations

    @property
    def types(self) -> Collection:
        return self.catalog.types

    @property
    def routing(self) -> Routing:
        return Routing(self.catalog, self.subscriptions)

    @cached_property
    def organization_ids(self) -> List[str]:
        """The IDs of the organizations in the resource names of all objects, usually one."""
        objects = [*self.integrations, *self.types, *self.subscriptions]
        matches = map(_ORGANIZATION.match, map(_resource_name, objects))
        return sorted({match.group(1) for match in matches if match})

    @property
    def organization_id(self) -> Optional[str]:
        """The ID of the organization, if the resource names of the service name one."""
        found = self.organization_ids
        return found[0] if len(found) == 1 else None


def _resource_name(obj: Object) -> str:
    metadata = obj.get("metadata")
    return str(metadata.get("resource_name")) if isinstance(metadata, Mapping) else ""


def read_organization(
    client: Client, concurrency: int, selects: Iterable[Optional[Mapping[str, Any]]] = ()
) -> OrganizationState:
    """The integrations, notification types and subscriptions of the organization, read at the same time.

    ``selects`` have the selectors to apply.
    """
    unresolved = Subscriptions(Catalog())
    snapshot = read_snapshot(client, [INTEGRATIONS, NOTIFICATION_TYPES, unresolved], concurrency)
    types = snapshot[NOTIFICATION_TYPES]
    types_by_resource = find_types_by_resource(client, types, selects)
    catalog = Catalog(types, snapshot[INTEGRATIONS], types_by_resource=types_by_resource)
    catalog = refresh_catalog(client, catalog, snapshot[unresolved])
    return OrganizationState(catalog, Collection(Subscriptions(catalog), snapshot[unresolved]))


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


@dataclass(frozen=True)
class OrganizationPlan:
    """The plan of an organization, with what the rules selected and the routing after it.

    ``refusal`` is the error if the plan exceeds a limit or violates a policy.
    """

    plan: Plan
    selection: Selection
    not_disabled: List[Object]
    routing: Routing
    organization_id: Optional[str]
    refusal: Optional[RefusedError] = None

    @cached_property
    def checksum(self) -> str:
        """Identifies the plan, as in plan_checksum."""
        return plan_checksum(self.plan)


@dataclass(frozen=True)
class OrganizationOptions:
    """The options of the module organization that the plan depends on."""

    params: Mapping[str, Any]
    purge: Optional[Purge]
    limits: Limits
    concurrency: int


def plan_organization(
    client: Client, options: OrganizationOptions, warn: Callable[[str], None]
) -> OrganizationPlan:
    """Plan all changes that lead to the desired organization.

    Integrations are planned first. Everything else refers to the integrations that will exist then. Raises
    RefusedError if an option, a name or a safety rule of a resource forbids the plan.
    """
    params = options.params
    desired_integrations = [integration_from_options(item) for item in params["integrations"]]
    with operation("manage the settings of single resources"):
        preference_paths = [resource_path_from_options(item, warn) for item in params["resource_preferences"]]
        route_paths = [resource_path_from_options(item, warn) for item in params["resource_subscriptions"]]

    selects = [rule["select"] for rule in params["subscriptions"]]
    selects += [policy.select for policy in options.limits.policies]
    state = read_organization(client, options.concurrency, selects)
    refuse_other_organization(state, params["organization_id"])
    integration_plan = plan_integrations(
        desired_integrations, state.integrations, params["on_kind_change"], options.purge
    )
    _refuse_kept(integration_plan, params["keep"])
    removed = removed_integrations(integration_plan, params["when_in_use"])
    catalog = planned_catalog(state.catalog, integration_plan, removed)

    subscriptions = Collection(Subscriptions(catalog), state.subscriptions)
    selection = apply_rules(catalog, params["subscriptions"])
    rules = plan_rules(
        subscriptions,
        selection,
        keep_read_only=params["keep_read_only"],
        disable_others=params["disable_others"],
    )
    resource_plan = _plan_resource_settings(client, options, catalog, preference_paths, route_paths, warn)
    plan = integration_plan + rules.plan + resource_plan
    plan += plan_dependents(plan, [subscriptions, *resource_plan.snapshot], params["when_in_use"])

    after = planned_routing(plan, subscriptions, catalog)
    object_count = _object_count(state, resource_plan.snapshot)
    refusal = options.limits.refusal(state.routing, after, plan, object_count)
    return OrganizationPlan(plan, selection, rules.not_disabled, after, state.organization_id, refusal)


# Integrations


def _refuse_kept(plan: Plan, keep: Sequence[str]) -> None:
    """Refuse items that would change an integration that ``keep`` protects."""
    for step in plan.steps:
        if step.before is not None and step.is_change and is_kept(INTEGRATIONS, tuple(keep), step.before):
            raise RefusedError(
                f"{name_with_id(step.name, step.before['id'])} matches `keep`, but an item would change it",
                operation="manage integrations",
                next_step="Remove it from the items, or from `keep`.",
            )


# Settings of single resources


def _plan_resource_settings(
    client: Client,
    options: OrganizationOptions,
    catalog: Catalog,
    preference_paths: Sequence[Tuple[str, str]],
    route_paths: Sequence[Tuple[str, str]],
    warn: Callable[[str], None],
) -> Plan:
    preferences = [ResourcePreferences(*path) for path in preference_paths]
    routed = {path: ResourceSubscriptions(catalog, *path) for path in route_paths}
    snapshot = read_snapshot(client, [*preferences, *routed.values()], options.concurrency, warn)

    desired_states: List[DesiredState] = [
        preference_from_options(resource, item)
        for resource, item in zip(preferences, options.params["resource_preferences"])
    ]
    for path, item in zip(route_paths, options.params["resource_subscriptions"]):
        resource = routed[path]
        desired_states.append(subscription_from_options(resource, item, snapshot[resource]))
    return make_plan(desired_states, snapshot)


# Limits and tests


def _object_count(state: OrganizationState, resource_settings: Snapshot) -> int:
    """The number of existing objects that a plan could change."""
    manageable = sum(map(is_manageable, state.integrations))
    settings = sum(len(collection.ids) for collection in resource_settings)
    return manageable + len(state.subscriptions.ids) + settings


def integrations_to_test(plan: Plan, test_option: str) -> List[Step]:
    """The steps whose integrations should be tested: all, those whose URL is written, or none."""
    steps = [
        step
        for step in plan.steps
        if step.resource.address == INTEGRATIONS.address
        and step.origin != REPLACEMENT
        and step.after is not None
    ]
    if test_option == "all":
        return steps
    if test_option == "none":
        return []
    return [step for step in steps if "target.webhook_url" in step.changes or "target.kind" in step.changes]
