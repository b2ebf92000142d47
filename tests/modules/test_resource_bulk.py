# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resource_preferences`` and ``resource_subscriptions`` against a real server: many resources, one task."""

from __future__ import annotations

import pytest

from support.emulator import slack


def connector(name):
    return {"environment": "env-1", "cluster": "lkc-1", "connector": name}


def four_steps(run, emulator, module, **params):
    emulator.refuse_writes()
    predicted = run.ok(module, check_mode=True, **params)
    emulator.refuse_writes(False)
    done = run.ok(module, **params)
    assert predicted["changed"] is done["changed"] is True
    assert (predicted["diff"], predicted["summary"]) == (done["diff"], done["summary"])
    again = run.ok(module, **params)
    assert again["changed"] is False
    assert again["diff"]["before"] == again["diff"]["after"]
    return done


def counts(result):
    return {name: count for name, count in result["summary"].items() if count}


@pytest.mark.parametrize("missing", ["404", "403"])
def test_many_resources_are_silenced_at_once(run, emulator, missing):
    emulator.reset(missing=missing)
    wanted = [{"resource": connector(f"c-{n}"), "enabled": False} for n in range(20)]
    done = four_steps(run, emulator, "resource_preferences", preferences=wanted, concurrency=4)
    assert counts(done) == {"created": 20}
    assert [each["display_name"].rpartition("=")[2] for each in done["resource_preferences"]] == [
        f"c-{n}" for n in range(20)
    ]
    assert len(emulator.objects("resource-preferences")) == 20
    wanted[0] = {**wanted[0], "enabled": True}
    wanted[1] = {"resource": connector("c-1"), "state": "absent"}
    done = four_steps(run, emulator, "resource_preferences", preferences=wanted)
    assert counts(done) == {"changed": 1, "deleted": 1, "unchanged": 18}
    assert done["resource_preferences"][1]["resource_preference"] is None


def test_a_resource_is_listed_only_once(run, emulator):
    wanted = [
        {"resource": {"environment": "env-1"}, "enabled": True},
        {"resource": "environment=env-1", "enabled": False},
    ]
    assert (
        "items 1 and 2 are both resource preferences about 'environment=env-1'"
        in run.fails("resource_preferences", preferences=wanted)["msg"]
    )
    assert emulator.requests() == []


def test_one_bad_item_and_nothing_is_written(run, emulator):
    wanted = [{"resource": connector("a"), "enabled": False}, {"resource": connector("b")}]
    assert "Set `enabled`." in run.fails("resource_preferences", preferences=wanted)["msg"]
    assert emulator.writes() == []


def test_nothing_to_do_is_nothing_done(run, emulator):
    assert run.ok("resource_preferences", preferences=[])["resource_preferences"] == []
    assert run.ok("resource_subscriptions", subscriptions=[])["resource_subscriptions"] == []
    assert emulator.requests() == []


def test_many_resources_are_routed_at_once(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("data")])
    wanted = [
        {"resource": connector(f"c-{n}"), "notification_type": name, "integrations": ["ops"]}
        for n in range(6)
        for name in ("Connector failed", "Connector degraded")
    ]
    done = four_steps(run, emulator, "resource_subscriptions", subscriptions=wanted, concurrency=3)
    assert counts(done) == {"created": 12}
    names = [each["display_name"] for each in done["resource_subscriptions"]]
    assert names == ["Connector failed", "Connector degraded"] * 6
    assert sum(line.startswith("GET /notification-types") for line in emulator.lines()) == 3
    wanted[1] = {**wanted[1], "integrations": ["data"], "integrations_mode": "add"}
    wanted[0] = {"resource": connector("c-0"), "notification_type": "Connector failed", "state": "absent"}
    done = four_steps(run, emulator, "resource_subscriptions", subscriptions=wanted)
    assert counts(done) == {"changed": 1, "deleted": 1, "unchanged": 10}
    going = done["resource_subscriptions"][1]["resource_subscription"]["integrations"]
    assert [each["display_name"] for each in going] == ["ops", "data"]
    path = "environment=env-1/cloud-cluster=lkc-1/connector=c-0"
    assert done["diff"]["after"] == f"{path}: Connector degraded   ENABLED   data, ops\n"
    assert done["diff"]["before"].splitlines()[1] == f"{path}: Connector failed   ENABLED   ops"


