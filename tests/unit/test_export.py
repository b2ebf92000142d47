# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Export and routing table, as properties of any organization."""

from __future__ import annotations

import json
import os
import subprocess
from random import Random

import pyrage
import pytest
import ruamel.yaml
import yaml
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import (
    Collection,
    Purge,
    Snapshot,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.plan import Action
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.planner import make_plan
from ansible_collections.ccloud.notifications.plugins.module_utils._organization.rules import (
    RulesOptions,
    apply_rules,
    rules_from_options,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.catalog import Catalog
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import (
    INTEGRATIONS,
    URL_FIELDS,
    integration_from_options,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.subscriptions import (
    Subscriptions,
)
from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.export import (
    SCHEMA_URL,
    UnknownOwnerError,
    as_yaml,
    exported,
)
from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.markdown import markdown_text
from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.routing_table import (
    MAX_COLUMNS,
    routing_table,
)
from support.playbooks import BIN, ROOT

names = st.text(min_size=1, max_size=8).filter(str.strip) | st.sampled_from(
    ["ops", "o*", "i-1", "nt-0", "{{ x }}", "{# #}", "- a: [b]", "yes", "1", "# no"]
)
urls = st.sampled_from(["https://example.org/a", "https://example.org/{{b}}"])


SCHEMA = Draft7Validator(json.loads((ROOT / "playbooks" / "vars" / "organization.schema.json").read_text()))


class Loader(yaml.SafeLoader):
    """Reads a variables file as Ansible does."""


Loader.add_constructor("!unsafe", lambda loader, node: loader.construct_scalar(node))


@st.composite
def organizations(draw):
    integrations = []
    for number in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from([*URL_FIELDS, "RoleEmail", "Carrier"]))
        target = {"kind": kind, **({URL_FIELDS[kind]: draw(urls)} if kind in URL_FIELDS else {})}
        integration = {"id": f"i-{number}", "display_name": draw(names), "target": target}
        integrations.append({**integration, "description": draw(st.none() | st.text(max_size=5))})
    types = [
        {
            "id": f"nt-{n}",
            "display_name": draw(names),
            "severity": draw(st.sampled_from(["CRITICAL", "WARN", "NEW", None])),
            "category": draw(st.sampled_from(["SERVICE", "SECURITY"])),
            "is_included_in_plan": draw(st.sampled_from([True, True, False])),
        }
        for n in range(draw(st.integers(0, 5)))
    ]
    subscriptions = []
    for notification_type in types:
        for number in range(draw(st.sampled_from([0, 1, 1, 1, 2]))):
            integration_ids = draw(
                st.lists(
                    st.sampled_from([integration["id"] for integration in integrations] or ["i-none"]),
                    unique=True,
                    max_size=4,
                )
            )
            state = draw(st.sampled_from(["ENABLED", "ENABLED", "DISABLED", "PAUSED"]))
            subscription = {
                "id": f"s-{notification_type['id']}-{number}",
                "notification_type": {"id": notification_type["id"]},
                "current_state": state,
                "integrations": [{"id": integration_id} for integration_id in integration_ids],
            }
            subscriptions.append(subscription)
    return integrations, types, subscriptions


@given(organizations(), st.booleans())
def test_applying_an_export_changes_nothing(organization, is_exact):
    integrations, types, subscriptions = organization
    catalog = Catalog(types, integrations)
    resource = Subscriptions(catalog)
    outputs = [resource.to_output(subscription) for subscription in subscriptions]
    with_subscriptions = []
    for notification_type in types:
        own = [output for output in outputs if output["notification_type"]["id"] == notification_type["id"]]
        with_subscriptions.append({**notification_type, "subscriptions": own})

    files = exported(with_subscriptions, integrations, is_exact=is_exact)
    secrets = yaml.load(files["secrets"], Loader) or {}
    variables = yaml.load(files["variables"], Loader)
    assert "example.org" not in files["variables"]
    SCHEMA.validate(variables)

    desired_states = []
    for item in variables["bootstrap_integrations"]:
        reference = item["target"]["webhook_url"]
        target = {**item["target"], "webhook_url": secrets[reference.strip("{} ")]}
        defaults = dict.fromkeys(("id", "description", "previous_name"))
        defaults.update(state="present", update_webhook_url="on_change")
        desired_states.append(integration_from_options({**defaults, **item, "target": target}))

    snapshot = Snapshot([Collection(INTEGRATIONS, integrations), Collection(resource, subscriptions)])
    plan = make_plan(desired_states, snapshot, Purge(INTEGRATIONS, limit=0))
    assert {step.action for step in plan.steps} <= {Action.KEEP}

    no_selector = dict.fromkeys(("categories", "severities", "subscription_priorities", "display_names"))
    rules = []
    for rule in variables["bootstrap_subscriptions"]:
        select = {**no_selector, **rule["select"]} if "select" in rule else None
        rules.append(
            {"notification_type": None, "allow_empty": False, "name": None, **rule, "select": select}
        )
    routed = make_plan(
        apply_rules(catalog, rules_from_options(rules)).desired_states(resource, RulesOptions()), snapshot
    )
    assert {step.action for step in routed.steps} <= {Action.KEEP}


@pytest.mark.parametrize(
    ("routes", "expected"),
    [
        # Every type of the plan has the same recipients.
        ({"a": "ops", "b": "ops", "c": "ops"}, [{"select": {}, "integrations": ["ops"]}]),
        # A severity selects exactly two types.
        (
            {"a": "ops", "b": "ops", "c": "dev"},
            [
                {"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]},
                {"notification_type": "c", "integrations": ["dev"]},
            ],
        ),
        # Only the names select these types.
        (
            {"a": "ops", "c": "ops"},
            [{"select": {"display_names": ["a", "c"]}, "integrations": ["ops"]}],
        ),
    ],
)
def test_types_with_equal_recipients_are_exported_as_one_rule(routes, expected):
    severities = {"a": "CRITICAL", "b": "CRITICAL", "c": "WARN"}
    types = [
        {
            "id": f"nt-{name}",
            "display_name": name,
            "severity": severity,
            "subscriptions": [{"integrations": [{"id": f"i-{routes[name]}", "display_name": routes[name]}]}]
            if name in routes
            else [],
        }
        for name, severity in severities.items()
    ]
    integrations = [
        {
            "id": f"i-{name}",
            "display_name": name,
            "target": {"kind": "Slack", "webhook_url": "https://example.org/a"},
        }
        for name in ("ops", "dev")
    ]
    variables = yaml.load(exported(types, integrations)["variables"], Loader)
    assert variables["bootstrap_subscriptions"] == expected


OPS = {
    "id": "i-ops",
    "display_name": "ops",
    "target": {"kind": "Slack", "webhook_url": "https://example.org/a"},
}


def routed_types(*members):
    """Types of a name, a category, a severity and a priority, all routed to ops unless the name ends with -."""
    reference = {"id": "i-ops", "display_name": "ops"}
    return [
        {
            "id": f"nt-{name}",
            "display_name": name,
            "category": category,
            "severity": severity,
            "subscription_priority": priority,
            "subscriptions": [] if name.endswith("-") else [{"integrations": [reference]}],
        }
        for name, category, severity, priority in members
    ]


MIXED = routed_types(
    ("a", "SERVICE", "WARN", "OPTIONAL"),
    ("b\n# forged:", "SERVICE", "CRITICAL", "OPTIONAL"),
    ("c-", "SERVICE", "WARN", "REQUIRED"),
    ("d-", "SECURITY", "WARN", "OPTIONAL"),
)


def test_a_selector_has_no_option_that_excludes_nothing():
    [rule] = yaml.load(exported(MIXED, [OPS])["variables"], Loader)["bootstrap_subscriptions"]
    assert rule["select"] == {"categories": ["SERVICE"], "subscription_priorities": ["OPTIONAL"]}


def test_a_comment_says_what_a_selector_covers_today():
    text = exported(MIXED, [OPS])["variables"]
    [comment] = [line for line in text.splitlines() if "Today" in line]
    assert comment == "  # Today 2 types: 'a', 'b\\n# forged:'."
    assert text.index("bootstrap_subscriptions:") < text.index(comment) < text.index("- select:")


def test_an_exact_export_names_every_type():
    """So a type that the service adds later has no rule."""
    everything = routed_types(("a", "SERVICE", "WARN", "OPTIONAL"), ("b", "SERVICE", "WARN", "OPTIONAL"))
    for types, names in ((MIXED, ["a", "b\n# forged:"]), (everything, ["a", "b"])):
        text = exported(types, [OPS], is_exact=True)["variables"]
        [rule] = yaml.load(text, Loader)["bootstrap_subscriptions"]
        assert rule["select"] == {"display_names": names}
        assert "Today" not in text


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("ops-slack", "display_name: ops-slack"),
        ("yes", "display_name: 'yes'"),
        ("{{ x }}", "display_name: !unsafe '{{ x }}'"),
        ("{% x %}", "display_name: !unsafe '{% x %}'"),
        ("#jinja2: x", "display_name: !unsafe '#jinja2: x'"),
    ],
)
def test_only_what_may_be_a_template_is_marked_as_unsafe(name, written):
    target = {"kind": "Slack", "webhook_url": "https://example.org/a"}
    files = exported([], [{"id": "i-1", "display_name": name, "target": target}])
    assert f"  - {written}\n" in files["variables"]


def test_exported_file_begins_with_its_schema():
    assert exported([], [])["variables"].splitlines()[:2] == [
        "---",
        f"# yaml-language-server: $schema={SCHEMA_URL}",
    ]


def types_with(*subscriptions, **fields):
    return [
        {
            "id": "nt-1",
            "display_name": "Fire",
            "severity": "CRITICAL",
            "subscriptions": list(subscriptions),
            **fields,
        }
    ]


MAIL = {"id": "i-1", "display_name": "admins", "kind": "RoleEmail"}
SLACK = {"id": "i-2", "display_name": "ops", "kind": "Slack"}
ALL = [
    {"id": "i-1", "display_name": "admins", "target": {"kind": "RoleEmail"}},
    {"id": "i-2", "display_name": "ops", "target": {"kind": "Slack"}},
]


@pytest.mark.parametrize(
    ("types", "gap", "state", "unused"),
    [
        (types_with(), "notifies nobody", "not subscribed", ["ops"]),
        (
            types_with({"current_state": "ENABLED", "integrations": [MAIL]}),
            "reaches only e-mail",
            "enabled",
            ["ops"],
        ),
        (types_with({"current_state": "ENABLED", "integrations": [MAIL, SLACK]}), "", "enabled", []),
        (
            types_with({"current_state": "DISABLED", "integrations": [SLACK]}),
            "notifies nobody",
            "disabled",
            [],
        ),
        (types_with({"integrations": []}), "notifies nobody", "enabled", ["ops"]),
        (types_with(severity="WARN"), "", "not subscribed", ["ops"]),
        (types_with(is_included_in_plan=False), "", "not subscribed", ["ops"]),
    ],
)
def test_gap_is_a_critical_type_without_a_channel_besides_email(types, gap, state, unused):
    table = routing_table(types, ALL)
    [row] = table["rows"]
    assert (row["gap"], row["state"], table["unused"]) == (gap, state, unused)
    assert table["gaps"] == ([f"Fire: {gap}"] if gap else [])


def test_routing_table_sorts_rows_by_severity():
    types = [
        {**types_with(severity=severity)[0], "display_name": severity}
        for severity in ("NEW", "INFO", "CRITICAL", "WARN")
    ]
    table = routing_table(types, ALL)
    assert [row["name"] for row in table["rows"]] == ["CRITICAL", "WARN", "INFO", "NEW"]
    assert [(channel["name"], channel["kind"]) for channel in table["channels"]] == [
        ("admins", "RoleEmail"),
        ("ops", "Slack"),
    ]


def test_dangling_references_are_reported():
    gone = {"id": "i-9", "display_name": None, "kind": None, "missing": True}
    table = routing_table(types_with({"current_state": "ENABLED", "integrations": [SLACK, gone]}), ALL)
    assert table["dangling"] == ["Fire: i-9"]
    assert table["gaps"] == []


def test_type_that_only_goes_to_a_missing_integration_is_a_gap():
    gone = {"id": "i-9", "display_name": None, "kind": None, "missing": True}
    table = routing_table(types_with({"current_state": "ENABLED", "integrations": [gone]}), ALL)
    assert table["gaps"] == ["Fire: notifies nobody"]


def test_names_cannot_forge_table_lines():
    integration = {**ALL[1], "display_name": "x\ny 0 gaps\x1b[2K\u202e"}
    forged = types_with(display_name="quiet\nCRITICAL SECURITY fake", category="A\nB")
    table = routing_table(forged, [integration])
    assert all(text.isprintable() for row in table["rows"] for text in (row["name"], row["category"]))
    assert all(
        text.isprintable()
        for text in [*table["unused"], *table["gaps"], *(channel["name"] for channel in table["channels"])]
    )


def test_markdown_text_mentions_nobody():
    assert markdown_text("@acme/everyone #12") == "\\@\u200bacme/everyone \\#\u200b12"


def test_export_notes_references_to_deleted_integrations():
    references = [{"id": "i-1", "display_name": "ops"}, {"id": "i-9", "display_name": None, "missing": True}]
    notification_type = {
        "id": "nt-1",
        "display_name": "Fire",
        "severity": "CRITICAL",
        "subscriptions": [{"id": "s-1", "current_state": "ENABLED", "integrations": references}],
    }
    integration = {
        "id": "i-1",
        "display_name": "ops",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/ops"},
    }
    text = exported([notification_type], [integration])["variables"]
    assert "# 'Fire' refers to integrations that no longer exist. Applying this file removes" in text


@pytest.mark.parametrize(
    "name",
    [
        "08",
        "1e3",
        "0o17",
        "2026-1-1",
        "1_000",
        "12:30:45",
        "0x1F",
        ".inf",
        "~",
        "yes",
        "Null",
        "1.0",
        "=",
        "<<",
    ],
)
def test_a_name_is_the_same_for_every_version_of_yaml(name):
    """ruamel.yaml reads YAML 1.2, as sops, the language server and npm's yaml do; PyYAML reads 1.1."""
    integration = {"id": "i-1", "display_name": name, "target": {"kind": "Slack"}}
    text = exported([], [integration])["variables"]
    [item] = yaml.load(text, Loader)["bootstrap_integrations"]
    assert item["display_name"] == name
    [item] = ruamel.yaml.YAML(typ="safe", pure=True).load(text)["bootstrap_integrations"]
    assert item["display_name"] == name


@given(names)
def test_any_name_is_the_same_for_both_versions_of_yaml(name):
    text = as_yaml({"name": name})
    assert yaml.safe_load(text) == ruamel.yaml.YAML(typ="safe", pure=True).load(text) == {"name": name}


def test_a_type_without_a_name_is_exported_by_its_id():
    notification_type = {"id": "nt-1", "severity": "INFO", "subscriptions": []}
    assert "bootstrap_subscriptions: []" in exported([notification_type], [])["variables"]
    assert routing_table([notification_type], [{"id": "i-1", "target": {"kind": "Slack"}}])["unused"] == [
        "i-1"
    ]


def test_an_owner_whom_nobody_has_is_misspelled():
    owned = {**OPS, "description": "[owner: team-a]"}
    with pytest.raises(
        UnknownOwnerError, match=r"belongs to the owner teem-a\. Set export_owner to one of team-a\."
    ):
        exported([], [owned], "teem-a")


def test_a_table_with_a_thousand_channels_has_sixty_columns():
    channels = [{"id": f"i-{n}", "display_name": f"c-{n}", "target": {"kind": "Slack"}} for n in range(1000)]
    reference = {"id": "i-999", "display_name": "c-999"}
    subscription = {"current_state": "ENABLED", "integrations": [reference]}
    types = [
        {"id": f"nt-{n}", "display_name": f"t-{n}", "subscriptions": [subscription] if n else []}
        for n in range(1000)
    ]
    table = routing_table(types, channels)
    assert table["columns"] == 60
    assert {len(row["to"]) for row in table["rows"]} == {60}
    assert all(row["names"] == ["c-999"] for row in table["rows"] if row["name"] != "t-0")


#: Texts that some version of YAML takes for something else. Not "=": sops writes it without quotes, and PyYAML
#: refuses it with an error.
AMBIGUOUS = (
    *("08", "1e3", "0o17", "017", "0x1F", "1_000", "1.0", "-1", ".inf", ".NaN", "12:30:45", "2026-1-1"),
    *(
        "yes",
        "No",
        "on",
        "y",
        "n",
        "true",
        "null",
        "Null",
        "~",
        "None",
        "",
        " ",
        "- a",
        "a: b",
        "a #b",
        "#a",
        "?",
    ),
    *("@a", "`a", "%a", "&a", "*a", "!a", "|", ">", "[", "]", "{", "}", ",", "'", '"', "\\", "a\nb"),
    *("a ", " a", "é", "\u2028", "2026-12-06"),
)


def test_sops_and_every_reader_see_the_same_names(tmp_path, monkeypatch):
    """sops reads YAML 1.2 and writes the file anew, and Ansible reads YAML 1.1."""
    random = Random(4)
    alphabet = "aAeEoOxXyYnN0189.:_-+~ '\"#[]{},&*!|>%@`"
    names = [
        *AMBIGUOUS,
        *("".join(random.choices(alphabet, k=random.randint(1, 6))) for _number in range(1000)),
    ]
    text = as_yaml({"names": names, **dict.fromkeys(filter(str.isidentifier, names), 1)})

    identity = pyrage.x25519.Identity.generate()
    (tmp_path / "key").write_text(f"{identity}\n")
    (tmp_path / "names.yml").write_text(text)
    environment = {**os.environ, "SOPS_AGE_KEY_FILE": str(tmp_path / "key")}
    for arguments in (["encrypt", "-i", "--age", str(identity.to_public())], ["decrypt", "-i"]):
        subprocess.run([BIN / "sops", *arguments, "names.yml"], cwd=tmp_path, env=environment, check=True)
    after = (tmp_path / "names.yml").read_text()
    for document in (text, after):
        assert yaml.safe_load(document)["names"] == names
        assert ruamel.yaml.YAML(typ="safe").load(document)["names"] == names


def test_a_page_has_a_limited_number_of_columns():
    """A thousand columns of a thousand rows take a minute, and nobody reads them."""
    integrations = [
        {"id": f"i-{n}", "display_name": f"c{n}", "target": {"kind": "Slack"}} for n in range(300)
    ]
    references = [{"id": obj["id"], "display_name": obj["display_name"]} for obj in integrations]
    types = [{"id": "nt-1", "display_name": "A", "subscriptions": [{"integrations": references}]}]
    table = routing_table(types, integrations)
    assert table["columns"] == len(table["rows"][0]["to"]) == MAX_COLUMNS
    assert len(table["rows"][0]["more"]) == 300 - MAX_COLUMNS
    assert len(table["rows"][0]["names"]) == 300
