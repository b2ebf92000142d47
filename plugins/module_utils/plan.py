# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what is wanted and what is there, to the steps that lead from the one to the other.

Private to the collection.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ._redaction import one_line, quoted
from .directory import Index
from .errors import Ambiguous, HiddenUrl, InvalidInput, NoSuchObject, TooManyDeletions
from .resources import ON_CHANGE, Comparison, Object, Resource

#: Names in a diff are padded to the longest one, but no further than this.
NAME_WIDTH = 40

KEEP, CREATE, UPDATE, DELETE = "keep", "create", "update", "delete"


@dataclass(frozen=True)
class Wish:
    """What one object shall be, by its id or else its key. ``fields`` has only what was stated, in the API's own form.

    ``given`` is there where the fields depend on what exists: it makes them of the object, or of None, and may refuse. None
    where there is no object means that none is wanted either.
    ``secrets`` says when secrets are written (resources.py).
    """

    present: bool = True
    id: Optional[str] = None
    key: Optional[str] = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    given: Optional[Callable[[Optional[Object]], Optional[Mapping[str, Any]]]] = None
    secrets: str = ON_CHANGE

    def fields_for(self, there: Optional[Object]) -> Optional[Mapping[str, Any]]:
        """What is to be, where this is what is there."""
        return self.fields if self.given is None else self.given(there)


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


@dataclass(frozen=True)
class Purge:
    """What is to go although no wish names it: at most ``limit`` objects, and none whose name or id one of ``keep`` matches."""

    limit: int
    keep: Tuple[str, ...] = ()

    def keeps(self, resource: Resource, there: Object) -> bool:
        called = (resource.name(there), there["id"])
        # A name may have brackets in it, which mean something else in a pattern.
        return any(each in called or any(fnmatchcase(name, each) for name in called) for each in self.keep)


@dataclass(frozen=True)
class Plan:
    """One step for each wish, in the order of the wishes, and one for each object to purge, in the order of names.

    ``there`` is what exists. ``released`` is the plan, of another resource, that has to be carried out before anything is
    deleted.
    """

    resource: Resource
    steps: Tuple[Step, ...]
    purged: Tuple[Step, ...]
    there: Index
    released: Optional[Plan] = None

    @property
    def all_steps(self) -> Tuple[Step, ...]:
        return self.steps + self.purged


def plan(resource: Resource, wishes: Sequence[Wish], existing: Iterable[Object], purge: Optional[Purge] = None) -> Plan:
    """What leads from what is there to what is wanted.

    Raises Ambiguous, NoSuchObject, HiddenUrl, TooManyDeletions, InvalidInput, or what the resource's description refuses,
    where that cannot be; nothing has been written then.
    """
    index = Index(resource, existing)
    keys = [wish.key if wish.id is None else None for wish in wishes]
    attempted = f"manage {resource.noun}s"
    refuse_repetition(keys, attempted, f"both are {resource.named_so}", lambda key: quoted(resource.called(key)))
    steps = tuple(_step(resource, wish, index) for wish in wishes)
    refuse_repetition([step.before["id"] if step.before else None for step in steps], attempted, f"both mean the {resource.noun}", quoted)
    purged: Tuple[Step, ...] = ()
    if purge is not None:
        meant = {step.before["id"] for step in steps if step.before}
        purged = _purged(resource, purge, (each for each in index if each["id"] not in meant))
    return Plan(resource, steps, purged, index)


def refuse_repetition(values: Iterable[Any], attempted: str, relation: str, called: Callable[[Any], str]) -> None:
    """Raises InvalidInput where two of a list's values are equal; None is equal to nothing."""
    seen: Dict[Any, int] = {}
    for position, value in enumerate(values, 1):
        if value is not None and value in seen:
            said = f"items {seen[value]} and {position} {relation} {called(value)}"
            raise InvalidInput(attempted, said, next_step="List each only once. Nothing was written.")
        if value is not None:
            seen[value] = position


