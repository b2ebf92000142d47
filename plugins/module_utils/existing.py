# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists: all objects of a resource as its description says how to read them, complete or not at all.

Private to the collection.
"""

from __future__ import annotations

import datetime
import re
from typing import Callable, Iterable, List, Mapping, Optional, Sequence

from ._concurrency import run_concurrently
from ._redaction import quoted
from .client import Client
from .directory import Directory, Index
from .errors import Forbidden, NotFound, Unintelligible
from .resources import INTEGRATION, NOTIFICATION_TYPE, Object, Resource, reference_ids


def _unsaid(_sentence: str) -> None:
    return None


def existing(
    client: Client,
    resource: Resource,
    attempted: str = "",
    query: Optional[Mapping[str, object]] = None,
    warn: Callable[[str], None] = _unsaid,
) -> List[Object]:
    """All objects, or those that a query of the contract selects. Raises the types of errors.py.

    Where one object is looked up, that there is none may be answered 403, so that is no failure, but ``warn`` is told.
    """
    attempted = attempted or f"list the {resource.noun}s"
    found = _read(client, resource, attempted, query, warn)
    for each in found:
        client.redactor.add(*resource.secrets(each))
    found = [each for each in found if not _is_deleted(each, client.wall_clock())]
    strange = [each["id"] for each in found if not resource.is_sound(each)]
    if strange:
        said = f"what {', '.join(map(quoted, strange[:10]))} refers to cannot be told from the answer"
        raise Unintelligible(attempted, said, next_step="Nothing is decided by half of what there is. Tell us of this answer.")
    return found


def _is_deleted(obj: Object, now: float) -> bool:
    """Whether the service still lists an object that it has deleted. ``deleted_at`` is when it was, or will be, deleted."""
    metadata = obj.get("metadata")
    deleted_at = metadata.get("deleted_at") if isinstance(metadata, dict) else None
    if not isinstance(deleted_at, str) or not deleted_at:
        return False
    try:
        # Python reads a "Z" only from 3.11 on.
        moment = datetime.datetime.fromisoformat(re.sub(r"\.\d+", "", deleted_at.replace("Z", "+00:00")))
        return (moment if moment.tzinfo else moment.replace(tzinfo=datetime.timezone.utc)).timestamp() <= now
    except ValueError:
        return False


def _read(
    client: Client, resource: Resource, attempted: str, query: Optional[Mapping[str, object]], warn: Callable[[str], None]
) -> List[Object]:
    if resource.look_up is None:
        return client.list(resource.path, attempted, query)
    path, of_resource = resource.path + ":lookup", resource.look_up["resource"]
    try:
        if resource.looks_up_one:
            found = client.look_up(path, resource.look_up, attempted)
            return [] if found is None else [found]
        listed = client.list(path, attempted, resource.look_up)
    except NotFound as error:
        if not error.is_from_api:
            raise
        return []
    except Forbidden as error:
        warn(
            f"The service answered 403 ({error.said.rstrip('.')}) when the {resource.noun}s of {of_resource} were looked up. It may "
            "answer so if there are none, so that is assumed; it may also mean that the credentials may not read them."
        )
        return []
    # What is set for a resource around this one is not this one's.
    return [each for each in listed if each.get("resource", of_resource) == of_resource]


def existing_of_each(
    client: Client, resources: Sequence[Resource], at_once: int, warn: Callable[[str], None] = _unsaid
) -> List[List[Object]]:
    """What exists of several resources that are looked up, several read at once."""
    return run_concurrently(lambda resource: looked_up(client, resource, warn), resources, at_once, client.cancel)


def looked_up(client: Client, resource: Resource, warn: Callable[[str], None] = _unsaid) -> List[Object]:
    """What exists of one resource that is looked up."""
    of_resource = (resource.look_up or {}).get("resource")
    return existing(client, resource, f"look up the {resource.noun}s of {of_resource}", warn=warn)


def confirm_references(client: Client, known: Directory, subscriptions: Iterable[Object]) -> None:
    """Read the integrations once more if a subscription refers to one that is not among them: it may be newer than the first list."""
    referred = {object_id for each in subscriptions for object_id in reference_ids(each.get("integrations"))}
    if any(known.integrations.by_id(object_id) is None for object_id in referred):
        known.integrations = Index(INTEGRATION, existing(client, INTEGRATION))


def directory(client: Client) -> Directory:
    """The organization's notification types and integrations."""
    return Directory(existing(client, NOTIFICATION_TYPE), existing(client, INTEGRATION))
