# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test-all/sanity` and `make test-all/integration`: run ansible-test on a copy of this tree.

ansible-test requires a folder of a certain name and follows no symbolic links. `sanity` runs the tests of one
ansible-core, and the tests that depend on the Python (compile, import) in every Python of this machine that
the collection supports. `sanity all` does so for every supported ansible-core, and prints a table. The table
shows interpreters that are missing on this machine; they are not failures.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import time
from xml.etree import ElementTree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "tests"))

from support.cores import CORES, ROOT, TARGETS, Core, environment_for, interpreter, table
from support.playbooks import copy_tree

#: The tests that run in every Python.
PER_PYTHON = ("compile", "import")


def copy_for(name: str) -> pathlib.Path:
    """A fresh copy of the tree with a Git index: without one, ansible-test would check every file."""
    folder = ROOT / ".cache" / name
    shutil.rmtree(folder, ignore_errors=True)
    copy = folder / "ansible_collections" / "ccloud" / "notifications"
    copy_tree(copy)
    subprocess.run(["git", "init", "--quiet", "."], cwd=copy, check=True)
    subprocess.run(["git", "add", "--all"], cwd=copy, check=True)
    return copy


def environment(programs: pathlib.Path) -> dict[str, str]:
    """ansible-test searches PATH for interpreters, in which those of pyenv are not."""
    found = filter(None, map(interpreter, TARGETS))
    folders = [programs, *(pathlib.Path(path).parent for path in found)]
    return {**os.environ, "PATH": os.pathsep.join([*map(str, folders), os.environ["PATH"]])}


def ansible_test(programs: pathlib.Path, copy: pathlib.Path, *arguments: str) -> int:
    command = [str(programs / "ansible-test"), *arguments, "--color", "no"]
    return subprocess.run(command, cwd=copy, env=environment(programs), check=False).returncode


def results_of(copy: pathlib.Path) -> dict[tuple[str, str], str]:
    """``passed``, ``skipped`` or ``FAILED`` by test and Python, from the reports of ansible-test.

    The Python of a test that runs only once is an empty text.
    """
    results = {}
    for report in (copy / "tests" / "output" / "junit").glob("ansible-test-sanity-*.xml"):
        name = re.fullmatch(r"ansible-test-sanity-(.+?)(?:-python-(\d\.\d+))?", report.stem)
        assert name, report
        outcomes = {element.tag for element in ElementTree.parse(report).iter()}
        result = "skipped" if "skipped" in outcomes else "passed"
        is_failed = outcomes & {"failure", "error"}
        results[name.group(1), name.group(2) or ""] = "FAILED" if is_failed else result
    return results


def cells_of(core: Core, results: dict[tuple[str, str], str]) -> dict[str, str]:
    """A column of the table: the result for every Python, and for the tests that run once."""
    cells = {}
    for version in TARGETS:
        by_test = [results[test, version] for test in PER_PYTHON if (test, version) in results]
        if version not in core.targets:
            cells[version] = "not supported"
        elif interpreter(version) is None:
            cells[version] = "no interpreter"
        elif len(by_test) < len(PER_PYTHON):
            cells[version] = "FAILED: not run"
        else:
            cells[version] = "passed" if by_test == ["passed", "passed"] else "FAILED"

    others = [result for (test, _version), result in results.items() if test not in PER_PYTHON]
    cells["other tests"] = f"{others.count('passed')} passed"
    if "FAILED" in others or "passed" not in others:
        cells["other tests"] = f"FAILED: {others.count('FAILED')} of {len(others)}"
    return cells


def sanity_of_all(arguments: list[str]) -> int:
    """Run the sanity tests of every supported ansible-core, and print a table."""
    columns = {}
    failed = False
    for core in CORES:
        python = next(filter(None, map(interpreter, reversed(core.controllers))), None)
        if python is None:
            print(f"ansible-core {core.name}: no Python {', '.join(core.controllers)} on this machine")
            columns[core.name] = dict.fromkeys([*TARGETS, "other tests"], "no interpreter")
            continue

        start = time.monotonic()
        programs = environment_for(f"sanity-{core.name}", python, f"ansible-core=={core.version}").parent
        copy = copy_for(f"sanity-{core.name}")
        status = ansible_test(programs, copy, "sanity", "--junit", *arguments)
        columns[core.name] = cells_of(core, results_of(copy))
        failed = failed or status != 0 or "FAILED" in "".join(columns[core.name].values())
        print(f"ansible-core {core.version}: status {status} in {time.monotonic() - start:.0f} s", flush=True)

    print(f"\n{table(columns)}")
    return 1 if failed else 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="make test-all/sanity", description=__doc__)
    parser.add_argument("command", choices=("sanity", "integration"))
    parser.add_argument(
        "scope",
        nargs="?",
        choices=("all", "one"),
        help="every supported ansible-core, or that of this environment",
    )
    options, arguments = parser.parse_known_args()
    if options.scope == "all":
        return sanity_of_all(arguments)

    programs = pathlib.Path(sys.executable).parent
    if options.command == "integration":
        # The targets install what they require, so they need an environment of their own.
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        arguments = ["--venv", "--python", python, *arguments]
    return ansible_test(programs, copy_for(options.command), options.command, *arguments)


if __name__ == "__main__":
    sys.exit(main())
