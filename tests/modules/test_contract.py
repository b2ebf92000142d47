# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Behavior that the published contract allows, such as partial responses and delayed deletions."""

from __future__ import annotations

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._api import client
from support.emulator import slack

PATH = "environment=env-1/cloud-cluster=lkc-1/connector=orders"
TYPE = "Connector failed"


def target(name):
    return slack(name)["target"]


# Lookups


@pytest.mark.parametrize("missing", ["404", "403"])
@pytest.mark.parametrize("error_codes", ["given", "omitted"])
@pytest.mark.parametrize("envelope", ["errors", "error"])
def test_lookup_of_nothing_is_an_empty_result(run, emulator, missing, error_codes, envelope):
    """The 404 in the published example has no code, and no field of an error is required."""
    emulator.reset(
        integrations=[slack("ops")],
        missing=missing,
        error_codes=error_codes,
        error_envelope=envelope,
        empty_lookup="missing",
        read_only=False,
    )

    assert run.ok("resource_preference", resource=PATH, enabled=False)["changed"] is True
    options = {"notification_type": TYPE, "integrations": ["ops"]}
    assert run.ok("resource_subscription", resource=PATH, **options)["changed"] is True
    other = {"resource": PATH + "-2", **options}
    assert run.ok("organization", resource_subscriptions=[other])["changed"] is True
    assert run.ok("resource_subscription_info", resource=PATH + "-3")["resource_subscriptions"] == []


LOOKUPS = [("resource_preference", {"enabled": False}), ("resource_subscription_info", {})]


@pytest.mark.parametrize("status", [404, 403])
@pytest.mark.parametrize(("module", "params"), LOOKUPS)
def test_response_of_a_proxy_is_not_an_empty_lookup(run, emulator, module, params, status):
    emulator.fault("html", "GET", "*:lookup", status=status)
    assert run.fails(module, resource=PATH, **params)["error"]["status"] == status


@pytest.mark.parametrize("status", [404, 403])
def test_failed_page_of_a_lookup_is_not_an_empty_lookup(run, emulator, monkeypatch, status):
    emulator.reset(integrations=[slack("ops")])
    for notification_type in (TYPE, "Connector degraded"):
        options = {"notification_type": notification_type, "integrations": ["ops"]}
        run.ok("resource_subscription", resource=PATH, **options)

    monkeypatch.setattr(client, "PAGE_SIZE", 1)
    assert len(run.ok("resource_subscription_info", resource=PATH)["resource_subscriptions"]) == 2
    emulator.fault("status", "GET", "*:lookup", status=status, skip=1)
    result = run.fails("resource_subscription_info", resource=PATH)
    assert result["error"]["status"] == status
    assert run.warnings == []


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
def test_given_resource_type_is_used(run, emulator, resource, kind, warns):
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
        assert [obj["resource_type"] for obj in emulator.objects(collection)] == [expected]


# Delayed deletions


def test_create_after_delayed_deletion_creates_an_object(run, emulator):
    emulator.reset(deletion="lingering", list_delay_ms=3_000)
    for state in ("present", "absent", "present"):
        assert run.ok("integration", display_name="ops", target=target("ops"), state=state)["changed"] is True
    assert set(emulator.made()) == {"ops"}


def test_long_delayed_deletion_gives_a_warning(run, emulator):
    emulator.reset(integrations=[slack("ops")], deletion="lingering", list_delay_ms=100_000)
    run.ok("integration", display_name="ops", state="absent")
    assert any("was deleted, but the next task may still find it" in warning for warning in run.warnings)

    # The list still shows the object, but updating it fails with 404, so the task creates a new one.
    result = run.ok("integration", display_name="ops", description="New", target=target("ops"))
    assert result["changed"] is True
    assert emulator.made()["ops"]["description"] == "New"


