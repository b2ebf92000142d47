# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what a run for one owner must leave to others, and what it takes from them."""

from __future__ import annotations

from typing import Iterable, Optional, Sequence, Tuple

from .._engine.plan import Plan
from .._errors import RefusedError
from .._redaction import quoted
from .._resources.catalog import Catalog, IntegrationReference
from .._resources.integrations import INTEGRATIONS
from .._resources.owners import owner_of
from .._resources.subscriptions import others_integrations


def taken_over(plan: Plan, owner: Optional[str]) -> int:
    """The number of integrations of others that a run for an owner changes. They count for limits like its own."""
    if owner is None:
        return 0
    changed = [step.before for step in plan.steps if step.resource is INTEGRATIONS and step.is_change]
    return sum(before is not None and owner_of(before) != owner for before in changed)


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
        others = others_integrations(references, catalog, owner)
        if others:
            name, holder = INTEGRATIONS.name(others[0]), owner_of(others[0])
            return RefusedError(
                f"{label} routes to {quoted(name)}, which "
                f"{f'belongs to {holder}' if holder else 'belongs to nobody'}, and `owner` is {owner}",
                type="other_owner",
                operation="route by rules",
                next_step="Route to your own integrations, or set `take_over: true` for an item with this name.",
            )
    return None
