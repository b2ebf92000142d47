# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each collection of the API does with a request. Each collection is one entry that service.py uses."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Optional
from urllib.parse import urlsplit

from .clock import Clock
from .settings import Settings
from .store import Object, SortKey, Store, by_creation

#: A query: each parameter with its values, as it may be repeated.
Query = Mapping[str, list[str]]

MASK = "****************"
URL_FIELDS = {"Slack": "webhook_url", "MsTeams": "webhook_url", "Webhook": "url"}
#: The code of the quota of integrations.
QUOTA = "integrations_per_org"
STATES = ("ENABLED", "DISABLED")
_TEXTS = ("display_name", "description")
#: Ascending.
SEVERITIES = ("INFO", "WARN", "CRITICAL")
#: Members that only some responses have, unless a list is asked for them.
OPTIONAL_PARTS = frozenset(("integrations", "recommended_actions"))


@dataclass(frozen=True)
class ErrorItem:
    """One error in a response, with the member or the parameter that caused it."""

    detail: str
    pointer: Optional[str] = None
    parameter: Optional[str] = None


class ApiError(Exception):
    """A request that the server answers with an error."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        pointer: Optional[str] = None,
        parameter: Optional[str] = None,
        headers: Optional[dict[str, str]] = None,
        more: tuple[ErrorItem, ...] = (),
    ):
        super().__init__(detail)
        self.status, self.code, self.title = status, code, title
        self.items = (ErrorItem(detail, pointer, parameter), *more)
        self.headers = headers or {}


@dataclass(frozen=True)
class Context:
    """What the functions of a collection can use."""

    store: Store
    settings: Settings
    clock: Clock


def _keep_fields(_context: Context, _current: Optional[Object], fields: Object) -> Object:
    return fields


def _allow_deletion(_context: Context, _current: Object) -> None:
    return None


def _view_all(_context: Context, obj: Object, _parts: frozenset[str]) -> Object:
    return obj


def _select_all(_context: Context, _query: Query) -> Callable[[Object], bool]:
    return lambda _obj: True


def _sort_by_creation(_query: Query) -> SortKey:
    return by_creation


@dataclass(frozen=True)
class Resource:
    """One collection.

    ``prepare``        the current object (None for a new one) and the writable fields that were sent → the
                       fields to store
    ``before_delete``  called before an object is deleted
    ``view``           a stored object and the optional parts to include → the object in a response
    ``select``         the query of a list → which objects it lists
    ``sort_key``       the query of a list → their order

    All but ``view`` may raise ApiError.
    """

    collection: str
    kind: str
    prefix: str
    writable: tuple[str, ...] = ()
    prepare: Callable[[Context, Optional[Object], Object], Object] = _keep_fields
    before_delete: Callable[[Context, Object], None] = _allow_deletion
    view: Callable[[Context, Object, frozenset[str]], Object] = _view_all
    select: Callable[[Context, Query], Callable[[Object], bool]] = _select_all
    sort_key: Callable[[Query], SortKey] = _sort_by_creation


def _already_exists(other: Object, detail: str) -> ApiError:
    headers = {"Location": other["metadata"]["self"]}
    return ApiError(409, "resource_already_exists", "Resource Already Exists", detail, headers=headers)


def _check_state(fields: Object) -> None:
    state = fields.get("current_state", "ENABLED")
    if state not in STATES:
        detail = f"{state!r} is not one of the valid states: {', '.join(STATES)}"
        raise ApiError(422, "invalid_value", "Validation Failed", detail, pointer="/current_state")


# Integrations


def _is_writable(integration: Object) -> bool:
    return integration["target"]["kind"] in URL_FIELDS


def _prepare_integration(context: Context, current: Optional[Object], fields: Object) -> Object:
    settings = context.settings
    fields = dict(fields)

    if "target" in fields:
        # Unknown members are ignored, inside the target too.
        kind = fields["target"]["kind"]
        fields["target"] = {"kind": kind, URL_FIELDS[kind]: _stored_url(settings, fields["target"])}
    if settings.stored_texts == "trimmed":
        fields.update((name, fields[name].strip()) for name in _TEXTS if name in fields)

    if current is None:
        _check_quota(context)
        fields.setdefault("description", "")
    else:
        _check_writable(current)
        is_new_kind = "target" in fields and fields["target"]["kind"] != current["target"]["kind"]
        if is_new_kind and settings.kind_change == "refused":
            detail = "The kind of a target cannot be changed."
            raise ApiError(422, "invalid_target", "Validation Failed", detail, pointer="/target/kind")
        if settings.empty_description == "ignored" and fields.get("description") == "":
            del fields["description"]

    if settings.duplicate_names == "refused" and "display_name" in fields:
        for other in context.store.objects("integrations"):
            if other is not current and other["display_name"] == fields["display_name"]:
                raise _already_exists(
                    other, f"An integration named {other['display_name']!r} exists already."
                )

    return fields


def _stored_url(settings: Settings, target: Object) -> str:
    """The URL of a target as it is stored: as it was sent, or in an equivalent form."""
    url: str = target[URL_FIELDS[target["kind"]]]
    if settings.stored_urls == "as-sent":
        return url
    parts = urlsplit(url)
    default_port = {"http": ":80", "https": ":443"}.get(parts.scheme.lower(), "")
    netloc = parts.netloc.lower().removesuffix(default_port)
    normalized = parts._replace(scheme=parts.scheme.lower(), netloc=netloc, path=parts.path or "/").geturl()
    return re.sub("%[0-9a-f]{2}", lambda match: match.group().upper(), normalized, flags=re.IGNORECASE)


def writable_integrations(context: Context) -> int:
    """The number of integrations that count for the quota."""
    return sum(map(_is_writable, context.store.objects("integrations")))


def _check_quota(context: Context) -> None:
    settings = context.settings
    if writable_integrations(context) < settings.quota:
        return

    status = int(settings.over_quota)
    code = "quota_exceeded" if status == 402 else "bad_request"
    detail = f"The organization has reached its quota {QUOTA} of {settings.quota}."
    raise ApiError(status, code, "Quota Exceeded", detail)


def _check_writable(integration: Object) -> None:
    if not _is_writable(integration):
        kind = integration["target"]["kind"]
        detail = f"An integration of kind {kind} can be neither changed nor deleted."
        raise ApiError(400, "invalid_target", "Bad Request", detail)


def _before_delete_integration(context: Context, current: Object) -> None:
    _check_writable(current)
    subscriptions = [
        (collection, subscription)
        for collection in ("subscriptions", "resource-subscriptions")
        for subscription in context.store.objects(collection)
        if current["id"] in _integration_ids(subscription)
    ]

    if subscriptions and context.settings.delete_in_use == "refused":
        ids = ", ".join(subscription["id"] for _collection, subscription in subscriptions)
        raise ApiError(400, "in_use", "Bad Request", f"The integration is used by the subscriptions {ids}.")

    if context.settings.delete_in_use == "detached":
        for collection, subscription in subscriptions:
            remaining = [ref for ref in subscription["integrations"] if ref["id"] != current["id"]]
            context.store.change(collection, subscription["id"], {"integrations": remaining})


def _view_integration(context: Context, integration: Object, _parts: frozenset[str] = frozenset()) -> Object:
    url_field = URL_FIELDS.get(integration["target"]["kind"])
    if context.settings.webhook_urls == "clear" or url_field is None:
        return integration

    parts = urlsplit(integration["target"][url_field])
    masked_url = f"{parts.scheme}://{parts.hostname}/{MASK}"
    return {**integration, "target": {**integration["target"], url_field: masked_url}}


def _select_integrations(context: Context, query: Query) -> Callable[[Object], bool]:
    """A guess: a filter selects the integrations that resource subscriptions of the resource refer to."""
    filters = {name: query[name][0] for name in ("resource", "resource_type") if name in query}
    if not filters:
        return lambda _integration: True

    ids = set()
    for subscription in context.store.objects("resource-subscriptions"):
        if all(subscription[name] == value for name, value in filters.items()):
            ids.update(_integration_ids(subscription))
    return lambda integration: integration["id"] in ids


# Notification types


def _view_type(context: Context, notification_type: Object, _parts: frozenset[str]) -> Object:
    hidden = ["resource_types"]
    if context.settings.resource_type == "absent":
        hidden.append("resource_type")
    return _without(notification_type, *hidden)


def _select_types(_context: Context, query: Query) -> Callable[[Object], bool]:
    if "resource_type" not in query:
        return lambda _type: True
    return lambda notification_type: query["resource_type"][0] in notification_type["resource_types"]


# Subscriptions, of the organization and of one resource


def reference(obj: Object) -> Object:
    """A reference to an object, as other objects have it."""
    return {
        "id": obj["id"],
        "related": obj["metadata"]["self"],
        "resource_name": obj["metadata"]["resource_name"],
    }


def _integration_ids(subscription: Object) -> set[str]:
    return {ref["id"] for ref in subscription["integrations"]}


def _referenced(context: Context, collection: str, object_id: str, pointer: str) -> Object:
    """The object that a reference in a request refers to."""
    obj = context.store.find(collection, object_id)
    if obj is None:
        detail = f"{object_id!r} does not exist in {collection}."
        raise ApiError(400, "invalid_reference", "Bad Request", detail, pointer=pointer)
    return obj


def _resolve_integrations(context: Context, fields: Object) -> Object:
    """The fields with complete references in place of ids."""
    if "integrations" not in fields:
        return fields

    references = []
    for index, sent in enumerate(fields["integrations"]):
        integration = _referenced(context, "integrations", sent["id"], f"/integrations/{index}/id")
        references.append(reference(integration))
    return {**fields, "integrations": references}


def _new_subscription(context: Context, fields: Object, others: Iterator[Object]) -> Object:
    """The fields of a new subscription. Its type must be in the plan; the others must not have it."""
    pointer = "/notification_type/id"
    notification_type = _referenced(context, "notification-types", fields["notification_type"]["id"], pointer)
    type_id = notification_type["id"]

    if not notification_type["is_included_in_plan"]:
        detail = f"The type {type_id} is not included in the organization's plan."
        raise ApiError(400, "not_included", "Bad Request", detail, pointer=pointer)

    if context.settings.second_subscription == "refused":
        for other in others:
            if other["notification_type"]["id"] == type_id:
                raise _already_exists(other, f"The type {type_id} has a subscription already.")

    fields = {"current_state": "ENABLED", **fields, "notification_type": reference(notification_type)}
    return _resolve_integrations(context, fields)


def _prepare_subscription(context: Context, current: Optional[Object], fields: Object) -> Object:
    _check_state(fields)
    if current is None:
        return _new_subscription(context, fields, context.store.objects("subscriptions"))

    fields = _without(fields, "notification_type")  # immutable
    if fields.get("current_state") == "DISABLED":
        _check_not_required(context, current, "disabled")

    fields = _resolve_integrations(context, fields)
    if "integrations" in fields and context.settings.required_role_email == "kept":
        _check_role_emails_kept(context, current, fields)
    return fields


def _check_role_emails_kept(context: Context, current: Object, fields: Object) -> None:
    for removed_id in sorted(_integration_ids(current) - _integration_ids(fields)):
        integration = context.store.find("integrations", removed_id)
        if integration and integration["target"]["kind"] == "RoleEmail":
            _check_not_required(context, current, f"without its RoleEmail integration {removed_id}")


def _check_not_required(context: Context, subscription: Object, change: str) -> None:
    type_id = subscription["notification_type"]["id"]
    notification_type = context.store.find("notification-types", type_id)
    if notification_type and notification_type["subscription_priority"] == "REQUIRED":
        detail = f"A subscription to a REQUIRED type cannot be {change}."
        raise ApiError(400, "required_type", "Bad Request", detail)


def _before_delete_subscription(context: Context, current: Object) -> None:
    _check_not_required(context, current, "deleted")


# Settings of one resource


def _of_resource(context: Context, collection: str, fields: Object) -> Iterator[Object]:
    """The objects about the same resource, of the same type, as a lookup finds them."""
    path, resource_type = fields["resource"], fields["resource_type"]
    return (
        obj
        for obj in context.store.objects(collection)
        if obj["resource"] == path and obj["resource_type"] == resource_type
    )


def _without(fields: Object, *names: str) -> Object:
    return {name: value for name, value in fields.items() if name not in names}


def _check_topic_path(context: Context, path: str) -> None:
    wanted = context.settings.topic_paths
    is_other = ("/kafka=" in path) == (wanted == "without-kafka")
    if wanted != "any" and "/topic=" in path and is_other:
        detail = f"The resource {path} does not exist."
        raise ApiError(400, "invalid_resource", "Bad Request", detail, pointer="/resource")


def _prepare_preference(context: Context, current: Optional[Object], fields: Object) -> Object:
    _check_state(fields)
    if current is not None:
        return _without(fields, "resource", "resource_type")

    _check_topic_path(context, fields["resource"])
    for other in _of_resource(context, "resource-preferences", fields):
        raise _already_exists(other, f"The resource {fields['resource']} has a preference already.")
    return {"current_state": "ENABLED", **fields}


def _prepare_resource_subscription(context: Context, current: Optional[Object], fields: Object) -> Object:
    _check_state(fields)
    if current is not None:
        fields = _without(fields, "resource", "resource_type", "notification_type")
        return _resolve_integrations(context, fields)

    _check_topic_path(context, fields["resource"])
    others = _of_resource(context, "resource-subscriptions", fields)
    return _new_subscription(context, fields, others)


def _select_of_resource(_context: Context, query: Query) -> Callable[[Object], bool]:
    resource, resource_type = query["resource"][0], query["resource_type"][0]
    return lambda obj: obj["resource"] == resource and obj["resource_type"] == resource_type


# User notifications

TIME_RANGES = {"PAST_24H": 1, "PAST_7D": 7, "PAST_30D": 30}


def _prepare_mark(context: Context, current: Optional[Object], fields: Object) -> Object:
    if current is None or "read" not in fields:
        return fields
    return {**fields, "read_at": context.clock.timestamp() if fields["read"] else None}


def _view_notification(context: Context, notification: Object, parts: frozenset[str]) -> Object:
    view = _without(notification, *(OPTIONAL_PARTS - parts))
    view["notification_type"] = _view_type(context, notification["notification_type"], parts)

    if "integrations" in view:
        found = (context.store.find("integrations", object_id) for object_id in notification["integrations"])
        view["integrations"] = [
            _view_integration(context, integration) for integration in found if integration
        ]
    return view


def _select_notifications(context: Context, query: Query) -> Callable[[Object], bool]:
    """All filters must match; each that may be repeated matches one of its values."""
    is_read = _choice(query, "read", {"true": True, "false": False})
    days = _choice(query, "time_range", TIME_RANGES)
    oldest = context.clock.now() - datetime.timedelta(days=days) if days else None
    search = query.get("search", [""])[0].lower()

    def is_selected(notification: Object) -> bool:
        notification_type, resource = notification["notification_type"], notification["resource"]
        values = {
            "severity": notification["severity"],
            "resource.type": resource["type"],
            "resource.crn": resource["crn"],
        }
        if any(query.get(name) and value not in query[name] for name, value in values.items()):
            return False
        if is_read is not None and notification["read"] is not is_read:
            return False
        if oldest and _parse_time(notification["received_at"]) < oldest:
            return False
        text = f"{notification_type['display_name']}\n{notification_type['description']}"
        return search in text.lower()

    return is_selected


def _choice(query: Query, name: str, choices: Mapping[str, Any]) -> Any:
    """What a parameter stands for, None if it was not sent."""
    if name not in query:
        return None
    value = query[name][0]
    if value not in choices:
        detail = f"{value!r} is not one of the valid values: {', '.join(choices)}"
        raise ApiError(400, "invalid_filter", "Invalid Filter", detail, parameter=name)
    return choices[value]


def _parse_time(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def _sort_notifications(query: Query) -> SortKey:
    """The order that ``sort`` asks for. A notification's number stands for its time; both grow together."""
    fields = query.get("sort", ["-received_at"])[0].split(",")
    names = [field.lstrip("-") for field in fields]
    if "received_at" not in names:
        fields.append("-received_at")

    def sort_key(notification: Object, number: int) -> tuple[int, ...]:
        values = {"severity": SEVERITIES.index(notification["severity"]), "received_at": number}
        return tuple(
            -values[field.lstrip("-")] if field.startswith("-") else values[field] for field in fields
        )

    return sort_key


