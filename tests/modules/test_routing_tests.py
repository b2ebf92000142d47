# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The option ``tests`` of ``organization``: what a planned routing is expected to be."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.emulator import slack

FAILED, DEGRADED = "Connector failed", "Connector degraded"
CHANNELS = ("ops", "pager", "data-lake")


def route(notification_type, *integrations, **options):
    return {"notification_type": notification_type, "integrations": list(integrations), **options}


def case(expect, name="a test", notification_type=FAILED, **options):
    return {"name": name, "notification_type": notification_type, "expect": expect, **options}


@pytest.fixture
def organization(run, emulator):
    """Plans FAILED for ops and pager, and DEGRADED for ops, with tests."""
    emulator.reset(integrations=[slack(name) for name in CHANNELS])
    rules = [route(FAILED, "ops", "pager", name="Failures"), route(DEGRADED, "ops")]

    def plan(*tests, **options):
        return run("organization", subscriptions=rules, tests=list(tests), **options)

    plan.emulator = emulator
    return plan


@pytest.mark.parametrize(
    "test",
    [
        case(["ops", "pager"]),
        case(["pager", "ops"]),
        case(["ops"], at_least=True),
        case(["ops", "pager"], **{"not": ["data-lake"]}),
        case([], at_least=True, **{"not": ["data-lake"]}),
        case(["ops"], notification_type=DEGRADED),
        case([], notification_type="Login from a new country"),
    ],
)
def test_expected_channels_pass(organization, test):
    result = organization(test)
    assert result["changed"], result["msg"]
    assert result["routing_tests"]["passed"] == ["a test"]
    assert result["routing_tests"]["failed"] == []


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (
            case(["ops"]),
            "'a test': 'Connector failed' reaches 'ops', 'pager' (by rule 1 (Failures)), 'pager' must not receive it",
        ),
        (
            case(["ops", "pager", "data-lake"]),
            "'a test': 'Connector failed' reaches 'ops', 'pager' (by rule 1 (Failures)), not 'data-lake'",
        ),
        (
            case([], at_least=True, **{"not": ["pager"]}),
            "'a test': 'Connector failed' reaches 'ops', 'pager' (by rule 1 (Failures)), 'pager' must not receive it",
        ),
        (
            case(["ops"], notification_type="API key deleted"),
            "'a test': 'API key deleted' reaches no channel (by no rule), not 'ops'",
        ),
    ],
)
def test_a_mismatch_stops_the_task_before_any_write(organization, test, message):
    result = organization(test, case(["ops", "pager"], "another"))
    assert result["error"]["type"] == "routing_test_failed"
    assert message in result["msg"]
    assert "1 routing test failed" in result["msg"]
    assert result["routing_tests"]["passed"] == ["another"]
    assert result["plan"]["changes"], "the plan is shown, so that the rule can be found"
    assert organization.emulator.writes() == []


@pytest.mark.parametrize(
    ("test", "message"),
    [
        (case(["opps"]), "the integration 'opps' does not exist. Did you mean 'ops'"),
        (case([], at_least=True, **{"not": ["pagr"]}), "the integration 'pagr' does not exist"),
        (case(["ops"], notification_type="Conector failed"), "Did you mean 'Connector failed'"),
        (
            {"name": "a test", "select": {"display_names": ["Conector*"]}, "expect": ["ops"]},
            "which matches no notification type",
        ),
        (
            {"name": "a test", "select": {"severities": ["INFO"], "display_names": [FAILED]}, "expect": []},
            "its `select` matches no notification type",
        ),
        (case([], at_least=True), "expects nothing, so every routing would pass it"),
    ],
)
def test_a_test_that_would_protect_nothing_is_refused(organization, test, message):
    result = organization(test)
    assert result["failed"]
    assert message in result["msg"]
    assert "'a test'" in result["msg"]
    assert organization.emulator.writes() == []


