# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays in forks of a process that has imported ansible-core, which takes a new process most of its time.

What ansible-core reads when it is imported, such as the folders of plugins, is the same for all plays of one server.
A play with other settings gets a process of its own.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import json
import os
import pathlib
import random
import select
import socket
import subprocess
import sys
import tempfile
from typing import Mapping, Sequence

#: Settings that may differ between the plays of one server.
_OF_A_PLAY = frozenset(
    f"ANSIBLE_{name}"
    for name in ("HOME", "LOCAL_TEMP", "ASYNC_DIR", "CONFIG", "COLLECTIONS_PATH", "SHOW_CUSTOM_STATS")
)
#: The folder of a program ``ansible-playbook`` that asks a server, for the PATH of a shell.
FORKS = pathlib.Path(__file__).resolve().parent / "forks"
ADDRESS = "PLAY_SERVER"

_servers: dict[str, str] = {}


def address_of_server(programs: pathlib.Path, environment: Mapping[str, str]) -> str:
    """The address of a server for plays with such settings. It ends with this process."""
    settings = _settings(environment)
    key = json.dumps([str(programs), settings], sort_keys=True)
    if key not in _servers:
        folder = pathlib.Path(tempfile.mkdtemp())
        (folder / "ansible.cfg").touch()
        own = {
            "ANSIBLE_HOME": str(folder),
            "ANSIBLE_LOCAL_TEMP": str(folder),
            "ANSIBLE_CONFIG": str(folder / "ansible.cfg"),
        }
        others = {name: value for name, value in environment.items() if not name.startswith("ANSIBLE_")}
        process = subprocess.Popen(
            [str(programs / "python"), __file__, str(folder / "socket")],
            env={**others, **settings, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(process.communicate)
        if process.stdout is None or not process.stdout.readline():
            raise AssertionError("the server of plays did not start")
        _servers[key] = str(folder / "socket")
    return _servers[key]


def _settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The settings of ansible-core that all plays of a server share."""
    return {
        name: value
        for name, value in environment.items()
        if name.startswith("ANSIBLE_") and name not in _OF_A_PLAY
    }


def run_in_fork(
    address: str,
    folder: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    streams: Sequence[int],
) -> int:
    """The exit status of ``ansible-playbook`` in a folder. ``streams`` are the descriptors of its streams."""
    with socket.socket(socket.AF_UNIX) as server:
        server.settimeout(300)
        server.connect(address)
        request = json.dumps([folder, list(arguments), dict(environment)]).encode()
        socket.send_fds(server, [len(request).to_bytes(8, "big")], list(streams))
        server.sendall(request)
        return int(server.recv(16))


# The server


def _serve(address: str) -> None:
    """Run plays until the standard input is closed."""
    from ansible.cli.playbook import PlaybookCLI

    # A garbage collection of a fork would go through all that was imported, and so copy its memory.
    gc.collect()
    gc.freeze()
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(address)
        listener.listen()
        print("listening", flush=True)
        while sys.stdin not in select.select([listener, sys.stdin], [], [])[0]:
            with listener.accept()[0] as client:
                if os.fork() == 0:
                    _run(client, PlaybookCLI)
            # The ends of plays are waited for, so that their processor time counts as that of the tests.
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _run(client: socket.socket, cli: type) -> None:
    """Run one play in this process, and end it."""
    length, streams, _flags, _address = socket.recv_fds(client, 8, 3)
    request = client.recv(int.from_bytes(length, "big"), socket.MSG_WAITALL)
    folder, arguments, environment = json.loads(request)
    status = 250
    try:
        os.chdir(folder)
        for stream, descriptor in enumerate(streams):
            os.dup2(descriptor, stream)
            os.close(descriptor)
        if _settings(environment) != _settings(os.environ) or _has_configuration(environment):
            program = os.path.join(os.path.dirname(sys.executable), "ansible-playbook")
            status = subprocess.run([program, *arguments], env=environment, check=False).returncode
            return
        _use(environment)
        random.seed()
        cli.cli_executor(["ansible-playbook", *arguments])
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        client.sendall(str(status).encode())
        os._exit(0)


def _has_configuration(environment: Mapping[str, str]) -> bool:
    path = environment.get("ANSIBLE_CONFIG", "ansible.cfg")
    return os.path.isfile(path) and os.path.getsize(path) > 0


def _use(environment: Mapping[str, str]) -> None:
    """Use the settings of a play."""
    from ansible import constants

    os.environ.clear()
    os.environ.update(environment)
    changed = {name for name in _OF_A_PLAY if name in environment}
    for name, definition in constants.config.get_configuration_definitions().items():
        if changed & {variable["name"] for variable in definition.get("env", ())}:
            setattr(constants, name, constants.config.get_config_value(name))


if __name__ == "__main__":
    _serve(sys.argv[1])
