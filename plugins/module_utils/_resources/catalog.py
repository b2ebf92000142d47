# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The notification types and integrations of an organization: what subscriptions refer to.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Container, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple, Union

from .._common import Object
from .._engine.model import Client, Collection, Reference
from .._engine.snapshot import read_collection
from .._errors import UnknownNameError
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

    ``created`` has the names of those that it creates, and ``removed`` those that it deletes or recreates, by
    ID. ``replacements`` has what replaces those whose subscriptions must change (None: nothing), by ID.
    """

    created: FrozenSet[str] = frozenset()
    removed: Mapping[str, Object] = field(default_factory=dict)
    replacements: Mapping[str, Optional[IntegrationReference]] = field(default_factory=dict)


class Catalog:
    """The notification types and integrations of an organization, found by ID or by exact name.

    If these are the objects that will exist after a plan, ``planned`` says what the plan does.
    ``types_by_resource`` is the result of find_types_by_resource.
    """

    def __init__(
        self,
        notification_types: Iterable[Object] = (),
        integrations: Iterable[Object] = (),
        planned: Optional[PlannedIntegrations] = None,
        types_by_resource: Optional[TypesByResource] = None,
    ) -> None:
        self.types = Collection(NOTIFICATION_TYPES, notification_types)
        self.integrations = Collection(INTEGRATIONS, integrations)
        self.types_by_resource = types_by_resource or {}
        self._planned = planned or PlannedIntegrations()
        self._replacing = frozenset(self._planned.replacements.values())

    def with_integrations(
        self, integrations: Iterable[Object], planned: Optional[PlannedIntegrations] = None
    ) -> Catalog:
        """These notification types, with other integrations."""
        return Catalog(self.types, integrations, planned, self.types_by_resource)

    def find_integration(self, integration_id: str) -> Optional[Object]:
        """An integration that exists, or that the plan removes."""
        return self.integrations.by_id(integration_id) or self._planned.removed.get(integration_id)

    def type_label(self, type_id: str) -> str:
        """A type's name, or its ID if it has no name."""
        notification_type = self.types.by_id(type_id)
        return (NOTIFICATION_TYPES.name(notification_type) if notification_type else "") or type_id

    def type_summaries(self, notification_types: Iterable[Mapping[str, Any]]) -> List[Object]:
        """The ID and the name of each type, sorted by name."""
        named = [{"id": obj["id"], "display_name": self.type_label(obj["id"])} for obj in notification_types]
        return sorted(named, key=lambda summary: (summary["display_name"], summary["id"]))

    def remaining_references(self, integration_ids: Sequence[str]) -> List[IntegrationReference]:
        """Those of the integrations that exist, with replacements in place of those that are recreated."""
        existing: List[IntegrationReference] = []
        for integration_id in integration_ids:
            reference = self._planned.replacements.get(integration_id, integration_id)
            is_planned = isinstance(reference, Reference)
            if reference and (is_planned or self.integrations.by_id(str(reference)) is not None):
                existing.append(reference)
        return existing

    def replacement(self, integration_id: str) -> IntegrationReference:
        """What replaces an integration that the plan recreates, or the integration itself."""
        return self._planned.replacements.get(integration_id) or integration_id

    def needs_new_reference(self, integration_id: str) -> bool:
        """Whether the plan recreates or deletes an integration, so that references to it must change."""
        return integration_id in self._planned.replacements

    def is_replacement(self, reference: IntegrationReference) -> bool:
        """Whether an integration replaces one that the plan recreates."""
        return reference in self._replacing

    def resolve_integrations(
        self, names: Iterable[str], expected: Optional[Container[str]] = ()
    ) -> ResolvedIntegrations:
        """The integrations with these IDs or exact names, each once. Raises RefusedError or UnknownNameError.

        A name in ``expected`` may be that of an integration that an earlier task creates. With None, any name
        may be: then there is a warning for each that does not exist.
        """
        found: Dict[IntegrationReference, None] = {}
        warnings = []
        for name in names:
            if name in self._planned.created:
                found[Reference(INTEGRATIONS.path, name)] = None
                continue
            try:
                found[self.integrations.resolve(name)["id"]] = None
            except UnknownNameError as error:
                may_come = name in expected if expected is not None else name == name.strip()
                if not may_come:
                    raise
                found[Reference(INTEGRATIONS.path, name)] = None
                if expected is None:
                    warnings.append(
                        f"{error.detail[0].upper()}{error.detail[1:]}. {error.next_step} "
                        "A real run fails unless an earlier task creates it."
                    )
        return ResolvedIntegrations(tuple(found), tuple(warnings))


def load_catalog(client: Client, selects: Iterable[Optional[Mapping[str, Any]]] = ()) -> Catalog:
    """The organization's notification types and integrations. ``selects`` have the selectors to apply."""
    types = read_collection(client, NOTIFICATION_TYPES)
    types_by_resource = find_types_by_resource(client, types, selects)
    return Catalog(types, read_collection(client, INTEGRATIONS), types_by_resource=types_by_resource)


def refresh_catalog(client: Client, catalog: Catalog, subscriptions: Iterable[Object]) -> Catalog:
    """The catalog, with the integrations read again if a subscription refers to a newer one."""
    referenced = {
        object_id
        for subscription in subscriptions
        for object_id in reference_ids(subscription.get("integrations"))
    }
    if all(catalog.integrations.by_id(object_id) is not None for object_id in referenced):
        return catalog
    return catalog.with_integrations(read_collection(client, INTEGRATIONS))
