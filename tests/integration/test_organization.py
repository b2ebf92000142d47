# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role and the playbooks, by real processes: an organization from one file, and back into one."""

from __future__ import annotations

import json
import re
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

import pytest
import yaml

from support.emulator import KEY, SECRET, Emulator, slack
from support.playbooks import ROOT, command

EXAMPLE = ["-e", f"@{ROOT}/playbooks/vars/organization.yml", "-e", f"@{ROOT}/playbooks/vars/secrets.example.yml"]
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
    return {"display_name": name, "target": {"kind": "Slack", "webhook_url": slack(name)["target"]["webhook_url"]}, **more}


@pytest.mark.parametrize("urls", ["clear", "masked"])
def test_the_example_is_predicted_done_and_changes_nothing_again(run, emulator, urls):
    emulator.reset(webhook_urls=urls)
    pager = ["-e", json.dumps({"pager_url": emulator.inbox_url("pager")})]
    emulator.refuse_writes()
    predicted = run("bootstrap", *EXAMPLE, *pager, "--check", "--diff")
    emulator.refuse_writes(False)
    done = run("bootstrap", *EXAMPLE, *pager, "--diff")
    for kind in ("integrations", "subscriptions", "resource preferences", "resource subscriptions"):
        assert lines(predicted, kind) == lines(done, kind)
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
    emulator.reset(integrations=[slack("old"), slack("gone"), slack("data-lake"), slack("stays")], delete_in_use="refused")
    emulator.route("Connector failed", "old")
    variables = {
        "bootstrap_integrations": [channel("stays"), channel("new"), {"display_name": "gone", "state": "absent"}],
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["new"]}],
        "bootstrap_purge": True,
        "bootstrap_purge_limit": 1,
        "bootstrap_keep": ["data-*"],
    }
    run("bootstrap", "--check", variables=variables)
    assert emulator.writes() == []
    output = run("bootstrap", variables=variables)
    assert lines(output, "integrations") == ["integrations: 1 created, 0 changed, 2 deleted, 1 unchanged"]
    assert [line.split()[0] for line in emulator.writes() if ":test" not in line] == ["POST", "PATCH", "DELETE", "DELETE"]
    assert set(emulator.made()) == {"stays", "new", "data-lake"}
    assert emulator.routes()["Connector failed"] == ["new"]
    assert "changed=0 " in run("bootstrap", variables=variables)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (
            {"bootstrap_subscriptions": [{"notification_type": "Conector failed", "integrations": ["new"]}]},
            "near to it: 'Connector failed'",
        ),
        ({"bootstrap_subscriptions": [{"select": {}, "integrations": ["nwe"]}]}, "there is no integration 'nwe'"),
        ({"bootstrap_resource_preferences": [{"resource": "environment=env-1"}]}, "no current_state is given"),
        ({"bootstrap_purge": True, "bootstrap_purge_limit": 0}, "1 would be deleted, and purge_limit is 0"),
        ({"bootstrap_integrations": [channel("new", nonsense=1)]}, "nonsense"),
        ({"bootstrap_test": "some"}, "value of bootstrap_test must be one of"),
    ],
)
def test_everything_is_checked_before_the_first_write(run, emulator, wrong, said):
    emulator.reset(integrations=[slack("old")])
    variables = {"bootstrap_integrations": [channel("new")], **wrong}
    output = run("bootstrap", variables=variables, status=2)
    assert said in " ".join(output.split())
    assert emulator.writes() == []


def test_parts_are_run_by_their_tags(run, emulator):
    variables = {
        "bootstrap_integrations": [channel("new")],
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["new"]}],
        "bootstrap_test": "all",
    }
    run("bootstrap", "--tags", "integrations", "--skip-tags", "test", variables=variables)
    assert emulator.routes()["Connector failed"] == ["Organization admins"]
    run("bootstrap", "--tags", "subscriptions", variables=variables)
    assert emulator.routes()["Connector failed"] == ["Organization admins", "new"]
    assert emulator.deliveries() == []
    run("bootstrap", "--tags", "test", variables=variables)
    assert len(emulator.deliveries()) == 1


def test_nothing_given_is_said(run):
    assert "pass the file with -e @organization.yml" in run("bootstrap", status=2)