def _purged(resource: Resource, purge: Purge, unnamed: Iterable[Object]) -> Tuple[Step, ...]:
    attempted = f"purge {resource.noun}s"
    going = [each for each in unnamed if not resource.refusal(each, None, attempted) and not purge.keeps(resource, each)]
    going.sort(key=lambda each: (resource.name(each), each["id"]))
    if len(going) > purge.limit:
        listed = ", ".join(f"{quoted(resource.name(each))} ({each['id']})" for each in going)
        said = f"{len(going)} would be deleted, and purge_limit is {purge.limit}: {listed}"
        raise TooManyDeletions(attempted, said)
    return tuple(Step(Wish(present=False, id=each["id"]), DELETE, resource.name(each), before=each) for each in going)


def _step(resource: Resource, wish: Wish, index: Index) -> Step:
    named = resource.one(resource.called(wish.key)) if wish.key is not None else f"{resource.noun} {wish.id}{resource.where}"
    attempted = f"{'manage' if wish.present else 'delete'} the {named}"
    there = index.find(wish.id, wish.key, attempted)
    if not wish.present:
        return _absence(resource, wish, there, attempted)
    if there is not None:
        return _change(resource, wish, there, index, attempted)
    if wish.id is not None:
        said = f"there is no {resource.noun} with the id {wish.id}"
        raise NoSuchObject(attempted, said, next_step="The service chooses ids; omit id to create it.")
    return _creation(resource, wish, attempted)


def _refuse(resource: Resource, there: Optional[Object], after: Optional[Object], attempted: str) -> None:
    refusal = resource.refusal(there, after, attempted)
    if refusal is not None:
        raise refusal


def _refuse_another(resource: Resource, wish: Wish, there: Object, attempted: str) -> None:
    """Both an id and a key are given, and they are not of the same object."""
    if wish.key is not None and wish.key != resource.key(there):
        said = f"{wish.id} is {resource.named_so} {quoted(resource.name(there))}, not {quoted(resource.called(wish.key))}"
        raise InvalidInput(attempted, said, next_step="Give only one of the two, or both rightly.")


def _absence(resource: Resource, wish: Wish, there: Optional[Object], attempted: str) -> Step:
    if there is None:
        return Step(wish, KEEP, resource.called(wish.key) if wish.key is not None else wish.id or "")
    _refuse_another(resource, wish, there, attempted)
    _refuse(resource, there, None, attempted)
    return Step(wish, DELETE, resource.name(there), before=there)


def _change(resource: Resource, wish: Wish, there: Object, index: Index, attempted: str) -> Step:
    if not resource.name_field:
        _refuse_another(resource, wish, there, attempted)
    fields = wish.fields_for(there) or {}
    comparisons = compare(resource, fields, there, wish.secrets)
    changed = [name for name, comparison in comparisons.items() if comparison.differs]
    name = resource.name(there)
    masked = [part for comparison in comparisons.values() for part in comparison.masked]
    warnings = tuple(
        f"The service masks {part} of {quoted(name)}, so whether it differs cannot be told, and it was left as it is. "
        "With update_webhook_url: always it is written on every run."
        for part in masked
    )
    if not changed:
        return Step(wish, KEEP, name, before=there, after=there, warnings=warnings)
    _refuse(resource, there, {**there, **fields}, attempted)
    if resource.name_field in changed:
        name = fields[resource.name_field]
        _refuse_odd_name(resource, name, attempted)
        others = [each["id"] for each in index.by_key(name) if each["id"] != there["id"]]
        if others:
            said = f"{', '.join(others)} is named {quoted(name)} already"
            raise Ambiguous(attempted, said, next_step="Choose another name. Nothing was written.")
    body = {each: _written(resource, each, fields[each], attempted) for each in changed}
    return Step(
        wish,
        UPDATE,
        name,
        before=there,
        after={**there, **body},
        body=body,
        changes=tuple(part for comparison in comparisons.values() for part in comparison.differs),
        warnings=warnings,
    )


