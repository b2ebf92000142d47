# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What protects an organization fails closed: empty options, limits, reviewed plans, and look-alike names."""

from __future__ import annotations

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import INTEGRATIONS
from support.emulator import slack, webhook

ADMINS, FAILED, DEGRADED = "Organization admins", "Connector failed", "Connector degraded"
INVOICE = "Invoice available"
URL = "https://hooks.slack.example/services/other"
CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}


@pytest.fixture
def organization(emulator):
    emulator.reset(integrations=[slack("ops"), slack("old")])
    emulator.route(FAILED, ADMINS, "ops")
    emulator.route(DEGRADED, ADMINS, "ops")
    return emulator


def channel(name, **options):
    url = f"https://hooks.slack.example/services/{name}"
    return {"display_name": name, "target": {"kind": "Slack", "webhook_url": url}, **options}


def route(notification_type, *integrations):
    return {"notification_type": notification_type, "integrations": list(integrations)}


# Empty options


@pytest.mark.parametrize(
    ("option", "value"),
    [
        ("expected_checksum", ""),
        ("expected_checksum", "  "),
        ("expected_plan", {}),
        ("organization_id", ""),
        ("change_limit", ""),
        ("policies", []),
        ("keep", []),
    ],
)
def test_an_empty_protection_is_refused(run, organization, option, value):
    result = run.fails("organization", integrations=[channel("ops")], **{option: value})
    assert f"`{option}` is given and empty" in result["msg"]
    assert organization.requests() == []


@pytest.mark.parametrize("module", ["integrations", "organization"])
def test_an_empty_item_of_keep_is_refused(run, organization, module):
    result = run.fails(module, integrations=[channel("ops")], keep=["old", " "])
    assert "`keep[1]` is empty, so it would protect nothing." in result["msg"]


@pytest.mark.parametrize("module", ["integrations", "organization"])
def test_a_purge_says_what_keep_does_not_keep(run, organization, module):
    options = {"integrations": [channel("ops")], "purge": True, "keep": ["odl", "ops"]}
    options.update({"silence_limit": 9} if module == "organization" else {})
    run.ok(module, check_mode=True, when_in_use="detach", **options)
    [warning] = [text for text in run.warnings if "`keep`" in text]
    assert "`keep` has 'odl', which matches no integration" in warning


@pytest.mark.parametrize("module", ["integration", "integrations", "organization"])
@pytest.mark.parametrize("policy", ["on_change", "always", "on_create"])
def test_an_empty_url_is_not_an_omitted_one(run, organization, module, policy):
    """It is probably an environment variable that is not set, and the URL would not be rotated."""
    target = {"kind": "Slack", "webhook_url": " "}
    item = {"display_name": "ops", "target": target, "update_webhook_url": policy}
    result = run.fails(module, **(item if module == "integration" else {"integrations": [item]}))
    assert "`target.webhook_url` is empty. Check its variable, or omit the option" in result["msg"]


@pytest.mark.parametrize("module", ["integrations", "organization_info"])
def test_other_modules_refuse_an_empty_protection_too(run, organization, module):
    params = {"integrations": {"integrations": [channel("ops")], "keep": []}}
    result = run.fails(module, **params.get(module, {"policies": []}))
    assert "is given and empty" in result["msg"]


@pytest.mark.parametrize("checksum", ["none", "94318610", "x" * 64])
def test_a_checksum_has_64_hexadecimal_digits(run, organization, checksum):
    result = run.fails("organization", integrations=[channel("ops")], expected_checksum=checksum)
    assert "which is not a checksum of 64 hexadecimal digits" in result["msg"]
    plan = {"checksum": checksum, "changes": []}
    result = run.fails("organization", integrations=[channel("ops")], expected_plan=plan)
    assert "`expected_plan.checksum` is" in result["msg"]


# Silence


@pytest.mark.parametrize(
    ("recipients", "rule"),
    [
        ((ADMINS,), {}),
        ((ADMINS, "ops"), {}),
    ],
)
def test_a_type_that_reaches_nobody_any_more_is_silenced(run, organization, recipients, rule):
    """E-mail counts as somebody, so disabling a type that reached only e-mail silences it."""
    organization.route(INVOICE, *recipients)
    result = run.fails("organization", subscriptions=[route(FAILED, "ops")], disable_others=True, **rule)
    assert result["error"]["type"] == "silence_limit_exceeded"
    assert INVOICE in result["msg"]
    assert organization.writes() == []


