# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``integration`` against a real server, with both sides of every policy."""

from __future__ import annotations

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


def predicted_then_done(run, emulator, **params):
    """Predict with every write refused, do it, and hold the one against the other; the result of doing it."""
    emulator.refuse_writes()
    predicted = run.ok("integration", check_mode=True, **params)
    emulator.refuse_writes(False)
    assert not any(each["refused_write"] for each in emulator.requests())
    done = run.ok("integration", **params)
    assert comparable(predicted) == comparable(done)
    return done


# Creating


@pytest.mark.parametrize(
    ("kind", "member"), [("Slack", "webhook_url"), ("MsTeams", "webhook_url"), ("Webhook", "url")]
)
def test_create_then_again(run, emulator, kind, member):
    target = {"kind": kind, "webhook_url": URL}
    done = predicted_then_done(run, emulator, display_name="ops", description="Operations", target=target)
    stored = emulator.made()["ops"]
    assert done["changed"] is True
    assert done["changes"] == ["display_name", "description", "target.kind", "target.webhook_url"]
    assert done["integration"] == {**stored, "target": {"kind": kind, "webhook_url": HIDDEN}}
    assert stored["target"] == {"kind": kind, member: URL}
    assert done["diff"]["before"] == {}
    assert done["diff"]["after"] == {
        "display_name": "ops",
        "description": "Operations",
        "target": {"kind": kind, "webhook_url": HIDDEN},
    }

    again = predicted_then_done(run, emulator, display_name="ops", description="Operations", target=target)
    assert again["changed"] is False
    assert again["changes"] == []
    assert again["diff"]["before"] == again["diff"]["after"]
    assert again["integration"] == done["integration"]


def test_an_unchanged_integration_costs_one_list_and_nothing_else(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)])
    run.ok("integration", display_name="ops", target=SLACK)
    assert emulator.lines() == ["GET /integrations -> 200"]


def test_the_short_names_mean_the_same(run, emulator):
    run.ok("integration", name="ops", target={"kind": "Webhook", "url": URL})
    assert emulator.made()["ops"]["target"] == {"kind": "Webhook", "url": URL}


def test_creating_needs_a_target(run, emulator):
    result = run.fails("integration", display_name="ops")
    assert result["msg"] == (
        "Could not manage the integration 'ops': it does not exist, and creating it requires target. "
        "Set `target.kind` and `target.webhook_url`. Nothing was changed."
    )
    assert emulator.writes() == []


def test_creating_needs_the_url_itself(run, emulator):
    for target in ({"kind": "Slack"}, {"kind": "Slack", "webhook_url": HIDDEN}):
        result = run.fails("integration", display_name="ops", target=target)
        assert "its URL is not given" in result["msg"]
    assert emulator.writes() == []


