# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``integration`` against a real server, with every value of every policy."""

from __future__ import annotations

import errno
import fcntl
import os
import tempfile
import threading
import time

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import Session
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.creation_lock import creation_lock
from support.emulator import READER_KEY, READER_SECRET, slack, webhook
from support.tasks import Runner, comparable

URL = "https://hooks.slack.example/services/T0/B0/topsecret"
OTHER_URL = "https://hooks.slack.example/services/T0/B0/othersecret"
SLACK = {"kind": "Slack", "webhook_url": URL}
HIDDEN = "********"


def check_then_run(run, emulator, **params):
    """Run in check mode with every write refused, then for real, and compare the results."""
    emulator.refuse_writes()
    predicted = run.ok("integration", check_mode=True, **params)
    emulator.refuse_writes(False)
    assert not any(request["refused_write"] for request in emulator.requests())

    result = run.ok("integration", **params)
    assert comparable(predicted) == comparable(result)
    return result


# Create


@pytest.mark.parametrize(
    ("kind", "field"), [("Slack", "webhook_url"), ("MsTeams", "webhook_url"), ("Webhook", "url")]
)
def test_create_is_idempotent(run, emulator, kind, field):
    target = {"kind": kind, "webhook_url": URL}
    created = check_then_run(run, emulator, display_name="ops", description="Operations", target=target)
    stored = emulator.made()["ops"]
    assert created["changed"] is True
    assert created["changes"] == ["display_name", "description", "target.kind", "target.webhook_url"]
    assert created["integration"] == {**stored, "target": {"kind": kind, "webhook_url": HIDDEN}}
    assert stored["target"] == {"kind": kind, field: URL}
    assert created["diff"]["before"] == {}
    assert created["diff"]["after"] == {
        "display_name": "ops",
        "description": "Operations",
        "target": {"kind": kind, "webhook_url": HIDDEN},
    }

    second = check_then_run(run, emulator, display_name="ops", description="Operations", target=target)
    assert second["changed"] is False
    assert second["changes"] == []
    assert second["diff"]["before"] == second["diff"]["after"]
    assert second["integration"] == created["integration"]


def test_unchanged_integration_costs_one_request(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)])
    run.ok("integration", display_name="ops", target=SLACK)
    assert emulator.lines() == ["GET /integrations -> 200"]


def test_option_aliases_work(run, emulator):
    run.ok("integration", name="ops", target={"kind": "Webhook", "url": URL})
    assert emulator.made()["ops"]["target"] == {"kind": "Webhook", "url": URL}


def test_create_requires_target(run, emulator):
    result = run.fails("integration", display_name="ops")
    assert result["msg"] == (
        "Could not manage the integration 'ops': it does not exist, and creating it requires target. "
        "Set `target.kind` and `target.webhook_url`. Nothing was changed."
    )
    assert emulator.writes() == []


def test_create_requires_an_unmasked_url(run, emulator):
    for target in ({"kind": "Slack"}, {"kind": "Slack", "webhook_url": HIDDEN}):
        result = run.fails("integration", display_name="ops", target=target)
        assert "with its URL, which is not set" in result["msg"]
    assert emulator.writes() == []


