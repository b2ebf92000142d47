# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed during a bulk task; the next run completes it."""

from __future__ import annotations

import pytest

from support.emulator import KEY, SECRET, slack
from support.playbooks import play, play_until_killed, plays

CHANNELS = 40
WRITES_BEFORE_KILL = 12
BULK_PARAMS = {
    "integrations": {
        "integrations": [slack(f"channel-{number}") for number in range(CHANNELS)],
        "purge": True,
        "keep": ["ops"],
    },
    "subscriptions": {"rules": [{"select": {}, "integrations": ["ops"]}]},
}


@pytest.mark.parametrize(
    ("module", "direct_execution"),
    [("integrations", "true"), ("integrations", "false"), ("subscriptions", "true")],
)
def test_next_run_completes_killed_bulk_task(emulator, tmp_path, module, direct_execution):
    emulator.reset(integrations=[slack("ops"), slack("obsolete")], latency_ms=20)
    task = {f"ccloud.notifications.{module}": BULK_PARAMS[module]}
    playbook = plays({"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}, task)
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct_execution}

    play_until_killed(tmp_path, playbook, lambda: len(emulator.writes()) >= WRITES_BEFORE_KILL, environment)
    assert len(emulator.writes()) < CHANNELS

    next_run = play(tmp_path, playbook, environment=environment)
    assert next_run.status == 0, next_run.output
    assert "changed=1 " in next_run.output

    if module == "integrations":
        assert set(emulator.made()) == {"ops", *(f"channel-{number}" for number in range(CHANNELS))}
        # The emulator allows two objects of one name, so each was created exactly once in both runs.
        created = sum(line.startswith("POST") for line in emulator.writes())
        assert created == CHANNELS
    else:
        type_ids = [
            subscription["notification_type"]["id"] for subscription in emulator.objects("subscriptions")
        ]
        assert len(type_ids) == len(set(type_ids))
        assert all("ops" in integrations for integrations in emulator.routes().values())

    assert "changed=0 " in play(tmp_path, playbook, environment=environment).output
