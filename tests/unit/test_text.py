# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``_reports/text.py``: what is equal stands together, and nothing that must be seen is hidden."""

from __future__ import annotations

import pytest

from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.text import (
    WIDTH,
    lint_lines,
    plan_lines,
)


def change(resource, name, action="update", **members):
    entry = {"resource": resource, "name": name, "label": name, "action": action, "text": name}
    empty = {"added": [], "removed": [], "kept": [], "changes": [], "scope": "", "reason": "managed"}
    return {**entry, **empty, "before": "", "after": "", **members}


def lines_of(entries, is_full=False):
    """The lines that are about changes."""
    summary = {"to_create": 0, "to_change": len(entries), "to_delete": 0, "unchanged": 0}
    plan = {"changes": entries, "text": [], "summary": summary, "requests": 1, "checksum": "c" * 64}
    lines = plan_lines(plan, is_full)
    return lines[: lines.index("")]


def test_300_equal_changes_are_five_lines_unless_all_are_asked_for():
    routed = [change("subscription", f"Type {n}", added=["new"], removed=["old"]) for n in range(300)]
    lines = lines_of(routed)
    assert len(lines) == 5
    assert lines[0] == "~ 300 subscriptions: +new -old"
    shown = sum(line.count("Type ") for line in lines[1:-1])
    assert lines[-1] == f"    and {300 - shown} more (plan_full=true lists all)"
    assert max(map(len, lines)) <= WIDTH
    assert len(lines_of(routed, is_full=True)) == 300


def test_names_with_commas_are_counted_once():
    lines = lines_of([change("integration", f"team, {n}", changes=["target.webhook_url"]) for n in range(60)])
    shown = sum(line.count("team, ") for line in lines[1:-1])
    assert lines[-1] == f"    and {60 - shown} more (plan_full=true lists all)"
    assert "\x1f" not in "".join(lines)


def test_no_line_begins_a_command_of_a_pipeline():
    """The runner of GitHub Actions carries out what stands at the beginning of a line after two colons."""
    name = "x" * 62 + " ::error file=organization.yml::forged"
    lines = lint_lines([finding("single-channel", "ops", name)])
    assert not any(line.lstrip().startswith("::") for line in lines)
    assert any(line.lstrip().startswith(":\u2060:error") for line in lines)


def test_urls_that_change_are_one_group():
    moved = [change("integration", f"c{n}", changes=["target.webhook_url"]) for n in range(4)]
    renamed = change("integration", "other", changes=["display_name"])
    assert lines_of([*moved, renamed]) == [
        "~ 4 integrations: webhook_url changes",
        "    c0, c1, c2, c3",
        "~ integration other   display_name changes",
    ]


@pytest.mark.parametrize(("action", "symbol"), [("create", "+"), ("delete", "-")])
def test_each_integration_that_comes_or_goes_is_seen(action, symbol):
    entries = [change("integration", f"c{n}", action, before="Slack", text="Slack") for n in range(30)]
    assert lines_of(entries) == [f"{symbol} integration c{n}   Slack" for n in range(30)]


def finding(code, subject, text):
    return {"code": code, "subject": subject, "text": text}


def test_findings_that_differ_in_their_subject_are_one():
    unused = [
        finding("unused-integration", f"c{n}", f"no subscription uses the integration 'c{n}'")
        for n in range(30)
    ]
    other = finding("single-channel", "ops", "19 critical types reach no channel but 'ops'")
    empty, *lines = lint_lines([*unused, other])
    assert empty == ""
    text = " ".join(line.strip() for line in lines)
    assert text.startswith(
        "unused-integration: no subscription uses the integration 'c0', and the same is true of 'c1', 'c2', "
    )
    assert "'c20' and 9 more single-channel: 19 critical types" in text
    assert max(map(len, lines)) <= WIDTH
    assert lint_lines(unused[:2]) == [
        "",
        "unused-integration: no subscription uses the integration 'c0'",
        "unused-integration: no subscription uses the integration 'c1'",
    ]
    assert lint_lines([]) == []
