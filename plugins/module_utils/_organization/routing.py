# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which integrations receive each notification type, now and after a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import (
    Container,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
)

from .._common import Object
from .._engine.model import Collection, Reference, Resource
from .._engine.plan import Action, Plan, Step
from .._resources.catalog import Catalog, IntegrationReference, reference_id, references
from .._resources.integrations import INTEGRATIONS, URL_FIELDS, is_manageable, target_kind
from .._resources.notification_types import REQUIRED, is_included
from .._resources.owners import owner_of
from .._resources.resource_settings import ResourcePreferences, ResourceSubscriptions
from .._resources.subscriptions import RoutedResource, is_enabled

ROLE_EMAIL = "RoleEmail"
#: The resource type of settings that are about everything in an organization.
ORGANIZATION = "ORGANIZATION"


@dataclass(frozen=True)
class Recipient:
    """An integration that receives a notification type. The ID of one that is created is empty."""

    name: str
    kind: str
    owner: Optional[str] = None
    id: str = ""

    @property
    def is_channel(self) -> bool:
        """Whether it is Slack, Microsoft Teams or a webhook."""
        return self.kind in URL_FIELDS

    def is_channel_of(self, owner: Optional[str]) -> bool:
        """Whether it is a channel of this owner. None is everybody."""
        return self.is_channel and owner in (None, self.owner)


class Routing:
    """The recipients of each notification type, by the type's ID.

    ``created_kinds`` has the kinds of the integrations that a plan creates, by name. ``silenced`` has the
    IDs of types that settings of the whole organization disable.
    """

    def __init__(
        self,
        catalog: Catalog,
        subscriptions: Iterable[Object],
        created_kinds: Optional[Mapping[str, str]] = None,
        silenced: Container[str] = (),
    ) -> None:
        self.catalog = catalog
        self._subscriptions = list(subscriptions)
        #: The integrations that subscriptions refer to, those of disabled ones included.
        self.used = frozenset(_used(self._subscriptions))
        self._created_kinds = created_kinds or {}
        self._recipients: Dict[str, Dict[IntegrationReference, Recipient]] = {}
        for subscription in self._subscriptions:
            is_silenced = reference_id(subscription.get("notification_type")) in silenced
            if is_enabled(subscription) and not is_silenced:
                self._add(subscription)

    def _add(self, subscription: Object) -> None:
        type_id = reference_id(subscription.get("notification_type"))
        recipients = self._recipients.setdefault(type_id, {})
        for reference in references(subscription.get("integrations")):
            recipient = self._recipient(reference)
            if recipient is not None:
                recipients[reference] = recipient

    def _recipient(self, reference: IntegrationReference) -> Optional[Recipient]:
        """The integration that a subscription refers to; None if it no longer exists."""
        if isinstance(reference, Reference):
            return Recipient(reference.key, self._created_kinds.get(reference.key, ""))
        integration = self.catalog.existing_integration(reference)
        if integration is None:
            return None
        name = INTEGRATIONS.name(integration) or reference
        return Recipient(name, target_kind(integration), owner_of(integration), reference)

    def recipients_by_reference(self, type_id: str) -> Mapping[IntegrationReference, Recipient]:
        """The integrations that receive a type; empty if its subscription is disabled or missing."""
        return self._recipients.get(type_id, {})

    def recipients(self, type_id: str) -> Tuple[Recipient, ...]:
        """The integrations that receive a type, without their references."""
        return tuple(self.recipients_by_reference(type_id).values())

    def reaches_channel(self, type_id: str) -> bool:
        """Whether a type reaches Slack, Microsoft Teams or a webhook.

        A bell in the console, a kind that is not known and a broken target count as nobody.
        """
        return any(recipient.is_channel for recipient in self.recipients(type_id))

    def unused_integrations(self) -> List[Object]:
        """The manageable integrations that no subscription uses, disabled ones included."""
        return [
            integration
            for integration in self.catalog.integrations.sorted()
            if is_manageable(integration) and integration["id"] not in self.used
        ]

    def admin_only_types(self) -> List[str]:
        """The names of the critical types that reach nothing but the e-mail to organization admins."""
        return [
            self.catalog.type_label(notification_type["id"])
            for notification_type in self.catalog.types.sorted()
            if notification_type.get("severity") == "CRITICAL"
            and is_included(notification_type)
            and {recipient.kind for recipient in self.recipients(notification_type["id"])} == {ROLE_EMAIL}
        ]

    def types_silenced_in(self, after: Routing) -> List[str]:
        """The names of the types that lose their last channel, or their last recipient, in ``after``."""
        silenced = [
            self.catalog.type_label(type_id)
            for type_id in self._recipients
            if (self.reaches_channel(type_id) and not after.reaches_channel(type_id))
            or (self.recipients(type_id) and not after.recipients(type_id))
        ]
        return sorted(silenced)

    def unselected_types(self, selected: Container[str], owner: Optional[str] = None) -> List[str]:
        """The names of the types that reach a channel and are not among the selected ones, by ID.

        With an owner, only its own channels count.
        """
        return sorted(
            self.catalog.type_label(type_id)
            for type_id, recipients in self._recipients.items()
            if type_id not in selected
            and any(recipient.is_channel_of(owner) for recipient in recipients.values())
        )


