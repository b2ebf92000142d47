# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each resource is: path, identity, fields, secrets, and what may be written. The engine reads it, and knows no more.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterable, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from ._redaction import HIDDEN, HIDDEN_CHANGED, is_hidden, quoted, redact_object
from .errors import HiddenUrl, NobodyLeft, NotificationsError, NotInPlan, ReadOnlyKind, RequiredType

if TYPE_CHECKING:
    from .directory import Directory

Object = Dict[str, Any]

#: When a secret that can be written but perhaps not read is written: the values of ``update_webhook_url``.
ON_CHANGE, ON_CREATE, ALWAYS = "on_change", "on_create", "always"

#: The kinds of integration that may be created, changed and deleted, with the member that holds their URL.
URL_FIELDS = {"Slack": "webhook_url", "MsTeams": "webhook_url", "Webhook": "url"}

#: All kinds that there were when this was written; there may be more.
_KINDS_WITHOUT_SECRETS = ("RoleEmail", "UserEmail", "InApp")
KINDS = (*URL_FIELDS, *_KINDS_WITHOUT_SECRETS)


@dataclass(frozen=True)
class Comparison:
    """How one field differs: dotted names of what does, and of what cannot be compared because the service masks it."""

    differs: Tuple[str, ...] = ()
    masked: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One member that may be written.

    ``compare`` takes what is wanted, what is there, and when secrets are written; ``write`` makes what is sent from what is
    wanted. ``limit`` is the longest text in characters. ``needed`` is what to tell someone who leaves it out of a new
    object, empty where that is allowed.
    """

    name: str
    compare: Callable[[Any, Any, str], Comparison]
    write: Callable[[Any], Any] = lambda wanted: wanted
    limit: Optional[int] = None
    needed: str = ""


def _allowed(_there: Optional[Object], _after: Optional[Object], _attempted: str) -> Optional[NotificationsError]:
    return None


def _as_it_is(whole: Object, _changing: Tuple[str, ...]) -> Object:
    return dict(whole)


@dataclass(frozen=True)
class Resource:
    """One collection of the API.

    ``key`` identifies an object beside its id, and ``called`` makes of a key what people call it; ``name_field`` is the field
    that gives an object another key, empty where it keeps its key for life. ``unique`` says that the service has at most one
    object of a key, so that a creation that meets one becomes a change.

    ``refusal`` gives the error that a step from ``there`` to ``after`` (None: no such object) is, before anything is sent.
    ``secrets`` yields what an object holds and nobody may see; ``show`` gives a copy without that, the secrets that are
    among the given dotted names marked as changing; ``brief`` is the same for a diff, of the writable fields only; ``line`` is what the
    diff of several objects says of one, behind its name.

    ``is_sound`` is False for an object that cannot be understood, so that nothing may be decided by it.
    ``used_by`` is the path of the subscriptions that refer to such objects. ``look_up`` is the query of a collection that can
    only be looked up for one resource of the organization; ``looks_up_one`` says that the answer is an object and no list.
    Of ``noun``, ``where``, ``named_so``, ``listed_by`` and ``remark`` messages are made.
    """

    noun: str
    path: str
    api_kind: str
    key: Callable[[Object], str]
    fields: Tuple[Field, ...] = ()
    name_field: str = ""
    unique: bool = False
    called: Callable[[str], str] = str
    refusal: Callable[[Optional[Object], Optional[Object], str], Optional[NotificationsError]] = _allowed
    secrets: Callable[[Object], Iterable[str]] = lambda whole: ()
    show: Callable[[Object, Tuple[str, ...]], Object] = _as_it_is
    brief: Optional[Callable[[Object, Tuple[str, ...]], Object]] = None
    line: Callable[[Object, Tuple[str, ...]], str] = lambda whole, changing: ""
    is_sound: Callable[[Object], bool] = lambda whole: True
    used_by: str = ""
    look_up: Optional[Mapping[str, str]] = None
    looks_up_one: bool = False
    where: str = ""
    named_so: str = "named"
    listed_by: str = "Check its spelling, case included."
    remark: Callable[[Object], str] = lambda whole: ""

    def name(self, whole: Object) -> str:
        """What people call an object; empty where it has no name."""
        return self.called(self.key(whole))

    @property
    def scope(self) -> str:
        """The path of the resource of the organization that these objects are about; empty if they are about all of it."""
        return (self.look_up or {}).get("resource", "")

    def one(self, name: str) -> str:
        """How a message names one object."""
        return f"{self.noun} {quoted(name)}{self.where}"

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


def _text_of(name: str) -> Callable[[Object], str]:
    def text(whole: Object) -> str:
        value = whole.get(name)
        return value if isinstance(value, str) else ""

    return text


def _compare_text(name: str) -> Callable[[Any, Any, str], Comparison]:
    """Missing, null and empty are the same."""

    def compare(wanted: Any, there: Any, _secrets: str) -> Comparison:
        return Comparison() if (wanted or "") == (there or "") else Comparison(differs=(name,))

    return compare


# Integrations


def target_kind(integration: Mapping[str, Any]) -> str:
    """``target.kind``, or empty where what came is no target."""
    target = integration.get("target")
    kind = target.get("kind") if isinstance(target, dict) else None
    return kind if isinstance(kind, str) else ""


def webhook_url(target: Any) -> Optional[str]:
    """The URL of a target of a writable kind; None where there is none or only a mask of it."""
    if not isinstance(target, dict):
        return None
    kind = target.get("kind")
    if not isinstance(kind, str) or kind not in URL_FIELDS:
        return None
    value = target.get(URL_FIELDS[kind]) or target.get("webhook_url")
    return value if isinstance(value, str) and not is_hidden(value) else None


def _compare_target(wanted: Any, there: Any, secrets: str) -> Comparison:
    url_name = "target.webhook_url"
    if not isinstance(there, dict) or wanted["kind"] != there.get("kind"):
        return Comparison(differs=("target.kind", url_name))
    wanted_url = webhook_url(wanted)
    if wanted_url is None or secrets == ON_CREATE:
        return Comparison()
    if secrets == ALWAYS:
        return Comparison(differs=(url_name,))
    there_url = webhook_url(there)
    if there_url is None:
        return Comparison(masked=(url_name,))
    return Comparison() if _same_url(wanted_url, there_url) else Comparison(differs=(url_name,))


def _same_url(one: str, other: str) -> bool:
    """Equal but for what no server distinguishes: the case of scheme and host, and an empty path."""
    return one == other or bool(_comparable(one) == _comparable(other))


def _comparable(url: str) -> Any:
    try:
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        return (parts.scheme.lower(), user, at, host.lower(), parts.path or "/", parts.query, parts.fragment)
    except ValueError:
        return url


def _write_target(wanted: Any) -> Any:
    """A sent target is whole: its kind and its URL."""
    url = webhook_url(wanted)
    if url is None:
        raise HiddenUrl(f"write a target of kind {wanted['kind']}", "a target is sent whole, and its URL is not given")
    return {"kind": wanted["kind"], URL_FIELDS[wanted["kind"]]: url}


#: What targets without secrets have, whatever it looks like: a user's ``related`` is a link to the API.
_PLAIN_MEMBERS = {"kind", "role_name"}
_PLAIN_USER_MEMBERS = {"id", "related", "resource_name"}


def _show_integration(integration: Object, changing: Tuple[str, ...]) -> Object:
    if "target" not in integration:
        return dict(integration)
    target = integration["target"]
    changes = "target.webhook_url" in changing
    # A kind that is not known yet may hold a secret under any name.
    shown = redact_object(target, HIDDEN_CHANGED if changes else HIDDEN)
    if target_kind(integration) in _KINDS_WITHOUT_SECRETS:
        shown.update((name, target[name]) for name in _PLAIN_MEMBERS & set(target))
        if isinstance(target.get("user"), dict):
            user = target["user"]
            shown["user"].update((name, user[name]) for name in _PLAIN_USER_MEMBERS & set(user))
    return {**integration, "target": as_option(shown)}


def _integration_line(integration: Object, changing: Tuple[str, ...]) -> str:
    target = _show_integration(integration, changing).get("target")
    parts = [target.get("kind"), target.get("webhook_url")] if isinstance(target, dict) else []
    return "   ".join(str(part) for part in [*parts, integration.get("description")] if part)


def as_option(target: Any) -> Any:
    """A target with the option's name for its URL, which the API calls ``url`` for a Webhook."""
    if not isinstance(target, dict) or target.get("kind") != "Webhook" or "url" not in target or "webhook_url" in target:
        return target
    return {("webhook_url" if name == "url" else name): value for name, value in target.items()}


