# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks fail if they would do nothing, replace no special file, and run on the controller."""

from __future__ import annotations

import json
import os
import stat

import pytest
import yaml

from support.emulator import slack
from support.examples import environment
from support.playbooks import command

ORGANIZATION = {"bootstrap_organization_id": "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"}
RULES = {"bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["ops"]}]}


@pytest.fixture
def play(emulator, tmp_path):
    """Runs a playbook with rules; returns its status and its output."""
    emulator.reset(integrations=[slack("ops")])
    inventory = {"hosts": {"production": ORGANIZATION}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": inventory}))
    inventory["vars"] = {"bootstrap_hosts": "production"}
    (tmp_path / "chosen.yml").write_text(yaml.safe_dump({"all": inventory}))

    def run(playbook, *flags, **variables):
        given = ["-e", json.dumps({**RULES, **variables})]
        return command(
            tmp_path, "ansible-playbook", playbook, *given, *flags, environment=environment(emulator)
        )

    return run


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (
            ["-i", "hosts.yml", "-e", "bootstrap_hosts=prodution"],
            "No host matches: bootstrap_hosts is 'prodution'",
        ),
        (["-i", "missing.yml", "-e", "bootstrap_hosts=all"], "does not exist. Correct -i."),
        (
            ["-i", "hosts.yml", "-e", "bootstrap_hosts="],
            "bootstrap_hosts is empty, so no host would be used.",
        ),
        (["-i", "a,b"], "The inventory has 2 hosts, and each may be an organization."),
        (["--skip-tags", "untagged"], "Nothing would run with --skip-tags untagged."),
        (["-i", "hosts.yml", "-e", "bootstrap_hosts=all:!stagng"], "No host matches 'stagng'"),
        (
            ["-i", "hosts.yml", "-e", "bootstrap_hosts=all", "--limit", "production,stagng"],
            "No host matches 'stagng'",
        ),
        (["-i", "chosen.yml"], "bootstrap_hosts is 'production' in the inventory, where it has no effect"),
    ],
)
def test_a_playbook_that_would_do_nothing_fails(play, emulator, flags, message):
    played = play("ccloud.notifications.verify", *flags)
    assert played.status == 2, played.output
    assert message in " ".join(played.output.split())
    assert "Nothing was done." in played.output
    assert emulator.requests() == []


@pytest.mark.parametrize(
    "playbook", ["bootstrap", "check_relay", "export", "import_terraform", "plan", "test", "verify"]
)
def test_every_playbook_begins_with_that_check(play, tmp_path, playbook):
    played = play(f"ccloud.notifications.{playbook}", "--tags", "nightly", relay_folder=str(tmp_path))
    assert played.status == 2, played.output
    assert "No task has the tag 'nightly'" in " ".join(played.output.split())


@pytest.mark.parametrize(
    ("limit", "message"),
    [
        # A limit without any host of the inventory is refused by ansible-core itself.
        ("staging", "leaves us with no hosts to target"),
        ("runner", "the limit is 'runner'"),
    ],
)
def test_a_limit_that_leaves_no_host_fails(play, emulator, tmp_path, limit, message):
    groups = {"organizations": {"hosts": {"production": ORGANIZATION}}, "others": {"hosts": {"runner": None}}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"children": groups}}))
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=organizations", "--limit", limit]
    played = play("ccloud.notifications.verify", *flags)
    assert played.status != 0, played.output
    assert message in " ".join(played.output.split())
    assert emulator.requests() == []


def test_a_result_is_needed_by_the_last_task(play, emulator):
    """A name in an included role is unknown to --start-at-task, so the tasks of the playbook itself matter."""
    played = play("ccloud.notifications.verify", "--start-at-task", "Hand the result to the next job")
    assert played.status == 2, played.output
    assert "the previous task was skipped" in played.output
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"bootstrap_keep": ["x", None]}, "bootstrap_keep[1] is null."),
        ({"bootstrap_keep": ["x", "{{ none }}"]}, "bootstrap_keep[1] is null."),
        ({"bootstrap_integrations": [{"display_name": "ops"}, None]}, "bootstrap_integrations[1] is null."),
        (
            {"bootstrap_subscriptions": [{"select": {"severities": None}, "integrations": ["ops"]}]},
            "bootstrap_subscriptions[0].select has no value for severities.",
        ),
        (
            {"bootstrap_tests": [{"name": "t", "notification_type": "x", "expect": [None]}]},
            "bootstrap_tests[0].expect[0] is null.",
        ),
    ],
)
def test_a_null_is_never_taken_for_an_omitted_item(play, emulator, variables, message):
    """Since ansible-core 2.19, no placeholder says what was omitted."""
    played = play("ccloud.notifications.bootstrap", **variables, bootstrap_purge=True)
    assert played.status == 2, played.output
    assert message in " ".join(played.output.split())
    assert emulator.requests() == []