def test_names_that_are_part_of_one_another_are_different(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops-eu"), slack("OPS")])
    before = emulator.made()
    run.ok("integration", display_name="op", target=SLACK)
    run.ok("integration", display_name="ops-e", target=SLACK)
    run.ok("integration", display_name="Ops", target=SLACK)
    after = emulator.made()
    assert set(after) == {"ops", "ops-eu", "OPS", "op", "ops-e", "Ops"}
    assert {name: after[name] for name in before} == before


# Changing


def test_only_what_differs_is_sent(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")])
    done = predicted_then_done(run, emulator, display_name="ops", description="New", target=SLACK)
    assert done["changes"] == ["description"]
    patch = next(each for each in emulator.requests() if each["method"] == "PATCH")
    assert patch["body"] == {"description": "New"}


def test_a_changed_url_is_sent_whole_and_shown_only_as_changed(run, emulator):
    emulator.reset(integrations=[slack("ops", OTHER_URL)])
    done = predicted_then_done(run, emulator, display_name="ops", target=SLACK)
    assert done["changes"] == ["target.webhook_url"]
    assert done["diff"]["before"]["target"] == {"kind": "Slack", "webhook_url": HIDDEN}
    assert done["diff"]["after"]["target"] == {"kind": "Slack", "webhook_url": "******** (changes)"}
    assert emulator.made()["ops"]["target"] == SLACK


def test_what_is_omitted_is_left(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Kept")])
    before = emulator.made()["ops"]
    result = run.ok("integration", display_name="ops")
    assert result["changed"] is False
    result = run.ok("integration", display_name="ops", target={"kind": "Slack"})
    assert result["changed"] is False
    assert emulator.made()["ops"] == before


def test_an_empty_description_clears_where_the_service_clears(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")], empty_description="clears")
    done = predicted_then_done(run, emulator, display_name="ops", description="")
    assert done["changes"] == ["description"]
    assert emulator.made()["ops"]["description"] == ""
    assert run.ok("integration", display_name="ops", description="")["changed"] is False


def test_an_empty_description_that_the_service_ignores_is_an_error(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")], empty_description="ignored")
    result = run.fails("integration", display_name="ops", description="")
    assert "the service accepted the request but did not change description of i-" in result["msg"]
    assert result["changed"] is False
    assert emulator.made()["ops"]["description"] == "Old"


def test_what_the_service_did_beside_what_it_ignored_stays_reported(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")], empty_description="ignored")
    result = run.fails("integration", id=emulator.made()["ops"]["id"], display_name="new", description="")
    assert result["changed"] is True
    assert result["integration"]["display_name"] == "new"


@pytest.mark.parametrize("there", ["missing", None, ""])
def test_missing_null_and_empty_descriptions_are_equal(run, emulator, there):
    integration = slack("ops", URL)
    if there == "missing":
        del integration["description"]
    else:
        integration["description"] = there
    emulator.reset(integrations=[integration])
    assert run.ok("integration", display_name="ops", description="")["changed"] is False


def test_renaming_by_id(run, emulator):
    emulator.reset(integrations=[slack("old", URL)])
    object_id = emulator.made()["old"]["id"]
    done = predicted_then_done(run, emulator, id=object_id, display_name="new")
    assert done["changes"] == ["display_name"]
    assert emulator.made()["new"]["id"] == object_id
    assert run.ok("integration", id=object_id, display_name="new")["changed"] is False


@pytest.mark.parametrize("policy", ["allowed", "refused"])
def test_renaming_to_a_name_that_is_taken_is_refused_before_any_write(run, emulator, policy):
    emulator.reset(integrations=[slack("one"), slack("two")], duplicate_names=policy)
    made = emulator.made()
    result = run.fails("integration", id=made["one"]["id"], display_name="two")
    assert f"{made['two']['id']} is already named 'two'" in result["msg"]
    assert emulator.writes() == []


def test_an_id_that_does_not_exist_cannot_be_managed(run, emulator):
    result = run.fails("integration", id="i-nope", display_name="ops", target=SLACK)
    assert "no integration has the ID i-nope" in result["msg"]
    assert run.ok("integration", id="i-nope", state="absent")["changed"] is False
    assert emulator.writes() == []


# Two of a name


def test_two_of_a_name_are_never_guessed_at(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    first, second = [each["id"] for each in emulator.objects() if each["display_name"] == "ops"]
    for params in ({"target": SLACK}, {"state": "absent"}):
        result = run.fails("integration", display_name="ops", **params)
        assert f"2 integrations are named 'ops': {first} (Slack), {second} (Slack)" in result["msg"]
    assert emulator.writes() == []


def test_one_of_two_of_a_name_is_managed_by_its_id(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    first, second = [each["id"] for each in emulator.objects() if each["display_name"] == "ops"]
    assert run.ok("integration", id=first, state="absent")["changed"] is True
    assert [each["id"] for each in emulator.objects() if each["display_name"] == "ops"] == [second]


# The URL


def test_a_masked_url_is_left_with_one_warning(run, emulator):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], webhook_urls="masked")
    done = predicted_then_done(run, emulator, display_name="ops", target=SLACK)
    assert done["changed"] is False
    assert len(run.warnings) == 1
    assert "The service masks target.webhook_url of 'ops'" in run.warnings[0]
    assert emulator.made()["ops"]["target"]["webhook_url"] == OTHER_URL


@pytest.mark.parametrize("policy", ["clear", "masked"])
def test_always_writes_the_url_on_every_run(run, emulator, policy):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], webhook_urls=policy)
    for _run in range(2):
        done = predicted_then_done(
            run, emulator, display_name="ops", target=SLACK, update_webhook_url="always"
        )
        assert done["changes"] == ["target.webhook_url"]
        assert run.warnings == []
    assert emulator.made()["ops"]["target"] == SLACK


@pytest.mark.parametrize("policy", ["clear", "masked"])
def test_on_create_never_writes_the_url_again(run, emulator, policy):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], webhook_urls=policy)
    done = predicted_then_done(
        run, emulator, display_name="ops", target=SLACK, update_webhook_url="on_create"
    )
    assert done["changed"] is False
    assert run.warnings == []
    run.ok("integration", display_name="new", target=SLACK, update_webhook_url="on_create")
    assert emulator.made()["new"]["target"] == SLACK


def test_a_url_that_differs_only_in_what_no_server_distinguishes_is_the_same(run, emulator):
    emulator.reset(integrations=[slack("ops", "https://Hooks.Slack.example")])
    target = {"kind": "Slack", "webhook_url": "HTTPS://hooks.slack.example/"}
    assert run.ok("integration", display_name="ops", target=target)["changed"] is False


@pytest.mark.parametrize("policy", ["clear", "masked"])
def test_what_info_returns_can_be_handed_back(run, emulator, policy):
    emulator.reset(
        integrations=[slack("ops", URL, "Ops"), webhook("hook", "https://example.org/secret")],
        webhook_urls=policy,
    )
    listed = run.ok("integration_info", kinds=["Slack", "MsTeams", "Webhook"])["integrations"]
    revealed = run.ok("integration_info", kinds=["Slack", "Webhook"], reveal_webhook_urls=True)[
        "integrations"
    ]
    assert len(listed) == len(revealed) == 2
    for each in listed + revealed:
        back = {name: each[name] for name in ("id", "display_name", "description", "target")}
        assert run.ok("integration", **back)["changed"] is False
    assert emulator.writes() == []


# The kind


def test_the_kind_changes_where_the_service_lets_it(run, emulator):
    emulator.reset(integrations=[slack("ops", OTHER_URL)], kind_change="allowed")
    before = emulator.made()["ops"]
    target = {"kind": "Webhook", "webhook_url": URL}
    done = predicted_then_done(run, emulator, display_name="ops", target=target)
    assert done["changes"] == ["target.kind", "target.webhook_url"]
    assert emulator.made()["ops"]["target"] == {"kind": "Webhook", "url": URL}
    assert emulator.made()["ops"]["id"] == before["id"]


def test_a_refused_change_of_kind_says_what_to_do(run, emulator):
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


# Deleting


def test_delete_then_again(run, emulator):
    emulator.reset(integrations=[slack("ops", URL)])
    done = predicted_then_done(run, emulator, display_name="ops", state="absent")
    assert done["changed"] is True
    assert done["integration"] is None
    assert done["diff"]["after"] == {}
    assert emulator.made() == {}
    again = predicted_then_done(run, emulator, display_name="ops", state="absent")
    assert again["changed"] is False


def test_deleting_by_an_id_of_another_name_is_refused(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("pager")])
    result = run.fails("integration", id=emulator.made()["pager"]["id"], display_name="ops", state="absent")
    assert "is named 'pager', not 'ops'" in result["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize("params", [{"id": ""}, {"display_name": ""}])
def test_an_empty_identity_is_refused(run, emulator, params):
    result = run.fails("integration", state="absent", **params)
    assert "is empty" in result["msg"]
    assert emulator.writes() == []


def channels(emulator):
    """Three channels; who hears of what when one of them goes is what the tests below are about."""
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("unused")])
    emulator.route("Connector failed", "ops")
    emulator.route("Cluster load is high", "ops", "pager")
    emulator.route("API key created", "Organization admins", "ops")


