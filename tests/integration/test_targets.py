# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every target as a real playbook, by real processes, in the controller's process and as ordinary modules: all the same.

In place, targets meet the service on both sides of its open questions. What the module says to that does not depend on where it runs,
so the ordinary way, which costs a Python process for each task, is held against the first side only, and of targets of several steps
against their beginning; and by `make test` for the modules in ``CORE_MODULES`` only, which between them have every way of saying something.
`make matrix` holds it against all (BOTH_WAYS=all).
"""

from __future__ import annotations

import json
import os
import re

import pytest

from support.playbooks import TARGETS, play, recording

CORE_MODULES = ("integration", "integrations")
NAMES = sorted(each.name for each in TARGETS.iterdir() if (each / "meta").is_dir())
#: What no two runs have in common, and what ansible-core adds to a failed action and to a failed module differently.
RANDOM = re.compile(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[0-9:.]+Z|127\.0\.0\.1:\d+")


def recorded(path):
    """Results of the collection's own tasks as comparable values."""
    for line in path.read_text().splitlines():
        record = json.loads(line)
        if record["action"].startswith("ccloud.notifications."):
            record["result"].pop("exception", None)
            record["result"].get("api", {}).pop("rate_limit", None)
            yield json.loads(RANDOM.sub("*", json.dumps(without_internals(record), sort_keys=True)))


def without_internals(value):
    """Without ``_ansible_...``, which ansible-core keeps for itself."""
    if isinstance(value, dict):
        return {key: without_internals(each) for key, each in value.items() if not key.startswith("_ansible")}
    return [without_internals(each) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("target", NAMES)
def test_target_is_the_same_both_ways(running_emulator, tmp_path, target):
    plays = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": [target]}]
    results = {}
    both = os.environ.get("BOTH_WAYS") == "all" or target in CORE_MODULES
    for controller_side in ("true", "false") if both else ("true",):
        running_emulator.reset()
        folder = tmp_path / controller_side
        folder.mkdir()
        environment = {
            "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": controller_side,
            "ANSIBLE_INJECT_INVOCATION": "true",
            "ANSIBLE_PIPELINING": "true",  # only for the time that it saves
            **recording(folder / "results"),
        }
        variables = {"emulator_url": running_emulator.url, "abridged": controller_side == "false"}
        played = play(folder, plays, "--diff", variables=variables, environment=environment)
        assert played.status == 0, played.output[-6000:]
        assert "failed=0" in played.output
        results[controller_side] = list(recorded(folder / "results"))
    if both:
        assert len(results["true"]) >= len(results["false"]) >= 1
        assert results["true"][: len(results["false"])] == results["false"]
    assert any("invocation" in each["result"] for each in results["true"])
