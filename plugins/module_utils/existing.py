# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists: all objects of a resource as its description says how to read them, complete or not at all.

Private to the collection.
"""

from __future__ import annotations

from typing import Callable, List, Mapping, Optional, Sequence

from ._concurrency import run_concurrently
from .client import Client
from .directory import Directory
from .errors import Forbidden, Unintelligible
from .resources import INTEGRATION, NOTIFICATION_TYPE, Object, Resource


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
    strange = [each["id"] for each in found if not resource.is_sound(each)]
    if strange:
        said = f"what {', '.join(strange)} refers to cannot be told from the answer"
        raise Unintelligible(attempted, said, next_step="Nothing is decided by half of what there is. Tell us of this answer.")
    return found


def _read(
    client: Client, resource: Resource, attempted: str, query: Optional[Mapping[str, object]], warn: Callable[[str], None]
) -> List[Object]:
    if resource.look_up is None:
        return client.list(resource.path, attempted, query)
    path, of_resource = resource.path + ":lookup", resource.look_up["resource"]
    if resource.looks_up_one:
        try:
            found = client.look_up(path, resource.look_up, attempted)
        except Forbidden as error:
            warn(
                f"The service answered 403 ({error.said.rstrip('.')}) where the {resource.noun} of {of_resource} was looked up. It may "
                "answer so where there is none, so it is taken for that; it may also mean that the credentials may not read it."
            )
            return []
        return [] if found is None else [found]
    # What is set for a resource around this one is not this one's.
    return [each for each in client.list(path, attempted, resource.look_up) if each.get("resource", of_resource) == of_resource]


def existing_of_each(
    client: Client, resources: Sequence[Resource], at_once: int, warn: Callable[[str], None] = _unsaid
) -> List[List[Object]]:
    """What exists of several resources that are looked up, several read at once."""
    return run_concurrently(lambda resource: looked_up(client, resource, warn), resources, at_once, client.cancel)


def looked_up(client: Client, resource: Resource, warn: Callable[[str], None] = _unsaid) -> List[Object]:
    """What exists of one resource that is looked up."""
    of_resource = (resource.look_up or {}).get("resource")
    return existing(client, resource, f"look up the {resource.noun}s of {of_resource}", warn=warn)


def directory(client: Client) -> Directory:
    """The organization's notification types and integrations."""
    return Directory(existing(client, NOTIFICATION_TYPE), existing(client, INTEGRATION))
