# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The execution environment: its build context, and the steps of its build that need no container engine."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys

import pytest

from support import examples
from support.cores import CACHE
from support.playbooks import BIN, ROOT, command, copy_tree

DEFINITION = ROOT / "extensions" / "execution_environment" / "execution-environment.yml"
CORE = CACHE / "smoke-2.16" / "bin"
EXAMPLE = [
    "-e",
    f"@{ROOT}/playbooks/vars/organization.yml",
    "-e",
    f"@{ROOT}/playbooks/vars/secrets.example.yml",
]


def run(*arguments, cwd, **environment):
    """Run a command that must succeed, and return its output."""
    process = subprocess.run(
        list(map(str, arguments)),
        cwd=cwd,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout
    return process.stdout


@pytest.fixture
def context(tmp_path):
    """The build context, created from a folder with the definition and the archive, as the page says."""
    copy_tree(tmp_path / "source")
    run(BIN / "ansible-galaxy", "collection", "build", "source", cwd=tmp_path)
    [archive] = tmp_path.glob("*.tar.gz")
    archive.rename(tmp_path / "ccloud-notifications.tar.gz")
    shutil.copy(DEFINITION, tmp_path)
    run(BIN / "ansible-builder", "create", "--output-filename", "Containerfile", cwd=tmp_path)
    return tmp_path / "context"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the pinned ansible-builder needs Python 3.11")
@pytest.mark.skipif(not CORE.exists(), reason="this machine has no Python for ansible-core 2.16")
def test_result_of_the_build_steps_runs_the_playbooks(context, emulator, tmp_path):
    containerfile = (context / "Containerfile").read_text()
    assert 'ARG PKGMGR="/usr/bin/microdnf"' in containerfile

    # The steps of the Containerfile, in folders of the test.
    collections, packages = tmp_path / "collections", tmp_path / "packages"
    [install] = re.findall(r"ansible-galaxy (collection install .*)", containerfile)
    install = install.replace("$ANSIBLE_GALAXY_CLI_COLLECTION_OPTS", "")
    arguments = shlex.split(install.replace("/usr/share/ansible/collections", str(collections)))
    # A collection that this path has would not be installed.
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(collections), "ANSIBLE_GALAXY_DISABLE_GPG_VERIFY": "1"}
    run(CORE / "ansible-galaxy", *arguments, cwd=context / "_build", **environment)

    script = context / "_build" / "scripts" / "introspect.py"
    introspect = [sys.executable, script, "introspect", collections, "--write-pip=requirements.txt"]
    run(*introspect, cwd=tmp_path)
    assert "requests>=2.25.0" in (tmp_path / "requirements.txt").read_text()
    pip = [CORE / "python", "-m", "pip", "install", "--quiet", "--target", packages]
    run(*pip, "--requirement", "requirements.txt", cwd=tmp_path)

    environment = {
        **examples.environment(emulator),
        "ANSIBLE_COLLECTIONS_PATH": str(collections),
        "PYTHONPATH": str(packages),
    }
    pager = ["-e", json.dumps({"pager_url": emulator.inbox_url("pager")})]
    for expected in (
        "integrations: 11 created",
        "integrations: 0 created, 0 changed, 0 deleted, 11 unchanged",
    ):
        arguments = ["ccloud.notifications.bootstrap", *EXAMPLE, *pager]
        process = command(tmp_path, "ansible-playbook", *arguments, environment=environment, programs=CORE)
        assert process.status == 0, process.output[-3000:]
        assert expected in process.output
    assert len(emulator.inbox("pager")) == 1


def test_collection_needs_only_requests(tmp_path):
    """ansible-builder reads meta/execution-environment.yml of each collection."""
    folder = tmp_path / "ansible_collections" / "ccloud"
    folder.mkdir(parents=True)
    (folder / "notifications").symlink_to(ROOT)
    introspected = run(BIN / "ansible-builder", "introspect", tmp_path, cwd=tmp_path)
    assert "requests>=2.25.0" in introspected