@pytest.mark.parametrize("continue_on_error", [True, False])
def test_a_failure_midway_keeps_what_was_done(run, emulator, continue_on_error):
    emulator.fault("status", "POST", status=403, skip=2)
    wanted = [{"resource": connector(f"c-{n}"), "enabled": False} for n in range(6)]
    result = run.fails(
        "resource_preferences", preferences=wanted, concurrency=1, continue_on_error=continue_on_error
    )
    assert result["changed"] is True
    assert counts(result) == (
        {"created": 5, "failed": 1} if continue_on_error else {"created": 2, "failed": 1, "not_attempted": 3}
    )
    assert "Of 6 objects, " in result["msg"]


def test_a_misspelt_integration_fails_in_check_mode_too_where_those_to_come_are_announced(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    item = {"resource": connector("a"), "notification_type": "Connector failed"}
    params = {"expected_integrations": ["new"], "check_mode": True}
    for integrations, good in ((["ops", "new"], True), (["ops", "nwe"], False)):
        for module, more in (
            ("resource_subscriptions", {"subscriptions": [{**item, "integrations": integrations}]}),
            (
                "subscriptions",
                {"rules": [{"notification_type": "Connector failed", "integrations": integrations}]},
            ),
            ("resource_subscription", {**item, "integrations": integrations}),
            ("subscription", {"notification_type": "Connector failed", "integrations": integrations}),
        ):
            result = run(module, **params, **more)
            assert result.get("failed", False) is not good, module
            assert run.warnings == []
    result = run.fails(
        "subscription",
        notification_type="Connector failed",
        integrations=["new"],
        expected_integrations=["new"],
    )
    assert "the integration 'new' does not exist" in result["msg"]


def test_the_same_type_of_a_resource_twice_is_named(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    of = {"notification_type": "Connector failed", "integrations": ["ops"]}
    wanted = [{"resource": connector(name), **of} for name in ("b", "a", "a")]
    result = run.fails("resource_subscriptions", subscriptions=wanted)
    assert (
        "items 2 and 3 are both resource subscriptions to 'Connector failed' of environment=env-1/cloud-cluster=lkc-1/connector=a"
        in result["msg"]
    )


def test_what_was_met_is_in_the_difference(run, emulator):
    path = "environment=env-1/cloud-cluster=lkc-1/connector=a"
    theirs = {"resource": path, "resource_type": "CONNECTOR", "current_state": "DISABLED"}
    emulator.meanwhile("POST", "*/resource-preferences", "POST", "/resource-preferences", theirs)
    result = run.ok("resource_preferences", preferences=[{"resource": connector("a"), "enabled": False}])
    assert result["changed"] is False
    assert result["diff"]["before"] == result["diff"]["after"]
    assert result["resource_preferences"][0]["resource"] == path


def test_what_is_set_around_a_resource_is_not_its_own(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    run.ok(
        "resource_subscription",
        resource="environment=env-1",
        notification_type="Connector failed",
        integrations=["ops"],
    )
    [inherited] = emulator.objects("resource-subscriptions")
    listed = {
        "api_version": "notifications/v1",
        "kind": "ResourceSubscriptionList",
        "metadata": {},
        "data": [inherited],
    }
    emulator.fault("status", "GET", "*:lookup", status=200, body=listed)
    done = run.ok(
        "resource_subscription",
        resource=connector("a"),
        notification_type="Connector failed",
        integrations=["ops"],
    )
    assert done["resource_subscription"]["id"] != inherited["id"]
