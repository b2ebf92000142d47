# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``routing`` as properties: over any rules and any start, against a service that does what the contract says."""

from __future__ import annotations

import copy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils import errors
from ansible_collections.ccloud.notifications.plugins.module_utils.directory import Directory
from ansible_collections.ccloud.notifications.plugins.module_utils.plan import CREATE, KEEP, UPDATE, plan
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import is_manageable, reference_ids, subscription
from ansible_collections.ccloud.notifications.plugins.module_utils.routing import (
    ADD,
    EXACT,
    REMOVE,
    Route,
    others,
    route_wish,
    selection,
)

CATEGORIES, SEVERITIES = ("SERVICE", "SECURITY", "NEW"), ("CRITICAL", "INFO")
PRIORITIES = ("REQUIRED", "RECOMMENDED", "OPTIONAL", "NEW")
INTEGRATIONS = [
    {"id": "i-mail", "display_name": "admins", "target": {"kind": "RoleEmail"}},
    {"id": "i-app", "display_name": "app", "target": {"kind": "InApp"}},
    {"id": "i-new", "display_name": "pigeon", "target": {"kind": "Carrier"}},
    *({"id": f"i-{n}", "display_name": f"channel {n}", "target": {"kind": "Slack"}} for n in range(3)),
]
READ_ONLY = {each["id"] for each in INTEGRATIONS if not is_manageable(each)}
ids = st.lists(st.sampled_from([each["id"] for each in INTEGRATIONS]), max_size=4)


@st.composite
def catalogues(draw):
    types = []
    for number in range(draw(st.integers(1, 6))):
        types.append(
            {
                "id": f"nt-{number}",
                "display_name": f"type {number}",
                "category": draw(st.sampled_from(CATEGORIES)),
                "severity": draw(st.sampled_from(SEVERITIES)),
                "subscription_priority": draw(st.sampled_from(PRIORITIES)),
                "is_included_in_plan": draw(st.sampled_from([True, True, False])),
            }
        )
    return types


@st.composite
def starts(draw, types):
    """At most one subscription to each type, in any state, with what somebody may have attached in the console."""
    found = []
    for each in types:
        if draw(st.booleans()):
            going = draw(ids) + draw(st.sampled_from([[], ["i-unlisted"]]))
            whole = {
                "id": f"s-{each['id']}",
                "notification_type": {"id": each["id"], "related": "x"},
                "integrations": [{"id": one, "related": "x"} for one in dict.fromkeys(going or ["i-mail"])],
                "current_state": draw(st.sampled_from(["ENABLED", "DISABLED"])),
            }
            if each["subscription_priority"] == "REQUIRED":
                whole["current_state"] = "ENABLED"
            found.append(whole)
    return found


@st.composite
def rules(draw, types):
    names = ("display_names", "categories", "severities", "subscription_priorities")
    found = []
    for _number in range(draw(st.integers(1, 3))):
        rule = {"integrations": draw(ids), "allow_empty": True, "select": None, "notification_type": None}
        if draw(st.booleans()):
            rule["notification_type"] = draw(st.sampled_from(types))["display_name"]
        else:
            rule["select"] = dict.fromkeys(names)
            rule["select"]["categories"] = draw(st.none() | st.lists(st.sampled_from(CATEGORIES), min_size=1))
            rule["select"]["severities"] = draw(st.none() | st.lists(st.sampled_from(SEVERITIES), min_size=1))
            rule["select"]["display_names"] = draw(st.none() | st.lists(st.sampled_from(["type 1", "type *", "none"]), min_size=1))
        found.append(rule)
    return found


@st.composite
def cases(draw):
    types = draw(catalogues())
    mode = draw(st.sampled_from([EXACT, ADD, REMOVE]))
    alone = draw(st.booleans()) and mode != REMOVE
    return types, draw(starts(types)), draw(rules(types)), mode, draw(st.booleans()), alone


def planned(case, start):
    """The plan that the bulk module makes; None where it is refused."""
    types, _start, given_rules, mode, keep, alone = case
    directory = Directory(types, INTEGRATIONS)
    selected = selection(directory, given_rules)
    enabled = None if mode == REMOVE else True
    wishes = [route_wish(directory, key, Route(tuple(each.integrations), mode, keep, enabled)) for key, each in selected.heard.items()]
    if alone:
        wishes += others(directory, start, selected)[0]
    try:
        return plan(subscription(directory), wishes, start)
    except (errors.NobodyLeft, errors.NotInPlan, errors.InvalidInput):
        return None


