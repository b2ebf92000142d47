# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the engine works on: resources, their fields, desired states, and collections of existing objects."""

from __future__ import annotations

import difflib
import itertools
import re
import unicodedata
from dataclasses import dataclass, field
from typing import (
    Any,
    Callable,
    ClassVar,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Protocol,
    Sequence,
    Tuple,
)

from .._common import Listing, Object
from .._errors import NotificationsError, RefusedError, UnknownNameError
from .._redaction import Redactor, name_with_id, quoted

#: When a secret is written that the service may not show: the values of ``update_webhook_url``.
ON_CHANGE, ON_CREATE, ALWAYS = "on_change", "on_create", "always"


class Client(Protocol):
    """What the engine needs of a client. Every method raises NotificationsError."""

    created_at: float
    redactor: Redactor

    @property
    def endpoint(self) -> str:
        """The URL of the API."""

    @property
    def user(self) -> str:
        """The user that requests are sent as, without a secret."""

    def list(self, path: str, query: Optional[Mapping[str, Any]] = None) -> Listing:
        """All objects of a collection, from all of its pages."""

    def look_up(self, path: str, query: Mapping[str, Any]) -> Optional[Object]:
        """The object that a look-up finds, or None."""

    def create(self, path: str, body: Mapping[str, Any]) -> Object:
        """The new object."""

    def read(self, path: str, object_id: str) -> Object:
        """One object."""

    def update(self, path: str, object_id: str, body: Mapping[str, Any]) -> Object:
        """The object after the change."""

    def delete(self, path: str, object_id: str) -> None:
        """Delete one object."""

    def pause(self, seconds: float, reason: str) -> bool:
        """Wait for the service to catch up; False, without waiting, if the deadline would pass."""

    def wait_for_turn(self) -> bool:
        """Wait a moment for another task of this controller; False at the deadline."""

    def cancel(self) -> None:
        """Cancel all requests under way, end waits, and send nothing more."""

    def now(self) -> float:
        """Monotonic seconds."""

    def wall_clock(self) -> float:
        """Seconds since the epoch."""


# Fields


@dataclass(frozen=True)
class Comparison:
    """The result of a comparison: the dotted names that differ, and those that the service masks."""

    differs: Tuple[str, ...] = ()
    masked: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Reference:
    """A reference by key to an object that the same plan, or an earlier task, creates.

    The executor replaces it with the ID when the creation has succeeded. ``path`` is that of the object's
    collection.
    """

    path: str
    key: str


@dataclass(frozen=True)
class Field:
    """One writable member of an object.

    ``required_hint`` says what to do if a new object lacks the member; it is empty for an optional member.
    """

    name: str
    required_hint: str = ""

    def compare(self, desired: Any, current: Any, write_secrets: str) -> Comparison:
        """How the desired value differs from the current one."""
        return Comparison() if self.is_equal(desired, current) else Comparison(differs=(self.name,))

    def is_equal(self, desired: Any, current: Any) -> bool:
        """Whether two values are equal. Missing, null and empty are."""
        return bool((desired or "") == (current or ""))

    def serialize(self, desired: Any) -> Any:
        """The value as it is sent. Raises RefusedError."""
        return desired


@dataclass(frozen=True)
class TextField(Field):
    """A text. ``max_length`` is in characters."""

    max_length: int = 255

    def is_equal(self, desired: Any, current: Any) -> bool:
        return _equivalent_text(desired) == _equivalent_text(current)


@dataclass(frozen=True)
class NameField(TextField):
    """A text that identifies an object, so every difference counts."""

    def is_equal(self, desired: Any, current: Any) -> bool:
        return bool((desired or "") == (current or ""))


def _equivalent_text(text: Any) -> str:
    """A text without what a service may normalize: outer white space, line ends, and the form of accents."""
    normalized = unicodedata.normalize("NFC", str(text or ""))
    return normalized.replace("\r\n", "\n").strip()


# Resources


