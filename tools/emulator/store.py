# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state: objects of each collection in the order of their creation, and pages that survive changes."""

from __future__ import annotations

import base64
import copy
import uuid
from dataclasses import dataclass, field
from typing import Any, Callable, Iterator, Optional

from .clock import Clock

Object = dict[str, Any]

#: An object and the number that it was created with → its position in a list, as integers to compare in turn.
SortKey = Callable[[Object, int], tuple[int, ...]]


@dataclass
class _Entry:
    """A stored object."""

    number: int
    content: Object
    created: float


@dataclass(frozen=True)
class _RemovedEntry:
    """A deleted object, which lists may still show."""

    entry: _Entry
    removed: float
    deleted_at: str

    def content(self, is_marked: bool) -> Object:
        """The object, with the time of its deletion if it is to be marked."""
        if not is_marked:
            return self.entry.content
        metadata = {**self.entry.content["metadata"], "deleted_at": self.deleted_at}
        return {**self.entry.content, "metadata": metadata}


@dataclass(frozen=True)
class Visibility:
    """How far lists lag behind the state."""

    #: Objects younger than this many seconds are not listed.
    hidden_for: float = 0.0
    #: Deleted objects are listed for this many seconds.
    lingers_for: float = 0.0
    #: Whether listed objects that are deleted have the time of their deletion.
    marks_deleted: bool = False


@dataclass(frozen=True)
class Page:
    """Some objects, the token of the next page, and the number of objects on all pages."""

    objects: list[Object]
    next_token: Optional[str]
    total: int


def by_creation(_content: Object, number: int) -> tuple[int, ...]:
    """The sort key of most lists: oldest objects first."""
    return (number,)


@dataclass
class Store:
    """Objects by collection and id."""

    clock: Clock
    #: The ID of the organization in resource names.
    organization_id: str
    _entries: dict[str, dict[str, _Entry]] = field(default_factory=dict)
    _removed: dict[str, list[_RemovedEntry]] = field(default_factory=dict)
    _last_number: int = 10_000

    def objects(self, collection: str) -> Iterator[Object]:
        """The objects of a collection, oldest first."""
        return (entry.content for entry in self._entries.get(collection, {}).values())

    def find(self, collection: str, object_id: str) -> Optional[Object]:
        """The object with an id."""
        entry = self._entries.get(collection, {}).get(object_id)
        return entry.content if entry else None

    def find_deleted(self, collection: str, object_id: str, visibility: Visibility) -> Optional[Object]:
        """The deleted object with an id, if lists still show it."""
        for removed in self._lingering(collection, visibility):
            if removed.entry.content["id"] == object_id:
                return removed.content(visibility.marks_deleted)
        return None

    def add(
        self, collection: str, kind: str, prefix: str, base_url: str, content: Object, age: float = 0
    ) -> Object:
        """Create an object, with the members that the server generates: id, metadata, version and kind."""
        self._last_number += 1
        object_id = f"{prefix}-{self._last_number}"
        crn = f"crn://confluent.cloud/organization={self.organization_id}/{kind[0].lower()}{kind[1:]}={object_id}"
        now = self.clock.timestamp()

        obj = {
            "api_version": "notifications/v1",
            "kind": kind,
            "id": object_id,
            "metadata": {
                "self": f"{base_url}/notifications/v1/{collection}/{object_id}",
                "resource_name": crn,
                "created_at": now,
                "updated_at": now,
            },
            **copy.deepcopy(content),
        }

        entry = _Entry(self._last_number, obj, self.clock.monotonic() - age)
        self._entries.setdefault(collection, {})[object_id] = entry
        return obj

    def change(self, collection: str, object_id: str, content: Object) -> Object:
        """Replace some members of an object; returns all of it."""
        entry = self._entries[collection][object_id]
        metadata = {**entry.content["metadata"], "updated_at": self.clock.timestamp()}
        entry.content = {**entry.content, **copy.deepcopy(content), "metadata": metadata}
        return entry.content

    def remove(self, collection: str, object_id: str) -> None:
        """Delete an object."""
        entry = self._entries[collection].pop(object_id)
        removed = _RemovedEntry(entry, self.clock.monotonic(), self.clock.timestamp())
        self._removed.setdefault(collection, []).append(removed)

    def page(
        self,
        collection: str,
        size: int,
        token: Optional[str],
        *,
        selects: Callable[[Object], bool],
        visibility: Visibility,
        sort_key: SortKey = by_creation,
    ) -> Page:
        """The page that a token stands for, or the first page.

        A token has the sort key of the last object of the page before, so it survives creations and
        deletions. Raises ValueError for a token that this server did not make.
        """
        listed = []
        for number, content in self._listed(collection, visibility):
            if selects(content):
                listed.append((sort_key(content, number), content))
        listed.sort(key=lambda item: item[0])

        after = _read_token(token) if token else None
        rest = [item for item in listed if after is None or item[0] > after]

        next_token = _make_token(rest[size - 1][0]) if len(rest) > size else None
        return Page([content for _key, content in rest[:size]], next_token, len(listed))

    def _listed(self, collection: str, visibility: Visibility) -> Iterator[tuple[int, Object]]:
        """The objects that lists show, with their numbers."""
        newest = self.clock.monotonic() - visibility.hidden_for
        for entry in self._entries.get(collection, {}).values():
            if entry.created <= newest:
                yield entry.number, entry.content

        for removed in self._lingering(collection, visibility):
            yield removed.entry.number, removed.content(visibility.marks_deleted)

    def _lingering(self, collection: str, visibility: Visibility) -> Iterator[_RemovedEntry]:
        """The deleted objects that lists still show."""
        oldest = self.clock.monotonic() - visibility.lingers_for
        return (removed for removed in self._removed.get(collection, []) if removed.removed > oldest)


def _make_token(key: tuple[int, ...]) -> str:
    text = ":".join(["after", *map(str, key), uuid.uuid4().hex[:8]])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_token(token: str) -> tuple[int, ...]:
    """The sort key in a token; raises ValueError for a token that this server did not make."""
    try:
        padded = token + "=" * (-len(token) % 4)
        word, *key, _nonce = base64.urlsafe_b64decode(padded.encode()).decode().split(":")
        if word != "after" or not key:
            raise ValueError(word)
        return tuple(int(number) for number in key)
    except (ValueError, UnicodeError) as error:
        raise ValueError("The page_token is not valid.") from error
