# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A list that counts more than it shows: nothing that relies on absence happens, and reading goes on."""

from __future__ import annotations

import pytest

from support.emulator import slack

ADMINS, FAILED, UNSUBSCRIBED = "Organization admins", "Connector failed", "Invoice available"
NEW = {"kind": "Slack", "webhook_url": "https://hooks.slack.example/new"}


@pytest.fixture
def hide(emulator):
    """Hides objects from every list of a collection, which still counts them."""
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("old")])
    emulator.route(FAILED, ADMINS, "ops", "pager")

    def hide_(collection, *names):
        for _page in range(50):
            emulator.fault("unlisted", "GET", f"*/{collection}", body=list(names))

    return hide_


RELYING = {
    "create": ("integrations", "integration", {"display_name": "new", "target": NEW}),
    "delete": ("integrations", "integration", {"display_name": "old", "state": "absent"}),
    "delete in use": ("subscriptions", "integration", {"display_name": "pager", "state": "absent"}),
    "purge": (
        "subscriptions",
        "integrations",
        {"integrations": [{"display_name": "ops"}], "purge": True},
    ),
    "purge of an organization": (
        "subscriptions",
        "organization",
        {"integrations": [{"display_name": "ops"}], "purge": True, "silence_limit": 9},
    ),
    "subscribe": (
        "subscriptions",
        "subscription",
        {"notification_type": UNSUBSCRIBED, "integrations": ["ops"]},
    ),
    "disable": ("subscriptions", "subscription", {"notification_type": FAILED, "enabled": False}),
    "disable others": (
        "subscriptions",
        "subscriptions",
        {"rules": [{"notification_type": FAILED, "integrations": ["ops"]}], "disable_others": True},
    ),
}


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("case", RELYING)
def test_nothing_that_relies_on_absence_happens(run, emulator, hide, case, check_mode):
    collection, module, params = RELYING[case]
    type_id = emulator.ids("notification-types")[FAILED]
    subscriptions = emulator.objects("subscriptions")
    used = [obj["id"] for obj in subscriptions if obj["notification_type"]["id"] == type_id]
    others = [obj["id"] for obj in subscriptions if obj["id"] not in used]
    is_deletion = "delete" in case or "purge" in case
    hide(collection, "pager" if collection == "integrations" else (used if is_deletion else others)[0])
    result = run.fails(module, check_mode=check_mode, **params)
    assert result["error"]["type"] == "incomplete_list", result["msg"]
    assert "more than it lists" in result["msg"]
    assert emulator.writes() == []


def test_updates_and_reads_go_on_with_a_warning(run, emulator, hide):
    hide("integrations", "pager")
    assert run.ok("integration", display_name="ops", description="New")["changed"] is True
    assert any("may be incomplete" in warning for warning in run.warnings)
    assert len(run.ok("integration_info", kinds=["Slack"])["integrations"]) == 2


def test_a_refused_organization_shows_its_plan(run, emulator, hide):
    hide("integrations", "pager")
    result = run.fails("organization", integrations=[{"display_name": "new", "target": NEW}])
    assert result["error"]["type"] == "incomplete_list"
    assert result["plan"]["summary"]["to_create"] == 1
