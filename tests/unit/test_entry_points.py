# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry points, with answers of modules that no server needs to give."""

from __future__ import annotations

import datetime

import pytest

from ansible_collections.ccloud.notifications.plugins.plugin_utils._console import Console
from ansible_collections.ccloud.notifications.plugins.plugin_utils._entry_points import Bootstrap, Verify
from ansible_collections.ccloud.notifications.plugins.plugin_utils._role import (
    VariableError,
    reviewed_options,
)

NOW = datetime.datetime(2026, 11, 29, tzinfo=datetime.timezone.utc)
RULES = {"bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": ["ops"]}]}
CHECKSUM = "a" * 64
SLACK = {"kind": "Slack", "webhook_url": "https://hooks.example/x"}
OPS = {"id": "i-1", "display_name": "ops", "description": "", "target": SLACK}
UNCHANGED = {
    "changed": False,
    "organization": {"id": "o-1", "endpoint": ""},
    "plan": {"checksum": CHECKSUM, "changes": [], "text": [], "summary": {}, "unmanaged": [], "silenced": []},
    "state": {
        "notification_types": [],
        "integrations": [OPS],
        "violations": [],
        "gaps": [],
        "unused": [],
        "counts": {"notification_types": 0},
    },
}
CHANGED = {**UNCHANGED, "plan": {**UNCHANGED["plan"], "changes": [{}], "text": ["+ ops", ""]}}


def refused(*types, **members):
    """A result that is refused for reasons of these types."""
    refusals = [{"type": name, "detail": f"detail of {name}"} for name in types]
    message = f"Could not apply the plan: {'; '.join(refusal['detail'] for refusal in refusals)}."
    error = {"type": types[0], "detail": message}
    return {**UNCHANGED, "failed": True, "msg": message, "error": error, "refusals": refusals, **members}


