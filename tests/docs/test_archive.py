# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user gets: the archive, built and installed by ansible-galaxy, and used from there."""

from __future__ import annotations

import os
import subprocess
import tarfile

import pytest

from support import examples
from support.emulator import Emulator
from support.playbooks import BIN, command, copy_tree, process_environment, run_process

#: What lies in a working tree and must not be published, whatever Git ignores.
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
#: Beside these, an archive has files at its top only.
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
    """Built from a copy of the tree."""
    folder = tmp_path_factory.mktemp("built")
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
    built = run_process(
        folder, [str(folder / "source" / ".ci" / "build"), str(BIN / "ansible-galaxy")], process_environment(folder)
    )
    assert built.status == 0, built.output
    return next((folder / "source" / "dist").glob("*.tar.gz"))


def test_stray_files_never_get_into_the_archive(archive):
    with tarfile.open(archive) as opened:
        names = {member.name for member in opened.getmembers()}
    assert {name for name in names if name.startswith(STRAYS)} == set()


def test_building_without_git_says_what_is_needed(tmp_path):
    copy_tree(tmp_path / "source")
    refused = run_process(
        tmp_path,
        [str(tmp_path / "source" / ".ci" / "build"), "true"],
        {"PATH": os.environ["PATH"], "GIT_DIR": "/nowhere"},
    )
    assert refused.status == 1
    assert "make build needs a Git checkout" in refused.output


def test_the_archive_holds_what_a_user_needs_and_is_small(archive):
    with tarfile.open(archive) as opened:
        names = [each.name for each in opened.getmembers() if each.isfile()]
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
    assert archive.stat().st_size < 200_000


def test_what_is_installed_works_and_brings_its_emulator(archive, tmp_path):
    # Nowhere else, or the one that is tested would pass for installed.
    only_here = {"ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "here")}
    installed = command(
        tmp_path, "ansible-galaxy", "collection", "install", str(archive), environment=only_here
    )
    assert installed.status == 0, installed.output
    collection = tmp_path / "here" / "ansible_collections" / "ccloud" / "notifications"
    with Emulator.started(folder=collection / "tests" / "emulator") as emulator:
        environment = {**examples.environment(emulator), **only_here}
        flags = ["-e", "export_to=organization.yml"]
        played = command(
            tmp_path, "ansible-playbook", "ccloud.notifications.export", *flags, environment=environment
        )
        assert played.status == 0, played.output
        assert "bootstrap_subscriptions" in (tmp_path / "organization.yml").read_text()
