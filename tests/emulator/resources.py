# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each resource is to the server. The engine in service.py reads these; a new resource is a new description."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from .clock import Clock
from .settings import Settings
from .store import Object, Store

#: A query, its repeated parameters as a list.
Query = Mapping[str, list[str]]

MASK = "****************"
URL_FIELDS = {"Slack": "webhook_url", "MsTeams": "webhook_url", "Webhook": "url"}


class Refusal(Exception):
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
    ):
        super().__init__(detail)
        self.status, self.code, self.title, self.detail = status, code, title, detail
        self.pointer, self.parameter, self.headers = pointer, parameter, headers or {}


@dataclass(frozen=True)
class Context:
    """What a rule may look at."""

    store: Store
    settings: Settings
    clock: Clock


def _accept(_context: Context, _old: Optional[Object], new: Object) -> Object:
    return new


def _release(_context: Context, _old: Object) -> None:
    return None


def _as_it_is(_context: Context, whole: Object, _parts: frozenset[str]) -> Object:
    return whole


def _select_all(_context: Context, _query: Query) -> Callable[[Object], bool]:
    return lambda _whole: True


@dataclass(frozen=True)
class Resource:
    """One collection.

    ``accept`` takes what is there (None for a new object) and the writable fields that were sent, and gives the fields
    to store; ``release`` runs before a deletion; ``show`` makes what is read from what is stored, ``parts`` being what
    a list leaves out unless asked for; ``select`` makes of a list's query what it selects. All but ``show`` may raise Refusal.
    """

    collection: str
    kind: str
    prefix: str
    writable: tuple[str, ...] = ()
    accept: Callable[[Context, Optional[Object], Object], Object] = _accept
    release: Callable[[Context, Object], None] = _release
    show: Callable[[Context, Object, frozenset[str]], Object] = _as_it_is
    select: Callable[[Context, Query], Callable[[Object], bool]] = _select_all


def _already_there(there: Object, detail: str) -> Refusal:
    location = {"Location": there["metadata"]["self"]}
    return Refusal(409, "resource_already_exists", "Resource Already Exists", detail, headers=location)


# Integrations


def _is_writable(integration: Object) -> bool:
    return integration["target"]["kind"] in URL_FIELDS


def _accept_integration(context: Context, old: Optional[Object], new: Object) -> Object:
    settings = context.settings
    fields = dict(new)
    if "target" in fields:
        kind = fields["target"]["kind"]
        # Unknown fields are ignored, inside the target too.
        fields["target"] = {name: fields["target"][name] for name in ("kind", URL_FIELDS[kind])}
    if old is None:
        used = sum(_is_writable(each) for each in context.store.objects("integrations"))
        if used >= settings.quota:
            status = int(settings.over_quota)
            detail = f"The organization has reached its quota integrations_per_org of {settings.quota}."
            raise Refusal(status, "quota_exceeded" if status == 402 else "bad_request", "Quota Exceeded", detail)
        fields.setdefault("description", "")
    else:
        _refuse_read_only(old)
        if settings.kind_change == "refused" and fields.get("target", old["target"])["kind"] != old["target"]["kind"]:
            detail = "The kind of a target cannot be changed."
            raise Refusal(422, "invalid_target", "Validation Failed", detail, pointer="/target/kind")
        if settings.empty_description == "ignored" and fields.get("description") == "":
            del fields["description"]
    if settings.duplicate_names == "refused" and "display_name" in fields:
        for other in context.store.objects("integrations"):
            if other is not old and other["display_name"] == fields["display_name"]:
                raise _already_there(other, f"An integration named {fields['display_name']!r} exists already.")
    return fields


def _refuse_read_only(integration: Object) -> None:
    kind = integration["target"]["kind"]
    if not _is_writable(integration):
        detail = f"An integration of kind {kind} can be neither changed nor deleted."
        raise Refusal(400, "invalid_target", "Bad Request", detail)


