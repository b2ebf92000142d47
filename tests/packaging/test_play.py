# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make play` starts an emulator, prints commands that work, and stops."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys

import pytest
import requests

from support.playbooks import ROOT, process_environment, run_process

LAST_LINE = "Press Ctrl+C to stop the emulator.\n"


@pytest.fixture
def playground(tmp_path):
    """The lines that `make play` prints, and its process."""
    # So does a shell for what it starts in the background.
    ignore_interrupts = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]
    command = [
        *ignore_interrupts,
        sys.executable,
        str(ROOT / "tools" / "play"),
        "--port",
        "0",
        "--folder",
        str(tmp_path / "play"),
    ]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=process_environment(tmp_path)
    ) as process:
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line == LAST_LINE:
                break
        yield lines, process
        process.kill()


def test_printed_commands_work_and_ctrl_c_stops_it(playground, tmp_path):
    lines, process = playground
    assert lines[-1:] == [LAST_LINE]
    commands = [line.strip() for line in lines if line.startswith("  ") and not line.startswith("  #")]
    url = next(line.partition("=")[2] for line in commands if "ENDPOINT" in line)

    # A marker after each command separates the outputs.
    script = "set -e\n" + "\n".join(f"{command}\necho ==" for command in commands)
    environment = process_environment(tmp_path)
    played = run_process(tmp_path, ["bash", "-c", script], environment)
    assert played.status == 0, played.output
    empty_plan, _change, plan, bootstrap, verify = played.output.split("==\n")[-6:-1]
    assert "No changes" in empty_plan
    assert "security-slack" in plan
    assert "failed=0" in bootstrap
    assert "localhost: no drift, no violations." in verify
    assert "<table" in (tmp_path / "play" / "routing.html").read_text()

    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=30) == 0
    with pytest.raises(requests.ConnectionError):
        requests.get(url, timeout=5)


def test_sigterm_stops_it(playground):
    _lines, process = playground
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0


def test_busy_port_is_named_with_what_to_do(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        command = [sys.executable, "tools/play", "--port", str(port), "--folder", str(tmp_path)]
        ended = run_process(ROOT, command, process_environment(tmp_path))
    assert ended.status == 1
    assert f"The emulator cannot listen on port {port}" in ended.output
    assert ended.output.splitlines()[-1] == 'Choose another port: make play ARGS="--port 8124"'
    assert "Traceback" not in ended.output
