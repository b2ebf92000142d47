# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real ansible-rulebook processes."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import time

import pytest
import requests
import yaml

from support.playbooks import BIN, ROOT, free_port, process_environment

TOKEN = "notifications-token"
#: Java takes a while to start, and a playbook to run.
LIMIT = 120.0


class Rulebook:
    """A running ansible-rulebook that listens on a port of its own."""

    def __init__(self, folder, name, variables, *flags, **environment):
        self.port = free_port()
        self.log = folder / f"{name}.log"
        variables = {"notifications_port": self.port, "notifications_token": TOKEN, **variables}
        (folder / "vars.yml").write_text(yaml.safe_dump(variables))
        (folder / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
        files = ["--vars", "vars.yml", "--inventory", "inventory.yml"]
        self._log_file = self.log.open("w")
        self._process = subprocess.Popen(
            [
                str(BIN / "ansible-rulebook"),
                "--rulebook",
                f"ccloud.notifications.{name}",
                *files,
                "--verbose",
                *flags,
            ],
            cwd=folder,
            env={
                **process_environment(folder),
                "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
                "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
                **environment,
            },
            stdout=self._log_file,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    @property
    def output(self):
        return self.log.read_text()

    def post(self, body, path="endpoint", token=TOKEN):
        """Post an event as soon as the rulebook listens. Returns the status."""
        url = f"http://127.0.0.1:{self.port}/{path}"
        end = time.monotonic() + LIMIT
        while True:
            try:
                return requests.post(
                    url, json=body, headers={"Authorization": f"Bearer {token}"}, timeout=60
                ).status_code
            except requests.ConnectionError:
                assert self._process.poll() is None, self.output
                assert time.monotonic() < end, self.output
                time.sleep(0.2)

    def wait_for(self, condition):
        """Wait until a condition holds."""
        end = time.monotonic() + LIMIT
        while not condition():
            assert time.monotonic() < end, self.output
            time.sleep(0.1)

    def wait_for_output(self, pattern):
        self.wait_for(lambda: re.search(pattern, self.output))

    def kill(self):
        """End the process at once, with all of its children."""
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def stop(self):
        self._log_file.close()
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
        try:
            self._process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()


@pytest.fixture
def rulebook(tmp_path):
    """Starts the rulebook with a name; `make test-all/eda` installs what it needs."""
    if not (BIN / "ansible-rulebook").exists() or shutil.which("java") is None:
        pytest.skip(
            "ansible-rulebook needs Java and large packages; `make test-all/eda` installs it and runs this test"
        )
    with contextlib.ExitStack() as stack:

        def start(name, *flags, variables=(), **environment):
            started = Rulebook(tmp_path, name, dict(variables), *flags, **environment)
            stack.callback(started.stop)
            return started

        yield start
