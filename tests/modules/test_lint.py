# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``organization``: what lint finds, what ends, and what is explained."""

from __future__ import annotations

import re

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._organization.lint_findings import CODES
from support.emulator import slack, webhook
from support.playbooks import ROOT

FAILED, DEGRADED, PAUSED = "Connector failed", "Connector degraded", "Connector paused"
CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
#: The clock of the tests: 2027-01-15 08:00 UTC.
TODAY, YESTERDAY, IN_A_WEEK, LATER = "2027-01-15", "2027-01-14", "2027-01-20", "2027-02-20"


def rule(notification_type, *integrations, **options):
    selected = {"notification_type": notification_type} if notification_type else {}
    return {**selected, "integrations": list(integrations), **options}


def teams(name, url):
    return {"display_name": name, "target": {"kind": "MsTeams", "webhook_url": url}}


def found(result, code):
    assert not result.get("failed"), result["msg"]
    return [finding for finding in result["lint"] if finding["code"] == code]


def texts(result, code):
    return [finding["text"] for finding in found(result, code)]


def test_every_code_is_documented():
    page = (ROOT / "docs" / "guides" / "lint.md").read_text()
    assert dict(re.findall(r"^\| `([a-z-]+)` \| (.+) \|$", page, re.MULTILINE)) == dict(CODES)


# Rules


