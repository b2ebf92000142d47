# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resource_preference`` against a real server: one resource, found by what it is."""

from __future__ import annotations

import pytest

CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"


@pytest.mark.parametrize("missing", ["404", "403"])
@pytest.mark.parametrize("resource", [CONNECTOR, PATH])
def test_a_resource_is_silenced_heard_again_and_forgotten(run, emulator, missing, resource):
    emulator.reset(missing=missing)
    for params in ({"enabled": False}, {"enabled": True}, {"state": "absent"}):
        emulator.refuse_writes()
        predicted = run.ok("resource_preference", resource=resource, check_mode=True, **params)
        emulator.refuse_writes(False)
        done = run.ok("resource_preference", resource=resource, **params)
        assert predicted["changed"] is done["changed"] is True
        assert (predicted["diff"], predicted["changes"]) == (done["diff"], done["changes"])
        if "enabled" in params:
            made = done["resource_preference"]
            assert (made["resource"], made["resource_type"]) == (PATH, "CONNECTOR")
            assert made["current_state"] == ("ENABLED" if params["enabled"] else "DISABLED")
        assert run.ok("resource_preference", resource=resource, **params)["changed"] is False
    assert emulator.objects("resource-preferences") == []
    assert bool(run.warnings) is (missing == "403")


def test_a_preference_that_is_not_there_may_look_forbidden_and_that_is_said(run, emulator):
    emulator.reset(missing="403")
    result = run.ok("resource_preference", resource=PATH, state="absent")
    assert result["changed"] is False
    assert "It may answer like this if there are none, which is assumed. It may also mean" in run.warnings[0]


def test_a_wrong_endpoint_is_not_taken_for_a_missing_preference(run, emulator):
    emulator.fault("html", "GET", "*", status=404, times=9)
    assert run.fails("resource_preference", resource=PATH, state="absent")["error"]["status"] == 404


def test_a_new_preference_needs_to_be_told_which(run, emulator):
    assert "Set `enabled`." in run.fails("resource_preference", resource=PATH)["msg"]
    assert emulator.writes() == []


def test_one_that_somebody_else_makes_meanwhile_is_changed(run, emulator):
    theirs = {"resource": PATH, "resource_type": "CONNECTOR", "current_state": "ENABLED"}
    emulator.meanwhile("POST", "*/resource-preferences", "POST", "/resource-preferences", theirs)
    done = run.ok("resource_preference", resource=PATH, enabled=False)
    assert (done["changed"], done["changes"]) == (True, ["current_state"])
    assert [each["current_state"] for each in emulator.objects("resource-preferences")] == ["DISABLED"]


@pytest.mark.parametrize(
    ("resource", "path", "kind"),
    [
        ({"environment": "env-1"}, "environment=env-1", "ENVIRONMENT"),
        ({"cluster": "lkc-1", "environment": "env-1"}, "environment=env-1/cloud-cluster=lkc-1", "CLUSTER"),
        ({"organization": "abc"}, "organization=abc", "ORGANIZATION"),
        ({"environment": "env-1", "connector": None}, "environment=env-1", "ENVIRONMENT"),
        (
            {"environment": "env-1", "flink_region": "aws.eu-west-1", "flink_compute_pool": "lfcp-1"},
            "environment=env-1/flink-region=aws.eu-west-1/compute-pool=lfcp-1",
            "FLINK_COMPUTE_POOL",
        ),
    ],
)
def test_a_mapping_becomes_the_path_that_the_api_wants(run, emulator, resource, path, kind):
    made = run.ok("resource_preference", resource=resource, resource_type=kind, enabled=False)[
        "resource_preference"
    ]
    assert (made["resource"], made["resource_type"]) == (path, kind)


@pytest.mark.parametrize(
    ("params", "said"),
    [
        (
            {"resource": {"env": "env-1"}},
            "`resource` has the unknown part 'env'. Valid parts: organization, environment, cluster",
        ),
        ({"resource": {}}, "`resource` is empty"),
        ({"resource": ""}, "the part '' of `resource` is not a text"),
        ({"resource": "env-1"}, "the part 'env-1' of `resource` is not a text"),
        ({"resource": "environment="}, "the part 'environment' of `resource` is not a text"),
        (
            {"resource": {"environment": "a/b"}},
            "the part 'environment' of `resource` is not a text without slashes",
        ),
        ({"resource": {"environment": 5}}, "the part 'environment' of `resource` is not a text"),
        ({"resource": ["environment=env-1"]}, "neither a text nor a mapping"),
        (
            {"resource": "environment=env-1/schema=x"},
            "the resource type of 'schema' is not known. Set `resource_type`.",
        ),
    ],
)
def test_a_resource_that_makes_no_sense_is_refused_before_any_request(run, emulator, params, said):
    assert said in run.fails("resource_preference", enabled=True, **params)["msg"]
    assert emulator.requests() == []


@pytest.mark.parametrize("missing", ["404", "403"])
def test_a_deletion_whose_answer_is_lost_was_one(run, emulator, missing):
    emulator.reset(missing=missing)
    run.ok("resource_preference", resource=PATH, enabled=False)
    emulator.fault("cut-after", "DELETE")
    result = run.ok("resource_preference", resource=PATH, state="absent")
    assert (result["changed"], result["resource_preference"]) == (True, None)
    assert emulator.objects("resource-preferences") == []


def test_a_creation_that_is_met_again_after_a_lost_answer_was_ours(run, emulator):
    ops = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}}
    emulator.reset(integrations=[ops], new_objects="delayed", list_delay_ms=12_000)
    emulator.fault("status", "POST", status=503, headers={"Retry-After": "2"}, applied=True)
    assert (
        run.ok("subscription", notification_type="API key created", integrations=["ops"])["changed"] is True
    )
    assert any(
        "by this task, whose response was lost, or by another one" in warning for warning in run.warnings
    )
    assert emulator.routes()["API key created"] == ["ops"]
