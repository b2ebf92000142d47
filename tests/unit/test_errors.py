# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``_errors``: both error envelopes, bodies of any kind, and messages that say what to do."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils import _errors as errors
from ansible_collections.ccloud.notifications.plugins.module_utils._api.responses import error_from_response
from support.playbooks import ROOT

HEADERS = {"X-Request-Id": "r-1", "Content-Type": "application/json; charset=utf-8"}


def read_error(status, headers, body, operation="complete the task"):
    return error_from_response(status, headers, body, "PATCH").replace(operation=operation)


def errors_body(**error):
    return json.dumps({"errors": [error]})


@pytest.mark.parametrize(
    ("status", "error_type"),
    [
        (400, "bad_request"),
        (401, "unauthenticated"),
        (402, "quota_exceeded"),
        (403, "forbidden"),
        (404, "not_found"),
        (405, "not_supported"),
        (406, "not_supported"),
        (408, "server_error"),
        (409, "conflict"),
        (410, "not_found"),
        (415, "not_supported"),
        (418, "server_error"),
        (422, "bad_request"),
        (429, "rate_limited"),
        (500, "server_error"),
        (503, "server_error"),
    ],
)
def test_status_determines_the_error_type(status, error_type):
    error = read_error(status, HEADERS, errors_body(detail="Why."), operation="do it")
    assert error.type == error_type
    assert error.message.startswith("Could not do it: ")
    assert "Why." in error.message
    assert error.next_step
    assert error.message.endswith("Request ID: r-1.")


def test_both_envelopes_give_the_same_error():
    list_body = errors_body(code="c", detail="Too long.", status="422", source={"pointer": "/display_name"})
    object_body = json.dumps(
        {
            "status": 422,
            "error": {
                "code": "c",
                "message": "Too long.",
                "details": [{"source": {"pointer": "/display_name"}}],
            },
            "requestId": "r-2",
        }
    )

    from_list = read_error(422, HEADERS, list_body).as_result()
    from_object = read_error(422, {}, object_body).as_result()

    assert {**from_object, "request_id": "r-1"} == from_list
    assert from_object["request_id"] == "r-2"
    assert (from_list["code"], from_list["detail"], from_list["pointer"]) == (
        "c",
        "Too long.",
        "/display_name",
    )


def test_source_parameter_is_the_pointer():
    body = errors_body(detail="No.", source={"parameter": "page_size"})
    assert read_error(400, {}, body).pointer == "page_size"


def test_oauth_error_is_understood():
    body = json.dumps({"error": "invalid_grant", "error_description": "The token has expired."})
    error = read_error(400, {}, body)
    assert (error.code, error.detail) == ("invalid_grant", "The token has expired.")


@pytest.mark.parametrize(
    ("status", "detail"),
    [(402, "Limit integrations_per_org reached."), (400, "The quota integrations_per_org of 10 is used up.")],
)
def test_quota_error_is_recognized(status, detail):
    error = read_error(status, {}, errors_body(detail=detail))
    assert error.type == "quota_exceeded"
    assert error.message.startswith("Could not complete the task: over quota: ")
    assert "integrations_per_org" in error.message


def test_conflict_names_the_existing_object():
    location = "https://api.confluent.cloud/notifications/v1/integrations/i-12345?x=1"
    error = read_error(409, {"Location": location}, errors_body(detail="Taken."))
    assert "The existing object is 'i-12345'." in error.message


@pytest.mark.parametrize(
    "body", ["", "<html>Bad gateway</html>", "null", "[]", '{"errors": []}', '{"errors": [1]}', "[" * 9999]
)
def test_body_without_explanation_is_reported(body):
    error = read_error(502, {"Content-Type": "text/html"}, body)
    assert (
        error.detail == "the service answered with status 502 and a body without an explanation (text/html)"
    )
    assert "html>" not in error.message


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
keys = st.sampled_from(
    ["errors", "error", "detail", "message", "source", "details", "code", "requestId", "pointer"]
)
hostile = st.recursive(
    anything, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=4)
)


@given(st.integers(400, 599), hostile.map(json.dumps) | st.text())
def test_any_body_gives_a_short_error(status, body):
    error = read_error(status, {}, body)
    assert isinstance(error, errors.NotificationsError)
    assert len(error.message) < 10_000
    for value in error.as_result().values():
        assert value is None or isinstance(value, (str, int, list))


def test_every_error_type_is_documented():
    documented = re.findall(
        r"^\| `(\w+)` \| (.+) \|$", (ROOT / "docs" / "errors.md").read_text(), re.MULTILINE
    )
    assert dict(documented) == errors.ERROR_TYPES


