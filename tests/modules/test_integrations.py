# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``integrations`` against a real server: one read, one plan, only the needed writes."""

from __future__ import annotations

import time

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._engine import executor
from support.emulator import slack, webhook

HIDDEN = "********"


def item(name, url="", **more):
    url = url or f"https://hooks.slack.example/services/{name}"
    return {"display_name": name, "target": {"kind": "Slack", "webhook_url": url}, **more}


def without_ids(value):
    """A result without what only the server can make and what only a real run sends."""
    if isinstance(value, dict):
        return {key: without_ids(each) for key, each in value.items() if key not in ("id", "metadata", "api")}
    return [without_ids(each) for each in value] if isinstance(value, list) else value


def predicted_then_done(run, emulator, **params):
    emulator.refuse_writes()
    predicted = run.ok("integrations", check_mode=True, **params)
    emulator.refuse_writes(False)
    done = run.ok("integrations", **params)
    assert without_ids(predicted) == without_ids(done)
    return done


@pytest.fixture
def mixed(emulator):
    """Something to change, something to leave, something to delete, something to purge; and what is wanted."""
    emulator.reset(
        integrations=[slack("change", description="Old"), slack("leave"), slack("delete"), slack("purge")]
    )
    return [
        item("new"),
        item("leave"),
        item("change", description="New"),
        {"name": "delete", "state": "absent"},
        {"name": "gone", "state": "absent"},
    ]


def test_a_mixed_list_is_carried_out_and_a_second_run_changes_nothing(run, emulator, mixed):
    done = predicted_then_done(run, emulator, integrations=mixed, purge=True)
    assert [(each["display_name"], each["changed"], each["changes"]) for each in done["integrations"]] == [
        ("new", True, ["display_name", "target.kind", "target.webhook_url"]),
        ("leave", False, []),
        ("change", True, ["description"]),
        ("delete", True, []),
        ("gone", False, []),
    ]
    assert [(each["display_name"], each["changed"]) for each in done["purged"]] == [("purge", True)]
    assert all(each["attempted"] for each in done["integrations"] + done["purged"])
    assert set(emulator.made()) == {"new", "leave", "change"}
    assert emulator.made()["change"]["description"] == "New"
    assert done["changed"] is True
    assert [line.split()[0] for line in done["diff"]["before"].splitlines()] == ["change", "delete", "purge"]
    assert done["diff"]["after"].splitlines() == [
        f"change   Slack   {HIDDEN}   New",
        f"new      Slack   {HIDDEN}",
    ]
    assert "hooks.slack" not in str(done)

    again = predicted_then_done(run, emulator, integrations=mixed, purge=True)
    assert again["changed"] is False
    assert again["diff"]["before"] == again["diff"]["after"]


def test_updates_come_first_then_creations_then_deletions(run, emulator, mixed):
    run.ok("integrations", integrations=mixed, purge=True, concurrency=1)
    assert [line.split()[0] for line in emulator.lines()] == [
        "GET",
        "GET",
        "PATCH",
        "POST",
        "GET",
        "DELETE",
        "DELETE",
        "GET",
    ]


def test_two_hundred_unchanged_cost_one_request(run, emulator):
    emulator.reset(integrations=200)
    wanted = [
        {
            "display_name": f"channel-{n:05}",
            "description": f"Made-up channel {n}",
            "target": {"kind": "Slack", "webhook_url": f"https://hooks.slack.example/services/{n:05}"},
        }
        for n in range(200)
    ]
    assert run.ok("integrations", integrations=wanted)["changed"] is False
    assert emulator.lines() == ["GET /integrations -> 200"]


@pytest.mark.parametrize("concurrency", [1, 4, 16])
def test_many_creations_at_once_make_each_exactly_once(run, emulator, concurrency):
    wanted = [item(f"new-{n}") for n in range(40)]
    done = run.ok("integrations", integrations=wanted, concurrency=concurrency)
    assert set(emulator.made()) == {f"new-{n}" for n in range(40)}
    assert [each["integration"]["display_name"] for each in done["integrations"]] == [
        f"new-{n}" for n in range(40)
    ]
    assert len({each["connection"] for each in emulator.requests()}) <= concurrency
    assert done["api"]["requests"] == len(emulator.requests()) == 42


