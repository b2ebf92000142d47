# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``integration_info`` against a real server."""

from __future__ import annotations

import pytest

from support.emulator import READER_KEY, READER_SECRET, slack, webhook

BUILT_IN = ["Jordan Doe (e-mail)", "Jordan Doe (in app)", "Organization admins"]


def names(result):
    return [integration["display_name"] for integration in result["integrations"]]


def test_all_integrations_are_listed_by_name_then_id(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("alerts"), slack("ops")])
    result = run.ok("integration_info")
    assert names(result) == [*BUILT_IN, "alerts", "ops", "ops"]
    ids = [integration["id"] for integration in result["integrations"][-2:]]
    assert ids == sorted(ids)
    assert result["changed"] is False
    assert result["missing"] == []
    assert emulator.lines() == ["GET /integrations -> 200"]


def test_integrations_are_returned_unchanged_except_for_the_url(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    integrations = run.ok("integration_info")["integrations"]
    by_name = {integration["display_name"]: integration for integration in integrations}
    for stored in emulator.objects():
        if stored["display_name"] == "ops":
            stored["target"]["webhook_url"] = "********"
        assert by_name[stored["display_name"]] == stored


@pytest.mark.parametrize(("policy", "expected"), [("clear", "https://example.org/secret"), ("masked", None)])
def test_urls_are_only_revealed_on_request(run, emulator, policy, expected):
    emulator.reset(integrations=[webhook("hook", "https://example.org/secret")], webhook_urls=policy)
    [hidden] = run.ok("integration_info", display_name="hook")["integrations"]
    assert hidden["target"]["webhook_url"] == "********"

    [revealed] = run.ok("integration_info", display_name="hook", reveal_webhook_urls=True)["integrations"]
    url = revealed["target"]["webhook_url"]
    assert url == expected or (expected is None and "secret" not in url)


def test_unknown_ids_and_names_are_missing(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops-eu"), slack("a, b")])
    integrations = emulator.made()
    assert names(run.ok("integration_info", display_name="ops")) == ["ops"]
    assert names(run.ok("integration_info", name="a, b")) == ["a, b"]

    result = run.ok(
        "integration_info", id=[integrations["ops-eu"]["id"], "i-nope"], display_name=["op", "a, b"]
    )
    assert names(result) == ["a, b", "ops-eu"]
    assert result["missing"] == ["i-nope", "op"]


def test_kinds_select_integrations(run, emulator):
    emulator.reset(integrations=[slack("ops"), {"display_name": "new", "target": {"kind": "Carrier"}}])
    assert names(run.ok("integration_info", kinds=["Slack", "Carrier"])) == ["new", "ops"]
    assert names(run.ok("integration_info", kinds=[])) == []
    assert run.warnings == []

    assert names(run.ok("integration_info", kinds=["slack"])) == []
    assert run.warnings == [
        "No integration is of kind 'slack'. "
        "Known kinds: Slack, MsTeams, Webhook, RoleEmail, UserEmail, InApp."
    ]

    result = run.ok("integration_info", display_name="ops", kinds=["Webhook"])
    assert (result["integrations"], result["missing"]) == ([], [])


@pytest.mark.parametrize("option", ["id", "display_name"])
@pytest.mark.parametrize("value", [{"a": "b"}, [1], [""], ""])
def test_filter_that_is_not_text_is_rejected(run, emulator, option, value):
    result = run.fails("integration_info", **{option: value})
    assert f"`{option}` must be a non-empty string or a list of" in result["msg"]
    assert emulator.requests() == []


def test_list_of_several_pages_is_complete(run, emulator):
    emulator.reset(integrations=600)
    result = run.ok("integration_info", kinds=["Slack"])
    assert names(result) == [f"channel-{n:05}" for n in range(600)]
    assert result["api"]["requests"] == 3
    assert len(set(result["api"]["request_ids"])) == 3


def test_failing_page_fails_the_task(run, emulator):
    emulator.reset(integrations=600)
    emulator.fault("status", "GET", skip=1, status=403)
    result = run.fails("integration_info")
    assert "integrations" not in result
    assert result["error"]["operation"] == "list the integrations"


def test_read_only_key_is_sufficient(run):
    run.ok("integration_info", api_key=READER_KEY, api_secret=READER_SECRET)


def test_check_mode_also_reads(run):
    assert names(run.ok("integration_info", check_mode=True)) == BUILT_IN
