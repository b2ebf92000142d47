# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release archive: built, installed with ansible-galaxy, and used from there."""

from __future__ import annotations

import os
import subprocess
import tarfile

import pytest

from support import examples
from support.emulator import Emulator
from support.playbooks import BIN, command, copy_tree, process_environment, run_process

#: Files of a working tree that must not be published, whether Git ignores them or not.
STRAYS = (
    "secrets.yml",
    "notes.txt",
    ".env",
    "host.pem",
    "vault-password",
    "vault_pass",
    ".ansible/tmp",
    "playbooks/vars/mine.yml",
)
#: The folders of an archive. All other files are at its top.
FOLDERS = {
    "changelogs",
    "docs",
    "extensions",
    "meta",
    "playbooks",
    "plugins",
    "roles",
    "tests/contract",
    "tests/emulator",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive built from a copy of the tree."""
    folder = tmp_path_factory.mktemp("build")
    copy_tree(folder / "source")
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-C", str(folder / "source")]
    for arguments in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "Everything"],
    ):
        subprocess.run([*git, *arguments], check=True)
    for stray in STRAYS:
        (folder / "source" / stray).parent.mkdir(exist_ok=True)
        (folder / "source" / stray).write_text("a secret")

    command = [str(folder / "source" / ".ci" / "build"), str(BIN / "ansible-galaxy")]
    process = run_process(folder, command, process_environment(folder))
    assert process.status == 0, process.output
    return next((folder / "source" / "dist").glob("*.tar.gz"))


def test_stray_files_never_get_into_the_archive(archive):
    with tarfile.open(archive) as opened:
        names = {member.name for member in opened.getmembers()}
    assert {name for name in names if name.startswith(STRAYS)} == set()


def test_build_without_git_explains_what_is_needed(tmp_path):
    copy_tree(tmp_path / "source")
    process = run_process(
        tmp_path,
        [str(tmp_path / "source" / ".ci" / "build"), "true"],
        {"PATH": os.environ["PATH"], "GIT_DIR": "/nowhere"},
    )
    assert process.status == 1
    assert "make build needs a Git checkout" in process.output


def test_archive_has_the_expected_files_and_is_small(archive):
    with tarfile.open(archive) as opened:
        names = [member.name for member in opened.getmembers() if member.isfile()]
    inner = {name for name in names if "/" in name}
    assert {name for name in inner if not name.startswith(tuple(f"{folder}/" for folder in FOLDERS))} == set()
    assert {name for name in names if "/" not in name} == {
        ".ansible-lint",
        "CHANGELOG.rst",
        "COPYING",
        "FILES.json",
        "MANIFEST.json",
        "README.md",
    }
    assert archive.stat().st_size < 250_000


def test_installed_collection_works_and_includes_the_emulator(archive, tmp_path):
    # Only this path, so that the tested tree is not taken for the installed collection.
    collections_path = {"ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "installed")}
    process = command(
        tmp_path, "ansible-galaxy", "collection", "install", str(archive), environment=collections_path
    )
    assert process.status == 0, process.output

    collection = tmp_path / "installed" / "ansible_collections" / "ccloud" / "notifications"
    with Emulator.started(folder=collection / "tests" / "emulator") as emulator:
        environment = {**examples.environment(emulator), **collections_path}
        flags = ["-e", "export_to=organization.yml"]
        process = command(
            tmp_path, "ansible-playbook", "ccloud.notifications.export", *flags, environment=environment
        )
        assert process.status == 0, process.output
        assert "bootstrap_subscriptions" in (tmp_path / "organization.yml").read_text()
