# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``integrations`` against a real server: one list, one plan, and only the necessary writes."""

from __future__ import annotations

import time

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._engine import executor
from support.emulator import slack, webhook

HIDDEN = "********"


def item(name, url="", **options):
    url = url or f"https://hooks.slack.example/services/{name}"
    return {"display_name": name, "target": {"kind": "Slack", "webhook_url": url}, **options}


def without_ids(value):
    """A result without server-generated values and the summary of requests."""
    if isinstance(value, dict):
        ignored = ("id", "metadata", "api")
        return {key: without_ids(member) for key, member in value.items() if key not in ignored}
    if isinstance(value, list):
        return [without_ids(element) for element in value]
    return value


def check_then_run(run, emulator, **params):
    """Run in check mode with every write refused, then for real, and compare the results."""
    emulator.refuse_writes()
    predicted = run.ok("integrations", check_mode=True, **params)
    emulator.refuse_writes(False)

    result = run.ok("integrations", **params)
    assert without_ids(predicted) == without_ids(result)
    return result


@pytest.fixture
def mixed_items(emulator):
    """Items that need a create, an update, a delete or nothing; one more integration is for purging."""
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


def test_mixed_list_is_applied_and_second_run_changes_nothing(run, emulator, mixed_items):
    result = check_then_run(run, emulator, integrations=mixed_items, purge=True)
    assert [(item["display_name"], item["changed"], item["changes"]) for item in result["integrations"]] == [
        ("new", True, ["display_name", "target.kind", "target.webhook_url"]),
        ("leave", False, []),
        ("change", True, ["description"]),
        ("delete", True, []),
        ("gone", False, []),
    ]

    assert [(item["display_name"], item["changed"]) for item in result["purged"]] == [("purge", True)]
    assert all(item["attempted"] for item in result["integrations"] + result["purged"])
    assert set(emulator.made()) == {"new", "leave", "change"}
    assert emulator.made()["change"]["description"] == "New"
    assert result["changed"] is True
    assert [line.split()[0] for line in result["diff"]["before"].splitlines()] == [
        "change",
        "delete",
        "purge",
    ]
    assert result["diff"]["after"].splitlines() == [
        f"change   Slack   {HIDDEN}   New",
        f"new      Slack   {HIDDEN}",
    ]
    assert "hooks.slack" not in str(result)

    second = check_then_run(run, emulator, integrations=mixed_items, purge=True)
    assert second["changed"] is False
    assert second["diff"]["before"] == second["diff"]["after"]


def test_order_is_update_create_delete(run, emulator, mixed_items):
    run.ok("integrations", integrations=mixed_items, purge=True, concurrency=1)
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


def test_200_unchanged_integrations_cost_one_request(run, emulator):
    emulator.reset(integrations=200)
    desired = [
        {
            "display_name": f"channel-{n:05}",
            "description": f"Made-up channel {n}",
            "target": {"kind": "Slack", "webhook_url": f"https://hooks.slack.example/services/{n:05}"},
        }
        for n in range(200)
    ]
    assert run.ok("integrations", integrations=desired)["changed"] is False
    assert emulator.lines() == ["GET /integrations -> 200"]


@pytest.mark.parametrize("concurrency", [1, 4, 16])
def test_concurrent_creates_create_each_object_once(run, emulator, concurrency):
    names = [f"new-{n}" for n in range(40)]
    result = run.ok("integrations", integrations=[item(name) for name in names], concurrency=concurrency)

    assert set(emulator.made()) == set(names)
    assert [entry["integration"]["display_name"] for entry in result["integrations"]] == names
    assert len({request["connection"] for request in emulator.requests()}) <= concurrency
    assert result["api"]["requests"] == len(emulator.requests()) == 42


def test_concurrency_is_never_exceeded(run, emulator):
    emulator.reset(concurrency_limit=3)
    run.ok("integrations", integrations=[item(f"new-{n}") for n in range(30)], concurrency=3)
    assert [request["status"] for request in emulator.requests()].count(429) == 0


