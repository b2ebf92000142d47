# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rulebooks, run by a real ansible-rulebook against receivers that validate as the public APIs do."""

from __future__ import annotations

import json
import threading

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


@pytest.fixture
def relay(rulebook, tmp_path):
    """Starts the relay to a receiver; each one uses the same folder."""

    def start(receiver, **variables):
        folder = {"relay_folder": str(tmp_path / "spool"), "pagerduty_routing_key": ROUTING_KEY}
        url = {"pagerduty_url": f"{receiver.url}/v2/enqueue"}
        return rulebook("pagerduty", variables={**folder, **url, **variables})

    return start


def accepted(receiver):
    return [received["body"] for received in receiver.received if received["status"] == 202]


def test_pagerduty_receives_valid_events_and_no_text_is_executed(relay, receive, tmp_path):
    receiver = receive(pagerduty)
    running = relay(receiver)
    marker = tmp_path / "executed"
    posted = [NOTIFICATION, *hostile_notifications(marker)]
    for body in posted:
        assert running.post(body) == 200
    running.wait_for(lambda: len(receiver.received) >= len(posted))

    assert len(accepted(receiver)) == len(posted)
    assert not marker.exists()
    by_key = {event["dedup_key"]: event for event in accepted(receiver)}
    assert by_key["4711"] == {
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
    assert {"5", "6", "7"} < set(by_key)
    assert by_key["7"]["payload"]["summary"] == "[1]"
    assert ROUTING_KEY not in running.output


def test_refused_notification_is_an_event_and_names_no_key(relay, receive):
    receiver = receive(lambda *_request: (403, {"message": "forbidden"}))
    running = relay(receiver)
    running.post(NOTIFICATION)
    running.wait_for_output("1 notifications were not delivered to PagerDuty")
    running.wait_for_output("was not delivered: status 403")
    assert ROUTING_KEY not in running.output


@pytest.mark.parametrize("receiver_is", ["down", "slow", "refusing"])
def test_nothing_that_was_accepted_is_lost_by_kill(relay, receive, receiver_is):
    """The process is killed while notifications wait, and right after the last one was accepted."""
    is_released = threading.Event()

    def respond(method, path, headers, body):
        if is_released.is_set():
            return pagerduty(method, path, headers, body)
        if receiver_is == "slow":
            is_released.wait(60)
        return 429, {}, {"Retry-After": "3600"}

    receiver = receive(respond)
    other = receive(pagerduty)
    other.shutdown()
    other.server_close()
    first = relay(other if receiver_is == "down" else receiver)
    answered = [number for number in range(20) if first.post({**NOTIFICATION, "id": str(number)}) == 200]
    first.kill()
    assert answered == list(range(20))
    assert accepted(receiver) == []

    is_released.set()
    second = relay(receiver)
    second.wait_for(lambda: {event["dedup_key"] for event in accepted(receiver)} == set(map(str, answered)))


def test_a_folder_that_cannot_be_written_is_an_error_for_the_sender(relay, receive, tmp_path):
    running = relay(receive(pagerduty))
    assert running.post(NOTIFICATION) == 200
    (tmp_path / "spool").rename(tmp_path / "elsewhere")
    assert running.post({**NOTIFICATION, "id": "2"}) == 500


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
            "dedup_key": "4711",
            "is_notification": True,
        }
    }


# Without ansible-rulebook


@pytest.mark.parametrize("path", RULEBOOKS, ids=lambda path: path.stem)
def test_actions_use_no_text_that_was_posted(path):
    """Text of `event.payload` could be a template."""
    [rules] = yaml.safe_load(path.read_text())
    [source] = rules["sources"]
    [plugin] = set(source) - {"name", "filters"}
    if "port" in source[plugin]:
        assert source[plugin]["token"] == "{{ notifications_token }}"
    if plugin == "eda.builtin.webhook":
        [[used]] = [list(used) for used in source["filters"]]
        assert used in ("ccloud.notifications.notification", "ccloud.notifications.verification")
    else:
        # Their own texts are no templates.
        assert plugin in ("ccloud.notifications.pagerduty", "ccloud.notifications.audit_log")
    assert "payload" not in str(rules)
