# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``subscription`` against a real server, with every value of the service's policies."""

from __future__ import annotations

import pytest

from support.emulator import slack

ADMINS = "Organization admins"
OPTIONAL, RECOMMENDED, REQUIRED, NOT_IN_PLAN = (
    "API key created",
    "Connector failed",
    "Payment failed",
    "Flink statement failed",
)


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("ops-eu")])
    return emulator


def check_then_run_twice(run, emulator, **params):
    """Run in check mode with writes refused, then twice for real; the result of the first real run."""
    emulator.refuse_writes()
    predicted = run.ok("subscription", check_mode=True, **params)
    emulator.refuse_writes(False)

    result = run.ok("subscription", **params)
    for name in ("changed", "changes", "diff"):
        assert predicted[name] == result[name]
    for name in ("notification_type", "integrations", "current_state"):
        assert (predicted["subscription"] or {}).get(name) == (result["subscription"] or {}).get(name)

    second = run.ok("subscription", **params)
    assert second["changed"] is False
    assert second["diff"]["before"] == second["diff"]["after"]
    return result


def names(result):
    return [integration["display_name"] for integration in result["subscription"]["integrations"]]


def test_subscription_is_created(run, organization):
    result = check_then_run_twice(
        run, organization, notification_type=OPTIONAL, integrations=["ops", "pager"]
    )
    assert result["changes"] == ["notification_type", "integrations"]
    assert names(result) == ["ops", "pager"]
    assert result["subscription"]["notification_type"]["display_name"] == OPTIONAL
    assert result["subscription"]["notification_type"]["severity"] == "INFO"
    assert result["diff"]["before"] == {}
    assert result["diff"]["after"] == {"integrations": ["ops", "pager"], "current_state": "ENABLED"}
    assert organization.routes()[OPTIONAL] == ["ops", "pager"]
    assert organization.writes() == ["POST /subscriptions -> 201"]


def test_existing_subscription_is_updated(run, organization):
    result = check_then_run_twice(run, organization, notification_type=RECOMMENDED, integrations=["ops"])
    assert result["changes"] == ["integrations"]
    assert [line.split()[0] for line in organization.writes()] == ["PATCH"]
    assert organization.routes()[RECOMMENDED] == [ADMINS, "ops"]


def test_ids_and_names_are_accepted(run, organization):
    type_id = organization.ids("notification-types")[RECOMMENDED]
    integration_id = organization.made()["ops"]["id"]
    check_then_run_twice(run, organization, notification_type=type_id, integrations=[integration_id, "ops"])
    assert organization.routes()[RECOMMENDED] == [ADMINS, "ops"]


@pytest.mark.parametrize(
    ("mode", "keep_read_only", "expected"),
    [
        ("exact", True, [ADMINS, "pager", "ops-eu"]),
        ("exact", False, ["pager", "ops-eu"]),
        ("add", True, [ADMINS, "ops", "pager", "ops-eu"]),
        ("add", False, [ADMINS, "ops", "pager", "ops-eu"]),
        ("remove", True, [ADMINS, "ops"]),
    ],
)
def test_integrations_mode_determines_the_result(run, organization, mode, keep_read_only, expected):
    organization.route(RECOMMENDED, ADMINS, "ops", "pager")
    check_then_run_twice(
        run,
        organization,
        notification_type=RECOMMENDED,
        integrations=["pager", "ops-eu"],
        integrations_mode=mode,
        keep_read_only=keep_read_only,
    )
    assert organization.routes()[RECOMMENDED] == expected


def test_removing_an_integration_that_is_not_used_changes_nothing(run, organization):
    for name in (RECOMMENDED, OPTIONAL):
        params = {"notification_type": name, "integrations": ["ops"], "integrations_mode": "remove"}
        assert run.ok("subscription", **params)["changed"] is False
    assert organization.writes() == []


def test_read_only_integration_is_only_removed_on_request(run, organization):
    organization.route(RECOMMENDED, ADMINS, "ops")
    params = {"notification_type": RECOMMENDED, "integrations": [ADMINS], "integrations_mode": "remove"}
    assert "`keep_read_only` keeps" in run.fails("subscription", **params)["msg"]
    assert organization.writes() == []

    check_then_run_twice(run, organization, keep_read_only=False, **params)
    assert organization.routes()[RECOMMENDED] == ["ops"]