@pytest.mark.parametrize("settings", [{"rate_limit": 15, "rate_window": 10}, {"concurrency_limit": 2}])
def test_all_threads_respect_the_limits_of_the_service(run, emulator, settings):
    emulator.reset(**settings)
    run.ok("integrations", integrations=[item(f"new-{n}") for n in range(30)], concurrency=8)
    assert len(emulator.made()) == 30


# Purge


def test_nothing_is_purged_by_default(run, emulator, mixed_items):
    result = run.ok("integrations", integrations=mixed_items)
    assert result["purged"] == []
    assert "purge" in emulator.made()


def test_purge_spares_kept_and_read_only_integrations(run, emulator):
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
    integrations = emulator.made()
    keep = ["data-*", integrations["other"]["id"], "[prod] pager"]
    result = check_then_run(run, emulator, integrations=[item("ops")], purge=True, keep=keep)
    assert [item["display_name"] for item in result["purged"]] == ["Data-x"]
    kinds = [integration["target"]["kind"] for integration in emulator.objects()]
    assert kinds == ["RoleEmail", "UserEmail", "InApp", "Slack", "Slack", "Slack", "Slack", "Slack"]


def test_purge_over_its_limit_fails_before_any_write(run, emulator):
    emulator.reset(integrations=[slack(f"x{n}") for n in range(6)])
    ids = {name: integration["id"] for name, integration in emulator.made().items()}
    for check_mode in (True, False):
        result = run.fails("integrations", check_mode=check_mode, integrations=[item("new")], purge=True)
        assert "6 integrations would be deleted, but `purge_limit` is 5: 'x0' (" + ids["x0"] in result["msg"]
    assert emulator.writes() == []

    result = run.ok("integrations", integrations=[item("new")], purge=True, purge_limit=6)
    assert len(result["purged"]) == 6


@pytest.mark.parametrize("listed", [[], [{"display_name": "old", "state": "absent"}]])
def test_purge_without_any_integration_to_keep_is_refused(run, emulator, listed):
    emulator.reset(integrations=[slack("ops"), slack("old")])
    result = run.fails("integrations", integrations=listed, purge=True)
    assert "the list names no integration to keep" in result["msg"]
    assert emulator.writes() == []
    assert emulator.requests() == []
    assert run.ok("integrations", integrations=[])["changed"] is False


