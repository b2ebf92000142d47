# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``planner``, as properties of any snapshot and desired state, against a conforming service."""

from __future__ import annotations

import copy

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import (
    ALWAYS,
    ON_CHANGE,
    ON_CREATE,
    Collection,
    DesiredState,
    Purge,
    Reference,
    Snapshot,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.plan import (
    Action,
    Plan,
    Reason,
    Step,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.planner import (
    make_plan,
    unapplied_changes,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._engine.rendering import step_diff
from ansible_collections.ccloud.notifications.plugins.module_utils._errors import NotificationsError
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.catalog import Catalog
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import (
    INTEGRATIONS,
    URL_FIELDS,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.subscriptions import (
    Route,
    RoutedState,
    Subscriptions,
)
from support.errors import raises

WRITABLE = ("Slack", "MsTeams", "Webhook")
# Few names, so that some are equal. Some are part of others or differ in case or accents only.
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
    """Integrations that an organization may have, in any form that the API may return."""
    objects = []
    for number in range(draw(st.integers(0, 5))):
        integration = {
            "id": f"i-{number}",
            "display_name": draw(names),
            "target": draw(targets() | read_only_targets),
        }
        description = draw(st.none() | descriptions)
        if description is not None or draw(st.booleans()):
            integration["description"] = description
        objects.append(integration)
    return objects


@st.composite
def desired_states(draw):
    name = draw(names)
    fields = {"display_name": name}
    if draw(st.booleans()):
        fields["description"] = draw(descriptions)
    if draw(st.booleans()):
        fields["target"] = draw(targets())
    present = draw(st.booleans())
    write_secrets = draw(st.sampled_from([ON_CHANGE, ON_CHANGE, ON_CREATE]))
    object_id = draw(st.none() | st.sampled_from(["i-0", "i-1"]))
    return DesiredState(
        INTEGRATIONS, present=present, id=object_id, key=name, fields=fields, write_secrets=write_secrets
    )


def applied(state, step):
    """The integrations after a step, on a service that follows the contract."""
    after = copy.deepcopy(state)
    if step.action == Action.CREATE:
        after.append({"id": f"i-new-{len(state)}", "description": "", **copy.deepcopy(dict(step.body))})
    elif step.action == Action.UPDATE:
        next(integration for integration in after if integration["id"] == step.before["id"]).update(
            copy.deepcopy(dict(step.body))
        )
    elif step.action == Action.DELETE:
        after = [integration for integration in after if integration["id"] != step.before["id"]]
    return after


def plan_for(desired, state):
    return make_plan(desired, Snapshot([Collection(INTEGRATIONS, state)]))


def planned(desired, state):
    """The step for a desired state, or None if it is refused."""
    try:
        [step] = plan_for([desired], state).steps
    except NotificationsError:
        return None
    return step


@given(states(), desired_states())
def test_applied_plan_reaches_desired_state_and_second_run_is_empty(state, desired):
    step = planned(desired, state)
    assume(step is not None)
    after = applied(state, step)
    second = planned(desired, after)
    if step.action == Action.DELETE and desired.id is None:
        assert second.action == Action.KEEP
    elif second is not None:
        assert second.action == Action.KEEP
        assert second.changes == ()
    matching = [
        integration
        for integration in after
        if integration["id"] == desired.id
        or (desired.id is None and integration["display_name"] == desired.key)
    ]
    if desired.present:
        [integration] = matching
        fields = dict(desired.fields)
        if desired.write_secrets == ON_CREATE and step.action != Action.CREATE:
            fields.pop("target", None)
        assert unapplied_changes(INTEGRATIONS, fields, integration) == ()
    else:
        assert matching == []


@given(states(), desired_states())
def test_plan_leaves_other_objects_alone(state, desired):
    step = planned(desired, state)
    assume(step is not None)
    target_id = step.before["id"] if step.before else None
    after = {integration["id"]: integration for integration in applied(state, step)}
    for integration in state:
        if integration["id"] != target_id:
            assert after[integration["id"]] == integration


@given(states(), desired_states())
def test_read_only_kinds_are_never_changed(state, desired):
    step = planned(desired, state)
    if step is not None and step.action in (Action.UPDATE, Action.DELETE):
        assert step.before["target"]["kind"] in WRITABLE


@given(states(), desired_states())
def test_name_match_is_exact_and_case_sensitive(state, desired):
    step = planned(desired, state)
    if step is not None and desired.id is None:
        matching = [integration for integration in state if integration["display_name"] == desired.key]
        assert ([step.before] if step.before else []) == matching


@given(states(), desired_states())
def test_ambiguous_name_is_refused_with_all_ids(state, desired):
    matching = [integration for integration in state if integration["display_name"] == desired.key]
    if desired.id is None and len(matching) > 1:
        with raises("ambiguous_name") as caught:
            plan_for([desired], state)
        assert all(integration["id"] in caught.value.message for integration in matching)


@given(states(), desired_states())
def test_planner_does_not_mutate_its_arguments(state, desired):
    before, fields = copy.deepcopy(state), copy.deepcopy(desired.fields)
    planned(desired, state)
    assert state == before
    assert desired.fields == fields


@given(states(), desired_states())
def test_predicted_object_equals_the_stored_one(state, desired):
    step = planned(desired, state)
    assume(step is not None)
    after = applied(state, step)
    if step.action in (Action.CREATE, Action.UPDATE):
        if step.action == Action.CREATE:
            stored = after[-1]
        else:
            stored = next(obj for obj in after if obj["id"] == step.before["id"])
        for field in INTEGRATIONS.fields:
            assert (step.after.get(field.name) or "") == (stored.get(field.name) or "")


@given(states(), desired_states())
def test_diff_never_shows_a_url(state, desired):
    step = planned(desired, state)
    assume(step is not None)
    diff = step_diff(step)
    assert "example.org" not in str(diff)
    assert (diff["before"] == diff["after"]) is (not step.is_change)


@given(states())
def test_update_webhook_url_always_writes_only_the_target(state):
    for integration in state:
        if isinstance(integration["target"], dict) and integration["target"].get("kind") in WRITABLE:
            desired = DesiredState(
                INTEGRATIONS,
                id=integration["id"],
                fields={"target": integration["target"]},
                write_secrets=ALWAYS,
            )
            step = planned(desired, state)
            assert step.action == Action.UPDATE
            assert dict(step.body) == {"target": integration["target"]}


def named(name, **fields):
    return DesiredState(INTEGRATIONS, key=name, fields={"display_name": name, **fields})


TARGET = {"kind": "Slack", "webhook_url": "https://example.org/a"}


def test_name_with_outer_spaces_is_refused_unless_it_exists():
    with raises("invalid_option", match="begins or ends with whitespace"):
        plan_for([named("ops ", target=TARGET)], [])
    existing = {"id": "i-1", "display_name": "ops ", "target": TARGET}
    assert planned(named("ops "), [existing]).action == Action.KEEP


def test_object_without_a_name_is_only_found_by_id():
    state = [
        {"id": "i-1", "target": {"kind": "Slack", "webhook_url": "https://x.org/"}},
        {"id": "i-2", "display_name": 5},
    ]
    assert planned(DesiredState(INTEGRATIONS, present=False, id="i-1"), state).action == Action.DELETE
    assert planned(DesiredState(INTEGRATIONS, present=False, key="None"), state).action == Action.KEEP


# Several resources in one plan


def subscribed(resource, *integrations):
    return RoutedState(resource, key="nt-1", route=Route(integrations, enabled=True))


def test_plan_can_create_an_integration_and_refer_to_it():
    resource = Subscriptions(Catalog([{"id": "nt-1", "display_name": "Connector failed"}], []))
    snapshot = Snapshot([Collection(INTEGRATIONS, []), Collection(resource, [])])
    new = Reference(INTEGRATIONS.path, "ops")
    plan = make_plan([subscribed(resource, new), named("ops", target=TARGET)], snapshot)
    assert [step.action for step in plan.steps] == [Action.CREATE, Action.CREATE]
    assert plan.steps[0].body["integrations"] == [new]
    assert [(phase.participle, phase.positions) for phase in plan.phases()] == [
        ("created", (1,)),
        ("created", (0,)),
    ]


def test_references_are_removed_before_their_targets_are_deleted():
    """References exist when they are written, and are gone before what they refer to is deleted."""
    resource = Subscriptions(Catalog())

    def step(step_resource, action, **fields):
        return Step(
            step_resource,
            DesiredState(step_resource),
            action,
            f"{step_resource.noun} {action.value}",
            **fields,
        )

    steps = [
        step(INTEGRATIONS, Action.DELETE, reason=Reason.PURGED),
        step(resource, Action.UPDATE, reason=Reason.DETACHED),
        step(resource, Action.DELETE),
        step(resource, Action.CREATE),
        step(resource, Action.UPDATE),
        step(INTEGRATIONS, Action.DELETE),
        step(INTEGRATIONS, Action.KEEP),
        step(INTEGRATIONS, Action.CREATE),
        step(INTEGRATIONS, Action.UPDATE),
    ]
    phases = Plan(tuple(steps), Snapshot()).phases()
    names = [[steps[position].name for position in phase.positions] for phase in phases]
    assert names == [
        ["integration update"],
        ["integration create"],
        ["subscription update"],
        ["subscription create"],
        ["subscription delete"],
        ["subscription update"],
        ["integration delete", "integration delete"],
    ]


def test_purge_deletes_unlisted_objects_within_its_limit():
    state = [
        {"id": f"i-{n}", "display_name": name, "target": TARGET}
        for n, name in enumerate(["a", "b", "c", "[d]"])
    ]
    snapshot = Snapshot([Collection(INTEGRATIONS, state)])
    plan = make_plan([named("a")], snapshot, Purge(INTEGRATIONS, limit=2, keep=("[d]",)))
    assert [(step.action, step.name, step.reason) for step in plan.steps[1:]] == [
        (Action.DELETE, "b", Reason.PURGED),
        (Action.DELETE, "c", Reason.PURGED),
    ]
    with raises(
        "purge_limit_exceeded",
        match="2 integrations would be deleted, but `purge_limit` is 1: 'b' .i-1., 'c' .i-2.",
    ):
        make_plan([named("a")], snapshot, Purge(INTEGRATIONS, limit=1, keep=("[d]",)))


@pytest.mark.parametrize("position", [1, 3])
def test_items_about_the_same_object_are_refused_with_positions(position):
    items = [named("a"), named("b"), named("c"), named("d")]
    items[position] = named("a")
    with raises("invalid_option", match=f"items 1 and {position + 1} are both integrations named 'a'"):
        plan_for(items, [])
