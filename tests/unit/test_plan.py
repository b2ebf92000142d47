# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``plan`` as properties: over any state and any wish, against a service that does what the contract says."""

from __future__ import annotations

import copy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils import errors
from ansible_collections.ccloud.notifications.plugins.module_utils.plan import (
    CREATE,
    DELETE,
    KEEP,
    UPDATE,
    Wish,
    difference_of_one,
    not_as_asked,
    plan,
)
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import (
    ALWAYS,
    INTEGRATION,
    ON_CHANGE,
    ON_CREATE,
    URL_FIELDS,
)

WRITABLE = ("Slack", "MsTeams", "Webhook")
# Few names, so that they meet; some are part of others, or differ in what a careless match overlooks.
names = st.sampled_from(["ops", "op", "ops-eu", "OPS", "ops x", "öps"])
descriptions = st.sampled_from(["", "Operations", "operations"])
urls = st.sampled_from(["https://example.org/a", "https://example.org/ab", "http://example.org/a"])


@st.composite
def targets(draw):
    kind = draw(st.sampled_from(WRITABLE))
    return {"kind": kind, URL_FIELDS[kind]: draw(urls)}


read_only_targets = st.sampled_from(
    [
        {"kind": "RoleEmail", "role_name": "OrganizationAdmin"},
        {"kind": "UserEmail", "user": {"id": "u-1"}},
        {"kind": "InApp", "user": "u-1"},
        {"kind": "Carrier", "pigeon": "Walter"},
        {"kind": ""},
        {},
        None,
        "text",
    ]
)


@st.composite
def states(draw):
    """What an organization may hold, in the form in which the API may give it."""
    objects = []
    for number in range(draw(st.integers(0, 5))):
        whole = {"id": f"i-{number}", "display_name": draw(names), "target": draw(targets() | read_only_targets)}
        description = draw(st.none() | descriptions)
        if description is not None or draw(st.booleans()):
            whole["description"] = description
        objects.append(whole)
    return objects


@st.composite
def wishes(draw):
    name = draw(names)
    fields = {"display_name": name}
    if draw(st.booleans()):
        fields["description"] = draw(descriptions)
    if draw(st.booleans()):
        fields["target"] = draw(targets())
    present = draw(st.booleans())
    secrets = draw(st.sampled_from([ON_CHANGE, ON_CHANGE, ON_CREATE]))
    object_id = draw(st.none() | st.sampled_from(["i-0", "i-1"]))
    return Wish(present=present, id=object_id, key=name, fields=fields, secrets=secrets)


def carried_out(state, step):
    """What a service that does as it is told holds after a step."""
    after = copy.deepcopy(state)
    if step.action == CREATE:
        after.append({"id": f"i-new-{len(state)}", "description": "", **copy.deepcopy(dict(step.body))})
    elif step.action == UPDATE:
        next(each for each in after if each["id"] == step.before["id"]).update(copy.deepcopy(dict(step.body)))
    elif step.action == DELETE:
        after = [each for each in after if each["id"] != step.before["id"]]
    return after


def planned(wish, state):
    """The one step of a wish, None where the plan refuses it."""
    try:
        [step] = plan(INTEGRATION, [wish], state).steps
    except errors.NotificationsError:
        return None
    return step


@given(states(), wishes())
def test_applying_a_plan_reaches_what_is_wanted_and_a_second_plan_is_empty(state, wish):
    step = planned(wish, state)
    assume(step is not None)
    after = carried_out(state, step)
    again = planned(wish, after)
    if step.action == DELETE and wish.id is None:
        assert again.action == KEEP
    elif again is not None:
        assert again.action == KEEP
        assert again.changes == ()
    matching = [each for each in after if each["id"] == wish.id or (wish.id is None and each["display_name"] == wish.key)]
    if wish.present:
        [there] = matching
        wanted = dict(wish.fields)
        if wish.secrets == ON_CREATE and step.action != CREATE:
            wanted.pop("target", None)
        assert not_as_asked(INTEGRATION, wanted, there) == ()
    else:
        assert matching == []


