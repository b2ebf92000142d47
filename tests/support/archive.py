# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release archive of this tree."""

from __future__ import annotations

import pathlib
import subprocess
from typing import Iterable

from .playbooks import BIN, copy_tree, process_environment, run_process


def build_archive(folder: pathlib.Path, strays: Iterable[str] = ()) -> pathlib.Path:
    """Build an archive from a copy of the tree, in which these files exist and are not committed."""
    source = folder / "source"
    copy_tree(source)
    git = ["git", "-c", "user.name=T", "-c", "user.email=t@example.org", "-C", str(source)]
    for arguments in (
        ["init", "--quiet"],
        ["add", "--all"],
        ["commit", "--quiet", "--message", "Everything"],
    ):
        subprocess.run([*git, *arguments], check=True)
    for stray in strays:
        (source / stray).parent.mkdir(exist_ok=True)
        (source / stray).write_text("a secret")

    command = [str(source / ".ci" / "build"), str(BIN / "ansible-galaxy")]
    process = run_process(folder, command, process_environment(folder))
    assert process.status == 0, process.output
    return next((source / "dist").glob("*.tar.gz"))
