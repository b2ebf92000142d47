# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries a plan out through a client; in check mode it does everything but that.

Private to the collection.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field, replace
from typing import Callable, Dict, FrozenSet, List, Optional, Sequence, TypeVar

from . import errors
from .client import Client
from .existing import existing
from .plan import CREATE, DELETE, KEEP, UPDATE, Plan, Step, not_as_asked, plan
from .resources import Object, Resource, reference_ids, target_kind

Found = TypeVar("Found")
Given = TypeVar("Given")
Made = TypeVar("Made")

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
    workers = min(manner.concurrency, len(plans))
    return _at_once(lambda planned: carry_out(client, planned, alone, stopped), plans, workers, stopped)


def _at_once(
    work: Callable[[Given], Made],
    given: Sequence[Given],
    workers: int,
    stopped: threading.Event,
    one_more: Callable[[], None] = lambda: None,
) -> List[Made]:
    """What work makes of each, several at once, in their order; ``one_more`` is told of each that is finished."""
    with ThreadPoolExecutor(workers) as pool:
        try:
            under_way = [pool.submit(work, each) for each in given]
            for finished in as_completed(under_way):
                finished.result()  # what no thread expected is not to pass for success
                one_more()
        except BaseException:
            # Ansible's own time-out or an interruption: begin nothing more.
            stopped.set()
            raise
    return [each.result() for each in under_way]


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
        dones = carried.managed + carried.purged
        crew.work(dones, UPDATE, "changed")
        crew.work(dones, CREATE, "created")
        if planned.released:
            if any(_replaced(done) for done in dones):
                # What took its place was handed its subscriptions, so these are not what they were when the plan was made.
                carried.released = _released_anew(client, planned.released, manner, carried.released)
            crew.released(_Crew(client, planned.released, manner, stopped), carried.released)
        crew.work(dones, DELETE, "deleted")
    return carried


def _replaced(done: Done) -> bool:
    return bool(done.step.action == UPDATE and done.after and done.step.before and done.after["id"] != done.step.before["id"])


def _released_anew(client: Client, released: Plan, manner: Manner, dones: List[Done]) -> List[Done]:
    """The same wishes, planned from what is there now."""
    try:
        again = plan(released.resource, [step.wish for step in released.steps], existing(client, released.resource))
    except errors.NotificationsError as error:
        dones[0].error, dones[0].attempted = error, True
        return dones
    return _prepared(again, manner).managed


def _prepared(planned: Plan, manner: Manner) -> Carried:
    """Nothing is done yet; in check mode, that is all, and what would be is foretold."""
    dones = [Done(step, after=step.before, warnings=list(step.warnings)) for step in planned.all_steps]
    for done in dones:
        if manner.check_mode:
            done.after, done.changed = done.step.after, done.step.changed
        else:
            done.attempted = done.step.action == KEEP
    return Carried(dones[: len(planned.steps)], dones[len(planned.steps) :])


@dataclass(frozen=True)
class _Place:
    """Where a plan is carried out: one collection behind a client, and the ids that it had when the plan was made.

    ``handing_over`` keeps two replacements from reading one subscription and each writing only its own half.
    """

    client: Client
    resource: Resource
    known: FrozenSet[str]
    handing_over: threading.Lock = field(default_factory=threading.Lock)

    def list(self, attempted: str) -> List[Object]:
        return existing(self.client, self.resource, attempted)


class _Crew:
    """The threads that carry one plan out."""

    def __init__(self, client: Client, planned: Plan, manner: Manner, stopped: threading.Event) -> None:
        self._at = _Place(client, planned.resource, planned.there.ids)
        self._manner = manner
        self._stopped = stopped

    def work(self, dones: List[Done], action: str, participle: str) -> None:
        """Do all steps of one action, unless something failed before."""
        group = [done for done in dones if done.step.action == action]
        self._work_group(group, participle)
        # A replacement makes a new object as well.
        created = [done for done in group if done.changed and done.after and done.after["id"] not in self._at.known]
        if created:
            _await_listed(self._at, created)

    def released(self, others: _Crew, dones: List[Done]) -> None:
        """Have another crew release what is to be deleted; where that fails, nothing is."""
        if not any(done.error for done in dones):
            others.work(dones, UPDATE, "released")
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
        _at_once(self._do, group, workers, self._stopped, progress.one_more)

    def _do(self, done: Done) -> None:
        if self._stopped.is_set():
            return
        done.attempted = True
        step = done.step
        for whole in (step.before or {}, dict(step.body)):
            self._at.client.veil.learn(*self._at.resource.secrets(whole))
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
                lost = f"The answer to creating {step.name!r} was lost ({error.said}); it was found as {made['id']}."
                done.warnings.append(lost)
    done.after, done.changed = made, True
    try:
        _verify(at.resource, step, made, attempted)
    except errors.NotAsAsked as error:
        if at.resource.name_field and at.resource.key(made) != step.wish.key:
            # Under another name the next run would not find it, and make one more.
            _delete_object(at, made, done)
            done.after, done.changed = None, False
            error.said = f"{error.said}; under another name it would not be found again, so it was deleted"
        raise


def _meet(at: _Place, step: Step, done: Done, conflict: errors.Conflict, lost_before: bool) -> None:
    """What was to be created is there by now, so it is changed to what is wanted, unless it is that already.

    ``lost_before`` says that the answer to an earlier attempt was lost, so it may have been this task that made it.
    """

    def of_the_key(listed: List[Object]) -> Optional[List[Object]]:
        return [each for each in listed if at.resource.key(each) == step.wish.key] or None

    found = _look(at, conflict.attempted, of_the_key)
    if found is None:
        conflict.next_step = "The service says that it is there and does not show it. Run the task again."
        raise conflict
    done.step = plan(at.resource, [step.wish], found).steps[0]
    done.after = done.step.after
    done.changed = lost_before
    by_whom = "by this task, whose answer was lost, or by somebody else" if lost_before else "by somebody else"
    done.warnings.append(f"The {at.resource.one(step.name)} was created {by_whom} in the meantime, as {found[0]['id']}.")
    if done.step.action == UPDATE:
        _update(at, done.step, done)
        done.changed = done.changed or lost_before


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


