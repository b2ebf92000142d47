# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: compare speed with alternatives, as medians of alternating runs.

The exit status is 1 if a result misses its target by more than the noise of the runs.
"""

from __future__ import annotations

import argparse
import datetime
import importlib.metadata
import json
import os
import pathlib
import sys
import tempfile
from typing import Sequence

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]
sys.path.insert(0, str(ROOT / ".cache" / "tree"))

from benchmark import organizations
from benchmark.measure import HEADER, Row
from benchmark.speed import Benchmarks
from support.emulator import Emulator


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--runs", type=int, default=5, help="number of runs; the median counts")
    parser.add_argument(
        "--only", metavar="NAME", help="run one benchmark: a method of tools/benchmark/speed.py"
    )
    parser.add_argument("--json", metavar="FILE", type=pathlib.Path, help="write the rows to a file as JSON")
    parser.add_argument(
        "what",
        nargs="?",
        choices=["organizations"],
        help="measure the playbooks for many organizations instead, which takes about half an hour",
    )
    parser.add_argument(
        "--counts", type=int, nargs="+", default=[20, 100, 300], help="numbers of organizations"
    )
    parser.add_argument("--forks", type=int, default=20, help="organizations at the same time")
    options = parser.parse_args()
    if options.what == "organizations":
        return organizations.main(options.counts, options.forks)

    print(f"{environment()}; medians of {options.runs}, ± the median distance from it\n")
    print_line(HEADER)
    print_line(["---"] * len(HEADER))
    rows: list[Row] = []
    # The emulator does not validate its own responses, because only the collection is measured.
    with Emulator.started("--trust-answers") as emulator, tempfile.TemporaryDirectory() as folder:
        benchmarks = Benchmarks(emulator, pathlib.Path(folder), options.runs)
        selected = [getattr(benchmarks, options.only)()] if options.only else benchmarks.all()
        for new_rows in selected:
            rows += new_rows
            for row in new_rows:
                print_line(row.cells())

    if options.json:
        content = {"environment": environment(), "rows": [row.as_json() for row in rows]}
        options.json.write_text(json.dumps(content, indent=2) + "\n")
    missed = [row.work for row in rows if row.is_met is False]
    print(f"\n{len(missed)} missed: {'; '.join(missed)}" if missed else "\nAll targets are met.")
    return 1 if missed else 0


def environment() -> str:
    """Date and versions, for the table in the documentation."""
    versions = (f"{name} {importlib.metadata.version(name)}" for name in ("ansible-core", "requests"))
    python = ".".join(map(str, sys.version_info[:3]))
    return f"{datetime.date.today()}, Python {python}, {', '.join(versions)}, {os.cpu_count()} processors"


def print_line(cells: Sequence[str]) -> None:
    print(f"| {' | '.join(cells)} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
