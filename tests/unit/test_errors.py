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
    error = errors.from_answer("do it", status, ANSWER, listed(detail="Why."))
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
    one = errors.from_answer("do it", 422, ANSWER, first).as_result()
    other = errors.from_answer("do it", 422, {}, second).as_result()
    assert {**other, "request_id": "r-1"} == one
    assert other["request_id"] == "r-2"
    assert (one["code"], one["detail"], one["pointer"]) == ("c", "Too long.", "/display_name")


def test_a_parameter_is_pointed_at_too():
    body = listed(detail="No.", source={"parameter": "page_size"})
    assert errors.from_answer("do it", 400, {}, body).pointer == "page_size"


def test_the_form_of_oauth_is_read():
    body = json.dumps({"error": "invalid_grant", "error_description": "The token has expired."})
    error = errors.from_answer("exchange", 400, {}, body)
    assert (error.code, error.said) == ("invalid_grant", "The token has expired.")


@pytest.mark.parametrize(
    ("status", "detail"),
    [(402, "Limit integrations_per_org reached."), (400, "The quota integrations_per_org of 10 is used up.")],
)
def test_a_quota_is_called_a_quota(status, detail):
    error = errors.from_answer("create", status, {}, listed(detail=detail))
    assert error.__class__ is errors.OverQuota
    assert error.message.startswith("Could not create: over quota: ")
    assert "integrations_per_org" in error.message


def test_a_conflict_names_what_is_in_the_way():
    location = "https://api.confluent.cloud/notifications/v1/integrations/i-12345?x=1"
    error = errors.from_answer("create", 409, {"Location": location}, listed(detail="Taken."))
    assert "The existing object is 'i-12345'." in error.message


@pytest.mark.parametrize("body", ["", "<html>Bad gateway</html>", "null", "[]", '{"errors": []}', '{"errors": [1]}', "[" * 9999])
def test_a_body_that_says_nothing_is_said_to(body):
    error = errors.from_answer("list", 502, {"Content-Type": "text/html"}, body)
    assert error.said == "the service answered with status 502 and a body that says nothing (text/html)"
    assert "html>" not in error.message


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)
keys = st.sampled_from(["errors", "error", "detail", "message", "source", "details", "code", "requestId", "pointer"])
hostile = st.recursive(anything, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(keys, inner, max_size=4))


@given(st.integers(400, 599), hostile.map(json.dumps) | st.text())
def test_no_body_is_too_strange(status, body):
    error = errors.from_answer("do it", status, {}, body)
    assert isinstance(error, errors.NotificationsError)
    assert len(error.message) < 10_000
    for value in error.as_result().values():
        assert value is None or isinstance(value, (str, int))


def test_every_type_is_an_own_class_with_a_docstring():
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Exception)]
    assert len(kinds) > 15
    assert all(kind.__doc__ for kind in kinds)
