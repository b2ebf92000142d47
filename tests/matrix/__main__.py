# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make matrix`: the tests on every ansible-core with every Python that it supports, and a table at the end.

A controller's cell runs the tests of `SUITES`; a target's cell runs every module the ordinary way in that Python. An interpreter that is
not on this machine is named in the table, and fails nothing.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Optional

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))

from support.cores import (
    CACHE,
    CORES,
    ROOT,
    SMOKE,
    TARGETS,
    Core,
    environment_for,
    interpreter,
    smoke_environment,
)

SUITES = ("tests/unit", "tests/integration")


@dataclass
class Cell:
    """One run: its place in the table, and how it ended."""

    core: str
    column: str
    said: str
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return self.said.startswith("FAILED")


def controller(core: Core, version: str) -> Optional[pathlib.Path]:
    """A Python with a core and all that the tests need, what that needs in turn at whatever version suits the two."""
    python = interpreter(version)
    if python is None:
        return None
    files = (ROOT / "requirements" / "test.txt", ROOT / "tests" / "emulator" / "requirements.txt")
    lines = [line for each in files for line in each.read_text().splitlines()]
    wanted = [
        each for each in lines if each and not each.startswith(("ansible-", "pytest-ansible", "-r", "#"))
    ]
    if version == "3.10":
        # Not everything has a newest release for it.
        wanted = [each.partition("==")[0] for each in wanted]
    wanted += [f"ansible-core=={core.version}", f"pytest-ansible=={core.pytest_ansible}", "ansible-builder"]
    return environment_for(f"core-{core.name}-py{version}", python, *wanted)


def target(version: str) -> Optional[pathlib.Path]:
    """A Python with what a module needs on its target."""
    python = interpreter(version)
    return python and environment_for(f"target-py{version}", python, "requests")


def run(cell: Cell, python: pathlib.Path, *arguments: str, **environ: str) -> Cell:
    """Run pytest for a cell, telling how it ended; the whole output is kept beside the environments."""
    begun = time.monotonic()
    log = CACHE / f"{cell.core}-{cell.column}.log".replace(" ", "-")
    with log.open("w") as output:
        done = subprocess.run(
            [python, "-m", "pytest", "-q", *arguments],
            cwd=ROOT,
            env={**os.environ, "BOTH_WAYS": "all", **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    passed = re.search(r"(\d+) passed", log.read_text())
    cell.seconds = time.monotonic() - begun
    cell.said = (
        f"{passed.group(1)} passed"
        if done.returncode == 0 and passed
        else f"FAILED ({log.relative_to(ROOT)})"
    )
    return cell


def controller_cell(core: Core, version: str) -> Cell:
    cell = Cell(core.name, version, "not supported")
    if version not in core.controllers:
        return cell
    try:
        python = controller(core, version)
    except subprocess.CalledProcessError as error:
        cell.said = f"FAILED to install (status {error.returncode})"
        return cell
    if python is None:
        cell.said = "no interpreter"
        return cell
    return run(cell, python, "-n", "2", "--dist", "worksteal", *SUITES)


def target_cell(core: Core, version: str) -> Cell:
    """The controller is the newest Python that there is for this core."""
    cell = Cell(core.name, f"target {version}", "not supported")
    if version not in core.targets:
        return cell
    python = next(filter(None, (controller(core, each) for each in reversed(core.controllers))), None)
    there = target(version)
    if python is None or there is None:
        cell.said = "no interpreter"
        return cell
    return run(cell, python, "tests/matrix/target.py", TARGET_PYTHON=str(there))


def table(cells: list[Cell]) -> str:
    """One line for each Python, one column for each core."""
    cores = list(dict.fromkeys(each.core for each in cells))
    columns = list(dict.fromkeys(each.column for each in cells))
    said = {(each.core, each.column): each.said.partition(" (")[0] for each in cells}
    lines = ["| Python | " + " | ".join(cores) + " |", "| --- " * (len(cores) + 1) + "|"]
    for column in columns:
        lines.append(f"| {column} | " + " | ".join(said.get((core, column), "") for core in cores) + " |")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="make matrix", description=__doc__)
    parser.add_argument("--core", action="append", help="only this ansible-core, such as 2.18; may repeat")
    parser.add_argument("--python", action="append", help="only this Python, such as 3.12; may repeat")
    parser.add_argument("--only", choices=("controllers", "targets"), help="only one half of the table")
    parser.add_argument(
        "--prepare-smoke", action="store_true", help="only set up the environments of tests/smoke"
    )
    chosen = parser.parse_args()
    if chosen.prepare_smoke:
        CACHE.mkdir(parents=True, exist_ok=True)
        for core in CORES:
            if core.name in SMOKE and smoke_environment(core) is None:
                print(
                    f"ansible-core {core.name}: none of Python {', '.join(core.controllers)} is here, so tests/smoke skips it"
                )
        return 0
    cores = [core for core in CORES if not chosen.core or core.name in chosen.core]
    versions = [each for each in TARGETS if not chosen.python or each in chosen.python]
    if not cores or not versions:
        parser.error(
            f"there are the cores {', '.join(core.name for core in CORES)} and the Pythons {', '.join(TARGETS)}"
        )
    CACHE.mkdir(parents=True, exist_ok=True)
    cells: list[Cell] = []
    for part, make in (("controllers", controller_cell), ("targets", target_cell)):
        for core in cores if chosen.only in (None, part) else ():
            for version in versions:
                cell = make(core, version)
                cells.append(cell)
                if cell.said != "not supported":
                    print(
                        f"ansible-core {cell.core}, Python {cell.column}: {cell.said} in {cell.seconds:.0f} s",
                        flush=True,
                    )
    shown = [
        each
        for each in cells
        if any(other.said != "not supported" for other in cells if other.column == each.column)
    ]
    print(f"\n{table(shown)}")
    return 1 if any(each.failed for each in cells) else 0


if __name__ == "__main__":
    sys.exit(main())
