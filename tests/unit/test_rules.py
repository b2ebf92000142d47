# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routing rules, as properties of any rules and subscriptions, against a conforming service."""

from __future__ import annotations

import copy
from typing import Any, NamedTuple

from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import Collection, Snapshot
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.plan import Action
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.planner import make_plan
from ansible_collections.ccloud.notifications.plugins.module_utils._errors import RefusedError
from ansible_collections.ccloud.notifications.plugins.module_utils._organization.rules import (
    RulesOptions,
    apply_rules,
    disable_unselected,
    rules_from_options,
)
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
READ_ONLY = {integration["id"] for integration in INTEGRATIONS if not is_manageable(integration)}
ids = st.lists(st.sampled_from([integration["id"] for integration in INTEGRATIONS]), max_size=4)


@st.composite
def type_lists(draw):
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
    """At most one subscription per type, in any state, with any integrations."""
    subscriptions = []
    for notification_type in types:
        if draw(st.booleans()):
            integrations = draw(ids) + draw(st.sampled_from([[], ["i-unlisted"]]))
            subscription = {
                "id": f"s-{notification_type['id']}",
                "notification_type": {"id": notification_type["id"], "related": "x"},
                "integrations": [
                    {"id": integration_id, "related": "x"}
                    for integration_id in dict.fromkeys(integrations or ["i-mail"])
                ],
                "current_state": draw(st.sampled_from(["ENABLED", "DISABLED"])),
            }
            if notification_type["subscription_priority"] == "REQUIRED":
                subscription["current_state"] = "ENABLED"
            subscriptions.append(subscription)
    return subscriptions


@st.composite
def rules(draw, types):
    names = ("display_names", "categories", "severities", "subscription_priorities")
    drawn_rules = []
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
        drawn_rules.append({**rule, "name": None})
    return drawn_rules


class Case(NamedTuple):
    types: list[dict[str, Any]]
    subscriptions: list[dict[str, Any]]
    rules: list[dict[str, Any]]
    mode: str
    keep_read_only: bool
    disable_others: bool


@st.composite
def cases(draw):
    types = draw(type_lists())
    mode = draw(st.sampled_from([EXACT, ADD, REMOVE]))
    disable_others = draw(st.booleans()) and mode != REMOVE
    subscriptions = draw(existing_subscriptions(types))
    return Case(types, subscriptions, draw(rules(types)), mode, draw(st.booleans()), disable_others)


def planned(case, subscriptions):
    """The plan of the `subscriptions` module; None if it is refused."""
    resource = Subscriptions(Catalog(case.types, INTEGRATIONS))
    existing = Collection(resource, subscriptions)
    selection = apply_rules(resource.catalog, rules_from_options(case.rules))
    options = RulesOptions(case.mode, case.keep_read_only, case.disable_others)
    desired_states = selection.desired_states(resource, options)
    if case.disable_others and selection.selected:
        desired_states += disable_unselected(existing, selection, options)[0]

    try:
        return make_plan(desired_states, Snapshot([existing]))
    except RefusedError as refused:
        if refused.type not in ("no_integration_left", "not_included", "invalid_option"):
            raise
        return None


def applied(subscriptions, steps):
    """The subscriptions after these steps, by ID."""
    after = {subscription["id"]: copy.deepcopy(subscription) for subscription in subscriptions}
    for step in steps:
        if step.action == Action.CREATE:
            key = f"s-{step.desired.key}"
            assert key not in after
            after[key] = {"id": key, **copy.deepcopy(dict(step.body))}
        elif step.action == Action.UPDATE:
            after[step.before["id"]].update(copy.deepcopy(dict(step.body)))
        else:
            assert step.action == Action.KEEP
    return list(after.values())


@given(cases())
def test_second_run_changes_nothing(case):
    plan = planned(case, case.subscriptions)
    assume(plan is not None)
    second = planned(case, applied(case.subscriptions, plan.steps))
    assert {step.action for step in second.steps} <= {Action.KEEP}


