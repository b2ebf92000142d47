# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out one step: creates, updates or deletes one object, and checks what the service made of it."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from typing import Any, List, Mapping, Optional, Tuple, Union

from .._common import Object
from .._errors import (
    BadRequestError,
    ChangeNotAppliedError,
    ConflictError,
    ForbiddenError,
    NotFoundError,
    NotificationsError,
    OutcomeUnknownError,
    RefusedError,
    RefusedLaterError,
)
from .._redaction import name_with_id, quoted
from .model import Collection
from .plan import Action, Step
from .planner import plan_step, unapplied_changes
from .recovery import LONGEST_LAG, RUN_ONCE, StepContext, find_by_key, read_current, recover_lost_create
from .result import StepResult
from .snapshot import refuse_invalid_objects

#: How often a step is planned again because the organization has changed since the snapshot.
MAX_REPLANS = 1


@dataclass(frozen=True)
class Outdated:
    """The snapshot is outdated, so the step must be planned again.

    ``current`` has the object as it is now, if it exists. ``cause`` is raised if the step has been planned
    again too often. ``may_be_ours`` is True if a lost request of this step may have made the change.
    """

    current: Tuple[Object, ...]
    cause: NotificationsError
    warning: str = ""
    may_be_ours: bool = False


Outcome = Union[StepResult, Outdated]


def apply_step(ctx: StepContext, step: Step) -> StepResult:
    """Carry out one step. Errors are in the result."""
    warnings = step.warnings
    may_have_changed = False
    outcome = _attempt(ctx, step)
    for _replan in range(MAX_REPLANS):
        if isinstance(outcome, StepResult):
            break
        warnings += (outcome.warning,) if outcome.warning else ()
        may_have_changed = may_have_changed or outcome.may_be_ours
        try:
            replanned = plan_step(step.desired, Collection(step.resource, outcome.current))
            _refuse_other_changes(step, replanned, outcome.cause)
        except NotificationsError as error:
            outcome = _failed(step, error)
        else:
            warnings += tuple(text for text in replanned.warnings if text not in warnings)
            step = replace(replanned, reason=step.reason)
            outcome = _attempt(ctx, step)

    result = outcome if isinstance(outcome, StepResult) else _failed(step, outcome.cause)
    return replace(result, changed=result.changed or may_have_changed, warnings=warnings + result.warnings)


def _refuse_other_changes(step: Step, replanned: Step, cause: NotificationsError) -> None:
    """Raise ConflictError if an update would change members that its reviewed plan does not change.

    Limits, policies and ``keep`` were applied to that plan.
    """
    others = sorted(set(replanned.changes) - set(step.changes))
    if step.action is Action.UPDATE and replanned.action is Action.UPDATE and others:
        raise ConflictError(
            f"another task or user changed {', '.join(others)} in the meantime",
            status=cause.status,
            code=cause.code,
            request_id=cause.request_id,
            next_step="Run the task again, so that the change is planned with everything that it does.",
        )


def _attempt(ctx: StepContext, step: Step) -> Outcome:
    try:
        outcome = _OPERATIONS[step.action](ctx, step)
    except NotificationsError as error:
        return _failed(step, error)
    if isinstance(outcome, StepResult) and outcome.error:
        return replace(outcome, error=_with_operation(step, outcome.error))
    return outcome


def _failed(step: Step, error: NotificationsError) -> StepResult:
    return StepResult(
        step, after=step.before, changed=error.outcome_unknown, error=_with_operation(step, error)
    )


def _with_operation(step: Step, error: NotificationsError) -> NotificationsError:
    if isinstance(error, RefusedError):
        # Other steps may already have changed something.
        error = RefusedLaterError(**vars(error))
    return error if error.operation else error.replace(operation=step.operation)


def _keep(_ctx: StepContext, step: Step) -> Outcome:
    return StepResult(step, after=step.after)


# Creation


def _create(ctx: StepContext, step: Step) -> Outcome:
    body = ctx.resolve_references(step.body)
    with ctx.creation_lock(step.resource.key(body)) as lock:
        # Another task of this controller may have created the object after this task had read the list, or so
        # shortly before that the list did not show it.
        created = lock.created_since(ctx.client.created_at - LONGEST_LAG)
        existing = read_current(ctx, created) if created else None
        if existing is not None and step.resource.key(existing) == step.resource.key(body):
            unexpected = ConflictError("another task is changing it at the same time")
            return _already_exists(step, [existing], unexpected)
        outcome = _create_object(ctx, step, body)
        if isinstance(outcome, StepResult) and outcome.changed and outcome.after:
            lock.record_creation(outcome.after["id"])
        return outcome


