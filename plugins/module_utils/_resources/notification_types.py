# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Notification types: what an organization can be notified of.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Set, Tuple

from .._engine.model import Object, Resource

REQUIRED = "REQUIRED"
CATEGORIES = ("BILLING_LICENSING", "SECURITY", "SERVICE", "ACCOUNT")
SEVERITIES = ("CRITICAL", "WARN", "INFO")
PRIORITIES = (REQUIRED, "RECOMMENDED", "OPTIONAL")


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

    def matches(self, notification_type: Mapping[str, Any], values: Sequence[str]) -> bool:
        return str(notification_type.get(self.member)) in values

    def known_values(self, notification_types: Iterable[Mapping[str, Any]]) -> Set[str]:
        """The published values and those that the service uses. There may be more than were published."""
        used = {str(each[self.member]) for each in notification_types if each.get(self.member)}
        return used | set(self.published)


SELECTORS = (
    Selector("categories", "category", CATEGORIES),
    Selector("severities", "severity", SEVERITIES),
    Selector("subscription_priorities", "subscription_priority", PRIORITIES),
)


def is_in_plan(notification_type: Mapping[str, Any]) -> bool:
    """Whether the organization's plan lets it subscribe to the type.

    A type that does not say so is included.
    """
    return notification_type.get("is_included_in_plan") is not False


def matches_name(notification_type: Mapping[str, Any], patterns: Iterable[str]) -> bool:
    """Whether the name equals or matches one of the patterns."""
    name = NOTIFICATION_TYPES.name(notification_type)
    return any(pattern == name or fnmatchcase(name, pattern) for pattern in patterns)


def select_types(
    notification_types: Iterable[Object], select: Mapping[str, Any], names: Optional[Sequence[str]]
) -> List[Object]:
    """The types that match every selector of ``select`` and one of the name patterns (None: any)."""
    selected = []
    for notification_type in notification_types:
        is_selected = all(
            selector.matches(notification_type, select[selector.option])
            for selector in SELECTORS
            if select[selector.option] is not None
        )
        if is_selected and (names is None or matches_name(notification_type, names)):
            selected.append(notification_type)
    return selected
