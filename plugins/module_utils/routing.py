# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: who shall hear what, from ids, names and rules to wishes for subscriptions.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Callable, Container, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

from ._redaction import quoted
from .directory import Directory
from .errors import InvalidInput, NoSuchObject
from .plan import Wish
from .resources import (
    CATEGORIES,
    DISABLED,
    ENABLED,
    NOTIFICATION_TYPE,
    PRIORITIES,
    SEVERITIES,
    Object,
    is_manageable,
    reference_id,
    reference_ids,
)

#: What a list of integrations means for those that a subscription has: the values of ``integrations_mode``.
EXACT, ADD, REMOVE = "exact", "add", "remove"

#: What types are selected by: the option, the member of a type, and its values when this was written.
SELECTORS = (
    ("categories", "category", CATEGORIES),
    ("severities", "severity", SEVERITIES),
    ("subscription_priorities", "subscription_priority", PRIORITIES),
)


@dataclass(frozen=True)
class Route:
    """What a subscription shall be: where it goes (ids, None to leave that), and whether it is enabled (None to leave that).

    ``keep_read_only`` lets integrations stay that this API cannot manage, whatever ``integrations`` says.
    """

    integrations: Optional[Tuple[str, ...]]
    mode: str = EXACT
    keep_read_only: bool = True
    enabled: Optional[bool] = None

    def leads_to(self, before: Sequence[str], directory: Directory, attempted: str) -> List[str]:
        """The ids of the integrations that there shall be, those that were there first. Raises InvalidInput."""
        named = self.integrations or ()
        before = directory.existing_integrations(before)
        if self.mode == ADD:
            return list(dict.fromkeys((*before, *named)))

        def stays(object_id: str) -> bool:
            return self.keep_read_only and not is_manageable(directory.integrations.by_id(object_id) or {})

        if self.mode == REMOVE:
            stuck = [each for each in before if each in named and stays(each)]
            if stuck:
                said = f"{', '.join(stuck)} cannot be managed through this API, and keep_read_only keeps it"
                raise InvalidInput(attempted, said, next_step="Set keep_read_only: false to remove it all the same. Nothing was written.")
            return [each for each in before if each not in named]
        return list(dict.fromkeys((*(each for each in before if each in named or stays(each)), *named)))


def route_wish(
    directory: Directory, type_id: str, route: Route, identity: Optional[Mapping[str, Any]] = None, object_id: Optional[str] = None
) -> Wish:
    """A wish for the subscription to a type. ``identity`` is what else a new one is created with."""
    attempted = f"route {quoted(directory.type_called(type_id))}"

    def given(there: Optional[Object]) -> Optional[Mapping[str, Any]]:
        if there is None and (route.mode == REMOVE or (route.enabled is False and route.integrations is None)):
            return None  # nobody hears of it, which is what is wanted
        fields: Object = {} if there else {**(identity or {}), "notification_type": {"id": type_id}}
        if route.integrations is not None:
            before = reference_ids((there or {}).get("integrations"))
            fields["integrations"] = [{"id": each} for each in route.leads_to(before, directory, attempted)]
        if route.enabled is not None or there is None:
            fields["current_state"] = DISABLED if route.enabled is False else ENABLED
        return fields

    return Wish(id=object_id, key=type_id, given=given)


def subscription_wish(
    directory: Directory,
    params: Mapping[str, Any],
    existing: Iterable[Object],
    identity: Optional[Mapping[str, Any]] = None,
    coming: Optional[Container[str]] = (),
) -> Wish:
    """What one subscription shall be, from the options in arguments.SUBSCRIPTION_ITEM.

    Raises NoSuchObject or Ambiguous for what is not named exactly. ``identity`` is that of route_wish, ``coming`` that of
    Directory.integration_ids.
    """
    object_id, named = params["id"], params["notification_type"]
    attempted = f"manage the subscription {object_id}" if named is None else f"manage the subscription to {quoted(named)}"
    if object_id == "":
        raise InvalidInput(attempted, "id is empty", next_step="Omit it, or give the id of a subscription.")
    if named is not None:
        type_id = directory.types.meant(named, attempted)["id"]
    else:
        there = next((each for each in existing if each["id"] == object_id), None)
        if there is None and params["state"] == "present":
            raise NoSuchObject(attempted, "there is none of this id", next_step="subscription_info lists what there is.")
        type_id = reference_id((there or {}).get("notification_type"))
    if params["state"] == "absent":
        return Wish(present=False, id=object_id, key=type_id or None)
    integrations = params["integrations"]
    if integrations is not None:
        integrations = tuple(directory.integration_ids(integrations, attempted, coming))
    route = Route(integrations, params["integrations_mode"], params["keep_read_only"], params["enabled"])
    return route_wish(directory, type_id, route, identity, object_id)


