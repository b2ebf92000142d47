# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Content for Automation Platform: execution environment, credential type, survey and job templates."""

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


def test_credential_type_injects_the_variables_of_modules():
    injected = CREDENTIAL_TYPE["injectors"]["env"]
    assert set(injected) == {names[0] for names in ENVIRONMENT.values()}

    fields = CREDENTIAL_TYPE["inputs"]["fields"]
    used = {re.fullmatch(r"\{\{ (\w+) \}\}", text).group(1) for text in injected.values()}
    assert used == {field["id"] for field in fields}
    assert [field["id"] for field in fields if field.get("secret")] == ["api_secret"]


def test_survey_matches_options_of_the_role():
    for question in yaml.safe_load((PLATFORM / "survey.yml").read_text())["spec"]:
        option = ROLE_OPTIONS[question["variable"]]
        if "choices" in option:
            assert question["choices"] == option["choices"]
        assert str(question["default"]).lower() == str(option["default"]).lower()


def test_configuration_playbook_matches_the_files():
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
    for template in templates:
        assert (ROOT / "playbooks" / template["playbook"]).is_file()
        assert template["credentials"] == [CREDENTIAL_TYPE["name"]]


def test_documented_defaults_of_the_role_match():
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text())
    assert {
        name: option["default"] for name, option in ROLE_OPTIONS.items() if "default" in option
    } == defaults


def spec(options):
    """The compared part of an argument spec."""
    compared_keys = ("type", "elements", "choices", "default", "required")
    plain = {}
    for name, option in options.items():
        plain[name] = {key: option[key] for key in compared_keys if key in option}
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
def test_role_variable_has_options_of_the_module(variable, module, option):
    code = importlib.import_module(f"ansible_collections.ccloud.notifications.plugins.modules.{module}")
    assert spec(ROLE_OPTIONS[variable]["options"]) == spec(code.ARGUMENTS.options[option]["options"])


@pytest.mark.skipif(sys.version_info < (3, 11), reason="the pinned ansible-builder needs Python 3.11")
def test_ansible_builder_finds_the_requirements(tmp_path):
    folder = tmp_path / "ansible_collections" / "ccloud"
    folder.mkdir(parents=True)
    (folder / "notifications").symlink_to(ROOT)
    introspected = subprocess.run(
        [str(BIN / "ansible-builder"), "introspect", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "requests>=2.25.0" in introspected.stdout

    definition = ROOT / "extensions" / "execution_environment" / "execution-environment.yml"
    (tmp_path / "execution-environment.yml").write_text(definition.read_text())
    (tmp_path / "ccloud-notifications.tar.gz").write_bytes(b"")
    created = subprocess.run(
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
    assert created.returncode == 0, created.stdout + created.stderr
    assert "ansible-galaxy collection install" in (tmp_path / "context" / "Containerfile").read_text()
    assert (tmp_path / "context" / "_build" / "requirements.yml").is_file()
