# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and the playbooks, by real processes: an organization from one file, and back into one."""

from __future__ import annotations

import contextlib
import html
import json
import re
import stat
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import yaml
from markdown_it import MarkdownIt

from support.emulator import KEY, SECRET, Emulator, slack
from support.playbooks import BIN, ROOT, command, play, process_environment, run_process
from support.tainting import TEMPLATE, ids, tainted, texts

EXAMPLE = [
    "-e",
    f"@{ROOT}/playbooks/vars/organization.yml",
    "-e",
    f"@{ROOT}/playbooks/vars/secrets.example.yml",
]
CANARY = "canary-91c4"


def environment(emulator, **more):
    return {
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
        **more,
    }


@pytest.fixture
def run(emulator, tmp_path):
    """Plays one of the collection's playbooks in a folder of its own; gives what it printed."""

    def played(playbook, *flags, status=0, variables=None):
        extra = ["-e", json.dumps(variables)] if variables is not None else []
        done = command(
            tmp_path,
            "ansible-playbook",
            f"ccloud.notifications.{playbook}",
            *extra,
            *flags,
            environment=environment(emulator),
        )
        assert done.status == status, done.output[-5000:]
        return done.output

    return played


def lines(output, kind):
    return re.findall(rf'"({kind}: [^"]*)"', output)


def channel(name, **more):
    return {
        "display_name": name,
        "target": {"kind": "Slack", "webhook_url": slack(name)["target"]["webhook_url"]},
        **more,
    }


def test_the_example_is_predicted_done_and_changes_nothing_again(run, emulator):
    emulator.reset(webhook_urls="masked")
    pager = ["-e", json.dumps({"pager_url": emulator.inbox_url("pager")})]
    emulator.refuse_writes()
    predicted = run("bootstrap", *EXAMPLE, *pager, "--check", "--diff")
    emulator.refuse_writes(False)
    done = run("bootstrap", *EXAMPLE, *pager, "--diff")
    for kind in ("integrations", "subscriptions", "resource preferences", "resource subscriptions"):
        as_done = [
            each.replace("to create", "created").replace("to change", "changed")
            for each in lines(predicted, kind)
        ]
        assert [each.replace("to delete", "deleted") for each in as_done] == lines(done, kind)
    assert lines(predicted, "integrations") == [
        "integrations: 11 to create, 0 to change, 0 to delete, 0 unchanged"
    ]
    assert lines(predicted, "test notifications") == []
    assert lines(done, "integrations") == ["integrations: 11 created, 0 changed, 0 deleted, 0 unchanged"]
    assert lines(done, "test notifications") == ["test notifications: 11 sent"]
    assert len(emulator.inbox("pager")) == 1
    assert "not-a-real-secret" not in predicted + done
    seen = len(emulator.requests())
    again = run("bootstrap", *EXAMPLE, *pager)
    assert "changed=0 " in again
    assert lines(again, "subscriptions") == ["subscriptions: 0 created, 0 changed, 0 deleted, 43 unchanged"]
    assert lines(again, "test notifications") == ["test notifications: 0 sent"]
    assert len(emulator.requests()) - seen == 8