def test_similar_names_are_different_integrations(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops-eu"), slack("OPS")])
    before = emulator.made()
    run.ok("integration", display_name="op", target=SLACK)
    run.ok("integration", display_name="ops-e", target=SLACK)
    run.ok("integration", display_name="Ops", target=SLACK)
    after = emulator.made()
    assert set(after) == {"ops", "ops-eu", "OPS", "op", "ops-e", "Ops"}
    assert {name: after[name] for name in before} == before


# Update


def test_update_sends_only_changed_fields(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")])
    result = check_then_run(run, emulator, display_name="ops", description="New", target=SLACK)
    assert result["changes"] == ["description"]
    patch = next(request for request in emulator.requests() if request["method"] == "PATCH")
    assert patch["body"] == {"description": "New"}


def test_changed_url_is_sent_but_only_shown_as_changed(run, emulator):
    emulator.reset(integrations=[slack("ops", OTHER_URL)])
    result = check_then_run(run, emulator, display_name="ops", target=SLACK)
    assert result["changes"] == ["target.webhook_url"]
    assert result["diff"]["before"]["target"] == {"kind": "Slack", "webhook_url": HIDDEN}
    assert result["diff"]["after"]["target"] == {"kind": "Slack", "webhook_url": "******** (changes)"}
    assert emulator.made()["ops"]["target"] == SLACK


def test_omitted_options_are_not_changed(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Kept")])
    before = emulator.made()["ops"]
    result = run.ok("integration", display_name="ops")
    assert result["changed"] is False
    result = run.ok("integration", display_name="ops", target={"kind": "Slack"})
    assert result["changed"] is False
    assert emulator.made()["ops"] == before


def test_empty_description_clears_if_the_service_clears_it(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")], empty_description="clears")
    result = check_then_run(run, emulator, display_name="ops", description="")
    assert result["changes"] == ["description"]
    assert emulator.made()["ops"]["description"] == ""
    assert run.ok("integration", display_name="ops", description="")["changed"] is False


def test_empty_description_ignored_by_the_service_is_an_error(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")], empty_description="ignored")
    result = run.fails("integration", display_name="ops", description="")
    assert "the service accepted the request but did not apply description to i-" in result["msg"]
    assert result["changed"] is False
    assert emulator.made()["ops"]["description"] == "Old"


def test_partially_applied_update_is_reported_as_changed(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")], empty_description="ignored")
    result = run.fails("integration", id=emulator.made()["ops"]["id"], display_name="new", description="")
    assert result["changed"] is True
    assert result["integration"]["display_name"] == "new"


@pytest.mark.parametrize("description", ["missing", None, ""])
def test_missing_null_and_empty_descriptions_are_equal(run, emulator, description):
    integration = slack("ops", URL)
    if description == "missing":
        del integration["description"]
    else:
        integration["description"] = description
    emulator.reset(integrations=[integration])
    assert run.ok("integration", display_name="ops", description="")["changed"] is False


def test_rename_by_id(run, emulator):
    emulator.reset(integrations=[slack("old", URL)])
    object_id = emulator.made()["old"]["id"]
    result = check_then_run(run, emulator, id=object_id, display_name="new")
    assert result["changes"] == ["display_name"]
    assert emulator.made()["new"]["id"] == object_id
    assert run.ok("integration", id=object_id, display_name="new")["changed"] is False


@pytest.mark.parametrize("policy", ["allowed", "refused"])
def test_rename_to_existing_name_fails_before_any_write(run, emulator, policy):
    emulator.reset(integrations=[slack("one"), slack("two")], duplicate_names=policy)
    integrations = emulator.made()
    result = run.fails("integration", id=integrations["one"]["id"], display_name="two")
    assert f"the name 'two' is already used by {integrations['two']['id']}" in result["msg"]
    assert emulator.writes() == []


def test_unknown_id_is_an_error_unless_absent(run, emulator):
    result = run.fails("integration", id="i-nope", display_name="ops", target=SLACK)
    assert "no integration has the ID i-nope" in result["msg"]
    assert run.ok("integration", id="i-nope", state="absent")["changed"] is False
    assert emulator.writes() == []


@pytest.mark.parametrize("deletion", ["at-once", "lingering", "marked"])
@pytest.mark.parametrize("missing", ["404", "403"])
def test_object_deleted_during_an_update_is_created_again(run, emulator, missing, deletion):
    emulator.reset(
        integrations=[slack("ops", OTHER_URL)], missing=missing, deletion=deletion, list_delay_ms=3_000
    )
    object_id = emulator.ids()["ops"]
    emulator.meanwhile("PATCH", "*", "DELETE", f"/integrations/{object_id}")
    result = run.ok("integration", display_name="ops", target=SLACK)
    assert result["changed"] is True
    assert f"'ops' ({object_id}) was deleted by another task or user in the meantime." in run.warnings
    assert emulator.made()["ops"]["id"] == result["integration"]["id"] != object_id
    assert emulator.made()["ops"]["target"] == SLACK


@pytest.mark.parametrize("missing", ["404", "403"])
def test_update_by_id_of_a_deleted_object_fails(run, emulator, missing):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], missing=missing)
    object_id = emulator.ids()["ops"]
    emulator.meanwhile("PATCH", "*", "DELETE", f"/integrations/{object_id}")
    result = run.fails("integration", id=object_id, target=SLACK)
    assert result["error"]["status"] == int(missing)
    assert emulator.made() == {}


def test_update_says_if_its_result_cannot_be_read(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)], write_answers="lean")
    object_id = emulator.ids()["ops"]
    emulator.meanwhile("GET", f"*/{object_id}", "DELETE", f"/integrations/{object_id}")
    result = run.fails("integration", display_name="ops", description="New")
    assert result["error"]["type"] == "not_found"
    assert "the service accepted the request, but reading the result failed: " in result["msg"]
    assert result["changed"] is True


def test_update_overwritten_by_another_user_is_explained(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)], write_answers="lean")
    object_id = emulator.ids()["ops"]
    change = {"description": "Another"}
    emulator.meanwhile("GET", f"*/{object_id}", "PATCH", f"/integrations/{object_id}", change)
    result = run.fails("integration", display_name="ops", description="New")
    assert result["error"]["type"] == "change_not_applied"
    assert "If another task or user changed it at the same time, run the task again." in result["msg"]
    assert result["changed"] is True


