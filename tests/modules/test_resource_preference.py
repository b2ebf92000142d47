# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resource_preference`` against a real server: one object, found by its resource path."""

from __future__ import annotations

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._resources.resource_settings import (
    other_topic_path,
)
from support.emulator import slack

CONNECTOR = {"environment": "env-1", "cluster": "lkc-1", "connector": "orders"}
PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"


@pytest.mark.parametrize("missing", ["404", "403"])
@pytest.mark.parametrize("resource", [CONNECTOR, PATH])
def test_preference_is_disabled_enabled_and_deleted(run, emulator, missing, resource):
    emulator.reset(missing=missing)
    for params in ({"enabled": False}, {"enabled": True}, {"state": "absent"}):
        emulator.refuse_writes()
        predicted = run.ok("resource_preference", resource=resource, check_mode=True, **params)
        emulator.refuse_writes(False)

        result = run.ok("resource_preference", resource=resource, **params)
        assert predicted["changed"] is result["changed"] is True
        assert (predicted["diff"], predicted["changes"]) == (result["diff"], result["changes"])
        if "enabled" in params:
            preference = result["resource_preference"]
            assert (preference["resource"], preference["resource_type"]) == (PATH, "CONNECTOR")
            assert preference["current_state"] == ("ENABLED" if params["enabled"] else "DISABLED")
        assert run.ok("resource_preference", resource=resource, **params)["changed"] is False

    assert emulator.objects("resource-preferences") == []
    assert bool(run.warnings) is (missing == "403")


def test_403_for_a_missing_preference_gives_a_warning(run, emulator):
    emulator.reset(missing="403")
    result = run.ok("resource_preference", resource=PATH, state="absent")
    assert result["changed"] is False
    assert "The task assumes that none exist, but the credentials may" in run.warnings[0]


def test_404_of_a_wrong_endpoint_is_not_a_missing_preference(run, emulator):
    emulator.fault("html", "GET", "*", status=404, times=9)
    assert run.fails("resource_preference", resource=PATH, state="absent")["error"]["status"] == 404


def test_new_preference_requires_enabled(run, emulator):
    assert "Set `enabled`." in run.fails("resource_preference", resource=PATH)["msg"]
    assert emulator.writes() == []


def test_preference_created_by_another_user_is_updated(run, emulator):
    body = {"resource": PATH, "resource_type": "CONNECTOR", "current_state": "ENABLED"}
    emulator.meanwhile("POST", "*/resource-preferences", "POST", "/resource-preferences", body)
    result = run.ok("resource_preference", resource=PATH, enabled=False)
    assert (result["changed"], result["changes"]) == (True, ["current_state"])
    assert [obj["current_state"] for obj in emulator.objects("resource-preferences")] == ["DISABLED"]


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
def test_mapping_becomes_a_resource_path(run, emulator, resource, path, kind):
    result = run.ok("resource_preference", resource=resource, resource_type=kind, enabled=False)
    preference = result["resource_preference"]
    assert (preference["resource"], preference["resource_type"]) == (path, kind)


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"resource": {"env": "env-1"}},
            "`resource` has the unknown part 'env'. Valid parts: organization, environment, cluster",
        ),
        ({"resource": {}}, "`resource` is empty"),
        ({"resource": ""}, "the part '' of `resource` must be a non-empty string"),
        ({"resource": "env-1"}, "the part 'env-1' of `resource` must be a non-empty string"),
        ({"resource": "environment="}, "the part 'environment' of `resource` must be a non-empty string"),
        (
            {"resource": {"environment": "a/b"}},
            "the part 'environment' of `resource` must be a non-empty string without slashes",
        ),
        ({"resource": {"environment": 5}}, "the part 'environment' of `resource` must be a non-empty string"),
        ({"resource": ["environment=env-1"]}, "must be a string or a mapping"),
        (
            {"resource": "environment=env-1/schema=x"},
            "the resource type of 'schema' is not known. Set `resource_type`.",
        ),
    ],
)
def test_invalid_resource_is_rejected_before_any_request(run, emulator, params, expected):
    assert expected in run.fails("resource_preference", enabled=True, **params)["msg"]
    assert emulator.requests() == []


def test_subscription_of_a_lost_create_counts_as_changed(run, emulator):
    ops = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/x"}}
    emulator.reset(integrations=[ops], new_objects="delayed", list_delay_ms=12_000)
    emulator.fault("status", "POST", status=503, headers={"Retry-After": "2"}, applied=True)

    result = run.ok("subscription", notification_type="API key created", integrations=["ops"])
    assert result["changed"] is True
    expected = "by this task (the response was lost) or by another task or user"
    assert any(expected in warning for warning in run.warnings)
    assert emulator.routes()["API key created"] == ["ops"]


WITHOUT = "environment=env-1/cloud-cluster=lkc-1/topic=orders"
WITH = "environment=env-1/cloud-cluster=lkc-1/kafka=lkc-1/topic=orders"


@pytest.mark.parametrize(
    ("policy", "accepted", "refused"), [("without-kafka", WITHOUT, WITH), ("with-kafka", WITH, WITHOUT)]
)
@pytest.mark.parametrize("module", ["resource_preference", "resource_subscription"])
def test_form_of_a_topic_path_that_is_refused_names_the_other(
    run, emulator, module, policy, accepted, refused
):
    emulator.reset(topic_paths=policy, integrations=[slack("ops")])
    route = {"notification_type": "Connector failed", "integrations": ["ops"]}
    settings = {"enabled": False} if module == "resource_preference" else route
    result = run.fails(module, resource=refused, **settings)
    assert refused in result["msg"]
    assert f"the service may want the other one: {accepted}." in result["msg"]
    created = run.ok(module, resource=accepted, **settings)
    assert created[module]["resource"] == accepted
    assert run.ok(module, resource=accepted, **settings)["changed"] is False


@pytest.mark.parametrize(("given", "stored"), [(WITHOUT, WITH), (WITH, WITHOUT)])
def test_preference_that_comes_back_with_the_other_form_is_the_same(run, emulator, given, stored):
    body = {"id": "rp-1", "metadata": {"self": "https://x.example/rp-1"}, "resource_type": "TOPIC"}
    found = {"api_version": "notifications/v1", "kind": "ResourcePreference", "resource": stored, **body}
    answer = {"status": 200, "body": {**found, "current_state": "DISABLED"}, "times": 9}
    emulator.fault("status", "GET", "*/resource-preferences:lookup", **answer)
    result = run.ok("resource_preference", resource=given, enabled=False)
    assert result["changed"] is False, emulator.lines()


@pytest.mark.parametrize(
    ("path", "other"),
    [
        (WITHOUT, WITH),
        (WITH, WITHOUT),
        ("cloud-cluster=lkc-1/topic=a", "cloud-cluster=lkc-1/kafka=lkc-1/topic=a"),
        ("environment=env-1/cloud-cluster=lkc-1/kafka=lkc-2/topic=a", None),
        ("environment=env-1/cloud-cluster=lkc-1/connector=a", None),
        ("environment=env-1/topic=a", None),
    ],
)
def test_other_form_of_a_topic_path(path, other):
    assert other_topic_path(path) == other
