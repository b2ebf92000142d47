# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator plays what the contract permits or leaves open: each policy, on a real server process."""

from __future__ import annotations

import dataclasses

import pytest
import requests

from emulator.settings import Settings
from support.emulator import KEY, READER_KEY, READER_SECRET, SECRET, Emulator, slack

API = "/notifications/v1"
PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
CONNECTOR = {"resource": PATH, "resource_type": "CONNECTOR"}
NEW = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}}
INVALID = {
    "display_name": "x" * 65,
    "description": "x" * 129,
    "target": {"kind": "Webhook", "webhook_url": "x"},
}


def call(emulator, method, path, auth=(KEY, SECRET), **more):
    more.setdefault("timeout", 10)
    return requests.request(method, f"{emulator.url}{API}{path}", auth=auth, **more)


def create(emulator, path, body):
    response = call(emulator, "POST", path, json=body)
    assert response.status_code == 201, response.text
    return response.json()


def named(page, name):
    """The objects of a page that have a name."""
    return [obj for obj in page["data"] if obj["display_name"] == name]


def first_id(emulator, collection):
    return emulator.objects(collection)[0]["id"]


def type_id(emulator, name="Connector failed"):
    return emulator.ids("notification-types")[name]


POLICIES = {f.name: f.metadata["values"] for f in dataclasses.fields(Settings) if "values" in f.metadata}


def test_every_policy_has_a_flag_with_its_values():
    flags = [
        part for name, values in POLICIES.items() for part in (f"--{name.replace('_', '-')}", values[-1])
    ]
    with Emulator.started(*flags) as emulator:
        settings = emulator.control("GET", "settings")["settings"]
    assert {name: settings[name] for name in POLICIES} == {
        name: values[-1] for name, values in POLICIES.items()
    }


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in POLICIES.items() for value in values]
)
def test_responses_keep_the_contract_with_every_policy(emulator, name, value):
    """The fixture fails if a response violates the contract."""
    emulator.reset(integrations=[slack("ops")], **{name: value})
    ops = emulator.made()["ops"]["id"]
    created = create(emulator, "/integrations", {**NEW, "display_name": "new"})
    refs = {"notification_type": {"id": type_id(emulator)}, "integrations": [{"id": ops}]}
    call(emulator, "POST", "/resource-subscriptions", json={**CONNECTOR, **refs})
    call(emulator, "POST", "/resource-preferences", json={**CONNECTOR, "current_state": "DISABLED"})
    call(emulator, "POST", "/subscriptions", json=refs)
    call(emulator, "PATCH", f"/integrations/{ops}", json={"description": ""})
    call(
        emulator,
        "PATCH",
        f"/subscriptions/{first_id(emulator, 'subscriptions')}",
        json={"current_state": "ENABLED"},
    )
    call(
        emulator,
        "PATCH",
        f"/user-notifications/{first_id(emulator, 'user-notifications')}",
        json={"read": True},
    )
    for path in ("/integrations", "/notification-types", "/subscriptions", "/user-notifications"):
        call(emulator, "GET", path)
    for path in (
        f"/integrations/{ops}",
        f"/notification-types/{type_id(emulator)}",
        "/user-notifications:summary",
    ):
        call(emulator, "GET", path)
    for collection in ("resource-preferences", "resource-subscriptions"):
        call(emulator, "GET", f"/{collection}:lookup", params=CONNECTOR)
        call(emulator, "GET", f"/{collection}:lookup", params={**CONNECTOR, "resource": "organization=none"})
    call(emulator, "DELETE", f"/integrations/{ops}")
    call(emulator, "GET", "/integrations/i-none")
    assert created["display_name"] == "new"


# Responses to writes and reads


@pytest.mark.parametrize(
    ("value", "created", "updated"),
    [
        ("lean", {"id", "display_name", "target"}, {"api_version", "kind", "id", "display_name", "target"}),
        ("minimal", {"display_name", "target"}, {"api_version", "kind", "id", "display_name", "target"}),
    ],
)
def test_write_response_has_required_members_only(emulator, value, created, updated):
    emulator.reset(write_answers=value)
    response = call(emulator, "POST", "/integrations", json={**NEW, "description": "x"})
    assert set(response.json()) == created
    assert response.headers["Location"].endswith(emulator.made()["ops"]["id"])

    path = f"/integrations/{emulator.made()['ops']['id']}"
    assert set(call(emulator, "PATCH", path, json={"description": "y"}).json()) == updated
    assert emulator.made()["ops"]["description"] == "y"


