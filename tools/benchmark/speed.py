# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmarks. Each returns rows; times are processor time unless they say otherwise."""

from __future__ import annotations

import pathlib
import statistics
import sys
import time
import tracemalloc
from typing import Any, Callable, Iterator

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import (
    Collection,
    DesiredState,
    Snapshot,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.plan import Plan
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.planner import make_plan
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import counted
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import INTEGRATIONS
from support.emulator import KEY, SECRET, Emulator

from .measure import (
    MEBIBYTE,
    NAMESPACE,
    ROOT,
    Figure,
    Play,
    Playbooks,
    Row,
    Target,
    Usage,
    alternate,
    per_unit,
    ratio,
    usage_of,
)
from .replay import ReplayServer

#: Numbers of integrations.
SIZES = (200, 1_000, 5_000, 10_000)
IDLE = "play with one debug task"
DEBUG = {"ansible.builtin.debug": {"msg": "x"}}
LIST = "/notifications/v1/integrations?page_size=250"


def integration(number: int) -> dict[str, Any]:
    """An integration as a reset of the emulator creates it."""
    return {
        "display_name": f"channel-{number:05}",
        "description": f"Made-up channel {number}",
        "target": {"kind": "Slack", "webhook_url": f"https://hooks.slack.example/services/{number:05}"},
    }


def looped(task: dict[str, Any], items: int) -> dict[str, Any]:
    return {**task, "loop": list(range(items)), "loop_control": {"label": "x"}}


def cpu(usages: list[Usage]) -> list[float]:
    return [usage.cpu for usage in usages]


def wall(usages: list[Usage]) -> list[float]:
    return [usage.wall for usage in usages]


def difference(measured: list[float], against: list[float]) -> list[float]:
    return [one - other for one, other in zip(measured, against)]


def seconds(measured: list[float], against: list[float]) -> str:
    return f"{statistics.median(measured):.2f} vs. {statistics.median(against):.2f} s"


class Benchmarks:
    """Benchmarks that share an emulator, a server that repeats its responses, and a folder."""

    def __init__(self, emulator: Emulator, folder: pathlib.Path, runs: int) -> None:
        self.emulator = emulator
        self.server = ReplayServer()
        self.plays = Playbooks(self.server.url, folder)
        self.runs = runs

    def all(self) -> Iterator[list[Row]]:
        yield self.unchanged()
        yield self.masked()
        yield self.unchanged_ordinary()
        yield self.loop()
        yield self.creations(items=200, latency_ms=50, concurrency=8)
        yield self.ordinary_module()
        yield self.organization()
        yield self.example()
        yield self.against_emulator()
        yield self.imports()
        yield planning(self.runs)
        yield start_of_emulator(self.runs)

    def record(self, play: Play) -> None:
        """Have the server answer as the emulator answers this play."""
        self.plays.run(play, self.emulator.url)
        self.server.record(self.emulator)

    def compare(self, *plays: Play) -> list[list[Usage]]:
        """The usage of each play in each run."""
        return alternate(self.runs, *(lambda play=play: self.plays.run(play) for play in plays))

    def unchanged(self) -> list[Row]:
        """One task with more and more integrations, none of which changes."""
        rows = []
        smallest: list[float] = []
        for size in SIZES:
            task = {NAMESPACE + "integrations": {"integrations": "{{ channels }}"}}
            listing = {"ansible.builtin.debug": {"msg": "{{ channels }}"}, "no_log": True}
            variables = {"channels": [integration(number) for number in range(size)]}
            play, debug = Play([task], variables), Play([DEBUG], variables)
            self.emulator.reset(integrations=size)
            self.record(play)
            ours, bare, listed = self.compare(play, debug, Play([listing], variables))
            requests = self.server.requests // self.runs

            work = f"{size:,} integrations without changes, one task"
            above = difference(cpu(ours), cpu(bare))
            detail = f"{seconds(cpu(ours), cpu(bare))}, {counted(requests, 'request')}"
            if size == SIZES[0]:
                smallest = above
                figure = ratio(cpu(ours), cpu(bare))
                rows.append(Row(work, IDLE, figure, "times", detail, Target(1.25)))
            else:
                figure = per_unit(above, smallest, size - SIZES[0])
                rows.append(Row(work, f"the same with {SIZES[0]}", figure, "ms per object", detail))
                figure = ratio(above, difference(cpu(listed), cpu(bare)))
                detail = seconds(above, difference(cpu(listed), cpu(bare)))
                rows.append(
                    Row(work, "a debug task with the same list", figure, "times", detail, Target(1.75))
                )
        provider = "one GET for each object, as Terraform's provider sends"
        rows.append(Row(f"{work}: requests", provider, Figure(requests / size, 0.0)))
        memory = difference([usage.memory for usage in ours], [usage.memory for usage in bare])
        work = f"{size:,} integrations: memory of the largest process"
        rows.append(Row(work, IDLE, Figure.of(memory), "MiB more", target=Target(60.0)))
        return rows

    def masked(self) -> list[Row]:
        """A service that masks URLs: each integration has a warning, because its URL cannot be compared."""
        sizes = (200, 2_000)
        times = []
        for size in sizes:
            task = {NAMESPACE + "integrations": {"integrations": "{{ channels }}"}}
            variables = {"channels": [integration(number) for number in range(size)]}
            play = Play([task], variables)
            self.emulator.reset(integrations=size, webhook_urls="masked")
            self.record(play)
            ours, debug = self.compare(play, Play([DEBUG], variables))
            times.append(difference(cpu(ours), cpu(debug)))
        work = f"{sizes[1]:,} integrations with masked URLs, one task"
        figure = per_unit(times[1], times[0], sizes[1] - sizes[0])
        detail = seconds(times[1], times[0])
        return [Row(work, f"the same with {sizes[0]}", figure, "ms per object", detail, Target(2.0))]

    def unchanged_ordinary(self) -> list[Row]:
        """The same as ordinary modules."""
        rows = []
        for size in (200, 1_000, 2_000, 5_000):
            task = {NAMESPACE + "integrations": {"integrations": "{{ channels }}"}}
            variables = {"channels": [integration(number) for number in range(size)]}
            play, debug = Play([task], variables, direct=False), Play([DEBUG], variables)
            self.emulator.reset(integrations=size)
            self.record(play)
            ours, bare = self.compare(play, debug)
            work = f"{size:,} integrations without changes, ordinary module"
            figure = per_unit(cpu(ours), cpu(bare), size)
            detail = seconds(cpu(ours), cpu(bare))
            rows.append(Row(work, IDLE, figure, "ms per object", detail))
        return rows

    def _uri(self) -> dict[str, Any]:
        return {
            "ansible.builtin.uri": {
                "url": self.server.url + LIST,
                "url_username": KEY,
                "url_password": SECRET,
                "force_basic_auth": True,
            }
        }

    def loop(self) -> list[Row]:
        """A loop of 100 items over a list of 200 integrations, none of which changes."""
        items, uri_items = 100, 20
        item = integration(0)
        item["display_name"] = "channel-{{ '%05d' % item }}"
        item["description"] = "Made-up channel {{ item }}"
        item["target"]["webhook_url"] = "https://hooks.slack.example/services/{{ '%05d' % item }}"
        task = {NAMESPACE + "integration": item}
        self.emulator.reset(integrations=200)
        play = Play([looped(task, items)])
        self.record(play)

        ours, ordinary, uri, debug, start = self.compare(
            play,
            Play([looped(task, uri_items)], direct=False),
            Play([looped(self._uri(), uri_items)]),
            Play([looped({"ansible.builtin.debug": {"msg": item}}, items)]),
            Play([DEBUG]),
        )
        per_item = per_unit(cpu(ours), cpu(start), items)
        per_debug = per_unit(cpu(debug), cpu(start), items)
        work = "one item of a loop of integration, list of 200"

        def faster(others: list[Usage], unit: str) -> Row:
            other = per_unit(cpu(others), cpu(start), uri_items)
            speedup = Figure.of(
                [
                    (slow.cpu - base.cpu) / uri_items / ((fast.cpu - base.cpu) / items)
                    for slow, fast, base in zip(others, ours, start)
                ]
            )
            target = Target(25, is_minimum=True) if unit == "ansible.builtin.uri" else None
            detail = f"{per_item.value:.1f} vs. {other.value:.0f} ms"
            return Row(work, f"a loop of {unit}", speedup, "times faster", detail, target)

        figure = ratio(difference(cpu(ours), cpu(start)), difference(cpu(debug), cpu(start)))
        detail = f"{per_item.value:.1f} vs. {per_debug.value:.1f} ms"
        return [
            Row(work, "a loop of debug with the same arguments", figure, "times", detail, Target(2.2)),
            faster(uri, "ansible.builtin.uri"),
            faster(ordinary, "ordinary modules"),
        ]

    def creations(self, items: int, latency_ms: int, concurrency: int) -> list[Row]:
        """Wall time of creations, several at once, beyond the same task in check mode."""
        options = {
            "integrations": [integration(number) for number in range(items)],
            "concurrency": concurrency,
        }
        play = Play([{NAMESPACE + "integrations": options}])
        check = Play(play.tasks, keywords={"check_mode": True})
        self.emulator.reset()
        self.record(check)

        def create() -> Usage:
            self.server.forget()
            return self.plays.run(play)

        self.server.latency = latency_ms / 1000
        ours, predicted = alternate(self.runs, create, lambda: self.plays.run(check))
        self.server.latency = 0.0
        # After the creations, the list is read once more.
        ideal = (items / concurrency + 1) * latency_ms / 1000
        taken = difference(wall(ours), wall(predicted))
        work = f"{items} creations at {latency_ms} ms, {concurrency} at once: wall time beyond check mode"
        against = "(creations / concurrency + 1) x latency"
        detail = f"{statistics.median(taken):.2f} vs. {ideal:.2f} s"
        figure = ratio(taken, [ideal] * self.runs)
        return [Row(work, against, figure, "times", detail, Target(1.4))]

    def ordinary_module(self) -> list[Row]:
        """What one ordinary module costs."""
        items = 10
        self.emulator.reset()
        info = {NAMESPACE + "integration_info": {}}
        self.record(Play([info]))
        ours, nothing, uri, debug = self.compare(
            Play([looped(info, items)], direct=False),
            Play([looped({"nothing": {}}, items)]),
            Play([looped(self._uri(), items)]),
            Play([DEBUG]),
        )
        info_ms, nothing_ms, uri_ms = (
            per_unit(cpu(usages), cpu(debug), items) for usages in (ours, nothing, uri)
        )
        work = "integration_info as an ordinary module"
        figures = [
            Figure.of(
                [
                    (one.cpu - base.cpu) / (other.cpu - base.cpu)
                    for one, other, base in zip(ours, others, debug)
                ]
            )
            for others in (nothing, uri)
        ]
        return [
            Row(
                work,
                "a module that does nothing",
                figures[0],
                "times",
                f"{info_ms.value:.0f} vs. {nothing_ms.value:.0f} ms",
                # The import of requests alone makes it 1.3.
                Target(1.75),
            ),
            Row(
                work,
                "ansible.builtin.uri",
                figures[1],
                "times",
                f"{info_ms.value:.0f} vs. {uri_ms.value:.0f} ms",
                Target(1.3),
            ),
        ]

    def organization(self) -> list[Row]:
        """The role with 200 integrations and rules for all 60 types: its second run."""
        variables = {
            "bootstrap_integrations": [integration(n) for n in range(200)],
            "bootstrap_subscriptions": [
                {
                    "select": {"severities": [severity]},
                    "integrations": [integration(n)["display_name"] for n in range(start, start + 5)],
                }
                for start, severity in enumerate(("CRITICAL", "WARN", "INFO"))
            ],
            "bootstrap_api_key": KEY,
            "bootstrap_api_secret": SECRET,
            "bootstrap_test": "none",
            "bootstrap_concurrency": 8,
        }

        def role(url: str) -> Play:
            # As the playbooks call it: the role validates its variables itself.
            call = {"name": NAMESPACE + "bootstrap", "rolespec_validate": False}
            task = {"ansible.builtin.import_role": call}
            return Play([task], {**variables, "bootstrap_endpoint": url})

        self.emulator.reset()
        self.plays.run(role(self.emulator.url))
        self.record(role(self.emulator.url))
        ours, debug = self.compare(role(self.server.url), Play([DEBUG], variables))
        detail = f"{seconds(cpu(ours), cpu(debug))}, {counted(self.server.requests // self.runs, 'request')}"
        work = "role bootstrap, 200 integrations and 60 types: second run"
        figure = ratio(cpu(ours), cpu(debug))
        return [Row(work, IDLE, figure, "times", detail, Target(1.6))]

    def example(self) -> list[Row]:
        """The playbook with the example organization: its second run."""

        def bootstrap(url: str) -> Usage:
            files = (f"@{ROOT}/playbooks/vars/{name}.yml" for name in ("organization", "secrets.example"))
            connection = (
                f"bootstrap_endpoint={url}",
                f"bootstrap_api_key={KEY}",
                f"bootstrap_api_secret={SECRET}",
            )
            arguments = [word for value in (*files, *connection) for word in ("-e", value)]
            return self.plays.command([NAMESPACE + "bootstrap", *arguments])

        self.emulator.reset()
        bootstrap(self.emulator.url)
        bootstrap(self.emulator.url)
        self.server.record(self.emulator)
        ours, debug = alternate(
            self.runs,
            lambda: bootstrap(self.server.url),
            lambda: self.plays.run(Play([DEBUG])),
        )
        detail = f"{seconds(cpu(ours), cpu(debug))}, {counted(self.server.requests // self.runs, 'request')}"
        work = "playbook bootstrap, example organization: second run"
        figure = ratio(cpu(ours), cpu(debug))
        return [Row(work, IDLE, figure, "times", detail, Target(1.6))]

    def against_emulator(self) -> list[Row]:
        """One run against the emulator itself, as a check of the server that repeats its responses."""
        task = {NAMESPACE + "integrations": {"integrations": "{{ channels }}"}}
        variables = {"channels": [integration(number) for number in range(200)]}
        play = Play([task], variables)
        self.emulator.reset(integrations=200)
        self.record(play)
        emulated, replayed = alternate(
            self.runs,
            lambda: self.plays.run(play, self.emulator.url),
            lambda: self.plays.run(play),
        )
        detail = seconds(cpu(emulated), cpu(replayed))
        work = "200 integrations without changes, against the emulator"
        return [Row(work, "against recorded responses", ratio(cpu(emulated), cpu(replayed)), detail=detail)]

    def imports(self) -> list[Row]:
        """What the import of a module costs, with the parts that it ships."""

        def importing(name: str) -> Callable[[], Usage]:
            command = [sys.executable, "-c", f"import {name}"]
            environment = {"PYTHONPATH": str(ROOT / ".cache" / "tree"), "PYTHONDONTWRITEBYTECODE": ""}
            return lambda: usage_of(command, self.plays.folder, environment)

        modules = "ansible_collections.ccloud.notifications.plugins.modules."
        names = ("integration_info", "integration", "organization")
        base, *ours = alternate(
            self.runs,
            importing("ansible.module_utils.basic, requests"),
            *(importing(modules + name) for name in names),
        )
        against = "import of AnsibleModule and requests"
        return [
            Row(
                f"import of {name}",
                against,
                ratio(cpu(usages), cpu(base)),
                detail=seconds(cpu(usages), cpu(base)),
            )
            for name, usages in zip(names, ours)
        ]


def planning(runs: int) -> list[Row]:
    """The planner alone, in this process."""

    def case(size: int) -> tuple[list[DesiredState], list[dict[str, Any]]]:
        fields = [integration(number) for number in range(size)]
        desired_states = [
            DesiredState(INTEGRATIONS, key=options["display_name"], fields=options) for options in fields
        ]
        return desired_states, [{"id": f"i-{number}", **integration(number)} for number in range(size)]

    def planned(desired_states: list[DesiredState], objects: list[dict[str, Any]]) -> Plan:
        return make_plan(desired_states, Snapshot([Collection(INTEGRATIONS, objects)]))

    rows = []
    for size in (10, 100, 1_000, 10_000):
        arguments = case(size)
        times = []
        for _run in range(runs):
            start = time.process_time()
            planned(*arguments)
            times.append(time.process_time() - start)
        figure = Figure.of([taken / size * 1e6 for taken in times])
        target = Target(60.0) if size == 10_000 else None
        work = f"plan of {size:,} integrations"
        rows.append(Row(work, "nothing", figure, "us per object", target=target))

    arguments = case(10_000)
    tracemalloc.start()
    plan = planned(*arguments)
    peak = tracemalloc.get_traced_memory()[1] / MEBIBYTE
    tracemalloc.stop()
    assert len(plan.steps) == 10_000
    rows.append(Row("memory of this plan", "nothing", Figure(peak, 0.0), "MiB", target=Target(60.0)))
    return rows


def start_of_emulator(runs: int) -> list[Row]:
    """Wall time until the emulator listens."""

    def start() -> float:
        begin = time.perf_counter()
        with Emulator.started():
            return time.perf_counter() - begin

    [times] = alternate(runs, start)
    return [Row("start of the emulator: wall time", "nothing", Figure.of(times), "s", target=Target(1.5))]