def _release_integration(context: Context, old: Object) -> None:
    _refuse_read_only(old)
    users = [
        (collection, subscription)
        for collection in ("subscriptions", "resource-subscriptions")
        for subscription in context.store.objects(collection)
        if any(reference["id"] == old["id"] for reference in subscription["integrations"])
    ]
    if users and context.settings.delete_in_use == "refused":
        names = ", ".join(subscription["id"] for _collection, subscription in users)
        raise Refusal(400, "in_use", "Bad Request", f"The integration is used by the subscriptions {names}.")
    for collection, subscription in users if context.settings.delete_in_use == "detached" else ():
        left = [reference for reference in subscription["integrations"] if reference["id"] != old["id"]]
        context.store.change(collection, subscription["id"], {"integrations": left})


def _show_integration(context: Context, whole: Object, _parts: frozenset[str] = frozenset()) -> Object:
    field = URL_FIELDS.get(whole["target"]["kind"])
    if context.settings.webhook_urls == "clear" or field is None:
        return whole
    parts = urlsplit(whole["target"][field])
    return {**whole, "target": {**whole["target"], field: f"{parts.scheme}://{parts.hostname}/{MASK}"}}


# Notification types


def _show_type(_context: Context, whole: Object, _parts: frozenset[str]) -> Object:
    return {name: value for name, value in whole.items() if name != "resource_types"}


def _select_types(_context: Context, query: Query) -> Callable[[Object], bool]:
    asked = query.get("resource_type")
    return lambda whole: asked is None or asked[0] in whole["resource_types"]


# Subscriptions, of the organization and of one resource


def reference(whole: Object) -> Object:
    """What other objects have of one."""
    return {"id": whole["id"], "related": whole["metadata"]["self"], "resource_name": whole["metadata"]["resource_name"]}


def _referenced(context: Context, collection: str, sent: dict[str, Any], pointer: str) -> Object:
    there = context.store.find(collection, sent["id"])
    if there is None:
        detail = f"There is no {sent['id']!r} in {collection}."
        raise Refusal(400, "invalid_reference", "Bad Request", detail, pointer=pointer)
    return there


def _references(context: Context, fields: Object) -> Object:
    """The fields with whole references in place of the ids that were sent."""
    if "integrations" not in fields:
        return fields
    whole = [
        reference(_referenced(context, "integrations", sent, f"/integrations/{position}/id"))
        for position, sent in enumerate(fields["integrations"])
    ]
    return {**fields, "integrations": whole}


def _subscribed(context: Context, fields: Object, others: list[Object]) -> Object:
    """The fields of a new subscription to a type that the plan has and that none of the others is to."""
    there = _referenced(context, "notification-types", fields["notification_type"], "/notification_type/id")
    if not there["is_included_in_plan"]:
        detail = f"The type {there['id']} is not included in the organization's plan."
        raise Refusal(400, "not_in_plan", "Bad Request", detail, pointer="/notification_type/id")
    for other in others:
        if other["notification_type"]["id"] == there["id"] and context.settings.second_subscription == "refused":
            raise _already_there(other, f"The type {there['id']} is subscribed to already.")
    return {"current_state": "ENABLED", **fields, "notification_type": reference(there)}


def _accept_subscription(context: Context, old: Optional[Object], new: Object) -> Object:
    if old is None:
        return _references(context, _subscribed(context, new, list(context.store.objects("subscriptions"))))
    fields = {name: value for name, value in new.items() if name != "notification_type"}  # immutable
    if fields.get("current_state") == "DISABLED":
        _refuse_required(context, old, "disabled")
    fields = _references(context, fields)
    if "integrations" in fields and context.settings.required_role_email == "kept":
        kept = {each["id"] for each in fields["integrations"]}
        for each in old["integrations"]:
            there = context.store.find("integrations", each["id"])
            if there and there["target"]["kind"] == "RoleEmail" and each["id"] not in kept:
                _refuse_required(context, old, f"without its RoleEmail integration {each['id']}")
    return fields


def _refuse_required(context: Context, subscription: Object, done: str) -> None:
    notification_type = context.store.find("notification-types", subscription["notification_type"]["id"])
    if notification_type and notification_type["subscription_priority"] == "REQUIRED":
        raise Refusal(400, "required_type", "Bad Request", f"A subscription to a REQUIRED type cannot be {done}.")


