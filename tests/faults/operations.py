# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation of every module, as data: what the fault matrix runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Mapping, Sequence

from support.emulator import slack

CANARY = "canary-5be2"
CONNECTOR = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
OTHER_CONNECTOR = "environment=env-1/cloud-cluster=lkc-1/connector=other"
OPTIONAL, ROUTED, RECOMMENDED = "API key created", "Connector failed", "Connector degraded"


def url(name: str) -> str:
    return f"https://hooks.slack.example/services/{CANARY}/{name}"


def target(name: str, kind: str = "Slack") -> dict[str, Any]:
    return {"kind": kind, "url" if kind == "Webhook" else "webhook_url": url(name)}


def item(name: str, to: str = "", **more: Any) -> dict[str, Any]:
    return {"display_name": name, "target": target(to or name), **more}


#: What there is before each operation, beside what the service made itself.
START = [slack(name, url(name), f"Channel {name}") for name in ("ops", "old", "pager")]


@dataclass(frozen=True)
class Operation:
    """One task. ``routes`` are there before it, as ``resources`` are (paths of the API, with bodies that name integrations).

    ``many`` has the members of its result that list what became of each of several objects. ``catalogue`` says that it reads the
    notification types, so that pages are larger. ``steps`` says that one object takes several writes, so that a failure may
    leave it between the two states, which its message then says.
    """

    name: str
    module: str
    params: Mapping[str, Any]
    routes: Mapping[str, Sequence[str]] = field(default_factory=dict)
    resources: Sequence[tuple[str, Mapping[str, Any]]] = ()
    many: Sequence[str] = ()
    catalogue: bool = False
    steps: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


PREFERENCE = (
    "/resource-preferences",
    {"resource": CONNECTOR, "resource_type": "CONNECTOR", "current_state": "DISABLED"},
)
OF_RESOURCE = (
    "/resource-subscriptions",
    {
        "resource": CONNECTOR,
        "resource_type": "CONNECTOR",
        "notification_type": ROUTED,
        "integrations": ["ops"],
        "current_state": "ENABLED",
    },
)
RESOURCE = {"resource": CONNECTOR}
RULES = [
    {"notification_type": ROUTED, "integrations": ["ops", "pager"]},
    {"notification_type": OPTIONAL, "integrations": ["pager"]},
    {"notification_type": RECOMMENDED, "integrations": ["ops"]},
]
MIXED = [
    item("new"),
    item("newer"),
    item("ops", description="Changed"),
    {"display_name": "old", "state": "absent"},
]


def _catalogued(name: str, module: str, **params: Any) -> Operation:
    return Operation(name, module, params, routes={ROUTED: ["old", "ops"]}, catalogue=True)


OPERATIONS = (
    Operation("create", "integration", item("new", description="New")),
    Operation("change the text", "integration", {"display_name": "ops", "description": "Changed"}),
    Operation("change the url", "integration", item("ops", "elsewhere")),
    Operation("change the kind", "integration", {"display_name": "ops", "target": target("ops", "MsTeams")}),
    Operation("clear", "integration", {"display_name": "ops", "description": ""}),
    Operation("leave", "integration", item("ops")),
    Operation("delete", "integration", {"display_name": "old", "state": "absent"}),
    Operation(
        "detach and delete",
        "integration",
        {"display_name": "old", "state": "absent", "when_in_use": "detach"},
        routes={ROUTED: ["old", "ops"]},
        catalogue=True,
        steps=True,
    ),
    Operation("list", "integration_info", {}),
    Operation("reveal", "integration_info", {"kinds": ["Slack"]}),
    Operation("test", "integration_test", {"display_name": "ops", "target": target("ops")}),
    Operation("test a url", "integration_test", {"target": target("unused")}),
    Operation("many", "integrations", {"integrations": MIXED}, many=("integrations",)),
    Operation(
        "many, whatever fails",
        "integrations",
        {"integrations": MIXED, "continue_on_error": True, "concurrency": 2},
        many=("integrations",),
    ),
    Operation(
        "purge",
        "integrations",
        {"integrations": [item("new"), item("ops")], "purge": True, "when_in_use": "detach"},
        routes={ROUTED: ["old", "ops"]},
        many=("integrations", "purged"),
        catalogue=True,
        steps=True,
    ),
    _catalogued("list types", "notification_type_info", with_subscriptions=True),
    _catalogued("list subscriptions", "subscription_info"),
    _catalogued("subscribe", "subscription", notification_type=OPTIONAL, integrations=["ops"]),
    _catalogued("route elsewhere", "subscription", notification_type=ROUTED, integrations=["pager"]),
    _catalogued(
        "add", "subscription", notification_type=ROUTED, integrations=["pager"], integrations_mode="add"
    ),
    _catalogued("disable", "subscription", notification_type=ROUTED, enabled=False),
    _catalogued("unsubscribe", "subscription", notification_type=ROUTED, state="absent"),
    Operation(
        "route",
        "subscriptions",
        {"rules": RULES},
        {ROUTED: ["old", "ops"]},
        many=("subscriptions",),
        catalogue=True,
    ),
    Operation("silence", "resource_preference", {**RESOURCE, "enabled": False}),
    Operation("let notify", "resource_preference", {**RESOURCE, "enabled": True}, resources=[PREFERENCE]),
    Operation("forget", "resource_preference", {**RESOURCE, "state": "absent"}, resources=[PREFERENCE]),
    Operation(
        "silence many",
        "resource_preferences",
        {"preferences": [{**RESOURCE, "enabled": True}, {"resource": OTHER_CONNECTOR, "enabled": False}]},
        resources=[PREFERENCE],
        many=("resource_preferences",),
    ),
    Operation(
        "subscribe a resource",
        "resource_subscription",
        {**RESOURCE, "notification_type": ROUTED, "integrations": ["ops"]},
        catalogue=True,
    ),
    Operation(
        "route a resource",
        "resource_subscription",
        {**RESOURCE, "notification_type": ROUTED, "integrations": ["pager"]},
        resources=[OF_RESOURCE],
        catalogue=True,
    ),
    Operation(
        "unsubscribe a resource",
        "resource_subscription",
        {**RESOURCE, "notification_type": ROUTED, "state": "absent"},
        resources=[OF_RESOURCE],
        catalogue=True,
    ),
    Operation(
        "list of a resource", "resource_subscription_info", RESOURCE, resources=[OF_RESOURCE], catalogue=True
    ),
    Operation(
        "route resources",
        "resource_subscriptions",
        {
            "subscriptions": [
                {**RESOURCE, "notification_type": ROUTED, "integrations": ["pager"]},
                {**RESOURCE, "notification_type": RECOMMENDED, "integrations": ["ops"]},
                {"resource": OTHER_CONNECTOR, "notification_type": ROUTED, "integrations": ["ops"]},
            ]
        },
        resources=[OF_RESOURCE],
        many=("resource_subscriptions",),
        catalogue=True,
    ),
    Operation("mark", "user_notification", {"match": {"severities": ["CRITICAL"]}}, catalogue=True),
    Operation("list what was told", "user_notification_info", {"unread_only": True}, catalogue=True),
)