# Duplicate names


def test_duplicate_created_by_another_user_gives_a_warning(run, emulator):
    emulator.meanwhile("POST", "*/integrations", "POST", "/integrations", slack("ops", OTHER_URL))
    result = run.ok("integration", display_name="ops", target=SLACK)
    own_id = result["integration"]["id"]
    [other_id] = {obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"} - {own_id}
    [warning] = run.warnings
    assert warning.startswith(
        f"Another task or user created another integration 'ops' in the meantime: {other_id}, "
        f"beside {own_id} of this task. Delete all but one of them by ID"
    )


def test_ambiguous_name_is_an_error(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    first, second = [obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"]
    for params in ({"target": SLACK}, {"state": "absent"}):
        result = run.fails("integration", display_name="ops", **params)
        assert f"2 integrations are named 'ops': {first} (Slack), {second} (Slack)" in result["msg"]
    assert emulator.writes() == []


def test_id_selects_one_of_two_with_the_same_name(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    first, second = [obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"]
    assert run.ok("integration", id=first, state="absent")["changed"] is True
    assert [obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"] == [second]


# URL


def test_masked_url_is_left_alone_with_one_warning(run, emulator):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], webhook_urls="masked")
    result = check_then_run(run, emulator, display_name="ops", target=SLACK)
    assert result["changed"] is False
    assert len(run.warnings) == 1
    assert "The service masks target.webhook_url of 'ops'" in run.warnings[0]
    assert emulator.made()["ops"]["target"]["webhook_url"] == OTHER_URL


@pytest.mark.parametrize("policy", ["clear", "masked"])
def test_update_webhook_url_always_writes_on_every_run(run, emulator, policy):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], webhook_urls=policy)
    for _run in range(2):
        result = check_then_run(run, emulator, display_name="ops", target=SLACK, update_webhook_url="always")
        assert result["changes"] == ["target.webhook_url"]
        assert run.warnings == []
    assert emulator.made()["ops"]["target"] == SLACK


@pytest.mark.parametrize("policy", ["clear", "masked"])
def test_update_webhook_url_on_create_never_updates(run, emulator, policy):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], webhook_urls=policy)
    result = check_then_run(run, emulator, display_name="ops", target=SLACK, update_webhook_url="on_create")
    assert result["changed"] is False
    assert run.warnings == []

    run.ok("integration", display_name="new", target=SLACK, update_webhook_url="on_create")
    assert emulator.made()["new"]["target"] == SLACK


def test_equivalent_urls_are_equal(run, emulator):
    emulator.reset(integrations=[slack("ops", "https://Hooks.Slack.example")])
    target = {"kind": "Slack", "webhook_url": "HTTPS://hooks.slack.example/"}
    assert run.ok("integration", display_name="ops", target=target)["changed"] is False


@pytest.mark.parametrize("policy", ["clear", "masked"])
def test_output_of_integration_info_is_valid_input(run, emulator, policy):
    emulator.reset(
        integrations=[slack("ops", URL, "Ops"), webhook("hook", "https://example.org/secret")],
        webhook_urls=policy,
    )
    kinds = ["Slack", "MsTeams", "Webhook"]
    masked = run.ok("integration_info", kinds=kinds)["integrations"]
    revealed = run.ok("integration_info", kinds=kinds, reveal_webhook_urls=True)["integrations"]
    assert len(masked) == len(revealed) == 2

    for integration in masked + revealed:
        options = {name: integration[name] for name in ("id", "display_name", "description", "target")}
        assert run.ok("integration", **options)["changed"] is False
    assert emulator.writes() == []


# Kind


def test_kind_changes_if_the_service_allows_it(run, emulator):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], kind_change="allowed")
    before = emulator.made()["ops"]
    target = {"kind": "Webhook", "webhook_url": URL}
    result = check_then_run(run, emulator, display_name="ops", target=target)
    assert result["changes"] == ["target.kind", "target.webhook_url"]
    assert emulator.made()["ops"]["target"] == {"kind": "Webhook", "url": URL}
    assert emulator.made()["ops"]["id"] == before["id"]


