# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``organization``: several owners of one organization, and integrations that get another name."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.emulator import slack

FAILED, DEGRADED, OPTIONAL, CREATED = (
    "Connector failed",
    "Connector degraded",
    "API key created",
    "API key deleted",
)
ADMINS = "Organization admins"


def channel(name, **options):
    return {"display_name": name, "target": slack(name)["target"], **options}


def owned(name, owner, text=""):
    return slack(name, description=f"{text} [owner: {owner}]".strip())


def route(notification_type, *integrations):
    return {"notification_type": notification_type, "integrations": list(integrations)}


def descriptions(emulator):
    return {name: obj["description"] for name, obj in emulator.made().items()}


# Marks


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (channel("ops"), "[owner: team-a]"),
        (channel("ops", description="Our channel"), "Our channel [owner: team-a]"),
        (channel("ops", description=""), "[owner: team-a]"),
    ],
)
def test_new_integrations_carry_the_mark_of_their_owner(run, emulator, item, expected):
    options = {"owner": "team-a", "integrations": [item]}
    run.ok("organization", **options)
    assert descriptions(emulator) == {"ops": expected}
    assert not run.ok("organization", **options)["changed"]


@pytest.mark.parametrize("written", ["text[owner: team-a]", "two   [owner: team-a] "])
def test_a_mark_that_was_written_by_hand_is_no_difference(run, emulator, written):
    emulator.reset(integrations=[slack("ops", description=written)])
    text = written.partition("[")[0].strip()
    assert not run.ok("organization", owner="team-a", integrations=[channel("ops", description=text)])[
        "changed"
    ]


def test_what_is_taken_over_counts_for_the_limit(run, emulator):
    emulator.reset(integrations=30)
    items = [{"display_name": name, "take_over": True, "description": "mine"} for name in emulator.made()]
    result = run.fails("organization", owner="team-a", integrations=items, change_limit="30%")
    assert "30 objects would be changed, disabled or deleted, but `change_limit` is 30%" in result["msg"]


def test_text_before_the_mark_is_the_users(run, emulator):
    emulator.reset(integrations=[owned("ops", "team-a", "Old")])
    assert not run.ok("organization", owner="team-a", integrations=[{"display_name": "ops"}])["changed"]
    run.ok("organization", owner="team-a", integrations=[{"display_name": "ops", "description": "New"}])
    assert descriptions(emulator) == {"ops": "New [owner: team-a]"}


@pytest.mark.parametrize("description", ["New", "New [owner: team-a]", "New [owner: team-b]"])
def test_a_run_without_an_owner_keeps_marks(run, emulator, description):
    emulator.reset(integrations=[owned("ops", "team-a", "Old")])
    for module, options in (
        ("integration", {"display_name": "ops", "description": description}),
        ("organization", {"integrations": [{"display_name": "ops", "description": description}]}),
    ):
        result = run.ok(module, **options)
        assert descriptions(emulator) == {"ops": "New [owner: team-a]"}
        assert result["changed"] is (module == "integration")


def test_a_description_that_leaves_no_room_for_the_mark_is_refused(run, emulator):
    items = [channel("ops", description="x" * 120)]
    message = run.fails("organization", owner="team-a", integrations=items)["msg"]
    assert "`description` is 8 characters too long, because the mark of its owner follows it" in message
    assert emulator.writes() == []


@pytest.mark.parametrize("owner", ["", "a b", "a]", "-a", "x" * 33])
def test_an_owner_is_a_word(run, emulator, owner):
    assert "`owner` is" in run.fails("organization", owner=owner, integrations=[channel("ops")])["msg"]
    assert emulator.requests() == []


# What belongs to others


@pytest.mark.parametrize("state", ["present", "absent"])
@pytest.mark.parametrize(
    ("existing", "holder"),
    [(owned("ops", "team-b"), "belongs to team-b"), (slack("ops"), "belongs to nobody")],
)
def test_an_integration_of_others_is_an_error_unless_it_is_taken_over(run, emulator, existing, holder, state):
    emulator.reset(integrations=[existing])
    item = {"display_name": "ops", "state": state}
    failed = run.fails("organization", owner="team-a", integrations=[item])
    assert failed["error"]["type"] == "other_owner"
    assert holder in failed["msg"]
    assert emulator.writes() == []

    run.ok("organization", owner="team-a", integrations=[{**item, "take_over": True}])
    assert descriptions(emulator) == ({"ops": "[owner: team-a]"} if state == "present" else {})