def test_omitted_options_are_not_changed(run, organization):
    organization.route(RECOMMENDED, "ops", state="DISABLED")
    assert run.ok("subscription", notification_type=RECOMMENDED)["changed"] is False
    assert run.warnings == [
        "The subscription to 'Connector failed' is disabled, so nobody is notified. "
        "Set `enabled: true` to enable it."
    ]

    check_then_run_twice(
        run, organization, notification_type=RECOMMENDED, integrations=["pager"], enabled=True
    )
    assert organization.routes()[RECOMMENDED] == ["pager"]

    result = check_then_run_twice(run, organization, notification_type=RECOMMENDED, enabled=False)
    assert (result["changes"], names(result)) == (["current_state"], ["pager"])
    assert run.warnings == []


def test_subscription_is_deleted_once(run, organization):
    result = check_then_run_twice(run, organization, notification_type=RECOMMENDED, state="absent")
    assert (result["changed"], result["subscription"]) == (True, None)
    assert result["diff"]["after"] == {}
    assert RECOMMENDED not in organization.routes()


@pytest.mark.parametrize(
    "params", [{"state": "absent"}, {"enabled": False}, {"integrations": [], "keep_read_only": False}]
)
def test_required_type_cannot_be_disabled_or_left_empty(run, organization, params):
    for check_mode in (True, False):
        result = run.fails("subscription", notification_type=REQUIRED, check_mode=check_mode, **params)
        assert "Nothing was changed." in result["msg"]
        assert "REQUIRED" in result["msg"] or "no integration left" in result["msg"]
    assert organization.writes() == []


@pytest.mark.parametrize("policy", ["droppable", "kept"])
def test_role_email_of_required_type_is_removed_if_allowed(run, organization, policy):
    organization.reset(integrations=[slack("ops")], required_role_email=policy)
    result = run("subscription", notification_type=REQUIRED, integrations=["ops"], keep_read_only=False)
    assert bool(result.get("failed")) is (policy == "kept")
    assert result["changed"] is (policy == "droppable")
    assert organization.routes()[REQUIRED] == ([ADMINS] if policy == "kept" else ["ops"])
    check_then_run_twice(run, organization, notification_type=REQUIRED, integrations=["ops"])


@pytest.mark.parametrize("params", [{"integrations": ["ops"]}, {"integrations": ["ops"], "enabled": True}])
def test_type_outside_the_plan_is_refused_before_any_write(run, organization, params):
    result = run.fails("subscription", notification_type=NOT_IN_PLAN, **params)
    assert "the organization's plan does not include this notification type" in result["msg"]
    assert organization.writes() == []


def test_existing_subscription_outside_the_plan_can_be_updated(run, organization):
    organization.route(NOT_IN_PLAN, "ops")
    check_then_run_twice(run, organization, notification_type=NOT_IN_PLAN, integrations=["pager"])
    check_then_run_twice(run, organization, notification_type=NOT_IN_PLAN, enabled=False)

    result = run.fails("subscription", notification_type=NOT_IN_PLAN, enabled=True)
    assert "plan does not include" in result["msg"]


def test_misspelled_type_gives_a_suggestion(run, organization):
    result = run.fails("subscription", notification_type="Conector failed", integrations=["ops"])
    type_id = organization.ids("notification-types")["Connector failed"]
    assert "the notification type 'Conector failed' does not exist. " in result["msg"]
    assert f"Did you mean 'Connector failed' ({type_id})" in result["msg"]
    assert "notification_type_info lists the notification types" in result["msg"]
    assert organization.writes() == []


@pytest.mark.parametrize("name", ["op", "OPS", "ops ", "oops"])
def test_misspelled_integration_gives_a_suggestion(run, organization, name):
    result = run.fails("subscription", notification_type=RECOMMENDED, integrations=["pager", name])
    integration_id = organization.made()["ops"]["id"]
    expected = f"the integration {name!r} does not exist. Did you mean 'ops' ({integration_id})"
    assert expected in result["msg"]
    assert organization.writes() == []


def test_check_mode_accepts_an_integration_that_may_be_created(run, organization):
    params = {"notification_type": RECOMMENDED, "check_mode": True}
    result = run.ok("subscription", integrations=["ops", "new"], **params)
    assert result["subscription"]["integrations"][-1] == {"id": None, "display_name": "new", "kind": None}
    assert result["diff"]["after"]["integrations"] == ["Organization admins", "new", "ops"]
    assert run.warnings == [
        "The integration 'new' does not exist. "
        "Names are case-sensitive; integration_info lists the integrations. "
        "A real run fails unless an earlier task creates it."
    ]

    run.ok("subscription", integrations=["pagr"], **params)
    assert "Did you mean 'pager' (" in run.warnings[0]