INTEGRATIONS = Resource(
    "integrations",
    "Integration",
    "i",
    writable=("display_name", "description", "target"),
    prepare=_prepare_integration,
    before_delete=_before_delete_integration,
    view=_view_integration,
    select=_select_integrations,
)
NOTIFICATION_TYPES = Resource(
    "notification-types", "NotificationType", "nt", view=_view_type, select=_select_types
)
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "Subscription",
    "s",
    writable=("notification_type", "integrations", "current_state"),
    prepare=_prepare_subscription,
    before_delete=_before_delete_subscription,
)
RESOURCE_PREFERENCES = Resource(
    "resource-preferences",
    "ResourcePreference",
    "rp",
    writable=("resource", "resource_type", "current_state"),
    prepare=_prepare_preference,
    select=_select_of_resource,
)
RESOURCE_SUBSCRIPTIONS = Resource(
    "resource-subscriptions",
    "ResourceSubscription",
    "rs",
    writable=("resource", "resource_type", "notification_type", "integrations", "current_state"),
    prepare=_prepare_resource_subscription,
    select=_select_of_resource,
)
USER_NOTIFICATIONS = Resource(
    "user-notifications",
    "UserNotification",
    "un",
    writable=("read",),
    prepare=_prepare_mark,
    view=_view_notification,
    select=_select_notifications,
    sort_key=_sort_notifications,
)
RESOURCES = {
    resource.collection: resource
    for resource in (
        INTEGRATIONS,
        NOTIFICATION_TYPES,
        SUBSCRIPTIONS,
        RESOURCE_PREFERENCES,
        RESOURCE_SUBSCRIPTIONS,
        USER_NOTIFICATIONS,
    )
}
