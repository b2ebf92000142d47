# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the role: texts become lists and booleans, and hosts must not share credentials."""

from __future__ import annotations

import contextlib
import itertools
import json
import re
from dataclasses import replace

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.argument_spec import RENAMED
from ansible_collections.ccloud.notifications.plugins.module_utils._organization.options import PROTECTIONS
from ansible_collections.ccloud.notifications.plugins.plugin_utils import _role
from ansible_collections.ccloud.notifications.plugins.plugin_utils._plain import plain
from ansible_collections.ccloud.notifications.plugins.plugin_utils._role import (
    HostRequest,
    Identity,
    TextError,
    VariableError,
    as_list,
    converted_texts,
    refuse_misspelled,
    refuse_no_hosts,
    refuse_shared_credentials,
    typed_variables,
)
from support.playbooks import ROOT

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


def test_answers_of_a_survey_become_typed():
    answers = {
        "bootstrap_integrations": JSON_ITEMS.replace("name", "display_name"),
        "bootstrap_keep": "siem, data-*",
        "bootstrap_purge": "true",
        "bootstrap_purge_limit": 0,
        "bootstrap_test": "",
        "verify_fail_on": None,
    }
    assert typed_variables(answers) == {
        "bootstrap_integrations": [{"display_name": "a, b"}],
        "bootstrap_keep": ["siem", "data-*"],
        "bootstrap_purge": True,
        "bootstrap_purge_limit": 0,
    }


def refused(variables):
    with pytest.raises(VariableError) as caught:
        typed_variables(variables)
    return str(caught.value)


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({"bootstrap_integrations": "["}, "bootstrap_integrations is a text that is not valid JSON"),
        ({"bootstrap_integrations": '{"id": "a"}'}, "must be a list. Its JSON text is a mapping."),
        ({"bootstrap_integrations": "a, b"}, "bootstrap_integrations must be a list."),
        ({"bootstrap_integrations": '["a"]'}, "bootstrap_integrations[0] must be a mapping of options"),
        ({"bootstrap_integrations": '[{"nme": "a"}]'}, "Unknown option bootstrap_integrations[0].nme."),
        (
            {"verify_fail_on": "drift, gap"},
            "verify_fail_on[1] must be one of drift, violations, tests, gaps, unused, lint",
        ),
        ({"bootstrap_purge": "perhaps"}, "bootstrap_purge must be true or false, not a string."),
        ({"bootstrap_purge_limit": "many"}, "bootstrap_purge_limit must be a whole number, not a string."),
    ],
)
def test_problem_with_a_text_is_explained(variables, expected):
    assert expected in refused(variables)


@pytest.mark.parametrize("empty", ["", "  ", None, False, [], {}])
@pytest.mark.parametrize("option", PROTECTIONS)
def test_a_protection_that_is_given_and_empty_is_refused(option, empty):
    assert f"bootstrap_{option} is given and empty" in refused({f"bootstrap_{option}": empty})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        *itertools.product(["bootstrap_backup_to", "bootstrap_require_plan"], ["", "\n"]),
        *itertools.product(["bootstrap_keep", "plan_fail_on", "test_fail_on"], ["", ",", " , ", "\n"]),
    ],
)
def test_a_text_that_says_nothing_is_no_protection(name, text):
    assert f"{name} is given and empty" in refused({name: text})


@pytest.mark.parametrize(
    "answer", [{"bootstrap_require_plan": "false"}, {"plan_fail_on": []}, {"plan_fail_on": "[]"}]
)
def test_no_is_an_answer(answer):
    [(name, value)] = answer.items()
    assert typed_variables(answer) == {name: False if value == "false" else []}


def test_an_empty_item_protects_nothing():
    assert "bootstrap_keep[1] is empty, so it would protect nothing." in refused(
        {"bootstrap_keep": ["siem", ""]}
    )


def test_a_selector_without_values_selects_not_everything():
    """YAML makes null of a forgotten value, and an empty selector means all types."""
    rule = {"select": {"severities": None}, "integrations": ["ops"]}
    expected = "bootstrap_subscriptions[0].select has no value for severities."
    assert expected in refused({"bootstrap_subscriptions": [rule]})


@pytest.mark.parametrize("zero", [0, "0"])
@pytest.mark.parametrize("option", ["change_limit", "tests_fail_under", "silence_limit", "purge_limit"])
def test_the_limit_zero_is_a_limit(option, zero):
    assert typed_variables({f"bootstrap_{option}": zero}) == {f"bootstrap_{option}": zero}