def test_lean_write_responses_have_no_state(emulator):
    emulator.reset(write_answers="lean")
    preference = create(emulator, "/resource-preferences", {**CONNECTOR, "current_state": "DISABLED"})
    assert set(preference) == {"id", "resource", "resource_type"}
    subscription = emulator.objects("subscriptions")[-1]["id"]
    changed = call(
        emulator, "PATCH", f"/subscriptions/{subscription}", json={"current_state": "DISABLED"}
    ).json()
    assert set(changed) == {"api_version", "kind", "id", "notification_type", "integrations"}


def test_lean_read_responses_have_nothing_optional_that_is_empty(emulator):
    emulator.reset(integrations=[slack("ops"), slack("data", description="Data team")], read_answers="lean")
    page = call(emulator, "GET", "/integrations?page_size=4").json()
    assert set(page["metadata"]) == {"next"}
    [ops] = named(page, "ops")
    assert set(ops) == {"id", "metadata", "display_name", "target"}
    assert set(ops["metadata"]) == {"self"}

    data = call(emulator, "GET", f"/integrations/{emulator.made()['data']['id']}").json()
    assert set(data) == {"api_version", "kind", "id", "display_name", "description", "target"}
    assert data["description"] == "Data team"


@pytest.mark.parametrize("value", ["given", "omitted"])
def test_headers_of_the_contract_are_given_or_omitted(emulator, value):
    emulator.reset(response_headers=value)
    created = call(emulator, "POST", "/integrations", json=NEW).headers
    refused = call(emulator, "GET", "/integrations", auth=None).headers
    names = {"X-Request-Id", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Location"}
    assert names & set(created) == (names if value == "given" else set())
    assert ("WWW-Authenticate" in refused) is (value == "given")


# Deletions


@pytest.mark.parametrize(("value", "is_marked"), [("lingering", False), ("marked", True)])
def test_deleted_object_is_listed_for_a_while(emulator, value, is_marked):
    emulator.reset(integrations=[slack("ops")], deletion=value, list_delay_ms=10_000)
    path = f"/integrations/{emulator.made()['ops']['id']}"
    assert call(emulator, "DELETE", path).status_code == 204

    [listed] = named(call(emulator, "GET", "/integrations").json(), "ops")
    assert ("deleted_at" in listed["metadata"]) is is_marked
    read = call(emulator, "GET", path)
    assert read.status_code == (200 if is_marked else 404)
    assert not is_marked or read.json()["metadata"]["deleted_at"]
    assert call(emulator, "PATCH", path, json={"description": "x"}).status_code == 404
    assert call(emulator, "DELETE", path).status_code == 404

    emulator.advance(11)
    assert named(call(emulator, "GET", "/integrations").json(), "ops") == []
    assert call(emulator, "GET", path).status_code == 404


# Redirects


@pytest.mark.parametrize("status", [307, 308])
def test_every_method_is_redirected_within_the_origin(emulator, status):
    emulator.reset(redirects=str(status))
    first = call(emulator, "POST", "/integrations?x=a%2Fb", json=NEW, allow_redirects=False)
    assert first.status_code == status
    assert first.headers["Location"] == f"{emulator.url}/moved{API}/integrations?x=a%2Fb"
    assert emulator.made() == {}

    assert call(emulator, "POST", "/integrations", json=NEW).status_code == 201
    path = f"/integrations/{emulator.made()['ops']['id']}"
    assert call(emulator, "PATCH", path, json={"description": "x"}).json()["description"] == "x"
    assert call(emulator, "GET", path).json()["description"] == "x"
    assert call(emulator, "DELETE", path).status_code == 204


@pytest.mark.parametrize("status", [301, 302])
def test_only_reads_are_redirected_with_301_and_302(emulator, status):
    emulator.reset(redirects=str(status))
    assert call(emulator, "POST", "/integrations", json=NEW, allow_redirects=False).status_code == 201
    assert call(emulator, "GET", "/integrations", allow_redirects=False).status_code == status
    assert len(call(emulator, "GET", "/integrations?page_size=2").json()["data"]) == 2


# Errors


@pytest.mark.parametrize(("value", "members"), [("given", {"code", "detail"}), ("omitted", set())])
def test_404_has_a_code_or_is_like_the_published_example(emulator, value, members):
    emulator.reset(error_codes=value)
    [error] = call(emulator, "GET", "/integrations/i-none").json()["errors"]
    assert set(error) == {"id", "status", "title"} | members
    [refused] = call(emulator, "GET", "/integrations", auth=None).json()["errors"]
    assert "detail" in refused


def test_guide_envelope_is_complete(emulator):
    emulator.reset(error_envelope="error")
    response = call(emulator, "GET", "/integrations/i-none")
    envelope = response.json()
    assert envelope.pop("requestId") == response.headers["X-Request-Id"]
    assert envelope["error"].pop("timestamp").endswith("Z")
    assert envelope == {
        "status": 404,
        "error": {
            "code": "RESOURCE_NOT_FOUND",
            "message": "Not Found",
            "details": "The Integration 'i-none' does not exist, or you may not see it.",
            "path": f"{API}/integrations/i-none",
        },
        "doc_url": "https://docs.confluent.io/cloud/current/api/errors/RESOURCE_NOT_FOUND.html",
    }


def test_guide_envelope_suggests_what_to_correct(running_emulator):
    running_emulator.reset(error_envelope="error")
    error = call(running_emulator, "POST", "/integrations", json=INVALID).json()["error"]
    assert error["suggestion"] == "Correct /display_name, /description, /target."
    assert "is too long" in error["details"]
    assert "'url' is a required property" in error["details"]


def test_422_lists_all_violations(running_emulator):
    running_emulator.reset()
    response = call(running_emulator, "POST", "/integrations", json=INVALID)
    errors = response.json()["errors"]
    assert response.status_code == 422
    assert [error["source"]["pointer"] for error in errors] == ["/display_name", "/description", "/target"]
    assert len({error["id"] for error in errors}) == 3
    assert {error["status"] for error in errors} == {"422"}

    running_emulator.reset(validation_errors="first")
    [error] = call(running_emulator, "POST", "/integrations", json=INVALID).json()["errors"]
    assert error["source"]["pointer"] == "/display_name"


def test_unknown_state_is_422(emulator):
    """The contract has it as an extensible enumeration, so it is the service that refuses a value."""
    body = {**CONNECTOR, "current_state": "MUTED"}
    response = call(emulator, "POST", "/resource-preferences", json=body)
    assert response.status_code == 422
    assert response.json()["errors"][0]["source"] == {"pointer": "/current_state"}


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/integrations", "GET, POST"), ("POST", "/integrations/i-1", "GET, PATCH, DELETE")],
)
def test_405_lists_the_allowed_methods(running_emulator, method, path, allowed):
    running_emulator.reset()
    response = call(running_emulator, method, path, json={})
    assert (response.status_code, response.headers["Allow"]) == (405, allowed)
    assert response.json()["errors"][0]["title"] == "Method Not Allowed"


