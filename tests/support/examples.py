# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules' documentation, as plays."""

from __future__ import annotations

import importlib
from typing import Any

import yaml

from .emulator import KEY, SECRET, Emulator, slack, webhook
from .playbooks import ROOT

#: The modules that users call. The module ``bootstrap`` is the one task of the role.
MODULES = sorted(
    path.stem for path in (ROOT / "plugins" / "modules").glob("*.py") if path.stem != "bootstrap"
)
LOOKUPS = sorted(path.stem for path in (ROOT / "plugins" / "lookup").glob("*.py"))
PLUGINS = "ansible_collections.ccloud.notifications.plugins"


def load_module(module: str) -> Any:
    """The Python module of an Ansible module."""
    return importlib.import_module(f"{PLUGINS}.modules.{module}")


def load_lookup(lookup: str) -> Any:
    """The Python module of a lookup."""
    return importlib.import_module(f"{PLUGINS}.lookup.{lookup}")


def integrations(emulator: Emulator) -> list[dict[str, Any]]:
    """The integrations that must exist before the examples run."""
    return [
        slack("old-teams"),
        slack("ops-slack", "https://hooks.slack.example/old"),
        webhook("pager", emulator.inbox_url("pager")),
    ]


def variables(emulator: Emulator) -> dict[str, Any]:
    """The variables that the examples use. ``pager_id`` is read from the emulator when it is needed."""
    return {
        "ops_slack_url": "https://hooks.slack.example/new",
        "platform_teams_url": "https://teams.example/new",
        "pager_url": emulator.inbox_url("pager"),
        "new_pager_url": emulator.inbox_url("new-pager"),
        "pager_id": (
            "{{ lookup('ansible.builtin.url', control ~ '/objects/integrations', split_lines=false)"
            " | from_json | selectattr('display_name', 'eq', 'pager') | map(attribute='id') | first }}"
        ),
        "ccloud_api_key": KEY,
        "ccloud_api_secret": SECRET,
        "control": f"{emulator.url}/_emulator",
        "start": {"integrations": integrations(emulator)},
    }


def environment(emulator: Emulator) -> dict[str, str]:
    return {
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
    }


def example_plays() -> list[dict[str, Any]]:
    """One play for each module and each lookup. Each begins with the initial organization."""
    documented = {module: load_module(module) for module in MODULES}
    documented.update({lookup: load_lookup(lookup) for lookup in LOOKUPS})
    return [_example_play(name, code.EXAMPLES) for name, code in documented.items()]


def _example_play(name: str, text: str) -> dict[str, Any]:
    reset = {
        "name": "Reset the emulator",
        "ansible.builtin.assert": {"that": "lookup('emulator', control, 'reset', **start) is truthy"},
    }
    return {
        "name": name,
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "tasks": [reset, *yaml.safe_load(text)],
    }
