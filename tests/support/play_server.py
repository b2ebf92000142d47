# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Plays in forks of a process that has imported ansible-core, which takes a new process most of its time.

What ansible-core reads when it is imported, such as the folders of plugins, is the same for all plays of one server.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import pathlib
import random
import select
import subprocess
import sys
import tempfile
from multiprocessing.connection import Client, Connection, Listener
from typing import Mapping, Sequence

#: Settings that may differ between the plays of one server.
_OF_A_PLAY = frozenset(
    f"ANSIBLE_{name}" for name in ("HOME", "LOCAL_TEMP", "ASYNC_DIR", "CONFIG", "SHOW_CUSTOM_STATS")
)

_servers: dict[frozenset[tuple[str, str]], str] = {}


def run_play(
    folder: pathlib.Path, arguments: Sequence[str], environment: Mapping[str, str]
) -> tuple[int, str]:
    """The exit status of ``ansible-playbook`` with these arguments, and what it printed to both streams."""
    with tempfile.NamedTemporaryFile("r", errors="replace") as output:
        with Client(_server(environment)) as server:
            server.send((str(folder), list(arguments), dict(environment), output.name))
            assert server.poll(300), "the play takes more than five minutes"
            status = server.recv()
        return status, output.read()


def _server(environment: Mapping[str, str]) -> str:
    """The address of the server for plays with such an environment. It ends with this process."""
    settings = {
        name: value
        for name, value in environment.items()
        if name.startswith("ANSIBLE_") and name not in _OF_A_PLAY
    }
    key = frozenset(settings.items())
    if key not in _servers:
        folder = pathlib.Path(tempfile.mkdtemp())
        address, configuration = str(folder / "socket"), folder / "ansible.cfg"
        configuration.touch()
        own = {
            "ANSIBLE_HOME": str(folder),
            "ANSIBLE_LOCAL_TEMP": str(folder),
            "ANSIBLE_CONFIG": str(configuration),
        }
        inherited = {name: value for name, value in environment.items() if not name.startswith("ANSIBLE_")}
        process = subprocess.Popen(
            [sys.executable, __file__, address],
            env={**inherited, **settings, **own},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        atexit.register(process.communicate)
        assert process.stdout and process.stdout.readline(), "the server of plays did not start"
        _servers[key] = address
    return _servers[key]


# The server


def _serve(address: str) -> None:
    """Run plays until the standard input is closed."""
    import ansible.executor.playbook_executor
    import ansible.executor.task_queue_manager
    from ansible.cli.playbook import PlaybookCLI

    with Listener(address) as listener:
        print("listening", flush=True)
        ready = [listener._listener._socket, sys.stdin]
        while sys.stdin not in select.select(ready, [], [])[0]:
            with listener.accept() as connection:
                if os.fork() == 0:
                    _run(connection, PlaybookCLI)
            # The ends of plays are waited for, so that their processor time counts as that of the tests.
            with contextlib.suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass


def _run(connection: Connection, cli: type) -> None:
    """Run one play in this process, and end it."""
    folder, arguments, environment, output = connection.recv()
    status = 250
    try:
        os.chdir(folder)
        _use(environment)
        streams = os.open(output, os.O_WRONLY | os.O_APPEND)
        for descriptor, stream in ((os.open(os.devnull, os.O_RDONLY), 0), (streams, 1), (streams, 2)):
            os.dup2(descriptor, stream)
        random.seed()
        cli.cli_executor(["ansible-playbook", *arguments])
    except SystemExit as end:
        status = end.code or 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        connection.send(status)
        os._exit(0)


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
