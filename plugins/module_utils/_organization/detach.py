# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions that use an integration which a plan deletes."""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Callable, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Set

from .._common import Object
from .._engine.model import Client, Collection, Snapshot
from .._engine.plan import Plan, Reason
from .._engine.planner import make_plan
from .._engine.snapshot import list_all, read_collection
from .._errors import NotificationsError, RefusedError, operation
from .._redaction import name_with_id, quoted
from .._resources.catalog import Catalog, PlannedIntegrations, reference_ids, refresh_catalog
from .._resources.integrations import INTEGRATIONS
from .._resources.notification_types import NOTIFICATION_TYPES
from .._resources.resource_settings import ResourceSubscriptions
from .._resources.subscriptions import ADD, Route, RoutedResource, RoutedState, Subscriptions

#: The values of ``when_in_use``.
FAIL, DETACH, IGNORE = "fail", "detach", "ignore"


def plan_detach(
    client: Client, plan: Plan, when_in_use: str, warn: Optional[Callable[[str], None]] = None
) -> Plan:
    """A plan of integrations, with steps that change the subscriptions to those that it removes.

    Subscriptions are read only if the plan deletes integrations. Raises RefusedError as plan_dependents does.
    In check mode an earlier task may be about to change the routing, so ``warn`` is given and called instead.
    Subscriptions of single resources cannot be searched, so they are not considered.
    """
    removed = removed_integrations(plan, when_in_use)
    if not removed:
        return plan
    subscriptions = _read_dependents(client, plan, removed)
    try:
        return plan + plan_dependents(plan, [subscriptions], when_in_use)
    except RefusedError as refusal:
        if warn is None:
            raise
        warn(
            f"A real run could not {refusal.operation}: {refusal.detail}, "
            "unless an earlier task routes these types elsewhere."
        )
        return plan


def removed_integrations(plan: Plan, when_in_use: str) -> Dict[str, str]:
    """The names of the integrations whose subscriptions must be considered, by ID."""
    return {
        step.before["id"]: step.resource.name(step.before)
        for step in plan.removals()
        if step.before is not None and step.resource.address == INTEGRATIONS.address and when_in_use != IGNORE
    }


def _read_dependents(client: Client, plan: Plan, removed: Mapping[str, str]) -> Collection:
    """The subscriptions that use a removed integration."""
    try:
        with operation(f"remove {_describe(removed)}"):
            listed = list_all(client, Subscriptions(Catalog()))
    except NotificationsError as error:
        hint = "With `when_in_use: ignore` subscriptions are not read."
        raise error.replace(next_step=f"{error.next_step} {hint} Nothing was deleted.") from None
    dependents = [obj for obj in listed if _integration_ids(obj) & removed.keys()]
    if not dependents:
        return Collection(Subscriptions(Catalog()), (), listed.unlisted)
    catalog = Catalog(read_collection(client, NOTIFICATION_TYPES), plan.snapshot[INTEGRATIONS])
    catalog = refresh_catalog(client, catalog, dependents)
    return Collection(Subscriptions(planned_catalog(catalog, plan, removed)), dependents, listed.unlisted)


def plan_dependents(plan: Plan, collections: Iterable[Collection], when_in_use: str) -> Plan:
    """The steps that remove deleted integrations from subscriptions.

    ``collections`` have the subscriptions, which refer to the integrations that will exist after the plan.
    Those that the plan already changes are left out. Raises RefusedError if ``when_in_use`` is FAIL and
    subscriptions use a deleted integration, or if a subscription would have no integration left.
    """
    deleted = removed_integrations(plan, when_in_use)
    if not deleted:
        return Plan((), Snapshot())
    changed = {
        (step.resource.address, step.before["id"])
        for step in plan.steps
        if step.before is not None and step.is_change
    }
    plans: List[Plan] = []
    for collection in collections:
        resource = collection.resource
        if not isinstance(resource, RoutedResource):
            continue
        dependents = [
            obj
            for obj in collection
            if (resource.address, obj["id"]) not in changed and _integration_ids(obj) & deleted.keys()
        ]
        _refuse_detaching(collection, dependents, deleted, when_in_use)
        plans.append(_plan_with_remaining(collection, dependents))
    # Adding the plans one by one would copy their steps again and again.
    return Plan(
        tuple(chain.from_iterable(dependent.steps for dependent in plans)),
        Snapshot(chain.from_iterable(dependent.snapshot for dependent in plans)),
    )