def test_ambiguous_integration_name_is_an_error_with_ids(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    ids = [obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"]
    result = run.fails("subscription", notification_type=RECOMMENDED, integrations=["ops"])
    assert f"2 integrations are named 'ops': {ids[0]} (Slack), {ids[1]} (Slack)" in result["msg"]


def test_id_selects_one_of_two_subscriptions_to_a_type(run, emulator):
    emulator.reset(integrations=[slack("ops")], second_subscription="allowed")
    type_id = emulator.ids("notification-types")[RECOMMENDED]
    body = {"notification_type": {"id": type_id}, "integrations": [{"id": emulator.ids()["ops"]}]}
    emulator.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", body)
    run.ok("notification_type_info")
    ids = [
        obj["id"] for obj in emulator.objects("subscriptions") if obj["notification_type"]["id"] == type_id
    ]

    result = run.fails("subscription", notification_type=RECOMMENDED, integrations=["ops"])
    assert f"2 subscriptions are to 'Connector failed': {ids[0]}, {ids[1]}" in result["msg"]
    assert emulator.writes() == []

    run.ok("subscription", id=ids[1], state="absent")
    check_then_run_twice(run, emulator, notification_type=RECOMMENDED, integrations=["ops"])


def test_id_and_type_must_match(run, organization):
    type_id = organization.ids("notification-types")[RECOMMENDED]
    subscriptions = {
        obj["notification_type"]["id"]: obj["id"] for obj in organization.objects("subscriptions")
    }
    params = {"id": subscriptions[type_id], "notification_type": REQUIRED}
    for options in ({"integrations": ["ops"]}, {"state": "absent"}):
        result = run.fails("subscription", **params, **options)
        assert "is to 'Connector failed', not 'Payment failed'" in result["msg"]

        result = run.fails("subscription", id="s-none", integrations=["ops"])
        assert "no subscription has this ID" in result["msg"]
    assert run.ok("subscription", id="s-none", state="absent")["changed"] is False


@pytest.mark.parametrize("new_objects", ["at-once", "delayed"])
def test_subscription_created_by_another_user_is_updated(run, organization, new_objects):
    """The list does not have the subscription, but the service answers the create with 409."""
    organization.reset(
        integrations=[slack("ops"), slack("pager")], new_objects=new_objects, list_delay_ms=300
    )
    ids = organization.ids()
    body = {
        "notification_type": {"id": organization.ids("notification-types")[OPTIONAL]},
        "integrations": [{"id": ids[ADMINS]}, {"id": ids["pager"]}],
    }
    organization.meanwhile("POST", "*/subscriptions", "POST", "/subscriptions", body)

    result = run.ok("subscription", notification_type=OPTIONAL, integrations=["ops"])
    assert result["changed"] is True
    assert result["changes"] == ["integrations"]
    assert "was created by another task or user in the meantime" in run.warnings[0]
    # The read-only integration is kept although the plan did not know it.
    assert organization.routes()[OPTIONAL] == [ADMINS, "ops"]


def test_lost_create_gives_one_subscription(run, emulator):
    emulator.reset(integrations=[slack("ops")], second_subscription="allowed")
    emulator.fault("cut-after", "POST")
    run.ok("subscription", notification_type=OPTIONAL, integrations=["ops"])
    assert len(emulator.objects("subscriptions")) == 37
    assert emulator.routes()[OPTIONAL] == ["ops"]


def test_unchanged_subscription_costs_three_requests(run, organization):
    organization.route(RECOMMENDED, ADMINS, "ops")
    run.ok("subscription", notification_type=RECOMMENDED, integrations=["ops"])
    collections = ("notification-types", "integrations", "subscriptions")
    assert organization.lines() == [f"GET /{collection} -> 200" for collection in collections]


def test_type_without_subscription_counts_as_disabled(run, organization):
    assert run.ok("subscription", notification_type=OPTIONAL, enabled=False)["changed"] is False
    result = check_then_run_twice(
        run, organization, notification_type=OPTIONAL, enabled=False, integrations=["ops"]
    )
    assert result["subscription"]["current_state"] == "DISABLED"


# Unexpected responses


def page(*objects):
    return {"api_version": "notifications/v1", "kind": "List", "metadata": {}, "data": list(objects)}


def test_subscription_without_integrations_can_be_repaired(run, organization):
    organization.route(RECOMMENDED, "ops")
    run.ok("integration", display_name="ops", state="absent", when_in_use="ignore")
    assert organization.routes()[RECOMMENDED] == []

    rules = [{"notification_type": REQUIRED, "integrations": ["pager"]}]
    run.ok("subscriptions", rules=rules, disable_others=True, check_mode=True)
    check_then_run_twice(run, organization, notification_type=RECOMMENDED, enabled=False)
    result = run.fails("subscription", notification_type=RECOMMENDED, enabled=True)
    assert "no integration left" in result["msg"]
    check_then_run_twice(
        run, organization, notification_type=RECOMMENDED, enabled=True, integrations=["pager"]
    )


def test_new_disabled_subscription_outside_the_plan_is_refused(run, organization):
    params = {"notification_type": NOT_IN_PLAN, "integrations": ["ops"], "enabled": False}
    for check_mode in (True, False):
        result = run.fails("subscription", check_mode=check_mode, **params)
        assert "plan does not include" in result["msg"]
    assert organization.writes() == []


@pytest.mark.parametrize(
    "params",
    [
        {"notification_type": "", "integrations": ["ops"]},
        {"notification_type": RECOMMENDED, "integrations": [""]},
        {"notification_type": RECOMMENDED, "id": "", "state": "absent"},
        {"id": "", "state": "absent"},
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_empty_option_is_rejected(run, organization, params, check_mode):
    assert "empty" in run.fails("subscription", check_mode=check_mode, **params)["msg"]
    assert organization.writes() == []


def test_reference_may_be_a_bare_id_but_not_anything_else(run, organization):
    ids, type_id = organization.ids(), organization.ids("notification-types")[RECOMMENDED]
    subscription = {
        "id": "s-1",
        "metadata": {"self": "https://x.example/1"},
        "current_state": "ENABLED",
        "notification_type": type_id,
    }

    def list_once(**fields):
        body = page({**subscription, **fields})
        organization.fault("status", "GET", "*/subscriptions", status=200, body=body)

    list_once(integrations=[ids[ADMINS]])
    result = run.ok("subscription", notification_type=RECOMMENDED, integrations=["ops"], check_mode=True)
    assert names(result) == [ADMINS, "ops"]

    for invalid in (
        {"integrations": [5]},
        {"integrations": "i-1"},
        {"notification_type": None, "integrations": []},
    ):
        for module, params in (
            ("subscription", {"notification_type": RECOMMENDED, "integrations": ["ops"]}),
            ("subscription_info", {}),
            ("integration", {"display_name": "ops", "state": "absent"}),
        ):
            list_once(**invalid)
            assert "unexpected type of" in run.fails(module, **params)["msg"]
    assert organization.writes() == []


def test_types_with_the_same_name_are_distinguished(run, organization):
    types = [
        {
            "id": obj["id"],
            "metadata": obj["metadata"],
            "display_name": "Twin",
            "subscription_priority": "OPTIONAL",
        }
        for obj in organization.objects("notification-types")
        if obj["display_name"] in (OPTIONAL, "API key deleted")
    ]
    organization.fault("status", "GET", "*/notification-types", status=200, body=page(*types), times=3)

    for check_mode in (True, False):
        rules = [{"select": {}, "integrations": ["ops"]}]
        result = run.ok("subscriptions", rules=rules, check_mode=check_mode)
        assert len({line.split("   ")[0] for line in result["diff"]["after"].splitlines()}) == 2

    result = run.fails("subscription", notification_type="Twin", integrations=["ops"])
    assert "2 notification types are named 'Twin'" in result["msg"]


def test_type_with_invalid_fields_is_handled(run, organization):
    notification_type = {
        "id": "nt-1",
        "metadata": {"self": "https://x.example/1"},
        "display_name": None,
        "severity": 3,
        "category": ["A"],
    }
    rule = {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"], "allow_empty": True}
    for module, params in (
        ("notification_type_info", {"severities": ["FOO"], "categories": ["SERVICE"]}),
        ("subscriptions", {"rules": [rule]}),
    ):
        body = page(notification_type)
        organization.fault("status", "GET", "*/notification-types", status=200, body=body)
        run.ok(module, **params)


def test_disabled_required_subscription_can_be_updated(run, organization):
    organization.route(REQUIRED, ADMINS, state="DISABLED")
    check_then_run_twice(run, organization, notification_type=REQUIRED, integrations=["ops"])
