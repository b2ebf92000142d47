# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of single resources, such as a cluster or a connector: preferences and subscriptions.

The API cannot list them. They are looked up for one resource path at a time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, List, Mapping, Optional, Sequence, Tuple

from .._common import Listing, Object, noop
from .._engine.model import (
    Client,
    Collection,
    DesiredState,
    DiffLine,
    Field,
    Resource,
    Snapshot,
)
from .._engine.snapshot import read_snapshot
from .._errors import BadRequestError, ForbiddenError, NotFoundError, NotificationsError, RefusedError
from .._redaction import quoted
from .catalog import Catalog, load_catalog, refresh_catalog
from .notification_types import RESOURCE_TYPES
from .subscriptions import DISABLED, ENABLED, ROUTE_FIELDS, RoutedResource, StateField, is_enabled

EXAMPLE = "Example: environment=env-456xy/cloud-cluster=lkc-df123."

#: The parts of a resource path by option, outermost first, with the type of a resource whose path ends there.
PATH_PARTS = {
    "organization": ("organization", "ORGANIZATION"),
    "environment": ("environment", "ENVIRONMENT"),
    "cluster": ("cloud-cluster", "CLUSTER"),
    "topic": ("topic", "TOPIC"),
    "connector": ("connector", "CONNECTOR"),
    "flink_region": ("flink-region", ""),
    "flink_compute_pool": ("compute-pool", "FLINK_COMPUTE_POOL"),
    "flink_statement": ("statement", "FLINK_STATEMENT"),
}
#: Resource types whose paths look like those of another type.
_SHARED_PATHS = {"CONNECTOR": ("CONNECTOR__CUSTOM_CONNECTOR",)}

#: The path of a topic, with the part that only its resource name has for certain.
_TOPIC = re.compile(
    "(?P<cluster>(?:.*/)?cloud-cluster=(?P<id>[^/]+))(?P<kafka>/kafka=(?P=id))?(?P<topic>/topic=[^/]+)"
)


def other_topic_path(resource_path: str) -> Optional[str]:
    """The other form of a topic's path: with or without ``kafka=``; None for other resources.

    Nobody published which one the API takes.
    """
    found = _TOPIC.fullmatch(resource_path)
    if found is None:
        return None
    kafka = "" if found["kafka"] else f"/kafka={found['id']}"
    return f"{found['cluster']}{kafka}{found['topic']}"


def is_same_resource(one: Any, other: str) -> bool:
    """Whether two paths mean the same resource: that of a topic has two forms."""
    return one == other or (bool(one) and other_topic_path(str(one)) == other)


@dataclass(frozen=True)
class PathField(Field):
    """The path of a resource. Both forms of a topic's path are equal."""

    def is_equal(self, desired: Any, current: Any) -> bool:
        return is_same_resource(current, desired)


#: Sent with a creation only: whatever is looked up for a resource path is about that path.
_IDENTITY_FIELDS = (PathField("resource"), Field("resource_type"))


class LookupResource(Resource):
    """Objects that can only be looked up for one resource path."""

    resource_path: str
    resource_type: str
    #: Whether the lookup answers with one object, and not with a list.
    returns_single_object: ClassVar[bool] = False

    @property
    def scope(self) -> str:
        return self.resource_path

    @property
    def address(self) -> Tuple[str, str]:
        return (self.path, f"{self.resource_type} {self.resource_path}")

    def identity(self) -> Object:
        return {"resource": self.resource_path, "resource_type": self.resource_type}

    def read(self, client: Client, warn: Callable[[str], None]) -> Listing:
        """All objects. A 404 of the API means that there are none; so may a 403, with a warning."""
        path = f"{self.path}:lookup"
        try:
            if self.returns_single_object:
                obj = client.look_up(path, self.identity())
                return Listing([] if obj is None else [obj])
            objects = client.list(path, self.identity())
        except (NotFoundError, ForbiddenError) as error:
            if not error.is_from_api:
                raise
            if isinstance(error, ForbiddenError):
                warn(
                    f"The lookup of the {self.noun}s of {self.resource_path} was answered with 403 "
                    f"({error.detail.rstrip('.')}). The task assumes that none exist, but the credentials "
                    "may lack permission to read them."
                )
            return Listing()

        # A lookup also returns what is inherited from an enclosing resource.
        own = [
            obj
            for obj in objects
            if is_same_resource(obj.get("resource", self.resource_path), self.resource_path)
        ]
        return Listing(own, objects.unlisted)

    def rejection_hint(
        self, error: NotificationsError, before: Object, body: Mapping[str, Any], changes: Sequence[str]
    ) -> Optional[str]:
        other = other_topic_path(self.resource_path)
        if other is None or before or not isinstance(error, BadRequestError):
            return None
        return f"The path of a topic has two forms, and the service may want the other one: {other}."


