# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``subscriptions`` against a real server: rules for many types, and only the necessary writes."""

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


def check_then_run(run, emulator, **params):
    """Run in check mode with writes refused, then for real, and compare the results."""
    emulator.refuse_writes()
    predicted = run.ok("subscriptions", check_mode=True, **params)
    emulator.refuse_writes(False)

    result = run.ok("subscriptions", **params)
    del predicted["api"], result["api"]
    for entry in predicted["subscriptions"]:
        del entry["id"]
    for entry in result["subscriptions"]:
        assert entry.pop("id") or entry["after"] is None
    assert predicted == result
    return result


def types_of(emulator, **filters):
    """The names of the types in the plan whose fields have one of these values."""
    return {
        obj["display_name"]
        for obj in emulator.objects("notification-types")
        if obj["is_included_in_plan"] and all(obj[name] in values for name, values in filters.items())
    }


@pytest.mark.parametrize("module", ["subscriptions", "organization"])
@pytest.mark.parametrize("member", ["present", "absent"])
def test_selector_takes_resource_types(run, emulator, module, member):
    emulator.reset(integrations=[slack("ops")], resource_type=member)
    rule = {"select": {"severities": ["CRITICAL"], "resource_types": ["CONNECTOR"]}, "integrations": ["ops"]}
    option = "rules" if module == "subscriptions" else "subscriptions"
    run.ok(module, **{option: [rule]})
    routed = [name for name, integrations in emulator.routes().items() if "ops" in integrations]
    assert sorted(routed) == ["Connector failed", "Connector in FAILED state"]


def test_filter_that_the_service_ignores_selects_nothing(run, emulator):
    emulator.reset(integrations=[slack("ops")], resource_type="absent")
    every_type = {"data": emulator.objects("notification-types"), "metadata": {}}
    emulator.fault("status", path="*/notification-types", skip=1, status=200, body=every_type)
    rule = {"select": {"resource_types": ["CONNECTOR"]}, "integrations": ["ops"]}
    result = run.fails("subscriptions", rules=[rule])
    assert "the service ignores the filter `resource_type`" in result["msg"]
    assert emulator.writes() == []


def test_critical_types_are_routed_and_second_run_changes_nothing(run, organization):
    before = organization.routes()
    result = check_then_run(run, organization, rules=[CRITICAL])
    selected = types_of(organization, severity=["CRITICAL"], category=["SERVICE", "SECURITY"])
    entries = result["subscriptions"]
    assert [entry["notification_type"]["display_name"] for entry in entries] == sorted(selected)
    assert all(entry["changed"] and entry["attempted"] and entry["rules"] == [1] for entry in entries)

    routes = organization.routes()
    for name in selected:
        assert routes[name] == [*before.get(name, []), "ops", "pager"]
    assert {name: routes[name] for name in routes if name not in selected} == {
        name: before[name] for name in before if name not in selected
    }

    assert [obj["display_name"] for obj in result["not_included"]] == [
        "Flink compute pool exhausted",
        "Flink statement failed",
    ]
    reads = [line for line in organization.lines() if line.startswith("GET")]
    assert len(organization.writes()) == len(selected)
    assert len(reads) <= 3 + 3 + 1  # check mode, the run, and a check that new objects are listed

    organization.advance(1)
    count = len(organization.requests())
    second = run.ok("subscriptions", rules=[CRITICAL])
    assert second["changed"] is False
    assert second["diff"]["before"] == second["diff"]["after"]
    collections = ("notification-types", "integrations", "subscriptions")
    assert organization.lines()[count:] == [f"GET /{collection} -> 200" for collection in collections]


def test_result_shows_every_type_before_and_after(run, organization):
    result = run.ok(
        "subscriptions", rules=[{"notification_type": "Connector failed", "integrations": ["ops"]}]
    )
    [entry] = result["subscriptions"]
    assert [obj["display_name"] for obj in entry["before"]["integrations"]] == [ADMINS]
    assert [obj["display_name"] for obj in entry["after"]["integrations"]] == [ADMINS, "ops"]
    assert entry["before"]["current_state"] == entry["after"]["current_state"] == "ENABLED"
    assert entry["changes"] == ["integrations"]
    assert result["diff"] == {
        "before_header": "subscriptions",
        "after_header": "subscriptions",
        "before": f"Connector failed   ENABLED   {ADMINS}\n",
        "after": f"Connector failed   ENABLED   {ADMINS}, ops\n",
    }

    rules = [{"notification_type": "API key created", "integrations": ["ops"]}]
    [entry] = run.ok("subscriptions", rules=rules)["subscriptions"]
    assert entry["before"] is None


