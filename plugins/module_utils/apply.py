# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out through a client; in check mode it does everything but that.

Private to the collection.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from typing import Callable, ContextManager, Dict, FrozenSet, List, Optional, Sequence, Set, TypeVar

from . import errors
from ._concurrency import run_concurrently
from ._creation_lock import CreationLock, creation_lock
from ._redaction import quoted
from .client import Client
from .existing import existing
from .plan import CREATE, DELETE, KEEP, UPDATE, Plan, Step, not_as_asked, plan
from .resources import Object, Resource, target_kind

Found = TypeVar("Found")

_RUN_ONCE = "If several hosts of a play manage one organization, use run_once: true or delegate_to."

#: Seconds before each look at a list that may lag behind: less than eight in all.
LOOKS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)


@dataclass
class Done:
    """What became of a step. ``after`` is the object as the service shows it, or in check mode as it would.

    ``changed`` counts what was done before an ``error``, and a write whose fate is not known. ``attempted`` is False for what
    an earlier failure left undone.
    """

    step: Step
    after: Optional[Object] = None
    changed: bool = False
    attempted: bool = True
    error: Optional[errors.NotificationsError] = None
    warnings: List[str] = field(default_factory=list)


@dataclass
class Carried:
    """What became of a plan: of its wishes, of what it purges, and of what had to be released first."""

    managed: List[Done]
    purged: List[Done]
    released: List[Done] = field(default_factory=list)

    @property
    def all(self) -> List[Done]:
        return self.managed + self.released + self.purged

    @property
    def summary(self) -> Dict[str, int]:
        """How many there are of each outcome, of what was managed and purged."""
        counts = dict.fromkeys(("created", "changed", "deleted", "unchanged", "failed", "not_attempted"), 0)
        done_so = {CREATE: "created", UPDATE: "changed", DELETE: "deleted", KEEP: "unchanged"}
        for done in self.managed + self.purged:
            outcome = done_so[done.step.action] if done.changed else "unchanged"
            counts["failed" if done.error else "not_attempted" if not done.attempted else outcome] += 1
        return counts

    @property
    def changed(self) -> bool:
        return any(done.changed for done in self.all)

    @property
    def warnings(self) -> List[str]:
        return [warning for done in self.all for warning in done.warnings]

    def failure(self) -> Optional[errors.NotificationsError]:
        """The first failure of several, saying how it stands with the rest; None where all went well."""
        failed = [done.error for done in self.all if done.error is not None]
        if failed and len(self.managed) + len(self.purged) > 1:
            left = sum(not done.attempted for done in self.all)
            well = len(self.all) - len(failed) - left
            rest = f"Of {len(self.all)}, {well} are as wanted, {len(failed)} failed and {left} were not attempted."
            failed[0].next_step = f"{failed[0].next_step} {rest}".strip()
        return failed[0] if failed else None


@dataclass(frozen=True)
class Manner:
    """How a plan is carried out: not at all (check mode), how many requests at once, and whether one failure ends it.

    ``tell`` is given a line on how far a long job is.
    """

    check_mode: bool
    concurrency: int = 1
    continue_on_error: bool = False
    tell: Callable[[str], None] = lambda line: None


def carry_out_each(client: Client, plans: Sequence[Plan], manner: Manner) -> List[Carried]:
    """Do what several plans say, each of another resource, several plans at once; what became of each, in their order."""
    if not plans:
        return []
    stopped, alone = threading.Event(), replace(manner, concurrency=1)

    def cancel() -> None:
        stopped.set()
        client.cancel()

    return run_concurrently(lambda planned: carry_out(client, planned, alone, stopped), plans, manner.concurrency, cancel)


