# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The notification types and integrations of an organization: what subscriptions refer to."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from .._common import Object
from .._engine.model import Client, Collection, Reference
from .._engine.snapshot import existing_object, read_collection
from .._errors import ForbiddenError, NotFoundError, RefusedError, UnknownNameError
from .._redaction import quoted
from .integrations import INTEGRATIONS
from .notification_types import NOTIFICATION_TYPES, TypesByResource, find_types_by_resource

#: A reference to an integration: the ID of one that exists, or the name of one that is created later.
IntegrationReference = Union[str, Reference]


def reference_id(value: Any) -> str:
    """The ID in a reference of the API, or a bare ID. Empty if the value has no ID."""
    object_id = value.get("id") if isinstance(value, dict) else value
    return object_id if isinstance(object_id, str) else ""


def references(value: Any) -> Tuple[IntegrationReference, ...]:
    """The references in a list, in its order: IDs, and references to objects that do not exist yet."""
    items = value if isinstance(value, list) else []
    found = (item if isinstance(item, Reference) else reference_id(item) for item in items)
    return tuple(filter(None, found))


def reference_ids(value: Any) -> Tuple[str, ...]:
    """The IDs in a list of references, in its order."""
    return tuple(reference for reference in references(value) if isinstance(reference, str))


@dataclass(frozen=True)
class ResolvedIntegrations:
    """What names and IDs of integrations refer to, with warnings about those that do not exist yet."""

    references: Tuple[IntegrationReference, ...]
    warnings: Tuple[str, ...] = ()


@dataclass(frozen=True)
class PlannedIntegrations:
    """What a plan does to integrations.

    ``created`` has the names of those that it creates, and ``removed`` those that it deletes, by ID.
    ``detached`` has the IDs of those that are removed from their subscriptions.
    """

    created: FrozenSet[str] = frozenset()
    removed: Mapping[str, Object] = field(default_factory=dict)
    detached: FrozenSet[str] = frozenset()