def test_null_means_omitted_everywhere():
    rule = {"select": None, "notification_type": "x", "integrations": ["ops"], "allow_empty": None}
    item = {"display_name": "ops", "description": None, "target": None, "state": None}
    typed = typed_variables({"bootstrap_subscriptions": [rule], "bootstrap_integrations": [item]})
    assert typed["bootstrap_subscriptions"] == [{"notification_type": "x", "integrations": ["ops"]}]
    assert typed["bootstrap_integrations"] == [{"display_name": "ops"}]


def test_names_of_an_earlier_release_are_in_messages_and_in_the_documentation():
    page = (ROOT / "docs" / "coming-from.md").read_text().partition("## From release 0.1.0")[2]
    assert dict(re.findall(r"^\| `(\w+)` \| `(\w+)` \|$", page, re.MULTILINE)) == dict(RENAMED)
    item = {"display_name": "ops", "replace": True}
    message = refused({"bootstrap_integrations": [item]})
    assert (
        "Unknown option bootstrap_integrations[0].replace. Since release 0.2.0, it is on_kind_change."
        in message
    )


def test_an_item_that_was_emptied_says_why():
    message = refused({"bootstrap_integrations": [{"display_name": "ops"}, {}]})
    assert "bootstrap_integrations[1] is an empty mapping." in message
    assert "remove the tag" in message


def test_values_that_yaml_has_made_of_texts_are_named():
    variables = typed_variables(
        yaml.safe_load(
            """
            bootstrap_integrations: [{display_name: yes, description: 017}]
            bootstrap_subscriptions:
              - {select: {display_names: [12:30:45, Connector failed]}, integrations: [1e3, ops], allow_empty: yes}
            bootstrap_change_limit: 20
            """
        )
    )
    warnings = converted_texts(variables)
    assert [warning.partition(" is ")[0] for warning in warnings] == [
        "bootstrap_integrations[0].display_name",
        "bootstrap_integrations[0].description",
        "bootstrap_subscriptions[0].select.display_names[0]",
    ]
    assert "is true, and is used as the text 'True'" in warnings[0]
    assert "is 45045," in warnings[2]


def test_error_does_not_repeat_the_text():
    with pytest.raises(TextError) as caught:
        as_list('[{"webhook_url": "https://hooks.example/topsecret"')
    assert "topsecret" not in str(caught.value)
    assert caught.value.__cause__ is None


# Names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("bootstrap_purg", "bootstrap_purge"),
        ("boostrap_subscriptions", "bootstrap_subscriptions"),
        ("bootstrap_checksum", "bootstrap_expected_checksum"),
        ("bootstap_integrations", "bootstrap_integrations"),
        ("verfy_fail_on", "verify_fail_on"),
        ("Bootstrap_policies", "bootstrap_policies"),
    ],
)
def test_a_misspelled_variable_is_named(name, meant):
    with pytest.raises(VariableError, match=f"Unknown variable {name}. Did you mean {meant}?"):
        refuse_misspelled([name, "bootstrap_keep"])


@pytest.mark.parametrize(
    "name", ["my_purge", "bootstrap_servers", "bootstrap_hosts", "plan", "export_dir", "keep"]
)
def test_variables_of_others_are_no_misspellings(name):
    refuse_misspelled([name])


# Values


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.dates() | st.times() | st.binary(), st.lists)
)
def test_whatever_is_handed_on_consists_of_what_json_has(value):
    json.dumps(plain(value), allow_nan=False)


def test_omitted_values_are_left_out_at_every_depth():
    omit = "__omit_place_holder__1"
    value = {"a": omit, "b": [omit, {"c": omit, "d": 1}]}
    assert plain(value, omit) == {"b": [{"d": 1}]}
    marker = object()
    assert plain({"a": marker, "b": [marker]}, marker) == {"b": []}


# Hosts

ENVIRONMENT = "the environment"


@pytest.mark.parametrize(
    ("host", "variables", "environment", "is_refused"),
    [
        ("a", {}, ENVIRONMENT, True),
        ("a", {}, "", False),
        ("localhost", {}, ENVIRONMENT, False),
        ("a", {"bootstrap_api_key": "A"}, ENVIRONMENT, False),
        ("a", {"bootstrap_api_token": "T"}, ENVIRONMENT, False),
        ("a", {"bootstrap_organization_id": "1"}, ENVIRONMENT, False),
    ],
)
def test_a_host_states_its_organization_or_has_credentials(host, variables, environment, is_refused):
    refusal = pytest.raises(VariableError, match="state its bootstrap_organization_id")
    with refusal if is_refused else contextlib.nullcontext():
        refuse_shared_credentials(host, variables, environment)


