# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the calling user was told: reading it and marking it. Early Access, so that it may be closed to an organization.

Private to the collection.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, List, Mapping, Optional

from ._redaction import quoted
from .client import Client
from .errors import Conflict, Forbidden, InvalidInput, NotAsAsked, NotFound
from .existing import existing
from .resources import MARK_ALL_PATH, SUMMARY_PATH, USER_NOTIFICATION, Object

#: The query of a list of notifications, by the option that gives it.
FILTERS = {
    "severities": "severity",
    "resource_types": "resource.type",
    "resource_crns": "resource.crn",
    "search": "search",
    "time_range": "time_range",
}


@contextmanager
def _explained() -> Iterator[None]:
    """An organization without access is told that."""
    try:
        yield
    except (Forbidden, NotFound) as error:
        error.next_step = "User notifications are Early Access: Confluent has to give the organization access to them."
        raise


def _query(filters: Mapping[str, Any], read: Optional[bool]) -> Object:
    query = {name: filters[option] for option, name in FILTERS.items() if filters.get(option) is not None}
    return query if read is None else {**query, "read": str(read).lower()}


def notifications(
    client: Client, filters: Mapping[str, Any], read: Optional[bool], more: Optional[Mapping[str, str]] = None
) -> List[Object]:
    """The notifications that the options in arguments.NOTIFICATION_FILTER select, and that are read or not, if that matters."""
    if filters.get("search") == "":
        raise InvalidInput("read notifications", "search is empty", next_step="Omit it to find everything.")
    if any(filters.get(option) == [] for option in FILTERS):
        return []  # a list that names nothing selects nothing
    with _explained():
        found = existing(client, USER_NOTIFICATION, query={**_query(filters, read), **(more or {})})
    return [USER_NOTIFICATION.show(each, ()) for each in found]


def notification(client: Client, object_id: str) -> Object:
    """One notification. Raises NotFound or Forbidden."""
    if not object_id.strip("."):
        raise InvalidInput(
            "read a notification", f"the id {quoted(object_id)} is none", next_step="user_notification_info lists what there is."
        )
    try:
        return client.read(USER_NOTIFICATION.path, object_id, f"read the notification {object_id}")
    except (Forbidden, NotFound) as error:
        error.next_step = (
            "Check the id; user_notification_info lists what there is. User notifications are Early Access, so it may also be that "
            "Confluent has not given the organization access to them."
        )
        raise


def summary(client: Client) -> Object:
    """How many are unread, as the API counts them."""
    with _explained():
        return client.count(SUMMARY_PATH, "count the unread notifications", "unread_count")


def mark(client: Client, object_id: str, read: bool) -> None:
    """Mark one. Raises NotAsAsked if the service leaves it as it is."""
    attempted = f"mark the notification {object_id} as {_marked(read)}"
    try:
        now = client.change(USER_NOTIFICATION.path, object_id, {"read": read}, attempted)
    except Conflict:
        # It changed since it was read. Nothing but this one member can, so there is nothing to plan again.
        now = client.read(USER_NOTIFICATION.path, object_id, attempted)
        if now.get("read") is not read:
            now = client.change(USER_NOTIFICATION.path, object_id, {"read": read}, attempted)
    if now.get("read") is not read:
        raise NotAsAsked(attempted, "the service accepted the request and left it as it was", next_step="Run the task again.")


def mark_all(client: Client, filters: Mapping[str, Any], read: bool) -> None:
    """Mark all that the options select."""
    with _explained():
        attempted = f"mark notifications as {_marked(read)}"
        client.act("PATCH", MARK_ALL_PATH, {"read": read}, attempted, query=_query(filters, not read))


def _marked(read: bool) -> str:
    return "read" if read else "unread"
