# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``organization`` and ``organization_info``: one plan for all resources."""

from __future__ import annotations

import json
import re

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import Collection
from ansible_collections.ccloud.notifications.plugins.module_utils._organization.limits import ChangeLimit
from ansible_collections.ccloud.notifications.plugins.module_utils._organization.state import (
    OrganizationState,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.catalog import Catalog
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import INTEGRATIONS
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.notification_types import (
    NOTIFICATION_TYPES,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.subscriptions import (
    Subscriptions,
)
from support.emulator import slack

#: The emulated organization.
ORGANIZATION = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"
FAILED, DEGRADED, OPTIONAL = "Connector failed", "Connector degraded", "API key created"
CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}


def channel(name, **options):
    return {
        "display_name": name,
        "target": {"kind": "Slack", "webhook_url": slack(name)["target"]["webhook_url"]},
        **options,
    }


def route(notification_type, *integrations):
    return {"notification_type": notification_type, "integrations": list(integrations)}


DESIRED = {
    "integrations": [channel("ops"), channel("pager")],
    "subscriptions": [
        {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops", "pager"]},
        route(OPTIONAL, "ops"),
    ],
    "resource_preferences": [{"resource": CONNECTOR, "enabled": False}],
    "resource_subscriptions": [
        {"resource": CONNECTOR, "notification_type": FAILED, "integrations": ["pager"]}
    ],
}


def counts(result):
    """The number of objects for each outcome, over all resources."""
    total = {}
    for summary in result["summary"].values():
        for outcome, count in summary.items():
            total[outcome] = total.get(outcome, 0) + count
    return total


def test_empty_organization_is_configured_in_one_run(run, emulator):
    emulator.refuse_writes()
    predicted = run.ok("organization", check_mode=True, **DESIRED)
    emulator.refuse_writes(False)

    result = run.ok("organization", **DESIRED)
    assert run.warnings == []
    assert predicted["plan"] == result["plan"]
    assert predicted["summary"] == result["summary"]
    assert predicted["diff"] == result["diff"]
    assert predicted["organization"] == result["organization"]
    assert result["organization"] == {"id": ORGANIZATION, "endpoint": emulator.url}

    assert set(emulator.made()) == {"ops", "pager"}
    assert emulator.routes()[FAILED] == ["Organization admins", "ops", "pager"]
    assert emulator.routes()[OPTIONAL] == ["ops"]
    assert [obj["current_state"] for obj in emulator.objects("resource-preferences")] == ["DISABLED"]
    assert len(emulator.objects("resource-subscriptions")) == 1
    assert result["tested"] == [{"display_name": name, "sent": True} for name in ("ops", "pager")]
    assert predicted["tested"] == []
    assert "hooks.slack.example" not in json.dumps([predicted, result])


def test_second_run_changes_nothing_and_reads_each_collection_once(run, emulator):
    run.ok("organization", **DESIRED)
    before = len(emulator.requests())
    second = run.ok("organization", **DESIRED)
    assert not second["changed"]
    assert second["plan"]["text"] == [
        "No changes. The organization matches the configuration.",
        second["plan"]["text"][-1],
    ]
    assert second["plan"]["text"][-1].startswith("Not managed: ")
    assert sorted(emulator.lines()[before:]) == [
        "GET /integrations -> 200",
        "GET /notification-types -> 200",
        "GET /resource-preferences:lookup -> 200",
        "GET /resource-subscriptions:lookup -> 200",
        "GET /subscriptions -> 200",
    ]
    assert second["plan"]["requests"] == 5


def test_a_rule_that_left_the_file_is_named_as_not_managed(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    run.ok("organization", subscriptions=[route(FAILED, "ops"), route(OPTIONAL, "ops")])
    result = run.ok("organization", subscriptions=[route(FAILED, "ops")])
    assert not result["changed"]
    assert f"1 type with channels that no rule selects ('{OPTIONAL}')" in result["plan"]["unmanaged"]
    assert f"no rule selects ('{OPTIONAL}')" in result["plan"]["text"][-1]


def test_plan_is_readable_and_names_every_change(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("old")])
    emulator.route(FAILED, "Organization admins", "old")
    plan = run.ok(
        "organization",
        check_mode=True,
        integrations=[channel("ops", description="New"), channel("pager")],
        subscriptions=[route(FAILED, "ops", "pager")],
        purge=True,
    )["plan"]
    assert plan["text"] == [
        "~ integration ops                 Slack   ******** -> Slack   ********   New",
        "+ integration pager               Slack   ********",
        "~ subscription Connector failed   ENABLED   Organization admins, +ops, +pager, -old",
        "- integration old                 Slack   ********   (purge)",
        "",
        "Plan: 1 to create, 2 to change, 1 to delete, 0 unchanged.",
        plan["text"][-1],
    ]
    assert plan["summary"] == {
        "to_create": 1,
        "to_change": 2,
        "to_delete": 1,
        "unchanged": 0,
    }
    assert [(change["action"], change["name"], change["rules"]) for change in plan["changes"]] == [
        ("update", "ops", []),
        ("create", "pager", []),
        ("update", FAILED, [1]),
        ("delete", "old", []),
    ]


def test_text_of_a_change_marks_only_integrations(run, emulator):
    """A description may contain commas, and a subscription may lose its last integration."""
    emulator.reset(integrations=[slack("ops", description="b, Old text, a")])
    emulator.route(FAILED, "ops")
    text = run.ok(
        "organization",
        check_mode=True,
        integrations=[channel("ops", description="b, New text, c")],
        subscriptions=[route(FAILED, "Organization admins")],
        silence_limit=1,
    )["plan"]["text"]
    assert text[:2] == [
        "~ integration ops                 "
        "Slack   ********   b, Old text, a -> Slack   ********   b, New text, c",
        "~ subscription Connector failed   ENABLED   +Organization admins, -ops",
    ]


# Checksum


def test_only_the_reviewed_plan_is_applied(run, emulator):
    reviewed = run.ok("organization", check_mode=True, **DESIRED)["plan"]["checksum"]
    emulator.meanwhile("GET", "*/integrations", "POST", "/integrations", slack("another"))
    result = run.fails("organization", expected_checksum=reviewed, purge=True, **DESIRED)
    assert result["error"]["type"] == "plan_changed"
    assert emulator.writes() == []
    assert run.ok("organization", expected_checksum=reviewed, **DESIRED)["changed"]


def test_checksum_depends_on_changes_and_not_on_secrets(run, emulator):
    def checksum(url, name="ops"):
        item = {"display_name": name, "target": {"kind": "Slack", "webhook_url": url}}
        return run.ok("organization", check_mode=True, integrations=[item])["plan"]["checksum"]

    first = checksum("https://hooks.slack.example/a")
    assert checksum("https://hooks.slack.example/b") == first
    assert checksum("https://hooks.slack.example/a", "other") != first


def test_failure_names_the_changes_that_were_not_reviewed(run, emulator):
    reviewed = run.ok("organization", check_mode=True, **DESIRED)["plan"]
    assert run.ok("organization", check_mode=True, expected_plan=reviewed, **DESIRED)["changed"]
    emulator.reset(integrations=[slack("ops"), slack("another")])
    result = run.fails("organization", expected_plan=reviewed, purge=True, **DESIRED)
    assert result["error"]["type"] == "plan_changed"
    assert (
        "these changes were not reviewed: 'delete integration another: Slack   ********   (purge)'; "
        in (result["msg"])
    )
    assert "these reviewed changes are no longer planned: 'create integration ops: Slack" in result["msg"]
    assert result["plan"]["checksum"] != reviewed["checksum"]
    assert emulator.writes() == []


# Safety rules


@pytest.fixture
def routed_organization(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("data-lake")])
    emulator.route(FAILED, "Organization admins", "pager")
    emulator.route(DEGRADED, "Organization admins", "ops", "pager")
    return emulator


def test_silencing_types_is_refused_beyond_the_limit(run, routed_organization):
    rules = [{"notification_type": name, "integrations": []} for name in (FAILED, DEGRADED)]
    result = run.fails("organization", subscriptions=rules)
    assert result["error"]["type"] == "silence_limit_exceeded"
    assert "2 types would lose their last channel or recipient, but `silence_limit` is 0: " in result["msg"]
    assert "'Connector degraded', 'Connector failed'." in result["msg"]
    assert run.fails("organization", subscriptions=rules, silence_limit=1)["failed"]
    assert run.ok("organization", subscriptions=rules, silence_limit=2)["changed"]


def test_change_limit_does_not_count_added_channels(run, routed_organization):
    rules = [route(FAILED, "ops", "pager"), route(DEGRADED, "ops", "pager")]
    assert run.ok("organization", subscriptions=rules, change_limit="0")["changed"]


def test_purge_limit_and_read_only_integrations_apply_to_the_organization(run, routed_organization):
    result = run.fails("organization", integrations=[channel("ops")], purge=True, purge_limit=0)
    assert "2 integrations would be deleted, but `purge_limit` is 0" in result["msg"]

    run.ok("organization", subscriptions=[route(FAILED, "pager")], keep_read_only=False)
    assert routed_organization.routes()[FAILED] == ["pager"]


def test_disabling_other_types_counts_as_silencing_them(run, routed_organization):
    result = run.fails("organization", subscriptions=[route(FAILED, "ops")], disable_others=True)
    assert result["error"]["type"] == "silence_limit_exceeded"
    assert f"'{DEGRADED}'" in result["msg"]
    assert routed_organization.writes() == []


@pytest.mark.parametrize(
    ("limit", "is_allowed"), [("0", False), ("1", False), ("2", True), ("1%", False), ("90%", True)]
)
def test_change_limit_counts_updates_and_deletions(run, routed_organization, limit, is_allowed):
    rules = [route(FAILED, "ops"), route(DEGRADED, "pager")]
    result = run("organization", subscriptions=rules, change_limit=limit)
    assert result.get("failed", False) is not is_allowed
    if not is_allowed:
        assert result["error"]["type"] == "change_limit_exceeded"
        assert (
            f"2 objects would be changed, disabled or deleted, but `change_limit` is {limit}" in result["msg"]
        )
        assert routed_organization.writes() == []


def test_invalid_change_limit_is_explained(run, emulator):
    result = run.fails("organization", integrations=[channel("ops")], change_limit="many")
    assert result["msg"] == (
        "Could not read the options: `change_limit` is 'many'. "
        "Set it to a number such as 20, or to a percentage such as 30%. "
        "Nothing was changed."
    )


@pytest.mark.parametrize(
    ("policy", "violating"),
    [
        ({"require": {"any_of": ["pager"]}}, [DEGRADED]),
        ({"require": {"any_of": ["ops", "pager"]}}, []),
        ({"require": {"kinds": ["Slack"], "at_least": 2}}, [DEGRADED]),
        ({"require": {"kinds": ["MsTeams"]}}, [DEGRADED, FAILED]),
        ({"require": {"not_only": ["RoleEmail"]}}, []),
        ({"forbid": {"integrations": ["pag*"]}}, [FAILED]),
        ({"forbid": {"integrations": ["test-*"]}}, []),
    ],
)
def test_policies_are_checked_against_the_planned_state(run, routed_organization, policy, violating):
    policy = {"name": "demand", "select": {"display_names": [FAILED, DEGRADED]}, **policy}
    rules = [route(FAILED, "ops", "pager"), route(DEGRADED, "ops")]
    result = run("organization", subscriptions=rules, policies=[policy], check_mode=True)
    if not violating:
        assert not result.get("failed")
        return
    assert result["error"]["type"] == "policy_violated"
    names = ", ".join(f"'{name}'" for name in violating)
    assert f"{names} would violate the policy 'demand'." in result["msg"]
    assert result["plan"]["changes"]
    assert result["diff"]["after"]


def test_policy_knows_the_kind_of_a_planned_integration(run, emulator):
    policy = {"name": "chat", "select": {"display_names": [FAILED]}, "require": {"kinds": ["Slack"]}}
    desired = {
        "integrations": [channel("new")],
        "subscriptions": [route(FAILED, "new")],
        "policies": [policy],
    }
    assert run.ok("organization", **desired)["changed"]


def test_kept_integrations_cannot_be_managed(run, routed_organization):
    result = run.fails(
        "organization", integrations=[channel("data-lake", description="New")], keep=["data-*"]
    )
    assert "'data-lake' (i-" in result["msg"]
    assert (
        "matches `keep`, but an item would change it. Remove it from the items, or from `keep`."
        in result["msg"]
    )


@pytest.mark.parametrize("when_in_use", ["fail", "detach", "ignore"])
def test_when_in_use_decides_about_types_that_no_rule_selects(run, routed_organization, when_in_use):
    desired = {"integrations": [{"display_name": "pager", "state": "absent"}], "silence_limit": 1}
    result = run("organization", when_in_use=when_in_use, **desired)
    if when_in_use == "fail":
        assert result["error"]["type"] == "in_use"
        assert "the subscriptions to 'Connector degraded', 'Connector failed' use it" in result["msg"]
        return
    assert not result.get("failed")
    assert routed_organization.routes()[FAILED] == ["Organization admins"]
    assert routed_organization.routes()[DEGRADED] == ["Organization admins", "ops"]


def test_integration_without_planned_routes_is_not_in_use(run, routed_organization):
    rules = [route(FAILED, "ops"), route(DEGRADED, "ops")]
    absent = [{"display_name": "pager", "state": "absent"}]
    for check_mode in (True, False):
        result = run.ok("organization", integrations=absent, subscriptions=rules, check_mode=check_mode)
        assert not any("use it" in warning for warning in run.warnings)
        assert result["changed"]


def test_all_problems_of_all_rules_are_shown_at_once(run, emulator):
    rules = [
        {"select": {"severities": ["CRITCAL"]}, "integrations": ["ops"]},
        {**route("Conector failed", "opps", "paper"), "name": "connectors"},
        {"select": {"display_names": ["Conector*"]}, "integrations": ["ops"]},
        route(FAILED, "ops"),
    ]
    result = run.fails("organization", integrations=[channel("ops")], subscriptions=rules)
    first, *problems, last = result["msg"].splitlines()
    assert first == "Could not apply the rules, for 5 reasons:"
    assert last == "Nothing was changed."
    expected = [
        "- rule 1: `select.severities` contains 'CRITCAL', which no notification type has. Valid values: CRITICAL, ",
        # The integration is created by the same task.
        "- rule 2 (connectors): the integration 'opps' does not exist. Did you mean 'ops'? ",
        "- rule 2 (connectors): the integration 'paper' does not exist. ",
        "- rule 2 (connectors): the notification type 'Conector failed' does not exist. Did you mean 'Connector ",
        "- rule 3: `select.display_names` contains 'Conector*', which matches no notification type. Did you mean 'Conn",
    ]
    assert [shown.startswith(start) for shown, start in zip(problems, expected)] == [True] * 5, problems
    assert result["error"]["operation"] == "apply the rules"
    assert emulator.writes() == []


def test_each_problem_of_a_rule_is_shown_once(run, emulator):
    select = {"severities": ["CRITCAL", "WARM"], "display_names": ["Conector failed"]}
    rules = [{"select": select, "integrations": ["opps", "opps"]}]
    result = run.fails("organization", integrations=[channel("ops")], subscriptions=rules)
    first, *problems, _last = result["msg"].splitlines()
    assert first == "Could not apply the rules, for 4 reasons:"
    for problem, name in zip(problems, ("opps", "CRITCAL", "WARM", "Conector failed")):
        assert problem.startswith("- rule 1: ")
        assert f"'{name}'" in problem
    rules = [{"select": {}, "integrations": ["opps", "opps"]}]
    message = run.fails("organization", integrations=[channel("ops")], subscriptions=rules)["msg"]
    assert message.startswith("Could not apply rule 1: the integration 'opps' does not exist.")


def test_several_reasons_against_a_plan_are_lines(run, routed_organization):
    policy = {"name": "two channels", "select": {"display_names": [FAILED]}, "require": {"at_least": 9}}
    limits = {"policies": [policy], "expected_checksum": "a" * 64}
    result = run.fails("organization", subscriptions=[route(FAILED, "pager")], **limits)
    first, *reasons, last = result["msg"].splitlines()
    assert first == "Could not apply the plan, for 2 reasons:"
    assert [reason.startswith("- ") for reason in reasons] == [True, True]
    assert last == "Nothing was changed."
    assert len(result["refusals"]) == 2


def test_rule_cannot_use_an_integration_that_the_plan_deletes(run, routed_organization):
    absent = [{"display_name": "pager", "state": "absent"}]
    result = run.fails("organization", integrations=absent, subscriptions=[route(FAILED, "pager")])
    assert "the integration 'pager' would be deleted" in result["msg"]
    assert routed_organization.writes() == []


def test_renamed_integration_is_referred_to_by_its_new_name(run, routed_organization):
    renamed = [{"id": routed_organization.ids()["ops"], "display_name": "ops-chat"}]
    run.ok("organization", integrations=renamed, subscriptions=[route(FAILED, "ops-chat")], silence_limit=1)
    assert routed_organization.routes()[FAILED] == ["Organization admins", "ops-chat"]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        (
            {"severities": ["CRITCAL"]},
            "`select.severities` contains 'CRITCAL', which no notification type has.",
        ),
        ({"display_names": ["Conector*"]}, "contains 'Conector*', which matches no notification type."),
        (
            {"severities": ["CRITICAL"], "display_names": ["Invoice available"]},
            "its `select` matches no notification type.",
        ),
    ],
)
@pytest.mark.parametrize("module", ["organization", "organization_info"])
def test_policy_that_selects_nothing_is_refused(run, emulator, module, select, message):
    policy = {"name": "safe", "select": select, "require": {"at_least": 1}}
    result = run.fails(module, policies=[policy])
    assert "Could not check the policy 'safe': " in result["msg"]
    assert message in result["msg"]