def test_refused_change_of_kind_explains_what_to_do(run, emulator):
    emulator.reset(integrations=[slack("ops")], kind_change="refused")
    before = emulator.made()
    result = run.fails("integration", display_name="ops", target={"kind": "MsTeams", "webhook_url": URL})
    assert result["error"]["status"] == 422
    assert result["error"]["pointer"] == "/target/kind"
    assert (
        "If the service does not let Slack become MsTeams, create an integration with another name"
        in result["msg"]
    )
    assert result["changed"] is False
    assert emulator.made() == before


# Delete


def test_delete_is_idempotent(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)])
    deleted = check_then_run(run, emulator, display_name="ops", state="absent")
    assert deleted["changed"] is True
    assert deleted["integration"] is None
    assert deleted["diff"]["after"] == {}
    assert emulator.made() == {}

    second = check_then_run(run, emulator, display_name="ops", state="absent")
    assert second["changed"] is False


def test_delete_is_refused_if_id_and_name_disagree(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    result = run.fails("integration", id=emulator.made()["pager"]["id"], display_name="ops", state="absent")
    assert "is named 'pager', not 'ops'" in result["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize("params", [{"id": ""}, {"display_name": ""}])
def test_empty_id_or_name_is_refused(run, emulator, params):
    result = run.fails("integration", state="absent", **params)
    assert "is empty" in result["msg"]
    assert emulator.writes() == []


def routed_integrations(emulator):
    """Three integrations, two of which are used by subscriptions."""
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("unused")])
    emulator.route("Connector failed", "ops")
    emulator.route("Cluster load is high", "ops", "pager")
    emulator.route("API key created", "Organization admins", "ops")


def test_integration_in_use_is_not_deleted_and_types_are_named(run, emulator):
    routed_integrations(emulator)
    result = run.fails("integration", display_name="ops", state="absent")
    assert (
        "subscriptions to 'API key created', 'Cluster load is high', 'Connector failed' use it"
        in result["msg"]
    )
    assert "subscriptions to 'Connector failed' would have no integration left." in result["msg"]
    # `detach` would fail for the same reason.
    assert "when_in_use: detach" not in result["msg"]
    assert emulator.writes() == []

    emulator.route("Connector failed", "ops", "pager")
    assert "when_in_use: detach" in run.fails("integration", display_name="ops", state="absent")["msg"]


@pytest.mark.parametrize("when_in_use", ["fail", "detach"])
def test_check_mode_of_reroute_then_delete_succeeds_with_warning(run, emulator, when_in_use):
    """Check mode of the second task cannot see what the first one would change, so it warns."""
    routed_integrations(emulator)
    rule = {
        "select": {"display_names": ["Connector failed", "Cluster load is high", "API key created"]},
        "integrations": ["pager"],
    }
    tasks = [
        ("subscriptions", {"rules": [rule]}),
        ("integration", {"display_name": "ops", "state": "absent", "when_in_use": when_in_use}),
    ]

    emulator.refuse_writes()
    predicted = [run.ok(module, check_mode=True, **params)["changed"] for module, params in tasks]
    assert "subscriptions to 'Connector failed' would have no integration left" in run.warnings[0]
    assert "unless an earlier task routes these types elsewhere." in run.warnings[0]

    emulator.refuse_writes(False)
    assert [run.ok(module, **params)["changed"] for module, params in tasks] == predicted == [True, True]
    assert "ops" not in emulator.made()


def test_deleting_an_unused_integration_costs_one_more_read(run, emulator):
    routed_integrations(emulator)
    assert run.ok("integration", display_name="unused", state="absent")["detached"] == []
    assert [line.split()[1] for line in emulator.lines()][:2] == ["/integrations", "/subscriptions"]
    assert len(emulator.lines()) == 4  # the last one checks that it is no longer listed


def test_detach_updates_subscriptions_before_the_delete(run, emulator):
    routed_integrations(emulator)
    emulator.route("Connector failed", "ops", "unused")
    options = {"display_name": "ops", "state": "absent", "when_in_use": "detach"}
    emulator.refuse_writes()
    predicted = run.ok("integration", check_mode=True, **options)
    emulator.refuse_writes(False)
    result = run.ok("integration", **options)

    names = ["API key created", "Cluster load is high", "Connector failed"]
    assert sorted(item["display_name"] for item in result["detached"]) == names
    assert all(item["changed"] for item in result["detached"])
    for item in predicted["detached"] + result["detached"]:
        item.pop("subscription")
    assert predicted["detached"] == result["detached"]
    assert [line.split()[0] for line in emulator.writes()] == ["PATCH", "PATCH", "PATCH", "DELETE"]
    assert [emulator.routes()[name] for name in names] == [["Organization admins"], ["pager"], ["unused"]]


