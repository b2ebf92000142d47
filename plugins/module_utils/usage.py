# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who uses an integration that is to go, and what becomes of them.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import FrozenSet, Iterable

from .client import Client
from .directory import Directory
from .errors import InUse, NotificationsError
from .existing import existing
from .plan import DELETE, Plan, plan
from .resources import DISABLED, NOTIFICATION_TYPE, Object, reference_ids, subscription
from .routing import REMOVE, Route, route_wish

#: What happens where an integration that is to go is used: the values of ``when_in_use``.
FAIL, DETACH, IGNORE = "fail", "detach", "ignore"


def released(client: Client, planned: Plan, when_in_use: str, check_mode: bool = False) -> Plan:
    """The plan, with what releases the integrations that it deletes. Reads subscriptions only if it deletes any.

    Raises InUse where subscriptions go there and ``when_in_use`` is FAIL, or where one of them would be left with none. What
    is subscribed for one resource of the organization cannot be searched, and is not seen.
    """
    going = {step.before["id"]: step.name for step in planned.all_steps if step.action == DELETE and step.before}
    if not going or when_in_use == IGNORE:
        return planned
    unbound = subscription(Directory((), ()))
    attempted = f"delete {', '.join(f'{name!r} ({key})' for key, name in sorted(going.items(), key=lambda each: each[1]))}"
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
    bound = subscription(directory)
    emptied = [each for each in users if _goes_to(each) <= going.keys()]
    if when_in_use == FAIL:
        said = f"notification types that go there are {_names(bound.name(each) for each in users)}"
        silent = [bound.name(each) for each in emptied if each.get("current_state") != DISABLED]
        in_use = InUse(attempted, f"{said}; nobody would hear any more of {_names(silent)}" if silent else said)
        if check_mode:
            in_use.next_step += " If an earlier task routes them elsewhere, the real run will find that."
        raise in_use
    if emptied:
        said = f"nothing would be left to go to for {_names(bound.name(each) for each in emptied)}"
        raise InUse(attempted, said, next_step="Route these types elsewhere first, or delete their subscriptions. Nothing was written.")
    route = Route(tuple(going), mode=REMOVE)
    wishes = [route_wish(directory, bound.key(each), route, object_id=each["id"]) for each in users]
    return replace(planned, released=plan(bound, wishes, users))


def _goes_to(whole: Object) -> FrozenSet[str]:
    return frozenset(reference_ids(whole.get("integrations")))


def _names(names: Iterable[str]) -> str:
    return ", ".join(repr(each) for each in sorted(set(names)))
