# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``subscription`` against a real server: who hears of one type, on both sides of what the service leaves open."""

from __future__ import annotations

import pytest

from support.emulator import slack

ADMINS = "Organization admins"
OPTIONAL, RECOMMENDED, REQUIRED, OUTSIDE = (
    "API key created",
    "Connector failed",
    "Payment failed",
    "Flink statement failed",
)


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("ops-eu")])
    return emulator


def steps(run, emulator, **params):
    """Predicted against a server that refuses writes, done, and done again; gives what was done."""
    emulator.refuse_writes()
    predicted = run.ok("subscription", check_mode=True, **params)
    emulator.refuse_writes(False)
    done = run.ok("subscription", **params)
    for name in ("changed", "changes", "diff"):
        assert predicted[name] == done[name]
    for name in ("notification_type", "integrations", "current_state"):
        assert (predicted["subscription"] or {}).get(name) == (done["subscription"] or {}).get(name)
    again = run.ok("subscription", **params)
    assert again["changed"] is False
    assert again["diff"]["before"] == again["diff"]["after"]
    return done


def names(result):
    return [each["display_name"] for each in result["subscription"]["integrations"]]


def test_a_type_that_nobody_heard_of_is_subscribed_to(run, organization):
    done = steps(run, organization, notification_type=OPTIONAL, integrations=["ops", "pager"])
    assert done["changes"] == ["notification_type", "integrations"]
    assert names(done) == ["ops", "pager"]
    assert done["subscription"]["notification_type"]["display_name"] == OPTIONAL
    assert done["subscription"]["notification_type"]["severity"] == "INFO"
    assert done["diff"]["before"] == {}
    assert done["diff"]["after"] == {"integrations": ["ops", "pager"], "current_state": "ENABLED"}
    assert organization.routes()[OPTIONAL] == ["ops", "pager"]
    assert organization.writes() == ["POST /subscriptions -> 201"]


def test_most_subscriptions_exist_so_creating_is_changing(run, organization):
    done = steps(run, organization, notification_type=RECOMMENDED, integrations=["ops"])
    assert done["changes"] == ["integrations"]
    assert [line.split()[0] for line in organization.writes()] == ["PATCH"]
    assert organization.routes()[RECOMMENDED] == [ADMINS, "ops"]


def test_ids_do_as_well_as_names(run, organization):
    type_id = organization.ids("notification-types")[RECOMMENDED]
    steps(
        run, organization, notification_type=type_id, integrations=[organization.made()["ops"]["id"], "ops"]
    )
    assert organization.routes()[RECOMMENDED] == [ADMINS, "ops"]


@pytest.mark.parametrize(
    ("mode", "keep", "after"),
    [
        ("exact", True, [ADMINS, "pager", "ops-eu"]),
        ("exact", False, ["pager", "ops-eu"]),
        ("add", True, [ADMINS, "ops", "pager", "ops-eu"]),
        ("add", False, [ADMINS, "ops", "pager", "ops-eu"]),
        ("remove", True, [ADMINS, "ops"]),
    ],
)
def test_modes_mean_what_they_say(run, organization, mode, keep, after):
    organization.route(RECOMMENDED, ADMINS, "ops", "pager")
    steps(
        run,
        organization,
        notification_type=RECOMMENDED,
        integrations=["pager", "ops-eu"],
        integrations_mode=mode,
        keep_read_only=keep,
    )
    assert organization.routes()[RECOMMENDED] == after


def test_removing_what_is_not_there_or_from_what_is_not_subscribed_to_changes_nothing(run, organization):
    for name in (RECOMMENDED, OPTIONAL):
        assert (
            run.ok("subscription", notification_type=name, integrations=["ops"], integrations_mode="remove")[
                "changed"
            ]
            is False
        )
    assert organization.writes() == []


def test_what_is_read_only_is_removed_only_if_that_is_said(run, organization):
    organization.route(RECOMMENDED, ADMINS, "ops")
    params = {"notification_type": RECOMMENDED, "integrations": [ADMINS], "integrations_mode": "remove"}
    assert "`keep_read_only` keeps it" in run.fails("subscription", **params)["msg"]
    assert organization.writes() == []
    steps(run, organization, keep_read_only=False, **params)
    assert organization.routes()[RECOMMENDED] == ["ops"]