def _plan_with_remaining(collection: Collection, dependents: Sequence[Object]) -> Plan:
    """The plan of subscriptions that keep those of their integrations that will exist."""
    resource = collection.resource
    desired_states = [
        RoutedState(
            resource=resource, id=obj["id"], key=resource.key(obj), route=Route(integrations=(), mode=ADD)
        )
        for obj in dependents
    ]
    plan = make_plan(desired_states, Snapshot([collection]))
    return replace(plan, steps=tuple(replace(step, reason=Reason.DETACHED) for step in plan.steps))


def _refuse_detaching(
    collection: Collection, dependents: Sequence[Object], deleted: Mapping[str, str], when_in_use: str
) -> None:
    """Raise RefusedError if subscriptions use integrations to delete and must not be changed."""
    resource = collection.resource
    if not isinstance(resource, RoutedResource):
        raise AssertionError(resource)
    emptied = [
        obj for obj in dependents if not resource.catalog.remaining_references(sorted(_integration_ids(obj)))
    ]
    if not emptied and (not dependents or when_in_use != FAIL):
        return

    pronoun = "it" if len(deleted) == 1 else "them"
    detail = f"the subscriptions to {_names(resource, dependents)} use {pronoun}"
    next_step = (
        f"Route these types elsewhere first, or set `when_in_use: detach` to remove {pronoun} from them."
    )
    if emptied:
        # Detaching would be refused for the same reason, so it is not recommended.
        left = f"the subscriptions to {_names(resource, emptied)} would have no integration left"
        detail = f"{detail}, and {left}" if when_in_use == FAIL else left
        next_step = "Route these types elsewhere first, or delete their subscriptions."
    raise RefusedError(detail, type="in_use", operation=f"delete {_describe(deleted)}", next_step=next_step)


def _describe(integrations: Mapping[str, str]) -> str:
    named = sorted(integrations.items(), key=lambda item: item[1])
    return ", ".join(name_with_id(name, object_id) for object_id, name in named)


def _names(resource: RoutedResource, subscriptions: Iterable[Object]) -> str:
    return ", ".join(quoted(name) for name in sorted({resource.name(obj) for obj in subscriptions}))


def _integration_ids(subscription: Object) -> FrozenSet[str]:
    return frozenset(reference_ids(subscription.get("integrations")))


# What exists after the plan


def planned_catalog(current: Catalog, plan: Plan, detached_ids: Iterable[str]) -> Catalog:
    """The notification types, and the integrations as they will be after a plan.

    ``detached_ids`` has the IDs of deleted integrations that are removed from their subscriptions.
    """
    existing = {obj["id"]: obj for obj in current.integrations}
    created: Set[str] = set()
    removed: Dict[str, Object] = {}
    for step in plan.steps:
        if not step.is_change or step.resource.address != INTEGRATIONS.address:
            continue
        if step.after is None and step.before is not None:
            # It may have been deleted since the plan was made.
            removed[step.before["id"]] = existing.pop(step.before["id"], step.before)
        elif step.after is not None and "id" in step.after:
            existing[step.after["id"]] = step.after
        else:
            created.add(step.name)
    planned = PlannedIntegrations(frozenset(created), removed, frozenset(detached_ids))
    return current.with_integrations(existing.values(), planned)


def unlisted_dependents(plan: Plan) -> Optional[str]:
    """A warning about subscriptions of single resources, which the deletion of integrations may empty.

    None if the plan deletes none, or if the task lists such subscriptions itself.
    """
    deleted = removed_integrations(plan, DETACH)
    manages_resources = any(
        isinstance(collection.resource, ResourceSubscriptions) for collection in plan.snapshot
    )
    if not deleted or manages_resources:
        return None
    pronoun = "it" if len(deleted) == 1 else "one of them"
    return (
        f"Deleting {_describe(deleted)}: the service cannot list the subscriptions of single resources, "
        f"such as clusters and connectors. If one of these notifies only {pronoun}, it notifies nobody "
        "afterwards. List such subscriptions in the same task to have them checked "
        "(`resource_subscriptions` of `organization`)."
    )
