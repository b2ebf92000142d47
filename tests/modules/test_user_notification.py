# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``user_notification`` and ``user_notification_info`` against a real server."""

from __future__ import annotations

import pytest

from support.emulator import slack

CRN = "crn://confluent.cloud/organization=9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11/cluster=payments-prod"


@pytest.mark.parametrize(
    ("params", "count"),
    [
        ({}, 12),
        ({"unread_only": True}, 6),
        ({"severities": ["CRITICAL", "INFO"]}, 6),
        ({"resource_types": ["CONNECTOR"]}, 2),
        ({"resource_crns": [CRN]}, 3),
        ({"search": "connector", "unread_only": True}, 2),
        ({"time_range": "PAST_24H"}, 4),
    ],
)
def test_filters_select_user_notifications(run, emulator, params, count):
    result = run.ok("user_notification_info", **params)
    assert len(result["user_notifications"]) == count
    assert result["summary"]["unread_count"] == 6


def test_sort_determines_the_order(run, emulator):
    newest, oldest = (
        run.ok("user_notification_info", sort=sort)["user_notifications"]
        for sort in ("-received_at", "received_at")
    )
    assert newest == oldest[::-1]


def test_details_show_no_webhook_url(run, emulator):
    [notification] = run.ok("user_notification_info", search="payment method", details=True)[
        "user_notifications"
    ]
    assert [obj["target"]["kind"] for obj in notification["integrations"]] == ["RoleEmail", "InApp"]
    assert notification["recommended_actions"]["content"]

    [summary] = run.ok("user_notification_info", search="payment method")["user_notifications"]
    assert {"integrations", "recommended_actions"}.isdisjoint(summary)

    integration = {
        "id": "i-1",
        "metadata": {"self": "https://x.example/1"},
        **slack("ops", "https://hooks.slack.example/secret"),
    }
    page = {
        "api_version": "notifications/v1",
        "kind": "UserNotificationList",
        "metadata": {},
        "data": [{**notification, "integrations": [integration]}],
    }
    emulator.fault("status", "GET", status=200, body=page)

    result = run.ok("user_notification_info", details=True)
    assert result["user_notifications"][0]["integrations"][0]["target"] == {
        "kind": "Slack",
        "webhook_url": "********",
    }
    assert result["user_notifications"][0]["actions"][0]["url"].startswith("https://confluent.cloud")
    assert "secret" not in str(result)


def test_user_notification_is_marked_read_and_unread(run, emulator):
    [notification, *_others] = run.ok("user_notification_info", unread_only=True)["user_notifications"]
    for read in (True, False):
        emulator.refuse_writes()
        predicted = run.ok("user_notification", id=notification["id"], read=read, check_mode=True)
        emulator.refuse_writes(False)

        result = run.ok("user_notification", id=notification["id"], read=read)
        assert result["marked"] == [notification["id"]]
        for name in ("changed", "marked", "diff"):
            assert predicted[name] == result[name]
        assert run.ok("user_notification", id=notification["id"], read=read)["changed"] is False


def test_all_matching_user_notifications_are_marked(run, emulator):
    match = {"severities": ["CRITICAL"], "resource_types": ["CLUSTER", "CONNECTOR"]}
    emulator.refuse_writes()
    predicted = run.ok("user_notification", match=match, check_mode=True)
    emulator.refuse_writes(False)

    result = run.ok("user_notification", match=match)
    assert len(result["marked"]) == 2
    assert predicted["marked"] == result["marked"]
    assert emulator.writes() == ["PATCH /user-notifications:mark-all -> 204"]

    assert run.ok("user_notification", match=match)["changed"] is False
    assert len(run.ok("user_notification", match={})["marked"]) == 4
    summary = run.ok("user_notification_info")["summary"]
    assert (summary["unread_count"], summary["severities"]) == (0, [])
    assert len(run.ok("user_notification", match={}, read=False)["marked"]) == 12


def test_failed_mark_is_not_reported_as_changed(run, emulator):
    emulator.fault("status", "PATCH", status=403, times=2)
    [notification, *_others] = run.ok("user_notification_info", unread_only=True)["user_notifications"]
    for params in ({"id": notification["id"]}, {"match": {}}):
        result = run.fails("user_notification", **params)
        assert (result["changed"], result["marked"]) == (False, [])


def test_unknown_id_is_an_error(run, emulator):
    assert "Check the ID" in run.fails("user_notification", id="un-none")["msg"]
    for params in ({}, {"id": "un-1", "match": {}}):
        assert run("user_notification", **params)["failed"] is True


def test_missing_early_access_is_explained(run, emulator):
    emulator.reset(early_access="withheld")
    for module, params in (
        ("user_notification_info", {}),
        ("user_notification", {"match": {}}),
        ("user_notification", {"id": "un-1"}),
    ):
        assert "Early Access" in run.fails(module, **params)["msg"]


def test_empty_filter_selects_nothing(run, emulator):
    assert run.ok("user_notification", match={"severities": []})["changed"] is False
    assert run.ok("user_notification_info", resource_types=[])["user_notifications"] == []
    assert "`search` is empty" in run.fails("user_notification", match={"search": ""})["msg"]
    assert emulator.writes() == []
