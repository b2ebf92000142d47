# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resource_subscription`` against a real server: who hears of one type of one resource."""

from __future__ import annotations

import pytest

from support.emulator import slack

RESOURCE = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    return emulator


def going(emulator):
    names = {value: key for key, value in emulator.ids().items()}
    return [
        [names[each["id"]] for each in whole["integrations"]]
        for whole in emulator.objects("resource-subscriptions")
    ]


def steps(run, emulator, **params):
    params = {"resource": RESOURCE, **params}
    emulator.refuse_writes()
    predicted = run.ok("resource_subscription", check_mode=True, **params)
    emulator.refuse_writes(False)
    done = run.ok("resource_subscription", **params)
    for name in ("changed", "changes", "diff"):
        assert predicted[name] == done[name]
    assert done["changed"] is True
    assert run.ok("resource_subscription", **params)["changed"] is False
    return done


def test_a_type_of_a_resource_is_subscribed_to_changed_disabled_and_forgotten(run, organization):
    named = {"notification_type": "Connector failed"}
    done = steps(run, organization, integrations=["ops"], **named)
    assert done["changes"] == ["resource", "resource_type", "notification_type", "integrations"]
    assert done["resource_subscription"]["resource"] == PATH
    assert done["resource_subscription"]["integrations"][0]["display_name"] == "ops"
    assert done["diff"]["after"] == {"integrations": ["ops"], "current_state": "ENABLED"}
    steps(run, organization, integrations=["pager"], integrations_mode="add", **named)
    assert going(organization) == [["ops", "pager"]]
    steps(run, organization, integrations=["pager"], keep_read_only=False, **named)
    steps(run, organization, enabled=False, **named)
    assert going(organization) == [["pager"]]
    steps(run, organization, state="absent", **named)
    assert going(organization) == []


def test_one_resource_has_nothing_to_do_with_another(run, organization):
    for connector in ("orders", "orders-2"):
        run.ok(
            "resource_subscription",
            resource={**RESOURCE, "connector": connector},
            resource_type="CONNECTOR",
            notification_type="Connector failed",
            integrations=["ops"],
        )
    assert going(organization) == [["ops"], ["ops"]]
    result = run.ok("resource_subscription_info", resource=RESOURCE)
    assert [each["resource"] for each in result["resource_subscriptions"]] == [PATH]


def test_what_is_required_may_be_silent_for_one_resource_and_what_is_outside_of_the_plan_is_refused(
    run, organization
):
    steps(run, organization, notification_type="Regional incident", integrations=["ops"], enabled=False)
    result = run.fails(
        "resource_subscription",
        resource=RESOURCE,
        notification_type="Flink statement failed",
        integrations=["ops"],
    )
    assert "plan does not include" in result["msg"]


def test_two_of_a_type_are_told_apart_by_id(run, organization):
    organization.reset(integrations=[slack("ops")], second_subscription="allowed")
    body = {
        "resource": PATH,
        "resource_type": "CONNECTOR",
        "notification_type": {"id": organization.ids("notification-types")["Connector failed"]},
        "integrations": [{"id": organization.ids()["ops"]}],
    }
    for _time in range(2):
        organization.meanwhile("GET", "*/notification-types", "POST", "/resource-subscriptions", body)
        run.ok("notification_type_info")
    first, second = (each["id"] for each in organization.objects("resource-subscriptions"))
    result = run.fails(
        "resource_subscription", resource=PATH, notification_type="Connector failed", enabled=False
    )
    assert f"2 resource subscriptions are to 'Connector failed': {first}, {second}" in result["msg"]
    run.ok("resource_subscription", resource=PATH, id=second, state="absent")
    assert run.ok("resource_subscription", resource=PATH, id=first, enabled=False)["changed"] is True


def test_they_are_read_with_names_and_sorted(run, organization):
    for name in ("Connector paused", "Connector failed"):
        run.ok("resource_subscription", resource=PATH, notification_type=name, integrations=["ops"])
    result = run.ok("resource_subscription_info", resource=PATH, resource_type="CONNECTOR")
    listed = [each["notification_type"]["display_name"] for each in result["resource_subscriptions"]]
    assert listed == ["Connector failed", "Connector paused"]
    assert run.ok("resource_subscription_info", resource="environment=env-2")["resource_subscriptions"] == []
