# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``subscription_info`` against a real server."""

from __future__ import annotations

import pytest

from support.emulator import slack

ADMINS = "Organization admins"


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    emulator.route("Connector failed", ADMINS, "ops")
    emulator.route("API key created", "ops", "pager")
    emulator.route("User invited", "pager", state="DISABLED")
    return emulator


def names(result):
    return [each["notification_type"]["display_name"] for each in result["subscriptions"]]


def test_all_are_listed_with_names(run, organization):
    result = run.ok("subscription_info")
    assert len(result["subscriptions"]) == 38
    assert names(result) == sorted(names(result))
    [entry] = [
        each
        for each in result["subscriptions"]
        if each["notification_type"]["display_name"] == "Connector failed"
    ]
    assert entry["notification_type"]["severity"] == "CRITICAL"
    assert [(each["display_name"], each["kind"]) for each in entry["integrations"]] == [
        (ADMINS, "RoleEmail"),
        ("ops", "Slack"),
    ]
    assert entry["metadata"]["self"]


@pytest.mark.parametrize(
    ("params", "found", "missing"),
    [
        ({"notification_type": "Connector failed"}, ["Connector failed"], []),
        ({"notification_type": ["User invited", "User"]}, ["User invited"], ["User"]),
        ({"integration": "ops"}, ["API key created", "Connector failed"], []),
        ({"integration": ["pager", "op"]}, ["API key created", "User invited"], ["op"]),
        ({"integration": "pager", "enabled": True}, ["API key created"], []),
        ({"enabled": False}, ["User invited"], []),
        ({"integration": "ops", "notification_type": "User invited"}, [], []),
    ],
)
def test_filters_have_to_be_met_together(run, organization, params, found, missing):
    result = run.ok("subscription_info", **params)
    assert (names(result), result["missing"]) == (found, missing)


def test_what_is_read_can_be_handed_back(run, organization):
    for each in run.ok("subscription_info")["subscriptions"]:
        ids = [reference["id"] for reference in each["integrations"]]
        enabled = each["current_state"] == "ENABLED"
        handed = {
            "notification_type": each["notification_type"]["id"],
            "integrations": ids,
            "enabled": enabled,
        }
        assert run.ok("subscription", id=each["id"], **handed)["changed"] is False
    assert organization.writes() == []
