# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the published contract allows and a service may do: lean answers, lingering deletions, dangling references, open enumerations."""

from __future__ import annotations

import pytest

from support.emulator import slack

PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
TYPE = "Connector failed"


def target(name):
    return slack(name)["target"]


# Look-ups


@pytest.mark.parametrize("missing", ["404", "403"])
@pytest.mark.parametrize("codes", ["given", "omitted"])
@pytest.mark.parametrize("envelope", ["errors", "error"])
def test_lookup_of_nothing_means_none(run, emulator, missing, codes, envelope):
    """The published example of a 404 has no code, and no member of an error is required."""
    emulator.reset(
        integrations=[slack("ops")],
        missing=missing,
        error_codes=codes,
        error_envelope=envelope,
        empty_lookup="missing",
        read_only=False,
    )
    assert run.ok("resource_preference", resource=PATH, enabled=False)["changed"] is True
    assert (
        run.ok("resource_subscription", resource=PATH, notification_type=TYPE, integrations=["ops"])[
            "changed"
        ]
        is True
    )
    other = {"resource": PATH + "-2", "notification_type": TYPE, "integrations": ["ops"]}
    assert run.ok("resource_subscriptions", subscriptions=[other])["changed"] is True
    assert run.ok("resource_subscription_info", resource=PATH + "-3")["resource_subscriptions"] == []


def test_lookup_at_a_wrong_endpoint_is_not_taken_for_none(run, emulator):
    for module, params in (
        ("resource_preference", {"enabled": False}),
        ("resource_subscription_info", {}),
    ):
        emulator.fault("html", "GET", "*:lookup", status=404, times=9)
        assert run.fails(module, resource=PATH, **params)["error"]["status"] == 404


# Resource types


@pytest.mark.parametrize(
    ("resource", "kind", "warns"),
    [
        (PATH, "CONNECTOR__CUSTOM_CONNECTOR", False),
        (PATH, "CLUSTER", True),
        ({"environment": "env-1", "cluster": "lkc-1", "topic": "orders"}, None, False),
        ("environment=env-1/schema-registry=lsrc-1", "SCHEMA_REGISTRY", False),
        ("organization=abc", None, False),
    ],
)
def test_stated_resource_type_is_taken(run, emulator, resource, kind, warns):
    emulator.reset(integrations=[slack("ops")])
    run.ok("resource_preference", resource=resource, resource_type=kind, enabled=False)
    run.ok(
        "resource_subscription",
        resource=resource,
        resource_type=kind,
        notification_type=TYPE,
        integrations=["ops"],
    )
    assert bool(run.warnings) is warns
    expected = kind or {"organization=abc": "ORGANIZATION"}.get(str(resource), "TOPIC")
    for collection in ("resource-preferences", "resource-subscriptions"):
        assert [each["resource_type"] for each in emulator.objects(collection)] == [expected]


# Deletions that linger


def test_create_absent_create_ends_with_an_object(run, emulator):
    emulator.reset(deletion="lingering", list_delay_ms=3_000)
    for state in ("present", "absent", "present"):
        assert run.ok("integration", display_name="ops", target=target("ops"), state=state)["changed"] is True
    assert set(emulator.made()) == {"ops"}


def test_deletion_that_lingers_for_long_is_said(run, emulator):
    emulator.reset(integrations=[slack("ops")], deletion="lingering", list_delay_ms=100_000)
    run.ok("integration", display_name="ops", state="absent")
    assert "was deleted, but a task that looks for it soon may still find it" in run.warnings[0]
    # What the list still shows answers 404 to a change: it does not exist, so it is created.
    again = run.ok("integration", display_name="ops", description="New", target=target("ops"))
    assert again["changed"] is True
    assert emulator.made()["ops"]["description"] == "New"