def test_taking_over_without_an_owner_removes_the_mark(run, emulator):
    emulator.reset(integrations=[owned("ops", "team-a", "Text")])
    run.ok("organization", integrations=[{"display_name": "ops", "take_over": True}])
    assert descriptions(emulator) == {"ops": "Text"}


def test_a_purge_deletes_only_what_its_owner_holds(run, emulator):
    emulator.reset(
        integrations=[owned("a", "team-a"), owned("old", "team-a"), owned("b", "team-b"), slack("c")]
    )
    run.ok("organization", owner="team-a", integrations=[{"display_name": "a"}], purge=True)
    assert set(emulator.made()) == {"a", "b", "c"}


def test_a_rule_adds_and_removes_only_channels_of_its_owner(run, emulator):
    emulator.reset(
        integrations=[owned("a", "team-a"), owned("a2", "team-a"), owned("b", "team-b"), slack("c")]
    )
    emulator.route(FAILED, ADMINS, "a2", "b", "c")
    options = {"owner": "team-a", "subscriptions": [route(FAILED, "a")]}
    run.ok("organization", **options, keep_read_only=False)
    assert set(emulator.routes()[FAILED]) == {ADMINS, "a", "b", "c"}
    assert not run.ok("organization", **options)["changed"]


def test_a_rule_to_a_channel_of_others_is_an_error(run, emulator):
    emulator.reset(integrations=[owned("b", "team-b"), slack("c")])
    for name, holder in (("b", "belongs to team-b"), ("c", "belongs to nobody")):
        failed = run.fails("organization", owner="team-a", subscriptions=[route(FAILED, name)])
        assert failed["error"]["type"] == "other_owner"
        assert f"rule 1 routes to '{name}', which {holder}" in failed["msg"]
        # The refused plan is shown.
        assert failed["plan"]["changes"]


def test_types_that_notify_others_are_not_disabled(run, emulator):
    emulator.reset(integrations=[owned("a", "team-a"), owned("b", "team-b")])
    emulator.route(FAILED, "a")
    emulator.route(OPTIONAL, "a", "b")
    emulator.route(CREATED, "a")
    emulator.route(DEGRADED, "b")
    rules = [route(FAILED, "a")]
    run.ok("organization", owner="team-a", subscriptions=rules, disable_others=True, silence_limit=1)
    states = {name: state for name, state in emulator.states().items() if state == "DISABLED"}
    assert set(states) == {CREATED}


def test_limits_count_only_what_the_owner_holds(run, emulator):
    others = [owned(f"b{number}", "team-b") for number in range(40)]
    emulator.reset(integrations=[*others, *(owned(f"a{number}", "team-a") for number in range(10))])
    items = [{"display_name": f"a{number}", "description": "New"} for number in range(5)]
    failed = run.fails("organization", owner="team-a", integrations=items, change_limit="20%")
    assert "(2 of 10 objects)" in failed["msg"]
    unused = run.ok("organization", owner="team-a", integrations=items, return_state="full")["state"][
        "unused"
    ]
    assert len(unused) == 10


# Two owners

NAMES = {"team-a": ("a1", "a2"), "team-b": ("b1", "b2")}
TYPES = (FAILED, DEGRADED, OPTIONAL, CREATED)


@st.composite
def files(draw, owner):
    """The options of one owner: channels of its own, and rules to them."""
    names = NAMES[owner]
    used = st.lists(st.sampled_from(names), min_size=1, unique=True)
    routes = draw(st.dictionaries(st.sampled_from(TYPES), used, min_size=1))
    rules = [route(name, *channels) for name, channels in routes.items()]
    disable = draw(st.booleans())
    items = [channel(name, description=draw(st.sampled_from(["", "Text"]))) for name in names]
    return {
        "owner": owner,
        "integrations": items,
        "subscriptions": rules,
        "disable_others": disable,
        "purge": draw(st.booleans()),
        "silence_limit": 9,
        "test": "none",
    }


