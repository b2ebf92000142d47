# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON Schema of the organization file agrees with the argument specification of the role."""

from __future__ import annotations

import json
import re

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft7Validator
from markdown_it import MarkdownIt

from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.export import SCHEMA_URL
from ansible_collections.ccloud.notifications.plugins.plugin_utils._role import (
    VariableError,
    refuse_misspelled,
    typed_variables,
)
from organization_schema.generator import SCHEMA, SPECIFICATION, schema_text
from support.examples import load_module
from support.playbooks import ROOT

OPTIONS = yaml.safe_load(SPECIFICATION.read_text())["argument_specs"]["main"]["options"]
VALIDATOR = Draft7Validator(json.loads(SCHEMA.read_text()))
EXAMPLE = ROOT / "playbooks" / "vars" / "organization.yml"


def errors(document):
    """The paths of the values that the schema rejects."""
    return sorted(".".join(map(str, error.absolute_path)) for error in VALIDATOR.iter_errors(document))


def documented_files():
    """The organization files that the documentation shows."""
    pages = [
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("**/*.md")),
        *sorted(ROOT.glob("roles/*/README.md")),
    ]
    for page in pages:
        for token in MarkdownIt().parse(page.read_text()):
            if token.type == "fence" and re.search(r"^bootstrap_", token.content, re.MULTILINE):
                yield pytest.param(token.content, id=f"{page.stem}-{token.map[0]}")


class EditorLoader(yaml.SafeLoader):
    """Reads a date as a text, as YAML 1.2 does, which editors know."""


EditorLoader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def test_shipped_schema_is_the_generated_one():
    assert SCHEMA.read_text() == schema_text(), "python tools/organization_schema generates it"
    Draft7Validator.check_schema(VALIDATOR.schema)


def test_exported_files_name_the_shipped_schema():
    assert VALIDATOR.schema["$id"] == SCHEMA_URL


def test_example_file_is_valid():
    assert errors(yaml.safe_load(EXAMPLE.read_text())) == []


@pytest.mark.parametrize("text", list(documented_files()))
def test_documented_file_is_valid(text):
    assert errors(yaml.load(text, EditorLoader)) == []


INTEGRATION = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "{{ ops_url }}"}}
RULE = {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]}


@pytest.mark.parametrize(
    "document",
    [
        {"ops_url": "https://hooks.example/x", "anything": [1, {"else": None}]},
        {"bootstrap_hosts": "all", "bootstrap_change_limit": 20},
        {"bootstrap_integrations": "{{ channels }}", "bootstrap_purge": "{{ is_production }}"},
        {"bootstrap_integrations": ["{{ first }}", INTEGRATION]},
        {"bootstrap_subscriptions": ["{{ first }}", RULE], "bootstrap_policies": "{{ policies }}"},
        {"bootstrap_integrations": [{**INTEGRATION, "state": "{{ state }}", "target": "{{ target }}"}]},
        {"bootstrap_concurrency": "{{ 2 * 2 }}", "bootstrap_test": "{% if x %}all{% endif %}"},
        {"bootstrap_purge": "yes", "bootstrap_purge_limit": "3"},
        {"bootstrap_resource_preferences": [{"resource": "environment=env-1", "enabled": False}]},
        {"bootstrap_resource_preferences": [{"resource": {"environment": "env-1"}, "enabled": "{{ on }}"}]},
    ],
)
def test_valid_file_is_accepted(document):
    assert errors(document) == []