def test_new_comes_before_routes_and_what_goes_comes_last(run, emulator):
    emulator.reset(
        integrations=[slack("old"), slack("gone"), slack("data-lake"), slack("stays")],
        delete_in_use="refused",
    )
    emulator.route("Connector failed", "old")
    variables = {
        "bootstrap_integrations": [
            channel("stays"),
            channel("new"),
            {"display_name": "gone", "state": "absent"},
        ],
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["new"]}],
        "bootstrap_purge": True,
        "bootstrap_purge_limit": 1,
        "bootstrap_keep": ["data-*"],
    }
    run("bootstrap", "--check", variables=variables)
    assert emulator.writes() == []
    output = run("bootstrap", variables=variables)
    assert lines(output, "integrations") == ["integrations: 1 created, 0 changed, 2 deleted, 1 unchanged"]
    assert [line.split()[0] for line in emulator.writes() if ":test" not in line] == [
        "POST",
        "PATCH",
        "DELETE",
        "DELETE",
    ]
    assert set(emulator.made()) == {"stays", "new", "data-lake"}
    assert emulator.routes()["Connector failed"] == ["new"]
    assert "changed=0 " in run("bootstrap", variables=variables)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"bootstrap_subscriptions": [{"notification_type": "Conector failed", "integrations": ["new"]}]},
            "Did you mean 'Connector failed'",
        ),
        (
            {"bootstrap_subscriptions": [{"select": {}, "integrations": ["nwe"]}]},
            "the integration 'nwe' does not exist",
        ),
        (
            {"bootstrap_resource_preferences": [{"resource": "environment=env-1"}]},
            "creating it requires current_state",
        ),
        ({"bootstrap_purge": True, "bootstrap_purge_limit": 0}, "1 would be deleted, but `purge_limit` is 0"),
        (
            {"bootstrap_integrations": [channel("new", nonsense=1)]},
            "Unknown option bootstrap_integrations[0].nonsense. Valid options:",
        ),
        (
            {"bootstrap_subscriptions": [{"integrations": ["a"]}, {"integration": ["a"]}]},
            "Unknown option bootstrap_subscriptions[1].integration. Did you mean integrations?",
        ),
        (
            {"bootstrap_integrations": [channel("new"), "pager"]},
            "bootstrap_integrations[1] must be a mapping of options",
        ),
        ({"bootstrap_test": "some"}, "bootstrap_test must be one of changed, all, none"),
    ],
)
def test_everything_is_checked_before_the_first_write(run, emulator, wrong, said):
    emulator.reset(integrations=[slack("old")])
    variables = {"bootstrap_integrations": [channel("new")], **wrong}
    output = run("bootstrap", variables=variables, status=2)
    assert said in " ".join(output.split())
    assert "argument_spec_data" not in output
    assert emulator.writes() == []


def test_parts_are_run_by_their_tags(run, emulator):
    variables = {
        "bootstrap_integrations": [channel("new")],
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["new"]}],
        "bootstrap_test": "all",
    }
    output = run("bootstrap", "--tags", "integrations", "--skip-tags", "test", variables=variables)
    assert lines(output, "integrations") == ["integrations: 1 created, 0 changed, 0 deleted, 0 unchanged"]
    assert lines(output, "subscriptions") == []  # that part did not run
    assert emulator.routes()["Connector failed"] == ["Organization admins"]
    run("bootstrap", "--tags", "subscriptions", variables=variables)
    assert emulator.routes()["Connector failed"] == ["Organization admins", "new"]
    assert emulator.deliveries() == []
    run("bootstrap", "--tags", "test", variables=variables)
    assert len(emulator.deliveries()) == 1


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"bootstrap_integrations": "ops-slack"}, "bootstrap_integrations must be a list."),
    ],
)
def test_likely_mistakes_are_explained(run, emulator, variables, said):
    output = " ".join(run("bootstrap", variables=variables, status=2).split())
    assert said in output
    assert "Nothing was changed." in output
    assert emulator.requests() == []


def test_start_at_task_is_refused_instead_of_doing_nothing(run, emulator):
    variables = {"bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": []}]}
    output = run("bootstrap", "--start-at-task", "Route notifications", variables=variables, status=2)
    assert "were skipped (--start-at-task)" in " ".join(output.split())
    assert emulator.writes() == []


def test_role_runs_twice_in_a_play_beside_variables_of_other_roles(emulator, tmp_path):
    role = {"role": "ccloud.notifications.bootstrap"}
    variables = {"bootstrap_integrations": [channel("new")], "bootstrap_servers": "kafka:9092"}
    both = [
        {
            "hosts": "localhost",
            "connection": "local",
            "gather_facts": False,
            "vars": variables,
            "roles": [role, {**role, "vars": {"x": 1}}],
        }
    ]
    done = play(tmp_path, both, environment=environment(emulator))
    assert done.status == 0, done.output[-3000:]
    assert lines(done.output, "integrations") == [
        "integrations: 1 created, 0 changed, 0 deleted, 0 unchanged",
        "integrations: 0 created, 0 changed, 0 deleted, 1 unchanged",
    ]