def test_no_more_requests_are_under_way_than_allowed(run, emulator):
    emulator.reset(concurrency_limit=3)
    run.ok("integrations", integrations=[item(f"new-{n}") for n in range(30)], concurrency=3)
    assert [each["status"] for each in emulator.requests()].count(429) == 0


@pytest.mark.parametrize("settings", [{"rate_limit": 15, "rate_window": 10}, {"concurrency_limit": 2}])
def test_a_limit_is_waited_out_by_all(run, emulator, settings):
    emulator.reset(**settings)
    run.ok("integrations", integrations=[item(f"new-{n}") for n in range(30)], concurrency=8)
    assert len(emulator.made()) == 30


# Purging


def test_nothing_is_purged_unless_asked_for(run, emulator, mixed):
    done = run.ok("integrations", integrations=mixed)
    assert done["purged"] == []
    assert "purge" in emulator.made()


def test_purging_leaves_what_is_kept_and_what_cannot_be_managed(run, emulator):
    emulator.reset(
        integrations=[
            slack("ops"),
            slack("[prod] pager"),
            slack("data-lake"),
            slack("data-mesh"),
            slack("other"),
            slack("Data-x"),
        ]
    )
    made = emulator.made()
    keep = ["data-*", made["other"]["id"], "[prod] pager"]
    done = predicted_then_done(run, emulator, integrations=[item("ops")], purge=True, keep=keep)
    assert [each["display_name"] for each in done["purged"]] == ["Data-x"]
    kinds = [each["target"]["kind"] for each in emulator.objects()]
    assert kinds == ["RoleEmail", "UserEmail", "InApp", "Slack", "Slack", "Slack", "Slack", "Slack"]


def test_purging_more_than_the_limit_fails_before_any_write_and_says_which(run, emulator):
    emulator.reset(integrations=[slack(f"x{n}") for n in range(6)])
    ids = {name: each["id"] for name, each in emulator.made().items()}
    for check_mode in (True, False):
        result = run.fails("integrations", check_mode=check_mode, integrations=[item("new")], purge=True)
        assert "6 would be deleted, but `purge_limit` is 5: 'x0' (" + ids["x0"] in result["msg"]
    assert emulator.writes() == []
    done = run.ok("integrations", integrations=[item("new")], purge=True, purge_limit=6)
    assert len(done["purged"]) == 6


def test_a_purge_with_an_empty_list_is_refused(run, emulator):
    emulator.reset(integrations=[slack("ops")])
    assert (
        "the list of integrations is empty" in run.fails("integrations", integrations=[], purge=True)["msg"]
    )
    assert emulator.requests() == []
    assert run.ok("integrations", integrations=[])["changed"] is False