@given(states(), wishes())
def test_a_plan_touches_no_object_but_the_one_that_is_meant(state, wish):
    step = planned(wish, state)
    assume(step is not None)
    meant = step.before["id"] if step.before else None
    after = {each["id"]: each for each in carried_out(state, step)}
    for each in state:
        if each["id"] != meant:
            assert after[each["id"]] == each


@given(states(), wishes())
def test_read_only_kinds_are_never_in_a_plan(state, wish):
    step = planned(wish, state)
    if step is not None and step.action in (UPDATE, DELETE):
        assert step.before["target"]["kind"] in WRITABLE


@given(states(), wishes())
def test_a_name_is_matched_whole_and_case_sensitively(state, wish):
    step = planned(wish, state)
    if step is not None and wish.id is None:
        there = [each for each in state if each["display_name"] == wish.key]
        assert ([step.before] if step.before else []) == there


@given(states(), wishes())
def test_two_of_a_name_are_always_refused(state, wish):
    twice = [each for each in state if each["display_name"] == wish.key]
    if wish.id is None and len(twice) > 1:
        with pytest.raises(errors.Ambiguous) as caught:
            plan(INTEGRATION, [wish], state)
        assert all(each["id"] in caught.value.message for each in twice)


@given(states(), wishes())
def test_a_plan_changes_neither_its_state_nor_its_wish(state, wish):
    before, wanted = copy.deepcopy(state), copy.deepcopy(wish)
    planned(wish, state)
    assert state == before
    assert wish == wanted


@given(states(), wishes())
def test_what_is_predicted_is_what_a_service_shows(state, wish):
    step = planned(wish, state)
    assume(step is not None)
    after = carried_out(state, step)
    if step.action in (CREATE, UPDATE):
        real = after[-1] if step.action == CREATE else next(each for each in after if each["id"] == step.before["id"])
        for field in INTEGRATION.fields:
            assert (step.after.get(field.name) or "") == (real.get(field.name) or "")


@given(states(), wishes())
def test_a_difference_never_shows_a_url(state, wish):
    step = planned(wish, state)
    assume(step is not None)
    shown = difference_of_one(INTEGRATION, step)
    assert "example.org" not in str(shown)
    assert (shown["before"] == shown["after"]) is (not step.changed)


@given(states())
def test_always_writes_a_url_that_is_given_and_nothing_else(state):
    for there in state:
        if isinstance(there["target"], dict) and there["target"].get("kind") in WRITABLE:
            wish = Wish(id=there["id"], fields={"target": there["target"]}, secrets=ALWAYS)
            step = planned(wish, state)
            assert step.action == UPDATE
            assert dict(step.body) == {"target": there["target"]}


def test_a_name_that_a_service_may_trim_is_refused_unless_it_is_there():
    target = {"kind": "Slack", "webhook_url": "https://example.org/a"}
    with pytest.raises(errors.InvalidInput, match="begins or ends with white space"):
        plan(INTEGRATION, [Wish(key="ops ", fields={"display_name": "ops ", "target": target})], [])
    there = {"id": "i-1", "display_name": "ops ", "target": target}
    assert plan(INTEGRATION, [Wish(key="ops ", fields={"display_name": "ops "})], [there]).steps[0].action == KEEP


def test_an_object_without_a_name_is_found_by_its_id_only():
    state = [{"id": "i-1", "target": {"kind": "Slack", "webhook_url": "https://x.org/"}}, {"id": "i-2", "display_name": 5}]
    [step] = plan(INTEGRATION, [Wish(present=False, id="i-1")], state).steps
    assert step.action == DELETE
    [step] = plan(INTEGRATION, [Wish(present=False, key="None")], state).steps
    assert step.action == KEEP