def test_integration_identified_by_id_is_not_purged(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    first, _second = [obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"]
    result = run.ok("integrations", integrations=[{"id": first}], purge=True)
    assert [item["integration"] for item in result["purged"]] == [None]
    assert [obj["id"] for obj in emulator.objects() if obj["display_name"] == "ops"] == [first]


# Other clients at the same time


@pytest.mark.parametrize("params", [{"purge": True}, {"purge": False}])
def test_deletion_fails_if_the_object_exists_after_each_404(run, emulator, params):
    emulator.reset(integrations=[slack("old")])
    emulator.fault("status", "DELETE", status=404, times=2)
    items = [item("new")] if params["purge"] else [{"name": "old", "state": "absent"}]
    result = run.fails("integrations", integrations=items, **params)
    assert result["error"]["type"] == "not_found"
    assert "However, the service still returns the object." in result["msg"]
    assert "old" in emulator.made()


@pytest.mark.parametrize("params", [{"purge": True}, {"purge": False}])
def test_duplicate_is_reported_in_every_phase(run, emulator, params):
    """Another client creates the object after the task has created and listed its own."""
    emulator.reset(integrations=[slack("old"), slack("older")])
    for _deletion in range(2):
        emulator.meanwhile("DELETE", "*", "POST", "/integrations", slack("new"))
    items = [item("new")]
    if not params["purge"]:
        items += [{"name": name, "state": "absent"} for name in ("old", "older")]
    result = run.ok("integrations", integrations=items, **params)

    own_id = result["integrations"][0]["id"]
    other_ids = {obj["id"] for obj in emulator.objects() if obj["display_name"] == "new"} - {own_id}
    assert len(other_ids) == 2
    [warning] = [text for text in run.warnings if "in the meantime" in text]
    assert f"in the meantime: {', '.join(sorted(other_ids))}, beside {own_id} of this task" in warning


# Rejected before any write


@pytest.mark.parametrize(
    ("items", "expected"),
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
def test_one_invalid_item_prevents_all_writes(run, emulator, items, expected):
    emulator.reset(integrations=[slack("ops"), slack("twice"), slack("twice")])
    real_id = emulator.ids()["ops"]
    items = [{**options, "id": real_id} if options.get("id") == "OPS" else options for options in items]
    result = run.fails("integrations", integrations=items)
    assert expected.replace("OPS", real_id) in result["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize(("option", "value"), [("concurrency", 0), ("concurrency", 17), ("purge_limit", -1)])
def test_numbers_out_of_range_are_rejected(run, emulator, option, value):
    result = run.fails("integrations", integrations=[item("a")], **{option: value})
    assert f"`{option}` must " in result["msg"]
    assert str(value) in result["msg"]
    assert emulator.requests() == []


# Failures


def test_failure_keeps_completed_items_and_stops_the_rest(run, emulator):
    emulator.reset(quota=2)
    items = [item(f"new-{n}") for n in range(5)]
    result = run.fails("integrations", integrations=items, concurrency=1)

    assert result["changed"] is True
    states = [(item["changed"], item["attempted"], "error" in item) for item in result["integrations"]]
    assert states == [(True, True, False)] * 2 + [(False, True, True)] + [(False, False, False)] * 2
    assert result["integrations"][2]["error"]["status"] == 402
    assert "over quota" in result["integrations"][2]["msg"]
    assert result["integrations"][3]["changes"] == []
    assert "Could not create the integration 'new-2': over quota" in result["msg"]
    assert "Of 5 objects, 2 succeeded, 1 failed, and 2 were not attempted." in result["msg"]
    assert set(emulator.made()) == {"new-0", "new-1"}


def test_failure_in_one_phase_prevents_the_next_phase(run, emulator):
    emulator.reset(integrations=[slack("old")], quota=1)
    items = [item("new"), {"name": "old", "state": "absent"}]
    result = run.fails("integrations", integrations=items)
    assert [item["attempted"] for item in result["integrations"]] == [True, False]
    assert set(emulator.made()) == {"old"}


@pytest.mark.parametrize("concurrency", [1, 4])
def test_continue_on_error_attempts_the_rest(run, emulator, concurrency):
    emulator.fault("status", "POST", status=422, skip=1)
    items = [item(f"new-{n}") for n in range(6)]
    result = run.fails("integrations", integrations=items, continue_on_error=True, concurrency=concurrency)
    assert all(item["attempted"] for item in result["integrations"])
    assert sum("error" in item for item in result["integrations"]) == 1
    assert "Of 6 objects, 5 succeeded, 1 failed, and 0 were not attempted." in result["msg"]
    assert len(emulator.made()) == 5


@pytest.mark.parametrize("concurrency", [1, 8])
def test_concurrent_lost_creates_are_recovered_once(run, emulator, concurrency):
    emulator.reset(new_objects="delayed", list_delay_ms=400)
    emulator.fault("cut-after", "POST", times=3, skip=2)
    items = [item(f"new-{n}") for n in range(12)]
    result = run.ok("integrations", integrations=items, concurrency=concurrency)

    integrations = emulator.made()
    assert len(integrations) == 12
    created_ids = {item["integration"]["id"] for item in result["integrations"]}
    assert created_ids == {integration["id"] for integration in integrations.values()}
    assert sum("was lost" in warning for warning in run.warnings) == 3


def test_secret_in_the_error_of_an_item_is_redacted(run, emulator):
    echo = {"errors": [{"detail": "cannot use https://hooks.slack.example/services/topsecret-0123456789"}]}
    emulator.fault("status", "POST", status=422, body=echo)
    items = [item("new", "https://hooks.slack.example/services/topsecret-0123456789")]
    result = run.fails("integrations", integrations=items)
    assert "topsecret" not in str(result)


def test_masked_urls_give_one_warning_per_integration(run, emulator):
    emulator.reset(integrations=[slack("a"), slack("b")], webhook_urls="masked")
    assert run.ok("integrations", integrations=[item("a"), item("b")])["changed"] is False
    assert len(run.warnings) == 2


def test_output_of_integration_info_is_valid_input(run, emulator):
    emulator.reset(integrations=[slack("a", description="A"), webhook("b", "https://example.org/b")])
    integrations = run.ok("integration_info", kinds=["Slack", "Webhook"])["integrations"]
    names = ("id", "display_name", "description", "target")
    items = [{name: integration[name] for name in names} for integration in integrations]
    assert run.ok("integrations", integrations=items, purge=True)["changed"] is False
    assert emulator.writes() == []


def test_expired_token_is_renewed_while_threads_use_it(run, emulator):
    """Several threads send the same expired token. None of them may report invalid credentials."""
    credentials = {"identity_pool_id": "pool-1", "external_token": "emulator-external-token"}
    emulator.fault("tokens-expire", "POST", "*/integrations", skip=5)
    emulator.fault("tokens-expire", "POST", "*/integrations", skip=20)
    items = [item(f"new-{n}") for n in range(40)]
    run.ok("integrations", integrations=items, concurrency=6, **credentials)
    assert len(emulator.made()) == 40


def test_transient_failures_of_concurrent_updates_lose_nothing(run, emulator):
    emulator.reset(integrations=100)
    for skip in range(20):
        emulator.fault("status", "PATCH", status=500, skip=skip * 4)
    items = [item(f"channel-{n:05}", f"https://hooks.slack.example/changed/{n}") for n in range(100)]
    run.ok("integrations", integrations=items, concurrency=8)
    urls = [integration["target"]["webhook_url"] for integration in emulator.made().values()]
    assert all("/changed/" in url for url in urls)


def test_unexpected_exceptions_in_threads_are_failures(run, emulator, monkeypatch):
    def broken(*_arguments):
        raise ZeroDivisionError

    monkeypatch.setattr(executor, "apply_step", broken)
    for concurrency in (1, 4):
        result = run.fails("integrations", integrations=[item("a"), item("b")], concurrency=concurrency)
        assert result["error"]["type"] == "internal_error"
        assert "ZeroDivisionError" in result["msg"]
        assert "nothing was written" in result["msg"]


# Progress


def test_progress_is_reported_every_tenth_of_a_long_run_only():
    class Slow:
        times = iter([0.0, *[10.0] * 200])

        def now(self):
            return next(self.times)

    messages = []
    progress = executor._Progress(Slow(), 200, "created", messages.append)
    for _item in range(200):
        progress.advance()
    assert messages == [f"created {n} of 200" for n in range(20, 201, 20)]

    quick = executor._Progress(
        type("Quick", (), {"now": lambda self: 0.0})(), 200, "created", messages.append
    )
    for _item in range(200):
        quick.advance()
    assert len(messages) == 10


# Integrations in use


def test_purge_never_leaves_a_subscription_without_integrations(run, emulator):
    emulator.reset(integrations=[slack("stays"), slack("goes"), slack("goes-too")])
    emulator.route("Connector failed", "goes", "goes-too")
    emulator.route("API key created", "stays", "goes")
    items = [item("stays"), item("new")]
    result = run.fails("integrations", integrations=items, purge=True)
    expected = (
        "'Connector failed' use them, "
        "and the subscriptions to 'Connector failed' would have no integration left"
    )
    assert "Could not delete 'goes' (" in result["msg"]
    assert expected in result["msg"]

    result = run.fails("integrations", integrations=items, purge=True, when_in_use="detach")
    assert "subscriptions to 'Connector failed' would have no integration left." in result["msg"]
    assert emulator.writes() == []

    emulator.route("Connector failed", "stays", "goes", "goes-too")
    result = check_then_run(run, emulator, integrations=items, purge=True, when_in_use="detach")
    detached = sorted(item["display_name"] for item in result["detached"])
    assert detached == ["API key created", "Connector failed"]
    assert emulator.routes()["Connector failed"] == emulator.routes()["API key created"] == ["stays"]
    assert set(emulator.made()) == {"stays", "new"}
    order = [line.split()[0] for line in emulator.writes()][-5:]
    assert order == ["POST", "PATCH", "PATCH", "DELETE", "DELETE"]


def test_replanned_detachment_is_not_an_item(run, emulator):
    emulator.reset(integrations=[slack("goes")])
    emulator.route("Connector failed", "Organization admins", "goes")
    emulator.fault("status", "PATCH", status=409)
    items = [{"name": "goes", "state": "absent"}]
    result = run.ok("integrations", integrations=items, when_in_use="detach")
    assert [entry["display_name"] for entry in result["integrations"]] == ["goes"]
    assert [entry["display_name"] for entry in result["detached"]] == ["Connector failed"]
    assert result["summary"]["deleted"] == 1
    assert result["summary"]["changed"] == 0


def test_failed_detach_prevents_all_deletes(run, emulator):
    emulator.reset(integrations=[slack("goes"), slack("idle")])
    emulator.route("Connector failed", "Organization admins", "goes")
    emulator.fault("status", "PATCH", status=400)
    items = [{"name": "goes", "state": "absent"}, {"name": "idle", "state": "absent"}]
    result = run.fails("integrations", integrations=items, when_in_use="detach", continue_on_error=True)
    assert [item["attempted"] for item in result["integrations"]] == [False, False]
    assert [item["changed"] for item in result["detached"]] == [False]
    assert set(emulator.made()) == {"goes", "idle"}


def test_refused_delete_mentions_resource_subscriptions(run, emulator):
    emulator.reset(integrations=[slack("a")], delete_in_use="refused")
    run.ok(
        "resource_subscription",
        resource="environment=env-1",
        notification_type="Connector failed",
        integrations=["a"],
    )
    result = run.fails("integrations", integrations=[{"name": "a", "state": "absent"}], when_in_use="detach")
    assert "If single resources have subscriptions that use it" in result["msg"]


def test_item_never_deletes_an_object_of_another_item(run, emulator):
    emulator.reset(integrations=[slack("first")])
    new_id = f"i-{int(emulator.made()['first']['id'][2:]) + 1}"
    body = {
        "id": new_id,
        "display_name": "A",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/a"},
    }
    emulator.fault("status", "POST", "*/integrations", status=201, body=body, skip=1)
    result = run.fails("integrations", integrations=[item("a"), item("b")], concurrency=1)
    assert f"the service answered with the object '{new_id}', which existed before" in result["msg"]
    assert set(emulator.made()) == {"first", "a"}
    assert result["summary"]["created"] == 1
    assert result["summary"]["failed"] == 1


def test_item_does_not_adopt_the_object_of_another_item(run, emulator):
    """The service upserts by URL, and the response to the creating item arrives later."""
    body = {
        "id": "i-9999",
        "display_name": "a1",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/A1"},
    }
    emulator.fault("status", "POST", "*/integrations", status=201, body=body)
    items = [item("A1", "https://hooks.slack.example/A1"), item("a1", "https://hooks.slack.example/A1")]
    result = run.fails("integrations", integrations=items, concurrency=1, continue_on_error=True)
    expected = (
        "the service answered with the object 'i-9999', which is named 'a1' and belongs to another item"
    )
    assert expected in result["msg"]
    assert not [line for line in emulator.writes() if line.startswith("DELETE")]
    assert set(emulator.made()) == {"a1"}


def test_object_under_a_different_name_is_not_deleted(run, emulator):
    """It may belong to another user. Only an object with a normalized name is deleted again."""
    body = {
        "id": "i-9999",
        "display_name": "Ops",
        "target": {"kind": "Slack", "webhook_url": "https://hooks.slack.example/ops"},
    }
    emulator.fault("status", "POST", "*/integrations", status=201, body=body)
    result = run.fails("integrations", integrations=[item("ops", "https://hooks.slack.example/ops")])
    assert "did not apply display_name to i-9999" in result["msg"]
    assert not [line for line in emulator.writes() if line.startswith("DELETE")]


def test_object_with_a_normalized_name_is_deleted_after_a_short_response(run, emulator):
    """The response has neither the target nor the description, which the contract allows."""
    obj = {"id": "i-9999", "display_name": "fix"}
    target = {"kind": "Slack", "webhook_url": "https://hooks.slack.example/fix"}
    emulator.fault("status", "POST", "*/integrations", status=201, body=obj)
    emulator.fault("status", "GET", "*/integrations/i-9999", status=200, body={**obj, "target": target})
    emulator.fault("status", "DELETE", "*/integrations/i-9999", status=204)
    result = run.fails("integrations", integrations=[item("\ufb01x", target["webhook_url"])])
    assert "It was deleted, because it could not be found again under another name" in result["msg"]
    assert emulator.writes()[-1].startswith("DELETE /integrations/i-9999")


@pytest.mark.parametrize("check_mode", [True, False])
def test_two_integrations_with_one_new_name_are_refused(run, emulator, check_mode):
    emulator.reset(integrations=[slack("first"), slack("second")])
    ids = emulator.ids()
    renamed = {"id": ids["first"], "display_name": "ops"}
    for other in ({"id": ids["second"], "display_name": "ops"}, item("ops")):
        result = run.fails("integrations", integrations=[renamed, other], check_mode=check_mode)
        assert "items 1 and 2 are both integrations that would be named 'ops'" in result["msg"]
    assert emulator.writes() == []


def test_existing_integrations_with_one_name_may_stay(run, emulator):
    emulator.reset(integrations=[slack("ops"), slack("ops")])
    ids = [obj["id"] for obj in emulator.objects("integrations") if obj["display_name"] == "ops"]
    items = [{"id": object_id, "display_name": "ops", "description": "Twin"} for object_id in ids]
    assert run.ok("integrations", integrations=items)["changed"]


def test_masked_url_need_not_be_a_url(run, emulator):
    emulator.reset(integrations=[slack("ops")], webhook_urls="masked")
    target = {"kind": "MsTeams", "webhook_url": "https://[********"}
    result = run.fails("integrations", integrations=[{"display_name": "new", "target": target}])
    assert "webhook_url" in result["msg"]


class Interrupted(BaseException):
    """Not an `Exception`, like the timeout of Ansible."""


@pytest.mark.parametrize("concurrency", [1, 6])
def test_interruption_stops_the_task_and_its_writes(run, emulator, monkeypatch, concurrency):
    """Raised in the main thread, between two items. test_interruption.py uses real signals."""
    emulator.reset(latency_ms=40)
    finished = []

    def interrupt(_progress):
        finished.append(1)
        if len(finished) == 3:
            raise Interrupted

    monkeypatch.setattr(executor._Progress, "advance", interrupt)
    start = time.monotonic()
    with pytest.raises(Interrupted):
        run("integrations", integrations=[item(f"new-{n}") for n in range(400)], concurrency=concurrency)
    assert time.monotonic() - start < 5  # all items take longer, even six at once

    sent = len(emulator.requests())
    time.sleep(0.15)
    assert len(emulator.requests()) == sent
    assert 1 <= sent < 200


def test_diff_of_objects_with_the_same_name_is_printable(run, emulator):
    page = {"api_version": "notifications/v1", "kind": "IntegrationList", "metadata": {}}
    objects = [{**obj, "id": f"{obj['id']}\x1b[2K\n+forged"} for obj in slacks(emulator, "twin", "twin")]
    emulator.fault("status", "GET", "*/integrations", status=200, body={**page, "data": objects})
    result = run.ok(
        "integrations", integrations=[item("new")], purge=True, when_in_use="ignore", check_mode=True
    )
    lines = (result["diff"]["before"] + result["diff"]["after"]).splitlines()
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)


def slacks(emulator, *names):
    emulator.reset(integrations=[slack(name) for name in names])
    return [obj for obj in emulator.objects() if obj["display_name"] in names]