def test_replanned_detachment_is_not_the_managed_object(run, emulator):
    """After a 409, the service has another version of the subscription, so its change is planned again."""
    routed_integrations(emulator)
    emulator.route("Connector failed", "ops", "pager")
    emulator.fault("status", "PATCH", "*/subscriptions/*", status=409)
    result = run.ok("integration", display_name="ops", state="absent", when_in_use="detach")
    assert result["integration"] is None
    assert len(result["detached"]) == 3
    assert "ops" not in emulator.made()


def test_detach_is_refused_if_a_subscription_would_be_empty(run, emulator):
    routed_integrations(emulator)
    result = run.fails("integration", display_name="ops", state="absent", when_in_use="detach")
    assert "subscriptions to 'Connector failed' would have no integration left." in result["msg"]
    assert emulator.writes() == []


def test_integration_is_kept_if_detaching_fails(run, emulator):
    routed_integrations(emulator)
    emulator.route("Connector failed", "ops", "pager")
    emulator.fault("status", "PATCH", status=403, skip=1)
    result = run.fails("integration", display_name="ops", state="absent", when_in_use="detach")
    assert result["changed"] is True
    assert [item["changed"] for item in result["detached"]].count(True) == 1
    assert "ops" in emulator.made()


@pytest.mark.parametrize("policy", ["detached", "refused"])
def test_when_in_use_ignore_leaves_the_decision_to_the_service(run, emulator, policy):
    emulator.reset(integrations=[slack("ops")], delete_in_use=policy)
    emulator.route("Connector failed", "ops")
    result = run("integration", display_name="ops", state="absent", when_in_use="ignore")
    assert bool(result.get("failed")) is (policy == "refused")
    assert result["changed"] is (policy == "detached")
    if policy == "refused":
        assert "The integration is used by the subscriptions s-" in result["msg"]
    lists = [line.split()[1] for line in emulator.lines()][0::2]
    assert lists == ["/integrations"] * (1 if policy == "refused" else 2)


@pytest.mark.parametrize("missing", ["404", "403"])
def test_delete_with_lost_response_succeeds(run, emulator, missing):
    emulator.reset(integrations=[slack("ops")], missing=missing)
    emulator.fault("cut-after", "DELETE")
    result = run.ok("integration", display_name="ops", state="absent")
    assert result["changed"] is True
    assert result["api"]["retries"] == 1
    assert emulator.made() == {}


@pytest.mark.parametrize("missing", ["404", "403"])
def test_object_deleted_by_another_user_is_not_a_change(run, emulator, missing):
    emulator.reset(integrations=[slack("ops")], missing=missing)
    emulator.fault("status", "DELETE", status=int(missing), applied=True)
    result = run.ok("integration", display_name="ops", state="absent")
    assert result["changed"] is False
    assert any("was deleted by another task or user" in warning for warning in run.warnings)


@pytest.mark.parametrize("deletion", ["at-once", "lingering", "marked"])
@pytest.mark.parametrize("missing", ["404", "403"])
def test_object_deleted_by_another_user_may_still_be_listed(run, emulator, missing, deletion):
    emulator.reset(integrations=[slack("ops")], missing=missing, deletion=deletion, list_delay_ms=3_000)
    object_id = emulator.ids()["ops"]
    emulator.meanwhile("DELETE", "*", "DELETE", f"/integrations/{object_id}")
    result = run.ok("integration", display_name="ops", state="absent")
    assert result["changed"] is False
    assert any("was deleted by another task or user" in warning for warning in run.warnings)