# Rules


@dataclass
class Heard:
    """One type that rules select: their positions, counted from 1, and the ids of all their integrations."""

    notification_type: Object
    rules: List[int] = field(default_factory=list)
    integrations: Dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True)
class Selection:
    """What rules select, by the ids of types; ``passed_over`` is what a selector met and the plan does not include."""

    heard: Mapping[str, Heard]
    passed_over: Mapping[str, Object]

    def rules_of(self, type_id: Optional[str]) -> List[int]:
        """The positions of the rules that select a type."""
        entry = self.heard.get(type_id or "")
        return entry.rules if entry else []


def selection(directory: Directory, rules: Sequence[Mapping[str, Any]], coming: Optional[Container[str]] = ()) -> Selection:
    """What rules select. Each has ``select`` or ``notification_type``, ``integrations`` and ``allow_empty``.

    Raises InvalidInput for a selector that selects nothing, and NoSuchObject or Ambiguous for a name. ``coming`` is that of
    Directory.integration_ids.
    """
    heard: Dict[str, Heard] = {}
    passed_over: Dict[str, Object] = {}
    for position, rule in enumerate(rules, 1):
        attempted = f"apply rule {position}"
        ids = directory.integration_ids(rule["integrations"], attempted, coming)
        if rule["notification_type"] is not None:
            found = [directory.types.meant(rule["notification_type"], attempted)]
        else:
            selected = _selected(directory, rule["select"], rule["allow_empty"], attempted)
            found = [each for each in selected if each.get("is_included_in_plan") is not False]
            passed_over.update((each["id"], each) for each in selected if each.get("is_included_in_plan") is False)
        for each in found:
            entry = heard.setdefault(each["id"], Heard(each))
            entry.rules.append(position)
            entry.integrations.update(dict.fromkeys(ids))
    return Selection(heard, {key: each for key, each in passed_over.items() if key not in heard})


def _selected(directory: Directory, select: Mapping[str, Any], allow_empty: bool, attempted: str) -> List[Object]:
    types = list(directory.types)
    for option, member, usual in SELECTORS:
        there = {str(each.get(member)) for each in types if each.get(member)}
        for value in select[option] or ():
            if not allow_empty and value not in there and value not in usual:
                known = ", ".join(sorted(there | set(usual)))
                said = f"select.{option} has {quoted(value)}, which no notification type has; there is {known}"
                raise InvalidInput(attempted, said, next_step="Correct it, or say allow_empty: true. Nothing was written.")
    for pattern in select["display_names"] or ():
        if not allow_empty and not any(_matches(each, [pattern]) for each in types):
            near = directory.types.near(pattern)
            said = f"select.display_names has {quoted(pattern)}, which no notification type is named"
            next_step = "Correct it, or say allow_empty: true. Nothing was written."
            raise InvalidInput(attempted, f"{said}; close matches: {near}" if near else said, next_step=next_step)
    selected = [each for each in types if all(test(each) for test in _tests(select))]
    if not selected and not allow_empty:
        next_step = "Widen it, or say allow_empty: true. Nothing was written."
        raise InvalidInput(attempted, "its select matches no notification type", next_step=next_step)
    return selected


def _tests(select: Mapping[str, Any]) -> Iterable[Callable[[Object], bool]]:
    for option, member, _usual in SELECTORS:
        values = select[option]
        if values is not None:
            yield lambda each, member=member, values=values: str(each.get(member)) in values  # type: ignore[misc]
    if select["display_names"] is not None:
        yield lambda each: _matches(each, select["display_names"])


def _matches(notification_type: Object, patterns: Iterable[str]) -> bool:
    name = NOTIFICATION_TYPE.name(notification_type)
    return any(pattern == name or fnmatchcase(name, pattern) for pattern in patterns)


def others(directory: Directory, subscriptions: Iterable[Object], selected: Selection) -> Tuple[List[Wish], List[Object]]:
    """Wishes that disable the subscriptions to types that no rule selects, and the types whose priority forbids that."""
    wishes: List[Wish] = []
    left: Dict[str, Object] = {}
    for each in subscriptions:
        type_id = reference_id(each.get("notification_type"))
        notification_type = directory.types.by_id(type_id)
        if type_id in selected.heard or type_id in selected.passed_over or each.get("current_state") == DISABLED:
            continue
        if notification_type is not None and notification_type.get("subscription_priority") in PRIORITIES[1:]:
            wishes.append(route_wish(directory, type_id, Route(None, enabled=False), object_id=each["id"]))
        else:
            left[type_id] = notification_type or {"id": type_id}
    return wishes, list(left.values())
