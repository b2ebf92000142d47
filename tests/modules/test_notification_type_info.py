# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``notification_type_info`` against a real server."""

from __future__ import annotations

import pytest

from support.emulator import slack


def names(result):
    return [notification_type["display_name"] for notification_type in result["notification_types"]]


def test_all_types_are_listed_by_name(run, emulator):
    result = run.ok("notification_type_info")
    assert len(result["notification_types"]) == 60
    assert names(result) == sorted(names(result))
    assert "GOVERNANCE" in {obj["category"] for obj in result["notification_types"]}
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
def test_filters_are_combined_with_and(run, emulator, params, count):
    assert len(run.ok("notification_type_info", **params)["notification_types"]) == count
    assert run.warnings == []


def test_unknown_names_are_missing(run, emulator):
    type_id = emulator.ids("notification-types")["Connector failed"]
    result = run.ok("notification_type_info", display_name=["Connector", type_id])
    assert (names(result), result["missing"]) == (["Connector failed"], ["Connector"])
    assert (
        "must be a non-empty string or a list"
        in run.fails("notification_type_info", display_name=[""])["msg"]
    )


def test_unknown_filter_value_gives_a_warning(run, emulator):
    assert names(run.ok("notification_type_info", severities=["CRITCAL"])) == []
    assert run.warnings == [
        "No notification type has 'CRITCAL' in severities. Valid values: CRITICAL, INFO, WARN."
    ]


def test_types_are_returned_with_their_subscriptions(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.route("Connector failed", "Organization admins", "ops", state="DISABLED")
    options = {"display_name": ["Connector failed", "API key created"], "with_subscriptions": True}
    unused, used = run.ok("notification_type_info", **options)["notification_types"]

    assert unused["subscriptions"] == []
    [subscription] = used["subscriptions"]
    assert subscription["current_state"] == "DISABLED"
    integrations = [(obj["display_name"], obj["kind"]) for obj in subscription["integrations"]]
    assert integrations == [
        ("Organization admins", "RoleEmail"),
        ("ops", "Slack"),
    ]
    assert "hooks.slack" not in str(used)
