# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Responses with only the required fields of the contract, or with fields that it does not rule out."""

from __future__ import annotations

import pytest

from support.emulator import slack

TARGET = {"kind": "Slack", "webhook_url": "https://hooks.slack.example/services/ops"}
CONNECTOR = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
CREATES = {
    "integration": {"display_name": "ops", "target": TARGET, "description": "New"},
    "subscription": {"notification_type": "API key created", "integrations": ["first"]},
    "resource_preference": {"resource": CONNECTOR, "enabled": False},
    "resource_subscription": {
        "resource": CONNECTOR,
        "notification_type": "Connector failed",
        "integrations": ["first"],
    },
}


@pytest.mark.parametrize("responses", ["lean", "minimal"])
@pytest.mark.parametrize("module", CREATES)
def test_created_object_is_found_by_its_location(run, emulator, module, responses):
    emulator.reset(integrations=[slack("first")], write_answers=responses)
    created = run.ok(module, **CREATES[module])
    assert created["changed"]
    assert created[module]["id"]
    assert run.warnings == []
    assert not run.ok(module, **CREATES[module])["changed"]


def test_create_without_id_and_location_is_outcome_unknown(run, emulator):
    body = {"display_name": "ops", "target": TARGET}
    emulator.fault("status", "POST", "*/integrations", status=201, body=body)
    result = run.fails("integration", **CREATES["integration"])
    assert result["error"]["type"] == "outcome_unknown"
    assert "the response has neither an ID nor a Location" in result["msg"]
    assert emulator.writes() == ["POST /integrations -> 201"]


@pytest.mark.parametrize("lookup", ["missing", "404", "403", "empty"])
def test_every_response_to_a_lookup_of_nothing_means_none(run, emulator, lookup):
    emulator.reset(empty_preference_lookup=lookup)
    assert run.ok("resource_preference", resource=CONNECTOR, enabled=False)["changed"]
    assert not run.ok("resource_preference", resource=CONNECTOR, enabled=False)["changed"]


def test_object_that_still_exists_after_404_is_not_created_again(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.fault("status", "PATCH", status=404, body={"errors": [{"status": "404", "title": "Not Found"}]})
    run.ok("integration", display_name="ops", description="New")
    object_id = emulator.ids()["ops"]
    assert emulator.writes() == [f"PATCH /integrations/{object_id} -> {status}" for status in (404, 200)]


@pytest.mark.parametrize("module", ["integration", "integrations", "organization"])
@pytest.mark.parametrize("answers", ["lean", "minimal"])
def test_description_that_was_missing_is_changed_and_cleared(run, emulator, module, answers):
    emulator.reset(integrations=[slack("ops")], read_answers="lean", write_answers=answers)

    def apply(description):
        item = {"display_name": "ops", "description": description}
        return run.ok(module, **(item if module == "integration" else {"integrations": [item]}))["changed"]

    assert [apply(text) for text in ("", "New", "New", "", "")] == [False, True, False, True, False]


def test_summary_has_no_envelope(run):
    assert set(run.ok("user_notification_info")["summary"]) == {"unread_count", "severities"}


@pytest.mark.parametrize("order", ["severity", "-severity", "received_at"])
def test_sort_option_is_sent(run, emulator, order):
    run.ok("user_notification_info", sort=order)
    assert emulator.requests()[0]["query"]["sort"] == order
