# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release is made by one command, of a tree that is clean and was tested, or not at all."""

from __future__ import annotations

import pathlib
import re
import subprocess
import sys

import pytest

from support.playbooks import ROOT, copy_tree

NEXT = "99.0.0"


def git(folder, *arguments):
    identity = ["-c", "user.name=Somebody", "-c", "user.email=somebody@example.org"]
    return subprocess.run(
        ["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True
    ).stdout


@pytest.fixture
def tree(tmp_path):
    """A repository of its own with what is here, committed."""
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


def passed(tree, *names):
    for each in names:
        subprocess.run([tree / ".ci" / "passed", each], check=True)


def release(tree, *version):
    done = subprocess.run([tree / ".ci" / "release", *version], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_a_tree_that_is_clean_and_tested_is_released(tree):
    passed(tree, "test", "lint", "sanity", "matrix")
    status, said = release(tree, NEXT)
    assert status == 0, said
    assert f"version: {NEXT}\n" in (tree / "galaxy.yml").read_text()
    assert (
        f'COLLECTION_VERSION = "{NEXT}"'
        in (tree / "plugins" / "module_utils" / "_api" / "session.py").read_text()
    )
    assert f"v{NEXT}" in (tree / "CHANGELOG.rst").read_text()
    assert "something is new" in (tree / "CHANGELOG.rst").read_text()
    assert not list((tree / "changelogs" / "fragments").glob("*.yml"))
    assert (tree / "dist" / f"ccloud-notifications-{NEXT}.tar.gz").is_file()
    assert git(tree, "log", "-1", "--format=%s").strip() == f"Release {NEXT}"
    assert git(tree, "status", "--porcelain") == ""
    assert "is in the changelog" in release(tree, NEXT)[1]


def test_anything_else_is_refused_and_left_as_it_was(tree):
    before = git(tree, "rev-parse", "HEAD")
    passed(tree, "test", "lint", "matrix")
    refused = (
        ((), "say which"),
        (("1.0",), "say which"),
        (("0.0.1",), "the last release was"),
        ((NEXT,), "has not passed make sanity"),
    )
    for version, said in refused:
        status, text = release(tree, *version)
        assert (status, said in text) == (1, True), text
    (tree / "README.md").write_text("changed")
    assert "the tree is not clean" in release(tree, NEXT)[1]
    passed(tree, "sanity")
    git(tree, "commit", "--quiet", "--all", "--message", "Change")
    assert "has not passed make test" in release(tree, NEXT)[1]
    git(tree, "reset", "--quiet", "--hard", before.strip())
    assert "has not passed make sanity" in release(tree, NEXT)[1]
    assert git(tree, "status", "--porcelain") == ""


def test_every_target_is_explained_to_contributors():
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    explained = set(
        re.findall(r"^\| `([a-z-]+)` \|", (ROOT / "docs" / "contributing.md").read_text(), re.MULTILINE)
    )
    assert targets - explained == {"help", "release"}
    assert explained <= targets
