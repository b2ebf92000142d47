# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook check_relay, which a schedule runs to notice that a relay is down, late or refused."""

from __future__ import annotations

import json
import threading
import time

import pytest

from support.emulator import slack
from support.examples import environment
from support.playbooks import command

OK = {"state": "ok", "waiting": 0, "oldest_seconds": 0, "failed": 0, "delivered": 3, "last_delivered_at": 0}


def check(folder, *flags, **variables):
    given = ["-e", f"relay_folder={folder}", *flags]
    return command(folder, "ansible-playbook", "ccloud.notifications.check_relay", *given, **variables)


def write(folder, **members):
    (folder / "part").write_text(json.dumps({**OK, "time": time.time(), **members}))
    (folder / "part").replace(folder / "status.json")


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({}, None),
        ({"oldest_seconds": 299}, None),
        ({"time": time.time() - 3600}, "The relay is not running."),
        ({"failed": 2}, "2 notifications were not delivered. The files in"),
        (
            {"waiting": 3, "oldest_seconds": 301},
            "3 notifications wait for PagerDuty, the oldest for 301 seconds.",
        ),
    ],
)
def test_state_of_the_relay_decides(tmp_path, members, message):
    write(tmp_path, **members)
    played = check(tmp_path)
    assert (played.status == 0) is (message is None), played.output
    assert (message or "ok=") in " ".join(played.output.split())


def test_folder_without_a_relay_fails(tmp_path):
    played = check(tmp_path)
    assert played.status == 2
    assert "No relay uses the folder" in played.output


@pytest.mark.parametrize("is_delivered", [True, False])
def test_a_test_notification_must_arrive(tmp_path, emulator, is_delivered):
    emulator.reset(integrations=[slack("pager")])
    write(tmp_path)
    has_ended = threading.Event()

    def relay():
        while not has_ended.wait(0.02):
            if any(line.startswith("POST /integrations:test") for line in emulator.lines()):
                write(tmp_path, last_delivered_at=round(time.time()) + 1 if is_delivered else 0)
                return

    thread = threading.Thread(target=relay)
    thread.start()
    try:
        flags = ["-e", "relay_integration=pager", "-e", "relay_delay=0"]
        retries = ["-e", f"relay_retries={500 if is_delivered else 2}"]
        played = check(tmp_path, *flags, *retries, environment=environment(emulator))
    finally:
        has_ended.set()
        thread.join()
    assert (played.status == 0) is is_delivered, played.output
    assert any(line.startswith("POST /integrations:test") for line in emulator.lines())
