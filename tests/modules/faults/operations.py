# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations of all modules and the collections that they change, as data.

The fault matrix, the leak test and the robustness tests read their cases from here. A new resource adds a
``Collection`` and its ``Operation`` objects, and nothing to those tests.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence

from support.emulator import slack

CANARY = "canary-5be2"
CONNECTOR = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
OTHER_CONNECTOR = "environment=env-1/cloud-cluster=lkc-1/connector=other"
#: Display names of notification types: one without a subscription, one with _ROUTES, one that is recommended.
OPTIONAL, ROUTED, RECOMMENDED = "API key created", "Connector failed", "Connector degraded"


def webhook_url(name: str) -> str:
    return f"https://hooks.slack.example/services/{CANARY}/{name}"


def target(name: str, kind: str = "Slack") -> dict[str, Any]:
    return {"kind": kind, "url" if kind == "Webhook" else "webhook_url": webhook_url(name)}


def integration(name: str, url_name: str = "", **options: Any) -> dict[str, Any]:
    return {"display_name": name, "target": target(url_name or name), **options}


#: The integrations before each operation, in addition to the service's own.
INITIAL_INTEGRATIONS = [slack(name, webhook_url(name), f"Channel {name}") for name in ("ops", "old", "pager")]


@dataclass(frozen=True)
class Collection:
    """A collection of the API: a valid object, and what another client may do to it during an operation.

    ``sample`` is an object as the service returns it. ``creation`` is the body of an object that operations
    create too, ``update`` a change to objects that they change; both refer to other objects by name.
    ``updated`` and ``deleted`` name the objects that the other client updates and deletes; by default all
    that refer to the integration "ops" or that cannot refer to any.
    """

    name: str
    sample: Mapping[str, Any]
    creation: Optional[Mapping[str, Any]] = None
    update: Optional[Mapping[str, Any]] = None
    updated: Optional[Sequence[str]] = None
    deleted: Optional[Sequence[str]] = None


_CONNECTOR_IDENTITY = {"resource": CONNECTOR, "resource_type": "CONNECTOR"}
#: Another client deletes objects in the reverse order, so subscriptions before their integrations.
COLLECTIONS = (
    Collection(
        "integrations",
        sample={
            "id": "i-1",
            "display_name": "ops",
            "description": "",
            "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"},
        },
        creation=integration("new", description="New"),
        update={"description": "Changed by another client"},
        updated=["ops"],
        deleted=["old", "ops"],
    ),
    Collection(
        "notification-types",
        sample={
            "id": "nt-1",
            "display_name": ROUTED,
            "severity": "CRITICAL",
            "category": "SERVICE",
            "subscription_priority": "REQUIRED",
            "is_included_in_plan": True,
        },
    ),
    Collection(
        "subscriptions",
        sample={
            "id": "s-1",
            "notification_type": {"id": "nt-1"},
            "integrations": [{"id": "i-1"}],
            "current_state": "ENABLED",
        },
        creation={"notification_type": OPTIONAL, "integrations": ["ops"], "current_state": "ENABLED"},
        update={"integrations": ["ops"]},
    ),
    Collection(
        "resource-preferences",
        sample={"id": "rp-1", **_CONNECTOR_IDENTITY, "current_state": "ENABLED"},
        creation={**_CONNECTOR_IDENTITY, "current_state": "DISABLED"},
        update={"current_state": "ENABLED"},
    ),
    Collection(
        "resource-subscriptions",
        sample={
            "id": "rs-1",
            **_CONNECTOR_IDENTITY,
            "notification_type": {"id": "nt-1"},
            "integrations": [{"id": "i-1"}],
            "current_state": "ENABLED",
        },
        creation={
            **_CONNECTOR_IDENTITY,
            "notification_type": ROUTED,
            "integrations": ["ops"],
            "current_state": "ENABLED",
        },
        update={"current_state": "ENABLED"},
    ),
    Collection(
        "user-notifications",
        sample={
            "id": "un-1",
            "read": False,
            "severity": "CRITICAL",
            "integrations": [],
            "notification_type": {"id": "nt-1"},
        },
    ),
)