def test_integration_in_use_is_not_deleted_and_its_types_are_named(run, emulator):
    channels(emulator)
    result = run.fails("integration", display_name="ops", state="absent")
    assert (
        "subscriptions to 'API key created', 'Cluster load is high', 'Connector failed' use it"
        in result["msg"]
    )
    assert "subscriptions to 'Connector failed' would have no integration left." in result["msg"]
    assert "when_in_use: detach" not in result["msg"]  # which would be refused for the same reason
    assert emulator.writes() == []
    emulator.route("Connector failed", "ops", "pager")
    assert "when_in_use: detach" in run.fails("integration", display_name="ops", state="absent")["msg"]


@pytest.mark.parametrize("when_in_use", ["fail", "detach"])
def test_check_of_a_play_that_routes_away_and_then_deletes_succeeds(run, emulator, when_in_use):
    """The check of the second task cannot see what the first one would have done, so it warns."""
    channels(emulator)
    tasks = [
        ("subscriptions", {"rules": [{"select": {"display_names": ["Connector failed", "Cluster load is high", "API key created"]},
                                      "integrations": ["pager"]}]}),
        ("integration", {"display_name": "ops", "state": "absent", "when_in_use": when_in_use}),
    ]  # fmt: skip
    emulator.refuse_writes()
    predicted = [run.ok(module, check_mode=True, **params)["changed"] for module, params in tasks]
    assert "subscriptions to 'Connector failed' would have no integration left" in run.warnings[0]
    assert "The real run fails, unless an earlier task routes these types elsewhere." in run.warnings[0]
    emulator.refuse_writes(False)
    assert [run.ok(module, **params)["changed"] for module, params in tasks] == predicted == [True, True]
    assert "ops" not in emulator.made()


