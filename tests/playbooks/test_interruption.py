# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes that time out, are terminated or run in parallel: what they write, and when they stop."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import time

import psutil
import pytest
import yaml

from support.cores import CACHE
from support.emulator import KEY, SECRET, slack
from support.playbooks import BIN, command, play, plays, process_environment

MODULE = "ccloud.notifications.integrations"
LONG_TASK = {
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
    """Whether anything is written in the next moments."""
    time.sleep(0.2)  # for requests that are already sent
    before = len(emulator.writes())
    time.sleep(0.3)
    return len(emulator.writes()) > before


def processes_in(folder):
    """The processes whose working directory is a folder."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.cwd() == str(folder):
                found.append(process)
    return found


def wait_for_processes_to_end(folder):
    """A worker whose controller is gone must not wait forever for somebody to read its result."""
    _gone, left = psutil.wait_procs(processes_in(folder), timeout=5)
    for process in left:
        process.kill()
    assert left == []


@pytest.mark.parametrize("direct", ["true", "false"])
def test_task_timeout_stops_its_writes(emulator, connection, tmp_path, direct):
    """An ordinary module is not stopped by the timeout, so its deadline ends at the same time."""
    emulator.reset(latency_ms=200)
    start = time.monotonic()
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct}
    # On a busy machine, a separate process takes a second to start.
    timeout = 1 if direct == "true" else 3
    process = play(tmp_path, plays(connection, {**LONG_TASK, "timeout": timeout}), environment=environment)
    assert time.monotonic() - start < 9  # without the timeout, the task alone takes at least 10 s
    assert process.status == 2
    if direct == "false":
        time.sleep(1.0)  # the module starts later than the task
    assert not still_writes(emulator)
    assert 0 < len(emulator.writes()) < 100
    if direct == "true":
        assert "write requests. What they changed was not undone." in process.output


@pytest.mark.parametrize("programs", [BIN, CACHE / "smoke-2.16" / "bin"], ids=["this core", "2.16"])
def test_terminating_the_controller_stops_its_writes(emulator, connection, tmp_path, programs):
    """Before 2.19, a worker receives no signal; it notices that its parent is gone."""
    if not programs.exists():
        pytest.skip("this machine has no Python for ansible-core 2.16")
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays(connection, LONG_TASK)))
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
    wait_for_processes_to_end(tmp_path)
    assert len(emulator.writes()) < 100


def test_hosts_of_one_organization_create_an_integration_once(emulator, connection, tmp_path):
    """The service allows duplicate names, and every host reads the list before any host creates one."""
    (tmp_path / "hosts.yml").write_text(
        "all: {hosts: {a: {}, b: {}, c: {}}, vars: {ansible_connection: local}}\n"
    )
    task = {"ccloud.notifications.integration": {"display_name": "ops", "target": slack("ops")["target"]}}
    hosts_plays = plays(connection, task)
    hosts_plays[0]["hosts"] = "all"
    (tmp_path / "play.yml").write_text(yaml.safe_dump(hosts_plays))
    process = command(tmp_path, "ansible-playbook", "-i", "hosts.yml", "--forks", "3", "play.yml")
    assert process.status == 0, process.output

    assert [line for line in emulator.writes() if line.startswith("POST")] == ["POST /integrations -> 201"]
    assert process.output.count("changed=1 ") == 1
    output = " ".join(process.output.split())
    assert "was created by another task or user in the meantime" in output
    assert "use `run_once: true` or `delegate_to`" in output