@dataclass(frozen=True)
class Operation:
    """One task.

    ``routes`` (notification types with integrations) and ``objects`` (collections with bodies) exist before
    the task. Both refer to other objects by name.

    ``is_bulk``: the task manages several objects. ``bulk_results`` are the members of its result that
    describe them.
    ``is_list``: the result is a complete list, which must be the same with and without a fault.
    ``is_multi_step``: one object takes several writes. A failure may leave it between the two valid states,
    as the message then says.
    ``always_changes``: the task reports a change each time.
    ``reads_catalog``: the task reads the notification types. The pages of lists are larger then.
    ``handles_secrets``: the leak test also executes the operation as an ordinary module.
    """

    name: str
    module: str
    params: Mapping[str, Any]
    routes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    objects: Sequence[tuple[str, Mapping[str, Any]]] = ()
    is_bulk: bool = False
    bulk_results: Sequence[str] = ()
    is_list: bool = False
    is_multi_step: bool = False
    always_changes: bool = False
    reads_catalog: bool = False
    handles_secrets: bool = False

    @property
    def sequential_params(self) -> Mapping[str, Any]:
        """The parameters for a task that sends one request at a time."""
        return {**self.params, "concurrency": 1} if self.is_bulk else self.params


_PREFERENCE = ("resource-preferences", {**_CONNECTOR_IDENTITY, "current_state": "DISABLED"})
_RESOURCE_SUBSCRIPTION = (
    "resource-subscriptions",
    {
        **_CONNECTOR_IDENTITY,
        "notification_type": ROUTED,
        "integrations": ["ops"],
        "current_state": "ENABLED",
    },
)
_ROUTES = {ROUTED: ["old", "ops"]}
_RULES = [
    {"notification_type": ROUTED, "integrations": ["ops", "pager"]},
    {"notification_type": OPTIONAL, "integrations": ["pager"]},
    {"notification_type": RECOMMENDED, "integrations": ["ops"]},
]
_BULK_ITEMS = [
    integration("new"),
    integration("newer"),
    integration("ops", description="Changed"),
    {"display_name": "old", "state": "absent"},
]

INTEGRATION_OPERATIONS = (
    Operation("create", "integration", integration("new", description="New"), handles_secrets=True),
    Operation("update description", "integration", {"display_name": "ops", "description": "Changed"}),
    Operation("update url", "integration", integration("ops", "elsewhere")),
    Operation("update kind", "integration", {"display_name": "ops", "target": target("ops", "MsTeams")}),
    Operation("clear description", "integration", {"display_name": "ops", "description": ""}),
    Operation("change nothing", "integration", integration("ops")),
    Operation("delete", "integration", {"display_name": "old", "state": "absent"}),
    Operation(
        "detach and delete",
        "integration",
        {"display_name": "old", "state": "absent", "when_in_use": "detach"},
        routes=_ROUTES,
        is_multi_step=True,
        reads_catalog=True,
    ),
    Operation("list", "integration_info", {}, is_list=True),
    Operation("list by kind", "integration_info", {"kinds": ["Slack"]}, is_list=True),
    Operation(
        "test",
        "integration_test",
        {"display_name": "ops", "target": target("ops")},
        always_changes=True,
    ),
    Operation(
        "test url",
        "integration_test",
        {"target": target("unused")},
        always_changes=True,
        handles_secrets=True,
    ),
    Operation(
        "bulk", "integrations", {"integrations": _BULK_ITEMS}, is_bulk=True, bulk_results=["integrations"]
    ),
    Operation(
        "bulk, continue on error",
        "integrations",
        {"integrations": _BULK_ITEMS, "continue_on_error": True, "concurrency": 2},
        is_bulk=True,
        bulk_results=["integrations"],
        handles_secrets=True,
    ),
    Operation(
        "purge",
        "integrations",
        {
            "integrations": [integration("new"), integration("ops")],
            "purge": True,
            "when_in_use": "detach",
        },
        routes=_ROUTES,
        is_bulk=True,
        bulk_results=["integrations", "purged"],
        is_multi_step=True,
        reads_catalog=True,
    ),
)

