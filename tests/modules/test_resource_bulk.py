# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resource_preferences`` and ``resource_subscriptions``: many resource paths in one task."""

from __future__ import annotations

import pytest

from support.emulator import slack


def connector(name):
    return {"environment": "env-1", "cluster": "lkc-1", "connector": name}


def check_then_run_twice(run, emulator, module, **params):
    """Run in check mode with writes refused, then twice for real, and compare the results."""
    emulator.refuse_writes()
    predicted = run.ok(module, check_mode=True, **params)
    emulator.refuse_writes(False)

    result = run.ok(module, **params)
    assert predicted["changed"] is result["changed"] is True
    assert (predicted["diff"], predicted["summary"]) == (result["diff"], result["summary"])

    second = run.ok(module, **params)
    assert second["changed"] is False
    assert second["diff"]["before"] == second["diff"]["after"]
    return result


def counts(result):
    return {name: count for name, count in result["summary"].items() if count}


@pytest.mark.parametrize("missing", ["404", "403"])
def test_preferences_of_many_resources_are_set_at_once(run, emulator, missing):
    emulator.reset(missing=missing)
    preferences = [{"resource": connector(f"c-{n}"), "enabled": False} for n in range(20)]
    result = check_then_run_twice(
        run, emulator, "resource_preferences", preferences=preferences, concurrency=4
    )
    assert counts(result) == {"created": 20}
    names = [item["display_name"].rpartition("=")[2] for item in result["resource_preferences"]]
    assert names == [f"c-{n}" for n in range(20)]
    assert len(emulator.objects("resource-preferences")) == 20

    preferences[0] = {**preferences[0], "enabled": True}
    preferences[1] = {"resource": connector("c-1"), "state": "absent"}
    result = check_then_run_twice(run, emulator, "resource_preferences", preferences=preferences)
    assert counts(result) == {"changed": 1, "deleted": 1, "unchanged": 18}
    assert result["resource_preferences"][1]["resource_preference"] is None


def test_duplicate_resource_is_rejected(run, emulator):
    preferences = [
        {"resource": {"environment": "env-1"}, "enabled": True},
        {"resource": "environment=env-1", "enabled": False},
    ]
    result = run.fails("resource_preferences", preferences=preferences)
    assert "items 1 and 2 are both resource preferences about 'environment=env-1'" in result["msg"]
    assert emulator.requests() == []


def test_one_invalid_item_prevents_all_writes(run, emulator):
    preferences = [{"resource": connector("a"), "enabled": False}, {"resource": connector("b")}]
    assert "Set `enabled`." in run.fails("resource_preferences", preferences=preferences)["msg"]
    assert emulator.writes() == []


def test_empty_list_sends_no_request(run, emulator):
    assert run.ok("resource_preferences", preferences=[])["resource_preferences"] == []
    assert run.ok("resource_subscriptions", subscriptions=[])["resource_subscriptions"] == []
    assert emulator.requests() == []


def test_subscriptions_of_many_resources_are_set_at_once(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("data")])
    subscriptions = [
        {"resource": connector(f"c-{n}"), "notification_type": name, "integrations": ["ops"]}
        for n in range(6)
        for name in ("Connector failed", "Connector degraded")
    ]
    result = check_then_run_twice(
        run, emulator, "resource_subscriptions", subscriptions=subscriptions, concurrency=3
    )
    assert counts(result) == {"created": 12}
    names = [item["display_name"] for item in result["resource_subscriptions"]]
    assert names == ["Connector failed", "Connector degraded"] * 6
    assert sum(line.startswith("GET /notification-types") for line in emulator.lines()) == 3

    subscriptions[1] = {**subscriptions[1], "integrations": ["data"], "integrations_mode": "add"}
    subscriptions[0] = {
        "resource": connector("c-0"),
        "notification_type": "Connector failed",
        "state": "absent",
    }
    result = check_then_run_twice(run, emulator, "resource_subscriptions", subscriptions=subscriptions)
    assert counts(result) == {"changed": 1, "deleted": 1, "unchanged": 10}
    integrations = result["resource_subscriptions"][1]["resource_subscription"]["integrations"]
    assert [integration["display_name"] for integration in integrations] == ["ops", "data"]
    path = "environment=env-1/cloud-cluster=lkc-1/connector=c-0"
    assert result["diff"]["after"] == f"{path}: Connector degraded   ENABLED   data, ops\n"
    assert result["diff"]["before"].splitlines()[1] == f"{path}: Connector failed   ENABLED   ops"


