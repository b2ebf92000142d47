# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of `ansible-test sanity` that look at every file, and take no time.

`make test-all/sanity` runs all checks, in minutes.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys

import ansible_test
import pytest

from support.playbooks import ROOT

CHECKS = pathlib.Path(ansible_test.__path__[0]) / "_util" / "controller" / "sanity" / "code-smell"


@pytest.mark.parametrize("name", ["shebang", "line-endings", "no-smart-quotes", "no-illegal-filenames"])
def test_check_finds_nothing(name):
    output = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    files = [path for path in output.splitlines() if not path.endswith(".png")]
    command = [sys.executable, str(CHECKS / f"{name}.py"), *files]
    checked = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stdout) == (0, ""), checked.stderr