def _release_subscription(context: Context, old: Object) -> None:
    _refuse_required(context, old, "deleted")


# What is set for one resource


def _of_resource(context: Context, collection: str, resource: str) -> list[Object]:
    return [each for each in context.store.objects(collection) if each["resource"] == resource]


def _without_identity(fields: Object) -> Object:
    return {name: value for name, value in fields.items() if name not in ("resource", "resource_type", "notification_type")}


def _accept_preference(context: Context, old: Optional[Object], new: Object) -> Object:
    if old is not None:
        return _without_identity(new)
    for other in _of_resource(context, "resource-preferences", new["resource"]):
        raise _already_there(other, f"The resource {new['resource']} has a preference already.")
    return new


def _accept_resource_subscription(context: Context, old: Optional[Object], new: Object) -> Object:
    if old is not None:
        return _references(context, _without_identity(new))
    others = _of_resource(context, "resource-subscriptions", new["resource"])
    return _references(context, _subscribed(context, new, others))


def _select_of_resource(_context: Context, query: Query) -> Callable[[Object], bool]:
    asked = (query["resource"][0], query["resource_type"][0])
    return lambda whole: (whole["resource"], whole["resource_type"]) == asked


# User notifications

RANGES = {"PAST_24H": 1, "PAST_7D": 7, "PAST_30D": 30}


def _accept_mark(context: Context, _old: Optional[Object], new: Object) -> Object:
    return {**new, "read_at": context.clock.timestamp() if new.get("read") else None}


def _show_notification(context: Context, whole: Object, parts: frozenset[str]) -> Object:
    left_out = {"integrations", "recommended_actions"} - parts
    shown = {name: value for name, value in whole.items() if name not in left_out}
    shown["notification_type"] = _show_type(context, whole["notification_type"], parts)
    if "integrations" in shown:
        there = (context.store.find("integrations", each) for each in whole["integrations"])
        shown["integrations"] = [_show_integration(context, each) for each in there if each]
    return shown


def _select_notifications(context: Context, query: Query) -> Callable[[Object], bool]:
    def wanted(whole: Object) -> bool:
        resource = whole["resource"]
        among = (("severity", whole["severity"]), ("resource.type", resource["type"]), ("resource.crn", resource["crn"]))
        if any(query.get(name) and value not in query[name] for name, value in among):
            return False
        if "read" in query and whole["read"] is not (query["read"][0] == "true"):
            return False
        text = f"{whole['notification_type']['display_name']} {resource['display_name']}".lower()
        if "search" in query and query["search"][0].lower() not in text:
            return False
        if "time_range" in query:
            oldest = context.clock.now() - datetime.timedelta(days=RANGES[query["time_range"][0]])
            return datetime.datetime.fromisoformat(whole["received_at"].replace("Z", "+00:00")) >= oldest
        return True

    return wanted


INTEGRATIONS = Resource(
    "integrations",
    "Integration",
    "i",
    writable=("display_name", "description", "target"),
    accept=_accept_integration,
    release=_release_integration,
    show=_show_integration,
)
NOTIFICATION_TYPES = Resource("notification-types", "NotificationType", "nt", show=_show_type, select=_select_types)
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "Subscription",
    "s",
    writable=("notification_type", "integrations", "current_state"),
    accept=_accept_subscription,
    release=_release_subscription,
)
RESOURCE_PREFERENCES = Resource(
    "resource-preferences",
    "ResourcePreference",
    "rp",
    writable=("resource", "resource_type", "current_state"),
    accept=_accept_preference,
    select=_select_of_resource,
)
RESOURCE_SUBSCRIPTIONS = Resource(
    "resource-subscriptions",
    "ResourceSubscription",
    "rs",
    writable=("resource", "resource_type", "notification_type", "integrations", "current_state"),
    accept=_accept_resource_subscription,
    select=_select_of_resource,
)
USER_NOTIFICATIONS = Resource(
    "user-notifications",
    "UserNotification",
    "un",
    writable=("read",),
    accept=_accept_mark,
    show=_show_notification,
    select=_select_notifications,
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
