# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Any response and any option lead to a result or a clear error, in limited time and memory."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from faults.operations import COLLECTIONS, ROUTED
from robustness.fake_service import LOGIN, CannedResponse, operations_of, respond_in_turn, run
from support.examples import MODULES, load_module

#: A valid object of each collection.
SAMPLES = {collection.name: collection.sample for collection in COLLECTIONS}
INTEGRATION = SAMPLES["integrations"]

# Values of any kind

#: Right-to-left, zero-width and combining characters, a private plane, half of a surrogate pair, control
#: characters, templates and shell code, and variants of a name.
unusual_texts = st.sampled_from(
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


def repeat(value):
    return value * 70_000


# Built when they are drawn, so that Hypothesis does not show them in the names of strategies.
long_texts = st.just("x").map(repeat)
nested_arrays = st.just(b"[").map(repeat)
texts = unusual_texts | st.text(max_size=20) | long_texts
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


@st.composite
def altered_objects(draw, sample):
    """A valid object with members that are missing, of any type, or added."""
    obj = dict(sample)
    for name in draw(st.lists(st.sampled_from(sorted(sample)), max_size=3)):
        if draw(st.booleans()):
            obj.pop(name, None)
        else:
            obj[name] = draw(json_values)
    if draw(st.booleans()):
        obj[draw(texts)] = draw(json_values)
    return obj


@st.composite
def organizations(draw):
    """The objects of each collection, which are altered samples."""
    return {name: draw(st.lists(altered_objects(sample), max_size=3)) for name, sample in SAMPLES.items()}


def serve(organization):
    """Respond to each path and method with the objects of an organization."""

    def respond(request):
        path = request.path_url.partition("?")[0]
        collection, _colon, action = path.split("/")[3].partition(":")
        objects = organization[collection]

        is_list = request.method == "GET" and collection != "resource-preferences"
        if is_list:
            return CannedResponse.from_json({"metadata": {}, "data": objects, "unread_count": 1})
        has_no_body = request.method == "DELETE" or (request.method != "GET" and action)
        if has_no_body:
            return CannedResponse(204)
        return CannedResponse.from_json(objects[0] if objects else {})

    return respond


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=max(5, settings.default.max_examples // 6))
@given(data=st.data(), organization=organizations())
def test_any_objects_lead_to_result_or_clear_error(module, data, organization):
    operation = data.draw(st.sampled_from(operations_of(module)))
    run(module, operation.sequential_params, serve(organization))


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
canned_responses = st.builds(
    CannedResponse,
    status=st.sampled_from([200, 201, 204, 301, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503])
    | st.integers(200, 999),
    body=st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()) | nested_arrays,
    headers=headers,
)


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=max(10, settings.default.max_examples // 6))
@given(data=st.data(), responses=st.lists(canned_responses, min_size=1, max_size=4))
def test_any_responses_lead_to_result_or_clear_error(module, data, responses):
    operation = data.draw(st.sampled_from(operations_of(module)))
    run(module, operation.sequential_params, respond_in_turn(responses))


def option_values(option):
    """Values for an option: often of its type, sometimes of any."""
    if option.get("choices"):
        valid = st.sampled_from(option["choices"])
    elif "options" in option:
        suboptions = {name: option_values(suboption) for name, suboption in option["options"].items()}
        valid = st.fixed_dictionaries({}, optional=suboptions)
        if option["type"] == "list":
            valid = st.lists(valid, max_size=3)
    else:
        by_type = {
            "bool": st.booleans(),
            "int": st.integers(),
            "list": st.lists(texts, max_size=3),
            "dict": st.dictionaries(texts, texts),
        }
        valid = by_type.get(option["type"], texts)
    return valid | json_values


@pytest.mark.parametrize("module", MODULES)
@settings(max_examples=max(10, settings.default.max_examples // 6))
@given(data=st.data())
def test_any_options_lead_to_result_or_clear_error(module, data):
    operation = data.draw(st.sampled_from(operations_of(module)))
    options = {
        name: option_values(option)
        for name, option in load_module(module).ARGUMENTS.options.items()
        if name not in LOGIN and name != "ca_path"
    }
    drawn = data.draw(st.fixed_dictionaries({}, optional=options))
    samples = {name: [sample] for name, sample in SAMPLES.items()}
    run(module, {**operation.sequential_params, **drawn}, serve(samples))


def page(number, next_link=None):
    """A page of a list with one integration."""
    metadata = {"next": next_link} if next_link else {}
    return CannedResponse.from_json({"metadata": metadata, "data": [{**INTEGRATION, "id": f"i-{number}"}]})


def test_list_of_maximum_length_is_read():
    """Two thousand pages of 250 objects are the limit."""
    numbers = iter(range(2_000))

    def respond(_request):
        number = next(numbers)
        is_last = number == 1_999
        return page(number, None if is_last else f"https://api.confluent.cloud/?page_token=t{number}")

    assert len(run("integration_info", {}, respond)["integrations"]) == 2_000


def test_created_object_with_another_name_is_deleted():
    """The next run would not find it, and would create another one."""
    created = {**INTEGRATION, "id": "i-9", "display_name": "caf\u00e9"}
    responses = {
        "GET": CannedResponse.from_json({"metadata": {}, "data": []}),
        "POST": CannedResponse.from_json(created, 201),
        "DELETE": CannedResponse(204),
    }
    methods = []

    def respond(request):
        methods.append(request.method)
        return responses[request.method]

    params = {
        "display_name": "cafe\u0301",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"},
    }
    result = run("integration", params, respond)
    assert methods == ["GET", "POST", "DELETE"]
    assert result["changed"] is False
    assert result["error"]["type"] == "change_not_applied"
    assert "It was deleted" in result["msg"]


def test_error_message_has_no_control_characters_of_the_service():
    detail = "\x1b]0;title\x07\x1b[31mbad\nok: [localhost]\u202e"
    response = CannedResponse.from_json({"errors": [{"detail": detail}]}, 400)
    result = run("integration_info", {}, lambda _request: response)
    assert result["msg"].isprintable()


def test_names_that_are_not_texts_cause_no_traceback():
    organization = {name: [sample] for name, sample in SAMPLES.items()}
    organization["notification-types"] = [{**SAMPLES["notification-types"], "display_name": [ROUTED]}]
    params = {"notification_type": "nt-1", "integration": "ops"}
    result = run("subscription_info", params, serve(organization))
    assert result["error"]["type"] == "invalid_response"
    assert "unexpected type of display_name of 'nt-1'" in result["msg"]