def test_deletion_is_repeated_if_the_object_exists_after_a_404(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    path = f"/integrations/{emulator.ids()['ops']}"
    emulator.fault("status", "DELETE", status=404)
    result = run.ok("integration", display_name="ops", state="absent")
    assert result["changed"] is True
    assert not any("another task or user" in warning for warning in run.warnings)
    assert emulator.lines()[-4:-1] == [f"DELETE {path} -> 404", f"GET {path} -> 200", f"DELETE {path} -> 204"]


def test_deletion_fails_if_the_object_exists_after_each_404(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.fault("status", "DELETE", status=404, times=2)
    result = run.fails("integration", display_name="ops", state="absent")
    assert result["error"]["type"] == "not_found"
    assert "However, the service still returns the object. Run the task again." in result["msg"]
    assert result["changed"] is False
    assert "ops" in emulator.made()


def test_deletion_with_unknown_outcome_is_reported_as_changed(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.fault("cut-after", "DELETE")
    emulator.fault("html", "GET", "*/integrations/*", status=404)
    result = run.fails("integration", display_name="ops", state="absent")
    assert result["error"]["status"] == 404
    assert result["changed"] is True


def test_404_of_a_proxy_is_not_taken_for_absence(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    emulator.fault("html", "*", "*/integrations/*", status=404, times=9)
    for params in ({"state": "absent"}, {"description": "New"}):
        result = run.fails("integration", display_name="ops", **params)
        assert result["error"]["status"] == 404
        assert result["changed"] is False
    assert "ops" in emulator.made()


def test_403_is_not_taken_for_absence(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    credentials = {"api_key": READER_KEY, "api_secret": READER_SECRET}
    result = run.fails("integration", display_name="ops", state="absent", **credentials)
    assert result["error"]["status"] == 403
    assert "OrganizationAdmin" in result["msg"]
    assert "ops" in emulator.made()

    result = run.fails("integration", display_name="ops", description="New", **credentials)
    assert result["error"]["status"] == 403
    assert [line for line in emulator.writes() if line.startswith("POST")] == []


# Read-only kinds


@pytest.mark.parametrize("name", ["Organization admins", "Jordan Doe (e-mail)", "Jordan Doe (in app)"])
@pytest.mark.parametrize("params", [{"state": "absent"}, {"description": "Mine"}, {"target": SLACK}])
def test_read_only_kinds_are_never_written(run, emulator, name, params):
    for check_mode in (True, False):
        result = run.fails("integration", check_mode=check_mode, display_name=name, **params)
        assert "through this API" in result["msg"]
    assert emulator.writes() == []


def test_unknown_kind_is_never_written(run, emulator):
    emulator.reset(integrations=[{"display_name": "new", "target": {"kind": "Carrier", "pigeon": "Walter"}}])
    result = run.fails("integration", display_name="new", state="absent")
    assert "is of kind Carrier, which cannot be deleted" in result["msg"]
    assert emulator.writes() == []


def test_read_only_integration_without_changes_is_unchanged(run, emulator):
    result = run.ok("integration", display_name="Organization admins")
    assert result["changed"] is False
    assert result["integration"]["target"] == {"kind": "RoleEmail", "role_name": "OrganizationAdmin"}


# Rejected before any request


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({"display_name": "x" * 65, "target": SLACK}, "`display_name` has 65 characters; the maximum is 64"),
        (
            {"display_name": "x", "description": "x" * 129},
            "`description` has 129 characters; the maximum is 128",
        ),
        ({"display_name": ""}, "`display_name` is empty"),
        *(
            ({"display_name": "x", "target": {"kind": "Slack", "webhook_url": url}}, "not an http")
            for url in (
                "hooks.slack.example/topsecret",
                "ftp://h/topsecret",
                "https:///topsecret",
                "https://h:port/topsecret",
                "https://h/top secret",
            )
        ),
        ({}, "one of id, display_name is required."),
    ],
)
def test_invalid_options_are_rejected_before_any_request(run, emulator, params, expected):
    result = run.fails("integration", **params)
    assert expected in result["msg"]
    assert "topsecret" not in str(result)
    assert emulator.requests() == []


def test_maximum_lengths_are_accepted(run, emulator):
    run.ok("integration", display_name="ü" * 64, description="ß" * 128, target=SLACK)
    assert emulator.made()["ü" * 64]["description"] == "ß" * 128


# Rejected by the service


@pytest.mark.parametrize("envelope", ["errors", "error"])
@pytest.mark.parametrize("status", ["402", "400"])
def test_quota_error_names_the_quota(run, emulator, envelope, status):
    emulator.reset(integrations=[slack("one")], quota=1, over_quota=status, error_envelope=envelope)
    result = run.fails("integration", display_name="two", target=SLACK)
    assert "over quota" in result["msg"]
    assert "integrations_per_org" in result["msg"]
    assert result["error"]["status"] == int(status)
    assert result["error"]["request_id"] == emulator.requests()[-1]["request_id"]
    assert result["error"]["request_id"] in result["msg"]


def test_conflict_names_the_existing_object(run, emulator, tmp_path, monkeypatch):
    emulator.reset(duplicate_names="refused", new_objects="delayed", list_delay_ms=100_000)
    run.ok("integration", display_name="ops", target=SLACK)
    # Another controller does not know of it.
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert f"The existing object is '{emulator.made()['ops']['id']}'." in result["msg"]
    assert result["error"]["status"] == 409


# Lists that show new objects late


def test_task_waits_until_new_object_is_listed(run, emulator):
    emulator.reset(new_objects="delayed", list_delay_ms=3_000)
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"] is True
    assert run.warnings == []
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"] is False
    assert set(emulator.made()) == {"ops"}


def test_object_that_is_not_listed_in_time_gives_a_warning(run, emulator):
    emulator.reset(new_objects="delayed", list_delay_ms=100_000)
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"] is True
    assert "the next task may not find it" in run.warnings[0]


# Creates with an unknown outcome


@pytest.mark.parametrize("lag", [{}, {"new_objects": "delayed", "list_delay_ms": 2_000}])
@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "cut-after"},
        {"kind": "truncated"},
        {"kind": "html", "status": 200, "applied": True},
        {"kind": "html", "status": 502, "applied": True},
        {"kind": "status", "status": 500, "applied": True},
        {"kind": "status", "status": 504, "applied": True},
        {"kind": "status", "status": 408, "applied": True},
        {"kind": "status", "status": 503, "applied": True, "headers": {"Retry-After": "1"}},
        {"kind": "status", "status": 503, "applied": True, "headers": {"Retry-After": "0"}},
    ],
)
def test_lost_create_is_recovered_and_never_sent_twice(run, emulator, fault, lag):
    emulator.reset(integrations=[slack("other")], **lag)
    emulator.fault(method="POST", **fault)
    result = run.ok("integration", display_name="ops", description="Ops", target=SLACK)
    assert result["changed"] is True
    assert result["integration"]["id"] == emulator.made()["ops"]["id"]
    assert "The response to creating 'ops' was lost" in run.warnings[0]
    assert len(emulator.writes()) == 1
    assert run.ok("integration", display_name="ops", description="Ops", target=SLACK)["changed"] is False