def test_negative_silence_limit_is_refused_before_any_request(run, emulator):
    result = run.fails("organization", silence_limit=-1)
    assert "`silence_limit` must not be negative, but is -1" in result["msg"]
    assert emulator.requests() == []


# Warnings


def test_critical_types_that_reach_only_admins_are_a_warning(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    run.ok("organization", subscriptions=[route(FAILED, "ops")])
    [warning] = run.warnings
    assert re.match(r"\d+ critical types reach only the e-mail to organization admins, such as '", warning)
    assert "Users who hold the role through a group mapping do not receive it." in warning
    assert FAILED not in warning

    run.ok("organization", subscriptions=[{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]}])
    assert run.warnings == []


@pytest.mark.parametrize(
    ("url", "is_retired"),
    [
        ("https://example.webhook.office.com/webhookb2/secret", True),
        ("https://outlook.office.com/webhook/secret", True),
        ("https://outlook.office.com/other/secret", False),
        ("https://webhook.office.com.example.org/secret", False),
        ("https://prod-1.westus.logic.azure.com/workflows/secret", False),
    ],
)
@pytest.mark.parametrize("module", ["integration", "integrations", "organization"])
def test_url_of_a_retired_teams_connector_is_a_warning(run, emulator, module, url, is_retired):
    item = {"display_name": "teams", "target": {"kind": "MsTeams", "webhook_url": url}}
    run.ok(module, **(item if module == "integration" else {"integrations": [item]}))
    assert run.warnings == (
        [
            "The webhook URL of 'teams' is one of a Microsoft 365 connector. Microsoft has retired these, so "
            "notifications may not arrive. Use the URL of a Teams Workflows webhook."
        ]
        if is_retired
        else []
    )


