# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behavior that only real processes show, such as ad-hoc commands and registered failures."""

from __future__ import annotations

import json

import pytest

from support.emulator import KEY, SECRET, slack
from support.playbooks import command, play, plays


@pytest.fixture
def connection(emulator):
    return {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}


def test_ad_hoc_command_works(emulator, connection, tmp_path):
    emulator.reset(integrations=[slack("ops")])
    arguments = json.dumps({**connection, "name": "ops"})
    module = ["-m", "ccloud.notifications.integration_info", "-a", arguments]
    process = command(tmp_path, "ansible", "localhost", *module)
    assert process.status == 0, process.output
    assert '"display_name": "ops"' in process.output


def test_registered_failure_has_the_details(emulator, connection, tmp_path):
    emulator.reset(quota=0)
    target = {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}
    create = {
        "ccloud.notifications.integration": {"name": "ops", "target": target},
        "register": "failed",
        "ignore_errors": True,
    }
    conditions = ["failed.error.status == 402", "failed.changed == false", "failed.api.requests == 2"]
    check = {"ansible.builtin.assert": {"that": conditions}}
    process = play(tmp_path, plays(connection, create, check))
    assert process.status == 0, process.output
    assert "Could not create the integration 'ops': over quota: " in process.output
    assert "integrations_per_org" in process.output