class ResourcePreferences(LookupResource):
    """The one preference of a resource path: whether the resource may send notifications."""

    noun = "resource preference"
    path = "/notifications/v1/resource-preferences"
    api_kind = "ResourcePreference"
    fields = (*_IDENTITY_FIELDS, StateField("current_state", required_hint="Set `enabled`."))
    has_unique_keys = True
    key_relation = "about"
    returns_single_object = True

    def __init__(self, resource_path: str, resource_type: str) -> None:
        self.resource_path = resource_path
        self.resource_type = resource_type

    texts = ("resource", "resource_type", "current_state")

    def key(self, obj: Mapping[str, Any]) -> str:
        resource_path = obj.get("resource")
        if is_same_resource(resource_path, self.resource_path):
            return self.resource_path
        return resource_path if isinstance(resource_path, str) else ""

    def is_disabled(self, obj: Mapping[str, Any]) -> bool:
        return not is_enabled(obj)

    def canonical(self, obj: Mapping[str, Any]) -> Object:
        return {**self.identity(), "current_state": obj.get("current_state") or ENABLED}

    def diff_line(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> DiffLine:
        return DiffLine(str(obj.get("current_state") or ENABLED))


class ResourceSubscriptions(LookupResource, RoutedResource):
    """The subscriptions of one resource path."""

    noun = "resource subscription"
    path = "/notifications/v1/resource-subscriptions"
    api_kind = "ResourceSubscription"
    fields = (*_IDENTITY_FIELDS, *ROUTE_FIELDS)

    def __init__(self, catalog: Catalog, resource_path: str, resource_type: str) -> None:
        super().__init__(catalog)
        self.resource_path = resource_path
        self.resource_type = resource_type


def load_resource_subscriptions(
    client: Client,
    resource_paths: Sequence[Tuple[str, str]],
    concurrency: int = 1,
    warn: Callable[[str], None] = noop,
) -> Tuple[List[ResourceSubscriptions], Snapshot]:
    """The subscriptions of these resource paths (with their types), each read once, and their collections."""
    if not resource_paths:
        return [], Snapshot()
    catalog = load_catalog(client)
    distinct = dict.fromkeys(resource_paths)
    unresolved = [ResourceSubscriptions(catalog, *resource_path) for resource_path in distinct]
    snapshot = read_snapshot(client, unresolved, concurrency, warn)

    subscriptions = [obj for resource in unresolved for obj in snapshot[resource]]
    catalog = refresh_catalog(client, catalog, subscriptions)
    resources = {resource_path: ResourceSubscriptions(catalog, *resource_path) for resource_path in distinct}
    collections = [
        Collection(resource, snapshot[resource], snapshot[resource].unlisted)
        for resource in resources.values()
    ]
    return [resources[resource_path] for resource_path in resource_paths], Snapshot(collections)


# Options


def preference_from_options(resource: ResourcePreferences, params: Mapping[str, Any]) -> DesiredState:
    """The desired preference of one resource path, from the options in PREFERENCE_ITEM."""
    key = resource.resource_path
    if params["state"] == "absent":
        return DesiredState(resource, present=False, key=key)
    fields = resource.identity()
    if params["enabled"] is not None:
        fields["current_state"] = ENABLED if params["enabled"] else DISABLED
    return DesiredState(resource, key=key, fields=fields)


def resource_path_from_options(params: Mapping[str, Any], warn: Callable[[str], None]) -> Tuple[str, str]:
    """The path and the type of a resource, from the options in RESOURCE_PATH. Raises RefusedError.

    ``resource`` is the API's own path, or a mapping of PATH_PARTS. A stated type is used as it is, because
    there may be more types than were published; ``warn`` is called if it does not fit the path.
    """
    stated_type = params["resource_type"]
    parts = _path_parts(params["resource"])
    _validate_parts(parts)
    last_part = parts[-1][0]
    usual_type = next((kind for part, kind in PATH_PARTS.values() if kind and part == last_part), None)

    if usual_type is None and stated_type is None:
        detail = f"the resource type of {quoted(last_part)} is not known"
        raise RefusedError(
            detail, next_step=f"Set `resource_type`. Published values: {', '.join(RESOURCE_TYPES)}."
        )
    if usual_type is not None and stated_type is not None and not _fits(stated_type, usual_type):
        warn(
            f"`resource_type` is {quoted(stated_type)}, but a resource path that ends in {quoted(last_part)} "
            f"usually has the type {usual_type}."
        )
    return "/".join(f"{name}={value}" for name, value in parts), stated_type or str(usual_type)


def _fits(resource_type: str, usual_type: str) -> bool:
    return resource_type == usual_type or resource_type in _SHARED_PATHS.get(usual_type, ())


def _path_parts(resource: Any) -> List[Tuple[str, Any]]:
    """The parts of a resource path, outermost first."""
    if isinstance(resource, str):
        return [
            (name, value) for name, _equals, value in (part.partition("=") for part in resource.split("/"))
        ]
    if not isinstance(resource, dict):
        raise RefusedError("`resource` must be a string or a mapping", next_step=EXAMPLE)
    unknown = sorted(map(str, set(resource) - set(PATH_PARTS)))
    if unknown:
        detail = f"`resource` has the unknown part {', '.join(map(quoted, unknown))}"
        raise RefusedError(
            detail,
            next_step=f"Valid parts: {', '.join(PATH_PARTS)}. For anything else, use the API's own path.",
        )
    return [(PATH_PARTS[name][0], resource[name]) for name in PATH_PARTS if resource.get(name) is not None]


def _validate_parts(parts: Sequence[Tuple[str, Any]]) -> None:
    if not parts:
        raise RefusedError("`resource` is empty", next_step=EXAMPLE)
    for name, value in parts:
        is_valid = bool(
            name and isinstance(value, str) and value and "/" not in value and value == value.strip()
        )
        if not is_valid:
            detail = (
                f"the part {quoted(name)} of `resource` must be a non-empty string "
                "without slashes or surrounding whitespace"
            )
            raise RefusedError(detail, next_step=EXAMPLE)
