# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The summary of many organizations."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.summary import (
    MAX_LINES,
    summary_lines,
)


def stats(status, error="", **counts):
    return {"status": status, "error": error, "counts": counts}


def test_failures_are_first_and_healthy_hosts_say_nothing():
    found = {f"org-{number:03}": stats("unchanged", to_create=0, unchanged=40) for number in range(200)}
    found["org-017"] = found["org-101"] = stats("failed", "unauthenticated")
    found["org-155"] = stats("failed", "plan_changed")
    found["org-003"] = stats("changed", to_create=1, to_change=2, to_delete=0, unchanged=40)
    found["org-199"] = None
    assert summary_lines(found) == [
        "200 organizations: 4 failed, 1 changed, 195 unchanged.",
        "failed, unauthenticated: org-017, org-101",
        "failed, no result: org-199",
        "failed, plan_changed: org-155",
        "changed: org-003: 1 to create, 2 to change",
    ]


def test_findings_and_refusals_are_named():
    assert summary_lines(
        {
            "a": stats("findings", drift=2, violations=0, lint=1),
            "b": stats("ok"),
            "c": stats("refused", "silence_limit_exceeded", to_create=0, to_change=3),
        }
    ) == [
        "3 organizations: 1 with findings, 1 refused, 1 ok.",
        "with findings: a: 2 drift, 1 lint",
        "refused: c: 3 to change (silence_limit_exceeded)",
    ]


statuses = st.sampled_from(["failed", "findings", "refused", "changed", "unchanged", "ok"])


@given(st.lists(st.builds(stats, statuses, st.text(max_size=5)), max_size=300))
def test_it_is_never_longer_than_a_screen_and_counts_everybody(found):
    lines = summary_lines({str(number): of_host for number, of_host in enumerate(found)})
    assert len(lines) <= MAX_LINES
    assert lines[0].startswith(f"{len(found)} organization")
