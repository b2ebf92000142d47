# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each resource is to the server. The engine in service.py reads these; a new resource is a new description."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Optional
from urllib.parse import urlsplit

from .settings import Settings
from .store import Object, Store

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


def _accept(_context: Context, _old: Optional[Object], new: Object) -> Object:
    return new


def _release(_context: Context, _old: Object) -> None:
    return None


def _as_it_is(_context: Context, whole: Object) -> Object:
    return whole


@dataclass(frozen=True)
class Resource:
    """One collection.

    ``accept`` takes what is there (None for a new object) and the writable fields that were sent, and gives the fields
    to store; ``release`` runs before a deletion; ``show`` makes what is read from what is stored. The first two may
    raise Refusal.
    """

    collection: str
    kind: str
    prefix: str
    writable: tuple[str, ...] = ()
    accept: Callable[[Context, Optional[Object], Object], Object] = _accept
    release: Callable[[Context, Object], None] = _release
    show: Callable[[Context, Object], Object] = _as_it_is


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
        subscription
        for subscription in context.store.objects("subscriptions")
        if any(reference["id"] == old["id"] for reference in subscription["integrations"])
    ]
    if users and context.settings.delete_in_use == "refused":
        names = ", ".join(subscription["id"] for subscription in users)
        raise Refusal(400, "in_use", "Bad Request", f"The integration is used by the subscriptions {names}.")
    for subscription in users:
        left = [reference for reference in subscription["integrations"] if reference["id"] != old["id"]]
        context.store.change("subscriptions", subscription["id"], {"integrations": left})


def _show_integration(context: Context, whole: Object) -> Object:
    field = URL_FIELDS.get(whole["target"]["kind"])
    if context.settings.webhook_urls == "clear" or field is None:
        return whole
    parts = urlsplit(whole["target"][field])
    return {**whole, "target": {**whole["target"], field: f"{parts.scheme}://{parts.hostname}/{MASK}"}}


# Subscriptions


def _reference(context: Context, collection: str, sent: dict[str, Any], pointer: str) -> Object:
    there = context.store.find(collection, sent["id"])
    if there is None:
        detail = f"There is no {sent['id']!r} in {collection}."
        raise Refusal(400, "invalid_reference", "Bad Request", detail, pointer=pointer)
    metadata = there["metadata"]
    return {"id": there["id"], "related": metadata["self"], "resource_name": metadata["resource_name"]}


def _accept_subscription(context: Context, old: Optional[Object], new: Object) -> Object:
    fields = dict(new)
    if old is None:
        type_reference = _reference(context, "notification-types", fields["notification_type"], "/notification_type/id")
        for other in context.store.objects("subscriptions"):
            if other["notification_type"]["id"] == type_reference["id"]:
                raise _already_there(other, f"The type {type_reference['id']} is subscribed to already.")
        fields["notification_type"] = type_reference
        fields.setdefault("current_state", "ENABLED")
    else:
        fields.pop("notification_type", None)  # immutable
        if fields.get("current_state") == "DISABLED":
            _refuse_required(context, old, "disabled")
    if "integrations" in fields:
        fields["integrations"] = [
            _reference(context, "integrations", sent, f"/integrations/{position}/id")
            for position, sent in enumerate(fields["integrations"])
        ]
    return fields


def _refuse_required(context: Context, subscription: Object, done: str) -> None:
    notification_type = context.store.find("notification-types", subscription["notification_type"]["id"])
    if notification_type and notification_type["subscription_priority"] == "REQUIRED":
        raise Refusal(400, "required_type", "Bad Request", f"A subscription to a REQUIRED type cannot be {done}.")


def _release_subscription(context: Context, old: Object) -> None:
    _refuse_required(context, old, "deleted")


INTEGRATIONS = Resource(
    "integrations",
    "Integration",
    "i",
    writable=("display_name", "description", "target"),
    accept=_accept_integration,
    release=_release_integration,
    show=_show_integration,
)
NOTIFICATION_TYPES = Resource("notification-types", "NotificationType", "nt")
SUBSCRIPTIONS = Resource(
    "subscriptions",
    "Subscription",
    "s",
    writable=("notification_type", "integrations", "current_state"),
    accept=_accept_subscription,
    release=_release_subscription,
)
RESOURCES = {resource.collection: resource for resource in (INTEGRATIONS, NOTIFICATION_TYPES, SUBSCRIPTIONS)}
