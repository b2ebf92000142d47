# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files for Ansible Automation Platform: execution environment, credential type, survey, templates."""

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
ROLE_SPEC = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text())["argument_specs"]["main"]
ROLE_OPTIONS = ROLE_SPEC["options"]


class Loader(yaml.SafeLoader):
    """Reads a playbook."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


def test_credential_type_injects_the_variables_of_modules():
    injected = CREDENTIAL_TYPE["injectors"]["env"]
    assert set(injected) == {names[0] for names in ENVIRONMENT.values()}
    fields = {field["id"]: field for field in CREDENTIAL_TYPE["inputs"]["fields"]}
    assert {re.fullmatch(r"\{\{ (\w+) \}\}", text).group(1) for text in injected.values()} == set(fields)
    assert [name for name, field in fields.items() if field.get("secret")] == ["api_secret"]


def test_survey_matches_the_role():
    for question in yaml.safe_load((PLATFORM / "survey.yml").read_text())["spec"]:
        option = ROLE_OPTIONS[question["variable"]]
        if "choices" in option:
            assert question["choices"] == option["choices"]
        assert str(question["default"]).lower() == str(option["default"]).lower()


def test_configuration_play_matches_the_files():
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
    assert {template["playbook"] for template in templates} == {"bootstrap.yml", "verify.yml"}
    assert all((ROOT / "playbooks" / template["playbook"]).is_file() for template in templates)
    assert all(template["credentials"] == [CREDENTIAL_TYPE["name"]] for template in templates)


def test_role_defaults_match_their_documentation():
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    documented = {name: option["default"] for name, option in ROLE_OPTIONS.items() if "default" in option}
    assert documented == defaults


def spec(options):
    """The documented keys of an argument spec."""
    keys = ("type", "elements", "choices", "default", "required")
    result = {name: {key: option[key] for key in keys if key in option} for name, option in options.items()}
    for name, option in options.items():
        if "options" in option:
            result[name]["options"] = spec(option["options"])
    return result


@pytest.mark.parametrize(
    ("variable", "module", "option"),
    [
        ("bootstrap_integrations", "integrations", "integrations"),
        ("bootstrap_subscriptions", "subscriptions", "rules"),
        ("bootstrap_resource_preferences", "resource_preferences", "preferences"),
        ("bootstrap_resource_subscriptions", "resource_subscriptions", "subscriptions"),
    ],
)
def test_role_options_match_the_module_options(variable, module, option):
    code = importlib.import_module(f"ansible_collections.ccloud.notifications.plugins.modules.{module}")
    assert spec(ROLE_OPTIONS[variable]["options"]) == spec(code.ARGUMENTS.options[option]["options"])


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the pinned ansible-builder needs Python 3.11")
def test_ansible_builder_finds_the_requirements(tmp_path):
    folder = tmp_path / "ansible_collections" / "ccloud"
    folder.mkdir(parents=True)
    (folder / "notifications").symlink_to(ROOT)
    builder = str(BIN / "ansible-builder")

    process = subprocess.run(
        [builder, "introspect", str(tmp_path)], capture_output=True, text=True, check=True
    )
    assert "requests>=2.25.0" in process.stdout

    definition = ROOT / "extensions" / "execution_environment" / "execution-environment.yml"
    (tmp_path / "execution-environment.yml").write_text(definition.read_text())
    (tmp_path / "ccloud-notifications.tar.gz").write_bytes(b"")
    process = subprocess.run(
        [builder, "create", "--context", "context", "--output-filename", "Containerfile"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "ansible-galaxy collection install" in (tmp_path / "context" / "Containerfile").read_text()
    assert (tmp_path / "context" / "_build" / "requirements.yml").is_file()