def test_module_defaults_of_the_play_reach_the_role(emulator, tmp_path):
    one = {
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
    done = play(tmp_path, [one])
    assert done.status == 0, done.output[-3000:]
    assert set(emulator.made()) == {"new"}


@pytest.mark.parametrize("playbook", ["bootstrap", "export", "verify"])
def test_inventory_is_never_taken_for_the_organization_of_the_environment(run, emulator, tmp_path, playbook):
    (tmp_path / "organizations.yml").write_text("all: {hosts: {org1: {}, org2: {}}}\n")
    variables = {"bootstrap_integrations": [channel("new")]}
    output = run(playbook, "-i", "organizations.yml", variables=variables, status=2)
    assert "The inventory has 2 hosts, each of which may be an organization." in " ".join(output.split())
    assert emulator.requests() == []


def test_nothing_given_is_said(run):
    assert "pass the file with -e @organization.yml" in run("bootstrap", status=2)


def test_several_organizations_at_once_each_with_its_own_credentials(tmp_path):
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        secrets = [f"{CANARY}-{n}" for n in range(3)]
        started = pool.map(
            lambda secret: stack.enter_context(Emulator.started("--api-secret", secret)), secrets
        )
        emulators = list(started)
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
        done = command(tmp_path, "ansible-playbook", "ccloud.notifications.bootstrap", *flags)
        assert done.status == 0, done.output[-5000:]
        for n, emulator in enumerate(emulators):
            assert set(emulator.made()) == {f"channel-{m}" for m in range(n + 1)}
            assert len(emulator.deliveries()) == n + 1
        assert CANARY not in done.output


def test_no_secret_is_in_anything_that_is_printed(run, emulator, tmp_path):
    emulator.reset(
        integrations=[slack("old", f"https://hooks.slack.example/{CANARY}-old")],
        api_secret=f"{CANARY}-secret",
    )
    urls = {
        "one_url": f"https://hooks.slack.example/{CANARY}-one",
        "two_url": f"https://hooks.example/{CANARY}-two",
    }
    (tmp_path / "secrets.yml").write_text(
        yaml.safe_dump({**urls, "bootstrap_api_secret": f"{CANARY}-secret", "bootstrap_api_key": KEY})
    )
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
    assert (
        command(
            tmp_path, "ansible-vault", "encrypt", "secrets.yml", "--vault-password-file", "password"
        ).status
        == 0
    )
    flags = ["-e", "@secrets.yml", "--vault-password-file", "password", "-vvvv", "--diff"]
    printed = run("bootstrap", *flags, "--check", variables=variables)
    printed += run("bootstrap", *flags, variables=variables)
    printed += run(
        "verify", *flags, "-e", "verify_html=routing.html", "-e", "verify_test=true", variables=variables
    )
    printed += run("export", *flags, "-e", "export_secrets_to=urls.yml")
    wrong = {
        **variables,
        "bootstrap_integrations": [{**variables["bootstrap_integrations"][0], "nonsense": 1}],
    }
    printed += run("bootstrap", *flags, variables=wrong, status=2)
    assert set(emulator.made()) == {"one", "two"}
    assert CANARY not in printed
    assert CANARY not in (tmp_path / "routing.html").read_text() + (tmp_path / "organization.yml").read_text()
    assert CANARY in (tmp_path / "urls.yml").read_text()


def test_a_check_that_compares_nothing_fails(run):
    said = "there is nothing to compare with, neither bootstrap_integrations nor bootstrap_subscriptions"
    assert said in run("verify", variables={"bootstrp_integrations": []}, status=2)


@pytest.mark.parametrize("wanted", ["gap", ["gap"]])
def test_what_is_looked_for_is_one_of_three(run, wanted):
    assert "unknown value gap in verify_fail_on. Valid values: drift, gaps, unused." in " ".join(
        run("verify", variables={"verify_fail_on": wanted}, status=2).split()
    )


def test_a_misspelt_variable_is_refused(run, emulator):
    variables = {"bootstrap_integrations": [channel("new")], "bootstrap_purg": True}
    assert "Unknown variable bootstrap_purg. Did you mean bootstrap_purge?" in run(
        "bootstrap", variables=variables, status=2
    )
    assert emulator.writes() == []


# Export


def test_an_exported_organization_is_bootstrapped_without_a_change(run, emulator, tmp_path):
    odd = [
        slack("ops"),
        slack("ops"),
        slack("{{ no_template }}", description="{% raw %} | # 'x' \"y\""),
        slack("Öps: - [x]", "https://hooks.slack.example/x"),
    ]
    emulator.reset(integrations=odd)
    emulator.route("Connector failed", "Organization admins", "{{ no_template }}")
    emulator.route("API key created", "Öps: - [x]", state="DISABLED")
    run("export", "-e", "export_to=here.yml", "-e", "export_secrets_to=urls.yml")
    assert stat.S_IMODE((tmp_path / "urls.yml").stat().st_mode) == 0o600
    assert "hooks.slack.example" not in (tmp_path / "here.yml").read_text()
    output = run("bootstrap", "-e", "@here.yml", "-e", "@urls.yml", "--diff")
    assert "changed=0 " in output
    assert lines(output, "integrations") == ["integrations: 0 created, 0 changed, 0 deleted, 4 unchanged"]
    assert emulator.writes() == []
    assert f"{tmp_path}/here.yml already exists." in " ".join(
        run("export", "-e", "export_to=here.yml", status=2).split()
    )
    run("export", "-e", "export_to=here.yml", "-e", "export_overwrite=true")


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
def test_several_organizations_are_never_written_to_one_file(run, emulator, tmp_path, playbook, names):
    (tmp_path / "hosts.yml").write_text("all: {hosts: {prod: {}, production: {}}}\n")
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all"]
    output = " ".join(run(playbook, *flags, variables={**names, "verify_fail_on": []}, status=2).split())
    assert "would have the same path." in output
    assert f"{tmp_path}/" in output
    assert emulator.requests() == []


def test_names_of_hosts_may_be_parts_of_each_other(run, tmp_path):
    (tmp_path / "hosts.yml").write_text("all: {hosts: {prod: {}, production: {}}}\n")
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all"]
    output = run("export", *flags, "-e", "export_secrets_to={{ inventory_hostname }}-urls.yml")
    expected = {f"{host}{end}.yml" for host in ("prod", "production") for end in ("", "-urls")}
    assert {each.name for each in tmp_path.glob("*.yml")} == expected | {"hosts.yml"}
    assert "-i hosts.yml -e bootstrap_hosts=prod -e @" in output.replace(str(tmp_path) + "/", "")


def test_variables_and_secrets_never_share_a_file(run, tmp_path):
    output = run("export", "-e", "export_to=one.yml", "-e", "export_secrets_to=./one.yml", status=2)
    assert "would have the same path." in " ".join(output.split())
    assert not (tmp_path / "one.yml").exists()


def test_paths_begin_in_the_working_directory_whatever_pwd_says(emulator, tmp_path):
    flags = ["-e", "export_secrets_to=urls.yml"]
    done = command(
        tmp_path,
        "ansible-playbook",
        "ccloud.notifications.export",
        *flags,
        environment=environment(emulator, PWD="/nowhere"),
    )
    assert done.status == 0, done.output[-3000:]
    assert (tmp_path / "organization.yml").exists()
    assert (tmp_path / "urls.yml").exists()
    assert f"were written to {tmp_path}/organization.yml." in done.output


def test_secrets_file_is_never_readable_by_others(run, emulator, tmp_path):
    """Seen by a watcher that reads the mode all the time; a file that existed before, readable by all, is closed first."""
    emulator.reset(integrations=[slack("ops")])
    (tmp_path / "urls.yml").write_text("")
    (tmp_path / "urls.yml").chmod(0o644)
    seen, over = set(), threading.Event()

    def watch():
        while not over.is_set():
            with contextlib.suppress(FileNotFoundError):
                status = (tmp_path / "urls.yml").stat()
                if status.st_size:
                    seen.add(stat.S_IMODE(status.st_mode))

    watcher = threading.Thread(target=watch)
    watcher.start()
    run("export", "-e", "export_secrets_to=urls.yml", "-e", "export_overwrite=true")
    over.set()
    watcher.join()
    assert seen == {0o600}


def test_next_steps_of_an_export_work_when_pasted(run, emulator, tmp_path):
    emulator.reset(integrations=[slack("ops")])
    output = run("export", "-e", "export_secrets_to=my urls.yml")
    [encrypt] = re.findall(r'"(ansible-vault encrypt .*)"', output)
    [compare] = re.findall(r'"(ansible-playbook ccloud.notifications.bootstrap .*)"', output)
    (tmp_path / "password").write_text("vault-password\n")
    password = "--vault-password-file password"
    script = f"{encrypt} {password} && {compare.replace('--ask-vault-pass', password)}"
    done = run_process(
        tmp_path,
        ["bash", "-ec", f'PATH="{BIN}:$PATH"; {script}'],
        process_environment(tmp_path, environment(emulator)),
    )
    assert done.status == 0, done.output
    assert "changed=0 " in done.output
    assert emulator.writes() == []


# A service that attacks


def test_no_text_of_the_service_is_a_template_or_markup(emulator, tmp_path):
    emulator.reset(integrations=[slack("a"), slack("b"), slack("b")])
    for name in ("Connector failed", "API key created"):
        emulator.route(name, "Organization admins", "a")
    with tainted(emulator.url, texts) as url:
        printed = ""
        for playbook, *flags in (
            ("export", "-e", "export_secrets_to=urls.yml"),
            ("bootstrap", "-e", "@organization.yml", "-e", "@urls.yml", "--check", "--diff"),
            (
                "verify",
                "-e",
                "@organization.yml",
                "-e",
                "@urls.yml",
                "-e",
                "verify_html=r.html",
                "-e",
                "verify_markdown=r.md",
                "--diff",
                "-v",
            ),
        ):
            more = {**environment(emulator), "CONFLUENT_CLOUD_ENDPOINT": url}
            done = command(
                tmp_path, "ansible-playbook", f"ccloud.notifications.{playbook}", *flags, environment=more
            )
            assert done.status == 0, done.output[-4000:]
            printed += done.output
    assert TEMPLATE in printed
    assert list(tmp_path.rglob("PWNED")) == []
    assert not (ROOT / "PWNED").exists()
    assert "\x1b" not in printed
    page, table = (tmp_path / "r.html").read_text(), (tmp_path / "r.md").read_text()
    assert TEMPLATE in html.unescape(page)
    assert "<b>" not in page
    rows = [line for line in table.splitlines() if line.startswith("|")]
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in rows} == {6}
    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(table)
    assert not re.search(r"<(b|a|img|h[2-6])\b", rendered)
    assert rendered.count("<h1>") == 1


