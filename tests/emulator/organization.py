# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an organization has before anybody configures anything."""

from __future__ import annotations

from typing import Any, Iterable

from .resources import INTEGRATIONS, NOTIFICATION_TYPES, SUBSCRIPTIONS, Resource
from .store import ORGANIZATION, Object, Store

USER_ID = "u-7g3kq2"

# (display name, category, severity, priority, whether the plan has it)
TYPES = (
    ("Payment failed", "BILLING_LICENSING", "CRITICAL", "REQUIRED", True),
    ("Promotional credit running out", "BILLING_LICENSING", "WARN", "RECOMMENDED", True),
    ("API key created", "SECURITY", "INFO", "OPTIONAL", True),
    ("Self-managed encryption key unavailable", "SECURITY", "CRITICAL", "REQUIRED", True),
    ("Cluster load is high", "SERVICE", "WARN", "RECOMMENDED", True),
    ("Connector failed", "SERVICE", "CRITICAL", "RECOMMENDED", True),
    ("Flink statement failed", "SERVICE", "CRITICAL", "OPTIONAL", False),
    ("User invited", "ACCOUNT", "INFO", "OPTIONAL", True),
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
    add(INTEGRATIONS, {"display_name": "Jordan Doe (in app)", "target": {"kind": "InApp", "user": user}})

    admins_reference = {
        "id": admins["id"],
        "related": admins["metadata"]["self"],
        "resource_name": admins["metadata"]["resource_name"],
    }
    for name, category, severity, priority, in_plan in TYPES:
        notification_type = add(
            NOTIFICATION_TYPES,
            {
                "display_name": name,
                "description": f"{name}.",
                "category": category,
                "severity": severity,
                "subscription_priority": priority,
                "is_included_in_plan": in_plan,
            },
        )
        if priority != "OPTIONAL":
            add(
                SUBSCRIPTIONS,
                {
                    "notification_type": {
                        "id": notification_type["id"],
                        "related": notification_type["metadata"]["self"],
                        "resource_name": notification_type["metadata"]["resource_name"],
                    },
                    "integrations": [admins_reference],
                    "current_state": "ENABLED",
                },
            )

    for integration in integrations:
        add(INTEGRATIONS, {"description": "", **integration})
