# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module as an ordinary module in one other Python, which `make matrix` names in TARGET_PYTHON.

pytest does not collect this file by itself: `make test` has no second Python.
"""

from __future__ import annotations

import os
import subprocess

from support import examples
from support.playbooks import play


def test_every_module_runs_in_the_targets_python(emulator, tmp_path):
    asked = [os.environ["TARGET_PYTHON"], "-c", "import platform; print(platform.python_version())"]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.strip()
    first = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": True,
        "gather_subset": ["!all", "python"],
        "tasks": [{"ansible.builtin.assert": {"that": [f"ansible_facts.python_version == '{version}'"]}}],
    }
    # As a variable, for the implicit localhost has one of its own.
    variables = {**examples.variables(emulator), "ansible_python_interpreter": os.environ["TARGET_PYTHON"]}
    environment = {
        **examples.environment(emulator),
        "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": "false",
        "ANSIBLE_PIPELINING": "true",
    }
    played = play(
        tmp_path, [first, *examples.example_plays()], variables=variables, environment=environment
    )
    assert played.status == 0, played.output[-4000:]
    assert "DeprecationWarning" not in played.output
