# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the service, a proxy or a user says: a sentence or a result, in bounded time and memory, and never a traceback."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from robustness.canned import ASKED, LOGIN, Canned, run
from support.examples import MODULES, loaded

#: Right-to-left, zero-width, combining, a private plane, a half of a pair, control characters, and what Jinja and shells love.
ODD = st.sampled_from(
    [
        "\u202eops",
        "o\u200bps",
        "e\u0301",
        "\U000f0000",
        "\ud800",
        "\x00\x1b[31m",
        "{{ 7 * 7 }}",
        "$(id)",
        "ops\n",
        "OPS",
        " ops",
        "ops",
    ]
)
texts = ODD | st.text(max_size=20) | st.just("x" * 70_000)
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
#: A proper object of each collection, which examples then bend.
PROPER = {
    "integrations": {
        "id": "i-1",
        "display_name": "ops",
        "description": "",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"},
    },
    "notification-types": {
        "id": "nt-1",
        "display_name": "a",
        "severity": "CRITICAL",
        "category": "SERVICE",
        "subscription_priority": "REQUIRED",
        "is_included_in_plan": True,
    },
    "subscriptions": {
        "id": "s-1",
        "notification_type": {"id": "nt-1"},
        "integrations": [{"id": "i-1"}],
        "current_state": "ENABLED",
    },
    "resource-preferences": {
        "id": "rp-1",
        "resource": "environment=env-1",
        "resource_type": "ENVIRONMENT",
        "current_state": "ENABLED",
    },
    "resource-subscriptions": {
        "id": "rs-1",
        "resource": "environment=env-1",
        "resource_type": "ENVIRONMENT",
        "notification_type": {"id": "nt-1"},
        "integrations": [{"id": "i-1"}],
        "current_state": "ENABLED",
    },
    "user-notifications": {
        "id": "un-1",
        "read": False,
        "severity": "CRITICAL",
        "integrations": [],
        "notification_type": {"id": "nt-1"},
    },
}


@st.composite
def bent(draw, proper):
    """A proper object with members missing, of any other type, or added."""
    whole = dict(proper)
    for name in draw(st.lists(st.sampled_from(sorted(proper)), max_size=3)):
        if draw(st.booleans()):
            whole.pop(name, None)
        else:
            whole[name] = draw(anything)
    if draw(st.booleans()):
        whole[draw(texts)] = draw(anything)
    return whole


@st.composite
def organizations(draw):
    """What each collection's list holds, and what an object of it is answered as."""
    return {name: draw(st.lists(bent(proper), max_size=3)) for name, proper in PROPER.items()}