@st.composite
def organizations(draw):
    """Channels of both owners and of nobody, and what they receive."""
    old = ["a0", "b0", "c0"]
    recipients = st.lists(st.sampled_from([ADMINS, *old]), min_size=1, unique=True)
    return draw(st.fixed_dictionaries({}, optional=dict.fromkeys(TYPES, recipients)))


def start(emulator, routes):
    emulator.reset(integrations=[owned("a0", "team-a"), owned("b0", "team-b"), slack("c0")])
    for name, recipients in routes.items():
        emulator.route(name, *recipients)


def picture(emulator):
    routes = {name: sorted(found) for name, found in emulator.routes().items()}
    return descriptions(emulator), routes, emulator.states()


def settle(run, *options):
    """Apply files until none changes anything; fails if two owners undo each other's work."""
    for _round in range(3):
        # Both are run, whatever the first one did.
        changed = [run("organization", **of_owner).get("changed") for of_owner in options]
        if not any(changed):
            return
    raise AssertionError("the owners do not come to rest")


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(organizations(), files("team-a"), files("team-b"))
def test_two_owners_in_any_order_give_the_same_organization(run, emulator, routes, a, b):
    pictures = []
    for order in ((a, b), (b, a)):
        start(emulator, routes)
        settle(run, *order)
        pictures.append(picture(emulator))
    assert pictures[0] == pictures[1]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(organizations(), files("team-a"), files("team-b"))
def test_no_plan_shows_or_undoes_what_the_other_owner_did(run, emulator, routes, a, b):
    start(emulator, routes)
    settle(run, a)
    before = {
        name: [channel for channel in found if channel[0] == "a"] for name, found in emulator.routes().items()
    }
    made = {name: text for name, text in descriptions(emulator).items() if name[0] == "a"}
    result = run("organization", **b)
    changed = [
        name
        for entry in result["plan"]["changes"]
        for name in (
            entry["added"] + entry["removed"] if entry["resource"] == "subscription" else [entry["name"]]
        )
    ]
    assert [name for name in changed if name[0] != "b"] == []

    after = emulator.routes()
    assert {name: text for name, text in descriptions(emulator).items() if name[0] == "a"} == made
    for name, channels in before.items():
        assert [found for found in after.get(name, []) if found[0] == "a"] == channels


def test_two_owners_at_once_lose_nothing(run, emulator):
    """Each PATCH replaces the whole list of a subscription."""
    names = {owner: [f"{owner[-1]}{number}" for number in range(6)] for owner in ("team-a", "team-b")}
    emulator.reset(
        integrations=[owned(name, owner) for owner, of_owner in names.items() for name in of_owner]
    )

    # The ID of the organization may be stated or not, in either case.
    stated = {
        "team-a": {},
        "team-b": {"organization_id": run.ok("organization")["organization"]["id"].upper()},
    }

    def apply(owner):
        rules = [route(name, *names[owner]) for name in TYPES]
        return run("organization", owner=owner, subscriptions=rules, test="none", **stated[owner])

    for _round in range(3):
        for name in TYPES:
            emulator.route(name, ADMINS)
        with ThreadPoolExecutor() as pool:
            results = list(pool.map(apply, names))
        assert [result["msg"] for result in results if result.get("failed")] == []
        for name in TYPES:
            assert set(emulator.routes()[name]) == {ADMINS, *names["team-a"], *names["team-b"]}


# Other names


@pytest.mark.parametrize("module", ["integration", "integrations", "organization"])
def test_an_integration_is_renamed_with_its_id_and_routes(run, emulator, module):
    emulator.reset(integrations=[slack("old")])
    emulator.route(FAILED, "old")
    [identifier] = [obj["id"] for obj in emulator.objects() if obj["display_name"] == "old"]
    item = {"display_name": "new", "previous_name": "old"}
    options = item if module == "integration" else {"integrations": [item]}
    if module == "organization":
        options["subscriptions"] = [route(FAILED, "new")]

    predicted = run.ok(module, check_mode=True, **options)
    assert predicted["changed"]
    run.ok(module, **options)
    assert emulator.made()["new"]["id"] == identifier
    assert emulator.routes()[FAILED] == ["new"]
    assert len(emulator.writes()) == 1
    assert not run.ok(module, **options)["changed"]


