# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service that echoes secrets wherever it can. No output of a task shows them."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from support.emulator import KEY, SECRET, slack

GIVEN_URL = "https://hooks.slack.example/services/T0/B0/tokenOfTheTask"
LISTED_URL = "https://hooks.slack.example/services/T0/B1/tokenOfAnother"
CREDENTIALS = {"CONFLUENT_CLOUD_API_KEY": KEY, "CONFLUENT_CLOUD_API_SECRET": SECRET}
ECHO = f"{SECRET} {quote(GIVEN_URL, safe='')} {LISTED_URL}"


def create(run, **options):
    target = {"kind": "Slack", "webhook_url": GIVEN_URL}
    return run("integration", display_name="ops", target=target, environ=CREDENTIALS, **options)


def assert_no_secret(*outputs):
    text = json.dumps(outputs)
    assert [secret for secret in (SECRET, "tokenOfTheTask", "tokenOfAnother") if secret in text] == []


@pytest.fixture(autouse=True)
def another_integration(emulator):
    emulator.reset(integrations=[slack("another", LISTED_URL)])


@pytest.mark.parametrize(
    "body",
    [
        {
            "errors": [
                dict.fromkeys(("id", "code", "title", "detail"), ECHO),
                {"id": "x" * 60_000, "detail": ECHO},
            ]
        },
        {
            "errors": [
                {"message": ECHO, "source": {"pointer": ECHO}},
                {"title": ECHO, "source": {"parameter": ECHO}},
            ]
        },
        {
            "error": dict.fromkeys(("code", "message", "details", "suggestion"), ECHO),
            "requestId": ECHO,
            "doc_url": ECHO,
        },
        {"error": ECHO, "error_description": ECHO},
    ],
)
def test_no_error_field_shows_a_secret(run, emulator, body):
    emulator.fault("status", "POST", "*/integrations", status=400, body=body, headers={"X-Request-Id": ECHO})
    result = create(run)
    assert result["failed"]
    assert_no_secret(result, run.warnings)
    assert len(json.dumps(result)) < 30_000


def test_no_warning_shows_a_secret(run, emulator):
    body = {"errors": [{"detail": ECHO}]}
    emulator.fault("status", "GET", status=503, body=body, headers={"Retry-After": "6"})
    result = create(run)
    assert len(run.warnings) == 1
    assert run.warnings[0].startswith("Waiting 6.0 s: GET /notifications/v1/integrations: ")
    assert_no_secret(result, run.warnings)


@pytest.mark.parametrize("field", ["webhookUri", "integrationKey", "token", "anything"])
def test_target_of_unknown_kind_shows_only_the_kind(run, emulator, field):
    obj = {"id": "i-9", "display_name": "new", "target": {"kind": "PagerDuty", field: "tokenOfAnother"}}
    emulator.fault("status", "GET", status=200, body={"data": [obj], "metadata": {}})
    result = run.ok("integration_info")
    assert result["integrations"][0]["target"] == {"kind": "PagerDuty", field: "********"}