def serve(organization):
    """Answers from such an organization, as its paths and methods want them."""

    def answer(request):
        collection = request.path_url.partition("?")[0].split("/")[3].partition(":")[0]
        objects = organization[collection]
        if request.method == "GET" and "resource-preferences" not in request.path_url:
            return Canned.of({"metadata": {}, "data": objects, "unread_count": 1})
        if request.method == "DELETE" or ":" in request.path_url.rpartition("/")[2]:
            return Canned(204)
        return Canned.of(objects[0] if objects else {})

    return answer


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=max(5, settings.default.max_examples // 6))
@given(organization=organizations())
def test_any_organization_is_a_result_or_a_sentence(module, organization):
    run(module, ASKED[module], serve(organization))


header_values = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30) | st.sampled_from(
    [
        "-1",
        "nan",
        "inf",
        "1e400",
        "9" * 400,
        "Wed, 21 Oct 2099 07:28:00 GMT",
        "Wed, 99 Xyz 9999",
        "0x10",
        "1,5",
        "0",
        "86400",
    ]
)
headers = st.dictionaries(
    st.sampled_from(
        ["Retry-After", "X-RateLimit-Reset", "X-Request-Id", "Location", "Content-Type", "Content-Encoding"]
    ),
    header_values,
)
answers = st.builds(
    Canned,
    status=st.sampled_from([200, 201, 204, 301, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503])
    | st.integers(200, 999),
    body=st.binary(max_size=200)
    | anything.map(lambda value: json.dumps(value).encode())
    | st.just(b"[" * 100_000),
    headers=headers,
)


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=max(10, settings.default.max_examples // 6))
@given(given_answers=st.lists(answers, min_size=1, max_size=4))
def test_any_answer_is_a_result_or_a_sentence(module, given_answers):
    left = list(given_answers)
    run(module, ASKED[module], lambda _request: left.pop(0) if len(left) > 1 else left[0])


def option(described):
    """A value for an option: often of its type, sometimes anything."""
    if described.get("choices"):
        proper = st.sampled_from(described["choices"])
    elif "options" in described:
        inner = st.fixed_dictionaries(
            {}, optional={name: option(each) for name, each in described["options"].items()}
        )
        proper = st.lists(inner, max_size=3) if described["type"] == "list" else inner
    else:
        proper = {
            "bool": st.booleans(),
            "int": st.integers(),
            "list": st.lists(texts, max_size=3),
            "dict": st.dictionaries(texts, texts),
        }.get(described["type"], texts)
    return proper | anything


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=max(10, settings.default.max_examples // 6))
@given(data=st.data())
def test_any_options_are_a_result_or_a_sentence(module, data):
    described = {
        name: each
        for name, each in loaded(module).ARGUMENTS.options.items()
        if name not in LOGIN and name != "ca_path"
    }
    params = {
        **ASKED[module],
        **data.draw(
            st.fixed_dictionaries({}, optional={name: option(each) for name, each in described.items()})
        ),
    }
    if "endpoint" not in params:
        run(module, params, serve({name: [proper] for name, proper in PROPER.items()}))


def test_a_list_without_an_end_has_one(monkeypatch):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api import client

    monkeypatch.setattr(client, "MAX_PAGES", 100)
    pages = iter(range(10_000))

    def answer(_request):
        number = next(pages)
        link = f"https://elsewhere.example/?page_token=t{number}"
        return Canned.of(
            {"metadata": {"next": link}, "data": [{**PROPER["integrations"], "id": f"i-{number}"}]}
        )

    result = run("integration_info", {}, answer)
    assert "the list does not end after 100 pages" in result["msg"]


def test_a_list_that_is_as_long_as_it_may_be_is_read():
    """Ten thousand pages would be two and a half million integrations; two thousand of them are the limit."""
    pages = iter(range(2_000))

    def answer(_request):
        number = next(pages)
        following = {"next": f"https://api.confluent.cloud/?page_token=t{number}"} if number < 1_999 else {}
        return Canned.of({"metadata": following, "data": [{**PROPER["integrations"], "id": f"i-{number}"}]})

    assert len(run("integration_info", {}, answer)["integrations"]) == 2_000


def test_a_huge_answer_is_not_read_to_its_end(monkeypatch):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api import transport

    monkeypatch.setattr(transport, "BODY_LIMIT", 1024 * 1024)
    result = run("integration_info", {}, lambda _request: Canned(200, b" " * (2 * 1024 * 1024)))
    assert "the responses are larger than 1 MiB" in result["msg"]


def test_a_name_that_the_service_changes_leaves_nothing_behind():
    """Under the other name, the next run would not find it, and make one more."""
    made = {**PROPER["integrations"], "id": "i-9", "display_name": "caf\u00e9"}
    asked = []

    def answer(request):
        asked.append(request.method)
        return {
            "GET": Canned.of({"metadata": {}, "data": []}),
            "POST": Canned.of(made, 201),
            "DELETE": Canned(204),
        }[request.method]

    params = {
        "display_name": "cafe\u0301",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"},
    }
    result = run("integration", params, answer)
    assert asked == ["GET", "POST", "DELETE"]
    assert result["changed"] is False
    assert "It was deleted, because it could not be found again under another name" in result["msg"]


def test_a_text_from_the_service_moves_no_cursor_and_passes_for_no_line():
    detail = "\x1b]0;title\x07\x1b[31mbad\nok: [localhost]\u202e"
    result = run("integration_info", {}, lambda _request: Canned.of({"errors": [{"detail": detail}]}, 400))
    assert result["msg"].isprintable()


def test_names_that_are_no_texts_are_no_traceback():
    odd = {"integrations": [PROPER["integrations"]], "subscriptions": [PROPER["subscriptions"]]}
    odd["notification-types"] = [{**PROPER["notification-types"], "display_name": ["a"]}]
    assert run("subscription_info", {"notification_type": "nt-1", "integration": "ops"}, serve(odd))[
        "subscriptions"
    ]
