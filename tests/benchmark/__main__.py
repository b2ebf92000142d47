# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: compare speed with alternatives, as ratios of medians of alternating runs."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from dataclasses import dataclass
from typing import Any, Callable

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))
sys.path.insert(0, str(ROOT / ".cache" / "tree"))

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import (
    Collection,
    DesiredState,
    Snapshot,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.plan import Plan
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.planner import make_plan
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import INTEGRATIONS
from benchmark import organizations
from support.emulator import KEY, SECRET, Emulator

ANSIBLE_PLAYBOOK = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
NAMESPACE = "ccloud.notifications."

#: A module that does nothing, to measure the cost of any ordinary module.
NOTHING = """#!/usr/bin/python
from ansible.module_utils.basic import AnsibleModule

AnsibleModule({}).exit_json(changed=False)
"""


@dataclass
class Row:
    work: str
    against: str
    ratio: float
    detail: str
    target: str = ""
    met: bool | None = None


class Plays:
    """Runs tasks against an emulator and measures the time of the whole process."""

    def __init__(self, emulator: Emulator, folder: pathlib.Path) -> None:
        self.emulator = emulator
        self.folder = folder
        (folder / "library").mkdir()
        (folder / "library" / "nothing.py").write_text(NOTHING)
        (folder / "ansible.cfg").touch()

    def seconds(self, tasks: list[dict[str, Any]], direct_execution: bool = True, **keywords: Any) -> float:
        play = {
            **keywords,
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "module_defaults": {
                "group/ccloud.notifications.notifications": {
                    "endpoint": self.emulator.url,
                    "api_key": KEY,
                    "api_secret": SECRET,
                }
            },
            "tasks": tasks,
        }
        (self.folder / "play.yml").write_text(yaml.safe_dump([play]))
        environment = {
            **os.environ,
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
            "ANSIBLE_LIBRARY": str(self.folder / "library"),
            "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
            "ANSIBLE_LOCALHOST_WARNING": "False",
            "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": str(direct_execution).lower(),
        }
        start = time.perf_counter()
        process = subprocess.run(
            [ANSIBLE_PLAYBOOK, "play.yml"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        seconds = time.perf_counter() - start
        if process.returncode:
            sys.exit(f"A play of the benchmark failed:\n{process.stdout}\n{process.stderr}")
        return seconds


def medians(runs: int, *functions: Callable[[], float]) -> list[float]:
    """The median time of every function. The functions alternate, so that noise affects all of them."""
    times = [[function() for function in functions] for _run in range(runs)]
    return [statistics.median(column) for column in zip(*times)]


def integration(number: int) -> dict[str, Any]:
    """An integration as a reset of the emulator creates it."""
    return {
        "display_name": f"channel-{number:05}",
        "description": f"Made-up channel {number}",
        "target": {"kind": "Slack", "webhook_url": f"https://hooks.slack.example/services/{number:05}"},
    }


DEBUG = {"ansible.builtin.debug": {"msg": "x"}}


def looped(task: dict[str, Any], items: int) -> list[dict[str, Any]]:
    return [{**task, "loop": list(range(items)), "loop_control": {"label": "x"}}]


def unchanged_loop(plays: Plays, runs: int, items: int) -> list[Row]:
    plays.emulator.reset(integrations=items)
    item = integration(0)
    item["display_name"] = "channel-{{ '%05d' % item }}"
    item["description"] = "Made-up channel {{ item }}"
    item["target"]["webhook_url"] = "https://hooks.slack.example/services/{{ '%05d' % item }}"
    task = {NAMESPACE + "integration": item}
    uri = {
        "ansible.builtin.uri": {
            "url": f"{plays.emulator.url}/notifications/v1/integrations?page_size=250",
            "url_username": KEY,
            "url_password": SECRET,
            "force_basic_auth": True,
        }
    }
    debug_play, direct, ordinary, uri_loop, debug_loop = medians(
        runs,
        lambda: plays.seconds([DEBUG]),
        lambda: plays.seconds(looped(task, items)),
        lambda: plays.seconds(looped(task, items), direct_execution=False),
        lambda: plays.seconds(looped(uri, items)),
        lambda: plays.seconds(looped(DEBUG, items)),
    )

    def per_item(seconds: float) -> float:
        """Milliseconds per item, without the start of ansible-playbook."""
        return (seconds - debug_play) / items * 1000

    def detail(seconds: float) -> str:
        return f"{per_item(direct):.1f} vs. {per_item(seconds):.1f} ms per item"

    work = f"{items} unchanged, loop of integration"
    speedup = per_item(uri_loop) / per_item(direct)
    return [
        Row(
            work,
            "as ordinary modules",
            per_item(ordinary) / per_item(direct),
            detail(ordinary),
        ),
        Row(
            work,
            "loop of ansible.builtin.uri GET",
            speedup,
            detail(uri_loop),
            "at least 40",
            speedup >= 40,
        ),
        Row(
            work,
            "loop of debug (lower bound)",
            per_item(direct) / per_item(debug_loop),
            detail(debug_loop),
        ),
    ]


def unchanged_bulk(plays: Plays, runs: int, items: int) -> list[Row]:
    plays.emulator.reset(integrations=items)
    task = {NAMESPACE + "integrations": {"integrations": [integration(number) for number in range(items)]}}
    plays.seconds([task])
    before = len(plays.emulator.requests())
    debug_play, seconds = medians(runs, lambda: plays.seconds([DEBUG]), lambda: plays.seconds([task]))
    requests = (len(plays.emulator.requests()) - before) / runs
    met = seconds / debug_play <= 1.3 and requests == 1
    detail = f"{seconds:.2f} vs. {debug_play:.2f} s, {requests:g} request"
    return [
        Row(
            f"{items} unchanged, one task",
            "play with one debug task (lower bound)",
            seconds / debug_play,
            detail,
            "at most 1.3, 1 request",
            met,
        )
    ]


def creations(plays: Plays, runs: int, items: int, latency_ms: int, concurrency: int) -> list[Row]:
    task = {
        NAMESPACE + "integrations": {
            "integrations": [integration(number) for number in range(items)],
            "concurrency": concurrency,
        }
    }

    def create() -> float:
        plays.emulator.reset(latency_ms=latency_ms)
        return plays.seconds([task])

    debug_play, seconds = medians(runs, lambda: plays.seconds([DEBUG]), create)
    ideal = (1 + items / concurrency) * latency_ms / 1000
    work = f"{items} creates at {latency_ms} ms, concurrency {concurrency}"
    ratio = (seconds - debug_play) / ideal
    detail = f"{seconds - debug_play:.2f} vs. {ideal:.2f} s, without start-up"
    against = "(1 + creates / concurrency) x latency"
    return [Row(work, against, ratio, detail, "at most 1.3", ratio <= 1.3)]


def ordinary_module(plays: Plays, runs: int) -> list[Row]:
    plays.emulator.reset()
    items = 10
    info = {NAMESPACE + "integration_info": {}}
    uri = {
        "ansible.builtin.uri": {
            "url": f"{plays.emulator.url}/notifications/v1/integrations",
            "url_username": KEY,
            "url_password": SECRET,
            "force_basic_auth": True,
        }
    }
    debug_play, info_loop, nothing_loop, uri_loop = medians(
        runs,
        lambda: plays.seconds([DEBUG]),
        lambda: plays.seconds(looped(info, items), direct_execution=False),
        lambda: plays.seconds(looped({"nothing": {}}, items)),
        lambda: plays.seconds(looped(uri, items)),
    )

    info_ms, nothing_ms, uri_ms = (
        (seconds - debug_play) / items * 1000 for seconds in (info_loop, nothing_loop, uri_loop)
    )
    work = "integration_info as an ordinary module"
    ratio = info_ms / nothing_ms
    detail = f"{info_ms:.0f} vs. {nothing_ms:.0f} ms"
    return [
        Row(work, "module that does nothing", ratio, detail, "at most 1.4", ratio <= 1.4),
        Row(work, "ansible.builtin.uri", info_ms / uri_ms, f"{info_ms:.0f} vs. {uri_ms:.0f} ms"),
    ]


def organization(plays: Plays, runs: int) -> list[Row]:
    """The role with 200 integrations and rules for all 60 types: first and second run."""
    variables = {
        "bootstrap_integrations": [integration(n) for n in range(200)],
        "bootstrap_subscriptions": [
            {
                "select": {"severities": [severity]},
                "integrations": [integration(n)["display_name"] for n in range(start, start + 5)],
            }
            for start, severity in enumerate(("CRITICAL", "WARN", "INFO"))
        ],
        "bootstrap_endpoint": plays.emulator.url,
        "bootstrap_api_key": KEY,
        "bootstrap_api_secret": SECRET,
        "bootstrap_test": "none",
        "bootstrap_concurrency": 8,
    }
    requests: list[int] = []

    def play() -> float:
        before = len(plays.emulator.requests())
        seconds = plays.seconds([], roles=[NAMESPACE + "bootstrap"], vars=variables)
        requests.append(len(plays.emulator.requests()) - before)
        return seconds

    def first_run() -> float:
        plays.emulator.reset()
        return play()

    first, second, debug_play = medians(runs, first_run, play, lambda: plays.seconds([DEBUG]))
    first_requests, second_requests = requests[-2:]
    work = "organization of 200 integrations, 60 types"
    against = "play with one debug task"
    return [
        Row(
            f"{work}: first run",
            against,
            first / debug_play,
            f"{first:.2f} vs. {debug_play:.2f} s, {first_requests} requests",
        ),
        Row(
            f"{work}: second run",
            against,
            second / debug_play,
            f"{second:.2f} vs. {debug_play:.2f} s, {second_requests} requests",
        ),
    ]


def planning(runs: int) -> list[Row]:
    def case(size: int) -> tuple[list[DesiredState], list[dict[str, Any]]]:
        fields = [integration(number) for number in range(size)]
        desired_states = [
            DesiredState(INTEGRATIONS, key=options["display_name"], fields=options) for options in fields
        ]
        return desired_states, [{"id": f"i-{number}", **integration(number)} for number in range(size)]

    def planned(desired_states: list[DesiredState], objects: list[dict[str, Any]]) -> Plan:
        return make_plan(desired_states, Snapshot([Collection(INTEGRATIONS, objects)]))

    def look_up(desired_states: list[DesiredState], objects: list[dict[str, Any]]) -> None:
        by_name = {obj["display_name"]: obj for obj in objects}
        for desired in desired_states:
            _object = by_name[desired.key]

    def timed(function: Callable[[], Any]) -> float:
        start = time.perf_counter()
        function()
        return time.perf_counter() - start

    rows = []
    per_object: dict[int, float] = {}
    for size in (10, 100, 1_000, 10_000):
        arguments = case(size)
        seconds, lookup = medians(
            runs,
            lambda arguments=arguments: timed(lambda: planned(*arguments)),
            lambda arguments=arguments: timed(lambda: look_up(*arguments)),
        )
        per_object[size] = seconds / size
        detail = f"{seconds * 1000:.2f} ms, {seconds / size * 1e6:.1f} us per object"
        row = Row(f"plan of {size:,} objects", "dictionary lookup of the same size", seconds / lookup, detail)
        if size == 10_000:
            row.target = "under 0.3 s, linear"
            row.met = seconds < 0.3 and per_object[10_000] < 2 * per_object[100]
        rows.append(row)

    arguments = case(10_000)
    tracemalloc.start()
    plan = planned(*arguments)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert len(plan.steps) == 10_000
    detail = f"{peak:.1f} MiB at peak"
    rows.append(Row("memory of this plan", "150 MiB", peak / 150, detail, "under 150 MiB", peak < 150))
    return rows


def startup(runs: int) -> list[Row]:
    def start() -> float:
        start_time = time.perf_counter()
        with Emulator.started():
            return time.perf_counter() - start_time

    [seconds] = medians(runs, start)
    return [
        Row("start of the emulator", "1.5 s", seconds / 1.5, f"{seconds:.2f} s", "under 1.5 s", seconds < 1.5)
    ]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--runs", type=int, default=3, help="number of runs; the median counts")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
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

    rows = startup(options.runs) + planning(options.runs)
    # The emulator does not validate its own responses, because only the collection is measured.
    with Emulator.started("--trust-answers") as emulator, tempfile.TemporaryDirectory() as folder:
        plays = Plays(emulator, pathlib.Path(folder))
        rows += unchanged_bulk(plays, options.runs, 200)
        rows += creations(plays, options.runs, 200, 50, 8)
        rows += organization(plays, options.runs)
        rows += ordinary_module(plays, options.runs)
        rows += unchanged_loop(plays, options.runs, 100)

    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=2))
        return 0

    print(f"{'benchmark':<54} {'compared with':<42} {'ratio':>7}  {'measured':<44} target")
    for row in rows:
        verdict = "" if row.met is None else f"{row.target}: {'met' if row.met else 'NOT MET'}"
        print(f"{row.work:<54} {row.against:<42} {row.ratio:>7.2f}  {row.detail:<44} {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
