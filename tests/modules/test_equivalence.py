# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a service may store in another form is no difference, and what the contract allows is understood."""

from __future__ import annotations

import json

import pytest

from support.emulator import slack

ADMINS, FAILED = "Organization admins", "Connector failed"
PATH = "environment=env-1/cloud-cluster=lkc-1"


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.slack.example:443/services/a",
        "HTTPS://Hooks.Slack.Example/services/a",
        "https://hooks.slack.example/services/%2fa%2Fb",
        "https://hooks.slack.example",
        "http://hooks.slack.example:80/services/a?q=%c3%bc",
    ],
)
def test_equivalent_urls_are_equal(run, emulator, url):
    emulator.reset(stored_urls="normalized")
    target = {"kind": "Slack", "webhook_url": url}
    assert run.ok("integration", display_name="ops", target=target)["changed"] is True
    assert run.ok("integration", display_name="ops", target=target)["changed"] is False


@pytest.mark.parametrize(
    "other",
    [
        "https://hooks.slack.example:8443/services/a",
        "https://hooks.slack.example/services/A",
        "https://hooks.slack.example/services/a/",
        "https://hooks.slack.example/services%2Fa",
        "http://hooks.slack.example/services/a",
    ],
)
def test_other_urls_are_different(run, emulator, other):
    emulator.reset(integrations=[slack("ops", "https://hooks.slack.example/services/a")])
    target = {"kind": "Slack", "webhook_url": other}
    assert run.ok("integration", display_name="ops", target=target)["changed"] is True


@pytest.mark.parametrize("stored", ["as-sent", "trimmed"])
@pytest.mark.parametrize("description", ["A block of YAML\n", "  indented", "cafe\u0301", "two\nlines\n"])
def test_white_space_around_a_description_is_no_difference(run, emulator, stored, description):
    emulator.reset(stored_texts=stored)
    params = {"display_name": "ops", "description": description, "target": slack("ops")["target"]}
    assert run.ok("integration", **params)["changed"] is True
    assert run.ok("integration", **params)["changed"] is False


def test_a_url_from_a_file_may_end_with_a_line_end(run, emulator):
    url = "https://hooks.slack.example/services/from-a-file"
    target = {"kind": "Slack", "webhook_url": url + "\n"}
    result = run.ok("integration", display_name="ops", target=target)
    assert emulator.made()["ops"]["target"]["webhook_url"] == url
    assert "from-a-file" not in json.dumps(result)


# IDs


@pytest.mark.parametrize("object_id", ["i 1", "i/1", "i\\1", "..", ".", "{{ x }}", "", "i\n1", "x" * 256])
def test_ids_that_would_change_a_path_are_refused_before_any_request(run, emulator, object_id):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.client import is_valid_id

    assert not is_valid_id(object_id)


@pytest.mark.parametrize(
    "object_id", ["i-1", "Nt_x", "a,b", "(x)", "i'1", "é-1", "100%", "a?b", "a#b", "x" * 255]
)
def test_other_ids_are_encoded(object_id):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.client import is_valid_id

    assert is_valid_id(object_id)


# Integrations that the list does not show


def test_an_unlisted_integration_that_can_be_read_stays_in_its_subscriptions(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("hidden")])
    emulator.route(FAILED, ADMINS, "hidden")
    listed = [obj for obj in emulator.objects() if obj["display_name"] != "hidden"]
    for _read in range(9):
        emulator.fault("members", "GET", "*/integrations", body={"data": listed, "metadata": {}})
    params = {"notification_type": FAILED, "integrations": ["ops"], "integrations_mode": "add"}
    result = run.ok("subscription", **params)
    assert not any("no longer exist" in warning for warning in run.warnings)
    assert emulator.routes()[FAILED] == [ADMINS, "hidden", "ops"]
    assert [reference["display_name"] for reference in result["subscription"]["integrations"]] == [
        ADMINS,
        "hidden",
        "ops",
    ]


@pytest.mark.parametrize(("missing", "stays"), [("404", False), ("403", True)])
def test_a_missing_integration_is_gone_only_if_the_service_says_so(run, emulator, missing, stays):
    emulator.reset(integrations=[slack("ops"), slack("gone")], delete_in_use="dangling", missing=missing)
    gone = emulator.ids()["gone"]
    emulator.route(FAILED, ADMINS, "gone")
    run.ok("integration", id=gone, state="absent", when_in_use="ignore")
    result = run.ok(
        "subscription",
        check_mode=True,
        notification_type=FAILED,
        integrations=["ops"],
        integrations_mode="add",
    )
    kept = [reference["id"] for reference in result["subscription"]["integrations"]]
    assert (gone in kept) is stays


# Wrong credentials


def test_a_403_that_names_an_invalid_key_is_not_an_absence(run, emulator):
    body = {"errors": [{"detail": "Invalid API key: make sure you are using a Cloud API Key"}]}
    emulator.fault("status", "GET", "*:lookup", status=403, body=body)
    result = run.fails("resource_preference", resource=PATH, state="absent")
    assert result["error"]["type"] == "unauthenticated"


def test_a_kafka_bootstrap_server_is_recognized(run):
    for endpoint in (
        "SASL_SSL://pkc-12345.us-west-2.aws.confluent.cloud:9092",
        "pkc-12345.eu.confluent.cloud:9092",
    ):
        result = run.fails("integration_info", endpoint=endpoint)
        assert "is the bootstrap server of a Kafka cluster" in result["msg"]