@pytest.mark.parametrize("value", ["given", "omitted"])
def test_429_has_a_body_or_none(emulator, value):
    emulator.reset(rate_limit=1, rate_window=30, rate_limit_body=value)
    assert call(emulator, "GET", "/integrations").headers["X-RateLimit-Remaining"] == "0"
    response = call(emulator, "GET", "/integrations")
    assert (response.status_code, response.headers["Retry-After"]) == (
        429,
        response.headers["X-RateLimit-Reset"],
    )
    assert bool(response.content) is (value == "given")


def test_rate_limit_counts_down_over_a_window_for_each_user(emulator):
    emulator.reset(rate_limit=5, rate_window=60)

    def limits(auth=(KEY, SECRET)):
        headers = call(emulator, "GET", "/integrations", auth=auth).headers
        return tuple(int(headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset"))

    assert limits() == (5, 4, 60)
    emulator.advance(20)
    assert limits() == (5, 3, 40)
    assert limits((READER_KEY, READER_SECRET)) == (5, 4, 60)
    emulator.advance(41)
    assert limits() == (5, 4, 60)


# Optional bodies and filters


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/integrations", 400),
        ("POST", "/integrations:test", 400),
        ("POST", "/resource-preferences", 400),
        ("PATCH", "/user-notifications:mark-all", 400),
        ("PATCH", "/integrations/{id}", 200),
    ],
)
def test_request_without_body_is_valid_by_the_contract(emulator, method, path, status):
    emulator.reset(integrations=[slack("ops")])
    response = call(emulator, method, path.format(id=emulator.made()["ops"]["id"]))
    assert response.status_code == status


def test_preference_without_state_is_enabled(emulator):
    assert create(emulator, "/resource-preferences", CONNECTOR)["current_state"] == "ENABLED"


def test_integrations_are_filtered_by_the_resources_that_use_them(emulator):
    emulator.reset(integrations=[slack("ops"), slack("data")])
    for name, resource in (
        ("ops", CONNECTOR),
        ("data", {"resource": "environment=env-1", "resource_type": "ENVIRONMENT"}),
    ):
        refs = {
            "notification_type": {"id": type_id(emulator)},
            "integrations": [{"id": emulator.made()[name]["id"]}],
        }
        create(emulator, "/resource-subscriptions", {**resource, **refs})

    def names(**query):
        page = call(emulator, "GET", "/integrations", params=query).json()
        return [integration["display_name"] for integration in page["data"]]

    assert names(resource_type="CONNECTOR") == ["ops"]
    assert names(resource="environment=env-1") == ["data"]
    assert names(resource="environment=env-1", resource_type="CONNECTOR") == []
    assert names(resource_type="SOMETHING_NEW") == []
    assert len(names()) == 5