def test_diff_shows_only_objects_that_change(run, organization):
    """Ansible shows a unified diff with three lines of context."""
    rules = [{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops", "pager"]}]
    run.ok("subscriptions", rules=rules)
    degraded = {"notification_type": "Connector degraded", "integrations": ["pager"]}
    rules = [{**rules[0], "integrations": ["ops"]}, degraded]
    result = run.ok("subscriptions", rules=rules, check_mode=True)

    entries = [entry for entry in result["subscriptions"] if entry["changed"]]
    changed = {entry["notification_type"]["display_name"] for entry in entries}
    before, after = (result["diff"][side].splitlines() for side in ("before", "after"))
    lines = list(difflib.unified_diff(before, after, lineterm="", n=3))[2:]
    shown = [line[1:] for line in lines if not line.startswith("@@")]
    assert len(changed) > 5
    assert {line.split("   ")[0] for line in shown} == changed


def test_integrations_of_all_matching_rules_are_combined(run, organization):
    rules = [
        {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]},
        {"select": {"display_names": ["Connector *"]}, "integrations": ["data", "ops"]},
        {"notification_type": "Connector failed", "integrations": ["pager"]},
    ]
    result = check_then_run(run, organization, rules=rules)
    assert organization.routes()["Connector failed"] == [ADMINS, "ops", "data", "pager"]
    assert organization.routes()["Connector paused"] == ["data", "ops"]
    by_name = {
        entry["notification_type"]["display_name"]: entry["rules"] for entry in result["subscriptions"]
    }
    assert by_name["Connector failed"] == [1, 2, 3]
    assert by_name["Connector paused"] == [2]
    assert by_name["Payment failed"] == [1]


def test_empty_select_matches_every_type_in_the_plan(run, organization):
    run.ok("subscriptions", rules=[{"select": {}, "integrations": ["ops"]}], concurrency=8)
    assert set(organization.routes()) == types_of(organization)
    assert all("ops" in names for names in organization.routes().values())


@pytest.mark.parametrize("check_mode", [True, False])
def test_types_that_lose_channels_are_named(run, organization, check_mode):
    names = sorted(types_of(organization, severity=["CRITICAL"], category=["SERVICE"]))
    run.ok("subscriptions", rules=[{"select": {"display_names": names}, "integrations": ["ops", "pager"]}])
    assert run.warnings == []

    replaced = [{"select": {"display_names": names}, "integrations": ["ops"]}]
    run.ok("subscriptions", rules=replaced, integrations_mode="add")
    assert run.warnings == []
    run.ok("subscriptions", rules=replaced, check_mode=check_mode)
    [warning] = run.warnings
    assert warning.startswith(
        f"{len(names)} notification types lose integrations that no rule lists for them: "
    )
    assert warning.count("(pager)") == 5
    assert warning.endswith(f" and {len(names) - 5} more. To keep them, use `integrations_mode: add`.")


def test_removing_an_integration_changes_only_its_subscriptions(run, organization):
    organization.route("Connector failed", ADMINS, "ops")
    organization.route("API key created", "ops", "pager", state="DISABLED")
    rules = [{"select": {}, "integrations": ["ops"]}]
    result = check_then_run(run, organization, rules=rules, integrations_mode="remove")
    entries = [entry for entry in result["subscriptions"] if entry["changed"]]
    changed = {entry["notification_type"]["display_name"] for entry in entries}
    assert changed == {"Connector failed", "API key created"}
    assert "API key created" not in organization.routes()  # it stays disabled


def test_last_integration_of_a_type_is_not_removed(run, organization):
    organization.route("Connector failed", "ops")
    for mode, integrations in (("remove", ["ops"]), ("exact", [])):
        rules = [{"select": {"display_names": ["Connector*"]}, "integrations": integrations}]
        result = run.fails("subscriptions", rules=rules, integrations_mode=mode)
        assert "to 'Connector failed': the subscription would have no integration left" in result["msg"]
    assert organization.writes() == []


def test_disable_others_disables_all_but_selected_and_required(run, organization):
    organization.route("User invited", "data", state="DISABLED")
    selected = types_of(organization, severity=["CRITICAL"], category=["SERVICE", "SECURITY"])
    assert run.ok("subscriptions", rules=[CRITICAL])["not_disabled"] == []
    others = {"disable_others": True, "disable_critical": True}
    result = check_then_run(run, organization, rules=[CRITICAL], **others)
    required = types_of(organization, subscription_priority=["REQUIRED"])
    assert set(organization.routes()) == selected | required
    assert {obj["display_name"] for obj in result["not_disabled"]} == required - selected

    disabled = [entry for entry in result["subscriptions"] if not entry["rules"]]
    assert all(entry["after"]["current_state"] == "DISABLED" for entry in disabled)
    assert "User invited" not in {entry["notification_type"]["display_name"] for entry in disabled}
    assert run.ok("subscriptions", rules=[CRITICAL], **others)["changed"] is False

    rules = [CRITICAL, {"notification_type": "Commitment half used", "integrations": ["data"]}]
    run.ok("subscriptions", rules=rules, **others)
    assert organization.routes()["Commitment half used"] == [ADMINS, "data"]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (
            {"select": {"severities": ["CRITCAL"]}, "integrations": ["ops"]},
            "apply rule 2: `select.severities` contains 'CRITCAL', which no notification type has. "
            "Valid values: CRITICAL, INFO, WARN.",
        ),
        ({"notification_type": "Flink statement failed", "integrations": ["ops"]}, "plan does not include"),
    ],
)
def test_invalid_rule_is_named_and_prevents_all_writes(run, organization, rule, expected):
    result = run.fails("subscriptions", rules=[CRITICAL, rule])
    assert expected in result["msg"]
    assert organization.writes() == []


