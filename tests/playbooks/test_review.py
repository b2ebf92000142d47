# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a reviewer and an owner get from the playbooks: lint, explanations, annotations, backups, one owner's part."""

from __future__ import annotations

import json
import re
import stat

import pytest
import yaml
from jsonschema import Draft7Validator

from support.emulator import slack
from support.examples import environment
from support.playbooks import ROOT, command

FAILED, DEGRADED, OPTIONAL = "Connector failed", "Connector degraded", "API key created"
ORGANIZATION = """---
# The channels
bootstrap_integrations:
  - display_name: ops
    target: {kind: Slack, webhook_url: "{{ ops_url }}"}

bootstrap_subscriptions:
  - name: Failures
    notification_type: Connector failed
    integrations: [ops]
  - name: "Again, and 100 %"
    notification_type: Connector failed
    integrations: [ops]
"""
URL = "https://hooks.slack.example/services/canary-url-7c1d"


@pytest.fixture
def play(emulator, tmp_path):
    """Runs a playbook of the collection with an organization file; returns the output."""
    emulator.reset(integrations=[slack("ops", URL)])
    (tmp_path / "organization.yml").write_text(ORGANIZATION)

    def run(playbook, *flags, status=0, **variables):
        given = {"ops_url": URL, **variables}
        files = [] if playbook == "export" else ["-e", "@organization.yml"]
        played = command(
            tmp_path,
            *["ansible-playbook", f"ccloud.notifications.{playbook}", *files, *flags],
            *["-e", json.dumps(given)],
            environment={**environment(emulator), "ANSIBLE_SHOW_CUSTOM_STATS": "true"},
        )
        assert played.status == status, played.output
        assert "canary-url" not in played.output
        # Long lines are wrapped.
        return re.sub(r"\n    (?=\S)", " ", played.output)

    return run


# Lint and explanations

REDUNDANT = "redundant-rule: other rules send all types of rule 2 (Again, and 100 %) to the same channels"


@pytest.mark.parametrize(("playbook", "flag"), [("plan", "plan_fail_on"), ("verify", "verify_fail_on")])
def test_findings_are_shown_and_fail_if_asked_for(play, playbook, flag):
    variables = {"verify_fail_on": []} if playbook == "verify" else {}
    assert REDUNDANT in play(playbook, **variables)
    assert REDUNDANT in play(playbook, status=2, **{flag: ["lint"]})


def test_annotations_name_the_lines_of_the_file(play, tmp_path):
    files = {"lint_github": "annotations.txt", "lint_gitlab": "quality.json"}
    play("plan", lint_source="organization.yml", **files)
    first, second = (tmp_path / "annotations.txt").read_text().splitlines()
    assert first.startswith(
        "::warning file=organization.yml,line=11,title=redundant-rule::other rules send all types of rule 2 "
        "(Again, and 100 %25)"
    )
    assert second.startswith("::warning file=organization.yml,line=4,title=single-channel::")

    found = json.loads((tmp_path / "quality.json").read_text())
    assert [(item["check_name"], item["location"]) for item in found] == [
        ("redundant-rule", {"path": "organization.yml", "lines": {"begin": 11}}),
        ("single-channel", {"path": "organization.yml", "lines": {"begin": 4}}),
    ]
    assert {frozenset(item) for item in found} == {
        frozenset(("description", "check_name", "fingerprint", "severity", "location"))
    }
    assert len({item["fingerprint"] for item in found}) == 2


def test_annotations_without_a_finding_are_an_empty_file(play, tmp_path):
    ignore = [{"code": code, "reason": "Known."} for code in ("redundant-rule", "single-channel")]
    play("verify", verify_fail_on=["lint"], lint_github="annotations.txt", bootstrap_lint_ignore=ignore)
    assert (tmp_path / "annotations.txt").read_text() == ""


def test_a_source_that_cannot_be_read_is_an_error(play, tmp_path):
    assert "lint_source is missing.yml, which cannot be read" in play(
        "plan", status=2, lint_source="missing.yml"
    )


@pytest.mark.parametrize("line", [f"- webhook_url: {URL} x: y: z", f'url: "{URL}', f"a: [{URL}"])
def test_an_error_in_the_source_names_the_line_and_quotes_nothing(play, tmp_path, line):
    """The parser's own message has the line, and a URL with it. ``play`` looks for the URL."""
    (tmp_path / "broken.yml").write_text(f"---\n{line}\n")
    output = play("plan", status=2, lint_source="broken.yml")
    assert re.search(r"it is not valid YAML in line \d+, column \d+: ", output)
    assert "hooks.slack" not in output


