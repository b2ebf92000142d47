# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions that use an integration to delete: what ``when_in_use`` does about them.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, Dict, FrozenSet, Iterable, List, Optional, Sequence

from .._engine.model import Client, Collection, Object, Snapshot
from .._engine.plan import DETACHED, Plan
from .._engine.planner import make_plan
from .._engine.snapshot import list_all, read_collection
from .._errors import NotificationsError, RefusedError, operation
from .._redaction import quoted
from .catalog import Catalog, reference_ids, refresh_catalog
from .integrations import INTEGRATIONS
from .notification_types import NOTIFICATION_TYPES
from .subscriptions import REMOVE, Route, RoutedState, Subscriptions

#: The values of ``when_in_use``.
FAIL, DETACH, IGNORE = "fail", "detach", "ignore"


def plan_detach(
    client: Client, plan: Plan, when_in_use: str, warn: Optional[Callable[[str], None]] = None
) -> Plan:
    """The plan, with steps that remove the integrations it deletes from their subscriptions.

    Subscriptions are read only if the plan deletes integrations. Raises RefusedError if ``when_in_use`` is
    FAIL and subscriptions use one of them, or if a subscription would have no integration left. In check mode
    an earlier task may be about to change the routing, so ``warn`` is given and called instead. Subscriptions
    of single resources cannot be searched, so they are not considered.
    """
    deleted = {step.before["id"]: step.name for step in plan.deletions() if step.before}
    if not deleted or when_in_use == IGNORE:
        return plan
    with operation(_describe_deletion(deleted)):
        subscriptions = _read_users(client, plan.snapshot[INTEGRATIONS], deleted)
        if not subscriptions:
            return plan
        resource = subscriptions.resource
        assert isinstance(resource, Subscriptions)
        emptied = [obj for obj in subscriptions if _integration_ids(obj) <= deleted.keys()]
        refusal = _refusal(
            when_in_use,
            [resource.name(obj) for obj in subscriptions],
            [resource.name(obj) for obj in emptied],
        )
        if refusal is not None and warn is None:
            raise refusal
    if refusal is not None and warn is not None:
        warn(
            f"Would not {_describe_deletion(deleted)}: {refusal.detail}. "
            "The real run fails, unless an earlier task routes these types elsewhere."
        )
    if when_in_use == FAIL:
        return plan

    route = Route(tuple(deleted), mode=REMOVE)
    desired_states = [
        RoutedState(resource, id=obj["id"], key=resource.key(obj), route=route)
        for obj in subscriptions
        if obj not in emptied
    ]
    detach_plan = make_plan(desired_states, Snapshot([subscriptions]))
    return plan + replace(
        detach_plan, steps=tuple(replace(step, origin=DETACHED) for step in detach_plan.steps)
    )


def _describe_deletion(deleted: Dict[str, str]) -> str:
    named = sorted(deleted.items(), key=lambda item: item[1])
    return f"delete {', '.join(f'{quoted(name)} ({object_id})' for object_id, name in named)}"


def _read_users(client: Client, integrations: Collection, deleted: Dict[str, str]) -> Optional[Collection]:
    """The subscriptions that use one of the integrations to delete; None if there are none."""
    try:
        listed = list_all(client, Subscriptions(Catalog()))
    except NotificationsError as error:
        hint = "With `when_in_use: ignore` subscriptions are not read."
        raise error.replace(next_step=f"{error.next_step} {hint} Nothing was deleted.") from None
    users = [obj for obj in listed if _integration_ids(obj) & deleted.keys()]
    if not users:
        return None
    catalog = Catalog(read_collection(client, NOTIFICATION_TYPES), integrations)
    return Collection(Subscriptions(refresh_catalog(client, catalog, users)), users)


def _refusal(when_in_use: str, users: Sequence[str], emptied: Sequence[str]) -> Optional[RefusedError]:
    """Why integrations that subscriptions use cannot be deleted; None if they can be."""
    if emptied:
        # Detaching would be refused for the same reason, so it is not recommended.
        detail = f"the subscriptions to {describe_names(emptied)} would have no integration left"
        if when_in_use == FAIL:
            detail = f"the subscriptions to {describe_names(users)} use it, and {detail}"
        next_step = "Route these types elsewhere first, or delete their subscriptions."
        return RefusedError(detail, type="in_use", next_step=next_step)
    if when_in_use != FAIL:
        return None
    return RefusedError(
        f"the subscriptions to {describe_names(users)} use it",
        type="in_use",
        next_step="Route these types elsewhere first, or set `when_in_use: detach` to remove it from them.",
    )


def _integration_ids(subscription: Object) -> FrozenSet[str]:
    return frozenset(reference_ids(subscription.get("integrations")))


def describe_names(names: Iterable[str]) -> str:
    """Distinct names for a message."""
    distinct: List[str] = sorted(set(names))
    return ", ".join(map(quoted, distinct))
