# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``subscriptions`` against a real server: rules over the whole catalogue, and only the needed writes."""

from __future__ import annotations

import difflib

import pytest

from support.emulator import slack

ADMINS = "Organization admins"
CRITICAL = {
    "select": {"severities": ["CRITICAL"], "categories": ["SERVICE", "SECURITY"]},
    "integrations": ["ops", "pager"],
}


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("data")])
    return emulator


def predicted_then_done(run, emulator, **params):
    emulator.refuse_writes()
    predicted = run.ok("subscriptions", check_mode=True, **params)
    emulator.refuse_writes(False)
    done = run.ok("subscriptions", **params)
    for result in (predicted, done):
        del result["api"]
    for each in predicted["subscriptions"]:
        del each["id"]
    assert all(bool(each.pop("id")) or each["after"] is None for each in done["subscriptions"])
    assert predicted == done
    return done


def types_of(emulator, **wanted):
    """The names of the types that the plan includes and that have these members."""
    listed = emulator.objects("notification-types")
    return {
        each["display_name"]
        for each in listed
        if each["is_included_in_plan"] and all(each[name] in some for name, some in wanted.items())
    }


def test_all_that_is_critical_goes_to_two_channels_and_a_second_run_changes_nothing(run, organization):
    before = organization.routes()
    done = predicted_then_done(run, organization, rules=[CRITICAL])
    selected = types_of(organization, severity=["CRITICAL"], category=["SERVICE", "SECURITY"])
    assert [each["notification_type"]["display_name"] for each in done["subscriptions"]] == sorted(selected)
    assert all(
        each["changed"] and each["attempted"] and each["rules"] == [1] for each in done["subscriptions"]
    )
    routes = organization.routes()
    for name in selected:
        assert routes[name] == [*before.get(name, []), "ops", "pager"]
    assert {name: routes[name] for name in routes if name not in selected} == {
        name: before[name] for name in before if name not in selected
    }
    assert [each["display_name"] for each in done["not_in_plan"]] == [
        "Flink compute pool exhausted",
        "Flink statement failed",
    ]
    reads = [line for line in organization.lines() if line.startswith("GET")]
    assert len(organization.writes()) == len(selected)
    assert len(reads) <= 3 + 3 + 1  # predicted, done, and one look that what was created is listed

    organization.advance(1)
    seen = len(organization.requests())
    again = run.ok("subscriptions", rules=[CRITICAL])
    assert again["changed"] is False
    assert again["diff"]["before"] == again["diff"]["after"]
    assert organization.lines()[seen:] == [
        f"GET /{each} -> 200" for each in ("notification-types", "integrations", "subscriptions")
    ]


def test_what_became_of_a_type_is_said_before_and_after(run, organization):
    done = run.ok("subscriptions", rules=[{"notification_type": "Connector failed", "integrations": ["ops"]}])
    [entry] = done["subscriptions"]
    assert [each["display_name"] for each in entry["before"]["integrations"]] == [ADMINS]
    assert [each["display_name"] for each in entry["after"]["integrations"]] == [ADMINS, "ops"]
    assert entry["before"]["current_state"] == entry["after"]["current_state"] == "ENABLED"
    assert entry["changes"] == ["integrations"]
    assert done["diff"] == {
        "before_header": "subscriptions",
        "after_header": "subscriptions",
        "before": f"Connector failed   ENABLED   {ADMINS}\n",
        "after": f"Connector failed   ENABLED   {ADMINS}, ops\n",
    }
    [entry] = run.ok(
        "subscriptions", rules=[{"notification_type": "API key created", "integrations": ["ops"]}]
    )["subscriptions"]
    assert entry["before"] is None