def _create_object(ctx: StepContext, step: Step, body: Mapping[str, Any]) -> Outcome:
    warnings: Tuple[str, ...] = ()
    obj: Optional[Object] = None
    was_lost = False
    while obj is None:
        try:
            obj = ctx.client.create(step.resource.path, body)
        except NotificationsError as error:
            if isinstance(error, ConflictError) and step.resource.has_unique_keys:
                return _resolve_conflict(ctx, step, error, was_lost)
            hint = step.resource.rejection_hint(error, {}, body, step.changes)
            if isinstance(error, BadRequestError) and hint:
                raise error.replace(next_step=hint) from None
            if not error.outcome_unknown:
                raise
            was_lost = True
            obj = recover_lost_create(ctx, step, body, error)
            if obj is not None:
                lost = f"The response to creating {quoted(step.name)} was lost ({error.detail})"
                warnings = (f"{lost}; it was found as {obj['id']}.",)

    key = step.resource.key(obj)
    if key != step.resource.key(body) and key in ctx.planned_keys:
        raise _not_created_by(
            obj, f"which is {step.resource.key_relation} {quoted(key)} and belongs to another item"
        )
    if not ctx.claim(obj["id"]):
        raise _not_created_by(obj, "which existed before")
    return replace(_verify_creation(ctx, step, body, obj), warnings=warnings)


def _not_created_by(obj: Object, reason: str) -> OutcomeUnknownError:
    """The object may belong to somebody else, so it is neither counted as created nor deleted."""
    return OutcomeUnknownError(
        f"the service answered with the object {quoted(obj['id'])}, {reason}",
        next_step="Nothing was deleted. Check whether the object exists twice.",
        outcome_unknown=True,
    )


def _verify_creation(ctx: StepContext, step: Step, body: Mapping[str, Any], obj: Object) -> StepResult:
    verified, error = _verify(ctx, body, obj)
    if not isinstance(error, ChangeNotAppliedError) or not _is_only_normalized(step, body, verified):
        return StepResult(step, after=verified, changed=True, error=error)

    # The service normalizes names, for example by trimming. The next run would not find the object under the
    # name of the task, and would create one more.
    try:
        delete_object(ctx, obj)
    except NotificationsError as deletion_error:
        return StepResult(step, after=obj, changed=True, error=deletion_error)
    detail = f"{error.detail}. It was deleted, because it could not be found again under another name"
    return StepResult(step, after=None, error=error.replace(detail=detail))


def _is_only_normalized(step: Step, body: Mapping[str, Any], obj: Object) -> bool:
    """Whether nothing but the name differs, and the name only in whitespace or Unicode normalization.

    Anything else may be an object of another client.
    """
    name_field = step.resource.name_field
    if unapplied_changes(step.resource, body, obj) != (name_field,):
        return False
    sent, stored = (
        "".join(unicodedata.normalize("NFKC", str(fields.get(name_field))).split()) for fields in (body, obj)
    )
    return sent == stored


_NOT_LISTED_YET = "The service does not list it yet. Run the task again."


def _resolve_conflict(ctx: StepContext, step: Step, conflict: ConflictError, was_lost: bool) -> Outdated:
    existing = find_by_key(ctx, step.desired.key)
    if not existing:
        raise conflict.replace(next_step=_NOT_LISTED_YET)
    return _already_exists(step, existing, conflict, was_lost)


def _already_exists(
    step: Step, existing: List[Object], cause: NotificationsError, was_lost: bool = False
) -> Outdated:
    """The object already exists: update it if it differs."""
    by_whom = (
        "by this task (the response was lost) or by another task or user"
        if was_lost
        else "by another task or user"
    )
    subject = step.resource.describe(step.name)
    warning = f"The {subject} was created {by_whom} in the meantime, as {existing[0]['id']}. {RUN_ONCE}"
    return Outdated(tuple(existing), cause, warning, may_be_ours=was_lost)


# Update