def test_explanations_are_printed(play):
    output = play("plan", bootstrap_explain=[FAILED, "ops"])
    assert "  rule 1 (Failures) selects it: ops" in output
    assert "'ops' receives 1 type after the plan" in output


def test_the_page_of_verify_names_the_rules_of_each_type(play, tmp_path):
    play("verify", verify_fail_on=[], verify_html="routing.html")
    assert "by rule 1 (Failures), rule 2 (Again, and 100 %)" in (tmp_path / "routing.html").read_text()


# Machines


def schema(name):
    return Draft7Validator(json.loads((ROOT / "playbooks" / "vars" / f"{name}.schema.json").read_text()))


def test_json_files_follow_their_schemas(play, emulator, tmp_path):
    emulator.route(OPTIONAL, "ops")
    refused = {"bootstrap_purge": True, "bootstrap_silence_limit": 0, "bootstrap_change_limit": "0"}
    settings = {
        "bootstrap_resource_preferences": [
            {"resource": "environment=env-1/cloud-cluster=lkc-1", "enabled": False}
        ],
        "bootstrap_integrations": [{"display_name": "new", "target": slack("new")["target"]}],
    }
    for number, variables in enumerate(({}, {**refused, **settings, "bootstrap_subscriptions": []})):
        play("plan", plan_json=f"plan-{number}.json", **variables)
        play("verify", verify_json=f"report-{number}.json", verify_fail_on=[], **variables)
        plan = json.loads((tmp_path / f"plan-{number}.json").read_text())
        schema("plan").validate(plan)
        schema("report").validate(json.loads((tmp_path / f"report-{number}.json").read_text()))
        assert bool(plan["refusal"]) is bool(number)
        assert plan["lint"]


# Without credentials


def test_routing_tests_lint_and_explain_without_credentials(play, tmp_path):
    play("export", export_to="exported.yml", export_catalog_to="catalog.json")
    tests = [{"name": "it pages", "notification_type": FAILED, "expect": ["ops"]}]
    output = play("test", bootstrap_tests=tests, bootstrap_explain=[FAILED])
    assert REDUNDANT in output
    assert f"'{FAILED}' (CRITICAL)" in output
    assert REDUNDANT in play("test", status=2, bootstrap_tests=tests, test_fail_on=["lint"])


def test_verify_shows_failed_tests_beside_everything_else(play, tmp_path):
    tests = [{"name": "it pages", "notification_type": FAILED, "expect": []}]
    output = play("verify", status=2, bootstrap_tests=tests, verify_json="report.json")
    findings = json.loads((tmp_path / "report.json").read_text())["findings"]
    assert findings["drift"]
    assert findings["tests"] == [
        "it pages: 'Connector failed' reaches 'ops' (by rule 1 (Failures) and rule 2 (Again, and 100 %)), "
        "'ops' must not receive it"
    ]
    assert "failed routing test: it pages" in output
    assert "1 object differs from the variables (drift); routing tests failed: it pages" in " ".join(
        output.split()
    )


# What ends


def test_a_date_of_yaml_is_a_date(play, emulator, tmp_path):
    """YAML makes a date of it, and some releases of ansible-core hand that on."""
    text = ORGANIZATION.replace(
        "integrations: [ops]\n  - name", "integrations: [ops]\n    until: 2020-01-01\n  - name"
    )
    (tmp_path / "organization.yml").write_text(text)
    assert "ended: rule 1 (Failures) ended on 2020-01-02 00:00 UTC: it is ignored" in play("plan")


# Undoing


def test_a_backup_is_written_before_a_change_and_undoes_it(play, emulator, tmp_path):
    emulator.route(DEGRADED, "ops")
    before = emulator.routes()
    backup = {"bootstrap_backup_to": "backup.yml", "bootstrap_backup_secrets_to": "backup-secrets.yml"}
    change = {
        "bootstrap_subscriptions": [
            {"notification_type": DEGRADED, "integrations": ["new"]},
            {"notification_type": FAILED, "integrations": ["new"]},
        ],
        "bootstrap_integrations": [{"display_name": "new", "target": slack("new")["target"]}],
    }
    play("bootstrap", "--check", **backup, **change)
    assert not (tmp_path / "backup.yml").exists()
    assert "The organization was exported to" in play("bootstrap", **backup, **change)
    assert emulator.routes() != before
    assert stat.S_IMODE((tmp_path / "backup-secrets.yml").stat().st_mode) == 0o600

    # A second run changes nothing, and must not replace the backup.
    written = (tmp_path / "backup.yml").read_text()
    play("bootstrap", **backup, **change)
    assert (tmp_path / "backup.yml").read_text() == written

    (tmp_path / "organization.yml").write_text(written)
    play("bootstrap", "-e", "@backup-secrets.yml", bootstrap_silence_limit=1)
    assert emulator.routes()[DEGRADED] == ["ops"]


