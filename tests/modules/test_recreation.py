# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``on_kind_change``: an integration whose kind changes is updated, recreated, or refused."""

from __future__ import annotations

import json
import re

import pytest

from support.emulator import slack

FAILED, DEGRADED = "Connector failed", "Connector degraded"
CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
URL = "https://events.pager.example/new"
TEAMS_URL = "https://prod-1.westus.logic.azure.com/workflows/1"
WEBHOOK = {"kind": "Webhook", "webhook_url": URL}
PAGER = {"display_name": "pager", "target": WEBHOOK}


def reset(emulator):
    """The Slack integration "pager" has a description, and two types use it. Returns its ID."""
    emulator.reset(
        integrations=[slack("ops"), slack("pager", description="On call")],
        kind_change="refused",
        delete_in_use="refused",
    )
    emulator.route(FAILED, "Organization admins", "pager")
    emulator.route(DEGRADED, "pager", state="DISABLED")
    return emulator.ids()["pager"]


@pytest.fixture
def organization(emulator):
    reset(emulator)
    return emulator


def assert_recreated(emulator, old_id):
    """The integration is a webhook now, with everything else as before."""
    made = emulator.made()
    assert set(made) == {"ops", "pager"}
    assert made["pager"]["id"] != old_id
    assert made["pager"]["target"] == {"kind": "Webhook", "url": URL}
    assert made["pager"]["description"] == "On call"
    assert emulator.routes()[FAILED] == ["Organization admins", "pager"]
    users = [obj for obj in emulator.objects("subscriptions") if "pager" in json.dumps(obj)]
    assert old_id not in json.dumps(users)


def writes(emulator):
    return [re.sub(r"/[a-z]+-\d+", "", line) for line in emulator.writes()]


RECREATION = [
    "POST /integrations -> 201",
    "PATCH /subscriptions -> 200",
    "PATCH /subscriptions -> 200",
    "DELETE /integrations -> 204",
    "PATCH /integrations -> 200",
]


def test_integration_is_recreated_with_its_subscriptions(run, organization):
    old_id = organization.ids()["pager"]
    organization.refuse_writes()
    predicted = run.ok("integration", check_mode=True, on_kind_change="recreate", **PAGER)
    organization.refuse_writes(False)
    result = run.ok("integration", on_kind_change="recreate", **PAGER)

    assert_recreated(organization, old_id)
    assert writes(organization) == RECREATION
    assert run.warnings == []
    assert predicted["changes"] == result["changes"] == ["target.kind", "target.webhook_url"]
    assert predicted["diff"] == result["diff"]
    assert result["integration"]["id"] == organization.ids()["pager"]
    assert result["integration"]["description"] == "On call"
    assert [entry["display_name"] for entry in result["repointed"]] == [FAILED, DEGRADED]
    assert URL not in json.dumps([predicted, result])
    assert run.ok("integration", on_kind_change="recreate", **PAGER)["changed"] is False


def test_bulk_module_counts_recreated_integrations(run, organization):
    items = [PAGER, {"display_name": "ops", "description": "New"}]
    result = run.ok("integrations", integrations=items, on_kind_change="recreate", purge=True)
    assert result["summary"]["recreated"] == 1
    assert result["summary"]["changed"] == 1
    assert [entry["display_name"] for entry in result["integrations"]] == ["pager", "ops"]
    assert result["diff"]["after"].splitlines() == [
        "ops     Slack   ********   New",
        "pager   Webhook   ******** (changes)   On call",
    ]
    assert set(organization.made()) == {"ops", "pager"}


def test_plan_of_the_organization_shows_the_recreation(run, organization):
    old_id = organization.ids()["pager"]
    desired = {
        "integrations": [PAGER],
        "subscriptions": [{"notification_type": FAILED, "integrations": ["pager"]}],
        "on_kind_change": "recreate",
        "policies": [{"name": "p", "select": {"display_names": [FAILED]}, "require": {"kinds": ["Webhook"]}}],
        "change_limit": "1",
    }
    predicted = run.ok("organization", check_mode=True, **desired)
    assert predicted["plan"]["text"] == [
        "~   subscription Connector failed     ENABLED   Organization admins, +pager (recreated), -pager",
        "~   subscription Connector degraded   DISABLED   +pager (recreated), -pager"
        "   (moved to the recreated integration)",
        "-/+ integration pager                 Slack   ********   On call -> Webhook   ******** (changes)"
        "   On call",
        "",
        "Plan: 0 to create, 2 to change, 1 to recreate, 0 to delete, 0 unchanged.",
    ]
    before = len(organization.requests())
    result = run.ok("organization", **desired)
    assert_recreated(organization, old_id)
    assert result["plan"] == predicted["plan"]
    assert result["summary"] == predicted["summary"]
    assert result["plan"]["requests"] == len(organization.requests()) - before
    assert result["tested"] == [{"display_name": "pager", "sent": True}]
    assert run.ok("organization", **desired)["changed"] is False