def test_two_tests_of_one_name_are_refused(organization):
    result = organization(case(["ops"]), case(["pager"]))
    assert "`tests` has several tests named 'a test'" in result["msg"]


def test_a_planned_integration_is_expected_by_its_name(run, emulator):
    desired = {
        "integrations": [slack("new")],
        "subscriptions": [route(FAILED, "new")],
        "tests": [case(["new"])],
    }
    assert run.ok("organization", **desired)["routing_tests"]["passed"] == ["a test"]
    assert not run.ok("organization", **desired)["changed"]


def test_e_mail_counts_only_if_it_is_named(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.route(FAILED, "Organization admins", "ops")
    rules = [route(FAILED, "ops")]
    run.ok("organization", subscriptions=rules, tests=[case(["ops"])])
    run.ok("organization", subscriptions=rules, tests=[case(["ops", "Organization admins"])])
    result = run.fails(
        "organization", subscriptions=rules, tests=[case(["ops"], **{"not": ["Organization admins"]})]
    )
    assert "'Organization admins' must not receive it" in result["msg"]


CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}


@pytest.mark.parametrize(
    ("expect", "silenced", "message"),
    [
        (["data-lake"], False, None),
        (
            ["ops"],
            False,
            "reaches 'data-lake' (by its own subscriptions), not 'ops', and 'data-lake' must not receive it",
        ),
        ([], True, None),
        (["data-lake"], True, "reaches no channel (by its own subscriptions), not 'data-lake'"),
    ],
)
def test_subscriptions_of_a_single_resource_are_tested(organization, expect, silenced, message):
    own = [{"resource": CONNECTOR, "notification_type": FAILED, "integrations": ["data-lake"]}]
    preferences = [{"resource": CONNECTOR, "enabled": False}] if silenced else []
    result = organization(
        case(expect, resource=CONNECTOR), resource_subscriptions=own, resource_preferences=preferences
    )
    assert bool(result.get("failed")) is bool(message), result.get("msg")
    if message:
        assert message in result["msg"]
    assert result["routing_tests"]["coverage"] == 0


def test_a_resource_without_an_entry_is_refused(organization):
    result = organization(case(["ops"], resource=CONNECTOR))
    assert (
        "no entry of `resource_subscriptions` is about 'environment=env-1/cloud-cluster=lkc-1/"
        in result["msg"]
    )


def test_rules_without_a_test_are_named(organization):
    result = organization(case(["ops", "pager"]))
    assert result["routing_tests"]["untested_rules"] == ["rule 2"]
    assert result["routing_tests"]["coverage"] == 50
    result = organization(case(["ops", "pager"]), tests_fail_under=51)
    assert result["error"]["type"] == "routing_test_failed"
    assert (
        "exercise 50 % of the rules, but `tests_fail_under` is 51: no test is about rule 2." in result["msg"]
    )


def test_an_impossible_percentage_is_refused(organization):
    assert "`tests_fail_under` is 101" in organization(case(["ops"]), tests_fail_under=101)["msg"]


RULES = st.lists(
    st.tuples(
        st.sampled_from([FAILED, DEGRADED, "API key deleted"]),
        st.sets(st.sampled_from(CHANNELS), min_size=1),
    ),
    min_size=1,
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rules=RULES, expected=st.sets(st.sampled_from(CHANNELS)))
def test_a_test_says_what_the_service_does_after_the_run(run, running_emulator, rules, expected):
    emulator = running_emulator
    emulator.reset(integrations=[slack(name) for name in CHANNELS])
    subscriptions = [route(name, *sorted(channels)) for name, channels in rules]
    tested = run("organization", subscriptions=subscriptions, tests=[case(sorted(expected))], check_mode=True)

    run.ok("organization", subscriptions=subscriptions)
    routed = set(emulator.routes().get(FAILED, ())) & set(CHANNELS)
    assert (tested["routing_tests"]["failed"] == []) is (routed == expected)
    assert tested.get("failed", False) is (routed != expected)
