# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real ``ansible-playbook`` and ``ansible`` processes."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional

import psutil
import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGETS = ROOT / "tests" / "integration" / "targets"
BIN = pathlib.Path(sys.executable).parent


def recording(path: pathlib.Path) -> dict[str, str]:
    """What makes a play write down every result, one JSON object a line (support/callback/record.py)."""
    return {
        "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).resolve().parent / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "RECORD_TO": str(path),
    }


@dataclass(frozen=True)
class Played:
    """What a process printed, on both streams together, and how it ended."""

    status: int
    output: str


def surroundings(
    folder: pathlib.Path, environment: Optional[Mapping[str, str]] = None, measured: bool = False
) -> dict[str, str]:
    """The environment of a process that works in a folder. The collection's path is the one that pytest-ansible set.

    ``measured`` counts its coverage, which takes time; what modules do is measured in this process already.
    """
    # An empty configuration of its own, so that nobody's ansible.cfg gets into a test.
    configuration = folder / "ansible.cfg"
    configuration.touch()
    merged = {
        **os.environ,
        "PWD": str(folder),
        "ANSIBLE_ROLES_PATH": str(TARGETS),
        "ANSIBLE_LOOKUP_PLUGINS": str(TARGETS / "setup_target" / "lookup_plugins"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
        "ANSIBLE_NOCOLOR": "true",
        "ANSIBLE_HOME": str(folder / "ansible-home"),
        "ANSIBLE_LOCAL_TEMP": str(folder / "ansible-tmp"),
        "ANSIBLE_ASYNC_DIR": str(folder / "ansible-async"),
        "ANSIBLE_CONFIG": str(configuration),
        **(environment or {}),
    }
    if not measured:
        merged.pop("COVERAGE_PROCESS_CONFIG", None)
    return {name: value for name, value in merged.items() if value is not None}


def command(
    folder: pathlib.Path,
    program: str,
    *arguments: str,
    environment: Optional[Mapping[str, str]] = None,
    measured: bool = False,
    programs: pathlib.Path = BIN,
) -> Played:
    """Run one of ansible-core's programs in a folder; ``programs`` is where it lies."""
    return ended(folder, [str(programs / program), *arguments], surroundings(folder, environment, measured))


def ended(folder: pathlib.Path, arguments: list[str], environment: Mapping[str, str]) -> Played:
    """Run any process to its end."""
    done = subprocess.run(
        arguments,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    return Played(done.returncode, done.stdout)


def copy_tree(folder: pathlib.Path) -> None:
    """Copy what git tracks, or would track, into a folder: nothing that lies about here gets there."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def killed(
    folder: pathlib.Path, made: Any, when: Callable[[], bool], environment: Optional[Mapping[str, str]] = None
) -> None:
    """Play a playbook and kill it, with all that it started, as soon as ``when`` is true; fails if it ended before."""
    (folder / "play.yml").write_text(yaml.safe_dump(made, sort_keys=False))
    process = subprocess.Popen(
        [str(BIN / "ansible-playbook"), "play.yml"],
        cwd=folder,
        env=surroundings(folder, environment),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        while not when():
            assert process.poll() is None, "it ended before it could be killed"
    finally:
        # Since ansible-core 2.19 a worker is in a session of its own, so its group does not have all of them.
        root = psutil.Process(process.pid)
        for each in [root, *root.children(recursive=True)]:
            each.kill()
        process.wait()


def plays(connection: Mapping[str, Any], *tasks: Mapping[str, Any], **keywords: Any) -> list[dict[str, Any]]:
    """One play of tasks for localhost, the connection options said once for all modules of the collection."""
    return [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "module_defaults": {"group/ccloud.notifications.notifications": dict(connection)},
            "tasks": list(tasks),
            **keywords,
        }
    ]


def play(
    folder: pathlib.Path,
    made: Any,
    *flags: str,
    variables: Optional[Mapping[str, Any]] = None,
    environment: Optional[Mapping[str, str]] = None,
    measured: bool = False,
) -> Played:
    """Write a playbook (a list of plays, or tasks for localhost) into a folder and play it."""
    if made and "hosts" not in made[0]:
        made = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": made}]
    (folder / "play.yml").write_text(yaml.safe_dump(made, sort_keys=False))
    extra = ["-e", json.dumps(variables)] if variables else []
    return command(
        folder, "ansible-playbook", "play.yml", *extra, *flags, environment=environment, measured=measured
    )
