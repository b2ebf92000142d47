# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the guide on Event-Driven Ansible says about conditions, with a real ansible-rulebook."""

from __future__ import annotations

import os
import re
import shutil

import pytest
import yaml

from support.playbooks import BIN, ROOT, command

GUIDE = ROOT / "docs" / "guides" / "event-driven-ansible.md"
EVENTS = {
    "text": {"value": "1"},
    "number": {"value": 1},
    "true": {"value": True},
    "null": {"value": None},
    "list": {"value": ["a connector failed"]},
    "mapping": {"value": {"name": "connector failed"}},
    "missing": {},
}


def documented():
    """The kinds of values for which each condition of the guide's table is true, by the condition."""
    rows = re.findall(r"^\| `(event\..+?)` \| (.+?) \|$", GUIDE.read_text(), re.MULTILINE)
    return {condition: set(re.findall(r"\w+", kinds)) for condition, kinds in rows}


@pytest.fixture(scope="module")
def matches(tmp_path_factory):
    """For which kinds of values each condition was true, by the condition."""
    if not (BIN / "ansible-rulebook").exists() or shutil.which("java") is None:
        pytest.skip("ansible-rulebook needs Java and large packages; `make test-all/eda` runs this test")
    folder = tmp_path_factory.mktemp("conditions")
    conditions = list(documented())
    payload = [{"kind": kind, **event} for kind, event in EVENTS.items()]
    rules = [
        {
            "name": f"rule {number}",
            "condition": condition,
            "action": {"debug": {"msg": f"MATCH {number} {{{{ event.kind | default('nothing') }}}}."}},
        }
        for number, condition in enumerate(conditions)
    ]
    sources = [{"eda.builtin.generic": {"payload": payload, "startup_delay": 1, "event_delay": 0.1}}]
    rulebook = [
        {"name": "r", "hosts": "all", "match_multiple_rules": True, "sources": sources, "rules": rules}
    ]
    (folder / "rules.yml").write_text(yaml.safe_dump(rulebook))
    (folder / "inventory").write_text("localhost ansible_connection=local\n")
    path = {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    flags = ["--rulebook", "rules.yml", "--inventory", "inventory"]
    played = command(folder, "ansible-rulebook", *flags, environment=path)
    assert played.status == 0, played.output
    found = {condition: set() for condition in conditions}
    for number, kind in re.findall(r"MATCH (\d+) (\w+)\.", played.output):
        found[conditions[int(number)]].add(kind)
    return found


@pytest.mark.parametrize("condition", documented())
def test_condition_is_true_for_the_kinds_in_the_guide(matches, condition):
    assert matches[condition] == documented()[condition]


def test_the_guide_has_a_table_of_conditions():
    assert len(documented()) >= 8
