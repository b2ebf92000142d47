# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What exists: all objects of a resource as its description says how to read them, complete or not at all.

Private to the collection.
"""

from __future__ import annotations

from typing import List, Mapping, Optional

from .client import Client
from .directory import Directory
from .resources import INTEGRATION, NOTIFICATION_TYPE, Object, Resource


def existing(client: Client, resource: Resource, attempted: str = "", query: Optional[Mapping[str, object]] = None) -> List[Object]:
    """All objects, or those that a query of the contract selects. Raises the types of errors.py."""
    attempted = attempted or f"list the {resource.noun}s"
    if resource.look_up is None:
        return client.list(resource.path, attempted, query)
    path = resource.path + ":lookup"
    if not resource.looks_up_one:
        return client.list(path, attempted, resource.look_up)
    found = client.look_up(path, resource.look_up, attempted)
    return [] if found is None else [found]


def directory(client: Client) -> Directory:
    """The organization's notification types and integrations."""
    return Directory(existing(client, NOTIFICATION_TYPE), existing(client, INTEGRATION))
