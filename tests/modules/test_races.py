# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happens to a plan when the organization changes, or answers strangely, during the run."""

from __future__ import annotations

import threading

import pytest

from support.emulator import slack, webhook
from support.tasks import Runner

FAILED, INVOICE = "Connector failed", "Invoice available"


def channel(name, **options):
    url = f"https://hooks.slack.example/services/{name}"
    return {"display_name": name, "target": {"kind": "Slack", "webhook_url": url}, **options}


def route(notification_type, *integrations):
    return {"notification_type": notification_type, "integrations": list(integrations)}


# Steps that are planned again


def test_a_step_that_is_planned_again_changes_only_what_was_planned(run, emulator):
    """Somebody else changes the URL while the description is about to be changed."""
    emulator.reset(integrations=[slack("ops")])
    path = f"/integrations/{emulator.ids()['ops']}"
    other = {"target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/other"}}
    emulator.fault("status", "PATCH", status=409)
    emulator.meanwhile("GET", f"*{path}", "PATCH", path, other)
    result = run.fails("organization", integrations=[channel("ops", description="New")], test="none")
    assert result["failures"][0]["error"]["type"] == "conflict"
    assert "changed target.webhook_url in the meantime" in result["msg"]
    assert emulator.made()["ops"]["target"] == other["target"]


@pytest.mark.parametrize("option", [{"keep": ["ops"]}, {"on_kind_change": "fail"}])
def test_a_step_that_is_planned_again_knows_its_options(run, emulator, option):
    """Somebody else creates another integration of the name that is about to be created."""
    emulator.reset(duplicate_names="refused")
    emulator.meanwhile("POST", "*", "POST", "/integrations", webhook("ops", "https://hooks.example/ops"))
    result = run.fails("organization", integrations=[channel("ops")], test="none", **option)
    assert emulator.made()["ops"]["target"]["kind"] == "Webhook"
    assert result["changed"] is False


