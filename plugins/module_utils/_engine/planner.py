# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: compares desired states with a snapshot and makes a plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object, matches_any
from .._errors import RefusedError, UnknownNameError, operation
from .._redaction import counted, name_with_id, quoted
from .model import (
    ON_CHANGE,
    Collection,
    Comparison,
    DesiredState,
    Purge,
    Resource,
    Snapshot,
    TextField,
    format_id,
)
from .plan import Action, Plan, Reason, Step


def make_plan(
    desired_states: Sequence[DesiredState], snapshot: Snapshot, purge: Optional[Purge] = None
) -> Plan:
    """The plan that leads from the snapshot to the desired states.

    Raises RefusedError if an object cannot be identified or a safety rule forbids a change.
    """
    refuse_duplicate_keys(desired_states)
    steps = [plan_step(desired, snapshot[desired.resource]) for desired in desired_states]
    _refuse_duplicate_objects(steps)
    _refuse_duplicate_names(steps)
    if purge is not None:
        steps += _plan_purge(purge, snapshot[purge.resource], steps)
    return Plan(tuple(steps), snapshot)


def plan_step(desired: DesiredState, collection: Collection) -> Step:
    """The step for one desired state. Raises RefusedError."""
    resource = desired.resource
    subject = (
        resource.describe(resource.label(desired.key))
        if desired.key is not None
        else f"{resource.noun} {format_id(desired.id or '')}"
    )
    with operation(f"{'manage' if desired.present else 'delete'} the {subject}"):
        current = _find(desired, collection)
        if not desired.present:
            step = _plan_deletion(desired, current)
        elif current is not None:
            step = _plan_update(desired, current, collection)
        elif desired.id is not None:
            detail = f"no {resource.noun} has the ID {format_id(desired.id)}"
            raise UnknownNameError(
                detail, next_step="The service assigns IDs. Omit `id` to create an object."
            )
        else:
            step = _plan_creation(desired)

    return replace(step, warnings=(*desired.warnings, *step.warnings))


def _find(desired: DesiredState, collection: Collection) -> Optional[Object]:
    """The existing object that a desired state is about, under its previous key if need be."""
    current = collection.find(desired.id, desired.key)
    if desired.previous_key is None:
        return current
    previous = collection.find(None, desired.previous_key)
    if current is not None and previous is not None and current["id"] != previous["id"]:
        resource = desired.resource
        both = " and ".join(name_with_id(resource.name(obj), obj["id"]) for obj in (previous, current))
        raise RefusedError(
            f"{both} both exist, so one cannot be renamed to the other",
            type="ambiguous_name",
            next_step="Delete one of them, or remove `previous_name`.",
        )
    return current or previous


def incomplete_lists(plan: Plan) -> Optional[RefusedError]:
    """The error for a plan that relies on the absence of objects which a list may not show, or None.

    The service counts more objects than it lists, so an object that seems to be missing may exist.
    """
    incomplete = [collection for collection in plan.snapshot if collection.unlisted]
    relying = [step for step in plan.steps if step.relies_on_absence]
    if not incomplete or not relying:
        return None
    counts = " and ".join(
        f"{counted(collection.unlisted, collection.resource.noun)} more than it lists"
        for collection in incomplete
    )
    return RefusedError(
        f"the service counts {counts}",
        type="incomplete_list",
        operation=relying[0].operation,
        next_step=(
            "On an incomplete list nothing is created, deleted or disabled. Run the task again; if the error "
            "persists, report it to Confluent support."
        ),
    )


# Duplicate items


def refuse_duplicate_keys(desired_states: Sequence[DesiredState]) -> None:
    """Raise RefusedError if two items are about the same key of the same collection."""

    def describe(position: int) -> str:
        resource, key = desired_states[position].resource, desired_states[position].key
        name = resource.scoped_name(resource.label(key or ""))
        return f"{resource.noun}s {resource.key_relation} {name}"

    keys = [
        (desired.resource.address, desired.key) if desired.id is None and desired.key is not None else None
        for desired in desired_states
    ]
    _refuse_duplicates(keys, desired_states, describe)


