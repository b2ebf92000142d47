# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscriptions: which notification type goes to which integrations."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object
from .._engine.model import (
    Client,
    Collection,
    DesiredState,
    DiffLine,
    Field,
    Reference,
    Resource,
)
from .._engine.plan import Plan
from .._engine.snapshot import list_all
from .._errors import RefusedError, UnknownNameError, operation
from .._redaction import display_name, quoted, quoted_names
from .catalog import (
    Catalog,
    IntegrationReference,
    load_catalog,
    reference_id,
    reference_ids,
    references,
    refresh_catalog,
)
from .integrations import is_manageable, target_kind
from .notification_types import (
    REQUIRED,
    is_included,
)
from .owners import owner_of

ENABLED, DISABLED = "ENABLED", "DISABLED"

#: What a list of integrations does to those that a subscription already has: the values of
#: ``integrations_mode``.
EXACT, ADD, REMOVE = "exact", "add", "remove"


def is_enabled(setting: Mapping[str, Any]) -> bool:
    """Whether a subscription or a preference is enabled. A missing state means ENABLED."""
    return (setting.get("current_state") or ENABLED) == ENABLED


_TYPE_MEMBERS = ("display_name", "category", "severity", "subscription_priority")


# Fields


class TypeField(Field):
    """A reference to a notification type."""

    def is_equal(self, desired: Any, current: Any) -> bool:
        return reference_id(desired) == reference_id(current)


class IntegrationsField(Field):
    """References to integrations, whose order has no meaning."""

    def is_equal(self, desired: Any, current: Any) -> bool:
        return set(references(desired)) == set(references(current))


class StateField(Field):
    """ENABLED or DISABLED. A missing state means ENABLED."""

    def is_equal(self, desired: Any, current: Any) -> bool:
        return bool(desired == (current or ENABLED))


STATE = StateField("current_state")
ROUTE_FIELDS = (
    TypeField("notification_type", required_hint="Set `notification_type`."),
    IntegrationsField("integrations", required_hint="Set `integrations`."),
    STATE,
)


# Resources


