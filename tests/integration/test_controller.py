# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Controller-side execution: where it happens, where it does not, and that it behaves as any module does."""

from __future__ import annotations

import functools
import json
import os
import pathlib

import pytest

from support import playbooks
from support.emulator import KEY, SECRET, slack
from support.playbooks import command, plays, recording

#: The controller's side only exists in these processes, so this is where its coverage is counted.
play = functools.partial(playbooks.play, measured=True)

INFO = "ccloud.notifications.integration_info"
MODULE = "ccloud.notifications.integration"
#: Only an ordinary module is given a temporary folder and started as a program.
STARTED = "AnsiballZ_integration"


@pytest.fixture
def connection(emulator):
    return {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}


@pytest.mark.parametrize(
    ("keywords", "in_place"),
    [
        ({}, True),
        ({"environment": [{}, {}]}, True),
        ({"delegate_to": "localhost"}, True),
        ({"run_once": True}, True),
        ({"no_log": True}, True),
        ({"vars": {"ccloud_notifications_direct_execution": True}}, True),
        ({"environment": {"SOME": "thing"}}, False),
        ({"vars": {"ccloud_notifications_direct_execution": False}}, False),
        ({"vars": {"ccloud_notifications_direct_execution": "{{ 1 == 2 }}"}}, False),
        pytest.param(
            {"become": True, "become_method": "ansible.builtin.su"},
            False,
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="su asks anybody but root for a password"),
        ),
        ({"async": 30, "poll": 1}, False),
    ],
)
def test_where_a_module_runs(emulator, connection, tmp_path, keywords, in_place):
    played = play(tmp_path, plays(connection, {INFO: {}, **keywords}), "-vvv")
    assert played.status == 0, played.output
    assert (STARTED not in played.output) is in_place
    assert emulator.lines() == ["GET /integrations -> 200"]


@pytest.mark.parametrize(("value", "in_place"), [("true", True), ("no", False)])
def test_the_environment_switches_it_too(emulator, connection, tmp_path, value, in_place):
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": value}
    played = play(tmp_path, plays(connection, {INFO: {}}), "-vvv", environment=environment)
    assert (STARTED not in played.output) is in_place


def test_a_loop_keeps_one_connection(emulator, connection, tmp_path):
    emulator.reset(integrations=10)
    task = {
        MODULE: {"display_name": "channel-0000{{ item }}", "description": "Looped"},
        "loop": list(range(10)),
    }
    played = play(tmp_path, plays(connection, task))
    assert played.status == 0, played.output
    assert len(emulator.requests()) == 20
    assert len({each["connection"] for each in emulator.requests()}) == 1


def test_a_loop_exchanges_a_token_once(emulator, tmp_path):
    connection = {
        "endpoint": emulator.url,
        "identity_pool_id": "pool-1",
        "external_token": "emulator-external-token",
    }
    played = play(
        tmp_path, plays(connection, {INFO: {"display_name": "{{ item }}"}, "loop": ["a", "b", "c"]})
    )
    assert played.status == 0, played.output
    assert [line.split(" ", 1)[1] for line in emulator.lines()] == ["/sts/v1/oauth2/token -> 200"] + [
        "/integrations -> 200"
    ] * 3


def test_a_connection_is_never_shared_between_credentials(emulator, connection, tmp_path):
    """Four items, two users by turns: each user's requests travel on a connection of their own."""
    users = [[KEY, SECRET], ["reader-key", "reader-secret"]] * 2
    task = {INFO: {"api_key": "{{ item[0] }}", "api_secret": "{{ item[1] }}"}, "loop": users}
    played = play(tmp_path, plays(connection, task))
    assert played.status == 0, played.output
    used = [each["connection"] for each in emulator.requests()]
    assert used[0] == used[2] != used[1] == used[3]


def test_a_wrong_credential_in_a_loop_stays_wrong(emulator, connection, tmp_path):
    task = {
        INFO: {"api_secret": "{{ item }}"},
        "loop": [SECRET, "wrong-secret", SECRET],
        "ignore_errors": True,
    }
    play(tmp_path, plays(connection, task))
    assert [each["status"] for each in emulator.requests()] == [200, 401, 200]


def test_a_long_wait_is_told_at_once(emulator, connection, tmp_path):
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "1"})
    played = play(tmp_path, plays(connection, {INFO: {}}), "-v")
    assert (
        "[localhost] Waiting 1.0 s: GET /notifications/v1/integrations: A test ordered status 429."
        in played.output
    )


def test_retries_until_and_ignore_errors(emulator, connection, tmp_path):
    emulator.fault("status", "GET", status=403)
    retried = {INFO: {}, "register": "read", "until": "read is success", "retries": 2, "delay": 0}
    ignored = {MODULE: {"display_name": "nope"}, "ignore_errors": True}
    played = play(tmp_path, plays(connection, retried, ignored))
    assert played.status == 0, played.output
    assert "ignored=1" in played.output


def test_a_task_time_out_ends_the_task(emulator, connection, tmp_path):
    emulator.fault("delay", "GET", delay_ms=20_000)
    played = play(tmp_path, plays(connection, {INFO: {}, "timeout": 1}))
    assert played.status == 2
    assert "Timed out" in played.output or "expected time frame" in played.output


