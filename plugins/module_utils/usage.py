# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses an integration that is to go, and what becomes of them.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Callable, FrozenSet, Iterable, Optional, Sequence

from ._redaction import quoted
from .client import Client
from .directory import Directory
from .errors import InUse, NotificationsError
from .existing import confirm_references, existing
from .plan import DELETE, Plan, plan
from .resources import NOTIFICATION_TYPE, Object, reference_ids, subscription
from .routing import REMOVE, Route, route_wish

#: What happens where an integration that is to go is used: the values of ``when_in_use``.
FAIL, DETACH, IGNORE = "fail", "detach", "ignore"


def released(client: Client, planned: Plan, when_in_use: str, warn: Optional[Callable[[str], None]] = None) -> Plan:
    """The plan, with what detaches the integrations that it deletes. Reads subscriptions only if it deletes any.

    Raises InUse where subscriptions go there and ``when_in_use`` is FAIL, or where one of them would be left without an integration. In
    check mode an earlier task may be about to route them elsewhere, so ``warn`` is given and called instead. Subscriptions of single
    resources cannot be searched, and are not seen.
    """
    going = {step.before["id"]: step.name for step in planned.all_steps if step.action == DELETE and step.before}
    if not going or when_in_use == IGNORE:
        return planned
    unbound = subscription(Directory((), ()))
    attempted = f"delete {', '.join(f'{quoted(name)} ({key})' for key, name in sorted(going.items(), key=lambda each: each[1]))}"
    try:
        users = [
            each for each in existing(client, unbound, f"{attempted}, for which subscriptions are read") if _goes_to(each) & going.keys()
        ]
    except NotificationsError as error:
        error.next_step = f"{error.next_step} Nothing was deleted; with when_in_use: ignore subscriptions are not read."
        raise
    if not users:
        return planned
    directory = Directory(existing(client, NOTIFICATION_TYPE), planned.there)
    confirm_references(client, directory, users)
    bound = subscription(directory)
    emptied = [each for each in users if _goes_to(each) <= going.keys()]
    refusal = _refusal(attempted, when_in_use, [bound.name(each) for each in users], [bound.name(each) for each in emptied])
    if refusal is not None and warn is None:
        raise refusal
    if refusal is not None and warn is not None:
        warn(f"Would not {attempted}: {refusal.said}. The real run fails, unless an earlier task routes these types elsewhere.")
    if when_in_use == FAIL:
        return planned
    route = Route(tuple(going), mode=REMOVE)
    detachable = [each for each in users if each not in emptied]
    wishes = [route_wish(directory, bound.key(each), route, object_id=each["id"]) for each in detachable]
    return replace(planned, released=plan(bound, wishes, users)) if wishes else planned


def _refusal(attempted: str, when_in_use: str, used_by: Sequence[str], emptied: Sequence[str]) -> Optional[InUse]:
    """Why integrations cannot be deleted that subscriptions go to; None if they can be."""
    no_integration_left = f"subscriptions to {_names(emptied)} would have no integration left"
    if emptied:
        # Detaching would be refused for the same reason, so it is not recommended.
        said = no_integration_left if when_in_use != FAIL else f"subscriptions to {_names(used_by)} go there, and {no_integration_left}"
        return InUse(attempted, said, next_step="Route these types elsewhere first, or delete their subscriptions. Nothing was changed.")
    return InUse(attempted, f"subscriptions to {_names(used_by)} go there") if when_in_use == FAIL else None


def _goes_to(whole: Object) -> FrozenSet[str]:
    return frozenset(reference_ids(whole.get("integrations")))


def _names(names: Iterable[str]) -> str:
    return ", ".join(quoted(each) for each in sorted(set(names)))
