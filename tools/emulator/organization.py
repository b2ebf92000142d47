# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The contents of an organization before anybody configures it."""

from __future__ import annotations

from typing import Any, Iterable, NamedTuple

from .catalogue import CATALOGUE
from .resources import (
    INTEGRATIONS,
    NOTIFICATION_TYPES,
    SUBSCRIPTIONS,
    USER_NOTIFICATIONS,
    Resource,
    reference,
)
from .store import Object, Store

USER_ID = "u-7g3kq2"
#: Seconds. The initial objects are older than any delay of lists.
INITIAL_AGE = 86_400.0


class _Received(NamedTuple):
    """A notification that the user received, so many hours ago."""

    hours_ago: float
    type_name: str
    resource_type: str
    resource: str
    is_read: bool


RECEIVED = (
    _Received(900.0, "Regional incident", "ORGANIZATION", "Example Org", True),
    _Received(899.0, "Regional incident resolved", "ORGANIZATION", "Example Org", True),
    _Received(400.0, "Promotional credit running out", "ORGANIZATION", "Example Org", True),
    _Received(160.0, "Cluster load is high", "CLUSTER", "payments-prod", True),
    _Received(150.0, "Cluster load is critical", "CLUSTER", "payments-prod", True),
    _Received(100.0, "Connector degraded", "CONNECTOR", "orders-to-warehouse", False),
    _Received(99.0, "Connector failed", "CONNECTOR", "orders-to-warehouse", False),
    _Received(30.0, "Cluster maintenance begins", "CLUSTER", "inventory-prod", False),
    _Received(20.0, "Administrator role granted", "ORGANIZATION", "Example Org", True),
    _Received(10.0, "Cluster link failed", "CLUSTER", "inventory-prod", False),
    _Received(3.0, "Cluster load is high", "CLUSTER", "payments-prod", False),
    _Received(1.0, "Payment method expires soon", "ORGANIZATION", "Example Org", False),
)


def seed(store: Store, base_url: str, integrations: Iterable[dict[str, Any]]) -> None:
    """Fill a store with what the service itself creates, and with the integrations that a test wants."""

    def add(resource: Resource, content: Object) -> Object:
        return store.add(
            resource.collection, resource.kind, resource.prefix, base_url, content, age=INITIAL_AGE
        )

    user = {
        "id": USER_ID,
        "related": f"{base_url}/iam/v2/users/{USER_ID}",
        "resource_name": f"crn://confluent.cloud/organization={store.organization_id}/user={USER_ID}",
    }
    admins = add(
        INTEGRATIONS,
        {
            "display_name": "Organization admins",
            "description": "E-mail to every organization admin",
            "target": {"kind": "RoleEmail", "role_name": "OrganizationAdmin"},
        },
    )
    add(INTEGRATIONS, {"display_name": "Jordan Doe (e-mail)", "target": {"kind": "UserEmail", "user": user}})
    in_app = add(
        INTEGRATIONS, {"display_name": "Jordan Doe (in app)", "target": {"kind": "InApp", "user": user}}
    )

    types = {content["display_name"]: add(NOTIFICATION_TYPES, content) for content in _type_contents()}

    for notification_type in types.values():
        if notification_type["subscription_priority"] != "OPTIONAL":
            subscription = {
                "notification_type": reference(notification_type),
                "integrations": [reference(admins)],
                "current_state": "ENABLED",
            }
            add(SUBSCRIPTIONS, subscription)

    for received in RECEIVED:
        content = _notification_content(store, received, types[received.type_name])
        add(USER_NOTIFICATIONS, {**content, "integrations": [admins["id"], in_app["id"]]})

    for integration in integrations:
        add(INTEGRATIONS, {"description": "", **integration})


def _type_contents() -> Iterable[Object]:
    """The members of each notification type. ``resource_types`` is internal and not shown."""
    for category, types in CATALOGUE.items():
        for entry in types:
            content: Object = {
                "display_name": entry.name,
                "description": entry.description,
                "category": category,
                "severity": entry.severity,
                "subscription_priority": entry.priority,
                "is_included_in_plan": entry.is_included,
                "resource_types": list(entry.resource_types),
            }
            if entry.resource_types:
                content["resource_type"] = entry.resource_types[-1]
            yield content


def _notification_content(store: Store, received: _Received, notification_type: Object) -> Object:
    """The members of a user notification, except its integrations."""
    crn = f"crn://confluent.cloud/organization={store.organization_id}"
    if received.resource_type != "ORGANIZATION":
        crn += f"/{received.resource_type.lower()}={received.resource}"

    return {
        "read": received.is_read,
        "read_at": store.clock.timestamp(received.hours_ago - 0.5) if received.is_read else None,
        "severity": notification_type["severity"],
        "received_at": store.clock.timestamp(received.hours_ago),
        "resource": {"type": received.resource_type, "crn": crn, "display_name": received.resource},
        "actions": [
            {"identifier": "open", "url": "https://confluent.cloud/environments", "role": "PRIMARY"},
            {"identifier": "docs", "url": "https://docs.confluent.io/cloud/current/", "role": "SECONDARY"},
        ],
        "notification_type": notification_type,
        "recommended_actions": {"version": 1, "content": f"Look at {received.resource}."},
    }
