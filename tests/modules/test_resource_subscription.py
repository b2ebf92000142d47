# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resource_subscription`` against a real server: one notification type of one resource path."""

from __future__ import annotations

import pytest

from support.emulator import slack

RESOURCE = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    return emulator


def routes(emulator):
    """The names of the integrations of every resource subscription."""
    names = {object_id: name for name, object_id in emulator.ids().items()}
    subscriptions = emulator.objects("resource-subscriptions")
    return [[names[obj["id"]] for obj in subscription["integrations"]] for subscription in subscriptions]


def check_then_run_twice(run, emulator, **params):
    """Run in check mode with writes refused, then twice for real, and compare the results."""
    params = {"resource": RESOURCE, **params}
    emulator.refuse_writes()
    predicted = run.ok("resource_subscription", check_mode=True, **params)
    emulator.refuse_writes(False)

    result = run.ok("resource_subscription", **params)
    for name in ("changed", "changes", "diff"):
        assert predicted[name] == result[name]
    assert result["changed"] is True

    assert run.ok("resource_subscription", **params)["changed"] is False
    return result


def test_resource_subscription_is_created_updated_and_deleted(run, organization):
    params = {"notification_type": "Connector failed"}
    result = check_then_run_twice(run, organization, integrations=["ops"], **params)
    assert result["changes"] == ["resource", "resource_type", "notification_type", "integrations"]
    assert result["resource_subscription"]["resource"] == PATH
    assert result["resource_subscription"]["integrations"][0]["display_name"] == "ops"
    assert result["diff"]["after"] == {"integrations": ["ops"], "current_state": "ENABLED"}

    check_then_run_twice(run, organization, integrations=["pager"], integrations_mode="add", **params)
    assert routes(organization) == [["ops", "pager"]]

    check_then_run_twice(run, organization, integrations=["pager"], keep_read_only=False, **params)
    check_then_run_twice(run, organization, enabled=False, **params)
    assert routes(organization) == [["pager"]]

    check_then_run_twice(run, organization, state="absent", **params)
    assert routes(organization) == []


def test_resources_do_not_affect_each_other(run, organization):
    for connector in ("orders", "orders-2"):
        run.ok(
            "resource_subscription",
            resource={**RESOURCE, "connector": connector},
            resource_type="CONNECTOR",
            notification_type="Connector failed",
            integrations=["ops"],
        )
    assert routes(organization) == [["ops"], ["ops"]]

    result = run.ok("resource_subscription_info", resource=RESOURCE)
    assert [obj["resource"] for obj in result["resource_subscriptions"]] == [PATH]


def test_required_type_can_be_disabled_for_a_resource(run, organization):
    check_then_run_twice(
        run, organization, notification_type="Regional incident", integrations=["ops"], enabled=False
    )
    result = run.fails(
        "resource_subscription",
        resource=RESOURCE,
        notification_type="Flink statement failed",
        integrations=["ops"],
    )
    assert "plan does not include" in result["msg"]


def test_id_selects_one_of_two_subscriptions_to_a_type(run, organization):
    organization.reset(integrations=[slack("ops")], second_subscription="allowed")
    body = {
        "resource": PATH,
        "resource_type": "CONNECTOR",
        "notification_type": {"id": organization.ids("notification-types")["Connector failed"]},
        "integrations": [{"id": organization.ids()["ops"]}],
    }
    for _attempt in range(2):
        organization.meanwhile("GET", "*/notification-types", "POST", "/resource-subscriptions", body)
        run.ok("notification_type_info")
    first, second = (obj["id"] for obj in organization.objects("resource-subscriptions"))

    options = {"resource": PATH, "notification_type": "Connector failed"}
    result = run.fails("resource_subscription", enabled=False, **options)
    assert f"2 resource subscriptions are to 'Connector failed': {first}, {second}" in result["msg"]
    run.ok("resource_subscription", resource=PATH, id=second, state="absent")
    assert run.ok("resource_subscription", resource=PATH, id=first, enabled=False)["changed"] is True


def test_resource_subscriptions_are_listed_with_names_in_order(run, organization):
    for name in ("Connector paused", "Connector failed"):
        run.ok("resource_subscription", resource=PATH, notification_type=name, integrations=["ops"])
    result = run.ok("resource_subscription_info", resource=PATH, resource_type="CONNECTOR")
    names = [obj["notification_type"]["display_name"] for obj in result["resource_subscriptions"]]
    assert names == ["Connector failed", "Connector paused"]
    assert run.ok("resource_subscription_info", resource="environment=env-2")["resource_subscriptions"] == []
