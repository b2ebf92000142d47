# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench ARGS=organizations`: time and memory of the playbooks for many organizations.

Each organization is an emulator of its own. All of them run in one process on this machine, so they take a
part of its processors.
"""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from typing import Any

import psutil
from aiohttp import web

from emulator.contract import Contract
from emulator.server import Emulator
from emulator.settings import Settings
from support.emulator import KEY
from support.playbooks import ROOT

from .measure import ANSIBLE_PLAYBOOK, MEBIBYTE

EXAMPLE = ["-e", "@playbooks/vars/organization.yml", "-e", "@playbooks/vars/secrets.example.yml"]
#: Seconds between two measurements of the memory.
SAMPLING = 0.5


@dataclass(frozen=True)
class Run:
    """What one run of a playbook took."""

    playbook: str
    organizations: int
    seconds: float
    processor_seconds: float
    #: Of all processes together, without counting shared pages twice.
    peak_bytes: int
    #: Of the controller's own process.
    controller_bytes: int
    processes: int

    def row(self) -> list[str]:
        workers = max(1, self.processes - 1)
        per_fork = (self.peak_bytes - self.controller_bytes) / workers / MEBIBYTE
        return [
            str(self.organizations),
            self.playbook,
            f"{self.seconds:.0f} s",
            f"{self.seconds / self.organizations:.2f} s",
            f"{self.processor_seconds / self.organizations:.2f} s",
            f"{self.peak_bytes / MEBIBYTE:.0f} MiB",
            f"{max(per_fork, 0):.0f} MiB",
        ]


HEADER = ["organizations", "run", "time", "per organization", "processor time", "peak memory", "per fork"]


class Organizations:
    """Emulators in a thread of this process, each on a port of its own."""

    def __init__(self, count: int) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._contract = Contract()
        self._runners: list[web.AppRunner] = []
        self.urls = [self._await(self._start(number)) for number in range(count)]

    def _await(self, coroutine: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _start(self, number: int) -> str:
        emulator = Emulator(
            Settings(api_secret=secret(number)), trust_answers=True, shared_contract=self._contract
        )
        runner = web.AppRunner(emulator.application(), access_log=None, shutdown_timeout=0.2)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        emulator.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        emulator.reset({})
        self._runners.append(runner)
        return emulator.base_url

    def stop(self) -> None:
        for runner in self._runners:
            self._await(runner.cleanup())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()


def secret(number: int) -> str:
    return f"emulator-secret-{number}"


def write_inventory(folder: pathlib.Path, urls: list[str]) -> None:
    hosts = {
        f"organization-{number:04}": {
            "bootstrap_endpoint": url,
            "bootstrap_api_key": KEY,
            "bootstrap_api_secret": secret(number),
        }
        for number, url in enumerate(urls)
    }
    (folder / "organizations.json").write_text(json.dumps({"all": {"hosts": hosts}}))


def play(folder: pathlib.Path, playbook: str, label: str, organizations: int, forks: int) -> Run:
    """Run a playbook for all organizations, and measure it."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
        "ANSIBLE_PYTHON_INTERPRETER": sys.executable,
    }
    inventory = ["-i", str(folder / "organizations.json"), "-e", "bootstrap_hosts=all", "--forks", str(forks)]
    command = [ANSIBLE_PLAYBOOK, f"ccloud.notifications.{playbook}", *inventory, *EXAMPLE]
    with (folder / "output").open("w") as output:
        start = time.monotonic()
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT
        )
        peak, controller, processes = sample_memory(process)
        seconds = time.monotonic() - start
        used = os.wait4(process.pid, 0)[2] if process.returncode is None else None
    text = (folder / "output").read_text()
    if text.count("failed=0") != organizations:
        sys.exit(f"{label} failed:\n{text[-3000:]}")
    processor_seconds = used.ru_utime + used.ru_stime if used else 0.0
    return Run(label, organizations, seconds, processor_seconds, peak, controller, processes)


def sample_memory(process: subprocess.Popen) -> tuple[int, int, int]:
    """The peak of all processes in bytes, then the controller's share and the number of processes."""
    peak = (0, 0, 1)
    root = psutil.Process(process.pid)
    while root.status() != psutil.STATUS_ZOMBIE:
        sizes = []
        for running in [root, *root.children(recursive=True)]:
            try:
                sizes.append(running.memory_full_info().pss)
            except psutil.Error:
                continue
        if sizes and sum(sizes) > peak[0]:
            peak = (sum(sizes), sizes[0], len(sizes))
        time.sleep(SAMPLING)
    return peak


def measure(count: int, forks: int) -> list[Run]:
    organizations = Organizations(count)
    try:
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            write_inventory(folder, organizations.urls)
            return [
                play(folder, playbook, label, count, forks)
                for playbook, label in (
                    ("bootstrap", "first bootstrap"),
                    ("bootstrap", "unchanged bootstrap"),
                    ("verify", "verify"),
                )
            ]
    finally:
        organizations.stop()


def main(counts: list[int], forks: int) -> int:
    """Print a table of all runs."""
    print(f"forks {forks}, {os.cpu_count()} processors, Python {sys.version.split()[0]}\n")
    for line in (HEADER, ["---"] * len(HEADER)):
        print(f"| {' | '.join(line)} |", flush=True)
    for count in counts:
        for run in measure(count, forks):
            print(f"| {' | '.join(run.row())} |", flush=True)
    return 0