BAD_TASKS = [
    {MODULE: {"display_name": "x", "nonsense": 1}},
    {MODULE: {"display_name": "x", "target": {"kind": "Slack", "weburl": "x"}}},
    {MODULE: {"description": "x"}},
    {MODULE: {"display_name": "x", "target": {"kind": "Carrier"}}},
    {MODULE: {"display_name": "x", "target": "no mapping"}},
    {MODULE: {"display_name": "x", "target": False}},
    {MODULE: {"display_name": "x", "timeout": "soon"}},
    {MODULE: {"display_name": ["a", "b"], "state": "gone"}},
    {"ccloud.notifications.integrations": {}},
    {"ccloud.notifications.integrations": {"integrations": [{"name": "a"}, {"state": "absent"}]}},
    {"ccloud.notifications.integration_test": {"id": "i-1", "display_name": "x"}},
]


def test_bad_options_fail_with_the_same_message_as_in_a_module(emulator, connection, tmp_path):
    named = [{"name": str(number), **task, "ignore_errors": True} for number, task in enumerate(BAD_TASKS)]
    messages = {}
    for controller_side in ("true", "false"):
        folder = tmp_path / controller_side
        folder.mkdir()
        environment = {
            "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": controller_side,
            "ANSIBLE_PIPELINING": "true",
            **recording(folder / "results"),
        }
        played = play(folder, plays(connection, *named), environment=environment)
        assert f"ignored={len(BAD_TASKS)}" in played.output
        lines = [json.loads(line) for line in (folder / "results").read_text().splitlines()]
        messages[controller_side] = [(line["outcome"], line["result"]["msg"]) for line in lines]
    assert len(messages["true"]) == len(BAD_TASKS)
    assert messages["true"] == messages["false"]
    assert emulator.requests() == []


def test_no_log_hides_the_lines_of_waits_too(emulator, connection, tmp_path):
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "1"})
    played = play(tmp_path, plays(connection, {INFO: {}, "no_log": True}), "-v")
    assert played.status == 0, played.output
    assert "Waiting" not in played.output


@pytest.mark.parametrize("controller_side", ["true", "false"])
def test_a_relative_path_begins_at_the_playbook(emulator, connection, tmp_path, controller_side):
    import requests

    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "ca.pem").write_bytes(pathlib.Path(requests.certs.where()).read_bytes())
    (tmp_path / "inner" / "play.yml").write_text(json.dumps(plays(connection, {INFO: {"ca_path": "ca.pem"}})))
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": controller_side}
    played = command(tmp_path, "ansible-playbook", "inner/play.yml", environment=environment)
    assert played.status == 0, played.output


def test_a_switch_that_is_neither_on_nor_off_is_said(emulator, connection, tmp_path):
    played = play(
        tmp_path, plays(connection, {INFO: {}}), environment={"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": "junk"}
    )
    assert "ccloud_notifications_direct_execution is 'junk'. It must be true or false." in played.output


def test_no_log_hides_everything(emulator, connection, tmp_path):
    emulator.reset(integrations=[slack("hidden-name")])
    played = play(tmp_path, plays(connection, {INFO: {}, "no_log": True}), "-vvv")
    assert "hidden-name" not in played.output


def test_many_hosts_at_once_each_to_its_own_organization(emulator, tmp_path):
    """strategy: free, forks, delegate_to a local connection, and variables of each host."""
    hosts = {f"org{n}": {"ansible_connection": "local", "name_of_channel": f"channel-{n}"} for n in range(6)}
    (tmp_path / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts}}))
    task = {
        MODULE: {
            "display_name": "{{ name_of_channel }}",
            "target": {
                "kind": "Slack",
                "webhook_url": "https://hooks.slack.example/{{ inventory_hostname }}",
            },
        }
    }
    connection = {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}
    made = [{**plays(connection, task)[0], "hosts": "all", "strategy": "free"}]
    played = play(tmp_path, made, "-i", "hosts.json", "--forks", "3")
    assert played.status == 0, played.output
    assert set(emulator.made()) == {f"channel-{n}" for n in range(6)}


def test_the_collections_keyword_and_an_imported_playbook(emulator, connection, tmp_path):
    (tmp_path / "inner.yml").write_text(
        json.dumps(plays(connection, {"integration_info": {}}, collections=["ccloud.notifications"]))
    )
    (tmp_path / "outer.yml").write_text(json.dumps([{"ansible.builtin.import_playbook": "inner.yml"}]))
    played = command(tmp_path, "ansible-playbook", "outer.yml", "-vvv")
    assert played.status == 0, played.output
    assert STARTED not in played.output


def test_a_vaulted_value_arrives_in_clear_and_stays_hidden(emulator, connection, tmp_path):
    (tmp_path / "password").write_text("vault-password\n")
    url = "https://hooks.slack.example/vaulted-secret"
    made = command(
        tmp_path,
        "ansible-vault",
        "encrypt_string",
        "--vault-password-file",
        "password",
        "--name",
        "vaulted_url",
        url,
    )
    lines = made.output.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("vaulted_url"))
    kept = [line for line in lines[start:] if line.startswith(("vaulted_url", " "))]
    (tmp_path / "vars.yml").write_text("\n".join(kept) + "\n")
    task = {MODULE: {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "{{ vaulted_url }}"}}}
    flags = ["-e", "@vars.yml", "--vault-password-file", "password", "-vvv", "--diff"]
    played = play(tmp_path, plays(connection, task), *flags)
    assert played.status == 0, played.output
    assert emulator.made()["ops"]["target"]["webhook_url"] == url
    assert "vaulted-secret" not in played.output
