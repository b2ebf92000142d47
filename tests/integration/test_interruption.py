# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes that are timed out, terminated, or several at once: what they write, and when they stop."""

from __future__ import annotations

import signal
import subprocess
import time

import pytest
import yaml

from support.cores import CACHE
from support.emulator import KEY, SECRET, slack
from support.playbooks import BIN, command, play, plays, process_environment

MODULE = "ccloud.notifications.integrations"
MANY = {
    MODULE: {
        "integrations": [
            {"display_name": f"channel-{n}", "target": slack(f"channel-{n}")["target"]} for n in range(100)
        ],
        "concurrency": 2,
    }
}


@pytest.fixture
def connection(emulator):
    emulator.reset(latency_ms=50)
    return {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}


def still_writes(emulator):
    """Whether anything is written in the next moment."""
    time.sleep(0.2)  # what was on its way arrives
    before = len(emulator.writes())
    time.sleep(0.3)
    return len(emulator.writes()) > before


@pytest.mark.parametrize("direct", ["true", "false"])
def test_time_out_of_a_task_ends_its_writes(emulator, connection, tmp_path, direct):
    """An ordinary module does not learn of the time-out, so its deadline is no later."""
    started = time.monotonic()
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct}
    played = play(tmp_path, plays(connection, {**MANY, "timeout": 1}), environment=environment)
    assert time.monotonic() - started < 6  # without the time-out, it takes at least 5 s longer
    assert played.status == 2
    if direct == "false":
        time.sleep(1.0)  # the module has started later than the task
    assert not still_writes(emulator)
    assert 0 < len(emulator.writes()) < 100
    if direct == "true":
        assert "write requests. What they changed is not undone." in played.output


@pytest.mark.parametrize("programs", [BIN, CACHE / "smoke-2.16" / "bin"], ids=["this core", "2.16"])
def test_termination_of_the_controller_ends_its_writes(emulator, connection, tmp_path, programs):
    """Before 2.19 a worker is not told; it notices that its parent is gone."""
    if not programs.exists():
        pytest.skip("no Python for ansible-core 2.16 is on this machine")
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays(connection, MANY)))
    arguments = [str(programs / "ansible-playbook"), "play.yml"]
    process = subprocess.Popen(
        arguments,
        cwd=tmp_path,
        env=process_environment(tmp_path),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while len(emulator.writes()) < 3:
        assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    process.wait(timeout=10)
    assert not still_writes(emulator)
    assert len(emulator.writes()) < 100


def test_hosts_that_manage_one_organization_create_an_integration_once(emulator, connection, tmp_path):
    """The service allows two of a name, and each host reads the list before any has created one."""
    (tmp_path / "hosts.yml").write_text(
        "all: {hosts: {a: {}, b: {}, c: {}}, vars: {ansible_connection: local}}\n"
    )
    task = {"ccloud.notifications.integration": {"display_name": "ops", "target": slack("ops")["target"]}}
    made = plays(connection, task)
    made[0]["hosts"] = "all"
    (tmp_path / "play.yml").write_text(yaml.safe_dump(made))
    done = command(tmp_path, "ansible-playbook", "-i", "hosts.yml", "--forks", "3", "play.yml")
    assert done.status == 0, done.output
    assert [line for line in emulator.writes() if line.startswith("POST")] == ["POST /integrations -> 201"]
    assert done.output.count("changed=1 ") == 1
    output = " ".join(done.output.split())
    assert "was created by another task or user in the meantime" in output
    assert "use `run_once: true` or `delegate_to`" in output
