# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real ``ansible-playbook`` and ``ansible`` processes."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import Any, Mapping, Optional, Sequence

import yaml

from .play_server import ADDRESS, FORKS, address_of_server, run_in_fork

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TARGETS = ROOT / "tests" / "integration" / "targets"
BIN = pathlib.Path(sys.executable).parent


def recording(path: pathlib.Path) -> dict[str, str]:
    """The environment in which a play writes each result to a file, one JSON object a line."""
    return {
        "ANSIBLE_CALLBACK_PLUGINS": str(pathlib.Path(__file__).resolve().parent / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "RECORD_TO": str(path),
    }


@dataclass(frozen=True)
class ProcessResult:
    """The exit status of a process, and what it printed to both streams."""

    status: int
    output: str


def process_environment(
    folder: pathlib.Path, environment: Optional[Mapping[str, str]] = None, measured: bool = False
) -> dict[str, str]:
    """The environment of a process that works in a folder. collection_path.py has set the collection's path.

    ``measured`` measures its coverage, which takes time. Direct tests of modules are measured anyway.
    """
    # An empty configuration, so that no other ansible.cfg affects a test.
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
) -> ProcessResult:
    """Run one of ansible-core's programs, which are in ``programs``, in a folder."""
    merged = process_environment(folder, environment, measured)
    if program == "ansible-playbook" and "COVERAGE_PROCESS_CONFIG" not in merged:
        return _run_in_fork(folder, arguments, merged, programs)
    return run_process(folder, [str(programs / program), *arguments], merged)


def _run_in_fork(
    folder: pathlib.Path, arguments: Sequence[str], environment: Mapping[str, str], programs: pathlib.Path
) -> ProcessResult:
    address = address_of_server(programs, environment)
    with tempfile.TemporaryFile("w+", errors="replace") as output, open(os.devnull) as nothing:
        streams = (nothing.fileno(), output.fileno(), output.fileno())
        status = run_in_fork(address, str(folder), arguments, environment, streams)
        output.seek(0)
        return ProcessResult(status, output.read())


def shell_environment(
    folder: pathlib.Path, environment: Optional[Mapping[str, str]] = None
) -> dict[str, str]:
    """The environment of a shell whose ``ansible-playbook`` runs plays in forks."""
    merged = {**process_environment(folder), **(environment or {})}
    merged[ADDRESS] = address_of_server(BIN, merged)
    merged["PATH"] = f"{FORKS}{os.pathsep}{BIN}{os.pathsep}{merged['PATH']}"
    return merged


def run_process(folder: pathlib.Path, arguments: list[str], environment: Mapping[str, str]) -> ProcessResult:
    """Run any process in a folder and wait for its end."""
    process = subprocess.run(
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
    return ProcessResult(process.returncode, process.stdout)


def free_port() -> int:
    """A port of loopback on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def copy_tree(folder: pathlib.Path) -> None:
    """Copy the files that git tracks or would track, but no ignored ones, into a folder."""
    list_files = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(list_files, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, output.split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)


def plays(connection: Mapping[str, Any], *tasks: Mapping[str, Any], **keywords: Any) -> list[dict[str, Any]]:
    """One play of tasks for localhost, with connection options for all modules of the collection."""
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
    playbook: Any,
    *flags: str,
    variables: Optional[Mapping[str, Any]] = None,
    environment: Optional[Mapping[str, str]] = None,
    measured: bool = False,
) -> ProcessResult:
    """Write a playbook (a list of plays, or of tasks for localhost) to a folder and run it."""
    if playbook and "hosts" not in playbook[0]:
        playbook = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": playbook}]
    (folder / "play.yml").write_text(yaml.safe_dump(playbook, sort_keys=False))

    extra = ["-e", json.dumps(variables)] if variables else []
    return command(
        folder, "ansible-playbook", "play.yml", *extra, *flags, environment=environment, measured=measured
    )
