# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The document itself is valid and complete, and promises what the provider has published."""

from __future__ import annotations

import pathlib

import pytest
import yaml
from openapi_spec_validator import validate

DOCUMENT = yaml.safe_load(
    (pathlib.Path(__file__).resolve().parents[2] / "contract" / "notifications-v1.openapi.yaml").read_text()
)
COMPONENTS = DOCUMENT["components"]
SCHEMAS = COMPONENTS["schemas"]
API = "/notifications/v1"
METHODS = ("get", "post", "patch", "delete")

READ = "200 400 401 403 404 429 500"
LIST = "200 400 401 403 429 500"
CREATE = "201 400 401 403 409 422 429 500"
UPDATE = "200 400 401 403 404 409 422 429 500"
DELETE = "204 400 401 403 404 429 500"
#: 402 is published for integrations only, 404 for some of the lists.
EXCEPTIONS = {
    f"GET {API}/integrations": READ,
    f"POST {API}/integrations": "201 400 401 402 403 409 422 429 500",
    f"PATCH {API}/integrations/{{id}}": "200 400 401 402 403 404 409 422 429 500",
    f"GET {API}/notification-types": READ,
    "POST /sts/v1/oauth2/token": "200 400 429 500",
}
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in METHODS
}


def resolve(node):
    """What a reference refers to."""
    while "$ref" in node:
        target = DOCUMENT
        for part in node["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        node = target
    return node


def required(schema):
    """The members that a schema requires, by itself or by its parts."""
    schema = resolve(schema)
    names = set(schema.get("required", []))
    return names.union(*(required(part) for part in schema.get("allOf", [])))


def body_schema(operation, status):
    return resolve(OPERATIONS[operation]["responses"][status])["content"]["application/json"]["schema"]


def nodes(node):
    """All objects in the document."""
    if isinstance(node, dict):
        yield node
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from nodes(child)


def test_document_is_valid_openapi():
    validate(DOCUMENT)


def published_statuses(name):
    """The statuses that are published for an operation such as ``GET /notifications/v1/integrations``."""
    if name in EXCEPTIONS:
        return EXCEPTIONS[name]
    method, path = name.split()
    is_collection = not path.endswith("{id}") and ":" not in path
    if method == "GET":
        return LIST if is_collection else READ
    if ":" in path:
        return DELETE
    return {"POST": CREATE, "PATCH": UPDATE, "DELETE": DELETE}[method]


@pytest.mark.parametrize("name", OPERATIONS)
def test_operation_has_the_published_statuses(name):
    assert " ".join(sorted(OPERATIONS[name]["responses"])) == published_statuses(name)


def test_every_operation_has_its_own_name():
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(names) == len(set(names))


def test_every_error_has_a_request_id():
    for name, operation in OPERATIONS.items():
        for status, response in operation["responses"].items():
            if status >= "400":
                assert "X-Request-Id" in resolve(response)["headers"], (name, status)


def test_responses_without_body_are_those_published():
    def has_body(response):
        return "content" in resolve(response)

    for name, operation in OPERATIONS.items():
        without = {status for status, response in operation["responses"].items() if not has_body(response)}
        assert without == {"204", "429"} & set(operation["responses"]), name
    assert "headers" not in OPERATIONS[f"POST {API}/integrations:test"]["responses"]["204"]


def test_no_request_body_and_no_header_is_required():
    for operation in OPERATIONS.values():
        assert "required" not in resolve(operation.get("requestBody", {}))
    assert not any("required" in header for header in COMPONENTS["headers"].values())


@pytest.mark.parametrize(
    ("operation", "status", "members"),
    [
        (f"POST {API}/integrations", "201", "display_name target"),
        (f"GET {API}/integrations/{{id}}", "200", "api_version kind id display_name target"),
        (f"PATCH {API}/integrations/{{id}}", "200", "api_version kind id display_name target"),
        (f"POST {API}/subscriptions", "201", "notification_type integrations"),
        (f"GET {API}/subscriptions/{{id}}", "200", "api_version kind id notification_type integrations"),
        (f"POST {API}/resource-preferences", "201", "resource resource_type"),
        (f"GET {API}/resource-preferences:lookup", "200", "api_version kind id resource resource_type"),
        (
            f"GET {API}/notification-types/{{id}}",
            "200",
            "api_version kind id display_name category description subscription_priority is_included_in_plan "
            "severity",
        ),
        (
            f"GET {API}/user-notifications/{{id}}",
            "200",
            "api_version kind id read received_at resource actions notification_type",
        ),
        (f"GET {API}/user-notifications:summary", "200", "api_version kind unread_count severities"),
    ],
)
def test_required_members_are_those_published(operation, status, members):
    assert required(body_schema(operation, status)) == set(members.split())


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("IntegrationList", "id metadata display_name target"),
        ("SubscriptionList", "id metadata notification_type integrations"),
        ("ResourceSubscriptionList", "id metadata resource resource_type notification_type integrations"),
        ("UserNotificationList", "id metadata read received_at resource actions notification_type"),
    ],
)
def test_listed_objects_have_the_published_members(name, members):
    assert SCHEMAS[name]["required"] == ["api_version", "kind", "metadata", "data"]
    data = SCHEMAS[name]["properties"]["data"]
    assert data["uniqueItems"] is True
    assert required(data["items"]) == set(members.split())


def test_enumerations_are_extensible_unless_published_as_closed():
    closed = [node["enum"] for node in nodes(DOCUMENT) if isinstance(node.get("enum"), list)]
    several = [values for values in closed if len(values) > 1]
    kinds = ["Slack", "MsTeams", "Webhook", "RoleEmail", "UserEmail", "InApp"]
    assert several == [["severity", "-severity", "received_at", "-received_at"], kinds]
    assert SCHEMAS["OtherTarget"]["properties"]["kind"]["not"] == {"enum": kinds}
    assert len(SCHEMAS["ResourceType"]["x-extensible-enum"]) == 8


def test_error_has_the_published_members_and_requires_none():
    error = SCHEMAS["Error"]
    members = {"id", "status", "code", "title", "detail", "source", "error_code", "message"}
    assert set(error["properties"]) == members
    assert error["additionalProperties"] is False
    assert "required" not in error


@pytest.mark.parametrize("collection", ["resource-preferences", "resource-subscriptions"])
def test_lookups_have_paging_parameters(collection):
    parameters = [
        resolve(parameter) for parameter in OPERATIONS[f"GET {API}/{collection}:lookup"]["parameters"]
    ]
    assert {parameter["name"]: parameter.get("required", False) for parameter in parameters} == {
        "resource": True,
        "resource_type": True,
        "page_size": False,
        "page_token": False,
    }


def test_limits_are_those_published():
    assert SCHEMAS["DisplayName"]["maxLength"] == 64
    assert SCHEMAS["Description"]["maxLength"] == 128
    assert SCHEMAS["ObjectId"]["maxLength"] == 255
    assert COMPONENTS["parameters"]["PageSize"]["schema"] == {
        "type": "integer",
        "maximum": 250,
        "default": 100,
    }
    assert COMPONENTS["parameters"]["PageToken"]["schema"]["maxLength"] == 255


def test_descriptions_mark_what_is_not_published():
    """A policy of the emulator is an open question, so the text that names one says so."""
    texts = [node["description"] for node in nodes(DOCUMENT) if isinstance(node.get("description"), str)]
    naming = [text for text in texts if "(polic" in text]
    assert len(naming) > 15
    for text in naming:
        assert any(word in text for word in ("Unknown:", "Likely:", "Known issue:")), text