def test_localhost_among_other_hosts_states_its_organization():
    with pytest.raises(VariableError, match="localhost has no credentials of its own"):
        refuse_shared_credentials("localhost", {}, ENVIRONMENT, is_alone=False)


def identity(key="K", organization_id="", owner="", endpoint=""):
    names = ("api_key", "organization_id", "owner", "endpoint")
    values = dict(zip(names, (key, organization_id, owner, endpoint)))
    return Identity.of({f"bootstrap_{name}": value for name, value in values.items() if value}, {})


@pytest.mark.parametrize(
    ("one", "other", "may_be", "undoes"),
    [
        (identity(), identity(), True, False),
        (identity(), identity("K\n"), True, False),
        (identity(endpoint="https://api.confluent.cloud/"), identity(), True, False),
        (identity(organization_id="1"), identity(), True, False),
        (identity(organization_id="1"), identity(organization_id="2"), False, False),
        (identity(), identity("L"), False, False),
        (
            identity(organization_id="1"),
            identity("L", organization_id="1", endpoint="http://b"),
            False,
            False,
        ),
        (identity(organization_id="a"), identity("L", organization_id=" A"), False, True),
        (identity(organization_id="1", owner="x"), identity(organization_id="1", owner="y"), False, False),
        (identity(organization_id="1", owner="x"), identity(organization_id="1", owner="x"), False, True),
        (identity(organization_id="1", owner="x"), identity(organization_id="1"), False, True),
    ],
)
def test_two_hosts_are_never_one_organization_unnoticed(one, other, may_be, undoes):
    assert (one.may_be(other), other.may_be(one)) == (may_be, may_be)
    assert (one.undoes(other), other.undoes(one)) == (undoes, undoes)


ASKED = HostRequest("prod", True, ["a"], ["a", "b"], groups=["prod"], sources=["a,b"])


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"matching": []}, "No host matches: bootstrap_hosts is 'prod'."),
        ({"matching": [], "limit": "x"}, "and the limit is 'x'"),
        ({"matching": [], "existing": []}, "has no hosts"),
        ({"pattern": ""}, "bootstrap_hosts is empty"),
        ({"is_effective": False}, "Remove it from there, and pass -e bootstrap_hosts=prod."),
        ({"unmatched": ["stagng"]}, "No host matches 'stagng'. Correct bootstrap_hosts or --limit."),
        ({"skip_tags": ["untagged"]}, "Nothing would run with --skip-tags untagged."),
        ({"is_given": False}, "The inventory has 2 hosts, and each may be an organization."),
        ({"sources": ["/no/such/inventory.yml"]}, "/no/such/inventory.yml does not exist"),
        ({"run_tags": ["nightly"]}, "No task has the tag 'nightly'"),
        ({"run_tags": ["nightly"], "tags": ["always", "nightly"]}, ""),
        ({"run_tags": ["all"]}, ""),
    ],
)
def test_a_playbook_that_would_do_nothing_says_why(changes, expected):
    asked = replace(ASKED, **changes)
    with pytest.raises(VariableError, match=expected) if expected else contextlib.nullcontext():
        refuse_no_hosts(asked)


# Messages


def test_messages_name_variables_and_not_options():
    message = "raise `purge_limit`, or set `allow_empty: true`. `change_limit` is 0%"
    named = "raise `bootstrap_purge_limit`, or set `allow_empty: true`. `bootstrap_change_limit` is 0%"
    assert _role.with_variables(message) == named


def test_urls_that_are_not_defined_are_named_with_their_owners():
    items = [
        {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "{{ ops_url }}"}},
        {"display_name": "pager", "target": {"kind": "Webhook", "url": "{{- pager_url | trim }}"}},
        {"display_name": "store", "target": {"kind": "Slack", "webhook_url": "{{ lookup('env', 'URL') }}"}},
        {
            "display_name": "query",
            "target": {"kind": "Slack", "webhook_url": "{{ query ('env', 'URL')[0] }}"},
        },
        {"display_name": "other"},
    ]
    assert _role.undefined_urls(items, ["pager_url"]) == [("ops_url", "'ops'")]