def _integration_secrets(integration: Object) -> Iterable[str]:
    url = webhook_url(integration.get("target"))
    return () if url is None else (url,)


def is_manageable(integration: Object) -> bool:
    """Whether the API lets integrations of this kind be created, changed and deleted."""
    return target_kind(integration) in URL_FIELDS


def _refuse_integration(there: Optional[Object], after: Optional[Object], attempted: str) -> Optional[NotificationsError]:
    if there is None or is_manageable(there):
        return None
    done = "deleted" if after is None else "changed"
    kind = target_kind(there) or "unknown"
    return ReadOnlyKind(attempted, f"{there['id']} is of kind {kind}, which cannot be {done} through this API")


SUBSCRIPTIONS_PATH = "/notifications/v1/subscriptions"

INTEGRATION = Resource(
    noun="integration",
    path="/notifications/v1/integrations",
    api_kind="Integration",
    key=_text_of("display_name"),
    fields=(
        Field("display_name", _compare_text("display_name"), limit=64),
        Field("description", _compare_text("description"), limit=128),
        Field("target", _compare_target, _write_target, needed="Give target.kind and target.webhook_url."),
    ),
    name_field="display_name",
    refusal=_refuse_integration,
    secrets=_integration_secrets,
    show=_show_integration,
    line=_integration_line,
    used_by=SUBSCRIPTIONS_PATH,
    listed_by="Check the spelling; names are case-sensitive. integration_info lists integrations.",
    remark=lambda integration: f" ({target_kind(integration) or 'unknown kind'})",
)
TEST_PATH = INTEGRATION.path + ":test"


