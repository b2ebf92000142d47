# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what is wanted and what is there, to the steps that lead from the one to the other.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, FrozenSet, Iterable, List, Mapping, Optional, Sequence, Tuple

from .errors import Ambiguous, HiddenUrl, InvalidInput, NoSuchObject, ReadOnlyKind
from .resources import ON_CHANGE, Comparison, Object, Resource

KEEP, CREATE, UPDATE, DELETE = "keep", "create", "update", "delete"


@dataclass(frozen=True)
class Wish:
    """What one object shall be. ``fields`` has only what was stated, in the API's own form.

    ``secrets`` says when secrets are written (resources.py); ``replace`` allows to delete and create where the service
    refuses a change.
    """

    present: bool = True
    id: Optional[str] = None
    name: Optional[str] = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    secrets: str = ON_CHANGE
    replace: bool = False


@dataclass(frozen=True)
class Step:
    """One object's way from ``before`` to ``after`` (None: not there). ``body`` is sent, ``changes`` names what differs.

    ``after`` is what the service will show, the members aside that only it can make.
    """

    wish: Wish
    action: str
    name: str
    before: Optional[Object] = None
    after: Optional[Object] = None
    body: Mapping[str, Any] = field(default_factory=dict)
    changes: Tuple[str, ...] = ()
    warnings: Tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        return self.action != KEEP


class Index:
    """What is there, found by id and by name in constant time."""

    def __init__(self, resource: Resource, existing: Iterable[Object]) -> None:
        self._by_id: Dict[str, Object] = {}
        self._by_name: Dict[str, List[Object]] = {}
        for each in existing:
            self._by_id[each["id"]] = each
            self._by_name.setdefault(resource.name(each), []).append(each)

    @property
    def ids(self) -> FrozenSet[str]:
        return frozenset(self._by_id)

    def by_id(self, object_id: str) -> Optional[Object]:
        return self._by_id.get(object_id)

    def by_name(self, name: str) -> Sequence[Object]:
        """All objects of exactly this name."""
        return self._by_name.get(name, ())


def find(resource: Resource, object_id: Optional[str], name: Optional[str], index: Index, attempted: str) -> Optional[Object]:
    """The one object that an id, or else an exact name, stands for; None where there is none. Raises Ambiguous."""
    if object_id is not None:
        return index.by_id(object_id)
    found = index.by_name(name or "")
    if len(found) > 1:
        listed = ", ".join(f"{each['id']} ({resource.kind(each) or 'unknown kind'})" for each in found)
        raise Ambiguous(attempted, f"{len(found)} {resource.noun}s are named {name!r}: {listed}")
    return found[0] if found else None


def plan(resource: Resource, wishes: Iterable[Wish], existing: Iterable[Object]) -> Tuple[List[Step], Index]:
    """One step for each wish, in the order of the wishes, and the index of what is there.

    Raises Ambiguous, NoSuchObject, ReadOnlyKind, HiddenUrl or InvalidInput where a wish cannot be carried out; nothing has
    been written then.
    """
    index = Index(resource, existing)
    return [_step(resource, wish, index) for wish in wishes], index


def _step(resource: Resource, wish: Wish, index: Index) -> Step:
    named = repr(wish.name) if wish.name is not None else wish.id
    attempted = f"{'manage' if wish.present else 'delete'} the {resource.noun} {named}"
    if wish.id == "" or wish.name == "":
        said = f"{'id' if wish.id == '' else resource.name_field} is empty"
        raise InvalidInput(attempted, said, next_step="Give it, or omit it.")
    there = find(resource, wish.id, wish.name, index, attempted)
    if not wish.present:
        return _absence(resource, wish, there, attempted)
    if there is not None:
        return _change(resource, wish, there, index, attempted)
    if wish.id is not None:
        said = f"there is no {resource.noun} with the id {wish.id}"
        raise NoSuchObject(attempted, said, next_step="The service chooses ids; omit id to create it by its name.")
    return _creation(resource, wish, attempted)


def _absence(resource: Resource, wish: Wish, there: Optional[Object], attempted: str) -> Step:
    if there is None:
        return Step(wish, KEEP, wish.name or wish.id or "")
    name = resource.name(there)
    if wish.name is not None and wish.name != name:
        said = f"{wish.id} is named {name!r}, not {wish.name!r}"
        raise InvalidInput(attempted, said, next_step="Give only one of id and display_name, or both rightly.")
    _refuse_read_only(resource, there, attempted, "deleted")
    return Step(wish, DELETE, name, before=there)


