# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions that use an integration which a plan deletes or recreates.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain
from typing import Callable, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence

from .._common import Object
from .._engine.model import Client, Collection, Snapshot
from .._engine.plan import DETACHED, RECREATE, REPOINTED, Plan
from .._engine.planner import make_plan
from .._engine.snapshot import list_all, read_collection
from .._errors import NotificationsError, RefusedError, operation
from .._redaction import name_with_id, quoted
from .catalog import Catalog, reference_ids, refresh_catalog
from .integration_plan import planned_catalog
from .integrations import INTEGRATIONS
from .notification_types import NOTIFICATION_TYPES
from .subscriptions import ADD, Route, RoutedResource, RoutedState, Subscriptions

#: The values of ``when_in_use``.
FAIL, DETACH, IGNORE = "fail", "detach", "ignore"


def plan_detach(
    client: Client, plan: Plan, when_in_use: str, warn: Optional[Callable[[str], None]] = None
) -> Plan:
    """A plan of integrations, with steps that change the subscriptions to those that it removes.

    Subscriptions are read only if the plan deletes or recreates integrations. Raises RefusedError as
    plan_dependents does. In check mode an earlier task may be about to change the routing, so ``warn`` is
    given and called instead. Subscriptions of single resources cannot be searched, so they are not
    considered.
    """
    removed = removed_integrations(plan, when_in_use)
    if not removed:
        return plan
    subscriptions = _read_dependents(client, plan, removed)
    if subscriptions is None:
        return plan
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
        if step.before is not None
        and step.resource.address == INTEGRATIONS.address
        and (step.action == RECREATE or when_in_use != IGNORE)
    }


def _read_dependents(client: Client, plan: Plan, removed: Mapping[str, str]) -> Optional[Collection]:
    """The subscriptions that use a removed integration; None if there are none."""
    try:
        with operation(f"remove {_describe(removed)}"):
            listed = list_all(client, Subscriptions(Catalog()))
    except NotificationsError as error:
        hint = "With `when_in_use: ignore` subscriptions are not read."
        raise error.replace(next_step=f"{error.next_step} {hint} Nothing was deleted.") from None
    dependents = [obj for obj in listed if _integration_ids(obj) & removed.keys()]
    if not dependents:
        return None
    catalog = Catalog(read_collection(client, NOTIFICATION_TYPES), plan.snapshot[INTEGRATIONS])
    catalog = refresh_catalog(client, catalog, dependents)
    return Collection(Subscriptions(planned_catalog(catalog, plan, removed)), dependents)


def plan_dependents(plan: Plan, collections: Iterable[Collection], when_in_use: str) -> Plan:
    """The steps that remove deleted integrations from subscriptions, and replace recreated ones.

    ``collections`` have the subscriptions, which refer to the integrations that will exist after the plan.
    Those that the plan already changes are left out. Raises RefusedError if ``when_in_use`` is FAIL and
    subscriptions use a deleted integration, or if a subscription would have no integration left.
    """
    removed = removed_integrations(plan, when_in_use)
    recreated = {step.before["id"] for step in plan.removals() if step.before and step.action == RECREATE}
    deleted = {object_id: name for object_id, name in removed.items() if object_id not in recreated}
    if not removed:
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
        detached: List[Object] = []
        repointed: List[Object] = []
        for obj in collection:
            integration_ids = _integration_ids(obj)
            if (resource.address, obj["id"]) in changed:
                continue
            if integration_ids & deleted.keys():
                detached.append(obj)
            elif integration_ids & removed.keys():
                repointed.append(obj)
        _refuse_detaching(collection, detached, deleted, when_in_use)
        plans.append(_plan_with_remaining(collection, detached, DETACHED))
        plans.append(_plan_with_remaining(collection, repointed, REPOINTED))
    # Adding the plans one by one would copy their steps again and again.
    return Plan(
        tuple(chain.from_iterable(dependent.steps for dependent in plans)),
        Snapshot(chain.from_iterable(dependent.snapshot for dependent in plans)),
    )


def _plan_with_remaining(collection: Collection, dependents: Sequence[Object], origin: str) -> Plan:
    """The plan of subscriptions that keep those of their integrations that will exist."""
    resource = collection.resource
    desired_states = [
        RoutedState(
            resource=resource, id=obj["id"], key=resource.key(obj), route=Route(integrations=(), mode=ADD)
        )
        for obj in dependents
    ]
    plan = make_plan(desired_states, Snapshot([collection]))
    return replace(plan, steps=tuple(replace(step, origin=origin) for step in plan.steps))


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
