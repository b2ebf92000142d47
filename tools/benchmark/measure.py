# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Measures processes, and compares the measurements."""

from __future__ import annotations

import json
import os
import pathlib
import statistics
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from typing import Any, Callable, Mapping, Optional, Sequence

import yaml

from support.emulator import KEY, SECRET

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
ANSIBLE_PLAYBOOK = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
NAMESPACE = "ccloud.notifications."
MEBIBYTE = 2**20

#: A module that does nothing, to measure the cost of any ordinary module.
NOTHING = """#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule

AnsibleModule({}).exit_json(changed=False)
"""


@dataclass(frozen=True)
class Usage:
    """What a process and its children took: seconds, and the MiB of the largest of them."""

    wall: float
    cpu: float
    memory: float


def usage_of(command: Sequence[str], folder: pathlib.Path, environment: Mapping[str, str]) -> Usage:
    """Run a command to its end. A failure ends the benchmark."""
    output = folder / "output.txt"
    with output.open("w") as stream:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=folder, env=environment, stdout=stream, stderr=subprocess.STDOUT
        )
        _pid, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"A command of the benchmark failed: {' '.join(command)}\n{output.read_text()[-5000:]}")
    return Usage(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


@dataclass(frozen=True)
class Play:
    """A play to measure. ``variables`` are given as extra variables, whether a task uses them or not."""

    tasks: Sequence[Mapping[str, Any]] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    keywords: Mapping[str, Any] = field(default_factory=dict)
    direct: bool = True


class Playbooks:
    """Runs plays against a server, each in a process of its own."""

    def __init__(self, url: str, folder: pathlib.Path) -> None:
        self.url = url
        self.folder = folder
        (folder / "library").mkdir()
        (folder / "library" / "nothing.py").write_text(NOTHING)
        (folder / "ansible.cfg").touch()

    def run(self, play: Play, url: str = "") -> Usage:
        content = {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "module_defaults": {
                "group/ccloud.notifications.notifications": {
                    "endpoint": url or self.url,
                    "api_key": KEY,
                    "api_secret": SECRET,
                }
            },
            "tasks": list(play.tasks),
            **play.keywords,
        }
        (self.folder / "play.yml").write_text(yaml.safe_dump([content]))
        # Reading YAML would take longer than the task.
        (self.folder / "variables.json").write_text(json.dumps(play.variables))
        return self.command(["play.yml", "-e", "@variables.json"], direct=play.direct)

    def command(self, arguments: Sequence[str], direct: bool = True) -> Usage:
        """Run ``ansible-playbook``."""
        environment = {
            **os.environ,
            # As usual, Python keeps bytecode.
            "PYTHONDONTWRITEBYTECODE": "",
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
            "ANSIBLE_LIBRARY": str(self.folder / "library"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": str(direct).lower(),
        }
        return usage_of([ANSIBLE_PLAYBOOK, *arguments], self.folder, environment)


def alternate(runs: int, *functions: Callable[[], Any]) -> list[list[Any]]:
    """What each function returned in each run. The functions alternate, so that noise affects all of them."""
    rows = [[function() for function in functions] for _run in range(runs)]
    return [list(column) for column in zip(*rows)]


@dataclass(frozen=True)
class Figure:
    """The median of a number of runs, and its noise: the median distance from it."""

    value: float
    noise: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Figure:
        median = statistics.median(values)
        return cls(median, statistics.median(abs(value - median) for value in values))


def ratio(measured: Sequence[float], against: Sequence[float]) -> Figure:
    return Figure.of([one / other for one, other in zip(measured, against)])


def per_unit(measured: Sequence[float], against: Sequence[float], units: float) -> Figure:
    """Milliseconds that each of a number of units took more."""
    return Figure.of([(one - other) / units * 1000 for one, other in zip(measured, against)])


@dataclass(frozen=True)
class Target:
    """The value that a figure may have at most, or must have at least."""

    value: float
    is_minimum: bool = False

    def is_met(self, figure: Figure) -> bool:
        """Whether the figure meets this, or misses it by no more than its noise."""
        if self.is_minimum:
            return figure.value + figure.noise >= self.value
        return figure.value - figure.noise <= self.value

    def __str__(self) -> str:
        return f"{'at least' if self.is_minimum else 'at most'} {self.value:g}"


@dataclass(frozen=True)
class Row:
    """One result: a figure of some work, compared with something else."""

    work: str
    against: str
    figure: Figure
    unit: str = "times"
    detail: str = ""
    target: Optional[Target] = None

    @property
    def is_met(self) -> Optional[bool]:
        return self.target.is_met(self.figure) if self.target else None

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "is_met": self.is_met}

    def cells(self) -> list[str]:
        """The cells of a table."""
        verdict = {None: "", True: f"{self.target}: met", False: f"{self.target}: **missed**"}[self.is_met]
        noise = float(f"{self.figure.noise:.1g}")
        value = f"{self.figure.value:.3g} ± {noise:g} {self.unit}"
        return [self.work, self.against, value, self.detail, verdict]


HEADER = ["work", "compared with", "result", "measured", "target"]
