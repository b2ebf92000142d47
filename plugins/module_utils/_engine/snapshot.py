# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads collections, complete or not at all."""

from __future__ import annotations

import datetime
import re
from typing import Any, Callable, List, Mapping, Optional, Sequence

from .._common import Listing, Object, noop
from .._errors import TransportError, operation
from .._redaction import quoted
from .concurrency import run_concurrently
from .model import Client, Collection, Resource, Snapshot


def read_snapshot(
    client: Client, resources: Sequence[Resource], concurrency: int = 1, warn: Callable[[str], None] = noop
) -> Snapshot:
    """The complete collections of these resources, several read at once."""
    return Snapshot(
        run_concurrently(
            lambda resource: read_collection(client, resource, warn), resources, concurrency, client.cancel
        )
    )


def read_collection(client: Client, resource: Resource, warn: Callable[[str], None] = noop) -> Collection:
    """All existing objects of one resource."""
    objects = list_all(client, resource, warn)
    return Collection(resource, objects, objects.unlisted)


def list_all(client: Client, resource: Resource, warn: Callable[[str], None] = noop) -> Listing:
    """All existing objects of one resource. ``warn`` is called about unusual responses."""
    action = (
        f"look up the {resource.noun}s of {resource.scope}"
        if resource.scope
        else f"list the {resource.noun}s"
    )
    with operation(action):
        listed = resource.read(client, warn)
        return Listing(existing_objects(client, resource, listed), listed.unlisted)


def existing_objects(client: Client, resource: Resource, objects: Sequence[Object]) -> List[Object]:
    """The listed objects that exist. Their secrets are added to the client's redactor.

    Raises TransportError for an object that cannot be understood: nothing is decided on the basis of
    incomplete data.
    """
    for obj in objects:
        client.redactor.add(*resource.secrets(obj))

    now = client.wall_clock()
    existing = [obj for obj in objects if not _is_past_deletion_time(obj, now)]
    refuse_invalid_objects(resource, existing)
    return existing


def existing_object(client: Client, resource: Resource, obj: Object) -> Optional[Object]:
    """An object that was read, or None if its deletion has been announced and is due."""
    found = existing_objects(client, resource, [obj])
    return found[0] if found else None


def refuse_invalid_objects(resource: Resource, objects: Sequence[Object]) -> None:
    """Raise TransportError if an object has a member that cannot be understood."""
    invalid = {obj["id"]: resource.invalid_member(obj) for obj in objects}
    named = [f"{name} of {quoted(object_id)}" for object_id, name in invalid.items() if name]
    if named:
        raise TransportError(
            f"the response has an unexpected type of {', '.join(named[:10])}",
            next_step="Refusing to act on data that cannot be understood. Please report this response.",
        )


def _is_past_deletion_time(obj: Mapping[str, Any], now: float) -> bool:
    """Whether the service has deleted an object that it still lists.

    Source: ``deleted_at`` of the contract, "the time at which this object was (or will be) deleted".
    """
    metadata = obj.get("metadata")
    deleted_at = metadata.get("deleted_at") if isinstance(metadata, dict) else None
    moment = _parse_time(deleted_at) if isinstance(deleted_at, str) and deleted_at else None
    return moment is not None and moment <= now


def _parse_time(text: str) -> Optional[float]:
    """An RFC 3339 time as seconds since the epoch; None for anything else. Without a zone it is UTC."""
    try:
        # Before 3.11, Python accepts neither "Z" nor fractions of other than 3 or 6 digits.
        moment = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", text.replace("Z", "+00:00")))
    except ValueError:
        return None
    if not moment.tzinfo:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return moment.timestamp()
