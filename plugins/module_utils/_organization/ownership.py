# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what a run for one owner must leave to others.

Private to the collection.
"""

from __future__ import annotations

from typing import Iterable, Iterator, Optional, Sequence, Tuple

from .._engine.model import Reference
from .._errors import RefusedError
from .._redaction import quoted
from .._resources.catalog import Catalog, IntegrationReference
from .._resources.integrations import INTEGRATIONS, is_manageable
from .._resources.owners import owner_of


def foreign_route(
    owner: Optional[str], routes: Iterable[Tuple[str, Sequence[IntegrationReference]]], catalog: Catalog
) -> Optional[RefusedError]:
    """The error for a route to a channel of others, which the run could never remove again, or None.

    ``routes`` have what routes, for messages, and its integrations. ``catalog`` has the integrations that
    will exist.
    """
    if owner is None:
        return None
    for label, references in routes:
        found = next(_foreign(owner, references, catalog), None)
        if found is not None:
            name, holder = found
            return RefusedError(
                f"{label} routes to {quoted(name)}, which "
                f"{f'belongs to {holder}' if holder else 'belongs to nobody'}, and `owner` is {owner}",
                type="other_owner",
                operation="route by rules",
                next_step="Route to your own integrations, or set `take_over: true` for an item with this name.",
            )
    return None


def _foreign(
    owner: str, references: Iterable[IntegrationReference], catalog: Catalog
) -> Iterator[Tuple[str, Optional[str]]]:
    """The names of channels of others, with their owners."""
    for reference in references:
        if isinstance(reference, Reference):
            continue
        integration = catalog.existing_integration(reference) or {}
        holder = owner_of(integration)
        if is_manageable(integration) and holder != owner:
            yield INTEGRATIONS.name(integration), holder
