# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: which notification type goes to which integration, as a table for people."""

from __future__ import annotations

from collections import Counter
from typing import Any, Dict, Iterable, List, Sequence

from ...module_utils._common import Object
from ...module_utils._organization.policies import NO_GAPS
from ...module_utils._organization.routing import Recipient
from ...module_utils._redaction import one_line
from ...module_utils._resources.integrations import is_manageable, target_kind
from ...module_utils._resources.notification_types import SEVERITIES, is_included
from ...module_utils._resources.subscriptions import is_enabled

#: Kinds of integrations that are only e-mail.
EMAIL_KINDS = ("RoleEmail", "UserEmail")
#: More channels than these are listed in the rows: a page with a thousand columns is of no use to anybody.
MAX_COLUMNS = 60


def routing_table(notification_types: Iterable[Object], integrations: Iterable[Object]) -> Object:
    """Which notification type goes to which integration, for people.

    ``channels`` are all channels, used ones first, each with the number of types that it receives, and
    ``columns`` is the number of those that are columns.
    ``rows`` has one entry for each type, sorted by severity. ``gaps`` are critical types of the plan that reach
    nobody, or only e-mail. ``dangling`` are references to integrations that no longer exist, and ``unused`` are
    manageable integrations without a subscription.
    ``notification_types`` are as notification_type_info returns them with their subscriptions.
    """
    integrations, types = list(integrations), list(notification_types)
    used = {reference["id"] for notification_type in types for reference in _references(notification_type)}
    integrations.sort(key=lambda obj: (obj["id"] not in used, obj.get("display_name") or obj["id"]))
    channels: List[Dict[str, Any]] = [
        {
            "id": obj["id"],
            "name": one_line(obj.get("display_name") or obj["id"]),
            "kind": target_kind(obj),
        }
        for obj in integrations
    ]
    critical = {notification_type["id"] for notification_type in NO_GAPS.selected_types(types)}
    rows = [
        _row(notification_type, channels, notification_type["id"] in critical) for notification_type in types
    ]
    rows.sort(key=lambda row: (_severity_rank(row["severity"]), row["category"], row["name"]))
    received = Counter(name for row in rows for name in row["ids"])
    for channel in channels:
        channel["types"] = received[channel["id"]]
    return {
        "channels": channels,
        "columns": min(len(channels), MAX_COLUMNS),
        "rows": rows,
        "gaps": [f"{row['name']}: {row['gap']}" for row in rows if row["gap"]],
        "dangling": sorted(
            one_line(f"{obj.get('display_name') or obj['id']}: {reference['id']}")
            for obj in types
            for reference in _references(obj)
            if reference.get("missing")
        ),
        "unused": sorted(
            one_line(str(obj.get("display_name") or obj["id"]))
            for obj in integrations
            if is_manageable(obj) and obj["id"] not in used
        ),
    }


def _references(notification_type: Object) -> List[Object]:
    """The integrations of all subscriptions to a type."""
    return [
        reference
        for subscription in notification_type["subscriptions"]
        for reference in subscription["integrations"]
    ]


def _row(notification_type: Object, channels: Sequence[Object], is_critical: bool) -> Object:
    enabled = [
        subscription for subscription in notification_type["subscriptions"] if is_enabled(subscription)
    ]
    used = {reference["id"] for subscription in enabled for reference in subscription["integrations"]}
    receivers = [channel for channel in channels if channel["id"] in used]
    others = [channel for channel in channels[MAX_COLUMNS:] if channel["id"] in used]
    state = "enabled"
    if not enabled:
        state = "disabled" if notification_type["subscriptions"] else "not subscribed"

    return {
        "name": one_line(notification_type.get("display_name") or notification_type["id"]),
        "category": one_line(str(notification_type.get("category") or "")),
        "severity": one_line(str(notification_type.get("severity") or "")),
        "priority": one_line(str(notification_type.get("subscription_priority") or "")),
        "is_included": is_included(notification_type),
        "state": state,
        "rules": [one_line(rule) for rule in notification_type.get("rules", ())],
        "to": [channel["id"] in used for channel in channels[:MAX_COLUMNS]],
        "more": [channel["name"] for channel in others],
        "names": [channel["name"] for channel in receivers],
        "ids": [channel["id"] for channel in receivers],
        "gap": _gap(receivers) if is_critical else "",
    }


def _severity_rank(severity: str) -> int:
    return SEVERITIES.index(severity) if severity in SEVERITIES else len(SEVERITIES)


def _gap(receivers: Sequence[Object]) -> str:
    if NO_GAPS.is_met([Recipient(channel["name"], channel["kind"]) for channel in receivers]):
        return ""
    if not receivers:
        return "notifies nobody"
    is_email = all(channel["kind"] in EMAIL_KINDS for channel in receivers)
    return "reaches only e-mail" if is_email else "reaches no channel"
