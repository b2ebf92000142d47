# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test-all/matrix`: run the tests on every ansible-core with every Python that it supports, and print a table.

A controller's cell runs the tests of `SUITES`. A target's cell runs every module as an ordinary module in
that Python. The table shows interpreters that are missing on this machine; they are not failures.
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

ROOT_FOLDER = pathlib.Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT_FOLDER / "tools"), str(ROOT_FOLDER / "tests")]

from support.cores import (
    CACHE,
    CORES,
    ROOT,
    SMOKE,
    TARGETS,
    Core,
    controller_collection,
    environment_for,
    interpreter,
    smoke_environment,
    table,
)

SUITES = ("tests/unit", "tests/modules", "tests/playbooks")
#: These have environments of their own.
OTHER_SUITES = ("platform_tests", "smoke", "eda")


@dataclass
class Cell:
    """One run: its place in the table, and its result."""

    core: str
    column: str
    result: str
    seconds: float = 0.0

    @property
    def failed(self) -> bool:
        return self.result.startswith("FAILED")


def controller(core: Core, version: str) -> Optional[pathlib.Path]:
    """A Python with a core and the requirements of the tests, in versions that suit both."""
    python = interpreter(version)
    if python is None:
        return None
    files = (ROOT / "requirements" / "test.txt", ROOT / "tools" / "emulator" / "requirements.txt")
    requirements = [
        line
        for file in files
        for line in file.read_text().splitlines()
        # molecule, which supports some cores only, is not needed for these suites.
        if line and not line.startswith(("ansible-", "molecule", "pytest-ansible", "-r", "#"))
    ]
    if version == "3.10":
        # Some pinned versions do not support it.
        requirements = [line.partition("==")[0] for line in requirements]
    requirements += [
        f"ansible-core=={core.version}",
        f"pytest-ansible=={core.pytest_ansible}",
        "ansible-builder",
    ]
    return environment_for(f"core-{core.name}-py{version}", python, *requirements)


def target(version: str) -> Optional[pathlib.Path]:
    """A Python with the requirements of a module on its target."""
    python = interpreter(version)
    return python and environment_for(f"target-py{version}", python, "requests")


def run(cell: Cell, python: pathlib.Path, *arguments: str, **environ: str) -> Cell:
    """Run pytest for a cell and set its result. The output is saved next to the environments."""
    start = time.monotonic()
    log = CACHE / f"{cell.core}-{cell.column}.log".replace(" ", "-")
    with log.open("w") as output:
        process = subprocess.run(
            [python, "-m", "pytest", "-q", *arguments],
            cwd=ROOT,
            env={**os.environ, "PLAYS": "all", **environ},
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    passed = re.search(r"(\d+) passed", log.read_text())

    cell.seconds = time.monotonic() - start
    if process.returncode == 0 and passed:
        cell.result = f"{passed.group(1)} passed"
    else:
        cell.result = f"FAILED ({log.relative_to(ROOT)})"
    return cell


def controller_cell(core: Core, version: str) -> Cell:
    cell = Cell(core.name, version, "not supported")
    if version not in core.controllers:
        return cell
    try:
        python = controller(core, version)
    except subprocess.CalledProcessError as error:
        cell.result = f"FAILED to install (status {error.returncode})"
        return cell
    if python is None:
        cell.result = "no interpreter"
        return cell
    ignored = (f"--ignore=tests/playbooks/{suite}" for suite in OTHER_SUITES)
    return run(cell, python, "-n", "2", "--dist", "worksteal", *SUITES, *ignored)


def target_cell(core: Core, version: str) -> Cell:
    """The controller runs the newest Python on this machine that the core supports."""
    cell = Cell(core.name, f"target {version}", "not supported")
    if version not in core.targets:
        return cell
    controllers = (controller(core, python_version) for python_version in reversed(core.controllers))
    python = next(filter(None, controllers), None)
    target_python = target(version)
    if python is None or target_python is None:
        cell.result = "no interpreter"
        return cell
    return run(cell, python, "tools/matrix/target.py", TARGET_PYTHON=str(target_python))


def columns_of(cells: list[Cell]) -> dict[str, dict[str, str]]:
    """The short result of each cell, by core and Python."""
    columns: dict[str, dict[str, str]] = {}
    for cell in cells:
        columns.setdefault(cell.core, {})[cell.column] = cell.result.partition(" (")[0]
    return columns


def main() -> int:
    parser = argparse.ArgumentParser(prog="make test-all/matrix", description=__doc__)
    parser.add_argument("--core", action="append", help="only this ansible-core, such as 2.18 (repeatable)")
    parser.add_argument("--python", action="append", help="only this Python, such as 3.12 (repeatable)")
    parser.add_argument("--only", choices=("controllers", "targets"), help="only this half of the table")
    parser.add_argument(
        "--prepare-smoke",
        action="store_true",
        help="only set up the environments of tests/playbooks/smoke and tests/playbooks/platform_tests",
    )
    parser.add_argument(
        "--prepare-platform", action="store_true", help="the same, for all versions of ansible-core"
    )
    options = parser.parse_args()

    if options.prepare_smoke or options.prepare_platform:
        CACHE.mkdir(parents=True, exist_ok=True)
        for core in CORES:
            is_wanted = options.prepare_platform or core.name in SMOKE
            if is_wanted and smoke_environment(core) is None:
                versions = ", ".join(core.controllers)
                print(
                    f"ansible-core {core.name}: no Python {versions} on this machine; tests/playbooks/smoke skips it"
                )
        controller_collection()
        return 0

    cores = [core for core in CORES if not options.core or core.name in options.core]
    versions = [version for version in TARGETS if not options.python or version in options.python]
    if not cores or not versions:
        names = ", ".join(core.name for core in CORES)
        parser.error(f"valid cores: {names}; valid Pythons: {', '.join(TARGETS)}")

    CACHE.mkdir(parents=True, exist_ok=True)
    cells: list[Cell] = []
    for part, run_cell in (("controllers", controller_cell), ("targets", target_cell)):
        for core in cores if options.only in (None, part) else ():
            for version in versions:
                cell = run_cell(core, version)
                cells.append(cell)
                if cell.result != "not supported":
                    name = f"ansible-core {cell.core}, Python {cell.column}"
                    print(f"{name}: {cell.result} in {cell.seconds:.0f} s", flush=True)

    supported = {cell.column for cell in cells if cell.result != "not supported"}
    print(f"\n{table(columns_of([cell for cell in cells if cell.column in supported]))}")
    return 1 if any(cell.failed for cell in cells) else 0


if __name__ == "__main__":
    sys.exit(main())