def test_without_a_backup_nothing_is_changed(play, emulator, tmp_path):
    (tmp_path / "folder").mkdir()
    output = play("bootstrap", status=2, bootstrap_backup_to="folder")
    assert "bootstrap_backup_to is folder, which is a folder." in output
    assert emulator.writes() == []


# Terraform


def block(**values):
    return [values]


def test_a_terraform_state_becomes_an_organization_file(play, emulator, tmp_path):
    """A made-up state in the form of the provider's resources, with a child module."""

    def resource(kind, **values):
        return {"mode": "managed", "type": f"confluent_notifications_{kind}", "values": values}

    types = {obj["display_name"]: obj["id"] for obj in emulator.objects("notification-types")}
    root = {
        "resources": [
            resource("integration", id="i-1", display_name="tf-slack", slack_target=block(webhook_url=URL)),
            {"mode": "data", "type": "confluent_environment", "values": {"id": "env-1"}},
        ],
        "child_modules": [
            {
                "resources": [
                    resource(
                        "integration",
                        id="i-2",
                        display_name="tf-hook",
                        description="Text",
                        webhook_target=block(url="https://hooks.example/canary-url-2"),
                    ),
                    resource(
                        "subscription",
                        id="s-1",
                        notification_type=block(id=types[FAILED]),
                        integrations=[{"id": "i-1"}, {"id": "i-2"}],
                        current_state="ENABLED",
                    ),
                ]
            }
        ],
    }
    (tmp_path / "state.json").write_text(
        json.dumps({"format_version": "1.0", "values": {"root_module": root}})
    )
    play("export", export_to="exported.yml", export_catalog_to="catalog.json")
    files = {"export_to": "imported.yml", "export_secrets_to": "imported-secrets.yml"}
    play("import_terraform", terraform_state="state.json", import_catalog="catalog.json", **files)
    imported = yaml.safe_load((tmp_path / "imported.yml").read_text())
    assert [item["display_name"] for item in imported["bootstrap_integrations"]] == ["tf-slack", "tf-hook"]
    assert imported["bootstrap_subscriptions"] == [
        {"notification_type": FAILED, "integrations": ["tf-hook", "tf-slack"]}
    ]
    assert "canary-url" not in (tmp_path / "imported.yml").read_text()

    (tmp_path / "organization.yml").write_text((tmp_path / "imported.yml").read_text())
    play("bootstrap", "-e", "@imported-secrets.yml")
    assert {"tf-slack", "tf-hook"} <= set(emulator.routes()[FAILED])


# Owners


def test_one_owners_part_is_exported_and_changes_nothing(play, emulator, tmp_path):
    emulator.reset(
        integrations=[
            slack("ours", description="Text [owner: team-a]"),
            slack("theirs", description="[owner: team-b]"),
            slack("ops"),
        ]
    )
    emulator.route(FAILED, "Organization admins", "ours", "theirs")
    emulator.route(DEGRADED, "theirs")
    emulator.route(OPTIONAL, "ours")
    files = {"export_to": "part.yml", "export_secrets_to": "part-secrets.yml"}
    play("export", export_owner="team-a", **files)
    text = (tmp_path / "part.yml").read_text()
    part = yaml.safe_load(text)
    assert part["bootstrap_owner"] == "team-a"
    assert [(item["display_name"], item["description"]) for item in part["bootstrap_integrations"]] == [
        ("ours", "Text")
    ]
    assert "theirs" not in text

    (tmp_path / "organization.yml").write_text(text)
    output = play("verify", "-e", "@part-secrets.yml", verify_fail_on=["drift", "unused"])
    assert "no drift, no unused" in output


# Many organizations