def test_what_an_item_means_by_its_id_is_not_purged(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    first, _second = [each["id"] for each in emulator.objects() if each["display_name"] == "ops"]
    done = run.ok("integrations", integrations=[{"id": first}], purge=True)
    assert [each["integration"] for each in done["purged"]] == [None]
    assert [each["id"] for each in emulator.objects() if each["display_name"] == "ops"] == [first]


# Refused before any write


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ([item("a"), item("b"), item("a")], "items 1 and 3 are both integrations named 'a'"),
        ([item("ops"), {"id": "OPS"}], "items 1 and 2 are both the integration 'OPS'"),
        ([item("a"), {"display_name": "b"}], "creating it requires target"),
        (
            [item("a"), {"display_name": "Organization admins", "state": "absent"}],
            "cannot be deleted through this API",
        ),
        ([item("a"), item("x" * 65)], "`display_name` has 65 characters"),
        ([item("a"), {"description": "x"}], "integrations[1]: one of id, display_name is required."),
        ([item("a"), {"display_name": "b", "nonsense": 1}], "nonsense"),
        ([item("a"), {"id": ""}], "`id` is empty"),
        ([item("twice")], "2 integrations are named 'twice'"),
    ],
)
def test_one_bad_item_and_nothing_is_written(run, emulator, wanted, said):
    emulator.reset(integrations=[slack("ops"), slack("twice"), slack("twice")])
    real_id = next(each["id"] for each in emulator.objects() if each["display_name"] == "ops")
    wanted = [{**each, "id": real_id} if each.get("id") == "OPS" else each for each in wanted]
    result = run.fails("integrations", integrations=wanted)
    assert said.replace("OPS", real_id) in result["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize(("option", "value"), [("concurrency", 0), ("concurrency", 17), ("purge_limit", -1)])
def test_numbers_out_of_range_are_refused(run, emulator, option, value):
    result = run.fails("integrations", integrations=[item("a")], **{option: value})
    assert f"`{option}` is {value}" in result["msg"]
    assert emulator.requests() == []


# When something fails midway


def test_a_failure_midway_keeps_what_was_done_and_begins_nothing_more(run, emulator):
    emulator.reset(quota=2)
    wanted = [item(f"new-{n}") for n in range(5)]
    result = run.fails("integrations", integrations=wanted, concurrency=1)
    assert result["changed"] is True
    states = [(each["changed"], each["attempted"], "error" in each) for each in result["integrations"]]
    assert states == [(True, True, False)] * 2 + [(False, True, True)] + [(False, False, False)] * 2
    assert result["integrations"][2]["error"]["status"] == 402
    assert "over quota" in result["integrations"][2]["msg"]
    assert result["integrations"][3]["changes"] == []
    assert "Could not create the integration 'new-2': over quota" in result["msg"]
    assert "Of 5 objects, 2 are as desired, 1 failed, and 2 were not attempted." in result["msg"]
    assert set(emulator.made()) == {"new-0", "new-1"}


def test_what_failed_ends_the_groups_after_it_too(run, emulator):
    emulator.reset(integrations=[slack("old")], quota=1)
    wanted = [item("new"), {"name": "old", "state": "absent"}]
    result = run.fails("integrations", integrations=wanted)
    assert [each["attempted"] for each in result["integrations"]] == [True, False]
    assert set(emulator.made()) == {"old"}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_continue_on_error_attempts_the_rest(run, emulator, concurrency):
    emulator.fault("status", "POST", status=422, skip=1)
    wanted = [item(f"new-{n}") for n in range(6)]
    result = run.fails("integrations", integrations=wanted, continue_on_error=True, concurrency=concurrency)
    assert all(each["attempted"] for each in result["integrations"])
    assert sum("error" in each for each in result["integrations"]) == 1
    assert "Of 6 objects, 5 are as desired, 1 failed, and 0 were not attempted." in result["msg"]
    assert len(emulator.made()) == 5


@pytest.mark.parametrize("concurrency", [1, 8])
def test_lost_answers_in_a_crowd_are_adopted_each_once(run, emulator, concurrency):
    emulator.reset(new_objects="delayed", list_delay_ms=400)
    emulator.fault("cut-after", "POST", times=3, skip=2)
    wanted = [item(f"new-{n}") for n in range(12)]
    done = run.ok("integrations", integrations=wanted, concurrency=concurrency)
    made = emulator.made()
    assert len(made) == 12
    assert {each["integration"]["id"] for each in done["integrations"]} == {
        each["id"] for each in made.values()
    }
    assert sum("was lost" in warning for warning in run.warnings) == 3


def test_a_secret_in_an_items_error_is_hidden(run, emulator):
    echo = {"errors": [{"detail": "cannot use https://hooks.slack.example/services/topsecret-0123456789"}]}
    emulator.fault("status", "POST", status=422, body=echo)
    wanted = [item("new", "https://hooks.slack.example/services/topsecret-0123456789")]
    result = run.fails("integrations", integrations=wanted)
    assert "topsecret" not in str(result)


def test_masked_urls_warn_once_for_each(run, emulator):
    emulator.reset(integrations=[slack("a"), slack("b")], webhook_urls="masked")
    assert run.ok("integrations", integrations=[item("a"), item("b")])["changed"] is False
    assert len(run.warnings) == 2


def test_what_info_returns_can_be_handed_back(run, emulator):
    emulator.reset(integrations=[slack("a", description="A"), webhook("b", "https://example.org/b")])
    listed = run.ok("integration_info", kinds=["Slack", "Webhook"])["integrations"]
    wanted = [{key: each[key] for key in ("id", "display_name", "description", "target")} for each in listed]
    assert run.ok("integrations", integrations=wanted, purge=True)["changed"] is False
    assert emulator.writes() == []


def test_a_token_that_expires_midway_is_renewed_by_whoever_meets_it(run, emulator):
    """Several threads are refused with the same old token; none of them may take that for wrong credentials."""
    credentials = {"identity_pool_id": "pool-1", "external_token": "emulator-external-token"}
    emulator.fault("tokens-expire", "POST", "*/integrations", skip=5)
    emulator.fault("tokens-expire", "POST", "*/integrations", skip=20)
    wanted = [item(f"new-{n}") for n in range(40)]
    run.ok("integrations", integrations=wanted, concurrency=6, **credentials)
    assert len(emulator.made()) == 40


def test_many_failures_in_a_crowd_lose_nothing(run, emulator):
    emulator.reset(integrations=100)
    for skip in range(20):
        emulator.fault("status", "PATCH", status=500, skip=skip * 4)
    wanted = [item(f"channel-{n:05}", f"https://hooks.slack.example/changed/{n}") for n in range(100)]
    run.ok("integrations", integrations=wanted, concurrency=8)
    assert all("/changed/" in each["target"]["webhook_url"] for each in emulator.made().values())


def test_what_no_thread_expected_is_not_taken_for_success(run, emulator, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(executor, "apply_step", broken)
    for concurrency in (1, 4):
        with pytest.raises(ZeroDivisionError):
            run("integrations", integrations=[item("a"), item("b")], concurrency=concurrency)


# Progress


def test_a_long_job_tells_every_tenth_and_a_short_one_nothing():
    class Slow:
        times = iter([0.0, *[10.0] * 200])

        def now(self):
            return next(self.times)

    told = []
    progress = executor._Progress(Slow(), 200, "created", told.append)
    for _each in range(200):
        progress.advance()
    assert told == [f"created {n} of 200" for n in range(20, 201, 20)]
    quick = executor._Progress(type("Quick", (), {"now": lambda self: 0.0})(), 200, "created", told.append)
    for _each in range(200):
        quick.advance()
    assert len(told) == 10


# What is in use


def test_a_purge_leaves_nobody_unheard(run, emulator):
    emulator.reset(integrations=[slack("stays"), slack("goes"), slack("goes-too")])
    emulator.route("Connector failed", "goes", "goes-too")
    emulator.route("API key created", "stays", "goes")
    wanted = [item("stays"), item("new")]
    result = run.fails("integrations", integrations=wanted, purge=True)
    assert "Could not delete 'goes' (" in result["msg"]
    assert (
        "'Connector failed' use it, and the subscriptions to 'Connector failed' would have no integration left"
        in result["msg"]
    )
    result = run.fails("integrations", integrations=wanted, purge=True, when_in_use="detach")
    assert "subscriptions to 'Connector failed' would have no integration left." in result["msg"]
    assert emulator.writes() == []

    emulator.route("Connector failed", "stays", "goes", "goes-too")
    done = predicted_then_done(run, emulator, integrations=wanted, purge=True, when_in_use="detach")
    assert sorted(each["display_name"] for each in done["detached"]) == [
        "API key created",
        "Connector failed",
    ]
    assert emulator.routes()["Connector failed"] == emulator.routes()["API key created"] == ["stays"]
    assert set(emulator.made()) == {"stays", "new"}
    order = [line.split()[0] for line in emulator.writes()][-5:]
    assert order == ["POST", "PATCH", "PATCH", "DELETE", "DELETE"]


def test_nothing_is_deleted_while_something_goes_there_that_could_not_be_released(run, emulator):
    emulator.reset(integrations=[slack("goes"), slack("idle")])
    emulator.route("Connector failed", "Organization admins", "goes")
    emulator.fault("status", "PATCH", status=400)
    wanted = [{"name": "goes", "state": "absent"}, {"name": "idle", "state": "absent"}]
    result = run.fails("integrations", integrations=wanted, when_in_use="detach", continue_on_error=True)
    assert [each["attempted"] for each in result["integrations"]] == [False, False]
    assert [each["changed"] for each in result["detached"]] == [False]
    assert set(emulator.made()) == {"goes", "idle"}


def test_what_a_single_resource_still_sends_there_is_said(run, emulator):
    emulator.reset(integrations=[slack("a")], delete_in_use="refused")
    run.ok(
        "resource_subscription",
        resource="environment=env-1",
        notification_type="Connector failed",
        integrations=["a"],
    )
    result = run.fails("integrations", integrations=[{"name": "a", "state": "absent"}], when_in_use="detach")
    assert "If single resources have subscriptions that use it" in result["msg"]


def test_item_never_deletes_what_another_item_created(run, emulator):
    emulator.reset(integrations=[slack("first")])
    created = f"i-{int(emulator.made()['first']['id'][2:]) + 1}"
    echoed = {
        "id": created,
        "display_name": "A",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/a"},
    }
    emulator.fault("status", "POST", "*/integrations", status=201, body=echoed, skip=1)
    result = run.fails("integrations", integrations=[item("a"), item("b")], concurrency=1)
    assert f"the service answered with the object '{created}', which existed before" in result["msg"]
    assert set(emulator.made()) == {"first", "a"}
    assert result["summary"]["created"] == 1
    assert result["summary"]["failed"] == 1


def test_item_that_meets_the_object_of_another_item_leaves_it_alone(run, emulator):
    """The service upserts by URL, and the response to the item that created the object is the slower one."""
    echoed = {
        "id": "i-9999",
        "display_name": "a1",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/A1"},
    }
    emulator.fault("status", "POST", "*/integrations", status=201, body=echoed)
    items = [item("A1", "https://hooks.slack.example/A1"), item("a1", "https://hooks.slack.example/A1")]
    result = run.fails("integrations", integrations=items, concurrency=1, continue_on_error=True)
    assert (
        "the service answered with the object 'i-9999', which is named 'a1' and belongs to another item"
        in result["msg"]
    )
    assert not [line for line in emulator.writes() if line.startswith("DELETE")]
    assert set(emulator.made()) == {"a1"}


def test_object_under_a_different_name_is_not_deleted(run, emulator):
    """It may be somebody else's: only a name that the service normalizes makes the task delete what it created."""
    echoed = {
        "id": "i-9999",
        "display_name": "Ops",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/ops"},
    }
    emulator.fault("status", "POST", "*/integrations", status=201, body=echoed)
    result = run.fails("integrations", integrations=[item("ops", "https://hooks.slack.example/ops")])
    assert "did not change display_name of i-9999" in result["msg"]
    assert not [line for line in emulator.writes() if line.startswith("DELETE")]


class Interrupted(BaseException):
    """As Ansible's own time-out, it is none of the exceptions that code catches."""


@pytest.mark.parametrize("concurrency", [1, 6])
def test_interruption_ends_the_task_and_its_writes_at_once(run, emulator, monkeypatch, concurrency):
    """Raised where a signal finds the main thread: between two items. Real signals are tests/integration/test_interruption.py's."""
    emulator.reset(latency_ms=40)
    finished = []

    def interrupt(_progress):
        finished.append(1)
        if len(finished) == 3:
            raise Interrupted

    monkeypatch.setattr(executor._Progress, "advance", interrupt)
    begun = time.monotonic()
    with pytest.raises(Interrupted):
        run("integrations", integrations=[item(f"new-{n}") for n in range(400)], concurrency=concurrency)
    assert time.monotonic() - begun < 5  # all of them take longer than that, even six at once
    sent = len(emulator.requests())
    time.sleep(0.15)
    assert len(emulator.requests()) == sent
    assert 1 <= sent < 200


def test_diff_of_two_objects_of_one_name_is_printable(run, emulator):
    page = {"api_version": "notifications/v1", "kind": "IntegrationList", "metadata": {}}
    odd = [{**each, "id": f"{each['id']}\x1b[2K\n+forged"} for each in slacks(emulator, "twin", "twin")]
    emulator.fault("status", "GET", "*/integrations", status=200, body={**page, "data": odd})
    result = run.ok(
        "integrations", integrations=[item("new")], purge=True, when_in_use="ignore", check_mode=True
    )
    lines = (result["diff"]["before"] + result["diff"]["after"]).splitlines()
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)


def slacks(emulator, *names):
    emulator.reset(integrations=[slack(name) for name in names])
    return [each for each in emulator.objects() if each["display_name"] in names]