# Notification types

REQUIRED = "REQUIRED"
CATEGORIES = ("BILLING_LICENSING", "SECURITY", "SERVICE", "ACCOUNT")
SEVERITIES = ("CRITICAL", "WARN", "INFO")
PRIORITIES = (REQUIRED, "RECOMMENDED", "OPTIONAL")

NOTIFICATION_TYPE = Resource(
    noun="notification type",
    path="/notifications/v1/notification-types",
    api_kind="NotificationType",
    key=_text_of("display_name"),
    listed_by="Check the spelling; names are case-sensitive. notification_type_info lists notification types.",
)


# Subscriptions, of the organization and of one of its resources

ENABLED, DISABLED = "ENABLED", "DISABLED"


def reference_id(value: Any) -> str:
    """The id in a reference, which may be a bare id, too; empty where what came is none."""
    object_id = value.get("id") if isinstance(value, dict) else value
    return object_id if isinstance(object_id, str) else ""


def reference_ids(value: Any) -> Tuple[str, ...]:
    """The ids in a list of references, in their order."""
    return tuple(filter(None, map(reference_id, value if isinstance(value, list) else ())))


def _is_sound_route(subscription: Object) -> bool:
    """Whether everything that a subscription refers to can be told; otherwise nothing may be decided by it."""
    going = subscription.get("integrations")
    return bool(_type_id(subscription)) and (going is None or (isinstance(going, list) and all(map(reference_id, going))))


def _type_id(subscription: Object) -> str:
    return reference_id(subscription.get("notification_type"))


def _compare_reference(wanted: Any, there: Any, _secrets: str) -> Comparison:
    return Comparison() if reference_id(wanted) == reference_id(there) else Comparison(differs=("notification_type",))


