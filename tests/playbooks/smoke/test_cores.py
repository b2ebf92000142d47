# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main features on the oldest and the newest ansible-core, which behave differently.

`make test-all/matrix` runs whole suites on all of them. `make test` sets up the environments; a core without an
interpreter on this machine is skipped.
"""

from __future__ import annotations

import html
import importlib.util
import json
import pathlib
import shutil
from dataclasses import dataclass

import pytest
import yaml

from support import examples
from support.cores import CACHE, SMOKE
from support.emulator import KEY, SECRET, slack
from support.playbooks import ROOT, ProcessResult, command
from support.tainting import TEMPLATE, everything, tainted

EXAMPLE = [
    "-e",
    f"@{ROOT}/playbooks/vars/organization.yml",
    "-e",
    f"@{ROOT}/playbooks/vars/secrets.example.yml",
]
EVENT_FILTER = ROOT / "extensions" / "eda" / "plugins" / "event_filter" / "notification.py"
#: A core that treats any variable text as a template. Since 2.19, only text of a playbook is one.
BEFORE_TRUST = "2.16"
only_before_trust = pytest.mark.parametrize("core", [BEFORE_TRUST], indirect=True)
PROJECT = ROOT / "extensions" / "automation_platform" / "project"
CANARY = "canary-77d2"


@dataclass(frozen=True)
class Core:
    """One ansible-core in an environment of its own, run in a folder against an emulator."""

    programs: pathlib.Path
    folder: pathlib.Path
    environment: dict[str, str]

    def run(self, program: str, *arguments: str, status: int = 0, **environment: str) -> ProcessResult:
        process_environment = {
            **self.environment,
            "ANSIBLE_PYTHON_INTERPRETER": str(self.programs / "python"),
            **environment,
        }

        process = command(
            self.folder, program, *arguments, environment=process_environment, programs=self.programs
        )
        assert process.status == status, process.output[-5000:]
        assert "DEPRECATION WARNING" not in process.output
        return process

    def playbook(self, name: str, *flags: str, **environment: str) -> str:
        return self.run("ansible-playbook", f"ccloud.notifications.{name}", *flags, **environment).output


@pytest.fixture(params=SMOKE)
def core(request, emulator, tmp_path):
    programs = CACHE / f"smoke-{request.param}" / "bin"
    if not programs.exists():
        pytest.skip(f"this machine has no Python for ansible-core {request.param}")
    return Core(programs, tmp_path, examples.environment(emulator))


def test_every_module_runs(core, emulator):
    (core.folder / "play.yml").write_text(yaml.safe_dump(examples.example_plays(), sort_keys=False))
    variables = json.dumps(examples.variables(emulator))
    process = core.run("ansible-playbook", "play.yml", "-e", variables)
    assert "failed=0" in process.output


@only_before_trust
def test_ordinary_module_explains_a_misspelled_option(core, emulator):
    ordinary = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": "false"}
    task = {"display_name": "ops", "target": slack("ops")["target"]}
    arguments = ["localhost", "-m", "ccloud.notifications.integration", "-a"]
    core.run("ansible", *arguments, json.dumps(task), **ordinary)
    assert set(emulator.made()) == {"ops"}

    task["target"] = {"kind": "Slack", "webhok_url": "https://hooks.example/topsecret"}
    for environment in (ordinary, {}):
        process = core.run("ansible", *arguments, json.dumps(task), status=2, **environment)
        expected = "Unknown option target.webhok_url. Did you mean webhook_url? Nothing was changed."
        assert expected in process.output
        assert "topsecret" not in process.output


def test_organization_is_bootstrapped_exported_and_verified(core, emulator):
    (core.folder / "password").write_text("vault-password\n")
    password = ["--vault-password-file", "password"]
    arguments = ["encrypt_string", SECRET, "--name", "bootstrap_api_secret", *password]
    encrypted = core.run("ansible-vault", *arguments).output
    (core.folder / "login.yml").write_text(encrypted.replace("Encryption successful", ""))
    login = ["-e", "@login.yml", *password]

    output = core.playbook("bootstrap", *EXAMPLE, *login, CONFLUENT_CLOUD_API_SECRET="wrong")
    assert "integrations: 11 created, 0 changed, 0 deleted, 0 unchanged" in output
    assert "not-a-real-secret" not in output

    core.playbook("export", "-e", "export_secrets_to=urls.yml")
    assert "changed=0 " in core.playbook("bootstrap", "-e", "@organization.yml", "-e", "@urls.yml", "--diff")

    reports = ["-e", "verify_html=r.html", "-e", "verify_markdown=r.md"]
    output = core.playbook("verify", *EXAMPLE, *reports)
    assert "localhost: no drift" in output
    assert "<td" in (core.folder / "r.html").read_text()
    assert "| CRITICAL | SERVICE | Connector failed |" in (core.folder / "r.md").read_text()


def test_nulls_and_omitted_values_mean_the_same_on_every_core(core, emulator):
    variables = {"bootstrap_integrations": [{**slack("ops"), "description": "{{ no | default(omit) }}"}]}
    variables["bootstrap_owner"] = "{{ nobody | default(omit) }}"
    core.playbook("bootstrap", "-e", json.dumps(variables))
    assert set(emulator.made()) == {"ops"}
    variables["bootstrap_integrations"].append(None)
    flags = ["-e", json.dumps({**variables, "bootstrap_purge": True})]
    refused = core.run("ansible-playbook", "ccloud.notifications.bootstrap", *flags, status=2)
    assert "bootstrap_integrations[1] is null." in refused.output
    assert set(emulator.made()) == {"ops"}


@only_before_trust
def test_text_of_the_service_is_never_a_template(core, emulator):
    emulator.reset(integrations=[slack("a"), slack("b"), slack("b")])
    emulator.route("Connector failed", "Organization admins", "a")
    files = ["-e", "@organization.yml", "-e", "@urls.yml"]
    reports = ["-e", "verify_html=r.html", "-e", "verify_markdown=r.md"]
    with tainted(emulator.url, everything) as url:
        core.playbook("export", "-e", "export_secrets_to=urls.yml", CONFLUENT_CLOUD_ENDPOINT=url)
        core.playbook("bootstrap", *files, "--check", "--diff", CONFLUENT_CLOUD_ENDPOINT=url)
        core.playbook("verify", *files, *reports, CONFLUENT_CLOUD_ENDPOINT=url)
        new = {"display_name": "new", "target": {"kind": "Slack", "webhook_url": "https://hooks.example/new"}}
        drift = {"bootstrap_integrations": [new], "bootstrap_purge": True, "verify_fail_on": []}
        flags = ["-e", json.dumps(drift), "-e", "verify_full=true", "-e", "verify_junit=r.xml"]
        output = core.playbook("verify", *files, *flags, CONFLUENT_CLOUD_ENDPOINT=url)
        assert "4 differences" in output
    assert list(core.folder.rglob("PWNED")) == []
    assert TEMPLATE in html.unescape((core.folder / "r.html").read_text())


def test_project_play_reads_its_own_encrypted_host_variables(core, emulator):
    """As a job of Automation Platform plays it: with host_vars beside the play, and inline !vault values."""
    shutil.copytree(PROJECT, core.folder, dirs_exist_ok=True)
    (core.folder / "password").write_text("vault-password\n")
    password = ["--vault-password-file", "password"]
    inline = [
        core.run("ansible-vault", "encrypt_string", text, "--name", name, *password).output
        for name, text in (
            ("bootstrap_api_secret", SECRET),
            ("ops_slack_url", f"https://hooks.example/{CANARY}"),
        )
    ]
    secrets = core.folder / "host_vars" / "production" / "secrets.yml"
    secrets.write_text("\n".join(inline).replace("Encryption successful", "") + f"bootstrap_api_key: {KEY}\n")
    more = core.folder / "host_vars" / "production" / "more.yml"
    more.write_text("verify_fail_on: drift, gaps\n")
    core.run("ansible-vault", "encrypt", str(more), *password)

    flags = ["-i", "inventory/organizations.yml", *password, "--diff", "-v"]
    wrong = {"CONFLUENT_CLOUD_API_KEY": "", "CONFLUENT_CLOUD_API_SECRET": ""}

    def play(name, *more_flags, status=0):
        return core.run("ansible-playbook", f"{name}.yml", *flags, *more_flags, status=status, **wrong).output

    output = play("plan") + play("bootstrap")
    assert emulator.made()["ops-slack"]["target"]["webhook_url"] == f"https://hooks.example/{CANARY}"
    output += play("verify", status=0)
    assert "production: no drift, no gaps." in output
    output += play("export", "-e", "export_secrets_to=urls.yml")
    assert CANARY in (core.folder / "urls.yml").read_text()
    assert CANARY not in output
    assert SECRET not in output


@only_before_trust
def test_answers_of_a_survey_are_texts(core, emulator):
    """Automation Platform marks extra variables as unsafe, so no text is a template."""
    emulator.reset(integrations=[slack("old"), slack("data-lake"), slack("stays")])
    items = [{"display_name": "stays", "description": TEMPLATE}]
    answers = {
        "bootstrap_integrations": json.dumps(items),
        "bootstrap_subscriptions": "",
        "bootstrap_purge": "true",
        "bootstrap_purge_limit": 1,
        "bootstrap_keep": "data-*, other",
        "bootstrap_test": "",
        "bootstrap_disable_others": "no",
    }
    marked = "".join(f"{name}: !unsafe {json.dumps(answer)}\n" for name, answer in answers.items())
    (core.folder / "answers.yml").write_text(marked.replace("!unsafe 1\n", "1\n"))
    output = core.playbook("bootstrap", "-e", "@answers.yml")
    assert "1 changed, 1 deleted" in output
    assert set(emulator.made()) == {"stays", "data-lake"}
    assert emulator.made()["stays"]["description"] == TEMPLATE
    assert list(core.folder.rglob("PWNED")) == []

    core.playbook("verify", "-e", "@answers.yml", "-e", "verify_fail_on=drift")


LOOKUP = "lookup('ansible.builtin.pipe', 'touch executed')"
HEADER = "#jinja2: variable_start_string:'[[', variable_end_string:']]'\n"


@only_before_trust
@pytest.mark.parametrize("title", ["{{ " + LOOKUP + " }}", f"{HEADER}[[ {LOOKUP} ]]"])
def test_playbooks_execute_no_text_of_a_notification(core, title):
    specification = importlib.util.spec_from_file_location("notification", EVENT_FILTER)
    event_filter = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(event_filter)

    payload = {"id": title, "title": title, "message": f"[1]{title}", "created_at": title}
    # ansible-rulebook passes variables in a file as well.
    notification = event_filter.main(payload)["confluent_cloud"]
    (core.folder / "variables.yml").write_text(yaml.safe_dump({"notification": notification}))
    copy = {"content": "{{ notification | to_json }} {{ notification.title }}", "dest": "written"}
    play = {"hosts": "localhost", "connection": "local", "gather_facts": False}
    tasks = [{"ansible.builtin.copy": {**copy, "dest": str(core.folder / "written"), "mode": "0600"}}]
    (core.folder / "play.yml").write_text(yaml.safe_dump([{**play, "tasks": tasks}]))
    core.run("ansible-playbook", "play.yml", "-e", "@variables.yml")

    harmless = title.replace("{{", "{ {").replace("#jinja2", "# jinja2")
    assert (core.folder / "written").read_text().endswith(f" {harmless}")
    assert list(core.folder.rglob("executed")) == []


# The registry of secrets, since ansible-core 2.22

only_with_registry = pytest.mark.parametrize("core", ["2.22"], indirect=True)
WAYS = pytest.mark.parametrize("direct", ["true", "false"])


@only_with_registry
@WAYS
@pytest.mark.parametrize("mask", ["********", "$REDACTED$", "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"])
def test_a_mask_that_is_handed_back_is_no_secret(core, emulator, direct, mask):
    """A result may be handed back; its mask must not hide the headings of the tasks that follow."""
    emulator.reset(integrations=[slack("ops")])
    target = {"kind": "Slack", "webhook_url": mask}
    tasks = [
        {"ccloud.notifications.integration": {"display_name": "ops", "target": target}},
        {"name": "A task", "ansible.builtin.debug": {"msg": "********** after"}},
    ]
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (core.folder / "play.yml").write_text(yaml.safe_dump(play))
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct}
    output = core.run("ansible-playbook", "play.yml", **environment).output
    assert "PLAY RECAP ****" in output
    assert "********** after" in output
    assert emulator.writes() == []


@only_with_registry
@WAYS
def test_secrets_that_only_a_module_knows_are_masked_later(core, emulator, direct):
    url = "https://hooks.slack.example/services/canary-5e1f"
    emulator.reset(integrations=[slack("ops", url)])
    tasks = [
        {
            "ccloud.notifications.integration_info": {"reveal_webhook_urls": True},
            "register": "info",
            "no_log": True,
        },
        {
            "ansible.builtin.debug": {
                "msg": ["the URL " + url[:30], "{{ info.integrations[-1].target.webhook_url }}"]
            }
        },
        {"ansible.builtin.debug": {"msg": "{{ lookup('env', 'CONFLUENT_CLOUD_API_SECRET') }}"}},
    ]
    play = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (core.folder / "play.yml").write_text(yaml.safe_dump(play))
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct}
    output = core.run("ansible-playbook", "play.yml", **environment).output
    assert "canary-5e1f" not in output
    assert SECRET not in output
    assert output.count("$REDACTED$") >= 2


@only_with_registry
def test_a_plan_that_is_damaged_by_a_secret_says_so(core, emulator):
    (core.folder / "password").write_text("a long vault password\n")
    (core.folder / "vaulted.yml").write_text("retries: 1\n")
    password = ["--vault-password-file", "password"]
    core.run("ansible-vault", "encrypt", "vaulted.yml", *password)
    flags = [*EXAMPLE, "-e", "@vaulted.yml", *password, "-e", "plan_json=plan.json"]
    output = core.playbook("plan", *flags)
    assert "Parts of the following text are hidden" in " ".join(output.split())
    checksum = json.loads((core.folder / "plan.json").read_text())["plan"]["checksum"]
    assert "REDACTED" not in checksum
    assert "Parts of the following text" not in core.playbook("plan", *EXAMPLE)