def test_what_is_omitted_is_left(run, organization):
    organization.route(RECOMMENDED, "ops", state="DISABLED")
    assert run.ok("subscription", notification_type=RECOMMENDED)["changed"] is False
    assert run.warnings == [
        "The subscription to 'Connector failed' is disabled, so nobody is notified. Set `enabled: true` to enable it."
    ]
    steps(run, organization, notification_type=RECOMMENDED, integrations=["pager"], enabled=True)
    assert organization.routes()[RECOMMENDED] == ["pager"]
    done = steps(run, organization, notification_type=RECOMMENDED, enabled=False)
    assert (done["changes"], names(done)) == (["current_state"], ["pager"])
    assert run.warnings == []


def test_a_subscription_is_deleted_once(run, organization):
    done = steps(run, organization, notification_type=RECOMMENDED, state="absent")
    assert (done["changed"], done["subscription"]) == (True, None)
    assert done["diff"]["after"] == {}
    assert RECOMMENDED not in organization.routes()


@pytest.mark.parametrize(
    "params", [{"state": "absent"}, {"enabled": False}, {"integrations": [], "keep_read_only": False}]
)
def test_a_required_type_is_always_heard_of(run, organization, params):
    for check_mode in (True, False):
        result = run.fails("subscription", notification_type=REQUIRED, check_mode=check_mode, **params)
        assert "Nothing was changed." in result["msg"]
        assert "REQUIRED" in result["msg"] or "no integration left" in result["msg"]
    assert organization.writes() == []


@pytest.mark.parametrize("side", ["droppable", "kept"])
def test_the_e_mail_of_a_required_type_goes_where_the_service_lets_it(run, organization, side):
    organization.reset(integrations=[slack("ops")], required_role_email=side)
    result = run("subscription", notification_type=REQUIRED, integrations=["ops"], keep_read_only=False)
    assert bool(result.get("failed")) is (side == "kept")
    assert result["changed"] is (side == "droppable")
    assert organization.routes()[REQUIRED] == ([ADMINS] if side == "kept" else ["ops"])
    steps(run, organization, notification_type=REQUIRED, integrations=["ops"])


@pytest.mark.parametrize("params", [{"integrations": ["ops"]}, {"integrations": ["ops"], "enabled": True}])
def test_a_type_outside_of_the_plan_is_refused_before_any_write(run, organization, params):
    result = run.fails("subscription", notification_type=OUTSIDE, **params)
    assert "the organization's plan does not include this notification type" in result["msg"]
    assert organization.writes() == []


def test_what_was_subscribed_to_before_the_plan_changed_can_be_left_or_changed(run, organization):
    organization.route(OUTSIDE, "ops")
    steps(run, organization, notification_type=OUTSIDE, integrations=["pager"])
    steps(run, organization, notification_type=OUTSIDE, enabled=False)
    assert (
        "plan does not include" in run.fails("subscription", notification_type=OUTSIDE, enabled=True)["msg"]
    )


def test_a_misspelt_type_is_an_error_that_says_what_is_near(run, organization):
    result = run.fails("subscription", notification_type="Conector failed", integrations=["ops"])
    ids = organization.ids("notification-types")
    assert (
        f"the notification type 'Conector failed' does not exist. Did you mean 'Connector failed' ({ids['Connector failed']})"
        in result["msg"]
    )
    assert "notification_type_info lists the notification types" in result["msg"]
    assert organization.writes() == []


@pytest.mark.parametrize("wrong", ["op", "OPS", "ops ", "oops"])
def test_a_misspelt_integration_is_an_error_that_says_what_is_near(run, organization, wrong):
    result = run.fails("subscription", notification_type=RECOMMENDED, integrations=["pager", wrong])
    assert (
        f"the integration {wrong!r} does not exist. Did you mean 'ops' ({organization.made()['ops']['id']})"
        in result["msg"]
    )
    assert organization.writes() == []


def test_in_check_mode_an_integration_may_be_about_to_come(run, organization):
    result = run.ok(
        "subscription", notification_type=RECOMMENDED, integrations=["ops", "new"], check_mode=True
    )
    assert result["subscription"]["integrations"][-1] == {"id": None, "display_name": "new", "kind": None}
    assert result["diff"]["after"]["integrations"] == ["Organization admins", "new", "ops"]
    assert run.warnings == [
        "In this check, the integration 'new' does not exist. Names are case-sensitive; integration_info lists the integrations. The real run fails unless an earlier task creates it."
    ]
    run.ok("subscription", notification_type=RECOMMENDED, integrations=["pagr"], check_mode=True)
    assert "Did you mean 'pager' (" in run.warnings[0]