def _compare_references(wanted: Any, there: Any, _secrets: str) -> Comparison:
    """Their order means nothing."""
    return Comparison() if set(reference_ids(wanted)) == set(reference_ids(there)) else Comparison(differs=("integrations",))


def _compare_state(wanted: Any, there: Any, _secrets: str) -> Comparison:
    """A subscription that does not say so is enabled."""
    return Comparison() if wanted == (there or ENABLED) else Comparison(differs=("current_state",))


_STATE = Field("current_state", _compare_state)
_ROUTE = (
    Field("notification_type", _compare_reference, needed="Give notification_type."),
    Field("integrations", _compare_references, needed="Give integrations."),
    _STATE,
)


def subscription(directory: Directory) -> Resource:
    """Subscriptions of an organization with these types and integrations. A type is subscribed to once."""

    def refusal(there: Optional[Object], after: Optional[Object], attempted: str) -> Optional[NotificationsError]:
        notification_type = directory.types.by_id(_type_id(after or there or {})) or {}
        if notification_type.get("subscription_priority") == REQUIRED:
            if after is None:
                return RequiredType(attempted, "the type is REQUIRED, so its subscription cannot be deleted")
            if after.get("current_state") == DISABLED and (there is None or there.get("current_state") != DISABLED):
                return RequiredType(attempted, "the type is REQUIRED, so its subscription cannot be disabled")
        return _refuse_route(notification_type, there, after, attempted)

    return _routed(
        Resource(
            noun="subscription",
            path=SUBSCRIPTIONS_PATH,
            api_kind="Subscription",
            key=_type_id,
            fields=_ROUTE,
            refusal=refusal,
        ),
        directory,
    )


def resource_subscription(directory: Directory, resource: str, resource_type: str) -> Resource:
    """Subscriptions of one resource of an organization. A type is subscribed to once."""

    def refusal(there: Optional[Object], after: Optional[Object], attempted: str) -> Optional[NotificationsError]:
        return _refuse_route(directory.types.by_id(_type_id(after or there or {})) or {}, there, after, attempted)

    return _routed(
        Resource(
            noun="resource subscription",
            path="/notifications/v1/resource-subscriptions",
            api_kind="ResourceSubscription",
            key=_type_id,
            fields=(*_OF_RESOURCE, *_ROUTE),
            refusal=refusal,
            look_up={"resource": resource, "resource_type": resource_type},
            where=f" of {resource}",
        ),
        directory,
    )


def _routed(resource: Resource, directory: Directory) -> Resource:
    """What both sorts of subscriptions have in common, as people want to see it: with names instead of links."""

    def show(whole: Object, _changing: Tuple[str, ...]) -> Object:
        return shown_route(whole, directory)

    def brief(whole: Object, _changing: Tuple[str, ...]) -> Object:
        names = [str(each["display_name"] or each["id"]) for each in shown_route(whole, directory)["integrations"]]
        return {"integrations": sorted(names), "current_state": whole.get("current_state")}

    def line(whole: Object, _changing: Tuple[str, ...]) -> str:
        shown = brief(whole, ())
        return f"{shown['current_state'] or ENABLED}   {', '.join(shown['integrations'])}"

    return replace(
        resource,
        unique=True,
        line=line,
        called=directory.type_called,
        is_sound=_is_sound_route,
        show=show,
        brief=brief,
        named_so="to",
    )


def shown_route(whole: Object, directory: Directory) -> Object:
    """A subscription with the name and the kind of everything that it refers to."""
    shown = dict(whole)
    if "notification_type" in whole:
        type_id = _type_id(whole)
        there = directory.types.by_id(type_id) or {}
        facts = ("display_name", "category", "severity", "subscription_priority")
        shown["notification_type"] = {"id": type_id, **{name: there.get(name) for name in facts}}
    shown["integrations"] = []
    for object_id in reference_ids(whole.get("integrations")):
        if object_id in directory.expected:
            shown["integrations"].append({"id": None, "display_name": object_id, "kind": None})
        else:
            integration = directory.integrations.by_id(object_id)
            known = integration or {}
            entry: Object = {"id": object_id, "display_name": known.get("display_name"), "kind": target_kind(known) or None}
            # If it was deleted, the subscription may still refer to it.
            shown["integrations"].append(entry if integration else {**entry, "missing": True})
    return shown