def _change(resource: Resource, wish: Wish, there: Object, index: Index, attempted: str) -> Step:
    comparisons = compare(resource, wish.fields, there, wish.secrets)
    changed = [name for name, comparison in comparisons.items() if comparison.differs]
    name = resource.name(there)
    masked = [part for comparison in comparisons.values() for part in comparison.masked]
    warnings = tuple(
        f"The service masks {part} of {name!r}, so whether it differs cannot be told, and it was left as it is. "
        "With update_webhook_url: always it is written on every run."
        for part in masked
    )
    if not changed:
        return Step(wish, KEEP, name, before=there, after=there, warnings=warnings)
    _refuse_read_only(resource, there, attempted, "changed")
    wanted_name = wish.fields.get(resource.name_field, name)
    others = [each["id"] for each in index.by_name(wanted_name) if each["id"] != there["id"]]
    if resource.name_field in changed and others:
        said = f"{', '.join(others)} is named {wanted_name!r} already"
        raise Ambiguous(attempted, said, next_step="Choose another name. Nothing was written.")
    body = {each: _written(resource, each, wish.fields[each], there.get(each), attempted) for each in changed}
    return Step(
        wish,
        UPDATE,
        wanted_name,
        before=there,
        after={**there, **body},
        body=body,
        changes=tuple(part for comparison in comparisons.values() for part in comparison.differs),
        warnings=warnings,
    )


def _creation(resource: Resource, wish: Wish, attempted: str) -> Step:
    fields = {resource.name_field: wish.name, **wish.fields}
    for each in resource.fields:
        if each.needed and each.name not in fields:
            said = f"it does not exist, and no {each.name} is given to create it with"
            raise InvalidInput(attempted, said, next_step=each.needed)
    # An empty text is what a new object has anyway.
    stated = [each.name for each in resource.fields if fields.get(each.name, "") != ""]
    body = {name: _written(resource, name, fields[name], None, attempted) for name in stated}
    changes = tuple(part for comparison in compare(resource, body, {}).values() for part in comparison.differs)
    after = {"api_version": "notifications/v1", "kind": resource.api_kind, **_empty_texts(resource), **body}
    return Step(wish, CREATE, fields[resource.name_field], after=after, body=body, changes=changes)


def compare(
    resource: Resource, fields: Mapping[str, Any], there: Mapping[str, Any], secrets: str = ON_CHANGE
) -> Dict[str, Comparison]:
    """Each stated field against what is there, in the order of the resource's fields."""
    return {
        each.name: each.compare(fields[each.name], there.get(each.name), secrets)
        for each in resource.fields
        if each.name in fields
    }


def not_as_asked(resource: Resource, body: Mapping[str, Any], answered: Mapping[str, Any]) -> Tuple[str, ...]:
    """What of a sent body an answered object does not have; what the service masks is taken on trust."""
    return tuple(part for comparison in compare(resource, body, answered).values() for part in comparison.differs)


def difference(resource: Resource, step: Step) -> Dict[str, Any]:
    """Ansible's ``diff``: before and after as far as they can be written, secrets hidden, a change of them visible."""
    names = [each.name for each in resource.fields]

    def part(whole: Optional[Object], changing: Tuple[str, ...]) -> Object:
        written = {name: (whole or {}).get(name) for name in names if name in (whole or {})}
        return resource.show(written, changing)

    header = f"{resource.noun} {step.name}"
    changing = step.changes if step.before is not None else ()
    return {
        "before": part(step.before, ()),
        "after": part(step.after, changing),
        "before_header": header,
        "after_header": header,
    }


def _empty_texts(resource: Resource) -> Object:
    return {each.name: "" for each in resource.fields if each.limit is not None}


def _written(resource: Resource, name: str, wanted: Any, there: Any, attempted: str) -> Any:
    try:
        return resource.field(name).write(wanted, there)
    except HiddenUrl as error:
        raise HiddenUrl(attempted, error.said) from None


def _refuse_read_only(resource: Resource, there: Object, attempted: str, done: str) -> None:
    if not resource.is_writable(there):
        kind = resource.kind(there) or "unknown"
        raise ReadOnlyKind(attempted, f"{there['id']} is of kind {kind}, which cannot be {done} through this API")