def test_what_is_not_in_use_costs_one_more_read(run, emulator):
    channels(emulator)
    assert run.ok("integration", display_name="unused", state="absent")["detached"] == []
    assert [line.split()[1] for line in emulator.lines()][:2] == ["/integrations", "/subscriptions"]
    assert len(emulator.lines()) == 4  # the last one sees that it is no longer listed


def test_a_detached_integration_is_taken_from_its_subscriptions_first(run, emulator):
    channels(emulator)
    emulator.route("Connector failed", "ops", "unused")
    emulator.refuse_writes()
    predicted = run.ok(
        "integration", display_name="ops", state="absent", when_in_use="detach", check_mode=True
    )
    emulator.refuse_writes(False)
    result = run.ok("integration", display_name="ops", state="absent", when_in_use="detach")
    names = ["API key created", "Cluster load is high", "Connector failed"]
    assert sorted(each["display_name"] for each in result["detached"]) == names
    assert all(each["changed"] for each in result["detached"])
    for each in predicted["detached"] + result["detached"]:
        each.pop("subscription")
    assert predicted["detached"] == result["detached"]
    assert [line.split()[0] for line in emulator.writes()] == ["PATCH", "PATCH", "PATCH", "DELETE"]
    assert [emulator.routes()[name] for name in names] == [["Organization admins"], ["pager"], ["unused"]]


def test_detaching_leaves_no_subscription_without_an_integration(run, emulator):
    channels(emulator)
    result = run.fails("integration", display_name="ops", state="absent", when_in_use="detach")
    assert "subscriptions to 'Connector failed' would have no integration left." in result["msg"]
    assert emulator.writes() == []


def test_a_subscription_that_cannot_be_released_keeps_its_integration(run, emulator):
    channels(emulator)
    emulator.route("Connector failed", "ops", "pager")
    emulator.fault("status", "PATCH", status=403, skip=1)
    result = run.fails("integration", display_name="ops", state="absent", when_in_use="detach")
    assert result["changed"] is True
    assert [each["changed"] for each in result["detached"]].count(True) == 1
    assert "ops" in emulator.made()