@given(cases())
def test_applied_rules_give_the_desired_routes(case):
    plan = planned(case, case.subscriptions)
    assume(plan is not None)
    after = {obj["notification_type"]["id"]: obj for obj in applied(case.subscriptions, plan.steps)}
    before = {
        obj["notification_type"]["id"]: set(reference_ids(obj["integrations"])) for obj in case.subscriptions
    }
    selection = apply_rules(Catalog(case.types, INTEGRATIONS), rules_from_options(case.rules))

    for key, selected in selection.selected.items():
        # Dangling references are removed.
        given_ids, old = set(selected.integrations), before.get(key, set()) - {"i-unlisted"}
        new = set(reference_ids(after[key]["integrations"])) if key in after else set()
        if case.mode == EXACT:
            assert new == given_ids | (old & READ_ONLY if case.keep_read_only else set())
        else:
            assert new == (old | given_ids if case.mode == ADD else old - given_ids)
        if case.mode != REMOVE:
            assert after[key]["current_state"] == "ENABLED"

    types_by_id = {obj["id"]: obj for obj in case.types}
    for key, old in before.items():
        if key in selection.selected:
            continue
        assert set(reference_ids(after[key]["integrations"])) == old
        is_optional = types_by_id[key]["subscription_priority"] in ("RECOMMENDED", "OPTIONAL")
        if case.disable_others and is_optional and key not in selection.not_included:
            assert after[key]["current_state"] == "DISABLED"


@given(cases())
def test_required_types_stay_enabled_with_integrations(case):
    plan = planned(case, case.subscriptions)
    assume(plan is not None)
    required = {obj["id"] for obj in case.types if obj["subscription_priority"] == "REQUIRED"}
    for subscription in applied(case.subscriptions, plan.steps):
        assert subscription["integrations"]
        if subscription["notification_type"]["id"] in required:
            assert subscription["current_state"] == "ENABLED"


@given(cases())
def test_read_only_integrations_are_kept_by_default(case):
    plan = planned(case, case.subscriptions)
    assume(plan is not None and case.keep_read_only)
    after = {
        obj["id"]: set(reference_ids(obj["integrations"])) for obj in applied(case.subscriptions, plan.steps)
    }
    for subscription in case.subscriptions:
        assert set(reference_ids(subscription["integrations"])) & READ_ONLY <= after[subscription["id"]]


@given(cases())
def test_types_outside_the_plan_are_never_subscribed_to(case):
    not_included = {obj["id"] for obj in case.types if not obj["is_included_in_plan"]}
    plan = planned(case, case.subscriptions)
    if plan is not None:
        assert not [
            step for step in plan.steps if step.action == Action.CREATE and step.desired.key in not_included
        ]


@given(cases())
def test_planner_does_not_mutate_its_arguments(case):
    copied = copy.deepcopy(case)
    planned(case, case.subscriptions)
    assert case == copied


def test_names_match_completely_unless_they_are_patterns():
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
        rule = {
            "select": select,
            "notification_type": None,
            "integrations": [],
            "allow_empty": False,
            "name": None,
        }
        selected = apply_rules(catalog, rules_from_options([rule])).selected.values()
        return [selected_type.notification_type["display_name"] for selected_type in selected]

    assert matching("Cluster") == ["Cluster"]
    assert matching("Cluster*") == ["Cluster", "Cluster load"]
    assert matching("[x] load") == ["[x] load"]
    with raises("unknown_name", match="contains 'Cluster laod', which matches no notification type"):
        matching("Cluster laod")


@given(st.lists(st.sampled_from(["a", "b", "A", "a b", "nt-1", ""]), unique=True), st.text(max_size=3))
def test_resolve_finds_exactly_the_named_type(names, text):
    types = [{"id": f"nt-{n}", "display_name": name} for n, name in enumerate(names)]
    collection = Catalog(types, []).types
    matching = [obj for obj in types if text in (obj["id"], obj["display_name"])]
    if not text:
        with raises("invalid_option"):
            collection.resolve(text)
    elif len(matching) == 1:
        assert collection.resolve(text) == matching[0]
    else:
        with raises("ambiguous_name" if matching else "unknown_name"):
            collection.resolve(text)