def test_allow_empty_accepts_a_select_without_match(run, organization):
    rules = [
        {
            "select": {"categories": ["NO_SUCH"], "display_names": ["None *"]},
            "integrations": ["ops"],
            "allow_empty": True,
        }
    ]
    assert run.ok("subscriptions", rules=rules)["subscriptions"] == []


def test_disable_others_is_rejected_with_mode_remove(run, organization):
    result = run.fails("subscriptions", rules=[CRITICAL], integrations_mode="remove", disable_others=True)
    assert "cannot be combined with" in result["msg"]
    assert organization.requests() == []


@pytest.mark.parametrize("continue_on_error", [True, False])
def test_failure_keeps_completed_items(run, organization, continue_on_error):
    organization.fault("status", "PATCH", status=403, skip=2)
    result = run.fails("subscriptions", rules=[CRITICAL], concurrency=1, continue_on_error=continue_on_error)
    assert result["changed"] is True
    assert sum("error" in entry for entry in result["subscriptions"]) == 1
    not_attempted = sum(not entry["attempted"] for entry in result["subscriptions"])
    assert (not_attempted == 0) is continue_on_error

    run.ok("subscriptions", rules=[CRITICAL])
    assert run.ok("subscriptions", rules=[CRITICAL])["changed"] is False


def test_role_email_is_removed_if_keep_read_only_is_false(run, organization):
    check_then_run(run, organization, rules=[CRITICAL], keep_read_only=False)
    assert organization.routes()["Connector failed"] == ["ops", "pager"]


def test_check_mode_works_before_integrations_exist(run, emulator):
    result = run.ok("subscriptions", rules=[CRITICAL], check_mode=True)
    assert result["changed"] is True
    assert len(run.warnings) == 2


def test_subscription_created_by_another_user_is_updated(run, organization):
    """The service refuses a second subscription, so the task updates the existing one."""
    ids = organization.ids()
    body = {
        "notification_type": {"id": organization.ids("notification-types")["ksqlDB storage almost full"]},
        "integrations": [{"id": ids[ADMINS]}, {"id": ids["data"]}],
    }
    organization.meanwhile("PATCH", "*", "POST", "/subscriptions", body)
    run.ok("subscriptions", rules=[CRITICAL], concurrency=1)
    assert organization.routes()["ksqlDB storage almost full"] == [ADMINS, "ops", "pager"]


def test_disabling_all_types_is_refused(run, organization):
    for rules in ([], [{"select": {"display_names": ["None"]}, "integrations": [], "allow_empty": True}]):
        result = run.fails("subscriptions", rules=rules, disable_others=True)
        assert "so all types would be disabled" in result["msg"]
    assert organization.writes() == []


def test_disable_others_disables_both_subscriptions_to_a_type(run, organization):
    organization.reset(integrations=[slack("ops"), slack("pager")], second_subscription="allowed")
    body = {
        "notification_type": {"id": organization.ids("notification-types")["Commitment exceeded"]},
        "integrations": [{"id": organization.ids()["ops"]}],
    }
    organization.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", body)
    run.ok("notification_type_info")
    result = run.fails("integration", display_name="ops", state="absent")
    assert "subscriptions to 'Commitment exceeded' use it" in result["msg"]
    run.ok("subscriptions", rules=[CRITICAL], disable_others=True, disable_critical=True)
    assert "Commitment exceeded" not in organization.routes()