def test_steps_after_a_new_creation_use_its_new_id(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.meanwhile("PATCH", "*", "DELETE", f"/integrations/{emulator.ids()['ops']}")
    run.ok(
        "organization",
        integrations=[channel("ops", description="New")],
        subscriptions=[route(INVOICE, "ops")],
        test="none",
    )
    assert emulator.routes()[INVOICE] == ["ops"]


# Two runs at once


@pytest.mark.parametrize("second", ["refused", "allowed"])
def test_two_runs_at_once_create_one_subscription(emulator, second):
    emulator.reset(integrations=[slack("ops")], second_subscription=second, latency_ms=20)
    runners = [Runner(emulator) for _run in range(4)]
    results = []

    def subscribe(runner):
        results.append(runner("subscription", notification_type=INVOICE, integrations=["ops"]))

    threads = [threading.Thread(target=subscribe, args=(runner,)) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    type_id = emulator.ids("notification-types")[INVOICE]
    made = [obj for obj in emulator.objects("subscriptions") if obj["notification_type"]["id"] == type_id]
    assert len(made) == 1
    assert sum(result["changed"] for result in results) == 1


def test_two_subscriptions_to_a_type_name_the_way_out(run, emulator):
    emulator.reset(integrations=[slack("ops")], second_subscription="allowed")
    body = {
        "notification_type": {"id": emulator.ids("notification-types")[INVOICE]},
        "integrations": [{"id": emulator.ids()["ops"]}],
    }
    emulator.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", body)
    emulator.meanwhile("GET", "*/notification-types", "POST", "/subscriptions", body)
    for _run in range(2):
        run.ok("notification_type_info")
    result = run.fails("organization", subscriptions=[route(INVOICE, "ops")])
    assert result["error"]["type"] == "ambiguous_name"
    assert "delete the others with the module `subscription`, `id` and `state: absent`" in result["msg"]


# Subscriptions of single resources


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("module", ["integration", "integrations", "organization"])
def test_deleting_an_integration_names_what_cannot_be_searched(run, emulator, module, check_mode):
    emulator.reset(integrations=[slack("ops"), slack("old")])
    item = {"display_name": "old", "state": "absent"}
    params = item if module == "integration" else {"integrations": [item]}
    run.ok(module, check_mode=check_mode, **params)
    assert any(
        "the service cannot list the subscriptions of single resources" in text for text in run.warnings
    )


def test_listed_subscriptions_of_single_resources_need_no_warning(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("old")])
    resource = {"environment": "env-1", "cluster": "lkc-1"}
    run.ok("resource_subscription", resource=resource, notification_type=FAILED, integrations=["old", "ops"])
    result = run.ok(
        "organization",
        integrations=[{"display_name": "old", "state": "absent"}],
        resource_subscriptions=[{"resource": resource, "notification_type": FAILED, "integrations": ["ops"]}],
    )
    assert result["changed"] is True
    assert not any("cannot list the subscriptions" in text for text in run.warnings)


# Strange answers


@pytest.mark.parametrize(
    "member", [{"current_state": 5}, {"integrations": "all"}, {"current_state": ["ENABLED"]}]
)
def test_a_strange_answer_to_a_write_is_a_failure_that_says_what_was_done(run, emulator, member):
    emulator.reset(integrations=[slack("ops")])
    emulator.fault("members", "POST", "*/subscriptions", body=member)
    result = run.fails("organization", subscriptions=[route(INVOICE, "ops")])
    assert result["failures"][0]["error"]["type"] in ("invalid_response", "change_not_applied")
    assert result["changed"] is True
    assert result["plan"]["summary"]["to_create"] == 1


@pytest.mark.parametrize(
    ("collection", "member"),
    [
        ("integrations", "display_name"),
        ("integrations", "description"),
        ("notification-types", "display_name"),
    ],
)
def test_a_member_of_another_type_is_refused_before_any_write(run, emulator, collection, member):
    emulator.reset(integrations=[slack("ops")])
    [first, *others] = emulator.objects(collection)
    data = [{**first, member: 5}, *others]
    emulator.fault("members", "GET", f"*/{collection}", body={"data": data})
    result = run.fails("organization", integrations=[channel("new")])
    assert f"unexpected type of {member}" in result["msg"]
    assert emulator.writes() == []


def test_an_unexpected_exception_reports_what_was_done(run, emulator, monkeypatch):
    """Whatever goes wrong after the writes, the result says that something was changed."""
    from ansible_collections.ccloud.notifications.plugins.modules import organization

    def broken(*_arguments):
        raise KeyError("https://hooks.slack.example/services/secret")

    emulator.reset()
    monkeypatch.setattr(organization, "execution_members", broken)
    result = run.fails("organization", integrations=[channel("ops")], test="none")
    assert result["changed"] is True
    assert result["summary"]["created"] == 1
    assert result["error"]["type"] == "internal_error"
    assert "services/secret" not in str(result)


# Test notifications


def test_channels_are_tested_even_if_another_step_failed(run, emulator):
    emulator.reset()
    emulator.fault("status", "POST", "*/subscriptions", status=500, times=9)
    desired = {"integrations": [channel("ops")], "subscriptions": [route(INVOICE, "ops")]}
    result = run.fails("organization", **desired)
    assert result["tested"] == [{"display_name": "ops", "sent": True}]


def test_a_failed_test_says_how_to_test_again(run, emulator):
    emulator.reset(dead_url="400")
    url = "https://gone.invalid/hook"
    item = {"display_name": "ops", "target": {"kind": "Webhook", "webhook_url": url}}
    result = run.fails("organization", integrations=[item])
    assert "send the test again with `test: all`" in result["msg"]
    assert run.fails("organization", integrations=[item], test="all")["tested"][0]["sent"] is False


def test_a_url_that_the_service_verifies_is_named(run, emulator):
    emulator.reset(url_verification="refused")
    dead = {"display_name": "dead", "target": {"kind": "Webhook", "webhook_url": "https://gone.invalid/hook"}}
    result = run.fails("integrations", integrations=[dead, channel("ops")], continue_on_error=True)
    assert "it could not reach this one" in result["msg"]
    assert set(emulator.made()) == {"ops"}