def test_every_hunk_of_a_diff_is_about_objects_that_change(run, organization):
    """As Ansible shows it: a unified diff with three lines around each change."""
    rules = [{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops", "pager"]}]
    run.ok("subscriptions", rules=rules)
    odd = {"notification_type": "Connector degraded", "integrations": ["pager"]}
    done = run.ok("subscriptions", rules=[{**rules[0], "integrations": ["ops"]}, odd], check_mode=True)
    changing = {
        each["notification_type"]["display_name"] for each in done["subscriptions"] if each["changed"]
    }
    before, after = (done["diff"][when].splitlines() for when in ("before", "after"))
    shown = [
        line[1:]
        for line in list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
        if not line.startswith("@@")
    ]
    assert len(changing) > 5
    assert {line.split("   ")[0] for line in shown} == changing


def test_rules_add_up(run, organization):
    rules = [
        {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]},
        {"select": {"display_names": ["Connector *"]}, "integrations": ["data", "ops"]},
        {"notification_type": "Connector failed", "integrations": ["pager"]},
    ]
    done = predicted_then_done(run, organization, rules=rules)
    assert organization.routes()["Connector failed"] == [ADMINS, "ops", "data", "pager"]
    assert organization.routes()["Connector paused"] == ["data", "ops"]
    by_name = {each["notification_type"]["display_name"]: each["rules"] for each in done["subscriptions"]}
    assert (by_name["Connector failed"], by_name["Connector paused"], by_name["Payment failed"]) == (
        [1, 2, 3],
        [2],
        [1],
    )


def test_an_empty_selector_selects_everything_that_the_plan_includes(run, organization):
    run.ok("subscriptions", rules=[{"select": {}, "integrations": ["ops"]}], concurrency=8)
    assert set(organization.routes()) == types_of(organization)
    assert all("ops" in going for going in organization.routes().values())


@pytest.mark.parametrize(
    ("mode", "after"),
    [("exact", [ADMINS, "pager"]), ("add", [ADMINS, "ops", "pager"]), ("remove", [ADMINS, "ops"])],
)
def test_modes_apply_to_the_sum(run, organization, mode, after):
    organization.route("Connector failed", ADMINS, "ops")
    rules = [{"notification_type": "Connector failed", "integrations": ["pager"]}]
    predicted_then_done(run, organization, rules=rules, integrations_mode=mode)
    assert organization.routes()["Connector failed"] == after
    assert run.ok("subscriptions", rules=rules, integrations_mode=mode)["changed"] is False


def test_removing_a_channel_everywhere_touches_only_where_it_is(run, organization):
    organization.route("Connector failed", ADMINS, "ops")
    organization.route("API key created", "ops", "pager", state="DISABLED")
    rules = [{"select": {}, "integrations": ["ops"]}]
    done = predicted_then_done(run, organization, rules=rules, integrations_mode="remove")
    changed = {each["notification_type"]["display_name"] for each in done["subscriptions"] if each["changed"]}
    assert changed == {"Connector failed", "API key created"}
    assert "API key created" not in organization.routes()  # it stays disabled


def test_a_channel_that_is_all_that_a_type_has_is_not_removed(run, organization):
    organization.route("Connector failed", "ops")
    for mode, integrations in (("remove", ["ops"]), ("exact", [])):
        rules = [{"select": {"display_names": ["Connector*"]}, "integrations": integrations}]
        result = run.fails("subscriptions", rules=rules, integrations_mode=mode)
        assert "to 'Connector failed': the subscription would have no integration left" in result["msg"]
    assert organization.writes() == []


def test_others_are_disabled_only_if_that_is_asked_for_and_never_what_is_required(run, organization):
    organization.route("User invited", "data", state="DISABLED")
    selected = types_of(organization, severity=["CRITICAL"], category=["SERVICE", "SECURITY"])
    assert run.ok("subscriptions", rules=[CRITICAL])["not_disabled"] == []
    done = predicted_then_done(run, organization, rules=[CRITICAL], disable_others=True)
    required = types_of(organization, subscription_priority=["REQUIRED"])
    assert set(organization.routes()) == selected | required
    assert {each["display_name"] for each in done["not_disabled"]} == required - selected
    disabled = [each for each in done["subscriptions"] if not each["rules"]]
    assert all(each["after"]["current_state"] == "DISABLED" for each in disabled)
    assert "User invited" not in {each["notification_type"]["display_name"] for each in disabled}
    assert run.ok("subscriptions", rules=[CRITICAL], disable_others=True)["changed"] is False

    rules = [CRITICAL, {"notification_type": "Commitment half used", "integrations": ["data"]}]
    run.ok("subscriptions", rules=rules, disable_others=True)
    assert organization.routes()["Commitment half used"] == [ADMINS, "data"]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        (
            {"select": {"severities": ["CRITCAL"]}, "integrations": ["ops"]},
            "apply rule 2: no notification type has 'CRITCAL', the value of `select.severities`. Valid values: CRITICAL, INFO, WARN.",
        ),
        ({"select": {"severities": ["CRITICAL", "CRITCAL"]}, "integrations": ["ops"]}, "'CRITCAL'"),
        (
            {"select": {"categories": ["GOVERNANCE"], "severities": ["CRITICAL"]}, "integrations": ["ops"]},
            "matches no notification type",
        ),
        (
            {"select": {"display_names": ["Conector *"]}, "integrations": ["ops"]},
            "no notification type is named 'Conector *'",
        ),
        (
            {"notification_type": "Connector failled", "integrations": ["ops"]},
            "Did you mean 'Connector failed' (",
        ),
        ({"select": {}, "integrations": ["ops-slak"]}, "the integration 'ops-slak' does not exist"),
        ({"notification_type": "Flink statement failed", "integrations": ["ops"]}, "plan does not include"),
        ({"integrations": ["ops"]}, "rules[1]: one of select, notification_type is required."),
        (
            {"notification_type": "x", "select": {}, "integrations": ["ops"]},
            "rules[1]: select and notification_type exclude each other.",
        ),
        ({"select": {"severity": ["CRITICAL"]}, "integrations": ["ops"]}, "severity"),
    ],
)
def test_a_wrong_rule_is_named_and_nothing_is_written(run, organization, rule, said):
    result = run.fails("subscriptions", rules=[CRITICAL, rule])
    assert said in result["msg"]
    assert organization.writes() == []