@pytest.mark.parametrize("side", ["detached", "refused"])
def test_ignoring_it_leaves_it_to_the_service(run, emulator, side):
    emulator.reset(integrations=[slack("ops")], delete_in_use=side)
    emulator.route("Connector failed", "ops")
    result = run("integration", display_name="ops", state="absent", when_in_use="ignore")
    assert bool(result.get("failed")) is (side == "refused")
    assert result["changed"] is (side == "detached")
    if side == "refused":
        assert "The integration is used by the subscriptions s-" in result["msg"]
    assert [line.split()[1] for line in emulator.lines()][0::2] == ["/integrations"] * (
        1 if side == "refused" else 2
    )


@pytest.mark.parametrize("missing", ["404", "403"])
def test_a_deletion_whose_answer_was_lost_is_a_success(run, emulator, missing):
    emulator.reset(integrations=[slack("ops")], missing=missing)
    emulator.fault("cut-after", "DELETE")
    result = run.ok("integration", display_name="ops", state="absent")
    assert result["changed"] is True
    assert result["api"]["retries"] == 1
    assert emulator.made() == {}


@pytest.mark.parametrize("missing", ["404", "403"])
def test_what_somebody_else_deleted_meanwhile_is_not_our_change(run, emulator, missing):
    emulator.reset(integrations=[slack("ops")], missing=missing)
    emulator.fault("status", "DELETE", status=int(missing), applied=True)
    result = run.ok("integration", display_name="ops", state="absent")
    assert result["changed"] is False
    assert "was deleted by another task or user" in run.warnings[0]


def test_a_403_does_not_prove_absence(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    result = run.fails(
        "integration", display_name="ops", state="absent", api_key=READER_KEY, api_secret=READER_SECRET
    )
    assert result["error"]["status"] == 403
    assert "OrganizationAdmin" in result["msg"]
    assert "ops" in emulator.made()


# Read-only kinds


@pytest.mark.parametrize("name", ["Organization admins", "Jordan Doe (e-mail)", "Jordan Doe (in app)"])
@pytest.mark.parametrize("params", [{"state": "absent"}, {"description": "Mine"}, {"target": SLACK}])
def test_read_only_kinds_are_never_written(run, emulator, name, params):
    for check_mode in (True, False):
        result = run.fails("integration", check_mode=check_mode, display_name=name, **params)
        assert "through this API" in result["msg"]
    assert emulator.writes() == []


def test_a_kind_that_is_not_known_yet_is_never_written(run, emulator):
    emulator.reset(integrations=[{"display_name": "new", "target": {"kind": "Carrier", "pigeon": "Walter"}}])
    result = run.fails("integration", display_name="new", state="absent")
    assert "is of kind Carrier, which cannot be deleted" in result["msg"]
    assert emulator.writes() == []


def test_a_read_only_integration_that_is_as_wanted_is_unchanged(run, emulator):
    result = run.ok("integration", display_name="Organization admins")
    assert result["changed"] is False
    assert result["integration"]["target"] == {"kind": "RoleEmail", "role_name": "OrganizationAdmin"}


# Refused before any request


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"display_name": "x" * 65, "target": SLACK}, "`display_name` has 65 characters; the maximum is 64"),
        (
            {"display_name": "x", "description": "x" * 129},
            "`description` has 129 characters; the maximum is 128",
        ),
        ({"display_name": ""}, "`display_name` is empty"),
        (
            {
                "display_name": "x",
                "target": {"kind": "Slack", "webhook_url": "hooks.slack.example/topsecret"},
            },
            "not an http",
        ),
        (
            {"display_name": "x", "target": {"kind": "Slack", "webhook_url": "ftp://h/topsecret"}},
            "not an http",
        ),
        (
            {"display_name": "x", "target": {"kind": "Slack", "webhook_url": "https:///topsecret"}},
            "not an http",
        ),
        (
            {"display_name": "x", "target": {"kind": "Slack", "webhook_url": "https://h:port/topsecret"}},
            "not an http",
        ),
        (
            {"display_name": "x", "target": {"kind": "Slack", "webhook_url": "https://h/top secret"}},
            "not an http",
        ),
        (
            {"display_name": "x", "target": {"kind": "Carrier"}},
            "target.kind must be one of Slack, MsTeams, Webhook",
        ),
        ({"display_name": "x", "target": {}}, "target.kind is required."),
        ({"display_name": "x", "tagret": SLACK}, "tagret"),
        ({}, "one of id, display_name is required."),
    ],
)
def test_bad_options_are_refused_before_any_request(run, emulator, params, said):
    result = run.fails("integration", **params)
    assert said in result["msg"]
    assert "topsecret" not in str(result)
    assert emulator.requests() == []


