# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``integration_test`` against a real server that delivers notifications."""

from __future__ import annotations

import pytest

from support.emulator import slack, webhook

URL = "https://hooks.slack.example/services/topsecret"


@pytest.mark.parametrize("key", ["id", "display_name"])
def test_existing_integration_receives_the_notification(run, emulator, key):
    emulator.reset(integrations=[webhook("pager", emulator.inbox_url("pager"))])
    result = run.ok("integration_test", **{key: emulator.made()["pager"][key]})
    assert (result["changed"], result["sent"]) == (False, True)
    assert result["integration"] == {
        "display_name": "pager",
        "target": {"kind": "Webhook", "webhook_url": "********"},
    }

    [notification] = emulator.inbox("pager")
    assert sorted(notification["body"]) == ["created_at", "id", "message", "title"]
    assert all(isinstance(value, str) for value in notification["body"].values())


@pytest.mark.parametrize("kind", ["Slack", "MsTeams", "Webhook"])
def test_target_can_be_tested_before_it_is_created(run, emulator, kind):
    target = {"kind": kind, "webhook_url": emulator.inbox_url("new")}
    result = run.ok("integration_test", display_name="trial", target=target)
    assert result["sent"] is True
    assert emulator.lines() == ["POST /integrations:test -> 204"]
    assert "'trial'" in emulator.inbox("new")[0]["body"]["message"]
    assert emulator.made() == {}


def test_check_mode_sends_nothing(run, emulator):
    emulator.reset(integrations=[webhook("pager", emulator.inbox_url("pager"))], read_only=True)
    result = run.ok("integration_test", check_mode=True, display_name="pager")
    assert (result["changed"], result["sent"]) == (False, False)

    target = {"kind": "Webhook", "webhook_url": emulator.inbox_url("pager")}
    assert run.ok("integration_test", check_mode=True, target=target)["sent"] is False
    assert emulator.writes() == []
    assert emulator.deliveries() == []


def test_masked_url_requires_the_target(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)], webhook_urls="masked")
    for check_mode in (True, False):
        result = run.fails("integration_test", check_mode=check_mode, display_name="ops")
        assert "the service masks the webhook URL of i-" in result["msg"]
        assert "Set `target.webhook_url`." in result["msg"]

    result = run.fails("integration_test", target={"kind": "Slack", "webhook_url": "********"})
    assert "is only a mask" in result["msg"]

    target = {"kind": "Slack", "webhook_url": URL}
    assert run.ok("integration_test", display_name="ops", target=target)["sent"] is True


@pytest.mark.parametrize("name", ["Organization admins", "Jordan Doe (e-mail)", "Jordan Doe (in app)"])
def test_read_only_kinds_cannot_be_tested(run, emulator, name):
    result = run.fails("integration_test", display_name=name)
    assert "Only integrations of kind Slack, MsTeams and Webhook can be tested." in result["msg"]
    assert emulator.writes() == []


def test_check_mode_accepts_an_integration_that_may_be_created(run, emulator):
    result = run.ok("integration_test", check_mode=True, display_name="not-yet")
    assert (result["sent"], result["integration"]) == (False, None)
    assert run.warnings == ["The integration 'not-yet' does not exist yet; its test was skipped."]

    result = run.fails("integration_test", check_mode=True, id="i-nope")
    assert "the integration does not exist" in result["msg"]


def test_unknown_or_ambiguous_integration_is_not_tested(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    assert "the integration does not exist" in run.fails("integration_test", display_name="op")["msg"]
    assert "2 integrations are named 'ops'" in run.fails("integration_test", display_name="ops")["msg"]
    assert emulator.deliveries() == []


@pytest.mark.parametrize(("policy", "fails"), [("204", False), ("400", True)])
def test_dead_url_fails_if_the_service_reports_it(run, emulator, policy, fails):
    emulator.reset(dead_url=policy)
    target = {"kind": "Webhook", "webhook_url": "http://127.0.0.1:1/topsecret"}
    result = run("integration_test", target=target)
    assert bool(result.get("failed")) is fails
    assert result["sent"] is not fails
    assert result["changed"] is False
    assert "topsecret" not in str(result)
    if fails:
        assert "The target did not accept the test notification." in result["msg"]


def test_lost_response_is_not_retried(run, emulator):
    emulator.fault("cut-after", "POST")
    result = run.fails("integration_test", target={"kind": "Webhook", "webhook_url": emulator.inbox_url("x")})
    assert result["sent"] is False
    assert len(emulator.inbox("x")) == 1


@pytest.mark.parametrize(
    "params",
    [{}, {"id": "i-1", "display_name": "x"}, {"id": "i-1", "target": {"kind": "Slack", "webhook_url": URL}}],
)
def test_exactly_one_way_to_select_the_target_is_required(run, emulator, params):
    run.fails("integration_test", **params)
    assert emulator.requests() == []
