# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that a plan of an organization needs to know about it, read once."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Callable, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object, noop
from .._engine.model import Client, Collection, Resource, Snapshot
from .._engine.snapshot import read_snapshot
from .._resources.catalog import Catalog, reference_ids, refresh_catalog
from .._resources.integrations import INTEGRATIONS, is_manageable
from .._resources.notification_types import NOTIFICATION_TYPES, find_types_by_resource
from .._resources.owners import mark_of, owner_of
from .._resources.quotas import Quota
from .._resources.resource_settings import ResourcePreferences, ResourceSubscriptions
from .._resources.subscriptions import Subscriptions
from .routing import Routing, Settings, resource_routing, silenced_types

#: A resource name of the service, such as ``crn://confluent.cloud/organization=9bb441c4/integration=i-1``.
_ORGANIZATION = re.compile(r"crn://[^/]+/organization=([\w-]{1,80})(?:/|$)")

#: The path and the type of a resource.
ResourcePath = Tuple[str, str]


@dataclass(frozen=True)
class OrganizationState:
    """The existing objects of an organization, with the settings of the resources that were asked for.

    ``source`` identifies the organization by the endpoint and the user, where the service does not name it.
    ``quota`` is None unless it was asked for.
    """

    catalog: Catalog
    subscriptions: Collection
    settings: Snapshot = field(default_factory=Snapshot)
    source: Tuple[str, ...] = ()
    quota: Optional[Quota] = None

    @property
    def integrations(self) -> Collection:
        return self.catalog.integrations

    @property
    def types(self) -> Collection:
        return self.catalog.types

    @cached_property
    def routing(self) -> Routing:
        silenced = silenced_types(self._settings, self.catalog)
        return Routing(self.catalog, self.subscriptions, silenced=silenced)

    @cached_property
    def resource_routing(self) -> Mapping[str, Routing]:
        """The routing of the single resources whose subscriptions were asked for, by path."""
        return resource_routing(self._settings, self.catalog)

    @property
    def _settings(self) -> Sequence[Settings]:
        return [Settings(collection.resource, list(collection)) for collection in self.settings]

    @cached_property
    def organization_ids(self) -> List[str]:
        """The IDs of the organizations in the resource names of all objects, usually one."""
        objects = [*self.integrations, *self.types, *self.subscriptions]
        matches = map(_ORGANIZATION.match, map(_resource_name, objects))
        return sorted({match.group(1) for match in matches if match})

    @property
    def organization_id(self) -> Optional[str]:
        """The ID of the organization, if the resource names of the service name one."""
        found = self.organization_ids
        return found[0] if len(found) == 1 else None

    def quota_after(self, added: int) -> Optional[Object]:
        """The quota of integrations, and by how much it is exceeded after so many more; None if not asked for.

        If the service does not say how many are used, those that exist and can be deleted count.
        """
        if self.quota is None:
            return None
        used = self.quota.used
        if used is None:
            used = sum(map(is_manageable, self.integrations))
        return {
            "limit": self.quota.limit,
            "used": used,
            "missing": self.quota.missing_for(used + added),
            "problem": self.quota.problem,
        }

    def object_count(self, owner: Optional[str] = None) -> int:
        """The number of existing objects that a plan could change. With an owner, only what it owns counts."""
        settings = sum(len(collection.ids) for collection in self.settings)
        manageable = [obj for obj in self.integrations if is_manageable(obj)]
        if owner is None:
            return len(manageable) + len(self.subscriptions.ids) + settings
        own = {obj["id"] for obj in manageable if owner_of(obj) == owner}
        used = sum(not own.isdisjoint(reference_ids(obj.get("integrations"))) for obj in self.subscriptions)
        return len(own) + used + settings


def _resource_name(obj: Object) -> str:
    metadata = obj.get("metadata")
    return str(metadata.get("resource_name")) if isinstance(metadata, Mapping) else ""


def organization_from_catalog(
    catalog: Mapping[str, Any],
    preferences: Sequence[ResourcePath] = (),
    resource_subscriptions: Sequence[ResourcePath] = (),
) -> OrganizationState:
    """The organization that the options in CATALOG describe, without any subscription or setting."""
    types = [
        {name: value for name, value in item.items() if value is not None}
        for item in catalog["notification_types"]
    ]
    integrations = [
        {
            "id": item["id"],
            "display_name": item["display_name"] or "",
            "description": mark_of(item["owner"]),
            "target": {"kind": item["kind"] or ""},
        }
        for item in catalog["integrations"]
    ]
    known = Catalog(types, integrations)
    settings: List[Resource] = [
        *(ResourcePreferences(*path) for path in preferences),
        *(ResourceSubscriptions(known, *path) for path in dict.fromkeys(resource_subscriptions)),
    ]

    return OrganizationState(
        known,
        Collection(Subscriptions(known), ()),
        Snapshot(Collection(resource, ()) for resource in settings),
    )


def read_organization(
    client: Client,
    concurrency: int,
    selects: Iterable[Optional[Mapping[str, Any]]] = (),
    preferences: Sequence[ResourcePath] = (),
    resource_subscriptions: Sequence[ResourcePath] = (),
    warn: Callable[[str], None] = noop,
) -> OrganizationState:
    """The organization, with everything read at the same time.

    ``selects`` have the selectors to apply. ``preferences`` and ``resource_subscriptions`` are the paths of
    single resources whose settings are looked up.
    """
    unresolved = Subscriptions(Catalog())
    settings: List[Resource] = [
        *(ResourcePreferences(*path) for path in preferences),
        *(ResourceSubscriptions(Catalog(), *path) for path in dict.fromkeys(resource_subscriptions)),
    ]
    resources = [INTEGRATIONS, NOTIFICATION_TYPES, unresolved, *settings]
    snapshot = read_snapshot(client, resources, concurrency, warn)
    types, subscriptions = snapshot[NOTIFICATION_TYPES], snapshot[unresolved]

    catalog = Catalog(
        types, snapshot[INTEGRATIONS], types_by_resource=find_types_by_resource(client, types, selects)
    )
    routed = [collection for collection in snapshot if isinstance(collection.resource, ResourceSubscriptions)]
    for collection in (subscriptions, *routed):
        catalog = refresh_catalog(client, catalog, collection)
    return OrganizationState(
        catalog,
        Collection(Subscriptions(catalog), subscriptions, subscriptions.unlisted),
        Snapshot(snapshot[resource] for resource in settings),
        (client.endpoint, client.user),
    )