def test_rule_that_selects_nothing_is_found(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    empty = rule(None, "ops", select={"display_names": ["Flink *"]}, allow_empty=True, name="Flink")
    [finding] = found(run("organization", subscriptions=[empty, rule(FAILED, "ops")]), "rule-selects-nothing")
    assert (finding["subject"], finding["entry"]) == ("rule 1 (Flink)", ["subscriptions", 1])


@pytest.mark.parametrize(
    ("rules", "redundant"),
    [
        ([rule(FAILED, "ops"), rule(FAILED, "ops")], ["rule 2"]),
        ([rule(FAILED, "ops"), rule(FAILED, "pager")], []),
        ([rule(FAILED, "ops", "pager"), rule(FAILED, "pager")], ["rule 2"]),
        ([rule(FAILED, "ops"), rule(FAILED, "ops", "pager")], ["rule 1"]),
        ([rule(FAILED, "ops"), rule(None, "ops", select={"display_names": ["Connector *"]})], ["rule 1"]),
        ([rule(FAILED, "ops"), rule(FAILED, "pager"), rule(FAILED, "ops", "pager")], ["rule 3"]),
        ([rule(FAILED, "ops"), rule(DEGRADED, "ops")], []),
    ],
)
def test_rule_that_others_replace_is_redundant(run, emulator, rules, redundant):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    result = run("organization", subscriptions=rules)
    assert [finding["subject"] for finding in found(result, "redundant-rule")] == redundant
    # What lint says is true: without the rule, nothing changes.
    for subject in redundant:
        left = [item for position, item in enumerate(rules, 1) if f"rule {position}" != subject]
        assert not run.ok("organization", subscriptions=left)["changed"]


def test_patterns_that_match_nothing_are_found(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    result = run(
        "organization",
        integrations=[{**slack("ops"), "state": "present"}],
        subscriptions=[
            rule(None, "ops", select={"display_names": ["Connector *", "Flonk *"]}, allow_empty=True)
        ],
        keep=["pagr-*", "ops"],
        policies=[
            {"name": "p", "select": {"display_names": [FAILED]}, "require": {"any_of": ["ops", "siren"]}},
            {"name": "q", "forbid": {"integrations": ["finance-*"]}},
        ],
    )
    assert [(finding["subject"], finding["entry"]) for finding in found(result, "unmatched-pattern")] == [
        ("pagr-*", None),
        ("Flonk *", ["subscriptions", 1]),
        ("siren", ["policies", 1]),
        ("finance-*", ["policies", 2]),
    ]


# Channels


@pytest.mark.parametrize("by", ["display_name", "id"])
def test_integrations_that_nothing_uses_are_found(run, emulator, by):
    emulator.reset(integrations=[slack("ops"), slack("old"), slack("lent")])
    lent = {
        "resource": CONNECTOR,
        "notification_type": FAILED,
        "integrations": [emulator.made()["lent"][by]],
    }
    new = {"display_name": "new", "target": slack("new")["target"]}
    result = run(
        "organization",
        integrations=[new],
        subscriptions=[rule(FAILED, "ops")],
        resource_subscriptions=[lent],
    )
    assert [(finding["subject"], finding["entry"]) for finding in found(result, "unused-integration")] == [
        ("old", None),
        ("new", ["integrations", 1]),
    ]


@pytest.mark.parametrize(
    ("integration", "code"),
    [
        (teams("c", "https://acme.webhook.office.com/webhookb2/x"), "retired-host"),
        (teams("c", "https://outlook.office.com/webhook/x"), "retired-host"),
        (teams("c", "https://outlook.office365.com/webhook/x"), "retired-host"),
        (slack("c", "https://hooks.slack.com/triggers/T0/1/x"), "suspicious-url"),
        (slack("c", "https://hooks.slack.com/workflows/T0/1/x"), "suspicious-url"),
        (teams("c", "https://hooks.slack.com/services/T0/B0/x"), "suspicious-url"),
        (slack("c", "https://prod-1.westus.logic.azure.com/workflows/x?sig=y"), "suspicious-url"),
        (teams("c", "https://prod-1.westus.logic.azure.com/workflows/x"), "suspicious-url"),
        (teams("c", "https://x.environment.api.powerplatform.com/a?sig=y"), None),
        (teams("c", "https://prod-1.westus.logic.azure.com:443/workflows/x?api-version=1&sig=y"), None),
        (slack("c", "https://hooks.slack.com/services/T0/B0/x"), None),
        (webhook("c", "https://hooks.slack.com/workflows/x"), None),
        (slack("c", "https://notslack.com/triggers/x"), None),
    ],
)
def test_types_that_only_a_doubtful_channel_receives_are_found(run, emulator, integration, code):
    emulator.reset(integrations=[integration, slack("other")])
    result = run("organization", subscriptions=[rule(FAILED, "c", "other"), rule(DEGRADED, "c")])
    doubtful = [
        finding for finding in result["lint"] if finding["code"] in ("retired-host", "suspicious-url")
    ]
    assert [finding["code"] for finding in doubtful] == ([code] if code else [])
    if code:
        assert "1 type reaches only 'c'" in doubtful[0]["text"]
        assert doubtful[0]["text"].endswith(f"'{DEGRADED}'")
    assert "https://" not in str(result["lint"])


def test_critical_types_with_one_channel_are_found(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    rules = [rule(FAILED, "pager"), rule("Cluster load is critical", "pager", "ops"), rule(DEGRADED, "ops")]
    assert texts(run("organization", subscriptions=rules), "single-channel") == [
        f"1 critical type reaches no channel but 'pager': '{FAILED}'"
    ]


@pytest.mark.parametrize("is_purged", [True, False])
def test_a_rename_without_the_previous_name_is_found(run, emulator, is_purged):
    emulator.reset(integrations=[slack("old"), slack("ops")])
    emulator.route(FAILED, "ops")
    renamed = {"display_name": "new", "target": slack("old")["target"]}
    items = [renamed, {"display_name": "ops"}]
    result = run("organization", check_mode=True, integrations=items, purge=is_purged)
    why = "would be deleted" if is_purged else "nothing would use"
    assert texts(result, "looks-like-a-rename") == [
        f"the new integration 'new' has the URL of 'old', which {why}: to rename it, set `previous_name` to 'old'"
    ]


# Ignored findings


def test_findings_are_ignored_with_a_reason_and_an_ignore_that_is_not_needed_is_found(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("old")])
    ignore = {"code": "unused-integration", "subject": "ol*", "reason": "It is for emergencies."}
    useless = {"code": "redundant-rule", "subject": None, "reason": "None."}
    result = run("organization", subscriptions=[rule(DEGRADED, "ops")], lint_ignore=[ignore, useless])
    assert texts(result, "unused-integration") == []
    assert texts(result, "unused-ignore") == ["`lint_ignore` ignores redundant-rule, which is not found"]


@pytest.mark.parametrize(
    ("ignore", "message"),
    [
        ({"code": "redundant", "subject": None, "reason": "x"}, "the code 'redundant', which does not exist"),
        (
            {"code": "redundant-rule", "subject": None, "reason": " "},
            "ignores redundant-rule without a reason",
        ),
    ],
)
def test_an_ignore_that_says_nothing_is_refused(run, ignore, message):
    assert (
        message in run.fails("organization", subscriptions=[rule(FAILED, "ops")], lint_ignore=[ignore])["msg"]
    )


# What ends


@pytest.mark.parametrize(
    ("until", "is_over"),
    [
        (YESTERDAY, True),
        (TODAY, False),
        ("2027-01-15T08:00:00Z", True),
        ("2027-01-15T08:00:01+00:00", False),
        ("2027-01-15T09:59:59+02:00", True),
        ("2027-01-15 10:00:01+02:00", False),
    ],
)
def test_a_date_ends_with_its_day_in_utc_and_a_time_at_once(run, emulator, until, is_over):
    emulator.reset(integrations=[slack("ops"), slack("lent")])
    rules = [rule(FAILED, "ops"), rule(FAILED, "lent", until=until, name="Lent")]
    result = run.ok("organization", subscriptions=rules)
    assert ("lent" in emulator.routes()[FAILED]) is not is_over
    assert [finding["subject"] for finding in found(result, "ended")] == (
        ["rule 2 (Lent)"] if is_over else []
    )


def test_what_ends_within_a_week_is_found(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    rules = [rule(FAILED, "ops", until=IN_A_WEEK), rule(DEGRADED, "ops", until=LATER)]
    assert texts(run("organization", subscriptions=rules), "ends-soon") == [
        "rule 1 ends on 2027-01-21 00:00 UTC"
    ]


@pytest.mark.parametrize(
    ("disable_others", "effect"), [(False, "keep their channels"), (True, "may be disabled")]
)
def test_the_end_of_a_rule_says_what_becomes_of_its_types(run, emulator, disable_others, effect):
    emulator.reset(integrations=[slack("ops")])
    rules = [rule(FAILED, "ops", until=YESTERDAY), rule("Connector degraded", "ops")]
    options = {"subscriptions": rules, "disable_others": disable_others, "silence_limit": 100}
    result = run("organization", check_mode=True, **options)
    assert effect in found(result, "ended")[0]["text"]


def test_settings_of_single_resources_mean_the_opposite_afterwards(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    silence = {"resource": CONNECTOR, "enabled": False}
    route = {"resource": CONNECTOR, "notification_type": FAILED, "integrations": ["ops"]}

    def apply(until):
        return run.ok(
            "organization",
            resource_preferences=[{**silence, "until": until}],
            resource_subscriptions=[{**route, "until": until}],
        )

    apply(LATER)
    assert [obj["current_state"] for obj in emulator.objects("resource-preferences")] == ["DISABLED"]
    assert len(emulator.objects("resource-subscriptions")) == 1
    result = apply(YESTERDAY)
    assert [obj["current_state"] for obj in emulator.objects("resource-preferences")] == ["ENABLED"]
    assert emulator.objects("resource-subscriptions") == []
    assert len(found(result, "ended")) == 2
    assert not apply(YESTERDAY)["changed"]


@pytest.mark.parametrize(
    ("entry", "recipients", "state"),
    [
        ({"integrations": ["lent"], "integrations_mode": "add"}, ["ops"], "ENABLED"),
        ({"integrations": ["ops"], "enabled": False}, ["ops"], "ENABLED"),
        ({"integrations": ["lent", "ops"]}, None, None),
    ],
)
def test_what_ends_at_a_single_resource_undoes_what_the_entry_did(run, emulator, entry, recipients, state):
    emulator.reset(integrations=[slack("ops"), slack("lent")])
    subscription = {"resource": CONNECTOR, "notification_type": FAILED}
    run.ok("resource_subscription", **subscription, integrations=["ops"])
    for until in (LATER, YESTERDAY):
        run.ok("organization", resource_subscriptions=[{**subscription, **entry, "until": until}])
    found = run.ok("resource_subscription_info", resource=CONNECTOR)["resource_subscriptions"]
    shown = [([item["display_name"] for item in obj["integrations"]], obj["current_state"]) for obj in found]
    assert shown == ([] if recipients is None else [(recipients, state)])


def test_long_values_have_no_marks_of_ours(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    result = run("organization", integrations=[{"display_name": "ops"}], keep=["x" * 90])
    [text] = texts(result, "unmatched-pattern")
    assert text == f"`keep` has '{'x' * 76}...', which matches no integration"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"subscriptions": [rule(FAILED, "ops", until="soon")]},
            "'soon', which is neither a date nor a time",
        ),
        ({"subscriptions": [rule(FAILED, "ops", until="2027-01-15T08:00:00")]}, "a time with its zone"),
        ({"subscriptions": [rule(FAILED, "ops", until="2027-02-30")]}, "rule 1 is '2027-02-30'"),
        (
            {"resource_preferences": [{"resource": CONNECTOR, "enabled": True, "until": LATER}]},
            "silences nothing",
        ),
        (
            {
                "resource_subscriptions": [
                    {"resource": CONNECTOR, "notification_type": FAILED, "state": "absent", "until": LATER}
                ]
            },
            "is absent already",
        ),
        (
            {
                "resource_subscriptions": [
                    {
                        "resource": CONNECTOR,
                        "notification_type": FAILED,
                        "integrations": ["ops"],
                        "integrations_mode": "remove",
                        "until": LATER,
                    }
                ]
            },
            "only loses integrations",
        ),
    ],
)
def test_an_end_that_means_nothing_is_refused(run, emulator, options, message):
    assert message in run.fails("organization", **options)["msg"]
    assert emulator.requests() == []


# Explanations


def test_a_type_is_explained_by_its_rules_and_policies(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("old")])
    emulator.route(FAILED, "Organization admins", "old")
    rules = [
        rule(None, "ops", select={"severities": ["CRITICAL"]}, name="Critical"),
        rule(FAILED, "pager"),
    ]
    policy = {"name": "two channels", "require": {"kinds": ["Slack"], "at_least": 2}}
    options = {"subscriptions": rules, "policies": [{**policy, "select": {"display_names": [FAILED]}}]}
    [explained] = run("organization", check_mode=True, explain=[FAILED], **options)["explanations"]
    assert explained["text"] == [
        f"'{FAILED}' (CRITICAL)",
        "  rule 1 (Critical) selects it: ops",
        "  rule 2 selects it: pager",
        "  Kept, because the API cannot manage them: Organization admins",
        "  No longer: old",
        "  After the plan it reaches ops, pager.",
        "  The policy 'two channels' is met.",
    ]
    assert explained["rules"][1] == {"rule": "rule 2", "integrations": ["pager"]}
    assert explained["before"] == ["Organization admins", "old"]


def test_a_channel_is_explained_by_what_it_receives(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.route(PAUSED, "ops")
    new = {"display_name": "new", "target": slack("new")["target"]}
    result = run(
        "organization",
        check_mode=True,
        integrations=[new],
        subscriptions=[rule(FAILED, "ops", "new"), rule(DEGRADED, "ops")],
        explain=["ops", "new", PAUSED],
    )
    ops, created, paused = (explained["text"] for explained in result["explanations"])
    assert ops == [
        "'ops' receives 3 types after the plan",
        f"  through rule 2: '{DEGRADED}'",
        f"  through rule 1: '{FAILED}'",
        f"  through no rule of this file: '{PAUSED}'",
    ]
    assert created == ["'new' receives 1 type after the plan", f"  through rule 1: '{FAILED}'"]
    assert "  No rule selects it, so its subscription stays as it is." in paused


def test_an_unknown_name_to_explain_has_suggestions(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    failed = run.fails("organization", subscriptions=[rule(FAILED, "ops")], explain=["Conector failed"])
    assert "no notification type and no integration is named 'Conector failed'" in failed["msg"]
    assert FAILED in failed["msg"]
