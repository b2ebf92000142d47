# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out through a client; in check mode it does everything but that.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Callable, FrozenSet, List, Optional, TypeVar

from . import errors
from .client import Client
from .plan import CREATE, DELETE, KEEP, UPDATE, Step, not_as_asked
from .resources import Object, Resource

Found = TypeVar("Found")

#: Seconds before each look at a list that may lag behind: less than eight in all.
LOOKS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass
class Done:
    """What became of a step. ``after`` is the object as the service shows it, or in check mode as it would.

    ``changed`` counts what was done before an ``error``, and a write whose fate is not known.
    """

    step: Step
    after: Optional[Object] = None
    changed: bool = False
    error: Optional[errors.NotificationsError] = None
    warnings: List[str] = field(default_factory=list)


def carry_out(client: Client, resource: Resource, step: Step, known: FrozenSet[str], check_mode: bool) -> Done:
    """Do what a step says. ``known`` are the ids that were there when it was planned. Errors are in what is returned."""
    done = Done(step, after=step.before, warnings=list(step.warnings))
    if check_mode or step.action == KEEP:
        done.after, done.changed = step.after, step.changed
        return done
    for whole in (step.before or {}, dict(step.body)):
        client.veil.learn(*resource.secrets(whole))
    try:
        {CREATE: _create, UPDATE: _update, DELETE: _delete}[step.action](client, resource, step, known, done)
    except errors.NotificationsError as error:
        done.error = error
        done.changed = done.changed or error.fate_unclear
    return done


def _create(client: Client, resource: Resource, step: Step, known: FrozenSet[str], done: Done) -> None:
    attempted = f"create the {resource.noun} {step.name!r}"
    try:
        made = client.create(resource.path, dict(step.body), attempted)
    except errors.NotificationsError as error:
        if not error.fate_unclear:
            raise
        made = _adopt(client, resource, step, known, error)
        done.warnings.append(f"The answer to creating {step.name!r} was lost ({error.said}); it was found as {made['id']}.")
    done.after, done.changed = made, True
    _verify(resource, step, made, attempted)
    _await_listed(client, resource, made["id"], done)


def _adopt(
    client: Client, resource: Resource, step: Step, known: FrozenSet[str], lost: errors.NotificationsError
) -> Object:
    """The one new object that answers the description of a create whose answer was lost. Nothing is sent again."""

    def new_ones(listed: List[Object]) -> Optional[List[Object]]:
        found = [each for each in listed if each["id"] not in known and not not_as_asked(resource, step.body, each)]
        return found or None

    try:
        found = _look(client, resource, lost.attempted, new_ones) or []
        seen = f"{len(found)} new {resource.noun}s answer the description"
        if found:
            seen += f" ({', '.join(each['id'] for each in found)})"
    except errors.NotificationsError as error:
        found, seen = [], f"looking for it failed too ({error.said.rstrip('.')})"
    if len(found) == 1:
        return found[0]
    said = f"state unknown: {lost.said.rstrip('.')}; {seen}"
    unknown = errors.StateUnknown(lost.attempted, said, status=lost.status, code=lost.code, request_id=lost.request_id)
    unknown.fate_unclear = True
    raise unknown


def _update(client: Client, resource: Resource, step: Step, known: FrozenSet[str], done: Done) -> None:
    before = step.before or {}
    attempted = f"change the {resource.noun} {resource.name(before)!r} ({before['id']})"
    try:
        now = client.change(resource.path, before["id"], dict(step.body), attempted)
    except (errors.Rejected, errors.Conflict) as refused:
        if "target.kind" not in step.changes:
            raise
        if not step.wish.replace:
            refused.next_step = (
                f"The service does not let {resource.kind(before)} become {resource.kind(dict(step.body))}. With replace: true a new "
                f"{resource.noun} takes the place of this one, under a new id."
            )
            raise
        _replace(client, resource, step, known, done)
        return
    done.after = now
    done.changed = any(before.get(name) != now.get(name) for name in step.body) or not not_as_asked(
        resource, step.body, now
    )
    _verify(resource, step, now, attempted)


def _replace(client: Client, resource: Resource, step: Step, known: FrozenSet[str], done: Done) -> None:
    """A new object, then the old one's deletion; at no time is there none.

    Where the new one may not have the old one's name as long as that is there, the old one is renamed for the time.
    """
    before = step.before or {}
    old_id, name = before["id"], resource.name(before)
    whole = {each.name: (step.after or {}).get(each.name) for each in resource.fields}
    body = {member: value for member, value in whole.items() if value}
    creation = Step(step.wish, CREATE, step.name, after=step.after, body=body, changes=step.changes)
    try:
        _create(client, resource, creation, known, done)
    except errors.Conflict:
        aside = f"{name[:40]} (to be replaced)"
        attempted = f"rename the {resource.noun} {name!r} ({old_id}) for its replacement"
        client.change(resource.path, old_id, {resource.name_field: aside}, attempted)
        done.changed = True
        try:
            _create(client, resource, creation, known, done)
        except errors.NotificationsError as error:
            if not error.fate_unclear:
                client.change(resource.path, old_id, {resource.name_field: name}, f"rename {old_id} back to {name!r}")
                done.changed = False
            raise
    _delete_object(client, resource, before, done)


def _delete(client: Client, resource: Resource, step: Step, _known: FrozenSet[str], done: Done) -> None:
    _delete_object(client, resource, step.before or {}, done)
    done.after = None


def _delete_object(client: Client, resource: Resource, whole: Object, done: Done) -> None:
    """Delete; where the service says that it is not there, the list has the last word, for 403 proves nothing."""
    attempted = f"delete the {resource.noun} {resource.name(whole)!r} ({whole['id']})"
    try:
        client.delete(resource.path, whole["id"], attempted)
    except (errors.NotFound, errors.Forbidden) as error:
        if any(each["id"] == whole["id"] for each in client.list(resource.path, attempted)):
            raise
        if not error.fate_unclear:
            # Not one of our attempts did it.
            done.warnings.append(f"{resource.name(whole)!r} ({whole['id']}) was deleted by somebody else in the meantime.")
            return
    done.changed = True


def _verify(resource: Resource, step: Step, answered: Object, attempted: str) -> None:
    """The service's answer has to show what was asked for."""
    left = not_as_asked(resource, step.body, answered)
    if left:
        said = f"the service accepted the request and left {', '.join(left)} otherwise"
        next_step = "Take that out of the task, or set it to what the service keeps."
        raise errors.NotAsAsked(attempted, said, next_step=next_step)


def _await_listed(client: Client, resource: Resource, object_id: str, done: Done) -> None:
    """A list may show a new object only after a while; the next task must not create it again."""

    def shown(listed: List[Object]) -> Optional[bool]:
        return any(each["id"] == object_id for each in listed) or None

    try:
        listed = _look(client, resource, f"see whether {object_id} is listed", shown)
    except errors.NotificationsError as error:
        listed, why = None, error.message
    else:
        why = "It is not in the list yet."
    if not listed:
        name = done.step.name
        done.warnings.append(f"{name!r} ({object_id}) was created, but a task that looks for it soon may not find it. {why}")


def _look(
    client: Client, resource: Resource, attempted: str, wanted: Callable[[List[Object]], Optional[Found]]
) -> Optional[Found]:
    """List until something is found, for a short while."""
    for seconds in LOOKS:
        if seconds and not client.pause(seconds, f"the list may not show a new {resource.noun} at once"):
            return None
        found = wanted(client.list(resource.path, attempted))
        if found is not None:
            return found
    return None