def test_operation_is_added_once_to_a_copy_of_the_error():
    raised = errors.NotFoundError("gone", status=404, request_id="r-1")
    with pytest.raises(errors.NotFoundError) as caught, errors.operation("list"), errors.operation("read it"):
        raise raised

    assert caught.value.message == (
        "Could not read it: gone. It may have been deleted in the meantime. Run the task again. "
        "Request ID: r-1."
    )
    assert (caught.value.status, raised.operation) == (404, "")


def test_refusal_says_that_nothing_was_changed():
    error = errors.RefusedError("it is odd", operation="do it", next_step="Do not.")
    assert error.message == "Could not do it: it is odd. Do not. Nothing was changed."


# Several errors and details


def test_all_errors_of_a_response_are_reported():
    items = [
        {"id": "e-1", "detail": "URI expected.", "source": {"pointer": "/target/url"}},
        {"id": "e-2", "title": "Too long", "source": {"pointer": "/display_name"}, "error_code": 40002},
    ]
    error = read_error(422, {}, json.dumps({"errors": items}))
    assert error.detail == "URI expected (/target/url); Too long (/display_name)"
    assert error.as_result()["error_ids"] == ["e-1", "e-2"]
    assert error.is_from_api


def test_long_list_of_errors_is_cut_and_counted():
    items = [{"detail": f"Wrong {n}."} for n in range(25)]
    error = read_error(422, {}, json.dumps({"errors": items}))
    assert error.detail.startswith("Wrong 0.; Wrong 1.; ")
    assert error.detail.endswith("and 15 more")


def test_error_code_is_used_if_code_is_missing():
    assert (
        read_error(400, {}, json.dumps({"errors": [{"error_code": 40002, "message": "No."}]})).code == "40002"
    )


def test_documented_envelope_is_read_completely():
    details = {
        "code": "invalid_request",
        "message": "The request is invalid",
        "details": "display_name is too long",
        "timestamp": "2026-01-01T00:00:00Z",
        "path": "/notifications/v1/integrations",
        "suggestion": "Shorten display_name to 64 characters.",
    }
    body = {
        "status": 400,
        "error": details,
        "requestId": "r-1",
        "doc_url": "https://docs.confluent.io/errors",
    }
    message = read_error(400, {}, json.dumps(body), operation="create it").message
    assert message == (
        "Could not create it: The request is invalid: display_name is too long. "
        "Shorten display_name to 64 characters. See https://docs.confluent.io/errors. Request ID: r-1."
    )


def test_challenge_explains_a_401_without_a_body():
    headers = {"WWW-Authenticate": 'Basic error="invalid_key", error_description="The API key is invalid"'}
    assert read_error(401, headers, "").detail == "The API key is invalid"


@pytest.mark.parametrize(
    ("body", "is_from_api"),
    [
        ('{"errors": [{"id": "1", "status": "404", "title": "Not Found"}]}', True),
        ('{"errors": []}', True),
        ('{"error": {}}', True),
        ("<html>", False),
        ("{}", False),
        ("[]", False),
        ('{"message": "no Route matched with those values"}', False),
    ],
)
def test_only_error_envelopes_count_as_api_responses(body, is_from_api):
    assert read_error(404, {}, body).is_from_api is is_from_api


def test_refusals_are_shown_at_once_each_a_line():
    refusals = errors.Refusals("apply", "the rules")
    with refusals.collect("rule 1"):
        raise errors.RefusedError("the name is wrong", next_step="Correct it.")
    [only] = [refusals.combined()]
    assert only.message == "Could not apply rule 1: the name is wrong. Correct it. Nothing was changed."

    for number in range(2, 31):
        with refusals.collect(f"rule {number}"):
            raise errors.UnknownNameError("it does not exist.", next_step="")
    combined = refusals.combined()
    assert combined.lines[:3] == [
        "Could not apply the rules, for 30 reasons:",
        "- rule 1: the name is wrong. Correct it.",
        "- rule 2: it does not exist.",
    ]
    assert combined.lines[-2:] == ["- and 10 more", "Nothing was changed."]
    assert combined.replace(operation="verify").lines[0] == "Could not verify, for 30 reasons:"


def test_other_errors_are_not_collected():
    refusals = errors.Refusals("apply", "the rules")
    with pytest.raises(errors.TransportError), refusals.collect("rule 1"):
        raise errors.TransportError("no answer")
    assert refusals.combined() is None
    refusals.raise_any()
