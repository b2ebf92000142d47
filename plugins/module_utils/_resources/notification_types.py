# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notification types: what an organization can be notified of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from .._common import Object, name_matcher, without_match
from .._engine.model import Client, Collection, Resource
from .._errors import Refusals, RefusedError, TransportError, operation
from .._redaction import quoted

REQUIRED = "REQUIRED"
CATEGORIES = ("BILLING_LICENSING", "SECURITY", "SERVICE", "ACCOUNT")
SEVERITIES = ("CRITICAL", "WARN", "INFO")
PRIORITIES = (REQUIRED, "RECOMMENDED", "OPTIONAL")
#: The priorities of types whose subscriptions can be disabled.
DISABLEABLE_PRIORITIES = PRIORITIES[1:]
RESOURCE_TYPES = (
    "ORGANIZATION",
    "ENVIRONMENT",
    "CLUSTER",
    "TOPIC",
    "CONNECTOR",
    "FLINK_COMPUTE_POOL",
    "FLINK_STATEMENT",
    "CONNECTOR__CUSTOM_CONNECTOR",
)

#: The IDs of the notification types that the service's filter finds for a resource type.
TypesByResource = Mapping[str, FrozenSet[str]]


class NotificationTypes(Resource):
    """The notification types of the service, which are read-only."""

    noun = "notification type"
    path = "/notifications/v1/notification-types"
    api_kind = "NotificationType"
    is_referenced = True
    list_hint = "Names are case-sensitive; notification_type_info lists the notification types."


NOTIFICATION_TYPES = NotificationTypes()


@dataclass(frozen=True)
class Selector:
    """One way to select types: an option, the member that it compares, and its published values."""

    option: str
    member: str
    published: Tuple[str, ...]

    def matches(
        self, notification_type: Mapping[str, Any], values: Sequence[str], found: TypesByResource
    ) -> bool:
        """Whether a type has one of the values, or is found for one if it does not state its own."""
        own_value = notification_type.get(self.member)
        if own_value:
            return str(own_value) in values
        return any(notification_type["id"] in found.get(value, ()) for value in values)

    def known_values(self, notification_types: Iterable[Mapping[str, Any]]) -> Set[str]:
        """The published values and those that the service uses. There may be more than were published."""
        used = {str(obj[self.member]) for obj in notification_types if obj.get(self.member)}
        return used | set(self.published)


SELECTORS = (
    Selector("categories", "category", CATEGORIES),
    Selector("severities", "severity", SEVERITIES),
    Selector("subscription_priorities", "subscription_priority", PRIORITIES),
    Selector("resource_types", "resource_type", RESOURCE_TYPES),
)


def find_types_by_resource(
    client: Client, types: Collection, selects: Iterable[Optional[Mapping[str, Any]]]
) -> TypesByResource:
    """What the service's filter finds for the resource types in selectors.

    The filter is only used if a notification type does not state its resource type. Raises TransportError if
    the service ignores the filter.
    """
    wanted = sorted({value for select in selects for value in (select or {}).get("resource_types") or ()})
    if all(notification_type.get("resource_type") for notification_type in types):
        return {}
    found: Dict[str, FrozenSet[str]] = {}
    for resource_type in wanted:
        with operation(f"list the notification types of {quoted(resource_type)}"):
            objects = client.list(NOTIFICATION_TYPES.path, {"resource_type": resource_type})
            found[resource_type] = frozenset(obj["id"] for obj in objects)
            if found[resource_type] == types.ids:
                raise TransportError(
                    "the service ignores the filter `resource_type`",
                    next_step="Select the notification types by other properties.",
                )
    return found


def is_included(notification_type: Mapping[str, Any]) -> bool:
    """Whether the organization's plan lets it subscribe to the type.

    A type that does not say so is included.
    """
    return notification_type.get("is_included_in_plan") is not False


def select_types(
    notification_types: Iterable[Object],
    select: Mapping[str, Any],
    names: Optional[Sequence[str]],
    found: Optional[TypesByResource] = None,
) -> List[Object]:
    """The types that match every selector of ``select`` and one of the name patterns (None: any).

    ``found`` is the result of find_types_by_resource.
    """
    selectors = [
        (selector, select[selector.option])
        for selector in SELECTORS
        if select.get(selector.option) is not None
    ]
    matches_name = name_matcher(names) if names is not None else None
    return [
        notification_type
        for notification_type in notification_types
        if all(selector.matches(notification_type, values, found or {}) for selector, values in selectors)
        and (matches_name is None or matches_name(NOTIFICATION_TYPES.name(notification_type)))
    ]


def select_included_types(
    notification_types: Iterable[Object], select: Mapping[str, Any], found: Optional[TypesByResource] = None
) -> List[Object]:
    """Those of the types that the organization's plan includes and that a selector with names matches.

    ``found`` is the result of find_types_by_resource.
    """
    return select_types(filter(is_included, notification_types), select, select.get("display_names"), found)


def refuse_unmatched_values(types: Collection, select: Mapping[str, Any], next_step: str) -> None:
    """Raise RefusedError if a selector has values that no type has. ``next_step`` says what to do."""
    refusals = Refusals()
    for selector in SELECTORS:
        known = selector.known_values(types)
        unknown = [value for value in select.get(selector.option) or () if value not in known]
        hint = f"Valid values: {', '.join(sorted(known))}. {next_step}"
        refusals.add(
            RefusedError(
                f"`select.{selector.option}` contains {quoted(value)}, which no notification type has",
                next_step=hint,
            )
            for value in unknown
        )

    for pattern in unmatched_names(types, select):
        suggestions = types.suggestions(pattern.strip("*"))
        question = f"Did you mean {suggestions}? " if suggestions else ""
        detail = f"`select.display_names` contains {quoted(pattern)}, which matches no notification type"
        refusals.add([RefusedError(detail, type="unknown_name", next_step=question + next_step)])
    refusals.raise_any()


def unmatched_names(types: Collection, select: Mapping[str, Any]) -> List[str]:
    """Those of a selector's names and patterns that match no type."""
    patterns = [name for name in select.get("display_names") or () if not types.by_key(name)]
    return without_match(patterns, map(NOTIFICATION_TYPES.name, types)) if patterns else []