def test_object_whose_deletion_has_passed_does_not_exist(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    [ops] = (each for each in emulator.objects() if each["display_name"] == "ops")
    for deleted_at, exists in (
        ("2020-01-01T00:00:00Z", False),
        ("2020-01-01T00:00:00.123456Z", False),
        ("2999-01-01T00:00:00Z", True),
        ("soon", True),
    ):
        metadata = {**ops["metadata"], "deleted_at": deleted_at}
        page = {
            "api_version": "notifications/v1",
            "kind": "IntegrationList",
            "metadata": {},
            "data": [{**ops, "metadata": metadata}],
        }
        emulator.fault("status", "GET", "*/integrations", status=200, body=page)
        assert bool(run.ok("integration_info")["integrations"]) is exists


# Answers with what the contract requires, and no more


def test_lean_answers_are_completed_by_a_read(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")], write_answers="lean")
    made = run.ok("integration", display_name="new", description="New", target=target("new"))
    assert made["integration"]["description"] == "New"
    assert (
        run.ok("integration", display_name="new", description="Newer")["integration"]["description"]
        == "Newer"
    )
    assert (
        run.ok("integrations", integrations=[{"display_name": "ops", "description": "Ops"}])["changed"]
        is True
    )
    assert (
        run.ok("subscription", notification_type=TYPE, integrations=["ops"], enabled=False)["changed"] is True
    )
    assert run.ok("resource_preference", resource=PATH, enabled=False)["changed"] is True
    assert (
        run.ok(
            "resource_subscription",
            resource=PATH,
            notification_type=TYPE,
            integrations=["ops"],
            enabled=False,
        )["changed"]
        is True
    )
    assert {each["current_state"] for each in emulator.objects("resource-subscriptions")} == {"DISABLED"}


# References to what no longer exists


def dangling(emulator):
    emulator.reset(integrations=[slack("ops"), slack("gone"), slack("pager")], delete_in_use="dangling")
    emulator.route(TYPE, "Organization admins", "gone", "ops")
    return emulator.ids()["gone"]


def test_dangling_reference_is_dropped_with_a_warning(run, emulator):
    gone = dangling(emulator)
    run.ok("integration", display_name="gone", state="absent", when_in_use="ignore")
    [shown] = run.ok("subscription_info", notification_type=TYPE)["subscriptions"]
    assert [each for each in shown["integrations"] if each.get("missing")] == [
        {"id": gone, "display_name": None, "kind": None, "missing": True}
    ]
    done = run.ok("subscriptions", rules=[{"notification_type": TYPE, "integrations": ["pager"]}])
    assert done["changed"] is True
    assert f"Subscriptions refer to integrations that no longer exist: '{gone}'." in run.warnings[0]
    assert emulator.routes()[TYPE] == ["Organization admins", "pager"]


@pytest.mark.parametrize("mode", ["add", "remove"])
def test_dangling_reference_blocks_no_repair(run, emulator, mode):
    dangling(emulator)
    run.ok("integration", display_name="gone", state="absent", when_in_use="ignore")
    run.ok("subscription", notification_type=TYPE, integrations=["ops"], integrations_mode=mode)
    assert emulator.routes()[TYPE] == ["Organization admins"] + (["ops"] if mode == "add" else [])


def test_integration_that_is_newer_than_the_list_is_no_dangling_reference(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    body = {"display_name": "newer", "target": target("newer")}
    newer = f"i-{int(emulator.ids()['ops'][2:]) + 1}"
    subscription = emulator.objects("subscriptions")[0]
    [routed] = (
        each
        for each in emulator.objects("notification-types")
        if each["id"] == subscription["notification_type"]["id"]
    )
    acts = [
        {"method": "POST", "path": "/integrations", "body": body},
        {
            "method": "PATCH",
            "path": f"/subscriptions/{subscription['id']}",
            "body": {"integrations": [{"id": newer}]},
        },
    ]
    emulator.fault("meanwhile", "GET", "*/subscriptions", body=acts)
    run.ok(
        "subscription",
        notification_type=routed["display_name"],
        integrations=["ops"],
        integrations_mode="add",
    )
    assert emulator.routes()[routed["display_name"]] == ["newer", "ops"]
    assert run.warnings == []


# A conflict that means "stale"


def test_stale_change_is_planned_again_once(run, emulator):
    emulator.reset(integrations=[slack("ops", description="Old")])
    ops = emulator.ids()["ops"]
    emulator.fault("status", "PATCH", status=409)
    assert run.ok("integration", display_name="ops", description="New")["changed"] is True
    assert emulator.made()["ops"]["description"] == "New"
    emulator.fault("status", "PATCH", status=409, times=2)
    assert run.fails("integration", id=ops, description="Newer")["error"]["status"] == 409
    unread = next(each for each in emulator.objects("user-notifications") if not each["read"])
    emulator.fault("status", "PATCH", status=409)
    assert run.ok("user_notification", id=unread["id"], read=True)["changed"] is True