class Catalog:
    """The notification types and integrations of an organization, found by ID or by exact name.

    If these are the objects that will exist after a plan, ``planned`` says what the plan does.
    ``types_by_resource`` is the result of find_types_by_resource. ``unlisted`` has integrations that
    subscriptions refer to and that exist although the list does not show them, by ID.
    """

    def __init__(
        self,
        notification_types: Iterable[Object] = (),
        integrations: Iterable[Object] = (),
        planned: Optional[PlannedIntegrations] = None,
        types_by_resource: Optional[TypesByResource] = None,
        unlisted: Optional[Mapping[str, Object]] = None,
    ) -> None:
        self.types = Collection.of(NOTIFICATION_TYPES, notification_types)
        self.integrations = Collection.of(INTEGRATIONS, integrations)
        self.types_by_resource = types_by_resource or {}
        self.unlisted = unlisted or {}
        self._planned = planned or PlannedIntegrations()

    def with_integrations(
        self, integrations: Iterable[Object], planned: Optional[PlannedIntegrations] = None
    ) -> Catalog:
        """These notification types, with other integrations."""
        return Catalog(self.types, integrations, planned, self.types_by_resource, self.unlisted)

    def existing_integration(self, integration_id: str) -> Optional[Object]:
        """An integration that exists, or that may exist."""
        return self.integrations.by_id(integration_id) or self.unlisted.get(integration_id)

    def find_integration(self, integration_id: str) -> Optional[Object]:
        """An integration that exists, or that the plan removes."""
        return self.existing_integration(integration_id) or self._planned.removed.get(integration_id)

    def type_label(self, type_id: str) -> str:
        """A type's name, or its ID if it has no name."""
        notification_type = self.types.by_id(type_id)
        return (NOTIFICATION_TYPES.name(notification_type) if notification_type else "") or type_id

    def type_summaries(self, notification_types: Iterable[Mapping[str, Any]]) -> List[Object]:
        """The ID and the name of each type, sorted by name."""
        named = [{"id": obj["id"], "display_name": self.type_label(obj["id"])} for obj in notification_types]
        return sorted(named, key=lambda summary: (summary["display_name"], summary["id"]))

    def remaining_references(self, integration_ids: Sequence[str]) -> List[IntegrationReference]:
        """Those of the integrations that exist."""
        return [
            integration_id
            for integration_id in integration_ids
            if self.existing_integration(integration_id) is not None
        ]

    def is_detached(self, integration_id: str) -> bool:
        """Whether the plan deletes an integration and removes it from its subscriptions."""
        return integration_id in self._planned.detached

    def resolve_integrations(self, names: Iterable[str], may_be_new: bool = False) -> ResolvedIntegrations:
        """The integrations with these IDs or exact names, each once. Raises RefusedError or UnknownNameError.

        With ``may_be_new``, an earlier task may be about to create one that does not exist, so there is a
        warning instead.
        """
        found: Dict[IntegrationReference, None] = {}
        warnings = []
        for name in names:
            if name in self._planned.created:
                found[Reference(INTEGRATIONS.path, name)] = None
                continue
            self._refuse_removed(name)
            try:
                found[self.integrations.resolve(name, self._planned.created)["id"]] = None
            except UnknownNameError as error:
                if not may_be_new or not name.strip():
                    raise
                found[Reference(INTEGRATIONS.path, name)] = None
                warnings.append(
                    f"{error.detail[0].upper()}{error.detail[1:]}. {error.next_step} "
                    "A real run fails unless an earlier task creates it."
                )
        return ResolvedIntegrations(tuple(found), tuple(warnings))

    def _refuse_removed(self, name: str) -> None:
        """Raise RefusedError for an integration that the plan deletes."""
        removed = self._planned.removed
        if name in removed or (
            not self.integrations.contains(name) and name in map(INTEGRATIONS.name, removed.values())
        ):
            raise RefusedError(
                f"the integration {quoted(name)} would be deleted",
                next_step="Route to another one, or do not delete it.",
            )


def load_catalog(client: Client, selects: Iterable[Optional[Mapping[str, Any]]] = ()) -> Catalog:
    """The organization's notification types and integrations. ``selects`` have the selectors to apply."""
    types = read_collection(client, NOTIFICATION_TYPES)
    types_by_resource = find_types_by_resource(client, types, selects)
    return Catalog(types, read_collection(client, INTEGRATIONS), types_by_resource=types_by_resource)


def refresh_catalog(client: Client, catalog: Catalog, subscriptions: Iterable[Object]) -> Catalog:
    """The catalog with everything that subscriptions refer to.

    The integrations are read again if a subscription refers to a newer one. Then those that are still
    missing are read one by one, because a list may not show everything, such as the e-mail of another user.
    """
    referenced = sorted(
        {
            object_id
            for subscription in subscriptions
            for object_id in reference_ids(subscription.get("integrations"))
        }
    )
    if all(catalog.existing_integration(object_id) is not None for object_id in referenced):
        return catalog
    integrations = read_collection(client, INTEGRATIONS)
    missing = [object_id for object_id in referenced if integrations.by_id(object_id) is None]
    found = {object_id: _read_unlisted(client, object_id) for object_id in missing}
    unlisted = {object_id: obj for object_id, obj in found.items() if obj is not None}
    return Catalog(
        catalog.types,
        integrations,
        types_by_resource=catalog.types_by_resource,
        unlisted={**catalog.unlisted, **unlisted},
    )


def _read_unlisted(client: Client, object_id: str) -> Optional[Object]:
    """An integration that the list does not show; None if it does not exist.

    403 proves nothing, so the integration may exist and its reference stays.
    """
    try:
        return existing_object(client, INTEGRATIONS, client.read(INTEGRATIONS.path, object_id))
    except NotFoundError as error:
        if not error.is_from_api:
            raise
        return None
    except ForbiddenError:
        return {"id": object_id}