SUBSCRIPTION_OPERATIONS = (
    Operation(
        "list types",
        "notification_type_info",
        {"with_subscriptions": True},
        routes=_ROUTES,
        is_list=True,
        reads_catalog=True,
    ),
    Operation(
        "list subscriptions", "subscription_info", {}, routes=_ROUTES, is_list=True, reads_catalog=True
    ),
    Operation(
        "subscribe",
        "subscription",
        {"notification_type": OPTIONAL, "integrations": ["ops"]},
        routes=_ROUTES,
        reads_catalog=True,
    ),
    Operation(
        "replace integrations",
        "subscription",
        {"notification_type": ROUTED, "integrations": ["pager"]},
        routes=_ROUTES,
        reads_catalog=True,
    ),
    Operation(
        "add integration",
        "subscription",
        {"notification_type": ROUTED, "integrations": ["pager"], "integrations_mode": "add"},
        routes=_ROUTES,
        reads_catalog=True,
    ),
    Operation(
        "disable",
        "subscription",
        {"notification_type": ROUTED, "enabled": False},
        routes=_ROUTES,
        reads_catalog=True,
    ),
    Operation(
        "unsubscribe",
        "subscription",
        {"notification_type": ROUTED, "state": "absent"},
        routes=_ROUTES,
        reads_catalog=True,
    ),
    Operation(
        "bulk subscriptions",
        "subscriptions",
        {"rules": _RULES},
        routes=_ROUTES,
        is_bulk=True,
        bulk_results=["subscriptions"],
        reads_catalog=True,
    ),
)

RESOURCE_SETTING_OPERATIONS = (
    Operation("disable preference", "resource_preference", {"resource": CONNECTOR, "enabled": False}),
    Operation(
        "enable preference",
        "resource_preference",
        {"resource": CONNECTOR, "enabled": True},
        objects=[_PREFERENCE],
    ),
    Operation(
        "delete preference",
        "resource_preference",
        {"resource": CONNECTOR, "state": "absent"},
        objects=[_PREFERENCE],
    ),
    Operation(
        "subscribe resource",
        "resource_subscription",
        {"resource": CONNECTOR, "notification_type": ROUTED, "integrations": ["ops"]},
        reads_catalog=True,
    ),
    Operation(
        "replace integrations of resource",
        "resource_subscription",
        {"resource": CONNECTOR, "notification_type": ROUTED, "integrations": ["pager"]},
        objects=[_RESOURCE_SUBSCRIPTION],
        reads_catalog=True,
    ),
    Operation(
        "unsubscribe resource",
        "resource_subscription",
        {"resource": CONNECTOR, "notification_type": ROUTED, "state": "absent"},
        objects=[_RESOURCE_SUBSCRIPTION],
        reads_catalog=True,
    ),
    Operation(
        "list resource subscriptions",
        "resource_subscription_info",
        {"resource": CONNECTOR},
        objects=[_RESOURCE_SUBSCRIPTION],
        is_list=True,
        reads_catalog=True,
    ),
)

USER_NOTIFICATION_OPERATIONS = (
    Operation("mark read", "user_notification", {"match": {"severities": ["CRITICAL"]}}, reads_catalog=True),
    Operation(
        "list unread", "user_notification_info", {"unread_only": True}, is_list=True, reads_catalog=True
    ),
)

ORGANIZATION_OPERATIONS = (
    Operation(
        "apply organization",
        "organization",
        {
            "integrations": [integration("new"), integration("ops", description="Changed")],
            "subscriptions": _RULES,
            "resource_preferences": [{"resource": CONNECTOR, "enabled": False}],
            "resource_subscriptions": [
                {"resource": CONNECTOR, "notification_type": ROUTED, "integrations": ["new"]}
            ],
            "test": "none",
        },
        routes=_ROUTES,
        is_bulk=True,
        reads_catalog=True,
        handles_secrets=True,
    ),
    Operation("list organization", "organization_info", {}, routes=_ROUTES, is_list=True, reads_catalog=True),
)

OPERATIONS = (
    *INTEGRATION_OPERATIONS,
    *SUBSCRIPTION_OPERATIONS,
    *RESOURCE_SETTING_OPERATIONS,
    *USER_NOTIFICATION_OPERATIONS,
    *ORGANIZATION_OPERATIONS,
)


def replace_names(body: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """A body with references by ID in place of names, as the API expects it."""
    references = dict(body)
    if "notification_type" in body:
        references["notification_type"] = {"id": ids[body["notification_type"]]}
    if "integrations" in body:
        references["integrations"] = [{"id": ids[name]} for name in body["integrations"]]
    return references