def _update(ctx: StepContext, step: Step) -> Outcome:
    resource, before = step.resource, step.before or {}
    body = ctx.resolve_references(step.body)
    try:
        obj = ctx.client.update(resource.path, before["id"], body)
    except (NotFoundError, ForbiddenError) as error:
        return _resolve_missing(ctx, step, error)
    except (ConflictError, BadRequestError) as error:
        hint = resource.rejection_hint(error, before, body, step.changes)
        if hint:
            raise error.replace(next_step=hint) from None
        if isinstance(error, BadRequestError):
            raise
        return _reload(ctx, before, error)

    verified, unapplied = _verify(ctx, body, obj)
    is_applied = not unapplied_changes(resource, body, verified)
    changed = is_applied or any(before.get(name) != verified.get(name) for name in body)
    return StepResult(step, after=verified, changed=changed, error=unapplied)


def _resolve_missing(ctx: StepContext, step: Step, error: NotificationsError) -> Outdated:
    """The object may have been deleted in the meantime. It is created again, unless its ID was demanded."""
    if step.desired.id is not None:
        raise error
    before = step.before or {}
    current = _read_after(ctx, before, error)
    if current is None:
        return Outdated(
            (), error, f"{name_with_id(ctx.resource.name(before), before['id'])} was {_BY_OTHERS}"
        )
    if isinstance(error, ForbiddenError):
        raise error
    return Outdated((current,), error)


def _reload(ctx: StepContext, before: Object, conflict: NotificationsError) -> Outdated:
    """A conflict may mean that the request was based on a stale version of the object."""
    current = _read_after(ctx, before, conflict)
    if current is None:
        raise conflict
    return Outdated((current,), conflict)


def _read_after(ctx: StepContext, obj: Object, error: NotificationsError) -> Optional[Object]:
    """The object as it is now, after ``error`` answered a write; None if it does not exist."""
    try:
        return read_current(ctx, obj["id"])
    except NotificationsError as read_error:
        # An earlier attempt of the write may have taken effect, even if that cannot be read.
        raise read_error.replace(outcome_unknown=error.outcome_unknown) from None


# Deletion


def _delete(ctx: StepContext, step: Step) -> Outcome:
    before = step.before or {}
    if delete_object(ctx, before):
        return StepResult(step, changed=True)
    return StepResult(step, warnings=(f"{name_with_id(step.name, before['id'])} was {_BY_OTHERS}",))


_BY_OTHERS = "deleted by another task or user in the meantime."


def delete_object(ctx: StepContext, obj: Object, may_repeat: bool = True) -> bool:
    """Delete an object; False if another task or user has already deleted it."""
    try:
        ctx.client.delete(ctx.resource.path, obj["id"])
    except BadRequestError as error:
        hint = ctx.resource.rejection_hint(error, obj, {}, ())
        raise error.replace(next_step=hint) if hint else error from None
    except (NotFoundError, ForbiddenError) as error:
        if _read_after(ctx, obj, error) is None:
            # One of several attempts may have deleted it.
            return error.outcome_unknown
        if isinstance(error, ForbiddenError):
            raise
        if may_repeat:
            return delete_object(ctx, obj, may_repeat=False)
        next_step = "However, the service still returns the object. Run the task again."
        raise error.replace(next_step=next_step) from None

    return True


# What the service made of a write


def _verify(
    ctx: StepContext, body: Mapping[str, Any], obj: Object
) -> Tuple[Object, Optional[NotificationsError]]:
    """The object as the service has it now, with an error if that cannot be read or is not what was sent.

    The contract requires only some members of a response. What is missing is read before it counts as not
    applied.
    """
    next_step = "Remove it from the task, or set it to the value that the service keeps."
    if any(name not in obj for name in body):
        try:
            obj = {**obj, **ctx.client.read(ctx.resource.path, obj["id"])}
        except NotificationsError as error:
            detail = f"the service accepted the request, but reading the result failed: {error.detail}"
            return obj, error.replace(detail=detail)
        next_step = (
            "If another task or user changed it at the same time, run the task again. Otherwise remove that "
            "from the task, or set it to the value that the service keeps."
        )
    try:
        refuse_invalid_objects(ctx.resource, [obj])
    except NotificationsError as error:
        return {**obj, **body}, error
    unapplied = unapplied_changes(ctx.resource, body, obj)
    if not unapplied:
        return obj, None
    return obj, ChangeNotAppliedError(
        f"the service accepted the request but did not apply {', '.join(unapplied)} to {obj['id']}",
        next_step=next_step,
    )


_OPERATIONS = {
    Action.KEEP: _keep,
    Action.CREATE: _create,
    Action.UPDATE: _update,
    Action.DELETE: _delete,
}