def test_two_integrations_of_a_name_are_an_error_with_their_ids(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    ids = [each["id"] for each in emulator.objects() if each["display_name"] == "ops"]
    result = run.fails("subscription", notification_type=RECOMMENDED, integrations=["ops"])
    assert f"2 integrations are named 'ops': {ids[0]} (Slack), {ids[1]} (Slack)" in result["msg"]


def test_two_subscriptions_to_a_type_are_told_apart_by_id(run, emulator):
    emulator.reset(integrations=[slack("ops")], second_subscription="allowed")
    of_type = emulator.ids("notification-types")[RECOMMENDED]
    again = {"notification_type": {"id": of_type}, "integrations": [{"id": emulator.ids()["ops"]}]}
    emulator.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", again)
    run.ok("notification_type_info")
    ids = [
        each["id"] for each in emulator.objects("subscriptions") if each["notification_type"]["id"] == of_type
    ]
    result = run.fails("subscription", notification_type=RECOMMENDED, integrations=["ops"])
    assert f"2 subscriptions are to 'Connector failed': {ids[0]}, {ids[1]}" in result["msg"]
    assert emulator.writes() == []
    run.ok("subscription", id=ids[1], state="absent")
    steps(run, emulator, notification_type=RECOMMENDED, integrations=["ops"])


def test_an_id_and_a_type_have_to_be_of_the_same_subscription(run, organization):
    of_type = {each["notification_type"]["id"]: each["id"] for each in organization.objects("subscriptions")}
    params = {
        "id": of_type[organization.ids("notification-types")[RECOMMENDED]],
        "notification_type": REQUIRED,
    }
    for more in ({"integrations": ["ops"]}, {"state": "absent"}):
        result = run.fails("subscription", **params, **more)
        assert "is to 'Connector failed', not 'Payment failed'" in result["msg"]
    assert (
        "no subscription has this ID" in run.fails("subscription", id="s-none", integrations=["ops"])["msg"]
    )
    assert run.ok("subscription", id="s-none", state="absent")["changed"] is False


@pytest.mark.parametrize("new_objects", ["at-once", "delayed"])
def test_a_type_that_somebody_else_subscribes_to_meanwhile_is_changed_instead(run, organization, new_objects):
    """The list says that there is none, and then the service says that there is one: 409."""
    organization.reset(
        integrations=[slack("ops"), slack("pager")], new_objects=new_objects, list_delay_ms=300
    )
    ids = organization.ids()
    theirs = {
        "notification_type": {"id": organization.ids("notification-types")[OPTIONAL]},
        "integrations": [{"id": ids[ADMINS]}, {"id": ids["pager"]}],
    }
    organization.meanwhile("POST", "*/subscriptions", "POST", "/subscriptions", theirs)
    done = run.ok("subscription", notification_type=OPTIONAL, integrations=["ops"])
    assert done["changed"] is True
    assert done["changes"] == ["integrations"]
    assert "was created by another task or user in the meantime" in run.warnings[0]
    assert organization.routes()[OPTIONAL] == [
        ADMINS,
        "ops",
    ]  # what is read-only is kept although the plan had not seen it


def test_a_lost_answer_to_a_creation_subscribes_once(run, emulator):
    emulator.reset(integrations=[slack("ops")], second_subscription="allowed")
    emulator.fault("cut-after", "POST")
    run.ok("subscription", notification_type=OPTIONAL, integrations=["ops"])
    assert len(emulator.objects("subscriptions")) == 37
    assert emulator.routes()[OPTIONAL] == ["ops"]


def test_three_reads_and_no_more_when_nothing_changes(run, organization):
    organization.route(RECOMMENDED, ADMINS, "ops")
    run.ok("subscription", notification_type=RECOMMENDED, integrations=["ops"])
    assert organization.lines() == [
        f"GET /{each} -> 200" for each in ("notification-types", "integrations", "subscriptions")
    ]


def test_what_nobody_hears_of_is_disabled_already(run, organization):
    assert run.ok("subscription", notification_type=OPTIONAL, enabled=False)["changed"] is False
    done = steps(run, organization, notification_type=OPTIONAL, enabled=False, integrations=["ops"])
    assert done["subscription"]["current_state"] == "DISABLED"


# What the service may answer, and nobody expects


def page(*objects):
    return {"api_version": "notifications/v1", "kind": "List", "metadata": {}, "data": list(objects)}


def test_a_subscription_without_an_integration_can_be_disabled_and_given_one(run, organization):
    organization.route(RECOMMENDED, "ops")
    run.ok("integration", display_name="ops", state="absent", when_in_use="ignore")
    assert organization.routes()[RECOMMENDED] == []
    rules = [{"notification_type": REQUIRED, "integrations": ["pager"]}]
    run.ok("subscriptions", rules=rules, disable_others=True, check_mode=True)
    steps(run, organization, notification_type=RECOMMENDED, enabled=False)
    assert (
        "no integration left" in run.fails("subscription", notification_type=RECOMMENDED, enabled=True)["msg"]
    )
    steps(run, organization, notification_type=RECOMMENDED, enabled=True, integrations=["pager"])


def test_a_new_subscription_to_a_type_outside_of_the_plan_is_refused_even_disabled(run, organization):
    for check_mode in (True, False):
        params = {
            "notification_type": OUTSIDE,
            "integrations": ["ops"],
            "enabled": False,
            "check_mode": check_mode,
        }
        assert "plan does not include" in run.fails("subscription", **params)["msg"]
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
def test_an_empty_text_means_nothing(run, organization, params, check_mode):
    assert "empty" in run.fails("subscription", check_mode=check_mode, **params)["msg"]
    assert organization.writes() == []


def test_references_may_be_bare_ids_and_nothing_is_decided_by_what_cannot_be_told(run, organization):
    ids, type_id = organization.ids(), organization.ids("notification-types")[RECOMMENDED]
    whole = {
        "id": "s-1",
        "metadata": {"self": "https://x.example/1"},
        "current_state": "ENABLED",
        "notification_type": type_id,
    }
    organization.fault(
        "status", "GET", "*/subscriptions", status=200, body=page({**whole, "integrations": [ids[ADMINS]]})
    )
    done = run.ok("subscription", notification_type=RECOMMENDED, integrations=["ops"], check_mode=True)
    assert names(done) == [ADMINS, "ops"]
    for strange in (
        {"integrations": [5]},
        {"integrations": "i-1"},
        {"notification_type": None, "integrations": []},
    ):
        for module, params in (
            ("subscription", {"notification_type": RECOMMENDED, "integrations": ["ops"]}),
            ("subscription_info", {}),
            ("integration", {"display_name": "ops", "state": "absent"}),
        ):
            organization.fault(
                "status", "GET", "*/subscriptions", status=200, body=page({**whole, **strange})
            )
            assert "cannot be read from the response" in run.fails(module, **params)["msg"]
    assert organization.writes() == []


def test_two_new_types_of_one_name_are_told_apart(run, organization):
    twins = [
        {
            "id": each["id"],
            "metadata": each["metadata"],
            "display_name": "Twin",
            "subscription_priority": "OPTIONAL",
        }
        for each in organization.objects("notification-types")
        if each["display_name"] in (OPTIONAL, "API key deleted")
    ]
    organization.fault("status", "GET", "*/notification-types", status=200, body=page(*twins), times=2)
    for check_mode in (True, False):
        done = run.ok("subscriptions", rules=[{"select": {}, "integrations": ["ops"]}], check_mode=check_mode)
        assert len({line.split("   ")[0] for line in done["diff"]["after"].splitlines()}) == 2
    organization.fault("status", "GET", "*/notification-types", status=200, body=page(*twins))
    assert (
        "2 notification types are named 'Twin'"
        in run.fails("subscription", notification_type="Twin", integrations=["ops"])["msg"]
    )


def test_members_that_are_no_text_break_nothing(run, organization):
    strange = {
        "id": "nt-1",
        "metadata": {"self": "https://x.example/1"},
        "display_name": None,
        "severity": 3,
        "category": ["A"],
    }
    for module, params in (
        ("notification_type_info", {"severities": ["FOO"], "categories": ["SERVICE"]}),
        (
            "subscriptions",
            {
                "rules": [
                    {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"], "allow_empty": True}
                ]
            },
        ),
    ):
        organization.fault("status", "GET", "*/notification-types", status=200, body=page(strange))
        run.ok(module, **params)


def test_what_is_required_and_disabled_already_can_be_changed(run, organization):
    organization.route(REQUIRED, ADMINS, state="DISABLED")
    steps(run, organization, notification_type=REQUIRED, integrations=["ops"])
