# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One command makes a release, only from a tree that is clean and tested."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

from support.playbooks import ROOT, copy_tree

NEXT_VERSION = "99.0.0"


def git(folder, *arguments):
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def tree(tmp_path):
    """A new repository with the files of this one."""
    copy_tree(tmp_path)
    (tmp_path / "changelogs" / "fragments" / "news.yml").write_text(
        "---\nminor_changes:\n  - something is new.\n"
    )
    (tmp_path / ".venv").symlink_to(pathlib.Path(sys.prefix))
    git(tmp_path, "init", "--quiet", "--initial-branch", "main")
    git(tmp_path, "config", "user.name", "Somebody")
    git(tmp_path, "config", "user.email", "somebody@example.org")
    git(tmp_path, "add", "--all")
    git(tmp_path, "commit", "--quiet", "--message", "Begin")
    return tmp_path


def record_passed(tree, *targets):
    for target in targets:
        subprocess.run([tree / ".ci" / "passed", target], check=True)


def release(tree, *version):
    command = [tree / ".ci" / "release", *version]
    process = subprocess.run(command, capture_output=True, text=True, check=False)
    return process.returncode, process.stdout + process.stderr


def test_clean_and_tested_tree_is_released(tree):
    record_passed(tree, "test", "lint", "sanity", "matrix")
    status, output = release(tree, NEXT_VERSION)
    assert status == 0, output

    assert f"version: {NEXT_VERSION}\n" in (tree / "galaxy.yml").read_text()
    assert (
        f'COLLECTION_VERSION = "{NEXT_VERSION}"'
        in (tree / "plugins" / "module_utils" / "_api" / "session.py").read_text()
    )
    assert f"v{NEXT_VERSION}" in (tree / "CHANGELOG.rst").read_text()
    assert "something is new" in (tree / "CHANGELOG.rst").read_text()
    assert not list((tree / "changelogs" / "fragments").glob("*.yml"))
    assert (tree / "dist" / f"ccloud-notifications-{NEXT_VERSION}.tar.gz").is_file()
    assert git(tree, "log", "-1", "--format=%s").strip() == f"Release {NEXT_VERSION}"
    assert git(tree, "status", "--porcelain") == ""
    assert "is in the changelog" in release(tree, NEXT_VERSION)[1]


def test_other_tree_is_refused_and_not_changed(tree):
    before = git(tree, "rev-parse", "HEAD")
    record_passed(tree, "test", "lint", "matrix")
    refused = (
        ((), "say which"),
        (("1.0",), "say which"),
        (("0.0.1",), "the last release was"),
        ((NEXT_VERSION,), "has not passed make sanity"),
    )
    for version, message in refused:
        status, output = release(tree, *version)
        assert (status, message in output) == (1, True), output

    (tree / "README.md").write_text("changed")
    assert "the tree is not clean" in release(tree, NEXT_VERSION)[1]

    record_passed(tree, "sanity")
    git(tree, "commit", "--quiet", "--all", "--message", "Change")
    assert "has not passed make test" in release(tree, NEXT_VERSION)[1]
    git(tree, "reset", "--quiet", "--hard", before.strip())
    assert "has not passed make sanity" in release(tree, NEXT_VERSION)[1]
    assert git(tree, "status", "--porcelain") == ""


def test_contributing_guide_explains_every_make_target():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    explained = set(
        re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / "contributing.md").read_text(), re.MULTILINE)
    )
    assert targets - explained == {"help", "release"}
    assert explained <= targets
