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
    return [subscription["notification_type"]["display_name"] for subscription in result["subscriptions"]]


def test_all_subscriptions_are_listed_with_names(run, organization):
    result = run.ok("subscription_info")
    assert len(result["subscriptions"]) == 38
    assert names(result) == sorted(names(result))

    [subscription] = (
        obj
        for obj in result["subscriptions"]
        if obj["notification_type"]["display_name"] == "Connector failed"
    )
    assert subscription["notification_type"]["severity"] == "CRITICAL"
    assert [(obj["display_name"], obj["kind"]) for obj in subscription["integrations"]] == [
        (ADMINS, "RoleEmail"),
        ("ops", "Slack"),
    ]
    assert subscription["metadata"]["self"]


@pytest.mark.parametrize(
    ("params", "expected", "missing"),
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
def test_filters_are_combined_with_and(run, organization, params, expected, missing):
    result = run.ok("subscription_info", **params)
    assert (names(result), result["missing"]) == (expected, missing)


def test_output_of_subscription_info_is_valid_input(run, organization):
    for subscription in run.ok("subscription_info")["subscriptions"]:
        options = {
            "notification_type": subscription["notification_type"]["id"],
            "integrations": [reference["id"] for reference in subscription["integrations"]],
            "enabled": subscription["current_state"] == "ENABLED",
        }
        assert run.ok("subscription", id=subscription["id"], **options)["changed"] is False
    assert organization.writes() == []