def test_the_longest_texts_are_accepted(run, emulator):
    run.ok("integration", display_name="ü" * 64, description="ß" * 128, target=SLACK)
    assert emulator.made()["ü" * 64]["description"] == "ß" * 128


# What the service refuses


@pytest.mark.parametrize("envelope", ["errors", "error"])
@pytest.mark.parametrize("status", ["402", "400"])
def test_over_quota_says_which(run, emulator, envelope, status):
    emulator.reset(integrations=[slack("one")], quota=1, over_quota=status, error_envelope=envelope)
    result = run.fails("integration", display_name="two", target=SLACK)
    assert "over quota" in result["msg"]
    assert "integrations_per_org" in result["msg"]
    assert result["error"]["status"] == int(status)
    assert result["error"]["request_id"] == emulator.requests()[-1]["request_id"]
    assert result["error"]["request_id"] in result["msg"]


def test_a_name_that_is_taken_meanwhile_names_what_is_in_the_way(run, emulator):
    emulator.reset(duplicate_names="refused", new_objects="delayed", list_delay_ms=100_000)
    run.ok("integration", display_name="ops", target=SLACK)
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert f"The existing object is '{emulator.made()['ops']['id']}'." in result["msg"]
    assert result["error"]["status"] == 409


# New objects that lists do not show at once


def test_a_second_run_finds_what_a_lagging_list_showed_late(run, emulator):
    emulator.reset(new_objects="delayed", list_delay_ms=3_000)
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"] is True
    assert run.warnings == []
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"] is False
    assert set(emulator.made()) == {"ops"}


def test_a_list_that_lags_for_long_is_a_warning(run, emulator):
    emulator.reset(new_objects="delayed", list_delay_ms=100_000)
    assert run.ok("integration", display_name="ops", target=SLACK)["changed"] is True
    assert "a task that looks for it soon may not find it" in run.warnings[0]


# Creates whose fate is unclear


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
def test_a_create_whose_answer_was_lost_is_adopted_and_never_sent_twice(run, emulator, fault, lag):
    emulator.reset(integrations=[slack("other")], **lag)
    emulator.fault(method="POST", **fault)
    result = run.ok("integration", display_name="ops", description="Ops", target=SLACK)
    assert result["changed"] is True
    assert result["integration"]["id"] == emulator.made()["ops"]["id"]
    assert "The response to creating 'ops' was lost" in run.warnings[0]
    assert len(emulator.writes()) == 1
    assert run.ok("integration", display_name="ops", description="Ops", target=SLACK)["changed"] is False


def test_a_create_that_a_gateway_puts_off_is_sent_again_once_nothing_is_to_be_found(run, emulator):
    emulator.fault("status", "POST", status=503, headers={"Retry-After": "2"}, times=2)
    result = run.ok("integration", display_name="ops", target=SLACK)
    assert result["changed"] is True
    assert [line.rpartition(" ")[2] for line in emulator.writes()] == ["503", "503", "201"]
    assert set(emulator.made()) == {"ops"}