def carry_out(client: Client, planned: Plan, manner: Manner, stopped: Optional[threading.Event] = None) -> Carried:
    """Do what a plan says; what became of its steps, in the plan's order.

    Updates come first, then creations, then deletions, each several at once. Errors are in what is returned. After one, unless
    told otherwise, nothing more is begun, here and wherever else ``stopped`` is looked at; and nothing is deleted unless all
    was released that had to be.
    """
    stopped = stopped or threading.Event()
    carried = _prepared(planned, manner)
    carried.released = _prepared(planned.released, manner).managed if planned.released else []
    if not manner.check_mode:
        crew = _Crew(client, planned, manner, stopped)
        # Each step is carried out once, in the group of its planned action. What happens meanwhile may turn an update into a creation.
        dones = carried.managed + carried.purged
        updates, creations, deletions = ([done for done in dones if done.step.action == action] for action in (UPDATE, CREATE, DELETE))
        crew.work(updates, "changed")
        crew.work(creations, "created")
        if planned.released:
            crew.released(_Crew(client, planned.released, manner, stopped), carried.released)
        crew.work(deletions, "deleted")
        crew.await_unlisted(deletions)
    return carried


def _prepared(planned: Plan, manner: Manner) -> Carried:
    """Nothing is done yet; in check mode, that is all, and what would be is foretold."""
    dones = [Done(step, after=step.before, warnings=list(step.warnings)) for step in planned.all_steps]
    for done in dones:
        if manner.check_mode:
            done.after, done.changed = done.step.after, done.step.changed
        else:
            done.attempted = done.step.action == KEEP
    return Carried(dones[: len(planned.steps)], dones[len(planned.steps) :])


@dataclass
class _Place:
    """Where a plan is carried out: one collection behind a client, the ids that it had when the plan was made, and the ids of what
    this plan created.
    """

    client: Client
    resource: Resource
    known: FrozenSet[str]
    created: Set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def list(self, attempted: str) -> List[Object]:
        return existing(self.client, self.resource, attempted)

    def claim(self, object_id: str) -> bool:
        """Count an object as created by the current step; False if it existed before or belongs to another step."""
        with self._lock:
            is_new = object_id not in self.known and object_id not in self.created
            self.created.add(object_id)
        return is_new

    def creation_lock(self, key: str) -> ContextManager[CreationLock]:
        """This task's turn to create an object of this key, among all tasks of this controller."""
        return creation_lock(self.client.endpoint, self.client.user, self.resource.path, key, wait=self.client.wait_for_turn)


class _Crew:
    """The threads that carry one plan out."""

    def __init__(self, client: Client, planned: Plan, manner: Manner, stopped: threading.Event) -> None:
        self._at = _Place(client, planned.resource, planned.there.ids)
        self._manner = manner
        self._stopped = stopped

    def work(self, group: List[Done], participle: str) -> None:
        """Do all steps of one action, unless something failed before."""
        self._work_group(group, participle)
        created = [done for done in group if done.changed and done.after and done.after["id"] in self._at.created]
        if created:
            _await_listed(self._at, created)

    def await_unlisted(self, dones: List[Done]) -> None:
        """A list may show a deleted object for a while; the next task must not take it for one that exists."""
        deleted = {(done.step.before or {})["id"]: done for done in dones if done.step.action == DELETE and done.changed and not done.error}
        if deleted:
            _await_unlisted(self._at, deleted)

    def released(self, others: _Crew, dones: List[Done]) -> None:
        """Have another crew release what is to be deleted; where that fails, nothing is."""
        if not any(done.error for done in dones):
            others.work([done for done in dones if done.step.action == UPDATE], "released")
        if any(done.error for done in dones):
            self._stopped.set()

    def _work_group(self, group: List[Done], participle: str) -> None:
        progress = _Progress(self._at.client, len(group), participle, self._manner.tell)
        workers = min(self._manner.concurrency, len(group))
        if workers <= 1:
            for done in group:
                self._do(done)
                progress.one_more()
            return
        run_concurrently(self._do, group, workers, self._cancel, progress.one_more)

    def _cancel(self) -> None:
        self._stopped.set()
        self._at.client.cancel()

    def _do(self, done: Done) -> None:
        if self._stopped.is_set():
            return
        done.attempted = True
        step = done.step
        try:
            {CREATE: _create, UPDATE: _update, DELETE: _delete}[step.action](self._at, step, done)
        except errors.NotificationsError as error:
            done.error = error
            done.changed = done.changed or error.fate_unclear
            if not self._manner.continue_on_error:
                self._stopped.set()