def test_several_organizations_at_once_each_with_its_own_credentials(tmp_path):
    with ExitStack() as stack, ThreadPoolExecutor(2) as pool:
        secrets = [f"{CANARY}-{n}" for n in range(3)]
        started = pool.map(lambda secret: stack.enter_context(Emulator.started("--api-secret", secret)), secrets)
        emulators = list(started)
        hosts = {}
        for n, emulator in enumerate(emulators):
            channels = [channel(f"channel-{m}") for m in range(n + 1)]
            connection = {"bootstrap_endpoint": emulator.url, "bootstrap_api_key": KEY, "bootstrap_api_secret": secrets[n]}
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
    emulator.reset(integrations=[slack("old", f"https://hooks.slack.example/{CANARY}-old")], api_secret=f"{CANARY}-secret")
    urls = {"one_url": f"https://hooks.slack.example/{CANARY}-one", "two_url": f"https://hooks.example/{CANARY}-two"}
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump({**urls, "bootstrap_api_secret": f"{CANARY}-secret", "bootstrap_api_key": KEY}))
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
    assert command(tmp_path, "ansible-vault", "encrypt", "secrets.yml", "--vault-password-file", "password").status == 0
    flags = ["-e", "@secrets.yml", "--vault-password-file", "password", "-vvvv", "--diff"]
    printed = run("bootstrap", *flags, "--check", variables=variables)
    printed += run("bootstrap", *flags, variables=variables)
    printed += run("verify", *flags, "-e", "verify_html=routing.html", "-e", "verify_test=true", variables=variables)
    printed += run("export", *flags, "-e", "export_secrets_to=urls.yml")
    wrong = {**variables, "bootstrap_integrations": [{**variables["bootstrap_integrations"][0], "nonsense": 1}]}
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
    assert "verify_fail_on is a list of drift, gaps, unused, and has gap." in run("verify", variables={"verify_fail_on": wanted}, status=2)


def test_a_misspelt_variable_is_refused(run, emulator):
    variables = {"bootstrap_integrations": [channel("new")], "bootstrap_purg": True}
    assert "There is no variable bootstrap_purg. There are: bootstrap_integrations," in run("bootstrap", variables=variables, status=2)
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
    assert "here.yml is there already" in run("export", "-e", "export_to=here.yml", status=2)
    run("export", "-e", "export_to=here.yml", "-e", "export_overwrite=true")


def test_several_organizations_are_never_written_to_one_file(run, emulator, tmp_path):
    (tmp_path / "hosts.yml").write_text("all: {hosts: {org1: {}, org2: {}}}\n")
    several = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all"]
    assert "Have {{ inventory_hostname }} in export_to" in run("export", *several, "-e", "export_to=one.yml", status=2)
    assert "Have {{ inventory_hostname }} in verify_html" in " ".join(
        run("verify", *several, "-e", "verify_html=one.html", status=2).split()
    )
    run("export", *several, "-e", "export_secrets_to={{ inventory_hostname }}-urls.yml")
    assert {each.name for each in tmp_path.glob("org*.yml")} == {"org1.yml", "org2.yml", "org1-urls.yml", "org2-urls.yml"}


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
    assert "is not as it should be: 1 differences from the variables, 18 gaps, 1 unused integrations" in " ".join(output.split())
    assert "Connector failed: ops" in output
    assert "Payment failed: Organization admins   <-- reaches only e-mail" in output
    assert "ksqlDB storage almost full: (not subscribed)   <-- nobody hears of it" in output
    page, table = (tmp_path / "routing.html").read_text(), (tmp_path / "routing.md").read_text()
    assert "unused: unused &lt;b&gt;|" in page
    assert not re.search(r"""(src|href)=|url\(|@import|<script""", page)
    assert "| CRITICAL | SERVICE | Connector failed | ops |  |" in table
    assert "unused &lt;b>\\|" in table
    variables["bootstrap_integrations"] = []
    assert "18 gaps" in run("verify", variables={**variables, "verify_fail_on": ["gaps"]}, status=2)
    emulator.refuse_writes(False)
    run("verify", "-e", "verify_test=true", "-e", '{"verify_fail_on": []}')
    assert [each["display_name"] for each in emulator.deliveries()] == ["ops", "unused <b>|"]