@pytest.mark.parametrize("continue_on_error", [True, False])
def test_failure_keeps_completed_items(run, emulator, continue_on_error):
    emulator.fault("status", "POST", status=403, skip=2)
    preferences = [{"resource": connector(f"c-{n}"), "enabled": False} for n in range(6)]
    options = {"concurrency": 1, "continue_on_error": continue_on_error}
    result = run.fails("resource_preferences", preferences=preferences, **options)

    assert result["changed"] is True
    if continue_on_error:
        assert counts(result) == {"created": 5, "failed": 1}
    else:
        assert counts(result) == {"created": 2, "failed": 1, "not_attempted": 3}
    assert "Of 6 objects, " in result["msg"]


def test_expected_integrations_reveal_misspelled_names_in_check_mode(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    route = {"notification_type": "Connector failed"}
    item = {"resource": connector("a"), **route}
    for integrations, is_valid in ((["ops", "new"], True), (["ops", "nwe"], False)):
        desired = {"integrations": integrations}
        for module, params in (
            ("resource_subscriptions", {"subscriptions": [{**item, **desired}]}),
            ("subscriptions", {"rules": [{**route, **desired}]}),
            ("resource_subscription", {**item, **desired}),
            ("subscription", {**route, **desired}),
        ):
            result = run(module, expected_integrations=["new"], check_mode=True, **params)
            assert result.get("failed", False) is not is_valid, module
            assert run.warnings == []

    result = run.fails("subscription", integrations=["new"], expected_integrations=["new"], **route)
    assert "the integration 'new' does not exist" in result["msg"]


def test_duplicate_type_of_a_resource_is_rejected(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    route = {"notification_type": "Connector failed", "integrations": ["ops"]}
    subscriptions = [{"resource": connector(name), **route} for name in ("b", "a", "a")]
    result = run.fails("resource_subscriptions", subscriptions=subscriptions)
    expected = (
        "items 2 and 3 are both resource subscriptions to 'Connector failed' "
        "of environment=env-1/cloud-cluster=lkc-1/connector=a"
    )
    assert expected in result["msg"]


def test_diff_shows_an_object_created_by_another_user(run, emulator):
    path = "environment=env-1/cloud-cluster=lkc-1/connector=a"
    body = {"resource": path, "resource_type": "CONNECTOR", "current_state": "DISABLED"}
    emulator.meanwhile("POST", "*/resource-preferences", "POST", "/resource-preferences", body)
    result = run.ok("resource_preferences", preferences=[{"resource": connector("a"), "enabled": False}])
    assert result["changed"] is False
    assert result["diff"]["before"] == result["diff"]["after"]
    assert result["resource_preferences"][0]["resource"] == path


def test_inherited_subscription_is_not_the_resources_own(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    route = {"notification_type": "Connector failed", "integrations": ["ops"]}
    run.ok("resource_subscription", resource="environment=env-1", **route)
    [inherited] = emulator.objects("resource-subscriptions")
    page = {
        "api_version": "notifications/v1",
        "kind": "ResourceSubscriptionList",
        "metadata": {},
        "data": [inherited],
    }
    emulator.fault("status", "GET", "*:lookup", status=200, body=page)

    result = run.ok("resource_subscription", resource=connector("a"), **route)
    assert result["resource_subscription"]["id"] != inherited["id"]
