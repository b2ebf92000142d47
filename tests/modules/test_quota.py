# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``read_quota``: how many integrations an organization may have, from the Quotas API."""

from __future__ import annotations

import pytest

from support.emulator import slack

ONE = {"display_name": "one", "target": slack("one")["target"]}
TWO = {"display_name": "two", "target": slack("two")["target"]}
QUOTAS = "*/applied-quotas"


def asked(emulator):
    return [sent for sent in emulator.requests() if sent["path"].startswith("/service-quota/")]


@pytest.mark.parametrize("module", ["organization", "organization_info"])
def test_quota_is_read_only_if_asked_for(run, emulator, module):
    assert "quota" not in run.ok(module)
    assert asked(emulator) == []
    assert run.ok(module, read_quota=True)["quota"] == {"limit": 1000, "used": 0, "missing": 0, "problem": ""}
    assert len(asked(emulator)) == 1


@pytest.mark.parametrize("policy", ["usage", "limit"])
def test_usage_is_what_the_service_counts_or_what_can_be_deleted(run, emulator, policy):
    emulator.reset(integrations=[slack("one"), slack("two")], quota=5, applied_quotas=policy)
    # The e-mail to organization admins is an integration that nobody can delete.
    assert len(run.ok("integration_info")["integrations"]) > 2
    assert run.ok("organization_info", read_quota=True)["quota"] == {
        "limit": 5,
        "used": 2,
        "missing": 0,
        "problem": "",
    }


def test_plan_that_exceeds_the_quota_warns_before_anything_is_created(run, emulator):
    emulator.reset(integrations=[slack("old")], quota=2)
    planned = run.ok("organization", check_mode=True, read_quota=True, integrations=[ONE, TWO])
    assert planned["quota"] == {"limit": 2, "used": 1, "missing": 1, "problem": ""}
    assert run.warnings == [
        "The plan exceeds the quota of integrations by 1 (integrations_per_org: 2). Delete what is no longer needed "
        "first, or ask Confluent to raise the quota."
    ]
    # Deletions come last, so they make no room.
    absent = {"display_name": "old", "state": "absent"}
    replaced = run.ok("organization", check_mode=True, read_quota=True, integrations=[ONE, TWO, absent])
    assert replaced["quota"]["missing"] == 1
    assert (
        run.ok("organization", check_mode=True, read_quota=True, integrations=[ONE])["quota"]["missing"] == 0
    )
    assert run.warnings == []


def test_plan_that_creates_nothing_is_not_blamed(run, emulator):
    emulator.reset(integrations=[slack("a"), slack("b"), slack("c")], quota=2)
    run.ok(
        "organization",
        check_mode=True,
        read_quota=True,
        integrations=[{"display_name": "a", "state": "absent"}],
    )
    assert not any("quota" in warning for warning in run.warnings)
    assert run.ok("organization_info", read_quota=True)["quota"]["missing"] == 1


@pytest.mark.parametrize("status", [400, 403, 404, 405])
def test_quota_that_cannot_be_read_says_why(run, emulator, status):
    emulator.fault("status", "GET", QUOTAS, status=status, body={"errors": [{"detail": "Not for you."}]})
    result = run.ok("organization", read_quota=True, integrations=[ONE])
    assert result["quota"] == {"limit": None, "used": 0, "missing": 0, "problem": "Not for you."}
    assert result["changed"]


@pytest.mark.parametrize(
    ("data", "quota"),
    [
        ([], {"limit": None, "problem": "the service lists no quota integrations_per_org"}),
        ([{"id": "another", "applied_limit": 3}], {"limit": None, "problem": "the service lists no quota "}),
        (
            [{"id": "integrations_per_org", "applied_limit": None, "usage": "many"}],
            {"limit": None, "problem": ""},
        ),
        ([{"id": "integrations_per_org", "applied_limit": 7, "usage": True}], {"limit": 7, "problem": ""}),
        ([{"id": "x"}, {"id": "integrations_per_org", "applied_limit": 0}], {"limit": 0, "problem": ""}),
    ],
)
def test_strange_quotas_are_unknown(run, emulator, data, quota):
    emulator.fault("status", "GET", QUOTAS, status=200, body={"data": data})
    found = run.ok("organization_info", read_quota=True)["quota"]
    assert found["limit"] == quota["limit"]
    assert found["problem"].startswith(quota["problem"])
    assert found["used"] == 0


@pytest.mark.parametrize("body", [{}, [], {"data": {}}, {"data": None}, {"data": [None]}])
def test_response_without_a_list_fails(run, emulator, body):
    emulator.fault("status", "GET", QUOTAS, status=200, body=body)
    result = run.fails("organization_info", read_quota=True)
    assert "Could not read the quota of integrations" in result["msg"]
