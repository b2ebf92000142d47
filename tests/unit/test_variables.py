# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the role: texts become lists and booleans, and hosts must not share credentials."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.plugin_utils._variables import (
    TextError,
    as_list,
    role_problem,
    shared_credentials,
    typed_options,
)

OPTIONS = {
    "app_items": {"type": "list", "elements": "dict", "options": {"name": {"type": "str", "required": True}}},
    "app_keep": {"type": "list", "elements": "str"},
    "app_kinds": {"type": "list", "elements": "str", "choices": ["drift", "gaps"]},
    "app_purge": {"type": "bool"},
    "app_limit": {"type": "int"},
    "app_test": {"type": "str", "choices": ["all", "none"]},
}
JSON_ITEMS = '[{"name": "a, b"}]'


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (["a", "b"], ["a", "b"]),
        (("a",), ["a"]),
        ("drift,gaps", ["drift", "gaps"]),
        (" drift , gaps,\n", ["drift", "gaps"]),
        ("drift\ngaps", ["drift", "gaps"]),
        ("data-*", ["data-*"]),
        ('["a, b"]', ["a, b"]),
        ("[]", []),
        ("", []),
        (None, []),
        (5, [5]),
    ],
)
def test_text_is_read_as_a_list(value, expected):
    assert as_list(value) == expected


@given(st.lists(st.text() | st.integers() | st.dictionaries(st.text(), st.text())))
def test_json_text_of_a_list_is_that_list(items):
    assert as_list(json.dumps(items)) == items


@given(st.lists(st.text(alphabet="abc-* ", min_size=1).map(str.strip).filter(bool)), st.sampled_from(",\n"))
def test_words_between_separators_are_the_items(words, separator):
    assert as_list(separator.join(words)) == words


def test_answers_of_a_survey_become_options():
    answers = {
        "app_items": JSON_ITEMS,
        "app_keep": "siem, data-*",
        "app_purge": "true",
        "app_limit": 0,
        "app_test": "",
        "app_kinds": None,
        "other": "1,2",
    }
    assert typed_options(answers, {name[4:]: option for name, option in OPTIONS.items()}, "app_") == {
        "items": [{"name": "a, b"}],
        "keep": ["siem", "data-*"],
        "purge": True,
        "limit": 0,
    }


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"app_items": JSON_ITEMS, "app_kinds": "drift, gaps", "app_purge": "no", "app_test": ""}, ""),
        ({"app_items": "["}, "app_items is a text that is not valid JSON (line 1, column 2)."),
        ({"app_items": '{"name": "a"}'}, "app_items must be a list. Its JSON text is a mapping."),
        ({"app_items": "a, b"}, "app_items must be a list."),
        ({"app_items": '["a"]'}, "app_items[0] must be a mapping of options, not a string."),
        ({"app_items": '[{"nme": "a"}]'}, "Unknown option app_items[0].nme. Did you mean name?"),
        (
            {"app_kinds": "drift, gap"},
            "app_kinds[1] must be one of drift, gaps, not 'gap'.",
        ),
        ({"app_purge": "perhaps"}, "app_purge must be true or false, not a string."),
        ({"app_limit": "many"}, "app_limit must be a whole number, not a string."),
    ],
)
def test_problem_with_a_text_is_explained(variables, expected):
    assert role_problem(variables, OPTIONS, list(variables)) == expected


def test_error_does_not_repeat_the_text():
    with pytest.raises(TextError) as caught:
        as_list('[{"webhook_url": "https://hooks.example/topsecret"')
    assert "topsecret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_only_names_similar_to_options_of_the_same_prefix_are_problems():
    names = ["app_purg", "my_purge", "app_servers"]
    assert role_problem({}, OPTIONS, names) == "Unknown variable app_purg. Did you mean app_purge?"
    assert role_problem({}, OPTIONS, names[1:]) == ""


# Several organizations


@pytest.mark.parametrize(
    ("variables", "has_environment", "expected"),
    [
        ({"a": {}, "b": {}}, True, ["a", "b"]),
        ({"a": {}, "b": {}}, False, []),
        ({"a": {}}, True, []),
        ({"a": {}, "b": {"bootstrap_api_key": "B"}}, True, []),
        ({"a": {"bootstrap_api_key": "A"}, "b": {"bootstrap_api_key": "B"}}, True, []),
        ({"a": {"bootstrap_api_key": "A"}, "b": {"bootstrap_api_key": "A"}}, False, ["a", "b"]),
        ({"a": {"bootstrap_api_token": "T"}, "b": {"bootstrap_api_token": "T"}}, False, ["a", "b"]),
        ({"a": {"bootstrap_api_key": ""}, "b": {"bootstrap_api_key": None}}, True, ["a", "b"]),
        ({"a": {"bootstrap_organization_id": "1"}, "b": {"bootstrap_organization_id": ""}}, True, ["b"]),
        ({"a": {"bootstrap_organization_id": "1"}, "b": {"bootstrap_organization_id": "2"}}, True, []),
        (
            {
                "a": {"bootstrap_api_key": "A", "bootstrap_endpoint": "http://127.0.0.1:1"},
                "b": {"bootstrap_api_key": "A", "bootstrap_endpoint": "http://127.0.0.1:2"},
            },
            False,
            [],
        ),
    ],
)
def test_hosts_that_share_credentials_are_found(variables, has_environment, expected):
    assert shared_credentials(list(variables), variables, has_environment) == expected