def _update(at: _Place, step: Step, done: Done) -> None:
    before = step.before or {}
    attempted = f"change the {at.resource.one(at.resource.name(before))} ({before['id']})"
    try:
        now = at.client.change(at.resource.path, before["id"], dict(step.body), attempted)
    except (errors.Rejected, errors.Conflict) as refused:
        if "target.kind" not in step.changes:
            raise
        if not step.wish.replace:
            refused.next_step = (
                f"If the service does not let {target_kind(before)} become {target_kind(step.body)}: with replace: true "
                f"a new {at.resource.noun} takes the place of this one, under a new id."
            )
            raise
        _replace(at, step, done)
        return
    done.after = now
    done.changed = any(before.get(name) != now.get(name) for name in step.body) or not not_as_asked(at.resource, step.body, now)
    _verify(at.resource, step, now, attempted)


def _replace(at: _Place, step: Step, done: Done) -> None:
    """A new object, then the old one's deletion; at no time is there none.

    Where the new one may not have the old one's name as long as that is there, the old one is renamed for the time.
    """
    before = step.before or {}
    old_id, name = before["id"], at.resource.name(before)
    whole = {each.name: (step.after or {}).get(each.name) for each in at.resource.fields}
    body = {member: value for member, value in whole.items() if value}
    creation = Step(step.wish, CREATE, step.name, after=step.after, body=body, changes=step.changes)
    try:
        _create_instead(at, creation, done)
    except errors.Conflict:
        aside = f"{name[:40]} (to be replaced)"
        attempted = f"rename the {at.resource.noun} {name!r} ({old_id}) for its replacement"
        try:
            at.client.change(at.resource.path, old_id, {at.resource.name_field: aside}, attempted)
        except errors.NotificationsError as error:
            if error.fate_unclear:
                error.next_step = f"If {old_id} is named {aside!r} now, name it {name!r} again. {error.next_step}"
            raise
        done.changed = True
        try:
            _create_instead(at, creation, done)
        except errors.NotificationsError as error:
            renamed = f"{error.said.rstrip('.')}; {old_id} is named {aside!r} for now"
            if error.fate_unclear:
                error.said = renamed
            else:
                back = f"rename {old_id} back to {name!r} after its replacement failed ({renamed})"
                at.client.change(at.resource.path, old_id, {at.resource.name_field: name}, back)
                done.changed = False
            raise
    new_id = (done.after or {})["id"]
    with at.handing_over:
        _hand_over(at, old_id, new_id)
    try:
        _delete_object(at, before, done)
    except errors.NotificationsError as error:
        error.next_step = f"{error.next_step} {old_id} is still there beside {new_id}, and has to be deleted."
        raise


def _hand_over(at: _Place, old_id: str, new_id: str) -> None:
    """Whatever referred to the old object refers to the new one from now on."""
    attempted = f"have what refers to {old_id} refer to {new_id}, which takes its place"
    try:
        for each in at.client.list(at.resource.used_by, attempted):
            ids = reference_ids(each.get("integrations"))
            if old_id in ids:
                body = {"integrations": [{"id": new_id if known == old_id else known} for known in ids]}
                at.client.change(at.resource.used_by, each["id"], body, attempted)
    except errors.NotificationsError as error:
        error.next_step = f"{old_id} is still there beside {new_id}; what goes to it has to be routed anew, and it has to be deleted."
        raise


def _create_instead(at: _Place, creation: Step, done: Done) -> None:
    """Create; what the service made otherwise than asked goes again, for the old one is still there."""
    old = done.after
    try:
        _create(at, creation, done)
    except errors.NotAsAsked:
        if done.after is not None:
            _delete_object(at, done.after, done)
        done.after, done.changed = old, False
        raise


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
        if any(each["id"] == whole["id"] for each in at.list(attempted)):
            raise
        if not error.fate_unclear:
            # Not one of our attempts did it.
            done.warnings.append(f"{at.resource.name(whole)!r} ({whole['id']}) was deleted by somebody else in the meantime.")
            return
    done.changed = True


def _verify(resource: Resource, step: Step, answered: Object, attempted: str) -> None:
    """The service's answer has to show what was asked for."""
    left = not_as_asked(resource, step.body, answered)
    if left:
        said = f"the service accepted the request and left {', '.join(left)} of {answered['id']} otherwise"
        next_step = "Take that out of the task, or set it to what the service keeps."
        raise errors.NotAsAsked(attempted, said, next_step=next_step)


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
        done.warnings.append(f"{done.step.name!r} ({object_id}) was created, but a task that looks for it soon may not find it. {why}")
    for object_id, done in twins.items():
        ours = (done.after or {})["id"]
        done.warnings.append(
            f"Somebody else created another {at.resource.one(done.step.name)} in the meantime: {object_id} beside {ours}, which is this "
            "task's. Delete one of the two by its id; until then, tasks that name it fail."
        )


def _look(at: _Place, attempted: str, wanted: Callable[[List[Object]], Optional[Found]]) -> Optional[Found]:
    """List until something is found, for a short while."""
    for seconds in LOOKS:
        if seconds and not at.client.pause(seconds, f"the list may not show a new {at.resource.noun} at once"):
            return None
        found = wanted(at.list(attempted))
        if found is not None:
            return found
    return None