def test_object_with_a_past_deleted_at_does_not_exist(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    [ops] = (obj for obj in emulator.objects() if obj["display_name"] == "ops")
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


# Responses with only the required fields


def test_partial_responses_are_completed_by_a_read(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")], write_answers="lean")

    created = run.ok("integration", display_name="new", description="New", target=target("new"))
    assert created["integration"]["description"] == "New"
    updated = run.ok("integration", display_name="new", description="Newer")
    assert updated["integration"]["description"] == "Newer"

    route = {"notification_type": TYPE, "integrations": ["ops"], "enabled": False}
    tasks = [
        ("integrations", {"integrations": [{"display_name": "ops", "description": "Ops"}]}),
        ("subscription", route),
        ("resource_preference", {"resource": PATH, "enabled": False}),
        ("resource_subscription", {"resource": PATH, **route}),
    ]
    for module, params in tasks:
        assert run.ok(module, **params)["changed"] is True
    assert {obj["current_state"] for obj in emulator.objects("resource-subscriptions")} == {"DISABLED"}


# Dangling references


def dangling_reference(emulator):
    """Route a type to an integration that can be deleted although it is in use; its ID."""
    emulator.reset(integrations=[slack("ops"), slack("gone"), slack("pager")], delete_in_use="dangling")
    emulator.route(TYPE, "Organization admins", "gone", "ops")
    return emulator.ids()["gone"]


def test_dangling_reference_is_removed_with_a_warning(run, emulator):
    gone_id = dangling_reference(emulator)
    run.ok("integration", display_name="gone", state="absent", when_in_use="ignore")
    [subscription] = run.ok("subscription_info", notification_type=TYPE)["subscriptions"]
    assert [reference for reference in subscription["integrations"] if reference.get("missing")] == [
        {"id": gone_id, "display_name": None, "kind": None, "missing": True}
    ]

    result = run.ok("subscriptions", rules=[{"notification_type": TYPE, "integrations": ["pager"]}])
    assert result["changed"] is True
    shown = f"Subscriptions refer to integrations that no longer exist: '{gone_id}'."
    assert any(shown in warning for warning in run.warnings)
    assert emulator.routes()[TYPE] == ["Organization admins", "pager"]


@pytest.mark.parametrize("mode", ["add", "remove"])
def test_dangling_reference_does_not_block_changes(run, emulator, mode):
    dangling_reference(emulator)
    run.ok("integration", display_name="gone", state="absent", when_in_use="ignore")
    run.ok("subscription", notification_type=TYPE, integrations=["ops"], integrations_mode=mode)
    assert emulator.routes()[TYPE] == ["Organization admins"] + (["ops"] if mode == "add" else [])


def test_integration_newer_than_the_list_is_not_dangling(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    body = {"display_name": "newer", "target": target("newer")}
    newer_id = f"i-{int(emulator.ids()['ops'][2:]) + 1}"
    subscription = emulator.objects("subscriptions")[0]
    types = {obj["id"]: obj["display_name"] for obj in emulator.objects("notification-types")}
    type_name = types[subscription["notification_type"]["id"]]

    requests = [
        {"method": "POST", "path": "/integrations", "body": body},
        {
            "method": "PATCH",
            "path": f"/subscriptions/{subscription['id']}",
            "body": {"integrations": [{"id": newer_id}]},
        },
    ]
    emulator.fault("meanwhile", "GET", "*/subscriptions", body=requests)

    run.ok("subscription", notification_type=type_name, integrations=["ops"], integrations_mode="add")
    assert emulator.routes()[type_name] == ["newer", "ops"]
    assert run.warnings == []


# Conflicts that mean "stale"


def test_stale_update_is_planned_again_once(run, emulator):
    emulator.reset(integrations=[slack("ops", description="Old")])
    ops_id = emulator.ids()["ops"]

    emulator.fault("status", "PATCH", status=409)
    assert run.ok("integration", display_name="ops", description="New")["changed"] is True
    assert emulator.made()["ops"]["description"] == "New"

    emulator.fault("status", "PATCH", status=409, times=2)
    assert run.fails("integration", id=ops_id, description="Newer")["error"]["status"] == 409

    unread = next(obj for obj in emulator.objects("user-notifications") if not obj["read"])
    emulator.fault("status", "PATCH", status=409)
    assert run.ok("user_notification", id=unread["id"], read=True)["changed"] is True
