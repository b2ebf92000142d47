# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""configure.yml, played with the modules of awx.awx against a recorder of the controller's API.

`make test-all/platform` plays it twice on all versions of ansible-core, and against a real controller if one is given.
"""

from __future__ import annotations

import json
import os
import pathlib
import re

import pytest
import yaml

from platform_tests.controller import Controller
from support.cores import CACHE, CORES, SMOKE
from support.playbooks import ROOT, command

FOLDER = ROOT / "extensions" / "automation_platform"
PROJECT = FOLDER / "project"
PROJECT_FILES = [str(path.relative_to(PROJECT)) for path in PROJECT.rglob("*.yml")]
COLLECTION = CACHE / "controller-collection"
#: `make test-all/platform` runs everything.
COMPLETE = os.environ.get("PLATFORM") == "all"
VERSIONS = [core.name for core in CORES] if COMPLETE else SMOKE[-1:]
DEPRECATED_BY_AWX = "[DEPRECATION WARNING]: The `ansible.module_utils.six` module is deprecated."
NAME = "Confluent Cloud notifications"
SECRET = "canary-4f1b"
VARIABLES = {
    "platform_project_url": "https://git.example/notifications.git",
    "platform_image": "registry.example/ccloud-notifications:latest",
    "platform_credential_inputs": {"api_key": "ABCDEFGHIJKLMNOP", "api_secret": f"{SECRET}-key"},
    "platform_vault_password": f"{SECRET}-vault",
    "platform_notification": {
        "type": "slack",
        "configuration": {"token": f"{SECRET}-slack", "channels": ["#ops"]},
    },
    "platform_slices": 4,
}


class Loader(yaml.SafeLoader):
    """Reads a file of Ansible."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))
CREDENTIAL_TYPES = yaml.load((FOLDER / "credential_types.yml").read_text(), Loader)[
    "platform_credential_types"
]
SURVEYS = yaml.safe_load((FOLDER / "surveys.yml").read_text())["platform_surveys"]


@pytest.fixture
def controller():
    with Controller.started(PROJECT_FILES) as recorder:
        yield recorder
        assert recorder.violations == []


@pytest.fixture(params=VERSIONS)
def programs(request):
    programs = CACHE / f"smoke-{request.param}" / "bin"
    if not programs.exists() or not COLLECTION.exists():
        pytest.skip(f"ansible-core {request.param} or awx.awx is not set up")
    return programs


def configure(
    programs: pathlib.Path,
    folder: pathlib.Path,
    url: str,
    variables: dict,
    status: int = 0,
    token: str = "recorder",
) -> str:
    (folder / "platform.json").write_text(json.dumps(variables))
    environment = {
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTION),
        "ANSIBLE_PYTHON_INTERPRETER": str(programs / "python"),
        "CONTROLLER_HOST": url,
        "CONTROLLER_OAUTH_TOKEN": token,
    }
    arguments = [str(FOLDER / "configure.yml"), "-e", "@platform.json", "-v"]
    process = command(folder, "ansible-playbook", *arguments, environment=environment, programs=programs)
    assert process.status == status, process.output[-5000:]
    return process.output


def test_everything_is_created_from_variables(programs, controller, tmp_path):
    output = configure(programs, tmp_path, controller.url, VARIABLES)
    assert SECRET not in output
    # awx.awx uses a module that ansible-core 2.22 deprecates.
    assert "DEPRECATION" not in output.replace(DEPRECATED_BY_AWX, "")

    types = controller.by_name("credential_types")
    for expected in CREDENTIAL_TYPES:
        created = types[expected["name"]]
        assert created["injectors"] == expected["injectors"]
        assert created["inputs"] == expected["inputs"]

    credentials = controller.by_name("credentials")
    assert credentials[NAME]["inputs"] == VARIABLES["platform_credential_inputs"]
    assert credentials[f"{NAME} vault"]["inputs"] == {"vault_password": f"{SECRET}-vault"}
    [notification] = controller.objects["notification_templates"].values()
    assert notification["notification_configuration"]["token"] == f"{SECRET}-slack"
    assert controller.by_name("execution_environments")[NAME]["image"] == VARIABLES["platform_image"]

    templates = controller.by_name("job_templates")
    assert {name: template["job_slice_count"] for name, template in templates.items()} == {
        f"Plan {NAME}": 1,
        f"Bootstrap {NAME}": 4,
        f"Verify {NAME}": 4,
        f"Export {NAME}": 1,
    }
    for name, template in templates.items():
        assert (template["forks"], template["timeout"], template["diff_mode"]) == (20, 3600, True)
        assert template["ask_variables_on_launch"]
        assert template["ask_limit_on_launch"]
        assert controller.linked("job_templates", name, "credentials") == [NAME, f"{NAME} vault"]
        assert controller.linked("job_templates", name, "notification_templates_error") == [NAME]
    for name, survey in SURVEYS.items():
        assert controller.surveys[templates[f"{name.capitalize()} {NAME}"]["id"]] == survey

    [schedule] = controller.objects["schedules"].values()
    assert schedule["unified_job_template"] == templates[f"Verify {NAME}"]["id"]
    assert_workflow(controller)

    if COMPLETE:
        assert_second_run_changes_only_what_the_modules_cannot_compare(programs, controller, tmp_path)