def test_a_selector_may_be_empty_if_that_is_said(run, organization):
    rules = [
        {
            "select": {"categories": ["NO_SUCH"], "display_names": ["None *"]},
            "integrations": ["ops"],
            "allow_empty": True,
        }
    ]
    assert run.ok("subscriptions", rules=rules)["subscriptions"] == []


def test_disabling_others_while_removing_makes_no_sense(run, organization):
    result = run.fails("subscriptions", rules=[CRITICAL], integrations_mode="remove", disable_others=True)
    assert "makes no sense" in result["msg"]
    assert organization.requests() == []


@pytest.mark.parametrize("concurrency", [0, 17])
def test_numbers_out_of_range_are_refused(run, organization, concurrency):
    assert (
        f"`concurrency` is {concurrency}"
        in run.fails("subscriptions", rules=[CRITICAL], concurrency=concurrency)["msg"]
    )


@pytest.mark.parametrize("continue_on_error", [True, False])
def test_a_failure_midway_keeps_what_was_done(run, organization, continue_on_error):
    organization.fault("status", "PATCH", status=403, skip=2)
    result = run.fails("subscriptions", rules=[CRITICAL], concurrency=1, continue_on_error=continue_on_error)
    assert result["changed"] is True
    assert sum("error" in each for each in result["subscriptions"]) == 1
    unattempted = sum(not each["attempted"] for each in result["subscriptions"])
    assert (unattempted == 0) is continue_on_error
    run.ok("subscriptions", rules=[CRITICAL])
    assert run.ok("subscriptions", rules=[CRITICAL])["changed"] is False


def test_keeping_the_e_mail_can_be_given_up(run, organization):
    predicted_then_done(run, organization, rules=[CRITICAL], keep_read_only=False)
    assert organization.routes()["Connector failed"] == ["ops", "pager"]


def test_a_fresh_organization_can_be_checked_before_its_channels_exist(run, emulator):
    result = run.ok("subscriptions", rules=[CRITICAL], check_mode=True)
    assert result["changed"] is True
    assert len(run.warnings) == 2


def test_two_subscriptions_to_a_type_are_an_error_with_their_ids(run, organization):
    organization.reset(integrations=[slack("ops"), slack("pager")], second_subscription="allowed")
    again = {
        "notification_type": {"id": organization.ids("notification-types")["Connector failed"]},
        "integrations": [{"id": organization.ids()["ops"]}],
    }
    organization.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", again)
    result = run.fails("subscriptions", rules=[CRITICAL])
    assert "2 subscriptions are to 'Connector failed': s-" in result["msg"]
    assert organization.writes() == []


def test_somebody_else_in_the_middle_is_met_and_not_doubled(run, organization):
    """Both sides of the policy: where the service refuses a second one, the first is changed; see also the module `subscription`."""
    ids = organization.ids()
    theirs = {
        "notification_type": {"id": organization.ids("notification-types")["ksqlDB storage almost full"]},
        "integrations": [{"id": ids[ADMINS]}, {"id": ids["data"]}],
    }
    organization.meanwhile("PATCH", "*", "POST", "/subscriptions", theirs)
    run.ok("subscriptions", rules=[CRITICAL], concurrency=1)
    assert organization.routes()["ksqlDB storage almost full"] == [ADMINS, "ops", "pager"]


def test_disabling_everything_by_mistake_is_refused(run, organization):
    for rules in ([], [{"select": {"display_names": ["None"]}, "integrations": [], "allow_empty": True}]):
        result = run.fails("subscriptions", rules=rules, disable_others=True)
        assert "so all types would be disabled" in result["msg"]
    assert organization.writes() == []


def test_two_subscriptions_to_a_type_that_no_rule_selects_are_both_disabled(run, organization):
    organization.reset(integrations=[slack("ops"), slack("pager")], second_subscription="allowed")
    again = {
        "notification_type": {"id": organization.ids("notification-types")["Commitment exceeded"]},
        "integrations": [{"id": organization.ids()["ops"]}],
    }
    organization.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", again)
    run.ok("notification_type_info")
    result = run.fails("integration", display_name="ops", state="absent")
    assert "subscriptions to 'Commitment exceeded' use it" in result["msg"]
    run.ok("subscriptions", rules=[CRITICAL], disable_others=True)
    assert "Commitment exceeded" not in organization.routes()
