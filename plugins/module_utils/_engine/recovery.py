# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finds out from the list whether a lost creation took effect, and waits until changes are listed."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import (
    AbstractSet,
    Any,
    Callable,
    ContextManager,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    MutableMapping,
    Optional,
    Set,
    Tuple,
)

from .._common import Listing, Object, noop
from .._errors import (
    DependencyFailedError,
    ForbiddenError,
    NotFoundError,
    NotificationsError,
    OutcomeUnknownError,
)
from .._redaction import name_with_id, quoted
from .creation_lock import CreationLock, creation_lock
from .model import Client, Reference, Resource
from .plan import Step
from .planner import unapplied_changes
from .result import StepResult
from .snapshot import existing_object, existing_objects

#: Delays in seconds before each poll of a list that may lag behind: less than eight in total.
POLL_DELAYS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)

RUN_ONCE = "If several hosts of a play manage one organization, use `run_once: true` or `delegate_to`."

#: IDs of objects that a plan created or updated, by the path of their collection and their key.
WrittenIds = MutableMapping[Tuple[str, str], str]


@dataclass
class StepContext:
    """What the steps of one collection share.

    ``known_ids`` are the IDs that it had when the plan was made, ``planned_keys`` the keys that it will have.
    """

    client: Client
    resource: Resource
    known_ids: FrozenSet[str]
    planned_keys: AbstractSet[str]
    written_ids: WrittenIds
    #: IDs of objects that were created again during the run, by the IDs that they had.
    replaced_ids: Mapping[str, str]
    _claimed: Set[str] = field(default_factory=set)
    _created_by_key: Dict[str, str] = field(default_factory=dict)
    _duplicates: Dict[str, Set[str]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def list_all(self) -> Listing:
        """The existing objects at this moment."""
        listed = self.resource.read(self.client, noop)
        objects = Listing(existing_objects(self.client, self.resource, listed), listed.unlisted)
        with self._lock:
            for obj in objects:
                created_id = self._created_by_key.get(self.resource.key(obj))
                if created_id is not None and created_id != obj["id"]:
                    self._duplicates.setdefault(created_id, set()).add(obj["id"])
        return objects

    def watch_for_duplicates(self, obj: Object) -> None:
        """From now on, each list is searched for other objects with the key of this one."""
        with self._lock:
            self._created_by_key[self.resource.key(obj)] = obj["id"]

    def duplicates_of(self, object_id: str) -> List[str]:
        """The IDs of other objects with the key of a created object, in any list since its creation."""
        return sorted(self._duplicates.get(object_id, ()))

    def claim(self, object_id: str) -> bool:
        """Count an object as created by this step; False if it existed before or another step created it."""
        with self._lock:
            is_new = object_id not in self.known_ids and object_id not in self._claimed
            self._claimed.add(object_id)
        return is_new

    def is_claimed(self, object_id: str) -> bool:
        return object_id in self._claimed

    def creation_lock(self, key: str) -> ContextManager[CreationLock]:
        """This task's turn to create an object with a key, among all tasks of this controller."""
        client = self.client
        collection = self.resource.address
        return creation_lock(client.endpoint, client.user, *collection, key, wait=client.wait_for_turn)

    def resolve_references(self, value: Any) -> Any:
        """A value with the ID of the created object in place of each reference.

        Raises DependencyFailedError.
        """
        if isinstance(value, Reference):
            object_id = self.written_ids.get((value.path, value.key))
            if object_id is None:
                raise DependencyFailedError(f"{quoted(value.key)}, which it refers to, was not created")
            return {"id": object_id}
        if isinstance(value, Mapping) and value.get("id") in self.replaced_ids:
            return {"id": self.replaced_ids[value["id"]]}
        if isinstance(value, Mapping):
            return {name: self.resolve_references(inner) for name, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.resolve_references(inner) for inner in value]
        return value


def poll_list(ctx: StepContext, reason: str) -> Iterator[Listing]:
    """The existing objects, again and again for a short while."""
    for seconds in POLL_DELAYS:
        if seconds and not ctx.client.pause(seconds, reason):
            return
        yield ctx.list_all()


_MAY_LAG = "the list may not show a new object at once"
#: The time in seconds after which a list is expected to show a new object. The contract promises none.
LONGEST_LAG = 60.0


def _may_linger(ctx: StepContext) -> str:
    return f"the list may still show a deleted {ctx.resource.noun}"


def find_by_key(ctx: StepContext, key: Optional[str]) -> Listing:
    """The objects with a key, as soon as the list shows any; empty if it does not."""
    return _poll_until_found(ctx, lambda obj: ctx.resource.key(obj) == key)


def _poll_until_found(ctx: StepContext, matches: Callable[[Object], bool]) -> Listing:
    found = Listing()
    for objects in poll_list(ctx, _MAY_LAG):
        found = Listing(filter(matches, objects), objects.unlisted)
        if found:
            break
    return found


def read_current(ctx: StepContext, object_id: str) -> Optional[Object]:
    """The object with an ID as it is now; None if it does not exist.

    The list may lag behind, so the object is read by its ID. The service may answer 403 instead of 404, which
    proves nothing, so the list decides then. Raises NotificationsError, also for a 404 of another server.
    """
    try:
        obj = ctx.client.read(ctx.resource.path, object_id)
    except NotFoundError as error:
        if not error.is_from_api:
            raise
        return None
    except ForbiddenError as error:
        return _find_while_listed(ctx, object_id, error)
    return existing_object(ctx.client, ctx.resource, obj)


def _find_while_listed(ctx: StepContext, object_id: str, forbidden: ForbiddenError) -> Optional[Object]:
    """The listed object with an ID; None as soon as a complete list does not show it."""
    found: List[Object] = []
    for objects in poll_list(ctx, _may_linger(ctx)):
        found = [obj for obj in objects if obj["id"] == object_id]
        if not found and objects.unlisted:
            raise forbidden
        if not found:
            return None
    return found[0]


def recover_lost_create(
    ctx: StepContext, step: Step, body: Mapping[str, Any], lost: NotificationsError
) -> Optional[Object]:
    """The one new object that matches a creation whose response was lost.

    None if no object matches and the creation may be sent again: only after a 503 that said when to retry.
    Raises OutcomeUnknownError otherwise.
    """
    may_retry = (
        lost.status == 503
        and lost.retry_after is not None
        and ctx.client.pause(lost.retry_after, lost.detail)
    )
    try:
        found = _poll_until_found(
            ctx,
            lambda obj: obj["id"] not in ctx.known_ids and not unapplied_changes(ctx.resource, body, obj),
        )
    except NotificationsError as error:
        finding = f"listing the {ctx.resource.noun}s failed too ({error.detail.rstrip('.')})"
    else:
        if len(found) == 1:
            return found[0]
        if may_retry and not found and not found.unlisted:
            return None
        finding = f"no new {ctx.resource.noun} in the list matches the request"
        if found:
            ids = ", ".join(obj["id"] for obj in found)
            finding = f"{len(found)} new {ctx.resource.noun}s match the request ({ids})"
    raise OutcomeUnknownError(
        f"the response was lost ({lost.detail.rstrip('.')}), and {finding}",
        status=lost.status,
        code=lost.code,
        request_id=lost.request_id,
        outcome_unknown=True,
    )


def wait_until_listed(ctx: StepContext, created: Mapping[int, StepResult]) -> Dict[int, str]:
    """Wait until the list shows these created objects; otherwise the next task would create them again.

    ``created`` has the results by position. Returns warnings by position, about objects that are missing.
    """
    positions = {(result.after or {})["id"]: position for position, result in created.items()}
    missing, error = _wait_for_list(ctx, positions, _MAY_LAG, should_be_listed=True)
    text = f"was created, but the next task may not find it. {error or 'It is not listed yet.'}"
    return _list_warnings(created, positions, missing, text)


def wait_until_unlisted(ctx: StepContext, deleted: Mapping[int, StepResult]) -> Dict[int, str]:
    """Wait until the list no longer shows these objects; otherwise the next task would find them.

    Returns warnings by position, about objects that are still listed.
    """
    positions = {(result.step.before or {})["id"]: position for position, result in deleted.items()}
    listed, error = _wait_for_list(ctx, positions, _may_linger(ctx), should_be_listed=False)
    text = f"was deleted, but the next task may still find it. {error or 'It is still listed.'}"
    return _list_warnings(deleted, positions, listed, text)


def _list_warnings(
    results: Mapping[int, StepResult], positions: Mapping[str, int], object_ids: Iterable[str], text: str
) -> Dict[int, str]:
    """Warnings by position. Each begins with the name and the ID of an object."""
    return {
        positions[object_id]: f"{name_with_id(results[positions[object_id]].step.name, object_id)} {text}"
        for object_id in object_ids
    }


def _wait_for_list(
    ctx: StepContext, object_ids: Iterable[str], reason: str, should_be_listed: bool
) -> Tuple[List[str], str]:
    """Wait until all of these objects are listed, or none of them.

    Returns those for which the list does not change in time, and the message of the error if it cannot be
    read.
    """
    remaining = list(object_ids)
    try:
        for objects in poll_list(ctx, reason):
            listed = {obj["id"] for obj in objects}
            remaining = [object_id for object_id in remaining if (object_id in listed) != should_be_listed]
            if not remaining:
                break
    except NotificationsError as error:
        return remaining, error.message
    return remaining, ""


def duplicate_warnings(ctx: StepContext, results: Mapping[int, StepResult]) -> Dict[int, str]:
    """Warnings by position, about objects that somebody else created with the key of a created one.

    Nothing can prevent that if the service allows it.
    """
    warnings: Dict[int, str] = {}
    for position, result in results.items():
        own_id = (result.after or {}).get("id", "")
        others = ctx.duplicates_of(own_id)
        if others:
            subject = ctx.resource.describe(result.step.name)
            warnings[position] = (
                f"Another task or user created another {subject} in the meantime: {', '.join(others)}, "
                f"beside {own_id} of this task. Delete all but one of them by ID; until then, tasks that use "
                f"the name fail. {RUN_ONCE}"
            )
    return warnings
