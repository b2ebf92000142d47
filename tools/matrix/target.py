# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs every module as an ordinary module in another Python, which `make test-all/matrix` names in TARGET_PYTHON.

pytest does not collect this file by default, because `make test` has no second Python.
"""

from __future__ import annotations

import os
import subprocess

from support import examples
from support.playbooks import play


def test_every_module_runs_in_the_python_of_the_target(emulator, tmp_path):
    command = [os.environ["TARGET_PYTHON"], "-c", "import platform; print(platform.python_version())"]
    version = subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()

    check_version = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": True,
        "gather_subset": ["!all", "python"],
        "tasks": [{"ansible.builtin.assert": {"that": [f"ansible_facts.python_version == '{version}'"]}}],
    }
    # A variable, because the implicit localhost sets the interpreter itself.
    variables = {**examples.variables(emulator), "ansible_python_interpreter": os.environ["TARGET_PYTHON"]}
    environment = {
        **examples.environment(emulator),
        "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": "false",
        "ANSIBLE_PIPELINING": "true",
    }
    plays = [check_version, *examples.example_plays()]
    process = play(tmp_path, plays, variables=variables, environment=environment)
    assert process.status == 0, process.output[-4000:]
    assert "DeprecationWarning" not in process.output