def _used(subscriptions: Iterable[Object]) -> Iterator[IntegrationReference]:
    for subscription in subscriptions:
        yield from references(subscription.get("integrations"))


@dataclass(frozen=True)
class Settings:
    """The settings of one resource, of the organization or of a single one: preferences or subscriptions."""

    resource: Resource
    objects: Sequence[Object]


def silenced_types(settings: Iterable[Settings], catalog: Catalog) -> FrozenSet[str]:
    """The IDs of the types that settings of the whole organization disable.

    Source: a preference that is DISABLED silences everything but REQUIRED types.
    """
    silenced: Set[str] = set()
    for setting in settings:
        resource = setting.resource
        if getattr(resource, "resource_type", "") != ORGANIZATION:
            continue
        if isinstance(resource, RoutedResource):
            silenced.update(resource.key(obj) for obj in setting.objects if not is_enabled(obj))
        elif isinstance(resource, ResourcePreferences) and any(map(resource.is_disabled, setting.objects)):
            silenced |= _disableable_types(catalog)
    return frozenset(silenced)


def resource_routing(
    settings: Sequence[Settings], catalog: Catalog, created_kinds: Optional[Mapping[str, str]] = None
) -> Dict[str, Routing]:
    """The routing of each single resource whose subscriptions are known, by its path.

    Only what the resource's own subscriptions send: the contract does not say what becomes of those of the
    organization.
    """
    disabled = {
        setting.resource.resource_path
        for setting in settings
        if isinstance(setting.resource, ResourcePreferences)
        and any(map(setting.resource.is_disabled, setting.objects))
    }
    of_organization = silenced_types(settings, catalog)
    found = {}
    for setting in settings:
        if isinstance(setting.resource, ResourceSubscriptions):
            path = setting.resource.resource_path
            silenced = of_organization | (_disableable_types(catalog) if path in disabled else frozenset())
            found[path] = Routing(catalog, setting.objects, created_kinds, silenced)
    return found


def planned_routing(plan: Plan, subscriptions: Collection, catalog: Catalog) -> Routing:
    """The routing after a plan. ``catalog`` has the integrations that exist then."""
    silenced = silenced_types(_planned_settings(plan), catalog)
    return Routing(catalog, _planned_objects(plan, subscriptions), _created_kinds(plan), silenced)


def planned_resource_routing(plan: Plan, catalog: Catalog) -> Dict[str, Routing]:
    """The routing of each single resource after a plan that looks up its subscriptions, by its path."""
    return resource_routing(_planned_settings(plan), catalog, _created_kinds(plan))


def created_integrations(plan: Plan) -> List[Step]:
    """The steps of a plan that create integrations."""
    return [
        step
        for step in plan.steps
        if step.action is Action.CREATE and step.resource.address == INTEGRATIONS.address
    ]


def _created_kinds(plan: Plan) -> Dict[str, str]:
    return {step.name: target_kind(step.after or {}) for step in created_integrations(plan)}


def _planned_settings(plan: Plan) -> List[Settings]:
    return [
        Settings(collection.resource, _planned_objects(plan, collection))
        for collection in plan.snapshot
        if isinstance(collection.resource, (ResourcePreferences, ResourceSubscriptions))
    ]


def _planned_objects(plan: Plan, collection: Collection) -> List[Object]:
    """The objects of a collection after a plan."""
    planned = {obj["id"]: obj for obj in collection}
    created: List[Object] = []
    for step in plan.steps:
        if step.resource.address != collection.resource.address or not step.is_change:
            continue
        if step.before is not None:
            del planned[step.before["id"]]
        if step.after is not None:
            created.append(step.after)
    return [*planned.values(), *created]


def _disableable_types(catalog: Catalog) -> FrozenSet[str]:
    """The IDs of the types that a preference silences."""
    return frozenset(
        notification_type["id"]
        for notification_type in catalog.types
        if notification_type.get("subscription_priority") != REQUIRED
    )