def test_odd_id_is_refused_instead_of_exported(emulator, tmp_path):
    emulator.reset(integrations=[slack("b"), slack("b")])
    with tainted(emulator.url, ids) as url:
        more = {**environment(emulator), "CONFLUENT_CLOUD_ENDPOINT": url}
        done = command(tmp_path, "ansible-playbook", "ccloud.notifications.export", environment=more)
    assert done.status == 2
    assert "returned an ID that does not look like one" in " ".join(done.output.split())
    assert list(tmp_path.rglob("PWNED")) == []
    assert not (tmp_path / "organization.yml").exists()


# Verify


def test_drift_gaps_and_what_is_unused_are_found_and_only_drift_fails(run, emulator, tmp_path):
    emulator.reset(integrations=[slack("ops", description="changed by hand"), slack("unused <b>|")])
    emulator.route("Connector failed", "ops")
    variables = {
        "bootstrap_integrations": [channel("ops", description="")],
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["ops"]}],
        "verify_html": "routing.html",
        "verify_markdown": "routing.md",
    }
    emulator.refuse_writes()
    output = run("verify", variables=variables, status=2)
    assert "localhost: 1 objects differ from the variables. Run again with --diff" in " ".join(output.split())
    assert "Connector failed: ops" in output
    assert "Payment failed: Organization admins   <-- reaches only e-mail" in output
    assert "ksqlDB storage almost full: (not subscribed)   <-- notifies nobody" in output
    page, table = (tmp_path / "routing.html").read_text(), (tmp_path / "routing.md").read_text()
    assert "unused: unused &lt;b&gt;|" in page
    assert not re.search(r"""(src|href)=|url\(|@import|<script""", page)
    assert "| CRITICAL | SERVICE | Connector failed | ops |  |" in table
    assert "unused \\<b\\>\\|" in table
    assert "(not in the plan)" in table
    assert "(not in the plan)" in output
    assert "<!DOCTYPE" not in output
    variables["bootstrap_integrations"] = []
    assert "18 gaps" in run("verify", variables={**variables, "verify_fail_on": ["gaps"]}, status=2)
    emulator.refuse_writes(False)
    run("verify", "-e", "verify_test=true", "-e", '{"verify_fail_on": []}')
    assert [each["display_name"] for each in emulator.deliveries()] == ["ops", "unused <b>|"]
