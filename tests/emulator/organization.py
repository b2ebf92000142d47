# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an organization has before anybody configures anything."""

from __future__ import annotations

from typing import Any, Iterable

from .catalogue import CATALOGUE
from .resources import INTEGRATIONS, NOTIFICATION_TYPES, SUBSCRIPTIONS, USER_NOTIFICATIONS, Resource, reference
from .store import ORGANIZATION, Object, Store

USER_ID = "u-7g3kq2"

#: What the user was told: hours ago, the type, the resource, and whether it was read.
HEARD = (
    (900.0, "Regional incident", "ORGANIZATION", "Example Org", True),
    (899.0, "Regional incident resolved", "ORGANIZATION", "Example Org", True),
    (400.0, "Promotional credit running out", "ORGANIZATION", "Example Org", True),
    (160.0, "Cluster load is high", "CLUSTER", "payments-prod", True),
    (150.0, "Cluster load is critical", "CLUSTER", "payments-prod", True),
    (100.0, "Connector degraded", "CONNECTOR", "orders-to-warehouse", False),
    (99.0, "Connector failed", "CONNECTOR", "orders-to-warehouse", False),
    (30.0, "Cluster maintenance begins", "CLUSTER", "inventory-prod", False),
    (20.0, "Administrator role granted", "ORGANIZATION", "Example Org", True),
    (10.0, "Cluster link failed", "CLUSTER", "inventory-prod", False),
    (3.0, "Cluster load is high", "CLUSTER", "payments-prod", False),
    (1.0, "Payment method expires soon", "ORGANIZATION", "Example Org", False),
)


def seed(store: Store, base_url: str, integrations: Iterable[dict[str, Any]]) -> None:
    """Fill a store: the service's own integrations, the types with their subscriptions, and what a test wants beside."""
    # Whatever was there before has been there for long.
    age = 86_400.0

    def add(resource: Resource, content: Object) -> Object:
        return store.add(resource.collection, resource.kind, resource.prefix, base_url, content, age=age)

    user = {
        "id": USER_ID,
        "related": f"{base_url}/iam/v2/users/{USER_ID}",
        "resource_name": f"crn://confluent.cloud/organization={ORGANIZATION}/user={USER_ID}",
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
    in_app = add(INTEGRATIONS, {"display_name": "Jordan Doe (in app)", "target": {"kind": "InApp", "user": user}})

    types: dict[str, Object] = {}
    for category, listed in CATALOGUE.items():
        for each in listed:
            types[each.name] = add(
                NOTIFICATION_TYPES,
                {
                    "display_name": each.name,
                    "description": each.description,
                    "category": category,
                    "severity": each.severity,
                    "subscription_priority": each.priority,
                    "is_included_in_plan": each.in_plan,
                    "resource_types": list(each.resource_types),
                },
            )
    for each in types.values():
        if each["subscription_priority"] != "OPTIONAL":
            content = {"notification_type": reference(each), "integrations": [reference(admins)], "current_state": "ENABLED"}
            add(SUBSCRIPTIONS, content)

    for hours, name, resource_type, resource, read in HEARD:
        crn = f"crn://confluent.cloud/organization={ORGANIZATION}"
        if resource_type != "ORGANIZATION":
            crn += f"/{resource_type.lower()}={resource}"
        add(
            USER_NOTIFICATIONS,
            {
                "read": read,
                "read_at": store.clock.timestamp(hours - 0.5) if read else None,
                "severity": types[name]["severity"],
                "received_at": store.clock.timestamp(hours),
                "resource": {"type": resource_type, "crn": crn, "display_name": resource},
                "actions": [{"identifier": "open", "url": "https://confluent.cloud/environments", "role": "primary"}],
                "notification_type": types[name],
                "integrations": [admins["id"], in_app["id"]],
                "recommended_actions": {"version": "1", "content": f"Look at {resource}."},
            },
        )

    for integration in integrations:
        add(INTEGRATIONS, {"description": "", **integration})