def _refuse_route(
    notification_type: Mapping[str, Any], there: Optional[Object], after: Optional[Object], attempted: str
) -> Optional[NotificationsError]:
    if after is None:
        return None
    begins = after.get("current_state") != DISABLED and (there is None or there.get("current_state") == DISABLED)
    if not after.get("integrations") and (begins or there is None or reference_ids(there.get("integrations"))):
        next_step = "Give another integration; a REQUIRED type is always heard of. Nothing was written."
        said = "it would have no integration left, and the service wants at least one"
        is_required = notification_type.get("subscription_priority") == REQUIRED
        return NobodyLeft(attempted, said, next_step=next_step if is_required else None)
    if (begins or there is None) and notification_type.get("is_included_in_plan") is False:
        return NotInPlan(attempted, "the organization's plan does not include this notification type")
    return None


# What is set for one resource

#: The parts of a resource's path, by the option that gives each, outermost first; and the type of a resource that ends there.
RESOURCE_PARTS = {
    "organization": ("organization", "ORGANIZATION"),
    "environment": ("environment", "ENVIRONMENT"),
    "cluster": ("cloud-cluster", "CLUSTER"),
    "topic": ("topic", "TOPIC"),
    "connector": ("connector", "CONNECTOR"),
    "flink_region": ("flink-region", ""),
    "flink_compute_pool": ("compute-pool", "FLINK_COMPUTE_POOL"),
    "flink_statement": ("statement", "FLINK_STATEMENT"),
}
#: The published types of resources. There may be more.
RESOURCE_TYPES = (*(kind for _part, kind in RESOURCE_PARTS.values() if kind), "CONNECTOR__CUSTOM_CONNECTOR")
#: Types of resources whose paths look like those of another type.
_ALSO = {"CONNECTOR": ("CONNECTOR__CUSTOM_CONNECTOR",)}


def fits_path(resource_type: str, usual_type: str) -> bool:
    """Whether a resource of one type may have a path that usually belongs to another."""
    return resource_type == usual_type or resource_type in _ALSO.get(usual_type, ())


#: Sent with a creation only; what is looked up for one resource is always about that one.
_OF_RESOURCE = (
    Field("resource", _compare_text("resource")),
    Field("resource_type", _compare_text("resource_type")),
)


def resource_preference(resource: str, resource_type: str) -> Resource:
    """The one preference of one resource."""
    return Resource(
        noun="resource preference",
        path="/notifications/v1/resource-preferences",
        api_kind="ResourcePreference",
        key=_text_of("resource"),
        fields=(*_OF_RESOURCE, replace(_STATE, needed="Say with enabled whether it may notify.")),
        unique=True,
        line=lambda whole, _changing: str(whole.get("current_state") or ENABLED),
        look_up={"resource": resource, "resource_type": resource_type},
        looks_up_one=True,
    )


# What the calling user was told


def _show_notification(notification: Object, _changing: Tuple[str, ...]) -> Object:
    """A single notification comes with whole integrations, and these hold URLs."""
    integrations = notification.get("integrations")
    if not isinstance(integrations, list):
        return {**notification, **({"integrations": redact_object(integrations)} if integrations else {})}
    shown = [INTEGRATION.show(each, ()) if isinstance(each, dict) else redact_object(each) for each in integrations]
    return {**notification, "integrations": shown}


USER_NOTIFICATION = Resource(
    noun="user notification",
    path="/notifications/v1/user-notifications",
    api_kind="UserNotification",
    key=lambda whole: str(whole["id"]),
    show=_show_notification,
)
MARK_ALL_PATH = USER_NOTIFICATION.path + ":mark-all"
SUMMARY_PATH = USER_NOTIFICATION.path + ":summary"
