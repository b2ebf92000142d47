# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``errors``: both envelopes, bodies of any kind, and messages that say what to do."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils import errors
from ansible_collections.ccloud.notifications.plugins.module_utils._api.responses import error_from_response

ANSWER = {"X-Request-Id": "r-1", "Content-Type": "application/json; charset=utf-8"}


def listed(**first):
    return json.dumps({"errors": [first]})


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.Rejected),
        (401, errors.Unauthenticated),
        (402, errors.OverQuota),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (408, errors.ServerFailure),
        (409, errors.Conflict),
        (418, errors.ServerFailure),
        (422, errors.Rejected),
        (429, errors.RateLimited),
        (500, errors.ServerFailure),
        (503, errors.ServerFailure),
    ],
)
def test_each_status_has_its_type(status, kind):
    error = error_from_response("do it", status, ANSWER, listed(detail="Why."))
    assert error.__class__ is kind
    assert error.message.startswith("Could not do it: ")
    assert "Why." in error.message
    assert error.next_step
    assert error.message.endswith("Request id: r-1.")


def test_both_envelopes_say_the_same():
    first = listed(code="c", detail="Too long.", status="422", source={"pointer": "/display_name"})
    second = json.dumps(
        {
            "status": 422,
            "error": {"code": "c", "message": "Too long.", "details": [{"source": {"pointer": "/display_name"}}]},
            "requestId": "r-2",
        }
    )
    one = error_from_response("do it", 422, ANSWER, first).as_result()
    other = error_from_response("do it", 422, {}, second).as_result()
    assert {**other, "request_id": "r-1"} == one
    assert other["request_id"] == "r-2"
    assert (one["code"], one["detail"], one["pointer"]) == ("c", "Too long.", "/display_name")


def test_a_parameter_is_pointed_at_too():
    body = listed(detail="No.", source={"parameter": "page_size"})
    assert error_from_response("do it", 400, {}, body).pointer == "page_size"


def test_the_form_of_oauth_is_read():
    body = json.dumps({"error": "invalid_grant", "error_description": "The token has expired."})
    error = error_from_response("exchange", 400, {}, body)
    assert (error.code, error.said) == ("invalid_grant", "The token has expired.")


@pytest.mark.parametrize(
    ("status", "detail"),
    [(402, "Limit integrations_per_org reached."), (400, "The quota integrations_per_org of 10 is used up.")],
)
def test_a_quota_is_called_a_quota(status, detail):
    error = error_from_response("create", status, {}, listed(detail=detail))
    assert error.__class__ is errors.OverQuota
    assert error.message.startswith("Could not create: over quota: ")
    assert "integrations_per_org" in error.message


def test_a_conflict_names_what_is_in_the_way():
    location = "https://api.confluent.cloud/notifications/v1/integrations/i-12345?x=1"
    error = error_from_response("create", 409, {"Location": location}, listed(detail="Taken."))
    assert "The existing object is 'i-12345'." in error.message


@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "null", "[]", '{"errors": []}', '{"errors": [1]}', "[" * 9999])
def test_a_body_that_says_nothing_is_said_to(body):
    error = error_from_response("list", 502, {"Content-Type": "text/html"}, body)
    assert error.said == "the service answered with status 502 and a body that says nothing (text/html)"
    assert "html>" not in error.message


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
keys = st.sampled_from(["errors", "error", "detail", "message", "source", "details", "code", "requestId", "pointer"])
hostile = st.recursive(anything, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=4))


@given(st.integers(400, 599), hostile.map(json.dumps) | st.text())
def test_no_body_is_too_strange(status, body):
    error = error_from_response("do it", status, {}, body)
    assert isinstance(error, errors.NotificationsError)
    assert len(error.message) < 10_000
    for value in error.as_result().values():
        assert value is None or isinstance(value, (str, int, list))


def test_every_type_is_an_own_class_with_a_docstring():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 15
    assert all(kind.__doc__ for kind in kinds)


# Errors in full


def test_every_error_of_a_response_is_named():
    items = [
        {"id": "e-1", "detail": "URI expected.", "source": {"pointer": "/target/url"}},
        {"id": "e-2", "title": "Too long", "source": {"pointer": "/display_name"}, "error_code": 40002},
    ]
    error = error_from_response("do it", 422, {}, json.dumps({"errors": items}))
    assert error.said == "URI expected (/target/url); Too long (/display_name)"
    assert error.as_result()["error_ids"] == ["e-1", "e-2"]
    assert error.is_from_api


def test_many_errors_are_counted():
    items = [{"detail": f"Wrong {n}."} for n in range(25)]
    error = error_from_response("do it", 422, {}, json.dumps({"errors": items}))
    assert error.said.startswith("Wrong 0.; Wrong 1.; ")
    assert error.said.endswith("and 15 more")


def test_error_code_stands_in_for_a_code():
    assert error_from_response("do it", 400, {}, json.dumps({"errors": [{"error_code": 40002, "message": "No."}]})).code == "40002"


def test_envelope_of_the_guide_is_read_in_full():
    error = {
        "code": "invalid_request",
        "message": "The request is invalid",
        "details": "display_name is too long",
        "timestamp": "2026-01-01T00:00:00Z",
        "path": "/notifications/v1/integrations",
        "suggestion": "Shorten display_name to 64 characters.",
    }
    body = {"status": 400, "error": error, "requestId": "r-1", "doc_url": "https://docs.confluent.io/errors"}
    read = error_from_response("create it", 400, {}, json.dumps(body))
    assert read.message == (
        "Could not create it: The request is invalid: display_name is too long. Shorten display_name to 64 characters. "
        "See https://docs.confluent.io/errors. Request id: r-1."
    )


def test_challenge_explains_a_401_without_a_body():
    headers = {"WWW-Authenticate": 'Basic error="invalid_key", error_description="The API key is invalid"'}
    assert error_from_response("list", 401, headers, "").said == "The API key is invalid"


@pytest.mark.parametrize(("status", "kind"), [(405, "NotSupported"), (406, "NotSupported"), (415, "NotSupported"), (410, "NotFound")])
def test_client_errors_beyond_the_contract_are_no_server_failures(status, kind):
    assert type(error_from_response("do it", status, {}, "{}")).__name__ == kind


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
def test_only_an_envelope_is_an_answer_of_the_api(body, is_from_api):
    assert error_from_response("look up", 404, {}, body).is_from_api is is_from_api