class _Progress:
    """Tells every tenth of a job that takes more than two seconds."""

    def __init__(self, client: Client, total: int, participle: str, tell: Callable[[str], None]) -> None:
        self._client = client
        self._total = total
        self._participle = participle
        self._tell = tell
        self._begun = client.now()
        self._count = 0

    def one_more(self) -> None:
        self._count += 1
        tenth = self._count * 10 // self._total > (self._count - 1) * 10 // self._total
        if tenth and self._client.now() - self._begun > 2.0:
            self._tell(f"{self._participle} {self._count} of {self._total}")


def _create(at: _Place, step: Step, done: Done) -> None:
    if not at.resource.name_field:
        _create_new(at, step, done)
        return
    with at.creation_lock(at.resource.key(dict(step.body))) as lock:
        # Another task of this controller may have created one since this task has read the list.
        if lock.is_created_since(at.client.created_at) and _meet(at, step, done, None, False):
            return
        _create_new(at, step, done)
        if done.changed:
            lock.record_creation()


def _create_new(at: _Place, step: Step, done: Done) -> None:
    attempted = f"create the {at.resource.one(step.name)}"
    made: Optional[Object] = None
    lost_before = False
    while made is None:
        try:
            made = at.client.create(at.resource.path, dict(step.body), attempted)
        except errors.NotificationsError as error:
            if isinstance(error, errors.Conflict) and at.resource.unique:
                _meet(at, step, done, error, lost_before)
                return
            if not error.fate_unclear:
                raise
            # Only a service that is unavailable for a stated time is asked again, and only if there is nothing to be found.
            again = error.status == 503 and error.told_wait is not None and at.client.pause(error.told_wait, error.said)
            made = _adopt(at, step, error, again)
            lost_before = True
            if made is not None:
                lost = f"The response to creating {quoted(step.name)} was lost ({error.said}); it was found as {made['id']}."
                done.warnings.append(lost)
    if not at.claim(made["id"]):
        # It may be somebody else's, so it is neither counted as this step's nor deleted.
        said = f"the service answered with the object {quoted(made['id'])}, which existed before"
        unknown = errors.StateUnknown(attempted, said, next_step="Nothing was deleted. Check whether the object exists twice.")
        unknown.fate_unclear = True
        raise unknown
    done.after, done.changed = made, True
    try:
        done.after = _verify(at, step, made, attempted)
    except errors.NotAsAsked as error:
        # Under another name, such as a trimmed one, the next run would not find it and create one more. If anything else differs as well,
        # it may be somebody else's object.
        if not_as_asked(at.resource, step.body, made) == (at.resource.name_field,):
            _delete_object(at, made, done)
            done.after, done.changed = None, False
            error.said = f"{error.said}; under another name it would not be found again, so it was deleted"
        raise


def _meet(at: _Place, step: Step, done: Done, conflict: Optional[errors.Conflict], lost_before: bool) -> bool:
    """The object already exists: update it if it differs.

    ``conflict`` is what the service said. None means that another task of this controller created it; if it is not listed, it may have been
    deleted since, and the answer is False. ``lost_before``: the response to an earlier attempt was lost, so it may have been this task
    that created it.
    """

    def of_the_key(listed: List[Object]) -> Optional[List[Object]]:
        return [each for each in listed if at.resource.key(each) == step.wish.key] or None

    found = _look(at, f"create the {at.resource.one(step.name)}", of_the_key)
    if found is None:
        if conflict is None:
            return False
        conflict.next_step = "The service does not list it yet. Run the task again."
        raise conflict
    done.step = plan(at.resource, [step.wish], found).steps[0]
    done.after = done.step.after
    done.changed = lost_before
    by_whom = "by this task, whose response was lost, or by another one" if lost_before else "by another task or user"
    done.warnings.append(f"The {at.resource.one(step.name)} was created {by_whom} in the meantime, as {found[0]['id']}. {_RUN_ONCE}")
    if done.step.action == UPDATE:
        _update(at, done.step, done)
        done.changed = done.changed or lost_before
    return True


