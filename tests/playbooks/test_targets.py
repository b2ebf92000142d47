# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Targets as real playbooks. Both execution modes must give the same results.

With direct execution, a target runs all of its scenarios. As a separate process, each task takes half a second, so
a target runs only its first scenarios. `make test` plays ``FAST``, with the last policies only: most other tests use
the first ones, and the examples of every module are played elsewhere. It compares the modes for ``CORE_MODULES``,
which have every kind of result. `make test-all/matrix` plays and compares all modules, with all policies (PLAYS=all).
"""

from __future__ import annotations

import json
import os
import re

import pytest

from support.playbooks import TARGETS, play, recording

CORE_MODULES = ("integration", "integrations")
FAST = (*CORE_MODULES, "organization", "subscription")
NAMES = sorted(target.name for target in TARGETS.iterdir() if target.name != "setup_target")
EVERYTHING = os.environ.get("PLAYS") == "all"
#: Values that differ from run to run: request IDs, times, ports.
RANDOM = re.compile(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[0-9:.]+Z|127\.0\.0\.1:\d+")


def run_target(folder, target, emulator, *, direct):
    """Play a target, and return the results of the collection's modules in a form that can be compared."""
    folder.mkdir()
    emulator.reset()
    played = play(
        folder,
        [{"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": [target]}],
        "--diff",
        variables={
            "emulator_url": emulator.url,
            "abridged": not direct,
            "every_policy": EVERYTHING and direct,
        },
        environment={
            "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": str(direct).lower(),
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_PIPELINING": "true",  # It is faster.
            **recording(folder / "results"),
        },
    )
    assert played.status == 0, played.output[-6000:]
    assert "failed=0" in played.output

    records = map(json.loads, (folder / "results").read_text().splitlines())
    return [comparable(record) for record in records if record["action"].startswith("ccloud.notifications.")]


def comparable(value):
    """Remove what differs from run to run, and what ansible-core adds."""
    if isinstance(value, dict):
        return {
            name: comparable(member)
            for name, member in value.items()
            if name not in ("exception", "rate_limit") and not name.startswith("_ansible")
        }
    if isinstance(value, list):
        return [comparable(item) for item in value]
    return RANDOM.sub("*", value) if isinstance(value, str) else value


@pytest.mark.parametrize("target", NAMES if EVERYTHING else FAST)
def test_target_has_same_results_in_both_execution_modes(running_emulator, tmp_path, target):
    direct = run_target(tmp_path / "direct", target, running_emulator, direct=True)
    assert any("invocation" in record["result"] for record in direct)

    if target in CORE_MODULES or EVERYTHING:
        process = run_target(tmp_path / "process", target, running_emulator, direct=False)
        assert len(direct) >= len(process) >= 1
        assert direct[: len(process)] == process
