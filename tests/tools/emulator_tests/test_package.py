# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator as users get it: its version, its help, and its requirements."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest
import tomllib
import yaml
from packaging.requirements import Requirement

from emulator import __version__, cli
from support.emulator import FOLDER
from support.playbooks import ROOT


def output_of(capsys, *flags):
    with pytest.raises(SystemExit) as raised:
        cli.main(flags)
    assert raised.value.code == 0
    return capsys.readouterr().out


def test_version_is_that_of_the_collection(capsys):
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    assert __version__ == galaxy["version"]
    assert output_of(capsys, "--version") == f"ccloud-notifications-emulator {__version__}\n"


def test_every_example_of_the_help_is_valid(capsys):
    text = output_of(capsys, "--help").partition("examples:")[2]
    examples = re.findall(r"^  python tools/emulator (.*)$", text, re.MULTILINE)
    assert len(examples) >= 5
    for example in examples:
        assert cli._parse(shlex.split(example)).port == 8123


def test_help_lists_every_policy_with_its_values(capsys):
    text = output_of(capsys, "--help")
    policies = text.partition("policies:")[2].partition("settings:")[0]
    assert "--webhook-urls {clear,masked}" in policies
    assert "--quota" not in policies


def test_package_requires_the_tested_versions():
    project = tomllib.loads((FOLDER / "pyproject.toml").read_text())["project"]
    required = {requirement.name: requirement for requirement in map(Requirement, project["dependencies"])}
    pins = [Requirement(line) for line in (FOLDER / "requirements.txt").read_text().splitlines()[1:]]
    assert {pin.name for pin in pins} == set(required)
    for pin in pins:
        [version] = [specifier.version for specifier in pin.specifier]
        assert f">={version}" in str(required[pin.name].specifier)
        assert required[pin.name].specifier.contains(version)


def test_missing_package_is_named_with_the_command_that_installs_it():
    # -S hides the installed packages.
    process = subprocess.run([sys.executable, "-S", str(FOLDER)], capture_output=True, text=True, check=False)
    assert process.returncode == 1
    expected = r"The emulator needs the package \w+\. Install what it needs: pip install .*/tools/emulator\n"
    assert re.fullmatch(expected, process.stderr)


def test_help_request_describes_the_other_control_requests(emulator):
    described = emulator.control("GET", "help")
    assert described["POST /_emulator/read-only"] == '{"enabled": true or false}'
    assert described["GET /_emulator/requests"] == ""