class RoutedResource(Resource):
    """Subscriptions of an organization or of one of its resources. A type has at most one."""

    has_unique_keys = True
    key_relation = "to"
    texts = ("current_state",)

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog

    def identity(self) -> Object:
        """What a new object is created with beside its type and its integrations."""
        return {}

    def key(self, obj: Mapping[str, Any]) -> str:
        return reference_id(obj.get("notification_type"))

    def label(self, key: str) -> str:
        return self.catalog.type_label(key)

    def describe(self, name: str) -> str:
        return f"{self.noun} to {self.scoped_name(name)}"

    def invalid_member(self, obj: Mapping[str, Any]) -> Optional[str]:
        integrations = obj.get("integrations")
        if not self.key(obj):
            return "notification_type"
        is_list = isinstance(integrations, list) and all(map(reference_id, integrations))
        if integrations is not None and not is_list:
            return "integrations"
        return super().invalid_member(obj)

    def is_disabled(self, obj: Mapping[str, Any]) -> bool:
        return not is_enabled(obj)

    def notification_type(self, obj: Mapping[str, Any]) -> Object:
        """The type of a subscription; empty if it does not exist."""
        return self.catalog.types.by_id(self.key(obj)) or {}

    def validate_change(self, before: Optional[Object], after: Optional[Object]) -> Optional[RefusedError]:
        if after is None:
            return None
        notification_type = self.notification_type(after)
        becomes_enabled = is_enabled(after) and (before is None or not is_enabled(before))

        needs_integration = before is None or becomes_enabled or bool(references(before.get("integrations")))
        if not after.get("integrations") and needs_integration:
            next_step = "Add another integration, or disable or delete the subscription."
            if notification_type.get("subscription_priority") == REQUIRED:
                next_step = "Add another integration. The subscription to a REQUIRED type is always enabled."
            detail = "the subscription would have no integration left"
            return RefusedError(detail, type="no_integration_left", next_step=next_step)
        if (before is None or becomes_enabled) and not is_included(notification_type):
            return RefusedError(
                "the organization's plan does not include this notification type",
                type="not_included",
                next_step="notification_type_info with `included_in_plan: true` lists the types of the plan.",
            )
        return None

    # Output

    def to_output(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> Object:
        """A subscription with the name and the kind of everything that it refers to."""
        shown = dict(obj)
        if "notification_type" in obj:
            notification_type = self.notification_type(obj)
            members = {name: notification_type.get(name) for name in _TYPE_MEMBERS}
            shown["notification_type"] = {"id": self.key(obj), **members}
        shown["integrations"] = [
            self._reference_to_output(reference) for reference in references(obj.get("integrations"))
        ]
        return shown

    def _reference_to_output(self, reference: IntegrationReference) -> Object:
        if isinstance(reference, Reference):
            return {"id": None, "display_name": reference.key, "kind": None}
        integration = self.catalog.find_integration(reference)
        if integration is None:
            # It was deleted, and the subscription still refers to it.
            return {"id": reference, "display_name": None, "kind": None, "missing": True}
        name = integration.get("display_name")
        return {"id": reference, "display_name": name, "kind": target_kind(integration) or None}

    def diff_view(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> Object:
        names = sorted(
            self._integration_label(reference) for reference in references(obj.get("integrations"))
        )
        return {"integrations": names, "current_state": obj.get("current_state")}

    def canonical(self, obj: Mapping[str, Any]) -> Object:
        """The type and the recipients by ID, because other objects may have the same names."""
        recipients = [
            self._reference_to_output(reference) for reference in references(obj.get("integrations"))
        ]
        return {
            **self.identity(),
            "notification_type": self.key(obj),
            "integrations": sorted(
                [str(recipient["id"] or f"new {recipient['display_name']}"), str(recipient["kind"])]
                for recipient in recipients
            ),
            "current_state": obj.get("current_state") or ENABLED,
        }

    def _integration_label(self, reference: IntegrationReference) -> str:
        integration = self._reference_to_output(reference)
        return display_name(str(integration["display_name"] or integration["id"]))

    def diff_line(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> DiffLine:
        view = self.diff_view(obj)
        return DiffLine(view["current_state"] or ENABLED, tuple(view["integrations"]))


class Subscriptions(RoutedResource):
    """The subscriptions of an organization."""

    noun = "subscription"
    path = "/notifications/v1/subscriptions"
    api_kind = "Subscription"
    fields = ROUTE_FIELDS
    ambiguity_hint = (
        "Keep one, and delete the others with the module `subscription`, `id` and `state: absent`."
    )

    def validate_change(self, before: Optional[Object], after: Optional[Object]) -> Optional[RefusedError]:
        notification_type = self.notification_type(after or before or {})
        if notification_type.get("subscription_priority") == REQUIRED:
            if after is None:
                return _required_type("deleted")
            if not is_enabled(after) and (before is None or is_enabled(before)):
                return _required_type("disabled")
        return super().validate_change(before, after)


def _required_type(change: str) -> RefusedError:
    return RefusedError(
        f"the type is REQUIRED, so its subscription cannot be {change}",
        type="required_type",
        next_step="You can change its integrations, as long as one is left.",
    )


def load_subscriptions(
    client: Client, selects: Iterable[Optional[Mapping[str, Any]]] = ()
) -> Tuple[Subscriptions, Collection]:
    """The organization's subscriptions, with the catalog that they refer to.

    ``selects`` have the selectors to apply.
    """
    return read_subscriptions(client, load_catalog(client, selects))


def read_subscriptions(client: Client, catalog: Catalog) -> Tuple[Subscriptions, Collection]:
    """The organization's subscriptions, with a catalog that has what they refer to."""
    objects = list_all(client, Subscriptions(catalog))
    resource = Subscriptions(refresh_catalog(client, catalog, objects))
    return resource, Collection(resource, objects, objects.unlisted)


def types_with_subscriptions(types: Iterable[Object], subscriptions: Collection) -> List[Object]:
    """Copies of notification types with their subscriptions, for results."""
    resource = subscriptions.resource
    by_type: Dict[str, List[Object]] = {}
    for subscription in subscriptions:
        by_type.setdefault(resource.key(subscription), []).append(resource.to_output(subscription))
    return [
        {**notification_type, "subscriptions": by_type.get(notification_type["id"], [])}
        for notification_type in types
    ]


def dangling_references(plan: Plan) -> List[str]:
    """The IDs of integrations that no longer exist, and that the plan removes from subscriptions."""
    found = set()
    removed = {step.before["id"] for step in plan.removals() if step.before}
    for step in plan.steps:
        resource = step.resource
        if isinstance(resource, RoutedResource) and step.before and "integrations" in step.body:
            before = reference_ids(step.before.get("integrations"))
            found |= {
                object_id for object_id in before if resource.catalog.existing_integration(object_id) is None
            }
    return sorted(found - removed)


def own_references(
    references: Iterable[IntegrationReference], catalog: Catalog, owner: str
) -> Tuple[IntegrationReference, ...]:
    """Those that refer to existing integrations of an owner."""
    return tuple(item for item in references if owner_of(_existing_integration(item, catalog)) == owner)


def others_integrations(
    references: Iterable[IntegrationReference], catalog: Catalog, owner: str
) -> List[Object]:
    """The existing integrations that are referred to, that this API can manage and that an owner does not hold."""
    found = [_existing_integration(item, catalog) for item in references]
    return [obj for obj in found if is_manageable(obj) and owner_of(obj) != owner]


def _existing_integration(reference: IntegrationReference, catalog: Catalog) -> Object:
    """The integration that is referred to; empty if it does not exist."""
    found = catalog.existing_integration(reference) if isinstance(reference, str) else None
    return found or {}


# Desired state


@dataclass(frozen=True)
class Route:
    """The integrations of a subscription (None: leave them), and whether it is enabled (None: leave that).

    ``keep_read_only`` keeps integrations that this API cannot manage, whatever ``integrations`` has. With
    ``owner``, those that it does not own are kept as well.
    """

    integrations: Optional[Tuple[IntegrationReference, ...]] = None
    mode: str = EXACT
    keep_read_only: bool = True
    enabled: Optional[bool] = None
    owner: Optional[str] = None

    def resolve_integrations(
        self, current_ids: Sequence[str], catalog: Catalog
    ) -> List[IntegrationReference]:
        """The desired integrations, the current ones first. Raises RefusedError."""
        named = self.integrations or ()
        current = catalog.remaining_references(current_ids)
        if self.mode == ADD or self.integrations is None:
            return list(dict.fromkeys((*current, *named)))
        if self.mode == REMOVE:
            kept = [
                reference for reference in current if reference in named and self._is_kept(reference, catalog)
            ]
            if kept:
                detail = f"`keep_read_only` keeps {', '.join(map(str, kept))}, which this API cannot manage"
                raise RefusedError(detail, next_step="Set `keep_read_only: false` to remove it.")
            return [reference for reference in current if reference not in named]

        remaining = [
            reference for reference in current if reference in named or self._is_kept(reference, catalog)
        ]
        return list(dict.fromkeys((*remaining, *named)))

    def _is_kept(self, reference: IntegrationReference, catalog: Catalog) -> bool:
        if isinstance(reference, Reference):
            return False
        integration = _existing_integration(reference, catalog)
        if self.owner is not None and owner_of(integration) != self.owner:
            return True
        return self.keep_read_only and not is_manageable(integration)


@dataclass(frozen=True)
class RoutedState(DesiredState):
    """Desired state of a subscription, whose integrations depend on those that it already has."""

    route: Route = field(default_factory=Route)

    def resolve_fields(self, current: Optional[Object]) -> Optional[Mapping[str, Any]]:
        if current is None and self._is_met_without_subscription():
            return None
        fields: Object = {}
        if current is None:
            fields = {**self._routed_resource.identity(), "notification_type": {"id": self.key}}
        integrations = self._integrations(reference_ids((current or {}).get("integrations")))
        if integrations is not None:
            fields["integrations"] = integrations
        if self.route.enabled is not None or current is None:
            fields["current_state"] = DISABLED if self.route.enabled is False else ENABLED
        return fields

    @property
    def _routed_resource(self) -> RoutedResource:
        if not isinstance(self.resource, RoutedResource):
            raise AssertionError(self.resource)
        return self.resource

    def validate_change(self, before: Object, changes: Sequence[str]) -> None:
        if self.route.owner is None or self.route.enabled is not False or STATE.name not in changes:
            return
        references = reference_ids(before.get("integrations"))
        others = others_integrations(references, self._routed_resource.catalog, self.route.owner)
        if others:
            names = quoted_names([str(integration.get("display_name")) for integration in others])
            raise RefusedError(
                f"`enabled` is false, and the subscription also notifies {names}, of other owners",
                type="other_owner",
                next_step="Use `state: absent`, which removes your own integrations only.",
            )

    def _is_met_without_subscription(self) -> bool:
        """Without a subscription nobody is notified, which may be what is desired."""
        is_disabled = self.route.enabled is False and self.route.integrations is None
        return self.route.mode == REMOVE or is_disabled

    def _integrations(self, current_ids: Sequence[str]) -> Optional[List[Any]]:
        """The desired integrations in the API's form; None to leave them."""
        catalog = self._routed_resource.catalog
        if self.route.integrations is None and not any(map(catalog.is_detached, current_ids)):
            return None
        desired = self.route.resolve_integrations(current_ids, catalog)
        return [{"id": reference} if isinstance(reference, str) else reference for reference in desired]


def subscription_from_options(
    resource: RoutedResource,
    params: Mapping[str, Any],
    existing: Collection,
    may_be_new: bool = False,
    owner: Optional[str] = None,
) -> DesiredState:
    """The desired state of one subscription, from the options in SUBSCRIPTION_ITEM. Raises RefusedError.

    ``may_be_new`` is that of Catalog.resolve_integrations, and ``owner`` that of Route.
    """
    object_id, type_name = params["id"], params["notification_type"]
    subject = (
        f"the subscription {object_id}" if type_name is None else f"the subscription to {quoted(type_name)}"
    )
    with operation(f"manage {subject}"):
        if object_id == "":
            raise RefusedError("`id` is empty", next_step="Omit it, or set it to the ID of a subscription.")
        type_id = _type_id(resource, object_id, type_name, existing, params["state"])
        if params["state"] == "absent":
            return _absent(resource, object_id, type_id, existing, owner)

        mode, keep_read_only = params["integrations_mode"], params["keep_read_only"]
        route = Route(None, mode, keep_read_only, params["enabled"], owner)
        if params["integrations"] is None:
            return RoutedState(resource=resource, id=object_id, key=type_id, route=route)
        resolved = resource.catalog.resolve_integrations(params["integrations"], may_be_new)
        route = replace(route, integrations=resolved.references)
        return RoutedState(
            resource=resource, id=object_id, key=type_id, route=route, warnings=resolved.warnings
        )


def _absent(
    resource: RoutedResource,
    object_id: Optional[str],
    type_id: str,
    existing: Collection,
    owner: Optional[str],
) -> DesiredState:
    """No subscription, or if others are notified as well, one without the owner's integrations."""
    found = existing.by_id(object_id) if object_id else None
    current = found or next(iter(existing.by_key(type_id)), {})
    references = reference_ids(current.get("integrations"))
    if owner is None or not others_integrations(references, resource.catalog, owner):
        return DesiredState(resource, present=False, id=object_id, key=type_id or None)
    own = own_references(references, resource.catalog, owner)
    return RoutedState(resource=resource, id=object_id, key=type_id, route=Route(own, REMOVE))


def _type_id(
    resource: RoutedResource,
    object_id: Optional[str],
    type_name: Optional[str],
    existing: Collection,
    state: str,
) -> str:
    """The ID of the type that a subscription is to; empty if the subscription does not exist."""
    if type_name is not None:
        return str(resource.catalog.types.resolve(type_name)["id"])
    subscription = existing.by_id(object_id or "")
    if subscription is None and state == "present":
        detail = f"no {resource.noun} has this ID"
        raise UnknownNameError(detail, next_step="subscription_info lists the subscriptions.")
    return resource.key(subscription or {})