def test_a_variable_that_is_omitted_is_not_defined(play):
    omitted = {
        "bootstrap_owner": "{{ nobody | default(omit) }}",
        "bootstrap_keep": ["{{ no | default(omit) }}", "x"],
    }
    played = play("ccloud.notifications.plan", **omitted)
    assert played.status == 0, played.output


def test_a_list_of_hosts_is_a_pattern(play):
    chosen = ["-i", "hosts.yml", "-e", json.dumps({"bootstrap_hosts": ["production"], "verify_fail_on": []})]
    played = play("ccloud.notifications.verify", *chosen)
    assert played.status == 0, played.output


@pytest.mark.parametrize(
    ("kind", "playbook", "variable"),
    [
        ("pipe", "plan", "plan_json"),
        ("folder", "verify", "verify_html"),
        ("link to a folder", "export", "export_catalog_to"),
    ],
)
def test_what_is_no_regular_file_is_never_replaced(play, emulator, tmp_path, kind, playbook, variable):
    """A device that was replaced by a report cost a machine its /dev/null."""
    path = tmp_path / "target"
    if kind == "pipe":
        os.mkfifo(path)
    else:
        (tmp_path / "folder").mkdir()
        path = path if kind == "link to a folder" else tmp_path / "folder"
        if kind == "link to a folder":
            path.symlink_to(tmp_path / "folder")
    before = os.lstat(path)
    played = play(f"ccloud.notifications.{playbook}", **{variable: str(path)})
    assert played.status == 2, played.output
    assert variable in played.output
    after = os.lstat(path)
    assert (stat.S_IFMT(after.st_mode), after.st_ino) == (stat.S_IFMT(before.st_mode), before.st_ino)
    assert emulator.requests() == []


@pytest.mark.parametrize("variables", [{"ansible_become": True}, {"ansible_connection": "network_cli"}])
@pytest.mark.parametrize("playbook", ["plan", "verify"])
def test_the_role_runs_on_the_controller_whatever_the_inventory_says(play, tmp_path, playbook, variables):
    hosts = {"production": {**ORGANIZATION, **variables, "ansible_become_method": "does-not-exist"}}
    (tmp_path / "hosts.yml").write_text(yaml.safe_dump({"all": {"hosts": hosts}}))
    flags = ["-i", "hosts.yml", "-e", "bootstrap_hosts=all", "-e", json.dumps({"verify_fail_on": []})]
    played = play(f"ccloud.notifications.{playbook}", *flags)
    assert played.status == 0, played.output


def test_a_role_that_depends_on_ours_may_be_used_twice(play, emulator, tmp_path):
    """ansible-core skips a role that was used with the same parameters, unless its metadata allows duplicates."""
    meta = tmp_path / "roles" / "channel" / "meta"
    meta.mkdir(parents=True)
    (meta / "main.yml").write_text(
        yaml.safe_dump({"dependencies": [{"role": "ccloud.notifications.bootstrap"}]})
    )
    roles = [
        {
            "role": "channel",
            "bootstrap_integrations": [{"display_name": name, "target": slack(name)["target"]}],
            "bootstrap_subscriptions": [],
        }
        for name in ("team-a", "team-b")
    ]
    plays = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": roles}]
    (tmp_path / "play.yml").write_text(yaml.safe_dump(plays))
    (tmp_path / "empty.yml").write_text("{}")
    played = command(
        tmp_path,
        "ansible-playbook",
        "play.yml",
        environment={**environment(emulator), "ANSIBLE_ROLES_PATH": str(tmp_path / "roles")},
    )
    assert played.status == 0, played.output
    assert {"team-a", "team-b"} <= set(emulator.made())
