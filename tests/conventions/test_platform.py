# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Ansible Automation Platform gets: an execution environment, a credential type, a survey, templates."""

from __future__ import annotations

import importlib
import re
import subprocess
import sys

import pytest
import yaml

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.connection import ENVIRONMENT
from support.playbooks import BIN, ROOT

PLATFORM = ROOT / "extensions" / "automation_platform"
CREDENTIAL_TYPE = yaml.safe_load((PLATFORM / "credential_type.yml").read_text())


ROLE = ROOT / "roles" / "bootstrap"
ROLE_OPTIONS = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"][
    "options"
]


class Loader(yaml.SafeLoader):
    """Reads a playbook."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def test_the_credential_type_injects_what_modules_read():
    injected = CREDENTIAL_TYPE["injectors"]["env"]
    assert set(injected) == {names[0] for names in ENVIRONMENT.values()}
    fields = {each["id"]: each for each in CREDENTIAL_TYPE["inputs"]["fields"]}
    assert {re.fullmatch(r"\{\{ (\w+) \}\}", text).group(1) for text in injected.values()} == set(fields)
    assert [name for name, each in fields.items() if each.get("secret")] == ["api_secret"]


def test_the_survey_asks_for_options_of_the_role():
    for question in yaml.safe_load((PLATFORM / "survey.yml").read_text())["spec"]:
        option = ROLE_OPTIONS[question["variable"]]
        if "choices" in option:
            assert question["choices"] == option["choices"]
        assert str(question["default"]).lower() == str(option["default"]).lower()


def test_the_play_that_configures_says_the_same_as_the_files():
    [play] = yaml.load((PLATFORM / "configure.yml").read_text(), Loader)
    by_module = {
        module: task[module]
        for task in play["tasks"]
        for module in task
        if module.startswith("ansible.controller.")
    }
    assert by_module["ansible.controller.credential_type"]["injectors"] == CREDENTIAL_TYPE["injectors"]
    templates = [
        task["ansible.controller.job_template"]
        for task in play["tasks"]
        if "ansible.controller.job_template" in task
    ]
    assert {each["playbook"] for each in templates} == {"bootstrap.yml", "verify.yml"}
    assert all((ROOT / "playbooks" / each["playbook"]).is_file() for each in templates)
    assert all(each["credentials"] == [CREDENTIAL_TYPE["name"]] for each in templates)


def test_roles_defaults_are_the_ones_that_are_documented():
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {
        name: option["default"] for name, option in ROLE_OPTIONS.items() if "default" in option
    } == defaults


def spec(options):
    facts = ("type", "elements", "choices", "default", "required")
    plain = {name: {key: option[key] for key in facts if key in option} for name, option in options.items()}
    for name, option in options.items():
        if "options" in option:
            plain[name]["options"] = spec(option["options"])
    return plain


@pytest.mark.parametrize(
    ("variable", "module", "option"),
    [
        ("bootstrap_integrations", "integrations", "integrations"),
        ("bootstrap_subscriptions", "subscriptions", "rules"),
        ("bootstrap_resource_preferences", "resource_preferences", "preferences"),
        ("bootstrap_resource_subscriptions", "resource_subscriptions", "subscriptions"),
    ],
)
def test_the_role_takes_what_its_modules_take(variable, module, option):
    code = importlib.import_module(f"ansible_collections.ccloud.notifications.plugins.modules.{module}")
    assert spec(ROLE_OPTIONS[variable]["options"]) == spec(code.ARGUMENTS.options[option]["options"])


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the pinned ansible-builder needs Python 3.11")
def test_ansible_builder_finds_what_the_collection_needs(tmp_path):
    folder = tmp_path / "ansible_collections" / "ccloud"
    folder.mkdir(parents=True)
    (folder / "notifications").symlink_to(ROOT)
    found = subprocess.run(
        [str(BIN / "ansible-builder"), "introspect", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "requests>=2.25.0" in found.stdout
    definition = ROOT / "extensions" / "execution_environment" / "execution-environment.yml"
    (tmp_path / "execution-environment.yml").write_text(definition.read_text())
    (tmp_path / "ccloud-notifications.tar.gz").write_bytes(b"")
    made = subprocess.run(
        [
            str(BIN / "ansible-builder"),
            "create",
            "--context",
            "context",
            "--output-filename",
            "Containerfile",
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    assert "ansible-galaxy collection install" in (tmp_path / "context" / "Containerfile").read_text()
    assert (tmp_path / "context" / "_build" / "requirements.yml").is_file()