def _refuse_duplicate_objects(steps: Sequence[Step]) -> None:
    def describe(position: int) -> str:
        return f"the {steps[position].resource.noun} {quoted((steps[position].before or {})['id'])}"

    ids = [(step.resource.address, step.before["id"]) if step.before else None for step in steps]
    _refuse_duplicates(ids, [step.desired for step in steps], describe)


def _refuse_duplicate_names(steps: Sequence[Step]) -> None:
    """Refuse renames and creations that would give two objects one name. Existing duplicates may stay."""

    def describe(position: int) -> str:
        resource, after = steps[position].resource, steps[position].after or {}
        return f"{resource.noun}s that would be {resource.key_relation} {quoted(resource.key(after))}"

    names = [
        (step.resource.address, step.resource.key(step.after)) if step.after is not None else None
        for step in steps
    ]
    new_names = {name for name, step in zip(names, steps) if _has_new_name(step)}
    refused = [name if name in new_names else None for name in names]
    _refuse_duplicates(refused, [step.desired for step in steps], describe)


def _has_new_name(step: Step) -> bool:
    name_field = step.resource.name_field
    return bool(name_field) and (step.action is Action.CREATE or name_field in step.changes)


def _refuse_duplicates(
    values: Sequence[Any], desired_states: Sequence[DesiredState], describe: Callable[[int], str]
) -> None:
    """Raise RefusedError if two of the values are equal; None equals nothing."""
    seen: Dict[Any, int] = {}
    for position, value in enumerate(values):
        if value is not None and value in seen:
            detail = f"items {seen[value] + 1} and {position + 1} are both {describe(position)}"
            noun = desired_states[position].resource.noun
            raise RefusedError(detail, operation=f"manage {noun}s", next_step="List each only once.")
        if value is not None:
            seen[value] = position


# Deletions


def _plan_purge(purge: Purge, collection: Collection, steps: Iterable[Step]) -> List[Step]:
    resource = purge.resource
    managed = {
        step.before["id"] for step in steps if step.before and step.resource.address == resource.address
    }
    deleted = [
        obj
        for obj in collection
        if obj["id"] not in managed
        and not resource.validate_change(obj, None)
        and not is_kept(resource, purge.keep, obj)
        and not purge.is_spared(obj)
    ]
    deleted.sort(key=lambda obj: (resource.name(obj), obj["id"]))
    if len(deleted) > purge.limit:
        names = ", ".join(name_with_id(resource.name(obj), obj["id"]) for obj in deleted)
        raise RefusedError(
            f"{counted(len(deleted), resource.noun)} would be deleted, but "
            f"`purge_limit` is {purge.limit}: {names}",
            type="purge_limit_exceeded",
            operation=f"purge {resource.noun}s",
            next_step="Add those to keep to the list or to `keep`, or raise `purge_limit`.",
        )

    return [
        Step(
            resource,
            DesiredState(resource, present=False, id=obj["id"]),
            Action.DELETE,
            resource.name(obj),
            before=obj,
            reason=Reason.PURGED,
        )
        for obj in deleted
    ]


def is_kept(resource: Resource, keep: Sequence[str], obj: Object) -> bool:
    """Whether the name or the ID of an object is in ``keep``, or matches a pattern there."""
    return matches_any(resource.name(obj), keep) or matches_any(obj["id"], keep)


def _plan_deletion(desired: DesiredState, current: Optional[Object]) -> Step:
    resource = desired.resource
    if current is None:
        name = resource.label(desired.key) if desired.key is not None else desired.id or ""
        return Step(resource, desired, Action.KEEP, name)
    _refuse_key_mismatch(desired, current)
    _validate(resource, current, None)
    desired.validate_change(current, ())
    return Step(resource, desired, Action.DELETE, resource.name(current), before=current)


# Updates and creations


