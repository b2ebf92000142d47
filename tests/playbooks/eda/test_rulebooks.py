# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebooks, run by a real ansible-rulebook against receivers that validate as the public APIs do."""

from __future__ import annotations

import json

import pytest
import yaml

from support.examples import environment
from support.playbooks import ROOT, command
from support.receiver import problem_with

RULEBOOKS = sorted((ROOT / "extensions" / "eda" / "rulebooks").glob("*.yml"))
NOTIFICATION = {
    "id": "4711",
    "title": "Connector failed",
    "message": "The connector orders failed.",
    "created_at": "2026-05-04T14:00:00.123+02:00",
}
#: A text that runs a command wherever it is used as a template.
COMMAND = "{{ lookup('ansible.builtin.pipe', 'touch ' ~ marker) }}"

TEXT = {"type": "string", "minLength": 1}
#: POST /v2/enqueue of PagerDuty's Events API v2, for event_action `trigger`.
PAGERDUTY_EVENT = {
    "type": "object",
    "required": ["routing_key", "event_action", "payload"],
    "additionalProperties": False,
    "properties": {
        "routing_key": {"type": "string", "minLength": 32, "maxLength": 32},
        "event_action": {"const": "trigger"},
        "dedup_key": {"type": "string", "maxLength": 255},
        "client": {"type": "string"},
        "client_url": {"type": "string"},
        "links": {"type": "array"},
        "images": {"type": "array"},
        "payload": {
            "type": "object",
            "required": ["summary", "source", "severity"],
            "additionalProperties": False,
            "properties": {
                "summary": {**TEXT, "maxLength": 1024},
                "source": TEXT,
                "severity": {"enum": ["critical", "error", "warning", "info"]},
                "timestamp": {"type": "string", "format": "date-time"},
                "component": {"type": "string"},
                "group": {"type": "string"},
                "class": {"type": "string"},
                "custom_details": {"type": "object"},
            },
        },
    },
}
ROUTING_KEY = "r" * 32


def pagerduty(_method, path, _headers, body):
    assert path == "/v2/enqueue"
    problem = problem_with(PAGERDUTY_EVENT, body)
    if problem or body["routing_key"] != ROUTING_KEY:
        return 400, {"status": "invalid event", "message": "Event object is invalid", "errors": [problem]}
    return 202, {"status": "success", "message": "Event processed", "dedup_key": body["dedup_key"]}


# Relays


def hostile_notifications(marker):
    """Notifications that are unusual, or that try to run a command."""
    command = COMMAND.replace("marker", repr(str(marker)))
    return [
        {
            **NOTIFICATION,
            "id": "5",
            "title": command,
            "message": f"{command} {{% raw %}}",
            "created_at": command,
        },
        {"id": "6", "title": "[1]" + "x" * 2000, "message": "m" * 20000, "created_at": "yesterday"},
        {"id": 7, "title": "[1]", "message": None},
        {"title": "", "message": "Only a message"},
    ]


def test_pagerduty_receives_valid_events_and_no_text_is_executed(rulebook, receive, tmp_path):
    receiver = receive(pagerduty)
    variables = {"pagerduty_routing_key": ROUTING_KEY, "pagerduty_url": f"{receiver.url}/v2/enqueue"}
    running = rulebook("pagerduty", variables=variables)
    marker = tmp_path / "executed"
    posted = [NOTIFICATION, *hostile_notifications(marker)]
    for body in posted:
        assert running.post(body) == 200
    running.wait_for(lambda: len(receiver.received) >= len(posted))

    assert [received["status"] for received in receiver.received] == [202] * len(posted)
    assert not marker.exists()
    assert receiver.received[0]["body"] == {
        "routing_key": ROUTING_KEY,
        "event_action": "trigger",
        "dedup_key": "4711",
        "client": "Confluent Cloud",
        "payload": {
            "summary": "Connector failed",
            "source": "confluent.cloud",
            "severity": "critical",
            "timestamp": "2026-05-04T12:00:00Z",
            "custom_details": {"id": "4711", "message": "The connector orders failed."},
        },
    }
    assert [received["body"]["dedup_key"] for received in receiver.received[1:]] == [
        "5",
        "6",
        "7",
        "Only a message",
    ]
    assert receiver.received[3]["body"]["payload"]["summary"] == "[1]"
    assert ROUTING_KEY not in running.output


def test_failed_relay_names_the_status_and_no_key(rulebook, receive):
    receiver = receive(lambda *_request: (403, {"message": "forbidden"}))
    variables = {"pagerduty_routing_key": ROUTING_KEY, "pagerduty_url": f"{receiver.url}/v2/enqueue"}
    running = rulebook("pagerduty", variables=variables)
    running.post(NOTIFICATION)
    running.wait_for_output(r'PagerDuty did not accept the notification "4711" \(status 403\)')
    assert ROUTING_KEY not in running.output


