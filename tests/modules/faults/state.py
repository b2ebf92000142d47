# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The writable state of an emulator, in a form that can be compared from run to run."""

from __future__ import annotations

import json
from typing import Any, Mapping, NamedTuple, Optional, Sequence

from emulator.resources import RESOURCES
from support.emulator import Emulator

#: The members that name an object. Objects without any of them keep their IDs from run to run.
_NAME_MEMBERS = ("display_name", "notification_type", "resource")
#: The writable members of each collection that has any.
_WRITABLE = {name: resource.writable for name, resource in RESOURCES.items() if resource.writable}


class Key(NamedTuple):
    """Identifies an object by its name, because its ID differs from run to run.

    ``copy`` is 0, or larger for further objects with the same name.
    """

    collection: str
    name: str
    copy: int = 0

    def __str__(self) -> str:
        return f"{self.collection} {self.name!r}" + (f" (copy {self.copy})" if self.copy else "")


#: The writable members of all objects, as JSON.
State = dict[Key, str]


def read_state(emulator: Emulator) -> State:
    stored = emulator.control("GET", "objects/*")
    named = stored["integrations"] + stored["notification-types"]
    names = {obj["id"]: obj["display_name"] for obj in named}

    state: State = {}
    for collection, members in _WRITABLE.items():
        for obj in stored[collection]:
            written = {
                member: _without_ids(member, obj[member], names)
                for member in members
                if obj.get(member) not in (None, "")
            }
            key = Key(collection, _name(obj, written))
            while key in state:
                key = key._replace(copy=key.copy + 1)
            state[key] = json.dumps(written, sort_keys=True)
    return state


def _without_ids(member: str, value: Any, names: Mapping[str, str]) -> Any:
    """A member's value with names in place of references."""
    if member == "integrations":
        return sorted(names.get(reference["id"], reference["id"]) for reference in value)
    if member == "notification_type":
        return names.get(value["id"])
    return value


def _name(obj: Mapping[str, Any], written: Mapping[str, Any]) -> str:
    return join_name([str(written[member]) for member in _NAME_MEMBERS if member in written]) or str(
        obj["id"]
    )


def join_name(parts: Sequence[str]) -> str:
    return " of ".join(parts)


def is_combination(state: State, valid_states: Sequence[State]) -> bool:
    """Whether each object is as in one of the valid states."""
    valid = {
        (key.collection, content) for valid_state in valid_states for key, content in valid_state.items()
    }
    return all((key.collection, content) in valid for key, content in state.items())


def difference(expected: State, state: State) -> dict[str, tuple[Optional[str], Optional[str]]]:
    """The objects that differ, as expected and as found."""
    return {
        str(key): (expected.get(key), state.get(key))
        for key in sorted({*expected, *state})
        if expected.get(key) != state.get(key)
    }