def test_subscription_of_a_resource_in_the_plan_follows(run, organization):
    item = {"resource": CONNECTOR, "notification_type": FAILED, "integrations": ["pager"]}
    run.ok("organization", resource_subscriptions=[item])
    run.ok("organization", resource_subscriptions=[item], integrations=[PAGER], on_kind_change="recreate")
    [subscription] = organization.objects("resource-subscriptions")
    assert [each["id"] for each in subscription["integrations"]] == [organization.ids()["pager"]]


def test_added_integration_joins_the_replacement(run, organization):
    item = {
        "resource": CONNECTOR,
        "notification_type": FAILED,
        "integrations": ["ops"],
        "integrations_mode": "add",
    }
    run.ok("resource_subscription", **{**item, "integrations": ["pager"]})
    run.ok("organization", resource_subscriptions=[item], integrations=[PAGER], on_kind_change="recreate")
    [subscription] = organization.objects("resource-subscriptions")
    ids = organization.ids()
    assert {each["id"] for each in subscription["integrations"]} == {ids["pager"], ids["ops"]}


def test_fail_refuses_before_any_write(run, organization):
    result = run.fails("integration", on_kind_change="fail", **PAGER)
    assert result["error"]["type"] == "kind_change"
    assert (
        "its kind is Slack, and the desired kind is Webhook. Set `on_kind_change: recreate`" in result["msg"]
    )
    assert organization.writes() == []


def test_integration_identified_by_id_is_not_recreated(run, organization):
    object_id = organization.ids()["pager"]
    result = run.fails("integration", id=object_id, target=WEBHOOK, on_kind_change="recreate")
    assert result["error"]["type"] == "kind_change"
    assert "Recreating it would give it another ID. Omit `id`" in result["msg"]
    assert organization.writes() == []


# Interrupted recreations


def recreate(run, **options):
    return run(
        "organization",
        integrations=[{"display_name": "ops"}, PAGER],
        subscriptions=[{"notification_type": FAILED, "integrations": ["pager"]}],
        on_kind_change="recreate",
        test="none",
        purge=True,
        concurrency=1,
        **options,
    )


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "status", "status": 500},
        {"kind": "status", "status": 500, "applied": True},
        {"kind": "status", "status": 403},
        {"kind": "cut-after"},
    ],
    ids=["500", "500 applied", "403", "cut"],
)
def test_next_run_finishes_a_recreation_that_is_interrupted_at_any_request(run, emulator, fault):
    reset(emulator)
    assert recreate(run)["changed"]
    request_count = len(emulator.requests())

    for position in range(request_count):
        old_id = reset(emulator)
        emulator.fault(**fault, times=1000, skip=position)
        recreate(run)
        emulator.control("POST", "faults/clear")
        assert FAILED in emulator.routes()

        result = recreate(run)
        assert not result.get("failed"), f"request {position + 1}: {result['msg']}"
        assert_recreated(emulator, old_id)
        assert recreate(run)["changed"] is False


def test_replacement_that_is_no_longer_needed_is_reported(run, organization):
    organization.fault("status", "PATCH", "*/subscriptions/*", status=400)
    assert recreate(run)["failed"]
    run.ok("integration", display_name="pager", target={"kind": "Slack"})
    [warning] = run.warnings
    assert (
        "is left from an interrupted recreation of 'pager'. Delete it when no subscription uses it."
        in warning
    )


def test_replacement_of_another_kind_is_refused(run, organization):
    organization.fault("status", "PATCH", "*/subscriptions/*", status=400)
    assert recreate(run)["failed"]
    target = {"kind": "MsTeams", "webhook_url": TEAMS_URL}
    result = run.fails("integration", display_name="pager", target=target, on_kind_change="recreate")
    assert re.search(
        r"its replacement 'pager \(replacement \w{8}\)' \(i-\d+\) exists and is of kind Webhook",
        result["msg"],
    )


def test_old_integration_stays_while_a_subscription_may_use_it(run, organization):
    organization.fault("status", "PATCH", "*/subscriptions/*", status=400)
    result = recreate(run, continue_on_error=True)
    assert result["failed"]
    assert result["summary"]["integration"]["not_attempted"] == 1
    assert "DELETE" not in " ".join(organization.writes())
