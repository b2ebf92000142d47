# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""pytest-ansible as its users use it, on a checkout that is in no tree of collections.

The other suites do not use it: docs/contributing.md says why.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys

import pytest

from support.playbooks import ROOT, copy_tree, process_environment

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("pytest_ansible") is None, reason="pytest-ansible is not installed"
)

CONFTEST = """
pytest_plugins = ["emulator.pytest_plugin"]
"""
TESTS = """
import os
import pytest

INFO = "ccloud.notifications.integration_info"
CREATE = "ccloud.notifications.integration"
CHANNEL = {"display_name": "ops", "target": {"kind": "Webhook", "webhook_url": "https://hooks.example/not-real"}}


@pytest.fixture
def connection(ccloud_emulator):
    return {"endpoint": ccloud_emulator.url, "api_key": "emulator-key", "api_secret": "emulator-secret"}


def names(results):
    [result] = results.values()
    return [integration["display_name"] for integration in result["integrations"]]


def test_ansible_module(ansible_module, connection):
    create = getattr(ansible_module, CREATE)
    [result] = create(**connection, **CHANNEL).values()
    assert result["changed"]
    [again] = create(**connection, **CHANNEL).values()
    assert not again["changed"]
    assert "ops" in names(getattr(ansible_module, INFO)(**connection))


def test_ansible_adhoc(ansible_adhoc, connection):
    host = ansible_adhoc().localhost
    assert "ops" not in names(getattr(host, INFO)(**connection))


def test_localhost(localhost, connection):
    assert "ops" not in names(getattr(localhost, INFO)(**connection))
"""


#: pytest without the configuration of this project.
PYTEST = (sys.executable, "-m", "pytest", "-q", "-c", os.devnull, "--rootdir", ".", "-p", "no:cacheprovider")


def run_pytest(folder, *arguments, **environment):
    process = subprocess.run(
        [*PYTEST, *arguments],
        cwd=folder,
        env=process_environment(folder, {"PYTHONPATH": str(ROOT / "tools"), **environment}),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    return process.returncode, process.stdout + process.stderr


@pytest.fixture
def checkout(tmp_path):
    """A checkout with the tests of a user, which is in no tree of collections."""
    folder = tmp_path / "checkout"
    copy_tree(folder)
    own = folder / "own"
    own.mkdir()
    (own / "conftest.py").write_text(CONFTEST)
    (own / "test_channels.py").write_text(TESTS)
    return folder


def test_fixtures_run_modules_on_a_checkout(checkout):
    inventory = ["--inventory", "localhost,", "--host-pattern", "localhost", "--ansible-connection", "local"]
    status, output = run_pytest(checkout, *inventory, "own")
    assert status == 0, output
    assert "3 passed" in output


@pytest.mark.skipif(importlib.util.find_spec("molecule") is None, reason="Molecule is not installed")
def test_molecule_scenario_passes_on_the_emulator(checkout, emulator):
    """The fixture is behind an option, and its end is announced as well."""
    scenario = checkout / "own" / "molecule" / "default"
    scenario.mkdir(parents=True)
    (scenario / "molecule.yml").write_text(
        "driver: {name: default, options: {managed: false}}\n"
        "platforms: [{name: localhost}]\n"
        "scenario: {test_sequence: [converge, idempotence]}\n"
    )
    task = "{display_name: ops, target: {kind: Webhook, webhook_url: 'https://hooks.example/not-real'}}"
    (scenario / "converge.yml").write_text(
        "- hosts: localhost\n  connection: local\n  gather_facts: false\n"
        f"  tasks: [{{ccloud.notifications.integration: {task}}}]\n"
    )
    (checkout / "own" / "test_scenario.py").write_text(
        "def test_scenario(molecule_scenario):\n"
        "    process = molecule_scenario.test()\n"
        "    assert process.returncode == 0, process.stdout\n"
    )
    # pytest-ansible finds only scenarios that Git knows, and skips the test without one.
    subprocess.run(["git", "init", "--quiet"], cwd=checkout, check=True)
    subprocess.run(["git", "add", "own"], cwd=checkout, check=True)
    credentials = {"CONFLUENT_CLOUD_API_KEY": "emulator-key", "CONFLUENT_CLOUD_API_SECRET": "emulator-secret"}
    tree = checkout.parent / "tree" / "ansible_collections" / "ccloud"
    tree.mkdir(parents=True)
    (tree / "notifications").symlink_to(checkout)
    status, output = run_pytest(
        checkout / "own",
        "test_scenario.py",
        ANSIBLE_COLLECTIONS_PATH=str(tree.parent.parent),
        CONFLUENT_CLOUD_ENDPOINT=emulator.url,
        PATH=f"{os.path.dirname(sys.executable)}{os.pathsep}{os.environ['PATH']}",
        **credentials,
    )
    assert status == 0, output
    assert "1 passed" in output
    assert set(emulator.made()) == {"ops"}