def _plan_update(desired: DesiredState, current: Object, collection: Collection) -> Step:
    resource = desired.resource
    if not resource.name_field:
        _refuse_key_mismatch(desired, current)
    fields = desired.resolve_fields(current) or {}
    comparisons = compare(resource, fields, current, desired.write_secrets)
    changed = [name for name, comparison in comparisons.items() if comparison.differs]
    name = resource.name(current)
    warnings = tuple(
        f"The service masks {member} of {quoted(name)}, so it cannot be compared and is left as it is. "
        f"{resource.mask_hint}"
        for comparison in comparisons.values()
        for member in comparison.masked
    )
    if not changed:
        return Step(resource, desired, Action.KEEP, name, before=current, after=current, warnings=warnings)

    _validate(resource, current, {**current, **fields})
    changes = _differences(comparisons)
    desired.validate_change(current, changes)
    if resource.name_field in changed:
        name = fields[resource.name_field]
        _validate_new_name(resource, name, current, collection)
    body = {field: resource.field(field).serialize(fields[field]) for field in changed}
    return Step(
        resource,
        desired,
        Action.UPDATE,
        name,
        before=current,
        after={**current, **body},
        body=body,
        changes=changes,
        warnings=warnings,
    )


def _plan_creation(desired: DesiredState) -> Step:
    resource = desired.resource
    name = resource.label(desired.key or "")
    resolved = desired.resolve_fields(None)
    if resolved is None:
        return Step(resource, desired, Action.KEEP, name)

    fields = dict(resolved)
    if resource.name_field:
        name = str(fields.setdefault(resource.name_field, desired.key))
        _refuse_surrounding_whitespace(resource, name)
    for field in resource.fields:
        if field.required_hint and field.name not in fields:
            detail = f"it does not exist, and creating it requires {field.name}"
            raise RefusedError(detail, next_step=field.required_hint)
    # An empty text is the default of a new object, so it is not sent.
    body = {
        field.name: field.serialize(fields[field.name])
        for field in resource.fields
        if fields.get(field.name, "") != ""
    }
    empty = {field.name: "" for field in resource.fields if isinstance(field, TextField)}
    after = {"api_version": "notifications/v1", "kind": resource.api_kind, **empty, **body}
    _validate(resource, None, after)
    changes = _differences(compare(resource, body, {}))
    return Step(resource, desired, Action.CREATE, name, after=after, body=body, changes=changes)


def _validate(resource: Resource, before: Optional[Object], after: Optional[Object]) -> None:
    refusal = resource.validate_change(before, after)
    if refusal is not None:
        raise refusal


def _refuse_key_mismatch(desired: DesiredState, current: Object) -> None:
    """Refuse an ID and a key that identify different objects."""
    resource = desired.resource
    if desired.key is not None and desired.key != resource.key(current):
        other = quoted(resource.label(desired.key))
        actual = f"{resource.key_relation} {quoted(resource.name(current))}"
        detail = f"{format_id(desired.id or '')} is {actual}, not {other}"
        raise RefusedError(detail, next_step="Specify only the ID or only the name, or make them match.")


def _validate_new_name(resource: Resource, name: str, current: Object, collection: Collection) -> None:
    _refuse_surrounding_whitespace(resource, name)
    others = [obj["id"] for obj in collection.by_key(name) if obj["id"] != current["id"]]
    if others:
        detail = f"the name {quoted(name)} is already used by {', '.join(others)}"
        raise RefusedError(detail, type="ambiguous_name", next_step="Choose another name.")


def _refuse_surrounding_whitespace(resource: Resource, name: str) -> None:
    """A service that trims names would show another name, and the next run would not find the object."""
    if name != name.strip():
        detail = f"{resource.name_field} {quoted(name)} begins or ends with whitespace"
        raise RefusedError(detail, next_step="Remove the whitespace.")


# Comparisons


def compare(
    resource: Resource, fields: Mapping[str, Any], current: Mapping[str, Any], write_secrets: str = ON_CHANGE
) -> Dict[str, Comparison]:
    """Each desired member compared with the current one, in the order of the resource's fields."""
    return {
        field.name: field.compare(fields[field.name], current.get(field.name), write_secrets)
        for field in resource.fields
        if field.name in fields
    }


def unapplied_changes(resource: Resource, body: Mapping[str, Any], obj: Mapping[str, Any]) -> Tuple[str, ...]:
    """The members of a sent body whose values the returned object does not have.

    What the service masks is assumed to match.
    """
    return _differences(compare(resource, body, obj))


def _differences(comparisons: Mapping[str, Comparison]) -> Tuple[str, ...]:
    return tuple(member for comparison in comparisons.values() for member in comparison.differs)
