# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing rules as properties: over any rules and subscriptions, against a service that follows the contract."""

from __future__ import annotations

import copy

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import Collection, Snapshot
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.plan import CREATE, KEEP, UPDATE
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.planner import make_plan
from ansible_collections.ccloud.notifications.plugins.module_utils._errors import RefusedError
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.catalog import (
    Catalog,
    reference_ids,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import (
    is_manageable,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.subscriptions import (
    ADD,
    EXACT,
    REMOVE,
    Subscriptions,
    apply_rules,
    disable_unselected,
)
from support.errors import raises

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
def existing_subscriptions(draw, types):
    """At most one subscription to each type, in any state, with any integrations."""
    found = []
    for each in types:
        if draw(st.booleans()):
            integrations = draw(ids) + draw(st.sampled_from([[], ["i-unlisted"]]))
            subscription = {
                "id": f"s-{each['id']}",
                "notification_type": {"id": each["id"], "related": "x"},
                "integrations": [
                    {"id": one, "related": "x"} for one in dict.fromkeys(integrations or ["i-mail"])
                ],
                "current_state": draw(st.sampled_from(["ENABLED", "DISABLED"])),
            }
            if each["subscription_priority"] == "REQUIRED":
                subscription["current_state"] = "ENABLED"
            found.append(subscription)
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
            rule["select"]["display_names"] = draw(
                st.none() | st.lists(st.sampled_from(["type 1", "type *", "none"]), min_size=1)
            )
        found.append(rule)
    return found


@st.composite
def cases(draw):
    types = draw(catalogues())
    mode = draw(st.sampled_from([EXACT, ADD, REMOVE]))
    alone = draw(st.booleans()) and mode != REMOVE
    return types, draw(existing_subscriptions(types)), draw(rules(types)), mode, draw(st.booleans()), alone


def planned(case, start):
    """The plan that the bulk module makes; None if it is refused."""
    types, _start, given_rules, mode, keep_read_only, disables_others = case
    resource = Subscriptions(Catalog(types, INTEGRATIONS))
    selection = apply_rules(resource.catalog, given_rules)
    desired_states = selection.desired_states(resource, mode, keep_read_only)
    if disables_others:
        desired_states += disable_unselected(resource, start, selection).desired_states
    try:
        return make_plan(desired_states, Snapshot([Collection(resource, start)]))
    except RefusedError as error:
        assert error.type in ("no_integration_left", "not_in_plan", "invalid_option")
        return None


def applied(start, steps):
    after = {each["id"]: copy.deepcopy(each) for each in start}
    for step in steps:
        if step.action == CREATE:
            key = f"s-{step.desired.key}"
            assert key not in after
            after[key] = {"id": key, **copy.deepcopy(dict(step.body))}
        elif step.action == UPDATE:
            after[step.before["id"]].update(copy.deepcopy(dict(step.body)))
        else:
            assert step.action == KEEP
    return list(after.values())


@given(cases())
def test_second_run_changes_nothing(case):
    first = planned(case, case[1])
    assume(first is not None)
    after = applied(case[1], first.steps)
    again = planned(case, after)
    assert [step.action for step in again.steps] == [KEEP] * len(again.steps)


@given(cases())
def test_rules_are_fulfilled_afterwards(case):
    types, start, given_rules, mode, keep, alone = case
    first = planned(case, start)
    assume(first is not None)
    after = {each["notification_type"]["id"]: each for each in applied(start, first.steps)}
    before = {each["notification_type"]["id"]: set(reference_ids(each["integrations"])) for each in start}
    selection = apply_rules(Catalog(types, INTEGRATIONS), given_rules)
    for key, selected in selection.selected.items():
        # Dangling references are removed.
        named, was = set(selected.integrations), before.get(key, set()) - {"i-unlisted"}
        now = set(reference_ids(after[key]["integrations"])) if key in after else set()
        if mode == EXACT:
            assert now == named | (was & READ_ONLY if keep else set())
        else:
            assert now == (was | named if mode == ADD else was - named)
        if mode != REMOVE:
            assert after[key]["current_state"] == "ENABLED"
    by_id = {each["id"]: each for each in types}
    for key, was in before.items():
        if key not in selection.selected:
            assert set(reference_ids(after[key]["integrations"])) == was
            if (
                alone
                and key not in selection.not_in_plan
                and by_id[key]["subscription_priority"] in ("RECOMMENDED", "OPTIONAL")
            ):
                assert after[key]["current_state"] == "DISABLED"


@given(cases())
def test_required_types_stay_enabled_with_integrations(case):
    first = planned(case, case[1])
    assume(first is not None)
    required = {each["id"] for each in case[0] if each["subscription_priority"] == "REQUIRED"}
    for each in applied(case[1], first.steps):
        assert each["integrations"]
        if each["notification_type"]["id"] in required:
            assert each["current_state"] == "ENABLED"


@given(cases())
def test_read_only_integrations_are_kept_by_default(case):
    first = planned(case, case[1])
    assume(first is not None and case[4])
    after = {each["id"]: set(reference_ids(each["integrations"])) for each in applied(case[1], first.steps)}
    for each in case[1]:
        assert set(reference_ids(each["integrations"])) & READ_ONLY <= after[each["id"]]


@given(cases())
def test_types_outside_the_plan_are_never_subscribed_to(case):
    outside = {each["id"] for each in case[0] if not each["is_included_in_plan"]}
    first = planned(case, case[1])
    if first is not None:
        assert not [step for step in first.steps if step.action == CREATE and step.desired.key in outside]


@given(cases())
def test_planner_changes_none_of_its_arguments(case):
    kept = copy.deepcopy(case)
    planned(case, case[1])
    assert case == kept


def test_names_match_whole_unless_they_are_patterns():
    types = [
        {"id": str(n), "display_name": name}
        for n, name in enumerate(["Cluster", "Cluster load", "[x] load", "load"])
    ]
    catalog = Catalog(types, [])

    def matching(*patterns):
        select = {
            "display_names": list(patterns),
            "categories": None,
            "severities": None,
            "subscription_priorities": None,
        }
        rule = {"select": select, "notification_type": None, "integrations": [], "allow_empty": False}
        return [
            each.notification_type["display_name"] for each in apply_rules(catalog, [rule]).selected.values()
        ]

    assert matching("Cluster") == ["Cluster"]
    assert matching("Cluster*") == ["Cluster", "Cluster load"]
    assert matching("[x] load") == ["[x] load"]
    with raises("unknown_name", match="no notification type is named 'Cluster laod'"):
        matching("Cluster laod")


@given(st.lists(st.sampled_from(["a", "b", "A", "a b", "nt-1", ""]), unique=True), st.text(max_size=3))
def test_resolve_finds_exactly_the_named_type(names, text):
    types = [{"id": f"nt-{n}", "display_name": name} for n, name in enumerate(names)]
    collection = Catalog(types, []).types
    matching = [each for each in types if text in (each["id"], each["display_name"])]
    if not text:
        with raises("invalid_option"):
            collection.resolve(text)
    elif len(matching) == 1:
        assert collection.resolve(text) == matching[0]
    else:
        with raises("ambiguous_name" if matching else "unknown_name"):
            collection.resolve(text)
