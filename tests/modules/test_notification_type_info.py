# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``notification_type_info`` against a real server."""

from __future__ import annotations

import pytest

from support.emulator import slack


def names(result):
    return [each["display_name"] for each in result["notification_types"]]


def test_all_are_listed_sorted_by_name(run, emulator):
    result = run.ok("notification_type_info")
    assert len(result["notification_types"]) == 60
    assert names(result) == sorted(names(result))
    assert "GOVERNANCE" in {each["category"] for each in result["notification_types"]}
    assert emulator.lines() == ["GET /notification-types -> 200"]


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({"categories": ["SECURITY"]}, 12),
        ({"categories": ["GOVERNANCE", "SECURITY"]}, 14),
        ({"severities": ["CRITICAL"], "categories": ["SECURITY"]}, 4),
        ({"subscription_priorities": ["REQUIRED"]}, 12),
        ({"included_in_plan": False}, 6),
        ({"included_in_plan": True, "categories": ["SERVICE"]}, 21),
        ({"resource_type": "CONNECTOR"}, 6),
        ({"resource_type": "CONNECTOR", "severities": ["WARN"]}, 2),
        ({"display_name": "Connector failed"}, 1),
        ({"display_name": ["Connector failed", "Payment failed"]}, 2),
    ],
)
def test_filters_have_to_be_met_together(run, emulator, params, count):
    assert len(run.ok("notification_type_info", **params)["notification_types"]) == count
    assert run.warnings == []


def test_what_does_not_exist_is_missing(run, emulator):
    type_id = emulator.ids("notification-types")["Connector failed"]
    result = run.ok("notification_type_info", display_name=["Connector", type_id])
    assert (names(result), result["missing"]) == (["Connector failed"], ["Connector"])
    assert "neither a text nor a list" in run.fails("notification_type_info", display_name=[""])["msg"]


def test_a_value_that_nobody_knows_is_a_warning(run, emulator):
    assert names(run.ok("notification_type_info", severities=["CRITCAL"])) == []
    assert run.warnings == [
        "No notification type has 'CRITCAL' in severities. Valid values: CRITICAL, INFO, WARN."
    ]


def test_types_come_with_who_hears_of_them(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.route("Connector failed", "Organization admins", "ops", state="DISABLED")
    asked = ["Connector failed", "API key created"]
    unheard, heard = run.ok("notification_type_info", display_name=asked, with_subscriptions=True)[
        "notification_types"
    ]
    assert unheard["subscriptions"] == []
    [subscription] = heard["subscriptions"]
    assert subscription["current_state"] == "DISABLED"
    assert [(each["display_name"], each["kind"]) for each in subscription["integrations"]] == [
        ("Organization admins", "RoleEmail"),
        ("ops", "Slack"),
    ]
    assert "hooks.slack" not in str(heard)
