# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``organization``: properties of any organization and any desired state."""

from __future__ import annotations

import json
import os
import signal
import time

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from support.emulator import slack, webhook

CRITICAL, WARNING, OPTIONAL, REQUIRED = (
    "Connector failed",
    "Connector degraded",
    "API key created",
    "Payment failed",
)
TYPES = (CRITICAL, WARNING, OPTIONAL, REQUIRED)
ADMINS = "Organization admins"
NAMES = ("ops", "pager", "data")

existing_integrations = st.fixed_dictionaries({}, optional={name: st.booleans() for name in NAMES})
names = st.lists(st.sampled_from(NAMES), min_size=1, unique=True)


@st.composite
def organizations(draw):
    """The integrations (True: a Slack channel, False: a webhook), and the routes of some types."""
    integrations = draw(existing_integrations)
    recipients = st.lists(st.sampled_from([ADMINS, *integrations]), min_size=1, unique=True)
    state = st.sampled_from(["ENABLED", "DISABLED"])
    routes = draw(st.fixed_dictionaries({}, optional={name: st.tuples(recipients, state) for name in TYPES}))
    return integrations, routes


@st.composite
def items(draw, name):
    if draw(st.integers(0, 4)) == 0:
        return {"display_name": name, "state": "absent"}
    is_slack = draw(st.booleans())
    target = (slack(name) if is_slack else webhook(name, f"https://hooks.example/{name}"))["target"]
    item = {
        "display_name": name,
        "target": {"kind": target["kind"], "webhook_url": target.get("webhook_url") or target["url"]},
    }
    description = draw(st.sampled_from([None, "", "New"]))
    return item if description is None else {**item, "description": description}


@st.composite
def desired_organizations(draw):
    managed = draw(st.lists(st.sampled_from(NAMES), unique=True))
    selectors = st.sampled_from(
        [
            {"select": {"severities": ["CRITICAL"]}},
            {"select": {"resource_types": ["CONNECTOR"]}},
            *({"notification_type": name} for name in TYPES),
        ]
    )
    rules = draw(st.lists(st.tuples(selectors, names), max_size=3))
    return {
        "integrations": [draw(items(name)) for name in managed],
        "subscriptions": [{**selector, "integrations": integrations} for selector, integrations in rules],
        "purge": draw(st.booleans()) and bool(managed),
        "disable_others": draw(st.booleans()) and bool(rules),
        "keep_read_only": draw(st.booleans()),
        "when_in_use": draw(st.sampled_from(["fail", "detach"])),
        "on_kind_change": draw(st.sampled_from(["update"])),
        "silence_limit": 100,
        "concurrency": draw(st.sampled_from([1, 4])),
        "test": "none",
    }


def start(emulator, organization):
    integrations, routes = organization
    emulator.reset(
        integrations=[
            slack(name) if is_slack else webhook(name, f"https://hooks.example/{name}")
            for name, is_slack in integrations.items()
        ],
        delete_in_use="dangling",
    )
    for type_name, (recipients, state) in routes.items():
        emulator.route(type_name, *recipients, state=state)


def assert_every_enabled_type_has_a_recipient(subscriptions, requests):
    """Replay the writes of a log: no request leaves an enabled subscription without an integration."""
    deleted = set()
    for request in requests:
        collection, _slash, object_id = request["path"].split("/notifications/v1/")[1].partition("/")
        if collection == "integrations" and request["method"] == "DELETE":
            deleted.add(object_id)
        if collection == "subscriptions" and request["method"] == "PATCH":
            subscriptions[object_id] = {**subscriptions[object_id], **request["body"]}

        for subscription in subscriptions.values():
            recipients = {reference["id"] for reference in subscription["integrations"]}
            assert recipients - deleted or subscription["current_state"] == "DISABLED", request


