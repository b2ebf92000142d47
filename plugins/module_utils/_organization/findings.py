# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: an organization as results show it, with what is wrong about its routing."""

from __future__ import annotations

from itertools import chain
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

from .._common import Object
from .._resources.integrations import INTEGRATIONS
from .._resources.notification_types import NOTIFICATION_TYPES
from .._resources.owners import owner_of
from .._resources.subscriptions import types_with_subscriptions
from .policies import NO_GAPS, Policy
from .state import OrganizationState

#: The values of ``return_state``: how much of an organization a result has.
NOTHING, FINDINGS, FULL = "nothing", "findings", "full"


def describe_state(
    state: OrganizationState,
    policies: Sequence[Policy],
    only_findings: bool,
    show: Callable[[Object], Object] = INTEGRATIONS.to_output,
    owner: Optional[str] = None,
    rules_of: Optional[Callable[[str], List[str]]] = None,
) -> Dict[str, Any]:
    """The integrations and the types with their subscriptions, and what is wrong about them.

    With ``only_findings``, objects about which nothing is wrong are left out. ``show`` makes the output of an
    integration. With ``owner``, only its own integrations count as unused. ``rules_of`` says which rules
    select a type.
    """
    routing = state.routing
    gaps = NO_GAPS.violating_types(routing)
    unused = [obj for obj in routing.unused_integrations() if owner in (None, owner_of(obj))]
    violations = [
        {"policy": policy.name, "types": policy.violations(routing, state.resource_routing)}
        for policy in policies
    ]
    violations = [violation for violation in violations if violation["types"]]

    integrations = state.integrations.sorted()
    types = types_with_subscriptions(state.types.sorted(), state.subscriptions)
    if only_findings:
        types = _types_with_findings(types, gaps, violations)
        used = chain.from_iterable(map(_references, types))
        ids = {integration["id"] for integration in [*unused, *used]}
        integrations = [integration for integration in integrations if integration["id"] in ids]
    return {
        "counts": _counts(state),
        "integrations": [show(integration) for integration in integrations],
        "notification_types": [
            {**obj, "rules": rules_of(obj["id"])} if rules_of is not None else obj for obj in types
        ],
        "gaps": gaps,
        "unused": [INTEGRATIONS.name(integration) for integration in unused],
        "violations": violations,
    }


def _counts(state: OrganizationState) -> Dict[str, int]:
    """The number of objects in each collection."""
    collections = {
        "integrations": state.integrations,
        "notification_types": state.types,
        "subscriptions": state.subscriptions,
    }
    return {name: len(collection.ids) for name, collection in collections.items()}


def _types_with_findings(
    types: Sequence[Object], gaps: Sequence[str], violations: Sequence[Mapping[str, Any]]
) -> List[Object]:
    """The types that are a gap, violate a policy, or refer to a missing integration."""
    names = {*gaps, *(name for violation in violations for name in violation["types"])}
    return [
        notification_type
        for notification_type in types
        if (NOTIFICATION_TYPES.name(notification_type) or notification_type["id"]) in names
        or any(reference.get("missing") for reference in _references(notification_type))
    ]


def _references(notification_type: Object) -> List[Object]:
    """The references of all subscriptions to a type."""
    return [
        reference
        for subscription in notification_type["subscriptions"]
        for reference in subscription["integrations"]
    ]
