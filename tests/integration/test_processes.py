# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only real processes show: module defaults, ad-hoc commands."""

from __future__ import annotations

import json

import pytest

from support.emulator import KEY, SECRET, slack
from support.playbooks import command, play, plays


@pytest.fixture
def connection(emulator):
    return {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}


def test_an_ad_hoc_command_works(emulator, connection, tmp_path):
    emulator.reset(integrations=[slack("ops")])
    done = command(
        tmp_path,
        "ansible",
        "localhost",
        "-m",
        "ccloud.notifications.integration_info",
        "-a",
        json.dumps({**connection, "name": "ops"}),
    )
    assert done.status == 0, done.output
    assert '"display_name": "ops"' in done.output


@pytest.mark.filterwarnings(
    "ignore:Host management is deprecated", "ignore:AnsibleCollectionFinder has already"
)
def test_pytest_ansibles_own_fixture_runs_a_module(emulator, connection, localhost):
    emulator.reset(integrations=[slack("ops")])
    info = getattr(localhost, "ccloud.notifications.integration_info")
    [result] = info(**connection, display_name="ops").contacted.values()
    assert [each["display_name"] for each in result["integrations"]] == ["ops"]


def test_a_failure_keeps_what_a_person_needs(emulator, connection, tmp_path):
    emulator.reset(quota=0)
    target = {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}
    made = plays(
        connection,
        {
            "ccloud.notifications.integration": {"name": "ops", "target": target},
            "register": "failed",
            "ignore_errors": True,
        },
        {
            "ansible.builtin.assert": {
                "that": ["failed.error.status == 402", "failed.changed == false", "failed.api.requests == 2"]
            }
        },
    )
    played = play(tmp_path, made)
    assert played.status == 0, played.output
    assert "Could not create the integration 'ops': over quota: " in played.output
    assert "integrations_per_org" in played.output
