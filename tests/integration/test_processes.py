# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only real processes show: secrets in everything that is printed, module defaults, ad-hoc commands."""

from __future__ import annotations

import json

import pytest

from support.emulator import KEY, SECRET, slack
from support.playbooks import command, play, plays

CANARY = "canary-7f3a"


@pytest.fixture
def connection(emulator):
    return {"endpoint": emulator.url, "api_key": KEY, "api_secret": SECRET}


@pytest.mark.parametrize("form", ["json", "yaml"])
def test_no_secret_is_in_anything_that_is_printed(emulator, connection, tmp_path, form):
    """New URLs, the old URL that only the server knows, and the API secret; created, changed, refused, deleted, failed."""
    old_url = f"https://hooks.slack.example/old/{CANARY}-old"
    emulator.reset(integrations=[slack("old", old_url)], api_secret=f"{CANARY}-api-secret", kind_change="refused")
    echo = {"errors": [{"status": "400", "detail": f"cannot use {old_url} or {CANARY}-new/x"}]}
    emulator.fault("status", "PATCH", status=400, body=echo, skip=1)
    variables = {
        "new_url": f"https://hooks.slack.example/new/{CANARY}-new/x",
        "newer_url": f"https://hooks.slack.example/new/{CANARY}-newer/x",
        "secret": f"{CANARY}-api-secret",
    }
    (tmp_path / "secrets.json").write_text(json.dumps(variables))
    module = "ccloud.notifications.integration"

    def target(url, kind="Slack"):
        return {"kind": kind, "webhook_url": "{{ " + url + " }}"}

    made = plays(
        {**connection, "api_secret": "{{ secret }}"},
        {module: {"display_name": "new", "target": target("new_url")}, "check_mode": True},
        {module: {"display_name": "new", "target": target("new_url")}, "register": "created"},
        {module: {"display_name": "old", "target": target("new_url")}},
        {module: {"display_name": "new", "target": target("newer_url")}, "ignore_errors": True},
        {module: {"display_name": "new", "target": target("newer_url", "MsTeams")}, "ignore_errors": True},
        {"ccloud.notifications.integration_info": {}, "register": "all"},
        {"ccloud.notifications.integration_test": {"display_name": "new"}},
        {"ansible.builtin.debug": {"var": "created"}},
        {"ansible.builtin.debug": {"var": "all"}},
        {module: {"display_name": "new", "state": "absent"}},
        {module: {"display_name": "x", "target": target("new_url"), "nonsense": 1}, "ignore_errors": True},
    )
    log = tmp_path / "ansible.log"
    environment = {"ANSIBLE_LOG_PATH": str(log), "ANSIBLE_CALLBACK_RESULT_FORMAT": form}
    played = play(tmp_path, made, "--diff", "-vvvv", "-e", "@secrets.json", environment=environment)
    assert played.status == 0, played.output[-3000:]
    assert "ignored=3" in played.output
    assert CANARY not in played.output
    assert CANARY not in log.read_text()
    for each in emulator.objects():
        assert each["id"] in played.output


def test_an_ad_hoc_command_works(emulator, connection, tmp_path):
    emulator.reset(integrations=[slack("ops")])
    done = command(
        tmp_path,
        "ansible",
        "localhost",
        "-m",
        "ccloud.notifications.integration_info",
        "-a",
        json.dumps({**connection, "name": "ops"}),
    )
    assert done.status == 0, done.output
    assert '"display_name": "ops"' in done.output


@pytest.mark.filterwarnings("ignore:Host management is deprecated", "ignore:AnsibleCollectionFinder has already")
def test_pytest_ansibles_own_fixture_runs_a_module(emulator, connection, localhost):
    emulator.reset(integrations=[slack("ops")])
    info = getattr(localhost, "ccloud.notifications.integration_info")
    [result] = info(**connection, display_name="ops").contacted.values()
    assert [each["display_name"] for each in result["integrations"]] == ["ops"]


def test_a_failure_keeps_what_a_person_needs(emulator, connection, tmp_path):
    emulator.reset(quota=0)
    target = {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}
    made = plays(
        connection,
        {"ccloud.notifications.integration": {"name": "ops", "target": target}, "register": "failed", "ignore_errors": True},
        {"ansible.builtin.assert": {"that": ["failed.error.status == 402", "failed.changed == false", "failed.api.requests == 2"]}},
    )
    played = play(tmp_path, made)
    assert played.status == 0, played.output
    assert "Could not create the integration 'ops': over quota: " in played.output
    assert "integrations_per_org" in played.output
