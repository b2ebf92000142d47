# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release archive: built, installed with ansible-galaxy, and used from there."""

from __future__ import annotations

import os
import pathlib
import shutil
import tarfile
from dataclasses import dataclass

import pytest
import yaml

from support import examples
from support.archive import build_archive
from support.emulator import Emulator
from support.playbooks import ROOT, ProcessResult, command, copy_tree, run_process

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
    "contract",
    "tests/emulator",
    "tools/emulator",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    """An archive built from a copy of the tree."""
    return build_archive(tmp_path_factory.mktemp("build"), STRAYS)


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
        "CHANGELOG.md",
        "CHANGELOG.rst",
        "CODE_OF_CONDUCT.md",
        "CONTRIBUTING.md",
        "COPYING",
        "FILES.json",
        "MAINTAINERS.md",
        "MANIFEST.json",
        "README.md",
        "SECURITY.md",
    }
    # The guides are in it twice: in Markdown for its readers, and in reStructuredText for docs.ansible.com.
    assert archive.stat().st_size < 470_000


def test_archive_has_the_guides_for_docs_ansible_com(archive):
    sections = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text())["sections"]
    pages = [name for section in sections for name in section["toctree"]]
    with tarfile.open(archive) as opened:
        folder = "docs/docsite/rst/"
        texts = {
            member.name.removeprefix(folder).removesuffix(".rst"): opened.extractfile(member).read().decode()
            for member in opened.getmembers()
            if member.isfile() and member.name.startswith(folder)
        }
    assert set(texts) == set(pages)
    for name, text in texts.items():
        assert text.startswith(f".. _ansible_collections.ccloud.notifications.docsite.{name}:\n")
        assert ".md>" not in text.replace("/blob/main/", ""), f"{name} links to a file that is not a page"


@dataclass(frozen=True)
class Installed:
    """The collection as ansible-galaxy installed it, used in a folder of its own."""

    collection: pathlib.Path
    folder: pathlib.Path

    def run(self, program: str, *arguments: str, **environment: str) -> ProcessResult:
        # Only this path, so that the tested tree is not taken for the installed collection.
        path = {"ANSIBLE_COLLECTIONS_PATH": str(self.collection.parents[2])}
        process = command(self.folder, program, *arguments, environment={**environment, **path})
        assert process.status == 0, process.output
        return process


@pytest.fixture
def installed(archive, tmp_path):
    collection = tmp_path / "installed" / "ansible_collections" / "ccloud" / "notifications"
    installed_collection = Installed(collection, tmp_path)
    installed_collection.run("ansible-galaxy", "collection", "install", str(archive))
    return installed_collection


def test_installed_collection_includes_the_emulator(installed):
    with Emulator.started(folder=installed.collection / "tools" / "emulator") as emulator:
        flags = ["-e", "export_to=organization.yml"]
        installed.run(
            "ansible-playbook", "ccloud.notifications.export", *flags, **examples.environment(emulator)
        )
        assert "bootstrap_subscriptions" in (installed.folder / "organization.yml").read_text()


def test_only_four_folders_are_needed_to_use_the_collection(installed, emulator):
    """The inclusion rules demand this for everything that users can call by its full name."""
    kept = {"meta", "playbooks", "plugins", "roles"}
    for path in installed.collection.iterdir():
        if path.is_dir() and path.name not in kept:
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    assert {path.name for path in installed.collection.iterdir()} == kept

    emulator.reset(integrations=examples.integrations(emulator))
    environment = examples.environment(emulator)
    example = installed.collection / "playbooks" / "vars"
    files = ["-e", f"@{example}/organization.yml", "-e", f"@{example}/secrets.example.yml"]

    def play(name, *flags):
        return installed.run(
            "ansible-playbook", f"ccloud.notifications.{name}", *files, *flags, **environment
        ).output

    assert "changed=0 " not in play("bootstrap")
    play("plan", "-e", "plan_html=plan.html")
    assert "no drift" in play("verify", "-e", "verify_html=routing.html")
    play("export", "-e", "export_to=exported.yml")
    written = {path.name for path in installed.folder.iterdir()}
    assert {"plan.html", "routing.html", "exported.yml"} <= written


def test_decision_environment_installs_the_archive_from_its_context(archive, tmp_path):
    folder = ROOT / "extensions" / "eda"
    shutil.copy(folder / "decision-environment.yml", tmp_path)
    shutil.copy(archive, tmp_path / "ccloud-notifications.tar.gz")
    flags = [
        "--file",
        "decision-environment.yml",
        "--context",
        "context",
        "--output-filename",
        "Containerfile",
    ]
    process = command(tmp_path, "ansible-builder", "create", *flags)
    assert process.status == 0, process.output
    assert "ansible-rulebook>=1.3" in (tmp_path / "context" / "_build" / "requirements.txt").read_text()

    # The image installs the collection in this folder.
    process = command(
        tmp_path / "context" / "_build",
        *["ansible-galaxy", "collection", "install", "-r", "requirements.yml"],
        environment={"ANSIBLE_COLLECTIONS_PATH": str(tmp_path / "installed")},
    )
    assert process.status == 0, process.output
    collection = tmp_path / "installed" / "ansible_collections" / "ccloud" / "notifications"
    rulebooks = {path.name for path in (folder / "rulebooks").iterdir()}
    assert {path.name for path in (collection / "extensions" / "eda" / "rulebooks").iterdir()} == rulebooks
    assert (collection / "meta" / "extensions.yml").is_file()