@pytest.mark.parametrize("fault", [{"kind": "cut-before"}, {"kind": "status", "status": 500}])
def test_a_create_that_cannot_be_found_again_is_state_unknown(run, emulator, fault):
    emulator.fault(method="POST", **fault)
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert "state unknown" in result["msg"]
    assert "0 new integrations match it" in result["msg"]
    assert len(emulator.writes()) == 1
    if fault["kind"] == "status":
        post = next(each for each in emulator.requests() if each["method"] == "POST")
        assert result["error"]["request_id"] == post["request_id"]


def test_two_new_ones_that_answer_the_description_are_not_adopted(run, emulator):
    import requests

    emulator.fault("cut-before", "POST")
    emulator.fault("delay", "GET", skip=1, delay_ms=1)
    # Somebody else creates two of them between the plan and the look.
    original = run.clock.monotonic
    twice = iter(range(2))

    def meddle():
        if any(line.startswith("POST") for line in emulator.lines()):
            for _each in twice:
                requests.post(
                    f"{emulator.url}/notifications/v1/integrations",
                    json={"display_name": "ops", "target": SLACK},
                    auth=("emulator-key", "emulator-secret"),
                    timeout=10,
                )
        return original()

    run.clock.monotonic = meddle
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert "2 new integrations match it (i-" in result["msg"]


def test_looking_that_fails_too_is_said(run, emulator):
    emulator.fault("cut-before", "POST")
    emulator.fault("status", "GET", skip=1, status=403)
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert "looking for it failed too" in result["msg"]


def test_a_change_whose_fate_is_unclear_counts_as_changed(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")])
    emulator.fault("cut-after", "PATCH", times=9)
    result = run.fails("integration", display_name="ops", description="New")
    assert result["changed"] is True
    assert result["error"]["operation"].startswith("change the integration 'ops'")


def test_a_change_whose_answer_was_lost_is_simply_sent_again(run, emulator):
    emulator.reset(integrations=[slack("ops", URL, "Old")])
    emulator.fault("cut-after", "PATCH")
    result = run.ok("integration", display_name="ops", description="New")
    assert result["changed"] is True
    assert emulator.made()["ops"]["description"] == "New"


def test_another_one_that_somebody_made_in_the_meantime_is_told_of(run, emulator):
    theirs = {
        "display_name": "ops",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/theirs"},
    }
    emulator.fault(
        "status",
        "POST",
        "*/integrations",
        status=201,
        body={"id": "i-77", "metadata": {"self": "x"}, **theirs},
    )
    result = run.fails("integration", display_name="ops", target=SLACK)
    assert result["changed"] is True  # something was created, perhaps
    assert not [line for line in emulator.writes() if line.startswith("DELETE")]


def test_creation_lock_ends_with_the_deadline_and_believes_no_time_to_come(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    waits = []

    def wait():
        waits.append(1)
        return len(waits) < 3

    with creation_lock("a", wait=wait) as first:
        first.record_creation()
        with creation_lock("a", wait=wait) as second:  # as another process would
            assert len(waits) == 3
            assert second.is_created_since(0)
        with creation_lock("b", wait=wait) as other:
            assert not other.is_created_since(0)
    [path] = (each for each in tmp_path.rglob("*") if each.is_file() and each.read_text())
    path.write_text(str(time.time() + 3600))
    with creation_lock("a", wait=wait) as again:
        assert not again.is_created_since(0)


def test_create_after_another_task_of_this_controller_finds_its_object(run, emulator):
    """The lists that both read did not have it; without a common lock there would be two."""
    reads = threading.Barrier(2)
    results = []

    def create():
        runner = Runner(emulator, AfterRead(reads))
        results.append(runner.ok("integration", display_name="ops", target=SLACK))
        results[-1]["said"] = runner.warnings

    threads = [threading.Thread(target=create) for _task in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(emulator.made()) == 1  # which fails for two of a name
    assert sorted(result["changed"] for result in results) == [False, True]
    [said] = [result["said"] for result in results if not result["changed"]]
    assert "was created by another task or user in the meantime" in said[0]
    assert "use `run_once: true` or `delegate_to`" in said[0]


class AfterRead:
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
