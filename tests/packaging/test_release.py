# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make release` releases a clean, tested tree with one command, and refuses anything else."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

from support.playbooks import ROOT, copy_tree

#: The version in development, which was not released.
CURRENT_VERSION = "98.0.0"
NEXT_VERSION = "99.0.0"


def git(folder, *arguments):
    identity = ["-c", "user.name=Test", "-c", "user.email=test@example.org"]
    command = ["git", *identity, *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True).stdout


@pytest.fixture
def tree(tmp_path):
    """A Git repository with a copy of this tree, committed."""
    copy_tree(tmp_path)
    fragment = tmp_path / "changelogs" / "fragments" / "feature.yml"
    fragment.write_text("---\nminor_changes:\n  - a new feature.\n")
    galaxy = (tmp_path / "galaxy.yml").read_text()
    (tmp_path / "galaxy.yml").write_text(
        re.sub("^version: .*$", f"version: {CURRENT_VERSION}", galaxy, flags=re.MULTILINE)
    )
    modules = tmp_path / "plugins" / "modules"
    module = (modules / "integration_info.py").read_text().replace("integration_info", "new_info")
    (modules / "new_info.py").write_text(
        re.sub("^version_added: .*$", f"version_added: {CURRENT_VERSION}", module, flags=re.MULTILINE)
    )
    # Not one link: antsibull-changelog would follow it, and copy the whole environment.
    (tmp_path / ".venv").mkdir()
    for path in pathlib.Path(sys.prefix).iterdir():
        (tmp_path / ".venv" / path.name).symlink_to(path)
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "config", "user.name", "Test")
    git(tmp_path, "config", "user.email", "test@example.org")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Initial commit")
    return tmp_path


def record_passed(tree, *names):
    for name in names:
        subprocess.run([tree / ".ci" / "passed", name], check=True)


def release(tree, *version):
    """The exit status and the output of `make release`."""
    command = [tree / ".ci" / "release", *version]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.returncode, process.stdout + process.stderr


def test_clean_and_tested_tree_is_released(tree):
    record_passed(tree, "test", "lint", "sanity", "matrix")
    status, output = release(tree, NEXT_VERSION)
    assert status == 0, output

    assert f"version: {NEXT_VERSION}\n" in (tree / "galaxy.yml").read_text()
    session = (tree / "plugins" / "module_utils" / "_api" / "session.py").read_text()
    assert f'COLLECTION_VERSION = "{NEXT_VERSION}"' in session
    schema = (tree / "playbooks" / "vars" / "organization.schema.json").read_text()
    assert f"/raw/{NEXT_VERSION}/" in schema
    emulator = (tree / "tools" / "emulator" / "__init__.py").read_text()
    assert f'__version__ = "{NEXT_VERSION}"' in emulator
    assert f"v{NEXT_VERSION}" in (tree / "CHANGELOG.rst").read_text()
    assert "a new feature" in (tree / "CHANGELOG.rst").read_text()
    assert "a new feature" in (tree / "CHANGELOG.md").read_text()
    assert "- ccloud.notifications.new_info - " in (tree / "CHANGELOG.rst").read_text()
    assert f"version_added: {NEXT_VERSION}\n" in (tree / "plugins" / "modules" / "new_info.py").read_text()
    assert not list((tree / "changelogs" / "fragments").glob("*.yml"))
    assert (tree / "dist" / f"ccloud-notifications-{NEXT_VERSION}.tar.gz").is_file()
    assert git(tree, "log", "-1", "--format=%s").strip() == f"Release {NEXT_VERSION}"
    assert git(tree, "status", "--porcelain") == ""
    assert "is in the changelog" in release(tree, NEXT_VERSION)[1]


def test_any_other_release_is_refused_and_changes_nothing(tree):
    before = git(tree, "rev-parse", "HEAD")
    record_passed(tree, "test", "lint", "matrix")
    cases = (
        ((), "specify the version"),
        (("1.0",), "specify the version"),
        (("0.0.1",), "the last release was"),
        ((NEXT_VERSION,), "has not passed make test-all/sanity"),
    )
    for version, expected in cases:
        status, output = release(tree, *version)
        assert status == 1
        assert expected in output

    (tree / "README.md").write_text("changed")
    assert "the tree is not clean" in release(tree, NEXT_VERSION)[1]

    record_passed(tree, "sanity")
    git(tree, "commit", "--quiet", "--all", "--message", "Change")
    assert "has not passed make test" in release(tree, NEXT_VERSION)[1]

    git(tree, "reset", "--quiet", "--hard", before.strip())
    assert "has not passed make test-all/sanity" in release(tree, NEXT_VERSION)[1]
    assert git(tree, "status", "--porcelain") == ""


def test_every_make_target_is_documented_for_contributors():
    makefile = (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    parts = set(re.findall(r"^test-all/([a-z-]+):", makefile, re.MULTILINE))
    text = (ROOT / "docs" / "contributing.md").read_text()
    documented = set(re.findall(r"^\| `([a-z-]+)` \|", text, re.MULTILINE))
    assert targets - documented == {"help", "release"}
    assert documented == targets - {"help", "release"} | parts
    assert len(targets) <= 12
