# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator: valid by the contract (schemathesis), its control paths, and what it does by default.

test_policies.py tests what it does with other settings.
"""

from __future__ import annotations

import base64
import pathlib
import subprocess
import sys

import pytest
import requests
import schemathesis
from hypothesis import settings

from emulator import cli
from emulator.catalogue import CATALOGUE, PUBLISHED_NAMES
from support.emulator import EXTERNAL_TOKEN, FOLDER, KEY, READER_KEY, READER_SECRET, SECRET, Emulator, slack

API = "/notifications/v1"
NEW = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}}
#: Ascending.
RANKS = {"INFO": 0, "WARN": 1, "CRITICAL": 2}
DOCUMENT = pathlib.Path(__file__).resolve().parents[3] / "contract" / "notifications-v1.openapi.yaml"

schema = schemathesis.openapi.from_path(str(DOCUMENT))


@schema.parametrize()
@settings(max_examples=6)
def test_schemathesis_finds_nothing(case, running_emulator):
    encoded = base64.b64encode(f"{KEY}:{SECRET}".encode()).decode()
    headers = {} if case.path.startswith("/sts") else {"Authorization": f"Basic {encoded}"}
    case.call_and_validate(
        base_url=running_emulator.url,
        headers=headers,
        excluded_checks=[
            # The API ignores unknown members and parameters, so it does not refuse every invalid request.
            schemathesis.checks.negative_data_rejection,
            # A valid request may refer to an object that does not exist, and is refused.
            schemathesis.checks.positive_data_acceptance,
            # The contract does not describe the response to a method that a path does not support.
            schemathesis.checks.unsupported_method,
        ],
    )


def call(emulator, method, path, auth=(KEY, SECRET), **more):
    return requests.request(method, f"{emulator.url}{API}{path}", auth=auth, timeout=10, **more)


def test_reset_ends_delayed_responses(emulator):
    """Otherwise they would count as requests in progress."""
    for is_applied in (False, True):
        emulator.reset(concurrency_limit=1)
        emulator.fault("delay", delay_ms=60_000, applied=is_applied)
        with pytest.raises(requests.Timeout):
            requests.get(f"{emulator.url}/notifications/v1/integrations", auth=(KEY, SECRET), timeout=0.1)
        emulator.reset(concurrency_limit=1)
        response = requests.get(
            f"{emulator.url}/notifications/v1/integrations", auth=(KEY, SECRET), timeout=5
        )
        assert response.status_code == 200


def test_reset_returns_to_the_flags():
    with Emulator.started("--quota", "1", "--webhook-urls", "masked", "--read-only") as emulator:
        emulator.reset(quota=5)
        initial = emulator.control("POST", "reset")
        assert initial["settings"]["quota"] == 1
        assert initial["settings"]["webhook_urls"] == "masked"
        assert initial["read_only"] is True


@pytest.mark.parametrize(
    ("method", "path", "body", "message"),
    [
        ("POST", "read-only", {}, "POST /_emulator/read-only takes {"),
        ("POST", "faults", {}, "POST /_emulator/faults takes {"),
        ("POST", "reset", [{}], "POST /_emulator/reset takes {"),
        ("GET", "clock", None, "GET /_emulator/clock does not exist. Valid requests: POST clock."),
        ("GET", "reset/x", None, "GET /_emulator/reset does not exist. Valid requests: POST reset."),
        ("GET", "nonsense", None, "Valid requests: GET help, POST reset, GET settings"),
        ("POST", "reset", "[]", "POST /_emulator/reset takes {"),
    ],
)
def test_invalid_control_request_names_the_valid_ones(emulator, method, path, body, message):
    response = requests.request(method, f"{emulator.url}/_emulator/{path}", json=body, timeout=10)
    assert message in response.json()["error"]


@pytest.mark.parametrize(
    "wanted",
    [
        {"nonsense": 1},
        {"settings": {"nonsense": 1}},
        {"settings": {"dead_url": "500"}},
        {"settings": {"quota": "5"}},
        {"settings": {"quota": -1}},
        {"settings": {"quota": 2**31}},
        {"settings": {"latency_ms": 1.5}},
        {"settings": {"latency_ms": True}},
        {"settings": [1]},
    ],
)
def test_invalid_reset_is_refused(emulator, wanted):
    answer = requests.post(f"{emulator.url}/_emulator/reset", json=wanted, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]


@pytest.mark.parametrize(
    "seconds", ["-1", "NaN", "Infinity", "-Infinity", "1e400", '"inf"', "2147483648", "null"]
)
def test_impossible_advance_of_the_clock_is_refused(emulator, seconds):
    answer = requests.post(
        f"{emulator.url}/_emulator/clock",
        data=f'{{"advance": {seconds}}}',
        headers={"Content-Type": "application/json"},
        timeout=10,
    )
    assert answer.status_code == 400
    assert answer.json()["error"].startswith('POST /_emulator/clock takes {"advance": SECONDS}: ')
    assert emulator.control("POST", "clock", {"advance": 1.5}) == {"advanced": 1.5}


@pytest.mark.parametrize("member", ["times", "skip", "status", "delay_ms"])
@pytest.mark.parametrize("value", [-1, 1.5, "1", True])
def test_fault_with_an_impossible_number_is_refused(emulator, member, value):
    fault = {"kind": "delay", member: value}
    answer = requests.post(f"{emulator.url}/_emulator/faults", json=fault, timeout=10)
    assert answer.status_code == 400
    assert f"{member} takes a whole number from 0 to 2147483647, not {value!r}" in answer.json()["error"]
    assert emulator.control("GET", "faults") == []


def test_new_organization_has_what_the_service_creates(emulator):
    kinds = [each["target"]["kind"] for each in emulator.objects()]
    assert kinds == ["RoleEmail", "UserEmail", "InApp"]
    types = {each["id"]: each for each in emulator.objects("notification-types")}
    subscribed = {each["notification_type"]["id"] for each in emulator.objects("subscriptions")}
    assert subscribed == {key for key, each in types.items() if each["subscription_priority"] != "OPTIONAL"}


@pytest.mark.parametrize("auth", [None, (KEY, "wrong"), ("", "")])
def test_invalid_credentials_are_answered_401_with_a_challenge(emulator, auth):
    answer = call(emulator, "GET", "/integrations", auth=auth)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic")
    assert answer.json()["errors"][0]["code"] == "user_unauthenticated"
    assert answer.headers["X-Request-Id"]


def test_exchanged_token_is_valid_until_it_expires(emulator):
    form = {
        "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
        "subject_token": EXTERNAL_TOKEN,
        "identity_pool_id": "pool-12345",
        "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
        "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        "expires_in": 60,
    }
    issued = requests.post(f"{emulator.url}/sts/v1/oauth2/token", data=form, timeout=10).json()
    assert (issued["token_type"], issued["expires_in"]) == ("Bearer", 60)
    headers = {"Authorization": f"Bearer {issued['access_token']}"}
    assert call(emulator, "POST", "/integrations", auth=None, headers=headers, json=NEW).status_code == 201
    emulator.advance(61)
    assert call(emulator, "GET", "/integrations", auth=None, headers=headers).status_code == 401


def test_location_of_a_created_object_reads_it(emulator):
    answer = call(emulator, "POST", "/integrations", json={**NEW, "unknown": "ignored"})
    assert answer.status_code == 201
    read = requests.get(answer.headers["Location"], auth=(KEY, SECRET), timeout=10)
    assert read.json() == answer.json()
    assert "unknown" not in read.json()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({**NEW, "display_name": "x" * 65}, "/display_name"),
        ({**NEW, "description": "x" * 129}, "/description"),
        ({"display_name": "x"}, ""),
        ({**NEW, "target": {"kind": "Slack"}}, "/target"),
        ({**NEW, "target": {"kind": "RoleEmail", "role_name": "OrganizationAdmin"}}, "/target/kind"),
        ({**NEW, "target": {"kind": "Webhook", "webhook_url": "https://example.org"}}, "/target"),
        ({**NEW, "target": {"kind": "Slack", "webhook_url": "no url"}}, "/target/webhook_url"),
        ({**NEW, "target": "Slack"}, "/target"),
    ],
)
def test_invalid_member_is_pointed_at(running_emulator, body, pointer):
    running_emulator.reset()
    answer = call(running_emulator, "POST", "/integrations", json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["source"]["pointer"].startswith(pointer)
    assert running_emulator.requests()[-1]["violations"]


@pytest.mark.parametrize(
    "query", ["page_size=0", "page_size=251", "page_size=x", "page_token=nonsense", "page_token=" + "x" * 256]
)
def test_bad_pages_are_400_with_the_parameter(running_emulator, query):
    running_emulator.reset()
    answer = call(running_emulator, "GET", f"/integrations?{query}")
    assert answer.status_code == 400
    assert answer.json()["errors"][0]["source"]["parameter"] == query.partition("=")[0]


def test_pages_have_100_objects_by_default(emulator):
    emulator.reset(integrations=300)
    page = call(emulator, "GET", "/integrations").json()
    assert len(page["data"]) == 100
    assert page["metadata"]["total_size"] == 303
    assert len(page["metadata"]["next"].partition("page_token=")[2]) <= 255
    assert len(call(emulator, "GET", "/integrations?page_size=250").json()["data"]) == 250


def test_rate_limit_headers_count_down_until_429(emulator):
    emulator.reset(rate_limit=2, rate_window=30)
    first, second, third = [call(emulator, "GET", "/integrations") for _request in range(3)]
    assert [each.headers["X-RateLimit-Remaining"] for each in (first, second, third)] == ["1", "0", "0"]
    assert first.headers["X-RateLimit-Limit"] == "2"
    assert "Retry-After" not in second.headers
    assert third.status_code == 429
    assert 28 <= int(third.headers["Retry-After"]) <= 30
    assert third.headers["X-RateLimit-Reset"] == third.headers["Retry-After"]
    emulator.advance(31)
    assert call(emulator, "GET", "/integrations").status_code == 200


def test_read_only_mode_refuses_and_records_every_write(emulator):
    emulator.reset(integrations=[slack("ops")], read_only=True)
    path = f"/integrations/{emulator.made()['ops']['id']}"
    for method, where, body in (
        ("POST", "/integrations", NEW),
        ("PATCH", path, {}),
        ("DELETE", path, None),
        ("POST", "/integrations:test", NEW),
    ):
        assert call(emulator, method, where, json=body).status_code == 403
    assert call(emulator, "GET", path).status_code == 200
    assert [each["refused_write"] for each in emulator.requests()] == [True] * 4 + [False]
    assert set(emulator.made()) == {"ops"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_web_page_can_neither_read_nor_control_it(emulator, headers):
    """Not even one whose name was pointed to this machine (DNS rebinding)."""
    for method, path in (
        ("GET", "/_emulator/deliveries"),
        ("POST", "/_emulator/reset"),
        ("GET", f"{API}/integrations"),
    ):
        answer = requests.request(
            method, f"{emulator.url}{path}", headers=headers, json={}, auth=(KEY, SECRET), timeout=10
        )
        assert answer.status_code == 403, path
        assert "programs on this machine only" in answer.json()["error"]


def test_state_is_changed_only_by_json(emulator):
    for body in ({"data": {"enabled": "true"}}, {"data": '{"enabled": true}'}):
        answer = requests.post(f"{emulator.url}/_emulator/read-only", timeout=10, **body)
        assert answer.status_code == 415
        assert "Content-Type: application/json" in answer.json()["error"]
    assert emulator.control("GET", "read-only") == {"read_only": False}


@pytest.mark.parametrize("path", ["/_emulator/reset", f"{API}/integrations"])
def test_deeply_nested_json_is_a_bad_request(emulator, path):
    body = "[" * 100_000 + "]" * 100_000
    answer = requests.post(
        f"{emulator.url}{path}",
        data=body,
        headers={"Content-Type": "application/json"},
        auth=(KEY, SECRET),
        timeout=10,
    )
    assert answer.status_code == 400
    assert "Traceback" not in answer.text
    emulator.reset()


def test_impossible_port_is_a_short_error():
    done = subprocess.run(
        [sys.executable, str(FOLDER), "--port", "80000"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "'80000' is not a port; ports are 0 to 65535" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("value", ["-1", "nan", "inf", "1.5", "1e3", "", "2147483648", "9" * 5_000])
def test_impossible_number_of_a_flag_is_a_short_error(value, capsys):
    with pytest.raises(SystemExit) as exit_info:
        cli.main([f"--latency-ms={value}"])
    assert exit_info.value.code == 2
    message = capsys.readouterr().err.splitlines()[-1]
    assert "argument --latency-ms: " in message
    assert message.endswith(" is not a whole number from 0 to 2147483647")
    assert len(message) < 200


def test_notifications_are_delivered_to_loopback_only(emulator):
    for url in (
        "https://hooks.slack.example/x",
        "http://10.0.0.1/x",
        "http://127.0.0.1.example.org/x",
        "http://[::2]/x",
    ):
        body = {"display_name": "x", "target": {"kind": "Webhook", "url": url}}
        assert call(emulator, "POST", "/integrations:test", json=body).status_code == 204
    assert [(each["sent"], each["status"]) for each in emulator.deliveries()] == [(False, None)] * 4


def test_request_log_has_query_body_and_status(emulator):
    call(emulator, "GET", "/integrations?page_size=5")
    [record] = emulator.requests()
    assert (record["method"], record["path"], record["query"]) == (
        "GET",
        f"{API}/integrations",
        {"page_size": "5"},
    )
    assert (record["body"], record["status"], record["authorization"]) == (None, 200, "Basic")


def test_latency_is_that_of_the_flag(emulator):
    emulator.reset(latency_ms=60)
    answer = call(emulator, "GET", "/integrations")
    assert answer.elapsed.total_seconds() >= 0.06


def test_delayed_request_has_no_effect_after_a_reset(emulator):
    emulator.fault("delay", "POST", delay_ms=150)
    with pytest.raises(requests.exceptions.Timeout):
        requests.post(f"{emulator.url}{API}/integrations", auth=(KEY, SECRET), json=NEW, timeout=0.02)
    emulator.reset(latency_ms=200)
    call(emulator, "GET", "/integrations")
    assert emulator.made() == {}


def test_an_unknown_fault_is_refused(emulator):
    answer = requests.post(f"{emulator.url}/_emulator/faults", json={"kind": "flood"}, timeout=10)
    assert answer.status_code == 400
    assert "unknown kind 'flood'" in answer.json()["error"]


def test_a_required_subscription_stays(emulator):
    required = next(
        each for each in emulator.objects("notification-types") if each["subscription_priority"] == "REQUIRED"
    )
    subscription = next(
        each
        for each in emulator.objects("subscriptions")
        if each["notification_type"]["id"] == required["id"]
    )
    path = f"/subscriptions/{subscription['id']}"
    assert call(emulator, "DELETE", path).status_code == 400
    assert call(emulator, "PATCH", path, json={"current_state": "DISABLED"}).status_code == 400
    again = {
        "notification_type": {"id": required["id"]},
        "integrations": [{"id": emulator.objects()[0]["id"]}],
    }
    taken = call(emulator, "POST", "/subscriptions", json=again)
    assert (taken.status_code, taken.headers["Location"]) == (409, subscription["metadata"]["self"])


# The catalogue and subscriptions


def types_by_name(emulator):
    return {each["display_name"]: each for each in emulator.objects("notification-types")}


def test_catalog_has_every_severity_and_priority_and_an_unknown_category(emulator):
    listed = call(emulator, "GET", "/notification-types?page_size=250").json()["data"]
    assert len(listed) == 60
    assert {each["severity"] for each in listed} == {"CRITICAL", "WARN", "INFO"}
    assert {each["subscription_priority"] for each in listed} == {"REQUIRED", "RECOMMENDED", "OPTIONAL"}
    assert {each["category"] for each in listed} == {
        "BILLING_LICENSING",
        "SECURITY",
        "SERVICE",
        "ACCOUNT",
        "GOVERNANCE",
    }
    assert {each["is_included_in_plan"] for each in listed} == {True, False}
    assert not any("resource_types" in each for each in listed)


def test_types_of_a_resource_type_are_listed_on_all_pages(emulator):
    first = call(emulator, "GET", "/notification-types?resource_type=CONNECTOR&page_size=3").json()
    rest = requests.get(first["metadata"]["next"], auth=(KEY, SECRET), timeout=10).json()
    names = [each["display_name"] for each in first["data"] + rest["data"]]
    assert names == [
        "Connector failed",
        "Connector degraded",
        "Connector paused",
        "Connector plugin is deprecated",
        "Connector in FAILED state",
        "Connector state: PROVISIONING to RUNNING",
    ]
    assert first["metadata"]["total_size"] == 6
    assert {each["resource_type"] for each in first["data"]} == {"CONNECTOR"}


def test_catalog_marks_invented_names(emulator):
    invented = {each.name for types in CATALOGUE.values() for each in types if each.is_invented}
    assert set(types_by_name(emulator)) - invented == set(PUBLISHED_NAMES)
    assert "Connector failed" in invented


def test_type_outside_of_the_plan_cannot_be_subscribed_to(emulator):
    outside = types_by_name(emulator)["Flink statement failed"]
    body = {"notification_type": {"id": outside["id"]}, "integrations": [{"id": emulator.objects()[0]["id"]}]}
    answer = call(emulator, "POST", "/subscriptions", json=body)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "not_included")


# One resource

CONNECTOR = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
OF_CONNECTOR = {"resource": CONNECTOR, "resource_type": "CONNECTOR"}


def test_type_of_a_resource_is_an_open_enumeration(emulator):
    for kind in ("CLUSTER", "CONNECTOR__CUSTOM_CONNECTOR", "SOMETHING_NEW"):
        body = {
            **OF_CONNECTOR,
            "resource": f"{CONNECTOR}-{kind}",
            "resource_type": kind,
            "current_state": "ENABLED",
        }
        assert call(emulator, "POST", "/resource-preferences", json=body).status_code == 201


def test_subscriptions_of_a_resource_are_looked_up_page_by_page(emulator):
    types = types_by_name(emulator)
    admins = {"id": emulator.objects()[0]["id"]}
    for resource, name in (
        (CONNECTOR, "Connector failed"),
        (CONNECTOR, "Connector paused"),
        (CONNECTOR + "-2", "Connector failed"),
    ):
        body = {
            **OF_CONNECTOR,
            "resource": resource,
            "notification_type": {"id": types[name]["id"]},
            "integrations": [admins],
        }
        assert call(emulator, "POST", "/resource-subscriptions", json=body).status_code == 201
        assert call(emulator, "POST", "/resource-subscriptions", json=body).status_code == 409
    first = call(
        emulator, "GET", "/resource-subscriptions:lookup", params={**OF_CONNECTOR, "page_size": 1}
    ).json()
    rest = requests.get(first["metadata"]["next"], auth=(KEY, SECRET), timeout=10).json()
    found = [each["notification_type"]["id"] for each in first["data"] + rest["data"]]
    assert found == [types[name]["id"] for name in ("Connector failed", "Connector paused")]
    assert "next" not in rest["metadata"]


# User notifications


def notifications(emulator, query=""):
    return call(emulator, "GET", f"/user-notifications?{query}").json()["data"]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 12),
        ("read=false", 6),
        ("severity=CRITICAL", 4),
        ("severity=CRITICAL&severity=INFO", 6),
        ("resource.type=CONNECTOR", 2),
        ("resource.type=CONNECTOR&resource.type=CLUSTER", 7),
        ("search=CONNECTOR", 2),
        ("search=mirroring", 1),
        ("search=orders-to-warehouse", 0),
        ("time_range=PAST_24H", 4),
        ("time_range=PAST_7D", 9),
        ("time_range=PAST_30D&read=true", 4),
    ],
)
def test_notifications_are_filtered(running_emulator, query, count):
    running_emulator.reset()
    assert len(notifications(running_emulator, query)) == count


def test_notifications_are_sorted_newest_first_by_default(emulator):
    newest_first = notifications(emulator)
    assert newest_first == sorted(newest_first, key=lambda each: each["received_at"], reverse=True)
    assert notifications(emulator, "sort=received_at") == newest_first[::-1]
    first = call(emulator, "GET", "/user-notifications?page_size=7").json()
    rest = requests.get(first["metadata"]["next"], auth=(KEY, SECRET), timeout=10).json()
    assert first["data"] + rest["data"] == newest_first


@pytest.mark.parametrize(
    ("sort", "key"),
    [
        ("severity", lambda each: (RANKS[each["severity"]], -each["number"])),
        ("-severity", lambda each: (-RANKS[each["severity"]], -each["number"])),
        ("-severity,received_at", lambda each: (-RANKS[each["severity"]], each["number"])),
        ("received_at,severity", lambda each: each["number"]),
    ],
)
def test_notifications_are_sorted_by_severity_on_all_pages(emulator, sort, key):
    oldest_first = [
        {"id": each["id"], "severity": each["severity"], "number": number}
        for number, each in enumerate(notifications(emulator, "sort=received_at"))
    ]
    page = call(emulator, "GET", f"/user-notifications?page_size=5&sort={sort}").json()
    found = page["data"]
    while "next" in page["metadata"]:
        page = requests.get(page["metadata"]["next"], auth=(KEY, SECRET), timeout=10).json()
        found += page["data"]
    assert [each["id"] for each in found] == [each["id"] for each in sorted(oldest_first, key=key)]


def test_first_action_is_primary_and_version_is_a_number(emulator):
    for each in notifications(emulator, "include=integrations,recommended_actions"):
        assert [action["role"] for action in each["actions"]] == ["PRIMARY", "SECONDARY"]
        assert each["recommended_actions"]["version"] == 1


@pytest.mark.parametrize("query", ["time_range=PAST_1Y", "read=maybe", "sort=nonsense"])
def test_invalid_query_of_notifications_is_400_with_the_parameter(running_emulator, query):
    running_emulator.reset()
    response = call(running_emulator, "GET", f"/user-notifications?{query}")
    assert response.status_code == 400
    assert response.json()["errors"][0]["source"] == {"parameter": query.partition("=")[0]}


def test_invalid_filter_marks_nothing(emulator):
    assert (
        call(emulator, "PATCH", "/user-notifications:mark-all?read=maybe", json={"read": True}).status_code
        == 400
    )
    assert len(notifications(emulator, "read=false")) == 6


def test_list_of_notifications_has_optional_parts_with_include_only(emulator):
    [brief, *_others] = notifications(emulator)
    assert {"integrations", "recommended_actions"}.isdisjoint(brief)
    [whole, *_others] = notifications(emulator, "include=integrations,recommended_actions")
    assert [each["target"]["kind"] for each in whole["integrations"]] == ["RoleEmail", "InApp"]
    assert call(emulator, "GET", f"/user-notifications/{brief['id']}").json() == whole


def test_marking_one_and_marking_all_change_the_summary(emulator):
    def summary():
        return call(emulator, "GET", "/user-notifications:summary").json()

    assert summary() == {
        "api_version": "notifications/v1",
        "kind": "Summary",
        "unread_count": 6,
        "severities": [
            {"severity": "CRITICAL", "count": 2},
            {"severity": "INFO", "count": 1},
            {"severity": "WARN", "count": 3},
        ],
    }
    auth = (READER_KEY, READER_SECRET)
    [newest, *_others] = notifications(emulator)
    marked = call(
        emulator, "PATCH", f"/user-notifications/{newest['id']}", auth=auth, json={"read": True}
    ).json()
    assert (marked["read"], bool(marked["read_at"])) == (True, True)
    assert summary()["unread_count"] == 5
    assert (
        call(emulator, "PATCH", "/user-notifications:mark-all?severity=WARN", json={"read": True}).status_code
        == 204
    )
    assert summary()["unread_count"] == 3
    assert call(emulator, "PATCH", "/user-notifications:mark-all", json={"read": False}).status_code == 204
    assert summary()["unread_count"] == 12