@settings(
    max_examples=max(15, settings.default.max_examples // 4),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@example(
    organization=({"ops": True}, {CRITICAL: (["ops"], "ENABLED")}),
    desired={
        "integrations": [
            {"display_name": "pager", "target": {"kind": "Slack", "webhook_url": "https://hooks.example/1"}}
        ],
        "subscriptions": [{"notification_type": CRITICAL, "integrations": ["pager"]}],
        "purge": True,
        "test": "none",
    },
)
@given(organization=organizations(), desired=desired_organizations())
def test_check_predicts_the_run_and_the_second_run_is_empty(run, emulator, organization, desired):
    start(emulator, organization)
    predicted = run("organization", check_mode=True, **desired)
    assert emulator.writes() == []
    again = run("organization", check_mode=True, explain=list(TYPES), **desired)
    assert again.get("plan") == predicted.get("plan")

    subscriptions = {obj["id"]: obj for obj in emulator.objects("subscriptions")}
    position = len(emulator.requests())
    result = run("organization", **desired)
    assert result.get("failed", False) == predicted.get("failed", False)
    if result.get("failed"):
        assert (result["msg"], emulator.writes()) == (predicted["msg"], [])
        return

    assert result["plan"] == predicted["plan"]
    assert result["summary"] == predicted["summary"]
    assert result["diff"] == predicted["diff"]
    assert result["changed"] is predicted["changed"] is bool(result["plan"]["changes"])
    assert "hooks." not in json.dumps(result)
    assert_every_enabled_type_has_a_recipient(subscriptions, emulator.requests()[position:])
    # What explanations say is what the service then routes.
    explained = {found["name"]: set(found["after"]) for found in again["explanations"]}
    routes = emulator.routes()
    assert explained == {name: set(routes.get(name, ())) for name in TYPES}

    second = run("organization", **desired)
    assert second["changed"] is False
    assert second["plan"]["changes"] == []
    if result["changed"]:
        assert second["plan"]["checksum"] != result["plan"]["checksum"]


# A controller that is killed

DESIRED = {
    "integrations": [
        {"display_name": "ops", "description": "New"},
        {
            "display_name": "pager",
            "target": {"kind": "Webhook", "webhook_url": "https://hooks.example/pager"},
        },
        {"display_name": "chat", "target": {"kind": "Slack", "webhook_url": "https://hooks.example/chat"}},
    ],
    "subscriptions": [
        {"notification_type": CRITICAL, "integrations": ["pager", "chat"]},
        {"notification_type": OPTIONAL, "integrations": ["ops"]},
    ],
    "resource_preferences": [{"resource": {"environment": "env-1"}, "enabled": False}],
    "purge": True,
    "when_in_use": "detach",
    "concurrency": 1,
    "test": "none",
}


def start_used_organization(emulator):
    emulator.reset(
        integrations=[slack("ops"), webhook("pager", "https://hooks.example/old"), slack("old")],
        kind_change="refused",
        delete_in_use="refused",
    )
    emulator.route(CRITICAL, ADMINS, "pager")
    emulator.route(WARNING, "pager", "old")


def final_state(emulator):
    routes = {name: sorted(recipients) for name, recipients in emulator.routes().items()}
    made = {
        name: (integration["target"], integration["description"])
        for name, integration in emulator.made().items()
    }
    return made, routes, len(emulator.objects("resource-preferences"))


def run_until_killed(run, emulator, request_count):
    """Run the module in a child process, and kill it when the service has received a number of requests."""
    child = os.fork()
    if child == 0:
        try:
            run("organization", **DESIRED)
        finally:
            os._exit(0)
    while len(emulator.requests()) < request_count:
        assert os.waitpid(child, os.WNOHANG) == (0, 0)
        time.sleep(0.002)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)


@pytest.mark.parametrize("is_applied", [False, True], ids=["before it takes effect", "after it took effect"])
def test_next_run_completes_a_run_that_was_killed_at_any_request(run, emulator, is_applied):
    start_used_organization(emulator)
    run.ok("organization", **DESIRED)
    expected, total = final_state(emulator), len(emulator.requests())

    for position in range(total):
        start_used_organization(emulator)
        emulator.fault("delay", skip=position, delay_ms=60_000, applied=is_applied)
        run_until_killed(run, emulator, position + 1)
        emulator.control("POST", "faults/clear")
        assert CRITICAL in emulator.routes()

        run.ok("organization", **DESIRED)
        assert final_state(emulator) == expected, f"killed at request {position + 1} of {total}"
        assert run.ok("organization", **DESIRED)["changed"] is False
