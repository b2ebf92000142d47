# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document itself is valid, whole, and says what api-facts promise."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from openapi_spec_validator import validate

DOCUMENT = yaml.safe_load((pathlib.Path(__file__).parent / "notifications-v1.openapi.yaml").read_text())
OPERATIONS = {
    (method.upper(), path): operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in ("get", "post", "patch", "delete")
}
API = "/notifications/v1"


def test_it_is_a_valid_openapi_document():
    validate(DOCUMENT)


def test_it_has_the_whole_api():
    assert {f"{method} {path}" for method, path in OPERATIONS} == {
        f"GET {API}/integrations",
        f"POST {API}/integrations",
        f"GET {API}/integrations/{{id}}",
        f"PATCH {API}/integrations/{{id}}",
        f"DELETE {API}/integrations/{{id}}",
        f"POST {API}/integrations:test",
        f"GET {API}/notification-types",
        f"GET {API}/notification-types/{{id}}",
        f"GET {API}/subscriptions",
        f"POST {API}/subscriptions",
        f"GET {API}/subscriptions/{{id}}",
        f"PATCH {API}/subscriptions/{{id}}",
        f"DELETE {API}/subscriptions/{{id}}",
        f"POST {API}/resource-preferences",
        f"GET {API}/resource-preferences/{{id}}",
        f"PATCH {API}/resource-preferences/{{id}}",
        f"DELETE {API}/resource-preferences/{{id}}",
        f"GET {API}/resource-preferences:lookup",
        f"POST {API}/resource-subscriptions",
        f"GET {API}/resource-subscriptions/{{id}}",
        f"PATCH {API}/resource-subscriptions/{{id}}",
        f"DELETE {API}/resource-subscriptions/{{id}}",
        f"GET {API}/resource-subscriptions:lookup",
        f"GET {API}/user-notifications",
        f"GET {API}/user-notifications/{{id}}",
        f"PATCH {API}/user-notifications/{{id}}",
        f"PATCH {API}/user-notifications:mark-all",
        f"GET {API}/user-notifications:summary",
        "POST /sts/v1/oauth2/token",
    }


@pytest.mark.parametrize(
    ("operation", "statuses"),
    [
        (("POST", f"{API}/integrations"), "201 400 401 402 403 409 422 429 500"),
        (("PATCH", f"{API}/integrations/{{id}}"), "200 400 401 402 403 404 409 422 429 500"),
        (("DELETE", f"{API}/integrations/{{id}}"), "204 400 401 403 404 429 500"),
        (("POST", f"{API}/integrations:test"), "204 400 401 403 404 429 500"),
        (("POST", "/sts/v1/oauth2/token"), "200 400 429 500"),
    ],
)
def test_operations_answer_what_is_published(operation, statuses):
    assert " ".join(sorted(OPERATIONS[operation]["responses"])) == statuses


def test_every_answer_carries_a_request_id():
    shared = DOCUMENT["components"]["responses"]
    for operation, described in OPERATIONS.items():
        for status, response in described["responses"].items():
            if "$ref" in response:
                response = shared[response["$ref"].rpartition("/")[2]]
            assert "X-Request-Id" in response["headers"], (operation, status)


def test_every_operation_has_a_name_of_its_own():
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


def test_limits_are_those_published():
    schemas, parameters = DOCUMENT["components"]["schemas"], DOCUMENT["components"]["parameters"]
    assert schemas["DisplayName"]["maxLength"] == 64
    assert schemas["Description"]["maxLength"] == 128
    assert schemas["ObjectId"]["maxLength"] == 255
    assert parameters["PageSize"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 250, "default": 100}
    assert parameters["PageToken"]["schema"]["maxLength"] == 255