# The right organization

OTHER_ID = "00000000-0000-4000-8000-000000000001"


@pytest.mark.parametrize("check_mode", [True, False])
def test_credentials_of_another_organization_are_refused(run, emulator, check_mode):
    emulator.reset(organization_id=OTHER_ID)
    expected = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"
    result = run.fails("organization", check_mode=check_mode, organization_id=expected, **DESIRED)
    assert result["error"]["type"] == "wrong_organization"
    assert f"the credentials belong to the organization '{OTHER_ID}'" in result["msg"]
    assert result["msg"].endswith("Nothing was changed.")
    assert emulator.writes() == []

    assert run.ok("organization", organization_id=OTHER_ID.upper(), **DESIRED)["changed"]


def test_organization_that_cannot_be_determined_is_refused(run, emulator):
    emulator.reset(read_answers="lean")
    result = run.fails("organization", organization_id=OTHER_ID, **DESIRED)
    assert result["error"]["type"] == "wrong_organization"
    assert "no object has a `resource_name`" in result["msg"]
    assert emulator.writes() == []
    assert run.ok("organization_info")["organization"]["id"] is None


def test_organization_info_returns_and_compares_the_organization(run, emulator):
    emulator.reset(organization_id=OTHER_ID)
    assert run.ok("organization_info", organization_id=OTHER_ID)["organization"]["id"] == OTHER_ID
    result = run.fails("organization_info", organization_id="another")
    assert result["error"]["type"] == "wrong_organization"