def _creation(resource: Resource, wish: Wish, attempted: str) -> Step:
    name = resource.called(wish.key or "")
    stated_fields = wish.fields_for(None)
    if stated_fields is None:
        return Step(wish, KEEP, name)
    fields = dict(stated_fields)
    if resource.name_field:
        name = str(fields.setdefault(resource.name_field, wish.key))
        _refuse_odd_name(resource, name, attempted)
    for each in resource.fields:
        if each.needed and each.name not in fields:
            said = f"it does not exist, and no {each.name} is given to create it with"
            raise InvalidInput(attempted, said, next_step=each.needed)
    # An empty text is what a new object has anyway.
    stated = [each.name for each in resource.fields if fields.get(each.name, "") != ""]
    body = {each: _written(resource, each, fields[each], attempted) for each in stated}
    changes = tuple(part for comparison in compare(resource, body, {}).values() for part in comparison.differs)
    after = {"api_version": "notifications/v1", "kind": resource.api_kind, **_empty_texts(resource), **body}
    _refuse(resource, None, after, attempted)
    return Step(wish, CREATE, name, after=after, body=body, changes=changes)


def compare(resource: Resource, fields: Mapping[str, Any], there: Mapping[str, Any], secrets: str = ON_CHANGE) -> Dict[str, Comparison]:
    """Each stated field against what is there, in the order of the resource's fields."""
    return {each.name: each.compare(fields[each.name], there.get(each.name), secrets) for each in resource.fields if each.name in fields}


def not_as_asked(resource: Resource, body: Mapping[str, Any], answered: Mapping[str, Any]) -> Tuple[str, ...]:
    """What of a sent body an answered object does not have; what the service masks is taken on trust."""
    return tuple(part for comparison in compare(resource, body, answered).values() for part in comparison.differs)


def difference(steps: Iterable[Tuple[Resource, Step]]) -> Dict[str, str]:
    """Ansible's ``diff`` of several steps: one line for each object that changes, which begins with its name, and none for any other."""
    changing = [(resource, step) for resource, step in steps if step.changed]
    count = Counter((resource.scope, resource.name(step.after or step.before or {})) for resource, step in changing)
    lines: Dict[str, List[Tuple[str, str]]] = {"before": [], "after": []}
    for resource, step in sorted(changing, key=lambda each: (each[0].scope, each[1].name)):
        is_unique = count[resource.scope, resource.name(step.after or step.before or {})] == 1
        if step.before is not None:
            lines["before"].append((_line_name(resource, step.before, is_unique), resource.line(step.before, ())))
        if step.after is not None:
            shown = resource.line(step.after, step.changes if step.before else ())
            lines["after"].append((_line_name(resource, step.after, is_unique), shown))
    width = min(NAME_WIDTH, max((len(name) for each in lines.values() for name, _rest in each), default=0))
    header = " and ".join(sorted({f"{resource.noun}s" for resource, _step in changing}))
    texts = {when: "".join(f"{name:{width}}   {one_line(rest)}".rstrip() + "\n" for name, rest in each) for when, each in lines.items()}
    return {**texts, "before_header": header, "after_header": header}


def _line_name(resource: Resource, obj: Object, is_unique: bool) -> str:
    name = resource.name(obj) or str(obj.get("id", ""))
    if not is_unique:
        name += f" ({obj.get('id') or resource.key(obj)})"
    return one_line(f"{resource.scope}: {name}" if resource.scope and name != resource.scope else name)


def difference_of_one(resource: Resource, step: Step) -> Dict[str, Any]:
    """Ansible's ``diff`` of one step: the writable fields before and after, with the object's name in the headers."""
    header = one_line(f"{resource.noun} {step.name}")
    return {
        "before": {} if step.before is None else _shown(resource, step.before, ()),
        "after": {} if step.after is None else _shown(resource, step.after, step.changes if step.before else ()),
        "before_header": header,
        "after_header": header,
    }


def _shown(resource: Resource, whole: Object, changing: Tuple[str, ...]) -> Object:
    return (resource.brief or resource.show)({each.name: whole[each.name] for each in resource.fields if each.name in whole}, changing)


def _empty_texts(resource: Resource) -> Object:
    return {each.name: "" for each in resource.fields if each.limit is not None}


def _written(resource: Resource, name: str, wanted: Any, attempted: str) -> Any:
    try:
        return resource.field(name).write(wanted)
    except HiddenUrl as error:
        raise HiddenUrl(attempted, error.said) from None


def _refuse_odd_name(resource: Resource, name: str, attempted: str) -> None:
    """A service that trims names would show another one than was asked for, and the next run would not find it."""
    if name != name.strip():
        said = f"{resource.name_field} {quoted(name)} begins or ends with white space"
        raise InvalidInput(attempted, said, next_step="Take it away.")