def _adopt(at: _Place, step: Step, lost: errors.NotificationsError, again: bool) -> Optional[Object]:
    """The one new object that answers the description of a create whose answer was lost.

    None where there is none and ``again`` allows to send the create once more; StateUnknown otherwise.
    """

    def new_ones(listed: List[Object]) -> Optional[List[Object]]:
        found = [each for each in listed if each["id"] not in at.known and not not_as_asked(at.resource, step.body, each)]
        return found or None

    try:
        found = _look(at, lost.attempted, new_ones) or []
    except errors.NotificationsError as error:
        seen = f"looking for it failed too ({error.said.rstrip('.')})"
    else:
        if len(found) == 1:
            return found[0]
        if again and not found:
            return None
        seen = f"{len(found)} new {at.resource.noun}s answer the description"
        if found:
            seen += f" ({', '.join(each['id'] for each in found)})"
    said = f"state unknown: {lost.said.rstrip('.')}; {seen}"
    unknown = errors.StateUnknown(lost.attempted, said, status=lost.status, code=lost.code, request_id=lost.request_id)
    unknown.fate_unclear = True
    raise unknown


def _update(at: _Place, step: Step, done: Done, is_stale: bool = False) -> None:
    """``is_stale``: this is the second attempt, planned from what was read after the service refused the first one."""
    before = step.before or {}
    attempted = f"change the {at.resource.one(at.resource.name(before))} ({before['id']})"
    try:
        now = at.client.change(at.resource.path, before["id"], dict(step.body), attempted)
    except errors.NotFound as missing:
        if step.wish.id is not None or not missing.is_from_api:
            raise
        # It was deleted since the list was read, or the list shows what was deleted.
        done.step = plan(at.resource, [step.wish], []).steps[0]
        done.after = None
        done.warnings.append(f"{quoted(at.resource.name(before))} ({before['id']}) was deleted by another task or user in the meantime.")
        if done.step.action == CREATE:
            _create(at, done.step, done)
        return
    except errors.Conflict as conflict:
        if is_stale or "target.kind" in step.changes:
            raise _with_kind_hint(conflict, at, step) from None
        # The request may have been based on a stale version: read again, and plan again.
        current = [each for each in at.list(attempted) if each["id"] == before["id"]]
        again = plan(at.resource, [replace(step.wish, id=before["id"])], current).steps[0] if current else None
        if again is None or again.action != UPDATE:
            raise
        done.step = again
        _update(at, again, done, is_stale=True)
        return
    except errors.Rejected as refused:
        raise _with_kind_hint(refused, at, step) from None
    done.after = now
    done.changed = any(before.get(name) != now.get(name) for name in step.body) or not not_as_asked(at.resource, step.body, now)
    done.after = _verify(at, step, now, attempted)


def _with_kind_hint(error: errors.NotificationsError, at: _Place, step: Step) -> errors.NotificationsError:
    if "target.kind" in step.changes:
        error.next_step = (
            f"If the service does not let {target_kind(step.before or {})} become {target_kind(step.body)}, create an {at.resource.noun} "
            "of another name, route notifications to it, and delete this one."
        )
    return error


def _delete(at: _Place, step: Step, done: Done) -> None:
    _delete_object(at, step.before or {}, done)
    done.after = None