@pytest.mark.parametrize("playbook", ["plan", "bootstrap", "verify", "export"])
def test_many_hosts_end_with_a_summary_and_healthy_ones_say_nothing(play, emulator, tmp_path, playbook):
    own = {"bootstrap_organization_id": "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"}
    wrong = {"bootstrap_api_key": "WRONG", "bootstrap_api_secret": "wrong"}
    hosts = {**{f"healthy-{number}": own for number in range(4)}, "broken": {**own, **wrong}, "last": own}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    # They share an organization, of which each owns a part.
    (tmp_path / "organization.yml").write_text(
        """
bootstrap_owner: "{{ inventory_hostname }}"
bootstrap_integrations: [{display_name: "{{ inventory_hostname }}", description: ""}]
"""
    )
    emulator.reset(integrations=[slack(name, description=f"[owner: {name}]") for name in hosts])
    export = {"export_to": "{{ inventory_hostname }}.yml"} if playbook == "export" else {}
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all"]
    output = play(playbook, *flags, status=2, verify_fail_on=[], bootstrap_summary_to="summary.txt", **export)
    status = "unchanged" if playbook in ("plan", "bootstrap") else "ok"
    assert f"6 organizations: 1 failed, 5 {status}." in output
    assert "failed, unauthenticated: broken" in output
    if playbook != "export":
        assert "[healthy-1]" not in output
    # The next job of a workflow gets the same lines.
    assert '"notifications_summary": [' in output
    written = (tmp_path / "summary.txt").read_text()
    assert written.startswith(f"6 organizations: 1 failed, 5 {status}.\nfailed, unauthenticated: broken\n")


def test_summary_of_one_host_is_a_file_too(play, emulator, tmp_path):
    play("bootstrap", bootstrap_summary_to="summary.txt")
    assert (tmp_path / "summary.txt").read_text().startswith("1 organization: 1 changed.\n")
    before = emulator.requests()
    output = play("verify", status=2, bootstrap_summary_to="nowhere/summary.txt")
    assert "bootstrap_summary_to is nowhere/summary.txt, and the folder " in output
    for playbook, variable in (("bootstrap", "bootstrap_backup_to"), ("verify", "verify_json")):
        output = play(playbook, status=2, bootstrap_summary_to="one.txt", **{variable: "one.txt"})
        assert f"{variable} and bootstrap_summary_to are both" in output
    assert emulator.requests() == before


@pytest.mark.parametrize("strategy", ["linear", "free", "host_pinned"])
def test_results_do_not_depend_on_the_strategy(play, emulator, tmp_path, strategy):
    """Under free and host_pinned, ansible-core ignores run_once, and hosts do not wait for each other."""
    own = {"bootstrap_organization_id": "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"}
    wrong = {"bootstrap_api_key": "WRONG", "bootstrap_api_secret": "wrong"}
    hosts = {"a": own, "broken": {**own, **wrong}, **{f"host-{number}": own for number in range(4)}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    play("bootstrap")
    role = {"ansible.builtin.import_role": {"name": "ccloud.notifications.bootstrap", "tasks_from": "verify"}}
    plays = [
        {"hosts": "all", "connection": "local", "gather_facts": False, "strategy": strategy, "tasks": [role]}
    ]
    (tmp_path / "verify.yml").write_text(yaml.safe_dump(plays))
    files = ["-e", "@organization.yml", "-e", json.dumps({"ops_url": URL}), "-i", "hosts.yml"]
    played = command(tmp_path, "ansible-playbook", "verify.yml", *files, environment=environment(emulator))
    assert played.status == 2, played.output
    failed = {name for name in hosts if re.search(rf"^{name} .*failed=1 ", played.output, re.MULTILINE)}
    assert failed == {"broken"}
    summary = "6 organizations: 1 failed, 5 ok."
    assert (summary in played.output) or (strategy != "linear" and "organizations:" not in played.output)


def test_verify_says_how_much_of_the_quota_is_used(play, emulator):
    emulator.reset(quota=7)
    play("bootstrap")
    used = sum(
        obj["target"]["kind"] in ("Slack", "MsTeams", "Webhook") for obj in emulator.objects("integrations")
    )
    shown = f"{used} of 7 integrations in use (quota)."
    assert shown in play("verify", bootstrap_read_quota=True)
    assert "quota" not in play("verify")
    emulator.reset(applied_quotas="403")
    output = play("verify", status=2, bootstrap_read_quota=True)
    # Although there is drift.
    assert "Not managed: " in output
    assert "The quota of integrations is unknown: The user may not read quotas." in output