@dataclass(frozen=True)
class DiffLine:
    """An object in one line: its text, and the names in a list whose order has no meaning."""

    text: str = ""
    names: Tuple[str, ...] = ()

    def __str__(self) -> str:
        return "   ".join(filter(None, (self.text, ", ".join(self.names))))


class Resource:
    """One collection of the API, and what may be done with its objects.

    The key of an object identifies it besides its ID: the name of an integration, the type of a subscription.
    Subclasses describe a collection by attributes, and override methods where that is not enough.
    """

    #: What messages call an object.
    noun: ClassVar[str] = "object"
    #: The path of the collection, and the ``kind`` of its objects.
    path: ClassVar[str] = ""
    api_kind: ClassVar[str] = ""
    fields: ClassVar[Tuple[Field, ...]] = ()
    #: The members that are texts or null, whatever else an object has.
    texts: ClassVar[Tuple[str, ...]] = ("display_name", "description")
    #: The member that holds the key, if objects can be renamed; empty if an object keeps its key.
    name_field: ClassVar[str] = ""
    #: What to do if several objects have one key.
    ambiguity_hint: ClassVar[str] = "Use `id` to select one of them."
    #: Whether the service has at most one object for each key, so that a conflict means that it exists.
    has_unique_keys: ClassVar[bool] = False
    #: Whether objects of other resources refer to these: they are created before those, and deleted after
    #: them.
    is_referenced: ClassVar[bool] = False
    #: How messages relate an object to its key: "2 integrations are named 'ops'".
    key_relation: ClassVar[str] = "named"
    #: What to do about an unknown name.
    list_hint: ClassVar[str] = "Check the spelling; names are case-sensitive."
    #: What to do about a secret that cannot be compared because the service masks it.
    mask_hint: ClassVar[str] = ""

    @property
    def scope(self) -> str:
        """The resource path that the objects are about; empty for the whole organization."""
        return ""

    @property
    def address(self) -> Tuple[str, str]:
        """Identifies the collection."""
        return (self.path, self.scope)

    # Identity

    def key(self, obj: Mapping[str, Any]) -> str:
        """What identifies an object besides its ID; empty if it has no key."""
        name = obj.get("display_name")
        return name if isinstance(name, str) else ""

    def label(self, key: str) -> str:
        """What people call the object with a key."""
        return key

    def name(self, obj: Mapping[str, Any]) -> str:
        """What people call an object; empty if it has no name."""
        return self.label(self.key(obj))

    def scoped_name(self, name: str) -> str:
        """The quoted name, with the resource path that the object is about."""
        return f"{quoted(name)} of {self.scope}" if self.scope and name != self.scope else quoted(name)

    def describe(self, name: str) -> str:
        """How a message mentions one object: "integration 'ops'"."""
        return f"{self.noun} {self.scoped_name(name)}"

    def note(self, obj: Mapping[str, Any]) -> str:
        """A text in parentheses that distinguishes objects with equal names; may be empty."""
        return ""

    # Reading

    def read(self, client: Client, warn: Callable[[str], None]) -> Listing:
        """All objects of the collection, from all of its pages."""
        return client.list(self.path)

    def invalid_member(self, obj: Mapping[str, Any]) -> Optional[str]:
        """The name of a member that cannot be understood, or None."""
        return next(
            (name for name in self.texts if not isinstance(obj.get(name), (str, type(None)))),
            None,
        )

    def is_disabled(self, obj: Mapping[str, Any]) -> bool:
        """Whether an object is there to notify nobody."""
        return False

    def secrets(self, obj: Mapping[str, Any]) -> Iterable[str]:
        """The values in an object that no output may contain."""
        return ()

    # Safety rules

    def validate_change(self, before: Optional[Object], after: Optional[Object]) -> Optional[RefusedError]:
        """The error for a change that is forbidden, or None.

        ``before`` is None for a creation, ``after`` for a deletion.
        """
        return None

    def rejection_hint(
        self, error: NotificationsError, before: Object, body: Mapping[str, Any], changes: Sequence[str]
    ) -> Optional[str]:
        """What to do if the service rejects a creation (empty ``before``), a change, or a deletion.

        ``body`` is empty for a deletion. None for the usual advice.
        """
        return None

    # Output

    def canonical(self, obj: Mapping[str, Any]) -> Object:
        """The members that the checksum of a plan depends on: all that are writable, secrets hidden.

        Missing, null and empty members are left out, because they mean the same.
        """
        return {name: value for name, value in self.diff_view(obj).items() if value not in (None, "", [])}

    def to_output(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> Object:
        """A copy for results, without secrets. A secret that is among ``changes`` is marked as changing."""
        return dict(obj)

    def diff_view(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> Object:
        """The writable members of an object, as the diff of one object shows them."""
        present = {field.name: obj[field.name] for field in self.fields if field.name in obj}
        return self.to_output(present, changes)

    def diff_line(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> DiffLine:
        """What the diff of several objects shows for one, after its name."""
        return DiffLine()

    def field(self, name: str) -> Field:
        return next(field for field in self.fields if field.name == name)


# Desired state


def _never(_obj: Object) -> bool:
    return False


@dataclass(frozen=True)
class DesiredState:
    """Desired state of one object, identified by ID or key.

    ``fields`` has only the members that the user stated, in the API's form. ``write_secrets`` says when
    secrets are written. ``warnings`` are shown to the user. An object with ``previous_key`` is the desired
    one if none has ``key``.
    """

    resource: Resource
    present: bool = True
    id: Optional[str] = None
    key: Optional[str] = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    write_secrets: str = ON_CHANGE
    warnings: Tuple[str, ...] = ()
    previous_key: Optional[str] = None

    def resolve_fields(self, current: Optional[Object]) -> Optional[Mapping[str, Any]]:
        """The desired members, given the current object (None: it does not exist). May raise RefusedError.

        None means that an object that does not exist need not be created.
        """
        return self.fields

    def validate_change(self, before: Object, changes: Sequence[str]) -> None:
        """Raise RefusedError if the options of the task forbid to change or delete an object.

        ``changes`` are the names of the members that differ; empty for a deletion. A step that is planned
        again during the run is checked again.
        """


@dataclass(frozen=True)
class Purge:
    """Delete objects that no desired state names: at most ``limit``, and none that ``keep`` matches.

    ``is_spared`` says of an object whether it must stay for another reason.
    """

    resource: Resource
    limit: int
    keep: Tuple[str, ...] = ()
    is_spared: Callable[[Object], bool] = _never


# Existing objects


class Collection:
    """Existing objects of one resource, found by ID and by key in constant time.

    ``unlisted`` is the number of objects that the service counts and does not list.
    """

    def __init__(self, resource: Resource, objects: Iterable[Object], unlisted: int = 0) -> None:
        self.resource = resource
        self.unlisted = unlisted
        self._by_id: Dict[str, Object] = {}
        self._by_key: Dict[str, List[Object]] = {}
        for obj in objects:
            self._by_id[obj["id"]] = obj
            self._by_key.setdefault(resource.key(obj), []).append(obj)

    @classmethod
    def of(cls, resource: Resource, objects: Iterable[Object]) -> Collection:
        """A collection of these objects, or what is one already."""
        return objects if isinstance(objects, cls) else cls(resource, objects)

    def __iter__(self) -> Iterator[Object]:
        return iter(self._by_id.values())

    def sorted(self) -> List[Object]:
        """The objects in the order of their names."""
        return sorted(self, key=lambda obj: (self.resource.name(obj), obj["id"]))

    @property
    def ids(self) -> FrozenSet[str]:
        return frozenset(self._by_id)

    def by_id(self, object_id: str) -> Optional[Object]:
        return self._by_id.get(object_id)

    def by_key(self, key: str) -> Sequence[Object]:
        """All objects with exactly this key."""
        return self._by_key.get(key, ())

    def contains(self, text: str) -> bool:
        """Whether a text is the ID or the exact key of any object."""
        return text in self._by_id or text in self._by_key

    def missing(self, texts: Optional[Iterable[str]]) -> List[str]:
        """Those of the texts that are neither the ID nor the exact key of any object."""
        return [text for text in texts or () if not self.contains(text)]

    def find(self, object_id: Optional[str], key: Optional[str]) -> Optional[Object]:
        """The object with an ID, or else with a key. None if it does not exist.

        Raises RefusedError if there are several.
        """
        if object_id is not None:
            return self.by_id(object_id)
        found = self.by_key(key or "")
        if len(found) > 1:
            raise self._ambiguous(found, self.resource.label(key or ""))
        return found[0] if found else None

    def resolve(self, text: str, planned: Iterable[str] = ()) -> Object:
        """The object whose ID or exact name is ``text``.

        Raises RefusedError, or UnknownNameError with suggestions, of which ``planned`` are names too.
        """
        noun = self.resource.noun
        if not text:
            raise RefusedError(
                f"an empty name is given for the {noun}", next_step="Set its ID or its exact name."
            )
        found = [*self.by_key(text)]
        obj = self.by_id(text)
        if obj is not None and obj not in found:
            found.append(obj)
        if len(found) > 1:
            raise self._ambiguous(found, text)
        if not found:
            suggestions = self.suggestions(text, planned)
            hint = self.resource.list_hint
            next_step = f"Did you mean {suggestions}? {hint}" if suggestions else hint
            raise UnknownNameError(f"the {noun} {quoted(text)} does not exist", next_step=next_step)
        return found[0]

    def suggestions(self, text: str, planned: Iterable[str] = ()) -> str:
        """The names most similar to a text, with their IDs; empty if there are none.

        ``planned`` are the names of objects that do not exist yet.
        """
        names: Dict[str, Optional[Object]] = dict.fromkeys(sorted(planned))
        names.update((self.resource.name(obj), obj) for obj in self)
        # get_close_matches is slow, so only the first names are compared.
        candidates = itertools.islice(names, 2000)
        folded = {name.casefold(): name for name in candidates if name and len(name) <= 255}
        close = difflib.get_close_matches(text.casefold(), folded, n=3, cutoff=0.6)
        if text.strip():
            containing = [name for name in folded if text.casefold() in name and name not in close]
            close += containing[: 3 - len(close)]
        found = {folded[name]: names[folded[name]] for name in close}
        return " or ".join(
            name_with_id(name, obj["id"]) if obj else quoted(name) for name, obj in found.items()
        )

    def _ambiguous(self, found: Sequence[Object], text: str) -> RefusedError:
        resource = self.resource
        listed = ", ".join(f"{format_id(obj['id'])}{resource.note(obj)}" for obj in found)
        detail = f"{len(found)} {resource.noun}s are {resource.key_relation} {quoted(text)}: {listed}"
        return RefusedError(detail, type="ambiguous_name", next_step=resource.ambiguity_hint)


def format_id(object_id: str) -> str:
    """An ID as messages show it: quoted only if it does not look like an ID."""
    return object_id if re.fullmatch(r"[\w.:-]{1,80}", object_id) else quoted(object_id)


class Snapshot:
    """The collections that a plan is made from, each read completely and once."""

    def __init__(self, collections: Iterable[Collection] = ()) -> None:
        self._collections = {collection.resource.address: collection for collection in collections}

    def __getitem__(self, resource: Resource) -> Collection:
        return self._collections[resource.address]

    def __contains__(self, resource: Resource) -> bool:
        return resource.address in self._collections

    def __iter__(self) -> Iterator[Collection]:
        return iter(self._collections.values())

    def __add__(self, other: Snapshot) -> Snapshot:
        return Snapshot([*self._collections.values(), *other._collections.values()])
