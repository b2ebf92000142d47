# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is there, found by id or by exact name; who is meant by a text that may be either.

Private to the collection.
"""

from __future__ import annotations

import difflib
import itertools
import re
from typing import Container, Dict, FrozenSet, Iterable, Iterator, List, Optional, Sequence, Set

from ._redaction import quoted
from .errors import Ambiguous, InvalidInput, NoSuchObject
from .resources import INTEGRATION, NOTIFICATION_TYPE, Object, Resource


class Index:
    """Objects of one resource, found by id and by key in constant time."""

    def __init__(self, resource: Resource, existing: Iterable[Object]) -> None:
        self.resource = resource
        self._by_id: Dict[str, Object] = {}
        self._by_key: Dict[str, List[Object]] = {}
        for each in existing:
            self._by_id[each["id"]] = each
            self._by_key.setdefault(resource.key(each), []).append(each)

    @property
    def ids(self) -> FrozenSet[str]:
        return frozenset(self._by_id)

    def __iter__(self) -> Iterator[Object]:
        return iter(self._by_id.values())

    def by_id(self, object_id: str) -> Optional[Object]:
        return self._by_id.get(object_id)

    def by_key(self, key: str) -> Sequence[Object]:
        """All objects of exactly this key, which is a name for most resources."""
        return self._by_key.get(key, ())

    def find(self, object_id: Optional[str], key: Optional[str], attempted: str) -> Optional[Object]:
        """The one object that an id, or else an exact key, stands for; None where there is none. Raises Ambiguous."""
        if object_id is not None:
            return self.by_id(object_id)
        found = self.by_key(key or "")
        if len(found) > 1:
            raise Ambiguous(attempted, self._many(found, self.resource.called(key or "")))
        return found[0] if found else None

    def meant(self, text: str, attempted: str) -> Object:
        """The one object whose id or exact name a text is. Raises Ambiguous, or NoSuchObject with what is near."""
        if not text:
            raise InvalidInput(attempted, f"the name of a {self.resource.noun} is empty", next_step="Give its id or its exact name.")
        of_id = self.by_id(text)
        found = [*self.by_key(text)]
        if of_id is not None and of_id not in found:
            found.append(of_id)
        if len(found) > 1:
            raise Ambiguous(attempted, self._many(found, text))
        if not found:
            said = f"there is no {self.resource.noun} {quoted(text)}"
            near = self.near(text)
            raise NoSuchObject(attempted, f"{said}; close matches: {near}" if near else said, next_step=self.resource.listed_by)
        return found[0]

    def has(self, text: str) -> bool:
        """Whether a text is the id or the exact name of any object."""
        return text in self._by_id or text in self._by_key

    def near(self, text: str) -> str:
        """The names that are most like a text, with their ids, as a person may have meant them; empty where none is."""
        names = {self.resource.name(each): each for each in self}
        # Comparing is slow, and a person would not look through more either.
        folded = {name.casefold(): name for name in itertools.islice(names, 2000) if name and len(name) <= 255}
        close = difflib.get_close_matches(text.casefold(), folded, n=3, cutoff=0.6)
        close += [each for each in folded if text.strip() and text.casefold() in each and each not in close][: 3 - len(close)]
        return ", ".join(f"{quoted(folded[each])} ({names[folded[each]]['id']})" for each in close)

    def _many(self, found: Sequence[Object], text: str) -> str:
        listed = ", ".join(f"{_shown_id(each['id'])}{self.resource.remark(each)}" for each in found)
        return f"{len(found)} {self.resource.noun}s are {self.resource.named_so} {quoted(text)}: {listed}"


def _shown_id(object_id: str) -> str:
    """An id as messages show it: bare, unless it looks like none."""
    return object_id if re.fullmatch(r"[\w.:-]{1,80}", object_id) else quoted(object_id)


class Directory:
    """The notification types and the integrations of an organization.

    ``expected`` holds names of integrations that do not exist yet and were taken as if they did: in check mode, an earlier
    task may be about to create them. For each it says what a person should know, which is nothing if it was announced. ``dangling`` has the
    ids of integrations that no longer exist and were dropped from subscriptions.
    """

    def __init__(self, types: Iterable[Object], integrations: Iterable[Object]) -> None:
        self.types = Index(NOTIFICATION_TYPE, types)
        self.integrations = Index(INTEGRATION, integrations)
        self.expected: Dict[str, str] = {}
        self.dangling: Set[str] = set()

    def type_called(self, type_id: str) -> str:
        """A type's name, or its id where it has none."""
        there = self.types.by_id(type_id)
        return (NOTIFICATION_TYPE.name(there) if there else "") or type_id

    def existing_integrations(self, ids: Sequence[str]) -> List[str]:
        """These integrations without those that no longer exist."""
        kept = [each for each in ids if self.integrations.by_id(each) is not None or each in self.expected]
        self.dangling.update(set(ids) - set(kept))
        return kept

    def names_of(self, types: Iterable[Object]) -> List[Object]:
        """The id and the name of each type, sorted by name."""
        named = [{"id": each["id"], "display_name": self.type_called(each["id"])} for each in types]
        return sorted(named, key=lambda each: (each["display_name"], each["id"]))

    def integration_ids(self, texts: Iterable[str], attempted: str, coming: Optional[Container[str]] = ()) -> List[str]:
        """The ids of the integrations that ids or exact names stand for, each once. Raises Ambiguous or NoSuchObject.

        An unknown text that is among ``coming`` stands for an integration to come, and is its own id. None means that any may
        come; why it is unknown is kept then.
        """
        ids: Dict[str, None] = {}
        for text in texts:
            try:
                ids[self.integrations.meant(text, attempted)["id"]] = None
            except NoSuchObject as error:
                if (text not in coming) if coming is not None else text != text.strip():
                    raise
                self.expected[text] = error.said if coming is None else ""
                ids[text] = None
        return list(ids)
