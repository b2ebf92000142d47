# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content for Automation Platform, and the variables of the role, match the modules."""

from __future__ import annotations

import re

import yaml

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.connection import ENVIRONMENT
from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.options import ORGANIZATION
from ansible_collections.ccloud.notifications.plugins.plugin_utils._role import typed_variables
from support.playbooks import ROOT

PLATFORM = ROOT / "extensions" / "automation_platform"
ROLE = ROOT / "roles" / "bootstrap"
ENTRY_POINTS = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]
ROLE_OPTIONS = ENTRY_POINTS["main"]["options"]
ALL_OPTIONS = {name: option for entry in ENTRY_POINTS.values() for name, option in entry["options"].items()}


class Loader(yaml.SafeLoader):
    """Reads a file of Ansible."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
CREDENTIAL_TYPES = yaml.load((PLATFORM / "credential_types.yml").read_text(), Loader)[
    "platform_credential_types"
]
SURVEYS = yaml.safe_load((PLATFORM / "surveys.yml").read_text())["platform_surveys"]


def test_api_key_reaches_the_variables_that_modules_read():
    [injectors] = [
        each["injectors"] for each in CREDENTIAL_TYPES if each["name"] == "Confluent Cloud API key"
    ]
    assert set(injectors["env"]) == {names[0] for names in ENVIRONMENT.values()}


def test_credential_types_set_variables_of_the_role_and_hide_secrets():
    for credential_type in CREDENTIAL_TYPES:
        injected = credential_type["injectors"].get("extra_vars", {})
        assert set(injected) <= set(ROLE_OPTIONS)
        for field in credential_type["inputs"]["fields"]:
            assert field.get("secret", False) == bool(re.search("secret|token", field["id"]))


def test_surveys_match_options_of_the_role():
    for survey in SURVEYS.values():
        for question in survey["spec"]:
            option = ALL_OPTIONS[question["variable"]]
            # The platform passes defaults to every job, where they would replace the project's variables.
            assert "default" not in question
            assert question["required"] is False
            for choice in question.get("choices", ()):
                assert typed_variables({question["variable"]: choice})
            if "choices" in option and question["type"] == "multiplechoice":
                assert question["choices"] == option["choices"]


def test_project_plays_match_the_playbooks():
    for own_playbook in sorted((PLATFORM / "project").glob("*.yml")):
        [own_play] = yaml.safe_load(own_playbook.read_text())
        [_check_hosts, play] = yaml.safe_load((ROOT / "playbooks" / own_playbook.name).read_text())
        assert (
            own_play["tasks"][-1]["ansible.builtin.import_role"]
            == play["tasks"][-1]["ansible.builtin.import_role"]
        )


def test_documented_defaults_of_the_role_are_those_of_the_role_or_the_module():
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    for name, option in ALL_OPTIONS.items():
        of_module = ORGANIZATION.options.get(name.removeprefix("bootstrap_"), {}).get("default")
        if name.startswith("bootstrap_") and "default" in option:
            empty = {"list": [], "bool": False}.get(option["type"], "")
            assert option["default"] == defaults.get(name, empty if of_module is None else of_module), name


def test_role_variables_set_all_options_of_the_module():
    # The role never continues after an error, and decides itself what it needs to know.
    passed = set(ORGANIZATION.options) - {"continue_on_error", "return_state", "catalog"}
    assert {f"bootstrap_{name}" for name in passed} < set(ROLE_OPTIONS)
