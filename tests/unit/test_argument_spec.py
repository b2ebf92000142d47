# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``argument_spec``: specs add up, and problems with options are reported by path."""

from __future__ import annotations

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.argument_spec import ArgumentSpec
from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.options import (
    CONNECTION,
    INTEGRATION_ITEM,
    RULE,
)


def test_adding_specs_combines_them_without_changing_either():
    first = ArgumentSpec({"a": {"type": "str"}}, mutually_exclusive=[("a", "b")], required_one_of=[("a",)])
    second = ArgumentSpec({"b": {"type": "int"}}, mutually_exclusive=[("b", "c")])
    combined = (first + second).as_keywords()
    assert combined == {
        "argument_spec": {"a": {"type": "str"}, "b": {"type": "int"}},
        "mutually_exclusive": [("a", "b"), ("b", "c")],
        "required_one_of": [("a",)],
    }
    assert first.mutually_exclusive == [("a", "b")]


def test_connection_secrets_have_no_log():
    marked = {name for name, option in CONNECTION.options.items() if option.get("no_log")}
    assert marked == {"api_secret", "api_token", "external_token", "proxy"}


SPEC = (
    INTEGRATION_ITEM.as_list("integrations")
    + CONNECTION
    + ArgumentSpec({"concurrency": {"type": "int"}, "purge": {"type": "bool"}})
)
GOOD = {"display_name": "ops"}
URL = "https://hooks.slack.example/topsecret"


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"integrations": [GOOD], "concurency": 1}, "Unknown option concurency. Did you mean concurrency?"),
        (
            {"integrations": [GOOD, GOOD, {"display_nam": "x"}]},
            "Unknown option integrations[2].display_nam. Did you mean display_name?",
        ),
        (
            {"integrations": [{**GOOD, "target": {"kind": "Slack", "webhok_url": URL}}]},
            "Unknown option integrations[0].target.webhok_url. Did you mean webhook_url?",
        ),
        (
            {"integrations": [{**GOOD, "target": {URL: None}}]},
            "Unknown option integrations[0].target.?. Valid options: kind, webhook_url.",
        ),
        (
            {"integrations": [{**GOOD, "target": {"x" * 99: 1}}]},
            "Unknown option integrations[0].target.?. Valid options: kind, webhook_url.",
        ),
        ({"integrations": [GOOD, "ops"]}, "integrations[1] must be a mapping of options, not a string."),
        ({"integrations": GOOD}, "integrations must be a list."),
        ({"integrations": 3}, "integrations must be a list."),
        ({"integrations": None}, "integrations is required."),
        ({}, "integrations is required."),
        ({"integrations": [None]}, "integrations[0] is null. Remove it, or set a value."),
        ({"integrations": [{"description": "x"}]}, "integrations[0]: one of id, display_name is required."),
        (
            {"integrations": [{**GOOD, "target": [URL]}]},
            "integrations[0].target must be a mapping of options, not a list.",
        ),
        (
            {"integrations": [{**GOOD, "target": URL}]},
            "integrations[0].target must be a mapping of options, not a string.",
        ),
        ({"integrations": [{**GOOD, "target": {}}]}, "integrations[0].target.kind is required."),
        (
            {"integrations": [{**GOOD, "target": {"kind": "slack"}}]},
            "integrations[0].target.kind must be one of Slack, MsTeams, Webhook, not 'slack'.",
        ),
        (
            {"integrations": [{**GOOD, "target": {"kind": URL}}]},
            "integrations[0].target.kind must be one of Slack, MsTeams, Webhook.",
        ),
        (
            {"integrations": [{**GOOD, "target": {"kind": "hunter2"}}]},
            "integrations[0].target.kind must be one of Slack, MsTeams, Webhook.",
        ),
        ({"integrations": [GOOD], "timeout": URL}, "timeout must be a whole number, not a string."),
        ({"integrations": [GOOD], "timeout": [3]}, "timeout must be a whole number, not a list."),
        ({"integrations": [GOOD], "purge": "perhaps"}, "purge must be true or false, not a string."),
        (
            {"integrations": [{"display_name": {"a": URL}}]},
            "integrations[0].display_name must be text, not a mapping.",
        ),
        ({"integrations": [GOOD], "ca_path": ["/x"]}, "ca_path must be a path, not a list."),
    ],
)
def test_problem_names_option_and_item_but_never_the_value(options, problem):
    assert SPEC.find_problem(options) == problem


@pytest.mark.parametrize(
    "options",
    [
        {"integrations": [{"name": "ops", "target": {"kind": "Slack", "url": URL}}]},
        {
            "integrations": [{"id": "i-1", "target": "kind=Slack webhook_url=https://h.example/x"}],
            "timeout": "5",
            "purge": "yes",
        },
        {
            "integrations": [{"display_name": 5, "target": '{"kind": "Slack"}'}],
            "purge": None,
            "endpoint": None,
        },
        {"integrations": []},
        {"integrations": [GOOD], "purge": 1},
        # ansible-core 2.16 refuses it.
        {"integrations": [GOOD], "concurrency": 4.0},
    ],
)
def test_options_that_ansible_accepts_have_no_problem(options):
    refused = ArgumentSpecValidator(**SPEC.as_keywords()).validate(options).error_messages
    assert bool(SPEC.find_problem(options)) == bool(refused)
    assert not refused or options.get("concurrency") == 4.0


def test_all_problems_are_shown_at_once():
    unknown = {"integrations": [{"display_nam": "x"}, {**GOOD, "stat": "absent"}], "purgee": True}
    assert SPEC.find_problem(unknown).splitlines() == [
        "Unknown option purgee. Did you mean purge?",
        "Unknown option integrations[0].display_nam. Did you mean display_name?",
        "Unknown option integrations[1].stat. Did you mean state?",
    ]
    assert SPEC.find_problem({"integrations": [{}, {}], "timeout": "x"}).splitlines() == [
        "integrations[0]: one of id, display_name is required.",
        "integrations[1]: one of id, display_name is required.",
        "timeout must be a whole number, not a string.",
    ]


def test_many_problems_are_counted():
    shown = SPEC.find_problem({"integrations": [{} for number in range(100)]}).splitlines()
    assert len(shown) == 21
    assert shown[-1] == "And 80 more."


def test_mutually_exclusive_options_are_named():
    assert RULE.find_problem({"integrations": ["a"], "select": {}, "notification_type": "x"}) == (
        "select and notification_type are mutually exclusive. Set only one of them."
    )