def _delete_object(at: _Place, whole: Object, done: Done) -> None:
    """Delete; where the service says that it is not there, the list has the last word, for 403 proves nothing."""
    attempted = f"delete the {at.resource.one(at.resource.name(whole))} ({whole['id']})"
    try:
        at.client.delete(at.resource.path, whole["id"], attempted)
    except errors.Rejected as refused:
        if at.resource.used_by:
            refused.next_step = "If single resources have subscriptions that go there, take it from them first (resource_subscription)."
        raise
    except (errors.NotFound, errors.Forbidden) as error:
        # A 404 of the API is believed whatever the list shows, for that may lag behind. A 403 may mean missing: verify against the list.
        is_believed = isinstance(error, errors.NotFound) and error.is_from_api
        if not is_believed and any(each["id"] == whole["id"] for each in at.list(attempted)):
            raise
        if not error.fate_unclear:
            # Not one of our attempts did it.
            done.warnings.append(f"{quoted(at.resource.name(whole))} ({whole['id']}) was deleted by another task or user in the meantime.")
            return
    done.changed = True


def _verify(at: _Place, step: Step, answered: Object, attempted: str) -> Object:
    """The object as the service has it now. Raises NotAsAsked if it is not what was asked for.

    The contract requires only some members of a response. What is missing is read once more before it counts as not applied.
    """
    if any(name not in answered for name in step.body):
        answered = {**answered, **at.client.read(at.resource.path, answered["id"], attempted)}
    left = not_as_asked(at.resource, step.body, answered)
    if left:
        said = f"the service accepted the request and left {', '.join(left)} of {answered['id']} otherwise"
        next_step = "Take that out of the task, or set it to what the service keeps."
        raise errors.NotAsAsked(attempted, said, next_step=next_step)
    return answered


def _await_listed(at: _Place, created: List[Done]) -> None:
    """A list may show a new object only after a while; the next task must not create it again.

    The list also shows whether somebody else made another one of the same key meanwhile, which nothing can prevent.
    """
    missing = {done.after["id"]: done for done in created if done.after}
    made = {at.resource.key(done.after): done for done in created if done.after and not done.error}
    twins: Dict[str, Done] = {}

    def all_shown(listed: List[Object]) -> Optional[bool]:
        for each in listed:
            missing.pop(each["id"], None)
            done = made.get(at.resource.key(each))
            if done is not None and (done.after or {})["id"] != each["id"]:
                twins[each["id"]] = done
        return None if missing else True

    why = "It is not in the list yet."
    try:
        _look(at, "see whether what was created is listed", all_shown)
    except errors.NotificationsError as error:
        why = error.message
    for object_id, done in missing.items():
        done.warnings.append(
            f"{quoted(done.step.name)} ({object_id}) was created, but a task that looks for it soon may not find it. {why}"
        )
    for object_id, done in twins.items():
        ours = (done.after or {})["id"]
        done.warnings.append(
            f"Another task or user created another {at.resource.one(done.step.name)} in the meantime: {object_id} beside {ours}, which is "
            f"this task's. Delete one of the two by its id; until then, tasks that name it fail. {_RUN_ONCE}"
        )


def _await_unlisted(at: _Place, deleted: Dict[str, Done]) -> None:
    def none_shown(listed: List[Object]) -> Optional[bool]:
        shown = {each["id"] for each in listed}
        for object_id in set(deleted) - shown:
            del deleted[object_id]
        return None if deleted else True

    try:
        _look(at, "see whether what was deleted is still listed", none_shown, f"the list may still show a deleted {at.resource.noun}")
        why = "It is still listed."
    except errors.NotificationsError as error:
        why = error.message
    for object_id, done in deleted.items():
        done.warnings.append(f"{quoted(done.step.name)} ({object_id}) was deleted, but a task that looks for it soon may find it. {why}")


def _look(
    at: _Place, attempted: str, wanted: Callable[[List[Object]], Optional[Found]], why: str = "the list may not show a new object at once"
) -> Optional[Found]:
    """List until something is found, for a short while."""
    for seconds in LOOKS:
        if seconds and not at.client.pause(seconds, why):
            return None
        found = wanted(at.list(attempted))
        if found is not None:
            return found
    return None