# Rules


def test_specific_rules_come_first(rulebook):
    running = rulebook("notifications")
    titles = {
        "Latest connector failed in test env": "A connector failed: m0",
        "Cluster load is critical": "A cluster is under load: m1",
        "Test notification": "Test notification: m2",
        "Invoice available": "'title': 'Invoice available'",
    }
    for number, title in enumerate(titles):
        assert running.post({**NOTIFICATION, "title": title, "message": f"m{number}"}) == 200
    for expected in titles.values():
        running.wait_for_output(expected)
    assert running.output.count("m0") == 1


def test_event_without_the_token_is_refused(rulebook):
    running = rulebook("notifications")
    assert running.post(NOTIFICATION, token="wrong") == 401


def test_drift_and_violations_of_a_report_are_events(rulebook, emulator, tmp_path):
    variables = yaml.safe_load((ROOT / "playbooks" / "vars" / "secrets.example.yml").read_text())
    files = ["-e", f"@{ROOT}/playbooks/vars/organization.yml", "-e", json.dumps(variables)]
    policy = {"name": "critical", "select": {"severities": ["CRITICAL"]}, "require": {"kinds": ["MsTeams"]}}
    for name, more in (("drift", {}), ("violations", {"bootstrap_policies": [policy]})):
        flags = ["-e", json.dumps({"verify_json": f"{name}.json", "verify_fail_on": [], **more})]
        played = command(
            tmp_path,
            *["ansible-playbook", "ccloud.notifications.verify", *files, *flags],
            environment=environment(emulator),
        )
        assert played.status == 0, played.output

    running = rulebook("drift")
    for name, expected in (
        ("drift", r"localhost differs from its variables in \d\d objects"),
        ("violations", "localhost violates policies: critical: "),
    ):
        report = json.loads((tmp_path / f"{name}.json").read_text())
        assert running.post(report, path="drift") == 200
        running.wait_for_output(expected)


def test_job_template_is_launched_once_with_the_notification(rulebook, receive):
    def controller(method, path, headers, body):
        assert headers["Authorization"] == "Bearer controller-token"
        path = path.partition("?")[0]
        if path == "/api/v2/config/":
            return 200, {"version": "4.7.0"}
        if path == "/api/v2/unified_job_templates/":
            asks = ("limit", "labels", "inventory", "variables")
            template = {
                "id": 7,
                "type": "job_template",
                "name": "Restart a connector",
                "summary_fields": {"organization": {"name": "Default"}},
                "related": {"launch": "/api/v2/job_templates/7/launch/"},
                **{f"ask_{option}_on_launch": True for option in asks},
            }
            return 200, {"count": 1, "next": None, "results": [template]}
        if (method, path) == ("POST", "/api/v2/job_templates/7/launch/"):
            return 201, {"id": 1, "url": "/api/v2/jobs/1/"}
        if path in ("/api/v2/jobs/", "/api/v2/jobs/1/"):
            job = {
                "id": 1,
                "url": "/api/v2/jobs/1/",
                "status": "successful",
                "created": "2026-05-04T12:00:00Z",
            }
            return 200, {"count": 1, "next": None, "results": [job]}
        return 200, {"count": 0, "next": None, "results": []}

    receiver = receive(controller)
    running = rulebook(
        "job_template",
        *["--controller-url", receiver.url, "--controller-token", "controller-token"],
        variables={"job_template": "Restart a connector", "organization": "Default"},
        EDA_JOB_TEMPLATE_REFRESH_DELAY="0.2",
    )
    assert running.post({**NOTIFICATION, "title": f"Connector failed {COMMAND}"}) == 200
    assert running.post({**NOTIFICATION, "title": f"Connector failed {COMMAND}"}) == 200
    running.wait_for(lambda: [sent for sent in receiver.received if "/jobs/" in sent["path"]])
    [launched] = [sent["body"] for sent in receiver.received if sent["method"] == "POST"]
    assert launched["extra_vars"] == {
        "notification": {
            "id": "4711",
            "title": f"Connector failed {COMMAND.replace('{{', '{ {')}",
            "message": "The connector orders failed.",
            "created_at": "2026-05-04T12:00:00Z",
            "is_notification": True,
            "extra": {},
        }
    }


# Without ansible-rulebook


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_actions_use_no_text_that_was_posted(path):
    """Text of `event.payload` could be a template."""
    [rules] = yaml.safe_load(path.read_text())
    [source] = rules["sources"]
    assert source["eda.builtin.webhook"]["token"] == "{{ notifications_token }}"
    assert [list(used) for used in source["filters"]] == [["ccloud.notifications.notification"]]
    assert "payload" not in str(rules)