def test_create_rejected_with_retry_after_is_sent_again(run, emulator):
    emulator.fault("status", "POST", status=503, headers={"Retry-After": "2"}, times=2)
    result = run.ok("integration", display_name="ops", target=SLACK)
    assert result["changed"] is True
    assert [line.rpartition(" ")[2] for line in emulator.writes()] == ["503", "503", "201"]
    assert set(emulator.made()) == {"ops"}


@pytest.mark.parametrize("fault", [{"kind": "cut-before"}, {"kind": "status", "status": 500}])
def test_lost_create_that_is_not_listed_is_state_unknown(run, emulator, fault):
    emulator.fault(method="POST", **fault)
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert "the response was lost" in result["msg"]
    assert "no new integration in the list matches the request" in result["msg"]
    assert len(emulator.writes()) == 1
    if fault["kind"] == "status":
        post = next(request for request in emulator.requests() if request["method"] == "POST")
        assert result["error"]["request_id"] == post["request_id"]


def test_lost_create_is_not_recovered_if_two_objects_match(run, emulator):
    import requests

    emulator.fault("cut-before", "POST")
    emulator.fault("delay", "GET", skip=1, delay_ms=1)
    # Another client creates two objects between the plan and the search for the lost one.
    original = run.clock.monotonic
    attempts = iter(range(2))

    def create_twice():
        if any(line.startswith("POST") for line in emulator.lines()):
            for _attempt in attempts:
                requests.post(
                    f"{emulator.url}/notifications/v1/integrations",
                    json={"display_name": "ops", "target": SLACK},
                    auth=("emulator-key", "emulator-secret"),
                    timeout=10,
                )
        return original()

    run.clock.monotonic = create_twice
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert "2 new integrations match the request (i-" in result["msg"]


def test_failed_search_for_lost_create_is_reported(run, emulator):
    emulator.fault("cut-before", "POST")
    emulator.fault("status", "GET", skip=1, status=403)
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert "and listing the integrations failed too" in result["msg"]