# Failures


def test_failed_create_stops_the_rest_and_is_reported(run, emulator):
    emulator.fault("status", "POST", "*/integrations", status=402, body={"errors": [{"detail": "Too many."}]})
    result = run.fails("organization", concurrency=1, **DESIRED)
    assert result["error"]["type"] == "quota_exceeded"
    subjects = [
        (failure["resource"], failure["scope"], failure["display_name"]) for failure in result["failures"]
    ]
    assert subjects == [("integration", "", "ops")]
    assert counts(result)["created"] == 0
    assert counts(result)["not_attempted"] > 0
    assert len(emulator.writes()) == 1


def test_failed_dependency_fails_only_the_steps_that_need_it(run, emulator):
    emulator.fault("status", "POST", "*/integrations", status=402, body={"errors": [{"detail": "Too many."}]})
    desired = {
        "integrations": [channel("ops"), channel("pager")],
        "subscriptions": [route(FAILED, "ops"), route(DEGRADED, "pager")],
    }
    result = run.fails("organization", concurrency=1, continue_on_error=True, **desired)
    types = [failure["error"]["type"] for failure in result["failures"]]
    assert types == ["quota_exceeded", "dependency_failed"]
    assert "'ops', which it refers to, was not created" in result["failures"][1]["msg"]
    assert emulator.routes()[DEGRADED] == ["Organization admins", "pager"]