def test_disable_others_leaves_critical_types_unless_it_is_told_to(run, organization):
    options = {"subscriptions": [route(FAILED, "ops")], "disable_others": True, "silence_limit": 100}
    result = run.ok("organization", check_mode=True, **options)
    kept = {summary["display_name"] for summary in result["not_disabled"]}
    critical = {
        obj["display_name"]
        for obj in organization.objects("notification-types")
        if obj["severity"] == "CRITICAL" and obj["display_name"] in organization.routes()
    }
    assert critical - {FAILED} <= kept
    result = run.ok("organization", check_mode=True, disable_critical=True, **options)
    required = {
        obj["display_name"]
        for obj in organization.objects("notification-types")
        if obj["subscription_priority"] == "REQUIRED"
    }
    assert {summary["display_name"] for summary in result["not_disabled"]} <= required


def test_a_bell_in_the_console_is_no_channel(run, organization):
    bell = "Jordan Doe (in app)"
    organization.reset(integrations=[slack("ops")])
    organization.route(FAILED, bell, "ops")
    rules = [route(FAILED, bell)]
    result = run.fails("organization", subscriptions=rules, change_limit="100%")
    assert result["error"]["type"] == "silence_limit_exceeded"


# Changes


@pytest.mark.parametrize(
    "setting",
    [
        {"resource_preferences": [{"resource": {"organization": "org-1"}, "enabled": False}]},
        {"resource_preferences": [{"resource": CONNECTOR, "enabled": False}]},
        {
            "resource_subscriptions": [
                {"resource": CONNECTOR, "enabled": False, **route(FAILED, "ops")},
            ]
        },
    ],
)
def test_a_setting_that_is_created_to_disable_something_counts(run, organization, setting):
    for limit in ("0", "0%"):
        result = run.fails("organization", change_limit=limit, silence_limit=100, **setting)
        assert result["error"]["type"] == "change_limit_exceeded"
        assert organization.writes() == []
    assert run.ok("organization", change_limit="1", silence_limit=100, **setting)["changed"] is True


def test_disabling_the_whole_organization_silences_its_types(run, organization):
    whole = [{"resource": {"organization": "org-1"}, "enabled": False}]
    result = run.fails("organization", resource_preferences=whole)
    assert result["error"]["type"] == "silence_limit_exceeded"
    assert FAILED in result["msg"]


# Checksums


def plan_of(run, **params):
    return run.ok("organization", check_mode=True, **params)["plan"]["checksum"]


def test_equal_looking_plans_of_different_organizations_have_other_checksums(run, emulator):
    checksums = set()
    for organization_id in ("9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11", "another-organization"):
        emulator.reset(organization_id=organization_id)
        checksums.add(plan_of(run, integrations=[channel("ops")]))
        checksums.add(plan_of(run, integrations=[channel("ops")]))
    assert len(checksums) == 2


def test_another_recipient_of_the_same_name_is_another_plan(run, emulator):
    checksums = []
    for integrations in (
        [slack("ops")],
        [slack("first"), slack("ops")],
        [webhook("ops", "https://hooks.example/ops")],
    ):
        emulator.reset(integrations=integrations)
        checksums.append(plan_of(run, subscriptions=[route(INVOICE, "ops")]))
    assert len(set(checksums)) == 3


@pytest.mark.parametrize("empty", [{}, {"description": None}, {"description": ""}])
def test_missing_and_empty_members_have_the_same_checksum(empty):
    named = {"display_name": "ops", "target": slack("ops")["target"]}
    assert INTEGRATIONS.canonical({**named, **empty}) == INTEGRATIONS.canonical(named)


# Names


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("data, +pager", '"data, +pager"'),
        ("-pager", '"-pager"'),
        ("pager -> old", '"pager -> old"'),
        ("p\u0430ger", "'p\\u0430ger'"),
        ("pa\u200bger", "'pa\\u200bger'"),
        ("ops (EU)", "ops (EU)"),
        ("Alarme für Köln", "Alarme für Köln"),
    ],
)
def test_names_cannot_forge_a_plan(run, emulator, name, shown):
    emulator.reset(integrations=[slack(name, URL), slack("ops")])
    emulator.route(FAILED, "ops")
    rules = [route(FAILED, "ops", emulator.ids()[name])]
    text = run.ok("organization", check_mode=True, subscriptions=rules)["plan"]["text"]
    assert text[0] == f"~ subscription Connector failed   ENABLED   ops, +{shown}"


def test_names_that_look_alike_are_shown_with_their_ids(run, emulator):
    names = ["pager", "Pager", "pager ", "\uff50ager"]
    emulator.reset(integrations=[slack("keep"), *(slack(name, URL) for name in names)])
    ids = emulator.ids()
    text = run.ok(
        "organization",
        check_mode=True,
        integrations=[{"display_name": "keep"}],
        purge=True,
        when_in_use="detach",
    )["plan"]["text"]
    for name in names:
        assert any(line.startswith("- ") and f"({ids[name]})" in line for line in text)
    assert len(set(text)) == len(text)