def test_update_with_unknown_outcome_counts_as_changed(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")])
    emulator.fault("cut-after", "PATCH", times=9)
    result = run.fails("integration", display_name="ops", description="New")
    assert result["changed"] is True
    assert result["error"]["operation"].startswith("change the integration 'ops'")


def test_update_with_lost_response_is_retried(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")])
    emulator.fault("cut-after", "PATCH")
    result = run.ok("integration", display_name="ops", description="New")
    assert result["changed"] is True
    assert emulator.made()["ops"]["description"] == "New"


def test_create_answered_with_another_object_fails(run, emulator):
    url = "https://hooks.slack.example/theirs"
    other = {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": url}}
    body = {"id": "i-77", "metadata": {"self": "x"}, **other}
    emulator.fault("status", "POST", "*/integrations", status=201, body=body)
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert result["changed"] is True  # something may have been created
    assert not [line for line in emulator.writes() if line.startswith("DELETE")]


def test_creation_lock_ends_at_the_deadline_and_ignores_future_times(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    waits = []

    def wait():
        waits.append(1)
        return len(waits) < 3

    with creation_lock("a", wait=wait) as first:
        first.record_creation("i-1")
        with creation_lock("a", wait=wait) as second:  # like another process
            assert len(waits) == 3
            assert second.created_since(0) == "i-1"
        with creation_lock("b", wait=wait) as unrelated:
            assert unrelated.created_since(0) is None

    [path] = (path for path in tmp_path.rglob("*") if path.is_file() and path.read_text())
    path.write_text(f"{time.time() + 3600} i-1")
    with creation_lock("a", wait=wait) as third:
        assert third.created_since(0) is None


def test_creation_lock_is_not_waited_for_where_files_cannot_be_locked(tmp_path, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(fcntl, "flock", refuse)
    with creation_lock("a", wait=lambda: pytest.fail("it waits")):
        pass


@pytest.mark.parametrize("missing", ["404", "403"])
def test_tasks_one_after_the_other_create_one_object_although_the_list_lags(run, emulator, missing):
    emulator.reset(new_objects="delayed", list_delay_ms=60_000, missing=missing)
    emulator.fault(
        "status", "GET", "*/integrations", times=1_000, status=200, body={"data": [], "metadata": {}}
    )
    run("integration", display_name="ops", target=SLACK)
    second = run("integration", display_name="ops", target=SLACK)
    assert not second["changed"]
    assert set(emulator.made()) == {"ops"}


def test_an_object_that_was_deleted_in_the_meantime_is_created_again(run, emulator):
    for _round in range(2):
        assert run.ok("integration", display_name="ops", target=SLACK)["changed"]
        assert run.ok("integration", display_name="ops", state="absent")["changed"]


def test_creation_is_not_lost_if_it_cannot_be_recorded(run, emulator, monkeypatch):
    def refuse(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "pwrite", refuse)
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"]
    assert set(emulator.made()) == {"ops"}


def test_loser_of_a_concurrent_creation_learns_that_its_url_was_not_written(emulator):
    """The service masks the URL, so it cannot be compared with that of the other task."""
    emulator.reset(webhook_urls="masked")
    reads = threading.Barrier(2)
    warnings = []

    def create(number):
        runner = Runner(emulator, BarrierSessions(reads))
        url = f"https://hooks.slack.example/services/{number}"
        target = {"kind": "Slack", "webhook_url": url}
        if not runner.ok("integration", display_name="ops", target=target)["changed"]:
            warnings.extend(runner.warnings)

    threads = [threading.Thread(target=create, args=[number]) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert any("was created by another task or user" in warning for warning in warnings)
    assert any("masks" in warning for warning in warnings)


def test_concurrent_tasks_create_an_object_only_once(run, emulator):
    """Neither task sees the object in its first list. The creation lock prevents a second one."""
    reads = threading.Barrier(2)
    results = []

    def create():
        runner = Runner(emulator, BarrierSessions(reads))
        results.append(runner.ok("integration", display_name="ops", target=SLACK))
        results[-1]["warnings"] = runner.warnings

    threads = [threading.Thread(target=create) for _task in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(emulator.made()) == 1  # made() also fails for duplicate names
    assert sorted(result["changed"] for result in results) == [False, True]
    [warnings] = [result["warnings"] for result in results if not result["changed"]]
    assert "was created by another task or user in the meantime" in warnings[0]
    assert "use `run_once: true` or `delegate_to`" in warnings[0]


class BarrierSessions:
    """Sessions of tasks that wait for each other after their first read."""

    def __init__(self, barrier):
        self._barrier = barrier

    def get(self, connection):
        session = Session(connection)
        original, waited = session.http.send, []

        def send(request, **options):
            response = original(request, **options)
            if not waited:
                waited.append(self._barrier.wait())
            return response

        session.http.send = send
        return session


def test_a_change_of_kind_can_be_refused_before_any_write(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    target = {"kind": "MsTeams", "webhook_url": "https://teams.example/ops"}
    result = run.fails("integration", display_name="ops", target=target, on_kind_change="fail")
    assert result["error"]["type"] == "kind_change"
    assert "its kind is Slack, and the desired kind is MsTeams" in result["msg"]
    assert emulator.writes() == []
