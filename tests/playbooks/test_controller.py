# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct execution in the controller's process: when it is used, and that it behaves like any module."""

from __future__ import annotations

import functools
import json
import os
import pathlib

import pytest

from support import playbooks
from support.emulator import KEY, SECRET, slack
from support.playbooks import command, plays, recording

#: Direct execution only happens in these processes, so coverage is measured here.
play = functools.partial(playbooks.play, measured=True)

INFO = "ccloud.notifications.integration_info"
MODULE = "ccloud.notifications.integration"
#: Only an ordinary module has a temporary folder and runs as a program.
ORDINARY_MODULE = "AnsiballZ_integration"


@pytest.fixture
def connection(emulator):
    return {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}


@pytest.mark.parametrize(
    ("keywords", "is_direct"),
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
            marks=pytest.mark.skipif(os.geteuid() != 0, reason="su requires a password unless run by root"),
        ),
        ({"async": 30, "poll": 1}, False),
    ],
)
def test_task_keywords_determine_where_a_module_runs(emulator, connection, tmp_path, keywords, is_direct):
    process = play(tmp_path, plays(connection, {INFO: {}, **keywords}), "-vvv")
    assert process.status == 0, process.output
    assert (ORDINARY_MODULE not in process.output) is is_direct
    assert emulator.lines() == ["GET /integrations -> 200"]


@pytest.mark.parametrize(("value", "is_direct"), [("true", True), ("no", False)])
def test_environment_variable_switches_direct_execution(emulator, connection, tmp_path, value, is_direct):
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": value}
    process = play(tmp_path, plays(connection, {INFO: {}}), "-vvv", environment=environment)
    assert (ORDINARY_MODULE not in process.output) is is_direct


def test_loop_uses_one_connection(emulator, connection, tmp_path):
    emulator.reset(integrations=10)
    task = {
        MODULE: {"display_name": "channel-0000{{ item }}", "description": "Looped"},
        "loop": list(range(10)),
    }
    process = play(tmp_path, plays(connection, task))
    assert process.status == 0, process.output
    assert len(emulator.requests()) == 20
    assert len({request["connection"] for request in emulator.requests()}) == 1


def test_loop_exchanges_a_token_once(emulator, tmp_path):
    connection = {
        "endpoint": emulator.url,
        "identity_pool_id": "pool-1",
        "external_token": "emulator-external-token",
    }
    task = {INFO: {"display_name": "{{ item }}"}, "loop": ["a", "b", "c"]}
    process = play(tmp_path, plays(connection, task))
    assert process.status == 0, process.output

    lines = [line.split(" ", 1)[1] for line in emulator.lines()]
    assert lines == ["/sts/v1/oauth2/token -> 200"] + ["/integrations -> 200"] * 3


def test_credentials_never_share_a_connection(emulator, connection, tmp_path):
    """Four items alternate between two users. Each user's requests have a connection of their own."""
    users = [[KEY, SECRET], ["reader-key", "reader-secret"]] * 2
    task = {INFO: {"api_key": "{{ item[0] }}", "api_secret": "{{ item[1] }}"}, "loop": users}
    process = play(tmp_path, plays(connection, task))
    assert process.status == 0, process.output
    connections = [request["connection"] for request in emulator.requests()]
    assert connections[0] == connections[2] != connections[1] == connections[3]


def test_wrong_credential_in_a_loop_is_rejected(emulator, connection, tmp_path):
    task = {
        INFO: {"api_secret": "{{ item }}"},
        "loop": [SECRET, "wrong-secret", SECRET],
        "ignore_errors": True,
    }
    play(tmp_path, plays(connection, task))
    assert [request["status"] for request in emulator.requests()] == [200, 401, 200]


def test_wait_is_shown_at_once(emulator, connection, tmp_path):
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "1"})
    process = play(tmp_path, plays(connection, {INFO: {}}), "-v")
    expected = "[localhost] Waiting 1.0 s: GET /notifications/v1/integrations: A test ordered status 429."
    assert expected in process.output


def test_until_and_ignore_errors_work(emulator, connection, tmp_path):
    emulator.fault("status", "GET", status=403)
    retried = {INFO: {}, "register": "read", "until": "read is success", "retries": 2, "delay": 0}
    ignored = {MODULE: {"display_name": "nope"}, "ignore_errors": True}
    process = play(tmp_path, plays(connection, retried, ignored))
    assert process.status == 0, process.output
    assert "ignored=1" in process.output


def test_timeout_keyword_ends_the_task(emulator, connection, tmp_path):
    emulator.fault("delay", "GET", delay_ms=20_000)
    process = play(tmp_path, plays(connection, {INFO: {}, "timeout": 1}))
    assert process.status == 2
    assert "Timed out" in process.output or "expected time frame" in process.output


