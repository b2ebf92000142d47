# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller is killed in the middle of a bulk job; the next run finishes it."""

from __future__ import annotations

import pytest

from support.emulator import KEY, SECRET, slack
from support.playbooks import killed, play, plays

COUNT, WHEN = 40, 12
MANY = {
    "integrations": {
        "integrations": [slack(f"channel-{n}") for n in range(COUNT)],
        "purge": True,
        "keep": ["ops"],
    },
    "subscriptions": {"rules": [{"select": {}, "integrations": ["ops"]}]},
}


@pytest.mark.parametrize(
    ("module", "controller_side"),
    [("integrations", "true"), ("integrations", "false"), ("subscriptions", "true")],
)
def test_what_was_begun_is_finished_and_nothing_is_there_twice(emulator, tmp_path, module, controller_side):
    emulator.reset(integrations=[slack("ops"), slack("obsolete")], latency_ms=20)
    task = {f"ccloud.notifications.{module}": MANY[module], "register": "done"}
    made = plays({"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}, task)
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": controller_side}
    killed(tmp_path, made, lambda: len(emulator.writes()) >= WHEN, environment)
    begun = len(emulator.writes())
    assert begun < COUNT
    told = {"ansible.builtin.debug": {"msg": "{{ done.summary.created + done.summary.changed }} more"}}
    finished = play(tmp_path, [{**made[0], "tasks": [task, told]}], environment=environment)
    assert finished.status == 0, finished.output
    assert "changed=1 " in finished.output
    if module == "integrations":
        assert set(emulator.made()) == {"ops", *(f"channel-{n}" for n in range(COUNT))}
        # Each was created once, whether before or after: the emulator makes a second one if it is asked to.
        created = sum(line.startswith("POST") for line in emulator.writes())
        assert created == COUNT
    else:
        routed = [each["notification_type"]["id"] for each in emulator.objects("subscriptions")]
        assert len(routed) == len(set(routed))
        assert all("ops" in to for to in emulator.routes().values())
    assert "changed=0 " in play(tmp_path, made, environment=environment).output
