# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""User notifications: what the calling user received. Early Access, so an organization may have no access."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Iterator, List, Mapping, Optional, Protocol, Sequence

from .._common import Object
from .._engine.model import Client, Resource
from .._engine.snapshot import existing_objects
from .._errors import (
    ChangeNotAppliedError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    RefusedError,
    operation,
)
from .._redaction import quoted, redact_object
from .integrations import INTEGRATIONS

#: The query of a list of notifications, by option.
FILTERS = {
    "severities": "severity",
    "resource_types": "resource.type",
    "resource_crns": "resource.crn",
    "search": "search",
    "time_range": "time_range",
}

_EARLY_ACCESS = "User notifications are Early Access: Confluent must give the organization access to them."


class InboxClient(Client, Protocol):
    """A client that can also call the verbs of user notifications."""

    def get_summary(self, path: str, member: str) -> Object:
        """The answer of a verb; it must have this member."""

    def call_action(
        self, method: str, path: str, body: Mapping[str, Any], query: Optional[Mapping[str, Any]] = None
    ) -> None:
        """Call a verb whose answer is empty."""


class UserNotifications(Resource):
    """The notifications that the calling user received."""

    noun = "user notification"
    path = "/notifications/v1/user-notifications"
    api_kind = "UserNotification"

    def key(self, obj: Mapping[str, Any]) -> str:
        return str(obj["id"])

    def to_output(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> Object:
        """A notification may come with whole integrations, which contain webhook URLs."""
        integrations = obj.get("integrations")
        if isinstance(integrations, list):
            shown: Any = [
                INTEGRATIONS.to_output(each) if isinstance(each, dict) else redact_object(each)
                for each in integrations
            ]
            return {**obj, "integrations": shown}
        return {**obj, "integrations": redact_object(integrations)} if integrations else dict(obj)


USER_NOTIFICATIONS = UserNotifications()
MARK_ALL_PATH = USER_NOTIFICATIONS.path + ":mark-all"
SUMMARY_PATH = USER_NOTIFICATIONS.path + ":summary"


@contextmanager
def _with_hint(hint: str) -> Iterator[None]:
    """Add a next step to 403 and 404 errors."""
    try:
        yield
    except (ForbiddenError, NotFoundError) as error:
        raise error.replace(next_step=hint) from None


def list_notifications(
    client: InboxClient,
    filters: Mapping[str, Any],
    read: Optional[bool],
    parameters: Optional[Mapping[str, str]] = None,
) -> List[Object]:
    """The notifications that the options in NOTIFICATION_FILTER select; ``read`` is None for both states.

    ``parameters`` are added to the query.
    """
    with operation("list the user notifications"):
        if filters.get("search") == "":
            raise RefusedError("`search` is empty", next_step="Omit it to list everything.")
        if any(filters.get(option) == [] for option in FILTERS):
            return []  # an empty list selects nothing
        query = {**_query(filters, read), **(parameters or {})}
        with _with_hint(_EARLY_ACCESS):
            listed = client.list(USER_NOTIFICATIONS.path, query)
        return [
            USER_NOTIFICATIONS.to_output(obj) for obj in existing_objects(client, USER_NOTIFICATIONS, listed)
        ]


def _query(filters: Mapping[str, Any], read: Optional[bool]) -> Object:
    query = {name: filters[option] for option, name in FILTERS.items() if filters.get(option) is not None}
    return query if read is None else {**query, "read": str(read).lower()}


def read_notification(client: InboxClient, object_id: str) -> Object:
    """One notification."""
    hint = f"Check the ID; user_notification_info lists the notifications. {_EARLY_ACCESS}"
    with operation(f"read the user notification {quoted(object_id)}"), _with_hint(hint):
        return client.read(USER_NOTIFICATIONS.path, object_id)


def count_unread(client: InboxClient) -> Object:
    """The number of unread notifications, as the API counts them."""
    with operation("count the unread user notifications"), _with_hint(_EARLY_ACCESS):
        summary = client.get_summary(SUMMARY_PATH, "unread_count")
    return {name: value for name, value in summary.items() if name not in ("api_version", "kind", "metadata")}


def mark(client: InboxClient, object_id: str, read: bool) -> None:
    """Mark one notification. Raises ChangeNotAppliedError if the service leaves it as it is."""
    with operation(f"mark the user notification {quoted(object_id)} as {_state(read)}"):
        obj = _update(client, object_id, read)
        if obj.get("read") is not read:
            detail = "the service accepted the request but did not change the notification"
            raise ChangeNotAppliedError(detail, next_step="Run the task again.")


def _update(client: InboxClient, object_id: str, read: bool) -> Object:
    try:
        return client.update(USER_NOTIFICATIONS.path, object_id, {"read": read})
    except ConflictError:
        # It has changed since it was read. Only this member can change, so there is nothing to plan again.
        obj = client.read(USER_NOTIFICATIONS.path, object_id)
        if obj.get("read") is read:
            return obj
        return client.update(USER_NOTIFICATIONS.path, object_id, {"read": read})


def mark_all(client: InboxClient, filters: Mapping[str, Any], read: bool) -> None:
    """Mark all notifications that the options select."""
    with operation(f"mark user notifications as {_state(read)}"), _with_hint(_EARLY_ACCESS):
        client.call_action("PATCH", MARK_ALL_PATH, {"read": read}, query=_query(filters, not read))


def _state(read: bool) -> str:
    return "read" if read else "unread"