class Modules:
    """Answers of modules in turn, with the calls: the name of each, and whether it was in check mode."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.calls = []
        self.options = []

    def __call__(self, name, options, check_mode):
        self.calls.append((name, check_mode))
        self.options.append((name, options))
        return self.answers.pop(0)


def run(entry_point, modules, **variables):
    """The result of an entry point, and what it hands on."""
    made = entry_point(Console("", is_quiet=True), "prod")
    made.prepare({**RULES, **variables}, None, [])
    result = made.run(modules, False, NOW)
    return result, next(iter(made.stats().values()))


# Backups

UNREACHABLE = {"failed": True, "msg": "Could not list: 503.", "error": {"type": "server_error"}}


@pytest.mark.parametrize(
    "answers",
    [[UNREACHABLE], [CHANGED, UNREACHABLE], [refused("change_limit")]],
    ids=["planning fails", "reading fails", "the plan is refused"],
)
def test_without_the_backup_nothing_is_applied(tmp_path, answers):
    modules = Modules(*answers)
    result, stats = run(Bootstrap, modules, bootstrap_backup_to=str(tmp_path / "backup.yml"))
    assert result["failed"]
    assert stats["status"] == "failed"
    assert stats["error"] == answers[-1]["error"]["type"]
    assert all(check_mode for _name, check_mode in modules.calls)
    assert list(tmp_path.iterdir()) == []


def test_an_earlier_backup_is_never_lost(tmp_path):
    """After a run that failed half-way, it is the only file with the organization as it was."""
    path = tmp_path / "backup.yml"
    texts = []
    for name in ("first", "second"):
        read = {"notification_types": [], "integrations": [{**OPS, "display_name": name}]}
        applied = {**CHANGED, "changed": True, "summary": {}, "tested": []}
        modules = Modules(CHANGED, read, applied)
        run(Bootstrap, modules, bootstrap_backup_to=str(path))
        texts.append(path.read_text())
    assert "second" in texts[1]
    [kept] = [found for found in tmp_path.iterdir() if found != path]
    assert kept.read_text() == texts[0]
    assert kept.name.endswith("~")


# Verify


@pytest.mark.parametrize("kind", ["other_owner", "incomplete_list", "plan_changed", "unknown_name"])
@pytest.mark.parametrize("finding", [[], ["policy_violated"]])
def test_a_failure_is_handed_on_as_one(kind, finding):
    """Also behind a violated policy, which is a finding: `verify_fail_on` leaves it out."""
    result, stats = run(Verify, Modules(refused(*finding, kind)), verify_fail_on=["gaps"])
    assert result["failed"]
    assert f"detail of {kind}" in result["msg"]
    assert stats["status"] == "failed"
    assert stats["error"]


@pytest.mark.parametrize("first", [[], ["policy_violated"]])
def test_every_failed_routing_test_is_a_finding(first):
    modules = Modules(refused(*first, "routing_test_failed"))
    result, stats = run(Verify, modules, verify_fail_on=["drift", "tests"], bootstrap_tests=[{}])
    assert result["failed"]
    assert stats["findings"]["tests"] == ["detail of routing_test_failed"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"verify_fail_on": ["tests"], **RULES}, "has tests without drift"),
        (
            {"verify_fail_on": ["tests"]},
            "verify_fail_on has tests, and nothing to check it with",
        ),
        (
            {"verify_fail_on": ["violations", "tests"]},
            "Define bootstrap_policies or bootstrap_tests, or change",
        ),
        ({"verify_fail_on": ["lint"]}, "verify_fail_on has lint, and nothing"),
    ],
)
def test_a_check_that_would_check_nothing_is_refused(variables, message):
    with pytest.raises(VariableError, match=message):
        Verify(Console("", is_quiet=True), "prod").prepare(variables, None, [])


def test_what_is_not_checked_is_said():
    result, _stats = run(Verify, Modules(UNCHANGED))
    assert result["msg"] == [
        "prod: no drift.",
        "Not checked: violations (no bootstrap_policies), tests (no bootstrap_tests).",
    ]


def test_tests_alone_look_at_the_organization():
    variables = {
        "verify_fail_on": ["tests"],
        "bootstrap_tests": [{"name": "t"}],
        "bootstrap_subscriptions": [],
    }
    modules = Modules(refused("routing_test_failed"))
    result, _stats = run(Verify, modules, **variables)
    assert result["failed"]
    assert [name for name, _check_mode in modules.calls] == ["organization"]


@pytest.mark.parametrize("is_masked", [False, True])
def test_the_url_that_pages_is_tested_and_not_the_one_in_the_file(is_masked):
    masked = {"failed": True, "msg": "masked", "error": {"type": "masked_url"}}
    answers = [masked, {"sent": True}] if is_masked else [{"sent": True}]
    modules = Modules(UNCHANGED, *answers)
    item = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://hooks.example/new"}}
    result, _stats = run(Verify, modules, verify_test=True, bootstrap_integrations=[item])
    assert not result.get("failed")
    assert [options for _name, options in modules.options[1:]] == [
        {"id": "i-1"},
        *([item] if is_masked else []),
    ]


def test_a_channel_that_cannot_be_tested_is_a_failure():
    dead = {"failed": True, "msg": "Could not send.", "error": {"type": "test_failed"}}
    result, stats = run(Verify, Modules(UNCHANGED, dead), verify_test=True)
    assert result["failed"]
    assert (stats["status"], stats["error"]) == ("failed", "test_failed")


def test_a_violated_policy_alone_fails_nothing_if_nobody_asks():
    result, stats = run(Verify, Modules(refused("policy_violated")), verify_fail_on=["drift"])
    assert not result.get("failed")
    assert stats["status"] == "ok"


# Reviewed plans

PLANS = {"prod": {"checksum": CHECKSUM}}


@pytest.mark.parametrize("plans", [None, {}, {"prod": {"checksum": ""}}, {"other": {"checksum": CHECKSUM}}])
def test_a_required_plan_must_exist(plans):
    """A plan job that never began hands nothing on."""
    with pytest.raises(VariableError, match="has no plan for prod"):
        reviewed_options({"bootstrap_require_plan": "yes"}, plans, "prod")
    assert reviewed_options({"bootstrap_require_plan": True}, PLANS, "prod") == {
        "expected_checksum": CHECKSUM
    }


@pytest.mark.parametrize("given", ["bootstrap_expected_checksum", "bootstrap_expected_plan"])
def test_a_plan_that_the_user_reviewed_is_one(given):
    assert reviewed_options({"bootstrap_require_plan": True, given: "x"}, None, "prod") == {}


def test_the_plan_is_found_by_the_key_under_which_it_was_handed_on():
    variables = {"bootstrap_stats_key": "prod"}
    assert reviewed_options(variables, PLANS, "localhost") == {"expected_checksum": CHECKSUM}