def carried_out(start, steps):
    after = {each["id"]: copy.deepcopy(each) for each in start}
    for step in steps:
        if step.action == CREATE:
            key = f"s-{step.wish.key}"
            assert key not in after
            after[key] = {"id": key, **copy.deepcopy(dict(step.body))}
        elif step.action == UPDATE:
            after[step.before["id"]].update(copy.deepcopy(dict(step.body)))
        else:
            assert step.action == KEEP
    return list(after.values())


@given(cases())
def test_one_run_converges_and_the_next_changes_nothing(case):
    first = planned(case, case[1])
    assume(first is not None)
    after = carried_out(case[1], first.steps)
    again = planned(case, after)
    assert [step.action for step in again.steps] == [KEEP] * len(again.steps)


@given(cases())
def test_what_rules_say_is_so_afterwards(case):
    types, start, given_rules, mode, keep, alone = case
    first = planned(case, start)
    assume(first is not None)
    after = {each["notification_type"]["id"]: each for each in carried_out(start, first.steps)}
    before = {each["notification_type"]["id"]: set(reference_ids(each["integrations"])) for each in start}
    selected = selection(Directory(types, INTEGRATIONS), given_rules)
    for key, heard in selected.heard.items():
        # What no longer exists is dropped.
        named, was = set(heard.integrations), before.get(key, set()) - {"i-unlisted"}
        now = set(reference_ids(after[key]["integrations"])) if key in after else set()
        if mode == EXACT:
            assert now == named | (was & READ_ONLY if keep else set())
        else:
            assert now == (was | named if mode == ADD else was - named)
        if mode != REMOVE:
            assert after[key]["current_state"] == "ENABLED"
    by_id = {each["id"]: each for each in types}
    for key, was in before.items():
        if key not in selected.heard:
            assert set(reference_ids(after[key]["integrations"])) == was
            if alone and key not in selected.passed_over and by_id[key]["subscription_priority"] in ("RECOMMENDED", "OPTIONAL"):
                assert after[key]["current_state"] == "DISABLED"


@given(cases())
def test_nobody_is_left_unheard_who_has_to_be_heard(case):
    first = planned(case, case[1])
    assume(first is not None)
    required = {each["id"] for each in case[0] if each["subscription_priority"] == "REQUIRED"}
    for each in carried_out(case[1], first.steps):
        assert each["integrations"]
        if each["notification_type"]["id"] in required:
            assert each["current_state"] == "ENABLED"


@given(cases())
def test_what_is_read_only_stays_unless_told_otherwise(case):
    first = planned(case, case[1])
    assume(first is not None and case[4])
    after = {each["id"]: set(reference_ids(each["integrations"])) for each in carried_out(case[1], first.steps)}
    for each in case[1]:
        assert set(reference_ids(each["integrations"])) & READ_ONLY <= after[each["id"]]


@given(cases())
def test_what_the_plan_does_not_include_is_passed_over_or_refused(case):
    outside = {each["id"] for each in case[0] if not each["is_included_in_plan"]}
    first = planned(case, case[1])
    if first is not None:
        assert not [step for step in first.steps if step.action == CREATE and step.wish.key in outside]


@given(cases())
def test_a_plan_changes_nothing_that_it_was_made_of(case):
    kept = copy.deepcopy(case)
    planned(case, case[1])
    assert case == kept


def test_names_are_met_whole_unless_a_pattern_says_otherwise():
    types = [{"id": str(n), "display_name": name} for n, name in enumerate(["Cluster", "Cluster load", "[x] load", "load"])]
    directory = Directory(types, [])

    def met(*patterns):
        select = {"display_names": list(patterns), "categories": None, "severities": None, "subscription_priorities": None}
        rule = {"select": select, "notification_type": None, "integrations": [], "allow_empty": False}
        return [each.notification_type["display_name"] for each in selection(directory, [rule]).heard.values()]

    assert met("Cluster") == ["Cluster"]
    assert met("Cluster*") == ["Cluster", "Cluster load"]
    assert met("[x] load") == ["[x] load"]
    with pytest.raises(errors.InvalidInput, match="which no notification type is named; close matches: 'Cluster load' "):
        met("Cluster laod")


@given(st.lists(st.sampled_from(["a", "b", "A", "a b", "nt-1", ""]), unique=True), st.text(max_size=3))
def test_who_is_meant_is_meant_exactly(names, text):
    types = [{"id": f"nt-{n}", "display_name": name} for n, name in enumerate(names)]
    index = Directory(types, []).types
    matching = [each for each in types if text in (each["id"], each["display_name"])]
    if not text:
        with pytest.raises(errors.InvalidInput):
            index.meant(text, "x")
    elif len(matching) == 1:
        assert index.meant(text, "x") == matching[0]
    else:
        with pytest.raises(errors.Ambiguous if matching else errors.NoSuchObject):
            index.meant(text, "x")