INVALID_TASKS = [
    {MODULE: {"display_name": "x", "nonsense": 1}},
    {MODULE: {"description": "x"}},
    {MODULE: {"display_name": "x", "target": {"kind": "Carrier"}}},
    {MODULE: {"display_name": "x", "target": False}},
    {MODULE: {"display_name": ["a", "b"], "state": "gone"}},
    {"ccloud.notifications.integrations": {"integrations": [{"name": "a"}, {"state": "absent"}]}},
    {"ccloud.notifications.integration_test": {"id": "i-1", "display_name": "x"}},
]


def test_invalid_options_have_the_same_message_in_both_modes(emulator, connection, tmp_path):
    tasks = [{"name": str(n), **task, "ignore_errors": True} for n, task in enumerate(INVALID_TASKS)]
    messages = {}
    for direct_execution in ("true", "false"):
        folder = tmp_path / direct_execution
        folder.mkdir()
        environment = {
            "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct_execution,
            "ANSIBLE_PIPELINING": "true",
            **recording(folder / "results"),
        }

        process = play(folder, plays(connection, *tasks), environment=environment)
        assert f"ignored={len(INVALID_TASKS)}" in process.output
        lines = [json.loads(line) for line in (folder / "results").read_text().splitlines()]
        messages[direct_execution] = [(line["outcome"], line["result"]["msg"]) for line in lines]

    assert len(messages["true"]) == len(INVALID_TASKS)
    assert messages["true"] == messages["false"]
    assert emulator.requests() == []


def test_no_log_hides_messages_about_waits(emulator, connection, tmp_path):
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "1"})
    process = play(tmp_path, plays(connection, {INFO: {}, "no_log": True}), "-v")
    assert process.status == 0, process.output
    assert "Waiting" not in process.output


@pytest.mark.parametrize("direct_execution", ["true", "false"])
def test_relative_path_is_relative_to_the_playbook(emulator, connection, tmp_path, direct_execution):
    import requests

    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "ca.pem").write_bytes(pathlib.Path(requests.certs.where()).read_bytes())
    content = json.dumps(plays(connection, {INFO: {"ca_path": "ca.pem"}}))
    (tmp_path / "inner" / "play.yml").write_text(content)

    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": direct_execution}
    process = command(tmp_path, "ansible-playbook", "inner/play.yml", environment=environment)
    assert process.status == 0, process.output


def test_invalid_direct_execution_value_is_an_error(emulator, connection, tmp_path):
    environment = {"CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": "junk"}
    process = play(tmp_path, plays(connection, {INFO: {}}), environment=environment)
    assert "ccloud_notifications_direct_execution is 'junk'. It must be true or false." in process.output


def test_no_log_hides_everything(emulator, connection, tmp_path):
    emulator.reset(integrations=[slack("hidden-name")])
    process = play(tmp_path, plays(connection, {INFO: {}, "no_log": True}), "-vvv")
    assert "hidden-name" not in process.output


def test_many_hosts_run_in_parallel_with_their_own_variables(emulator, tmp_path):
    """strategy: free, several forks, and a variable per host."""
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
    hosts_play = {**plays(connection, task)[0], "hosts": "all", "strategy": "free"}
    process = play(tmp_path, [hosts_play], "-i", "hosts.json", "--forks", "3")
    assert process.status == 0, process.output
    assert set(emulator.made()) == {f"channel-{n}" for n in range(6)}


def test_collections_keyword_and_imported_playbook_work(emulator, connection, tmp_path):
    inner = plays(connection, {"integration_info": {}}, collections=["ccloud.notifications"])
    (tmp_path / "inner.yml").write_text(json.dumps(inner))
    (tmp_path / "outer.yml").write_text(json.dumps([{"ansible.builtin.import_playbook": "inner.yml"}]))
    process = command(tmp_path, "ansible-playbook", "outer.yml", "-vvv")
    assert process.status == 0, process.output
    assert ORDINARY_MODULE not in process.output


def test_vaulted_value_is_decrypted_and_redacted(emulator, connection, tmp_path):
    (tmp_path / "password").write_text("vault-password\n")
    url = "https://hooks.slack.example/vaulted-secret"
    arguments = ["encrypt_string", "--vault-password-file", "password", "--name", "vaulted_url", url]
    encrypted = command(tmp_path, "ansible-vault", *arguments)
    lines = encrypted.output.splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("vaulted_url"))
    variable = [line for line in lines[start:] if line.startswith(("vaulted_url", " "))]
    (tmp_path / "vars.yml").write_text("\n".join(variable) + "\n")

    task = {MODULE: {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "{{ vaulted_url }}"}}}
    flags = ["-e", "@vars.yml", "--vault-password-file", "password", "-vvv", "--diff"]
    process = play(tmp_path, plays(connection, task), *flags)
    assert process.status == 0, process.output
    assert emulator.made()["ops"]["target"]["webhook_url"] == url
    assert "vaulted-secret" not in process.output