def test_two_candidates_for_a_rename_are_an_error(run, emulator):
    emulator.reset(integrations=[slack("old"), slack("new")])
    item = {"display_name": "new", "previous_name": "old"}
    failed = run.fails("organization", integrations=[item])
    assert failed["error"]["type"] == "ambiguous_name"
    assert "both exist, so one cannot be renamed to the other" in failed["msg"]
    twice = [item, {"display_name": "other", "previous_name": "old"}]
    emulator.reset(integrations=[slack("old")])
    assert "items 1 and 2 are both" in run.fails("organization", integrations=twice)["msg"]
    assert emulator.writes() == []


@pytest.mark.parametrize(
    "item",
    [
        {"display_name": "new", "previous_name": "new"},
        {"display_name": "new", "previous_name": ""},
        {"display_name": "new", "previous_name": "old", "state": "absent"},
    ],
)
def test_a_previous_name_that_renames_nothing_is_refused(run, emulator, item):
    assert "`previous_name` is" in run.fails("organization", integrations=[item])["msg"]
    assert emulator.requests() == []


def test_without_either_name_an_integration_is_created(run, emulator):
    run.ok("organization", integrations=[channel("new", previous_name="old")])
    assert set(emulator.made()) == {"new"}


# Subscriptions of single resources


CONNECTOR = {"environment": "env-1", "connector": "lcc-1"}


@pytest.fixture
def of_connector(run, emulator):
    """Applies a subscription of a connector, which notifies team-a and team-b at first, for team-a."""
    emulator.reset(integrations=[owned("a", "team-a"), owned("b", "team-b")])
    shared = {"resource": CONNECTOR, "notification_type": FAILED}
    run.ok("resource_subscription", **shared, integrations=["a", "b"])

    def apply(run_module=run.ok, **item):
        return run_module("organization", owner="team-a", resource_subscriptions=[{**shared, **item}])

    return apply


def recipients(emulator):
    names = {obj["id"]: name for name, obj in emulator.made().items()}
    return [
        (obj["current_state"], sorted(names[reference["id"]] for reference in obj["integrations"]))
        for obj in emulator.objects("resource-subscriptions")
    ]


@pytest.mark.parametrize(
    "item",
    [{"state": "absent"}, {"integrations": ["a"], "until": "2001-01-01"}],
    ids=["absent", "ended"],
)
def test_what_notifies_others_is_never_deleted(of_connector, emulator, item):
    assert of_connector(**item)["changed"]
    assert recipients(emulator) == [("ENABLED", ["b"])]
    assert not of_connector(**item)["changed"]


@pytest.mark.parametrize("item", [{"enabled": False}, {"enabled": False, "integrations": ["a"]}])
def test_what_notifies_others_is_never_disabled(run, of_connector, emulator, item):
    failed = of_connector(run.fails, **item)
    assert failed["error"]["type"] == "other_owner"
    assert "also notifies 'b'" in failed["msg"]
    assert recipients(emulator) == [("ENABLED", ["a", "b"])]


@pytest.mark.parametrize("mode", ["exact", "add"])
def test_a_single_resource_is_not_routed_to_others(run, of_connector, emulator, mode):
    failed = of_connector(run.fails, integrations=["b"], integrations_mode=mode)
    assert failed["error"]["type"] == "other_owner"
    assert "routes to 'b', which belongs to team-b" in failed["msg"]
    assert recipients(emulator) == [("ENABLED", ["a", "b"])]


def test_what_notifies_nobody_else_is_deleted(of_connector, run, emulator):
    run.ok("resource_subscription", resource=CONNECTOR, notification_type=FAILED, integrations=["a"])
    of_connector(state="absent")
    assert recipients(emulator) == []