def test_failed_test_notification_fails_the_task_at_the_end(run, emulator):
    emulator.fault("status", "POST", "*:test", status=400, body={"errors": [{"detail": "No answer."}]})
    result = run.fails("organization", concurrency=1, **DESIRED)
    assert "send a test notification through 'ops': No answer." in result["msg"]
    assert [test["sent"] for test in result["tested"]] == [False, True]
    assert run.ok("organization", **DESIRED)["changed"] is False


def test_integration_without_a_stated_url_is_tested_with_that_of_the_service(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    items = [{"display_name": "ops", "target": {"kind": "Slack"}}]
    result = run.ok("organization", integrations=items, test="all")
    assert result["tested"] == [{"display_name": "ops", "sent": True}]


@pytest.mark.parametrize("check_mode", [True, False])
def test_integration_with_a_masked_url_cannot_be_tested_and_nothing_is_written(run, emulator, check_mode):
    emulator.reset(integrations=[slack("ops")], webhook_urls="masked")
    items = [{"display_name": "ops"}, channel("new")]
    result = run.fails("organization", integrations=items, test="all", check_mode=check_mode)
    assert result["error"]["type"] == "masked_url"
    assert "Could not send a test notification through 'ops': the service masks" in result["msg"]
    assert result["msg"].endswith("Nothing was changed.")
    assert [change["name"] for change in result["plan"]["changes"]] == ["new"]
    assert emulator.writes() == []


def test_settings_of_single_resources_count_as_existing_objects(run, emulator):
    emulator.reset()
    preferences = [
        {"resource": {**CONNECTOR, "connector": f"orders-{number}"}, "enabled": False} for number in range(8)
    ]
    run.ok("organization", resource_preferences=preferences)
    existing = len(emulator.objects("subscriptions")) + len(preferences)
    changed = [{**preference, "enabled": True} for preference in preferences]
    result = run.fails("organization", resource_preferences=changed, change_limit="1%")
    assert (
        f"8 objects would be changed, disabled or deleted, but `change_limit` is 1% (0 of {existing} objects)"
        in (result["msg"])
    )


@pytest.mark.parametrize(
    "policy",
    [
        {"require": {"any_of": []}},
        {"require": {}},
        {"require": {"any_of": ["ops"], "kinds": []}},
        {"forbid": {"integrations": []}},
        {"require": {"at_least": -1}},
        {"require": {"at_least": 0, "kinds": ["Slack"]}},
        {"require": {"at_least": 1}, "select": {"severities": []}},
    ],
)
def test_policy_that_any_routing_fulfills_is_refused(run, policy):
    for module in ("organization", "organization_info"):
        result = run.fails(module, policies=[{"name": "nothing", **policy}])
        assert "the policy 'nothing' has an empty list or requires nothing" in result["msg"]


@pytest.mark.parametrize("module", ["organization", "organization_info"])
def test_policy_with_a_kind_that_no_integration_is_is_refused(run, module):
    policy = {"name": "not only e-mail", "require": {"not_only": ["RoleMail"]}}
    message = run.fails(module, policies=[policy])["msg"]
    assert "`not_only` has 'RoleMail', which is not a kind of integration. Use one of Slack," in message


def test_policy_may_name_integrations_by_their_ids(run, routed_organization):
    pager = routed_organization.ids()["pager"]
    about = {"name": "pager", "select": {"display_names": [FAILED]}}
    forbidden = {**about, "forbid": {"integrations": [pager]}}
    assert "would violate the policy 'pager'" in run.fails("organization", policies=[forbidden])["msg"]
    run.ok("organization", policies=[{**about, "require": {"any_of": [pager]}}])


def test_policy_forbids_what_single_resources_would_use(run, routed_organization):
    connector = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
    policy = {"name": "not outside", "forbid": {"integrations": ["outside"]}}
    setting = {"resource": connector, "notification_type": FAILED, "integrations": ["outside"]}
    expected = f"'{FAILED} (environment=env-1/cloud-cluster=lkc-1/connector=orders)' would violate the policy"
    options = {"resource_subscriptions": [setting], "integrations": [slack("outside")]}
    assert expected in run.fails("organization", policies=[policy], **options)["msg"]
    run.ok("organization", **options)

    found = run("organization", check_mode=True, return_state="findings", policies=[policy], **options)
    [violation] = found["state"]["violations"]
    assert violation["types"] == [f"{FAILED} (environment=env-1/cloud-cluster=lkc-1/connector=orders)"]


def test_what_a_setting_of_the_organization_silences_stays_silent(run, routed_organization):
    """A policy and a test see it in each run, and the limit only in the one that disables it."""
    silence = {"resource_preferences": [{"resource": {"organization": "o-1"}, "enabled": False}]}
    policy = {"name": "reach", "select": {"display_names": [FAILED]}, "require": {"at_least": 1}}
    run.ok("organization", **silence, silence_limit=100)
    unchanged = run.ok("organization", **silence, silence_limit=0)
    assert not unchanged["changed"]
    assert unchanged["plan"]["silenced"] == []

    refused = run.fails("organization", **silence, policies=[policy], return_state="findings")
    assert "would violate the policy 'reach'" in refused["msg"]
    assert refused["state"]["violations"] == [{"policy": "reach", "types": [FAILED]}]
    expected = {"name": "pager", "notification_type": FAILED, "expect": ["pager"]}
    assert "routing test failed" in run.fails("organization", **silence, tests=[expected])["msg"]


def test_percentage_of_few_objects_is_no_limit():
    assert ChangeLimit.from_option("0%").allowed(1) == 0, "no change at all"
    limit = ChangeLimit.from_option("30%")
    assert limit.allowed(9) is None
    assert limit.allowed(20) == 6
    assert ChangeLimit.from_option("3").allowed(1) == 3


# Reading


def test_organization_info_reads_every_collection_once(run, routed_organization):
    result = run.ok("organization_info", policies=[{"name": "calm", "forbid": {"integrations": ["pager"]}}])
    assert sorted(routed_organization.lines()) == [
        f"GET /{name} -> 200" for name in ("integrations", "notification-types", "subscriptions")
    ]
    types = {obj["display_name"]: obj for obj in result["notification_types"]}
    integrations = types[FAILED]["subscriptions"][0]["integrations"]
    assert [obj["display_name"] for obj in integrations] == ["Organization admins", "pager"]

    assert result["organization"] == {"id": ORGANIZATION, "endpoint": routed_organization.url}
    assert FAILED not in result["gaps"]
    assert "Cluster load is critical" in result["gaps"]
    assert result["unused"] == ["data-lake"]
    assert result["violations"] == [{"policy": "calm", "types": [DEGRADED, FAILED]}]
    assert "hooks.slack.example" not in json.dumps(result)
    revealed = run.ok("organization_info", reveal_webhook_urls=True)
    assert "hooks.slack.example" in json.dumps(revealed["integrations"])


@pytest.mark.parametrize(
    ("resource_names", "expected"),
    [
        (["crn://confluent.cloud/organization=9d1c-2f/integration=i-1"], "9d1c-2f"),
        (
            ["crn://confluent.cloud/organization=9d1c-2f", None, "crn://confluent.cloud/integration=i-2"],
            "9d1c-2f",
        ),
        (["crn://confluent.cloud/organization=a/x=1", "crn://confluent.cloud/organization=b/x=1"], None),
        (["crn://confluent.cloud/organization=<b>/x=1"], None),
        ([None], None),
    ],
)
def test_organization_id_is_taken_from_resource_names(resource_names, expected):
    integrations = [
        {"id": f"i-{n}", "display_name": f"c-{n}", "metadata": {"resource_name": name}}
        for n, name in enumerate(resource_names)
    ]
    types = Collection(NOTIFICATION_TYPES, [{"id": "nt-1"}])
    catalog = Catalog(types, Collection(INTEGRATIONS, integrations))
    state = OrganizationState(catalog, Collection(Subscriptions(catalog), []))
    assert state.organization_id == expected


def test_organization_info_returns_only_findings(run, routed_organization):
    policy = {"name": "calm", "forbid": {"integrations": ["pager"]}}
    everything = run.ok("organization_info", policies=[policy])
    found = run.ok("organization_info", policies=[policy], only_findings=True)
    for name in ("gaps", "unused", "violations", "organization", "counts"):
        assert found[name] == everything[name]
    assert found["counts"] == {"integrations": 6, "notification_types": 60, "subscriptions": 36}

    names = {obj["display_name"] for obj in found["notification_types"]}
    assert names == {*found["gaps"], DEGRADED, FAILED}
    integrations = {obj["display_name"] for obj in found["integrations"]}
    assert integrations == {"data-lake", "ops", "pager", "Organization admins"}
    assert [obj for obj in everything["notification_types"] if obj in found["notification_types"]] == found[
        "notification_types"
    ]


def test_an_organization_without_critical_types_has_no_gaps(run, emulator):
    page = {"data": [{"id": "nt-1", "display_name": "Only", "severity": "INFO"}], "metadata": {"self": "x"}}
    emulator.fault("status", "GET", "*/notification-types", status=200, body=page)
    assert run.ok("organization_info")["gaps"] == []


def test_dangling_reference_is_a_finding(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("gone")], delete_in_use="dangling")
    emulator.route(OPTIONAL, "ops", "gone")
    run.ok("integration", display_name="gone", state="absent", when_in_use="ignore")
    found = run.ok("organization_info", only_findings=True)["notification_types"]
    assert OPTIONAL in {obj["display_name"] for obj in found}


# The state


@pytest.mark.parametrize("return_state", ["nothing", "findings", "full"])
def test_state_is_that_before_the_task(run, emulator, return_state):
    emulator.reset(integrations=[slack("ops"), slack("unused")])
    emulator.route(FAILED, "Organization admins", "ops")
    result = run.ok("organization", integrations=[channel("new")], test="none", return_state=return_state)
    if return_state == "nothing":
        assert "state" not in result
        return
    state = result["state"]
    assert state["unused"] == ["unused"]
    names = {integration["display_name"] for integration in state["integrations"]}
    assert ("ops" in names) is (return_state == "full")
    assert "new" not in names
    info = run.ok("organization_info", only_findings=return_state == "findings")
    assert set(state) == set(info) - {"organization", "api", "changed"}