def assert_second_run_changes_only_what_the_modules_cannot_compare(programs, controller, tmp_path):
    output = configure(programs, tmp_path, controller.url, VARIABLES)
    changed = re.findall(r"TASK \[([^]]+)\] \*+(?:(?!TASK).)*?\nchanged: ", output, re.DOTALL)
    assert changed == [
        "Create the credential of the organization",
        "Create the credential of the encrypted files",
        "Create the notification",
        "Create the workflow that plans, waits for approval, applies exactly the plan, and verifies",
    ]


def assert_workflow(controller):
    workflow = f"Review and bootstrap {NAME}"
    assert controller.linked("workflow_job_templates", workflow, "notification_templates_approvals") == [NAME]
    nodes = controller.by_name("workflow_job_template_nodes")
    edges = {}
    for node in nodes:
        name = controller._runnable(nodes[node]["unified_job_template"])["name"]
        edges[name] = {
            kind: controller.linked("workflow_job_template_nodes", node, f"{kind}_nodes")
            for kind in ("success", "always", "failure")
            if controller.linked("workflow_job_template_nodes", node, f"{kind}_nodes")
        }
    # One organization that fails does not stop the others, and nothing is applied without approval.
    assert edges == {
        f"Plan {NAME}": {"always": ["approve"]},
        "Approve the plan": {"success": ["bootstrap"]},
        f"Bootstrap {NAME}": {"always": ["verify"]},
        f"Verify {NAME}": {},
    }
    # The plan job may have failed before it had a plan to hand on.
    assert nodes["bootstrap"]["extra_data"] == {"bootstrap_require_plan": True}


@pytest.mark.parametrize("programs", VERSIONS[:1], indirect=True)
def test_a_second_organization_of_the_controller_has_its_own_objects(programs, controller, tmp_path):
    for organization in ("Second", "Default"):
        configure(programs, tmp_path, controller.url, {**VARIABLES, "platform_organization": organization})
    environments = set(controller.by_name("execution_environments"))
    assert environments == {NAME, f"{NAME} (Second)"}
    for collection in ("projects", "inventories", "notification_templates"):
        assert sorted(obj["organization"] for obj in controller.objects[collection].values()) == [1, 3]
    for template in controller.objects["job_templates"].values():
        for collection, member in (("projects", "project"), ("inventories", "inventory")):
            used = controller.objects[collection][template[member]]
            assert used["organization"] == template["organization"]


@pytest.mark.parametrize("programs", VERSIONS[:1], indirect=True)
def test_only_the_project_is_required(programs, controller, tmp_path):
    output = configure(programs, tmp_path, controller.url, {}, status=2)
    assert "Give the URL of the project's Git repository" in output
    assert controller.objects["credential_types"].keys() == {2}

    configure(programs, tmp_path, controller.url, {"platform_project_url": "https://git.example/x.git"})
    assert controller.objects["credentials"] == {}
    assert controller.linked("job_templates", f"Verify {NAME}", "credentials") == []


@pytest.mark.skipif("PLATFORM_CONTROLLER" not in os.environ, reason="PLATFORM_CONTROLLER names no controller")
@pytest.mark.parametrize("programs", VERSIONS[:1], indirect=True)
def test_real_controller_accepts_everything(programs, tmp_path):
    """Its project must be one that the controller can read: PLATFORM_PROJECT is the URL."""
    variables = {**VARIABLES, "platform_project_url": os.environ["PLATFORM_PROJECT"]}
    for _run in range(2):
        configure(
            programs,
            tmp_path,
            os.environ["PLATFORM_CONTROLLER"],
            variables,
            token=os.environ["CONTROLLER_OAUTH_TOKEN"],
        )