@pytest.mark.parametrize(
    ("document", "paths"),
    [
        ({"bootstrap_integration": []}, [""]),
        ({"bootstrap_integrations": [{**INTEGRATION, "displayname": "x"}]}, ["bootstrap_integrations.0"]),
        ({"bootstrap_integrations": [INTEGRATION, {"description": "x"}]}, ["bootstrap_integrations.1"]),
        (
            {"bootstrap_integrations": [{**INTEGRATION, "target": {"kind": "Email"}}]},
            ["bootstrap_integrations.0.target.kind"],
        ),
        (
            {"bootstrap_integrations": [{**INTEGRATION, "target": {"webhook_url": "x"}}]},
            ["bootstrap_integrations.0.target"],
        ),
        ({"bootstrap_integrations": INTEGRATION}, ["bootstrap_integrations"]),
        ({"bootstrap_integrations": "ops"}, ["bootstrap_integrations"]),
        ({"bootstrap_integrations": ["ops"]}, ["bootstrap_integrations.0"]),
        ({"bootstrap_subscriptions": [{"integrations": ["ops"]}]}, ["bootstrap_subscriptions.0"]),
        (
            {"bootstrap_subscriptions": [{**RULE, "notification_type": "Connector failed"}]},
            ["bootstrap_subscriptions.0"],
        ),
        ({"bootstrap_subscriptions": [{"select": {}}]}, ["bootstrap_subscriptions.0"]),
        (
            {"bootstrap_subscriptions": [{**RULE, "select": {"severity": ["WARN"]}}]},
            ["bootstrap_subscriptions.0.select"],
        ),
        (
            {"bootstrap_subscriptions": [{**RULE, "integrations": [["ops"]]}]},
            ["bootstrap_subscriptions.0.integrations.0"],
        ),
        ({"bootstrap_policies": [{"name": "nothing"}]}, ["bootstrap_policies.0"]),
        ({"bootstrap_purge": "perhaps"}, ["bootstrap_purge"]),
        ({"bootstrap_purge_limit": "many"}, ["bootstrap_purge_limit"]),
        ({"bootstrap_test": "some"}, ["bootstrap_test"]),
    ],
)
def test_invalid_file_is_rejected_with_the_path(document, paths):
    assert errors(document) == paths

    def read():
        refuse_misspelled(document)
        typed_variables(document)

    with pytest.raises(VariableError):
        read()


def test_resource_is_a_path_or_a_mapping():
    preference = {"resource": ["environment=env-1"]}
    path = "bootstrap_resource_preferences.0.resource"
    assert errors({"bootstrap_resource_preferences": [preference]}) == [path]


def values_of(option):
    """Values for an option, right ones and wrong ones."""
    wrong = st.sampled_from([None, True, 3, 2.5, "word", "-7", "on", [], ["a"], [1], {}, {"a": 1}])
    if "choices" in option:
        right = st.sampled_from(option["choices"])
    elif option["type"] == "list":
        right = st.lists(values_of({**option, "type": option["elements"]}), max_size=2)
    elif "options" in option:
        right = mappings_of(option["options"])
    else:
        right = {
            "bool": st.booleans(),
            "int": st.integers(0, 9),
            "dict": st.just({}),
            "raw": st.just("environment=env-1"),
        }.get(option["type"], st.just("text"))
    return st.one_of(right, right, right, wrong)


def mappings_of(options):
    required = {name: values_of(option) for name, option in options.items() if option.get("required")}
    optional = {name: values_of(option) for name, option in options.items() if name not in required}
    return st.fixed_dictionaries(required, optional=optional)


one_variable = st.sampled_from(sorted(OPTIONS)).flatmap(
    lambda name: st.fixed_dictionaries({name: values_of(OPTIONS[name])})
)


@settings(max_examples=200)
@given(one_variable)
def test_role_accepts_what_the_schema_accepts(document):
    if errors(document) == []:
        refuse_misspelled(document)
        typed_variables(document)


# The specification of the role

CONSTRAINTS = ("required_one_of", "mutually_exclusive")
COMPARED_KEYS = ("type", "elements", "choices", "required", *CONSTRAINTS)


def comparable(options, compared=COMPARED_KEYS):
    """Options without what a role and a module differ in: descriptions, secrets, aliases, the defaults of variables."""
    plain = {}
    for name, option in options.items():
        plain[name] = {
            key: [list(names) for names in option[key]] if key in CONSTRAINTS else option[key]
            for key in compared
            if option.get(key)
        }
        if "options" in option:
            plain[name]["options"] = comparable(option["options"], (*COMPARED_KEYS, "default"))
    return plain


def test_role_demands_what_the_module_demands():
    role = {name.replace("bootstrap_", ""): option for name, option in OPTIONS.items()}
    module = load_module("organization").ARGUMENTS.options
    assert set(module) - set(role) == {"continue_on_error", "return_state", "catalog"}
    paths = {name: {**option, "type": "str"} for name, option in module.items() if option["type"] == "path"}
    # What the role does with results and plans:
    own = (
        "files_as_stats",
        "stats_key",
        "summary_to",
        "backup_to",
        "backup_secrets_to",
        "organization_name",
        "require_plan",
    )
    for name in own:
        del role[name]
    assert comparable(role) == comparable({name: {**module, **paths}[name] for name in role})
