# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and the playbooks in real processes: an organization from files, and export to files."""

from __future__ import annotations

import contextlib
import html
import json
import re
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from xml.etree import ElementTree

import pytest
import yaml
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt

from support.emulator import KEY, SECRET, Emulator, slack
from support.examples import environment
from support.playbooks import BIN, ROOT, command, play, process_environment, run_process
from support.tainting import TEMPLATE, ids, tainted, texts

EXAMPLE = [
    "-e",
    f"@{ROOT}/playbooks/vars/organization.yml",
    "-e",
    f"@{ROOT}/playbooks/vars/secrets.example.yml",
]
CANARY = "canary-91c4"
ORGANIZATION = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"
SCHEMA = Draft7Validator(json.loads((ROOT / "playbooks" / "vars" / "organization.schema.json").read_text()))


class Loader(yaml.SafeLoader):
    """Reads a variables file."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@pytest.fixture
def run(emulator, tmp_path):
    """Run a playbook of the collection in a folder of its own, and return its output."""

    def run_playbook(playbook, *flags, status=0, variables=None):
        extra = ["-e", json.dumps(variables)] if variables is not None else []
        process = command(
            tmp_path,
            "ansible-playbook",
            f"ccloud.notifications.{playbook}",
            *extra,
            *flags,
            environment=environment(emulator),
        )
        assert process.status == status, process.output[-5000:]
        return process.output

    return run_playbook


def lines(output, kind):
    return re.findall(rf"^({kind}: .*)$", output, re.MULTILINE)


def channel(name, **options):
    return {
        "display_name": name,
        "target": {"kind": "Slack", "webhook_url": slack(name)["target"]["webhook_url"]},
        **options,
    }


def test_example_matches_its_check_mode_and_is_idempotent(run, emulator):
    emulator.reset(webhook_urls="masked")
    pager = ["-e", json.dumps({"pager_url": emulator.inbox_url("pager")})]
    emulator.refuse_writes()
    predicted = run("bootstrap", *EXAMPLE, *pager, "--check", "--diff")
    emulator.refuse_writes(False)

    result = run("bootstrap", *EXAMPLE, *pager, "--diff")
    assert "Plan: 23 to create, 34 to change, 0 to delete, 0 unchanged." in predicted
    assert "+ integration platform-teams " in predicted
    assert lines(result, "subscriptions") == ["subscriptions: 10 created, 34 changed, 0 deleted, 0 unchanged"]
    assert lines(result, "resource preferences") == [
        "resource preferences: 1 created, 0 changed, 0 deleted, 0 unchanged"
    ]
    assert lines(predicted, "test notifications") == []
    assert lines(result, "integrations") == ["integrations: 11 created, 0 changed, 0 deleted, 0 unchanged"]
    assert lines(result, "test notifications") == ["test notifications: 11 sent"]
    assert len(emulator.inbox("pager")) == 1
    assert "not-a-real-secret" not in predicted + result

    count = len(emulator.requests())
    second = run("bootstrap", *EXAMPLE, *pager)
    assert "changed=0 " in second
    assert lines(second, "subscriptions") == ["subscriptions: 0 created, 0 changed, 0 deleted, 44 unchanged"]
    assert lines(second, "test notifications") == ["test notifications: 0 sent"]
    assert len(emulator.requests()) - count == 5


@pytest.mark.parametrize(
    ("invalid", "expected"),
    [
        (
            {"bootstrap_subscriptions": [{"notification_type": "Conector failed", "integrations": ["new"]}]},
            "Did you mean 'Connector failed'",
        ),
        (
            {"bootstrap_integrations": [channel("new", nonsense=1)]},
            "Unknown option bootstrap_integrations[0].nonsense. Valid options:",
        ),
    ],
)
def test_all_variables_are_checked_before_the_first_write(run, emulator, invalid, expected):
    emulator.reset(integrations=[slack("old")])
    variables = {"bootstrap_integrations": [channel("new")], **invalid}
    output = run("bootstrap", variables=variables, status=2)
    assert expected in " ".join(output.split())
    assert "argument_spec_data" not in output
    assert emulator.writes() == []


PLANNED = {
    "bootstrap_integrations": [channel("ops"), channel("new")],
    "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["new"]}],
}


def test_reviewed_plan_is_applied_and_any_other_is_refused(run, emulator, tmp_path):
    emulator.reset(integrations=[slack("ops")])
    emulator.route("Connector failed", "Organization admins", "ops")
    files = {"plan_json": "plan.json", "plan_markdown": "plan.md", "plan_html": "plan.html"}
    emulator.refuse_writes()
    output = run("plan", variables={**PLANNED, **files})
    emulator.refuse_writes(False)
    change = "~ subscription Connector failed +new -ops (+1 other)"
    assert change in " ".join(output.split())
    plan = json.loads((tmp_path / "plan.json").read_text())["plan"]
    assert plan["summary"] == {
        "to_create": 1,
        "to_change": 1,
        "to_delete": 0,
        "unchanged": 1,
    }
    markdown, page = ((tmp_path / name).read_text() for name in ("plan.md", "plan.html"))
    assert "| integrations: ENABLED Organization admins, +new, -ops | 1 |" in markdown
    assert "<ins>+new</ins>" in page
    assert "hooks.slack.example" not in output + json.dumps(plan) + markdown + page

    reviewed = {**PLANNED, "bootstrap_expected_checksum": plan["checksum"]}
    other = {**reviewed, "bootstrap_subscriptions": [{"select": {}, "integrations": ["new"]}]}
    refused = " ".join(run("bootstrap", variables=other, status=2).split())
    assert "Review the new plan." in refused
    assert emulator.writes() == []

    run("bootstrap", variables=reviewed)
    assert emulator.routes()["Connector failed"] == ["Organization admins", "new"]


def test_role_runs_twice_with_variables_of_other_roles(emulator, tmp_path):
    role = {"role": "ccloud.notifications.bootstrap"}
    variables = {"bootstrap_integrations": [channel("new")], "bootstrap_servers": "kafka:9092"}
    role_play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": variables,
        "roles": [role, {**role, "vars": {"x": 1}}],
    }
    process = play(tmp_path, [role_play], environment=environment(emulator))
    assert process.status == 0, process.output[-3000:]
    assert lines(process.output, "integrations") == [
        "integrations: 1 created, 0 changed, 0 deleted, 0 unchanged",
        "integrations: 0 created, 0 changed, 0 deleted, 1 unchanged",
    ]


def test_module_defaults_of_the_play_apply_to_the_role(emulator, tmp_path):
    role_play = {
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "module_defaults": {
            "group/ccloud.notifications.notifications": {
                "endpoint": emulator.url,
                "api_key": KEY,
                "api_secret": "wrong",
            }
        },
        "vars": {"bootstrap_integrations": [channel("new")], "bootstrap_api_secret": SECRET},
        "roles": ["ccloud.notifications.bootstrap"],
    }
    process = play(tmp_path, [role_play])
    assert process.status == 0, process.output[-3000:]
    assert set(emulator.made()) == {"new"}


def test_credentials_of_the_environment_are_not_shared_by_hosts(run, emulator, tmp_path):
    (tmp_path / "organizations.yml").write_text("all: {hosts: {org1: {}, org2: {}}}\n")
    flags = ["-i", "organizations.yml", "-e", "bootstrap_hosts=all"]
    variables = {"bootstrap_integrations": [channel("new")]}
    output = " ".join(run("bootstrap", *flags, variables=variables, status=2).split())
    for host in ("org1", "org2"):
        assert f"{host} has no credentials of its own and would use those of the environment" in output
    assert emulator.requests() == []


def test_variables_that_hosts_share_are_credentials_of_one_organization(run, emulator, tmp_path):
    hosts = {"org1": {}, "org2": {}, "org3": {"bootstrap_organization_id": ORGANIZATION}}
    inventory = {"all": {"hosts": hosts, "vars": {"bootstrap_api_token": f"{CANARY}-token"}}}
    (tmp_path / "organizations.json").write_text(json.dumps(inventory))
    flags = ["-i", "organizations.json", "-e", "bootstrap_hosts=all", "-vvv"]
    output = run("bootstrap", *flags, variables={"bootstrap_integrations": [channel("new")]}, status=2)
    assert "may be the same organization: org1, org2." in " ".join(output.split())
    assert CANARY not in output
    # The third states its organization, so it may try.
    assert emulator.writes() == []


def test_credentials_of_another_organization_change_nothing(run, emulator, tmp_path):
    other = "00000000-0000-4000-8000-000000000001"
    hosts = {
        "mine": {"bootstrap_organization_id": ORGANIZATION},
        "other": {"bootstrap_organization_id": other},
    }
    (tmp_path / "organizations.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    flags = ["-i", "organizations.json", "-e", "bootstrap_hosts=all"]
    output = run("bootstrap", *flags, variables={"bootstrap_integrations": [channel("new")]}, status=2)
    plain = " ".join(output.split())
    assert (
        f"the credentials belong to the organization '{ORGANIZATION}', and `organization_id` is '{other}'"
        in plain
    )
    assert re.search(r"mine +: .*failed=0", output)
    assert re.search(r"other +: .*failed=1", output)
    run("verify", *flags, "-e", "verify_fail_on=[]", status=2)
    run("export", *flags, status=2)
    assert set(emulator.made()) == {"new"}


def test_a_host_whose_variables_are_undefined_fails_alone(run, emulator, tmp_path):
    hosts = {name: {"bootstrap_organization_id": f"{ORGANIZATION[:-1]}{n}"} for n, name in enumerate("abc")}
    hosts["a"]["bootstrap_organization_id"] = ORGANIZATION
    hosts["b"]["bootstrap_api_key"] = "{{ b_key }}"
    (tmp_path / "organizations.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    flags = ["-i", "organizations.json", "-e", "bootstrap_hosts=all", "--limit", "a,b"]
    output = run("bootstrap", *flags, variables={"bootstrap_integrations": [channel("new")]}, status=2)
    assert re.search(r"^a +: .*failed=0", output, re.MULTILINE), output
    assert re.search(r"^b +: .*failed=1", output, re.MULTILINE), output
    assert set(emulator.made()) == {"new"}


def test_missing_variables_are_explained(run):
    assert "pass the file with -e @organization.yml" in run("bootstrap", status=2)


def test_several_organizations_use_their_own_credentials(tmp_path):
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        secrets = [f"{CANARY}-{n}" for n in range(3)]
        starts = pool.map(
            lambda secret: stack.enter_context(Emulator.started("--api-secret", secret)), secrets
        )
        emulators = list(starts)

        hosts = {}
        for n, emulator in enumerate(emulators):
            channels = [channel(f"channel-{m}") for m in range(n + 1)]
            connection = {
                "bootstrap_endpoint": emulator.url,
                "bootstrap_api_key": KEY,
                "bootstrap_api_secret": secrets[n],
            }
            hosts[f"org{n}"] = {**connection, "bootstrap_integrations": channels}
        (tmp_path / "organizations.json").write_text(json.dumps({"all": {"hosts": hosts}}))

        rules = [{"select": {"severities": ["CRITICAL"]}, "integrations": ["channel-0"]}]
        variables = {"bootstrap_hosts": "all", "bootstrap_subscriptions": rules}
        flags = ["-i", "organizations.json", "--forks", "10", "-e", json.dumps(variables), "-v"]
        process = command(tmp_path, "ansible-playbook", "ccloud.notifications.bootstrap", *flags)
        assert process.status == 0, process.output[-5000:]

        for n, emulator in enumerate(emulators):
            assert set(emulator.made()) == {f"channel-{m}" for m in range(n + 1)}
            assert len(emulator.deliveries()) == n + 1
        assert CANARY not in process.output


def test_no_output_contains_a_secret(run, emulator, tmp_path):
    emulator.reset(
        integrations=[slack("old", f"https://hooks.slack.example/{CANARY}-old")],
        api_secret=f"{CANARY}-secret",
    )
    urls = {
        "one_url": f"https://hooks.slack.example/{CANARY}-one",
        "two_url": f"https://hooks.example/{CANARY}-two",
    }
    secrets = {**urls, "bootstrap_api_secret": f"{CANARY}-secret", "bootstrap_api_key": KEY}
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump(secrets))
    variables = {
        "bootstrap_integrations": [
            {"display_name": "one", "target": {"kind": "Slack", "webhook_url": "{{ one_url }}"}},
            {"display_name": "two", "target": {"kind": "Webhook", "webhook_url": "{{ two_url }}"}},
        ],
        "bootstrap_subscriptions": [{"select": {"severities": ["CRITICAL"]}, "integrations": ["one"]}],
        "bootstrap_purge": True,
        "bootstrap_test": "all",
    }
    (tmp_path / "password").write_text("vault-password\n")
    password = ["--vault-password-file", "password"]
    assert command(tmp_path, "ansible-vault", "encrypt", "secrets.yml", *password).status == 0

    flags = ["-e", "@secrets.yml", *password, "-vvvv", "--diff"]
    output = run("bootstrap", *flags, "--check", variables=variables)
    output += run("bootstrap", *flags, variables=variables)
    report = ["-e", "verify_html=routing.html", "-e", "verify_test=true"]
    output += run("verify", *flags, *report, variables=variables)
    output += run("export", *flags, "-e", "export_secrets_to=urls.yml")
    invalid = [{**variables["bootstrap_integrations"][0], "nonsense": 1}]
    output += run("bootstrap", *flags, variables={**variables, "bootstrap_integrations": invalid}, status=2)

    assert set(emulator.made()) == {"one", "two"}
    assert CANARY not in output
    assert CANARY not in (tmp_path / "routing.html").read_text() + (tmp_path / "organization.yml").read_text()
    assert CANARY in (tmp_path / "urls.yml").read_text()


def test_verify_without_variables_fails(run):
    expected = "neither bootstrap_integrations nor bootstrap_subscriptions is defined"
    assert expected in run("verify", variables={"other_integrations": []}, status=2)
    misspelled = run("verify", variables={"bootstrp_integrations": []}, status=2)
    assert "Unknown variable bootstrp_integrations. Did you mean bootstrap_integrations?" in misspelled


@pytest.mark.parametrize("value", ["gap", ["gap"]])
def test_unknown_verify_fail_on_is_an_error(run, value):
    output = " ".join(run("verify", variables={"verify_fail_on": value}, status=2).split())
    assert (
        "verify_fail_on[0] must be one of drift, violations, tests, gaps, unused, lint, not 'gap'." in output
    )


# Export

#: Both are the emulator's organization.
TWO_HOSTS = (
    f"all: {{hosts: {{prod: {{}}, production: {{}}}}, vars: {{bootstrap_organization_id: {ORGANIZATION}}}}}\n"
)


def test_verify_tests_an_integration_whose_url_the_variables_omit(run, emulator):
    emulator.reset(integrations=[slack("ops", emulator.inbox_url("ops"))])
    items = [{"display_name": "ops", "target": {"kind": "Slack"}}]
    run("verify", variables={"bootstrap_integrations": items, "verify_test": True})
    assert len(emulator.inbox("ops")) == 1


def test_export_in_check_mode_writes_nothing_and_says_so(run, tmp_path):
    output = run("export", "-e", "export_secrets_to=urls.yml", "--check")
    assert "were written" not in output
    assert list(tmp_path.glob("*.yml")) == []


def test_entry_point_with_invalid_variables_hands_on_no_result_of_another(emulator, tmp_path):
    role = {"name": "ccloud.notifications.bootstrap", "rolespec_validate": False}
    call = {"ansible.builtin.include_role": {**role, "public": False}}
    tasks = [
        {"ansible.builtin.include_role": {**role, "tasks_from": "plan"}},
        {**call, "vars": {"bootstrap_purge_limit": "many"}},
    ]
    process = play(
        tmp_path,
        tasks,
        variables={"bootstrap_integrations": [channel("ops")]},
        environment={**environment(emulator), "ANSIBLE_SHOW_CUSTOM_STATS": "true"},
    )
    assert process.status == 2
    [stats] = re.findall(r"RUN: ({.*})", process.output)
    handed_on = json.loads(stats)
    planned = handed_on["notifications_plan"]["localhost"]
    assert (planned["status"], len(planned["checksum"])) == ("changed", 64)
    failed = handed_on["notifications_bootstrap"]["localhost"]
    assert failed == {"status": "failed", "checksum": "", "counts": {}, "error": "invalid_option"}


def test_bootstrap_of_an_export_changes_nothing(run, emulator, tmp_path):
    integrations = [
        slack("ops"),
        slack("ops"),
        slack("{{ no_template }}", description="{% raw %} | # 'x' \"y\""),
        slack("Öps: - [x]", "https://hooks.slack.example/x"),
    ]
    emulator.reset(integrations=integrations)
    emulator.route("Connector failed", "Organization admins", "{{ no_template }}")
    emulator.route("API key created", "Öps: - [x]", state="DISABLED")

    run("export", "-e", "export_to=exported.yml", "-e", "export_secrets_to=urls.yml")
    assert stat.S_IMODE((tmp_path / "urls.yml").stat().st_mode) == 0o600
    exported = (tmp_path / "exported.yml").read_text()
    assert "hooks.slack.example" not in exported
    SCHEMA.validate(yaml.load(exported, Loader))

    output = run("bootstrap", "-e", "@exported.yml", "-e", "@urls.yml", "--diff")
    assert "changed=0 " in output
    assert lines(output, "integrations") == ["integrations: 0 created, 0 changed, 0 deleted, 4 unchanged"]
    assert emulator.writes() == []

    output = " ".join(run("export", "-e", "export_to=exported.yml", status=2).split())
    assert f"{tmp_path}/exported.yml already exists." in output
    run("export", "-e", "export_to=exported.yml", "-e", "export_overwrite=true")


@pytest.mark.parametrize(
    ("playbook", "names"),
    [
        ("export", {"export_to": "one.yml"}),
        ("export", {"export_to": "{{ 'a/../one' if inventory_hostname == 'prod' else 'one' }}.yml"}),
        ("verify", {"verify_html": "one.html"}),
        (
            "verify",
            {"verify_html": "{{ inventory_hostname }}", "verify_markdown": "{{ inventory_hostname }}"},
        ),
    ],
)
def test_organizations_are_never_written_to_the_same_file(run, emulator, tmp_path, playbook, names):
    (tmp_path / "hosts.yml").write_text(TWO_HOSTS)
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all"]
    output = " ".join(run(playbook, *flags, variables={**names, "verify_fail_on": []}, status=2).split())
    both = ("for prod and for production, so one would replace the other.", "Use different paths.")
    assert any(text in output for text in both)
    assert f"{tmp_path}/" in output
    assert emulator.requests() == []


def test_host_name_may_be_a_prefix_of_another(run, tmp_path):
    (tmp_path / "hosts.yml").write_text(TWO_HOSTS)
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all"]
    output = run("export", *flags, "-e", "export_secrets_to={{ inventory_hostname }}-urls.yml")
    expected = {f"{host}{end}.yml" for host in ("prod", "production") for end in ("", "-urls")}
    assert {path.name for path in tmp_path.glob("*.yml")} == expected | {"hosts.yml"}
    assert "-i hosts.yml -e bootstrap_hosts=prod -e @" in output.replace(str(tmp_path) + "/", "")


def test_variables_and_secrets_are_never_written_to_one_file(run, tmp_path):
    output = run("export", "-e", "export_to=one.yml", "-e", "export_secrets_to=./one.yml", status=2)
    assert "export_to and export_secrets_to are both" in " ".join(output.split())
    assert not (tmp_path / "one.yml").exists()


def test_paths_are_relative_to_the_working_directory_not_pwd(emulator, tmp_path):
    process = command(
        tmp_path,
        "ansible-playbook",
        "ccloud.notifications.export",
        "-e",
        "export_secrets_to=urls.yml",
        environment={**environment(emulator), "PWD": "/nowhere"},
    )
    assert process.status == 0, process.output[-3000:]
    assert (tmp_path / "organization.yml").exists()
    assert (tmp_path / "urls.yml").exists()
    assert f"were written to {tmp_path}/organization.yml." in process.output


def test_secrets_file_is_never_readable_by_others(run, emulator, tmp_path):
    """A thread keeps reading the mode. An existing readable file is restricted first."""
    emulator.reset(integrations=[slack("ops")])
    (tmp_path / "urls.yml").write_text("")
    (tmp_path / "urls.yml").chmod(0o644)
    modes, stop = set(), threading.Event()

    def watch():
        while not stop.is_set():
            with contextlib.suppress(FileNotFoundError):
                status = (tmp_path / "urls.yml").stat()
                if status.st_size:
                    modes.add(stat.S_IMODE(status.st_mode))

    thread = threading.Thread(target=watch)
    thread.start()
    run("export", "-e", "export_secrets_to=urls.yml", "-e", "export_overwrite=true")
    stop.set()
    thread.join()
    assert modes == {0o600}


def test_printed_next_steps_of_an_export_work(run, emulator, tmp_path):
    emulator.reset(integrations=[slack("ops")])
    output = run("export", "-e", "export_secrets_to=my urls.yml")
    [encrypt] = re.findall(r"^(ansible-vault encrypt .*)$", output, re.MULTILINE)
    [compare] = re.findall(r"^(ansible-playbook ccloud.notifications.plan .*)$", output, re.MULTILINE)

    (tmp_path / "password").write_text("vault-password\n")
    password = "--vault-password-file password"
    script = f"{encrypt} {password} && {compare.replace('--ask-vault-pass', password)}"
    process = run_process(
        tmp_path,
        ["bash", "-ec", f'PATH="{BIN}:$PATH"; {script}'],
        process_environment(tmp_path, environment(emulator)),
    )
    assert process.status == 0, process.output
    assert "changed=0 " in process.output
    assert emulator.writes() == []


# Hostile service


def test_text_of_the_service_is_never_a_template_or_markup(emulator, tmp_path):
    emulator.reset(integrations=[slack("a"), slack("b"), slack("b")])
    for name in ("Connector failed", "API key created"):
        emulator.route(name, "Organization admins", "a")
    files = ["-e", "@organization.yml", "-e", "@urls.yml"]
    reports = ["-e", "verify_html=r.html", "-e", "verify_markdown=r.md"]
    purge = {"bootstrap_integrations": [channel("new")], "bootstrap_purge": True, "plan_html": "p.html"}
    purge.update(bootstrap_when_in_use="ignore", bootstrap_silence_limit=2)

    with tainted(emulator.url, texts) as url:
        output = ""
        variables = {**environment(emulator), "CONFLUENT_CLOUD_ENDPOINT": url}
        for playbook, *flags in (
            ("export", "-e", "export_secrets_to=urls.yml"),
            ("bootstrap", *files, "--check", "--diff"),
            ("plan", "-e", json.dumps(purge)),
            ("verify", *files, *reports, "--diff", "-v"),
        ):
            process = command(
                tmp_path,
                "ansible-playbook",
                f"ccloud.notifications.{playbook}",
                *flags,
                environment=variables,
            )
            assert process.status == 0, process.output[-4000:]
            output += process.output

    assert TEMPLATE in output
    assert list(tmp_path.rglob("PWNED")) == []
    assert not (ROOT / "PWNED").exists()
    assert "\x1b" not in output

    page, table = (tmp_path / "r.html").read_text(), (tmp_path / "r.md").read_text()
    plan = (tmp_path / "p.html").read_text()
    assert TEMPLATE in html.unescape(page)
    assert TEMPLATE in html.unescape(plan)
    assert "<b>[x]" not in page + plan

    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {6}
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(table)
    assert not re.search(r"<(b|a|img|h[2-6])\b", rendered)
    assert rendered.count("<h1>") == 1


def test_invalid_id_is_not_exported(emulator, tmp_path):
    emulator.reset(integrations=[slack("b"), slack("b")])
    with tainted(emulator.url, ids) as url:
        variables = {**environment(emulator), "CONFLUENT_CLOUD_ENDPOINT": url}
        process = command(tmp_path, "ansible-playbook", "ccloud.notifications.export", environment=variables)
    assert process.status == 2
    assert "returned an ID that does not look like one" in " ".join(process.output.split())
    assert list(tmp_path.rglob("PWNED")) == []
    assert not (tmp_path / "organization.yml").exists()


# Verify


def test_drift_gaps_and_unused_are_reported_and_only_drift_fails(run, emulator, tmp_path):
    emulator.reset(integrations=[slack("ops", description="changed by hand"), slack("unused <b>|")])
    emulator.route("Connector failed", "ops")
    variables = {
        "bootstrap_integrations": [channel("ops", description="")],
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["ops"]}],
        "verify_html": "routing.html",
        "bootstrap_policies": [{"name": "no ops", "forbid": {"integrations": ["o*"]}}],
        "verify_markdown": "routing.md",
        "verify_json": "routing.json",
        "verify_junit": "routing.xml",
        "verify_full": True,
    }

    emulator.refuse_writes()
    output = run("verify", variables=variables, status=2)
    plain = " ".join(output.split())
    assert "localhost: 1 object differs from the variables (drift); policies are violated: no ops" in plain
    assert "drift: ~ integration ops Slack ******** changed by hand -> Slack ********" in plain
    assert "Connector failed: ops" in output
    assert "Payment failed: Organization admins   <-- reaches only e-mail" in output
    assert "ksqlDB storage almost full: (not subscribed)   <-- notifies nobody" in output

    page, table = (tmp_path / "routing.html").read_text(), (tmp_path / "routing.md").read_text()
    assert "<li>unused &lt;b&gt;|</li>" in page
    assert "| CRITICAL | SERVICE | Connector failed | ops |  |" in table
    assert "unused \\<b\\>\\|" in table
    assert "(not included)" in table
    assert "(not included)" in output
    assert "<!DOCTYPE" not in output

    findings = json.loads((tmp_path / "routing.json").read_text())["findings"]
    assert {name: len(found) for name, found in findings.items()} == {
        "drift": 1,
        "violations": 1,
        "tests": 0,
        "gaps": 18,
        "unused": 1,
        "lint": 1,
    }
    suite = ElementTree.parse(tmp_path / "routing.xml").getroot().find("testsuite")
    assert (suite.get("tests"), suite.get("failures")) == ("6", "5")
    [failure] = suite.findall("testcase[@name='unused']/failure")
    assert failure.text == "unused <b>|"

    variables["bootstrap_integrations"] = []
    output = run("verify", variables={**variables, "verify_fail_on": ["gaps"]}, status=2)
    assert "18 critical types notify nobody, or only by e-mail" in " ".join(output.split())

    emulator.refuse_writes(False)
    run("verify", "-e", "verify_test=true", "-e", '{"verify_fail_on": []}')
    assert [delivery["display_name"] for delivery in emulator.deliveries()] == ["ops", "unused <b>|"]
