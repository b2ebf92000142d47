# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench`: how fast, against what else, as ratios measured side by side in one run; medians over several runs."""

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
from support.emulator import KEY, SECRET, Emulator

ANSIBLE_PLAYBOOK = str(pathlib.Path(sys.executable).parent / "ansible-playbook")
NAMESPACE = "ccloud.notifications."

#: A module that does nothing, for the cost of an ordinary module itself.
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
    """Plays a list of tasks against an emulator and takes the time of the whole process."""

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
        begun = time.perf_counter()
        done = subprocess.run(
            [ANSIBLE_PLAYBOOK, "play.yml"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        taken = time.perf_counter() - begun
        if done.returncode:
            sys.exit(f"A play of the benchmark failed:\n{done.stdout}\n{done.stderr}")
        return taken


def medians(runs: int, *works: Callable[[], float]) -> list[float]:
    """The median of each work, one run of each after the other, so that noise meets all of them alike."""
    taken = [[work() for work in works] for _run in range(runs)]
    return [statistics.median(each) for each in zip(*taken)]


def made_up(number: int) -> dict[str, Any]:
    """What the emulator makes up when it is asked for a number of integrations."""
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
    one = made_up(0)
    one["display_name"] = "channel-{{ '%05d' % item }}"
    one["description"] = "Made-up channel {{ item }}"
    one["target"]["webhook_url"] = "https://hooks.slack.example/services/{{ '%05d' % item }}"
    task = {NAMESPACE + "integration": one}
    uri = {
        "ansible.builtin.uri": {
            "url": f"{plays.emulator.url}/notifications/v1/integrations?page_size=250",
            "url_username": KEY,
            "url_password": SECRET,
            "force_basic_auth": True,
        }
    }
    floor, ours, ordinary, by_uri, debug = medians(
        runs,
        lambda: plays.seconds([DEBUG]),
        lambda: plays.seconds(looped(task, items)),
        lambda: plays.seconds(looped(task, items), direct_execution=False),
        lambda: plays.seconds(looped(uri, items)),
        lambda: plays.seconds(looped(DEBUG, items)),
    )
    each = {
        name: (taken - floor) / items * 1000
        for name, taken in (("ours", ours), ("ordinary", ordinary), ("uri", by_uri), ("debug", debug))
    }
    work = f"{items} unchanged, loop of integration"
    by = each["uri"] / each["ours"]
    return [
        Row(
            work,
            "the same as ordinary modules",
            each["ordinary"] / each["ours"],
            f"{each['ours']:.1f} to {each['ordinary']:.0f} ms an item",
        ),
        Row(
            work,
            "loop of ansible.builtin.uri GET",
            by,
            f"{each['ours']:.1f} to {each['uri']:.0f} ms an item",
            "at least 40",
            by >= 40,
        ),
        Row(
            work,
            "loop of debug (the floor)",
            each["ours"] / each["debug"],
            f"{each['ours']:.1f} to {each['debug']:.1f} ms an item",
        ),
    ]


def unchanged_bulk(plays: Plays, runs: int, items: int) -> list[Row]:
    plays.emulator.reset(integrations=items)
    task = {NAMESPACE + "integrations": {"integrations": [made_up(number) for number in range(items)]}}
    plays.seconds([task])
    before = len(plays.emulator.requests())
    floor, ours = medians(runs, lambda: plays.seconds([DEBUG]), lambda: plays.seconds([task]))
    sent = (len(plays.emulator.requests()) - before) / runs
    met = ours / floor <= 1.3 and sent == 1
    detail = f"{ours:.2f} s to {floor:.2f} s, {sent:g} request"
    return [
        Row(
            f"{items} unchanged, one task",
            "a play with one debug (the floor)",
            ours / floor,
            detail,
            "at most 1.3, 1 request",
            met,
        )
    ]


def creations(plays: Plays, runs: int, items: int, latency_ms: int, concurrency: int) -> list[Row]:
    task = {
        NAMESPACE + "integrations": {
            "integrations": [made_up(number) for number in range(items)],
            "concurrency": concurrency,
        }
    }

    def fresh() -> float:
        plays.emulator.reset(latency_ms=latency_ms)
        return plays.seconds([task])

    floor, ours = medians(runs, lambda: plays.seconds([DEBUG]), fresh)
    ideal = (1 + items / concurrency) * latency_ms / 1000
    work = f"{items} creations at {latency_ms} ms, concurrency {concurrency}"
    ratio = (ours - floor) / ideal
    detail = f"{ours - floor:.2f} s to {ideal:.2f} s, start-up taken off"
    return [Row(work, "list + requests x latency / concurrency", ratio, detail, "at most 1.3", ratio <= 1.3)]


def one_ordinary(plays: Plays, runs: int) -> list[Row]:
    plays.emulator.reset()
    repeated = 10
    info = {NAMESPACE + "integration_info": {}}
    uri = {
        "ansible.builtin.uri": {
            "url": f"{plays.emulator.url}/notifications/v1/integrations",
            "url_username": KEY,
            "url_password": SECRET,
            "force_basic_auth": True,
        }
    }
    floor, ours, nothing, by_uri = medians(
        runs,
        lambda: plays.seconds([DEBUG]),
        lambda: plays.seconds(looped(info, repeated), direct_execution=False),
        lambda: plays.seconds(looped({"nothing": {}}, repeated)),
        lambda: plays.seconds(looped(uri, repeated)),
    )
    each = [(taken - floor) / repeated * 1000 for taken in (ours, nothing, by_uri)]
    work = "one ordinary module, integration_info"
    ratio = each[0] / each[1]
    return [
        Row(
            work,
            "a module that does nothing",
            ratio,
            f"{each[0]:.0f} to {each[1]:.0f} ms",
            "at most 1.4",
            ratio <= 1.4,
        ),
        Row(work, "ansible.builtin.uri", each[0] / each[2], f"{each[0]:.0f} to {each[2]:.0f} ms"),
    ]


def organization(plays: Plays, runs: int) -> list[Row]:
    """The role with 200 integrations and rules for all 60 types: the first run, and the second."""
    variables = {
        "bootstrap_integrations": [made_up(n) for n in range(200)],
        "bootstrap_subscriptions": [
            {
                "select": {"severities": [severity]},
                "integrations": [made_up(n)["display_name"] for n in range(start, start + 5)],
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
        seen = len(plays.emulator.requests())
        taken = plays.seconds([], roles=[NAMESPACE + "bootstrap"], vars=variables)
        requests.append(len(plays.emulator.requests()) - seen)
        return taken

    def first() -> float:
        plays.emulator.reset()
        return play()

    made, again, debug = medians(runs, first, play, lambda: plays.seconds([DEBUG]))
    created, unchanged = requests[-2:]
    work = "organization of 200 integrations, 60 types"
    return [
        Row(
            f"{work}: first run",
            "a play with one debug",
            made / debug,
            f"{made:.2f} to {debug:.2f} s, {created} requests",
        ),
        Row(
            f"{work}: second",
            "a play with one debug",
            again / debug,
            f"{again:.2f} to {debug:.2f} s, {unchanged} requests",
        ),
    ]


def planning(runs: int) -> list[Row]:
    def case(size: int) -> tuple[list[DesiredState], list[dict[str, Any]]]:
        fields = [made_up(number) for number in range(size)]
        desired_states = [
            DesiredState(INTEGRATIONS, key=each["display_name"], fields=each) for each in fields
        ]
        return desired_states, [{"id": f"i-{number}", **made_up(number)} for number in range(size)]

    def planned(desired_states: list[DesiredState], objects: list[dict[str, Any]]) -> Plan:
        return make_plan(desired_states, Snapshot([Collection(INTEGRATIONS, objects)]))

    def looked_up(desired_states: list[DesiredState], objects: list[dict[str, Any]]) -> None:
        by_name = {obj["display_name"]: obj for obj in objects}
        for desired in desired_states:
            _found = by_name[desired.key]

    def timed(work: Callable[[], Any]) -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    rows = []
    per_object: dict[int, float] = {}
    for size in (10, 100, 1_000, 10_000):
        arguments = case(size)
        ours, lookup = medians(
            runs,
            lambda arguments=arguments: timed(lambda: planned(*arguments)),
            lambda arguments=arguments: timed(lambda: looked_up(*arguments)),
        )
        per_object[size] = ours / size
        detail = f"{ours * 1000:.2f} ms, {ours / size * 1e6:.1f} us an object"
        row = Row(
            f"planning {size:,} x {size:,}", "dictionary look-up of the same size", ours / lookup, detail
        )
        if size == 10_000:
            row.target, row.met = (
                "under 0.3 s, linear",
                ours < 0.3 and per_object[10_000] < 2 * per_object[100],
            )
        rows.append(row)

    arguments = case(10_000)
    tracemalloc.start()
    plan = planned(*arguments)
    peak = tracemalloc.get_traced_memory()[1] / 2**20
    tracemalloc.stop()
    assert len(plan.steps) == 10_000
    rows.append(
        Row(
            "memory of that plan",
            "150 MiB",
            peak / 150,
            f"{peak:.1f} MiB at its peak",
            "under 150 MiB",
            peak < 150,
        )
    )
    return rows


def startup(runs: int) -> list[Row]:
    def start() -> float:
        begun = time.perf_counter()
        with Emulator.started():
            return time.perf_counter() - begun

    [taken] = medians(runs, start)
    return [Row("start of the emulator", "1.5 s", taken / 1.5, f"{taken:.2f} s", "under 1.5 s", taken < 1.5)]


def main() -> int:
    parser = argparse.ArgumentParser(prog="make bench")
    parser.add_argument("--runs", type=int, default=3, help="how often each work is done; the median counts")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    rows = startup(options.runs) + planning(options.runs)
    # What is measured is the collection, not how long the emulator thinks about its own answers.
    with Emulator.started("--trust-answers") as emulator, tempfile.TemporaryDirectory() as folder:
        plays = Plays(emulator, pathlib.Path(folder))
        rows += unchanged_bulk(plays, options.runs, 200)
        rows += creations(plays, options.runs, 200, 50, 8)
        rows += organization(plays, options.runs)
        rows += one_ordinary(plays, options.runs)
        rows += unchanged_loop(plays, options.runs, 100)
    if options.json:
        print(json.dumps([row.__dict__ for row in rows], indent=2))
        return 0
    print(f"{'work':<54} {'against':<42} {'ratio':>7}  {'measured':<44} target")
    for row in rows:
        verdict = "" if row.met is None else f"{row.target}: {'met' if row.met else 'NOT MET'}"
        print(f"{row.work:<54} {row.against:<42} {row.ratio:>7.2f}  {row.detail:<44} {verdict}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
