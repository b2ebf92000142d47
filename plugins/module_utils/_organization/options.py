# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of the module ``organization``, parsed once.

Private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, List, Mapping, Optional, Sequence, Tuple

from .._engine.model import DesiredState, Purge
from .._errors import RefusedError, operation
from .._redaction import quoted
from .._resources.integrations import integration_from_options, purge_from_options
from .._resources.resource_settings import resource_path_from_options
from .limits import Limits
from .routing_tests import RoutingTest, fail_under_from_option, refuse_equal_names
from .rules import Rule, rules_from_options

#: Options that protect an organization. If one is given, it must say something.
PROTECTIONS = (
    "organization_id",
    "expected_checksum",
    "expected_plan",
    "change_limit",
    "policies",
    "tests",
    "tests_fail_under",
    "keep",
)
_CHECKSUM = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class ResourceSetting:
    """A preference or a subscription of a single resource: its path and type, and the other options."""

    path: Tuple[str, str]
    params: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewedPlan:
    """The plan that was reviewed: its checksum and, if the whole plan is given, its changes."""

    checksum: str
    changes: Optional[Sequence[Any]] = None


@dataclass(frozen=True)
class DesiredOrganization:
    """What the options of the module ``organization`` describe, with what may become of the rest."""

    integrations: Tuple[DesiredState, ...]
    purge: Optional[Purge]
    keep: Tuple[str, ...]
    when_in_use: str
    rules: Tuple[Rule, ...]
    keep_read_only: bool
    disable_others: bool
    disable_critical: bool
    preferences: Tuple[ResourceSetting, ...]
    resource_subscriptions: Tuple[ResourceSetting, ...]
    limits: Limits
    organization_id: Optional[str]
    reviewed: Optional[ReviewedPlan]
    test: str
    routing_tests: Tuple[RoutingTest, ...] = ()
    tests_fail_under: Optional[int] = None
    warnings: Tuple[str, ...] = ()

    @property
    def selects(self) -> List[Optional[Mapping[str, Any]]]:
        """The selectors of rules, policies and routing tests."""
        policies = self.limits.policies
        return [item.select for items in (self.rules, policies, self.routing_tests) for item in items]


def organization_from_options(params: Mapping[str, Any]) -> DesiredOrganization:
    """The desired organization, from the options in ORGANIZATION. Raises RefusedError."""
    refuse_empty_protections(params)
    limits = Limits.from_options(params)
    purge = purge_from_options(params)
    keep = tuple(params["keep"] or ())
    integrations = tuple(
        integration_from_options(item, params["on_kind_change"], keep) for item in params["integrations"]
    )
    warnings: List[str] = []
    with operation("manage the settings of single resources"):
        preferences = _settings(params["resource_preferences"], warnings)
        resource_subscriptions = _settings(params["resource_subscriptions"], warnings)
    return DesiredOrganization(
        integrations=integrations,
        purge=purge,
        keep=keep,
        when_in_use=params["when_in_use"],
        rules=rules_from_options(params["subscriptions"]),
        keep_read_only=params["keep_read_only"],
        disable_others=params["disable_others"],
        disable_critical=params["disable_critical"],
        preferences=preferences,
        resource_subscriptions=resource_subscriptions,
        limits=limits,
        organization_id=params["organization_id"],
        reviewed=_reviewed_plan(params),
        test=params["test"],
        routing_tests=_routing_tests(params["tests"] or ()),
        tests_fail_under=fail_under_from_option(params["tests_fail_under"]),
        warnings=tuple(warnings),
    )


def _settings(items: Sequence[Mapping[str, Any]], warnings: List[str]) -> Tuple[ResourceSetting, ...]:
    return tuple(ResourceSetting(resource_path_from_options(item, warnings.append), item) for item in items)


def _routing_tests(items: Sequence[Mapping[str, Any]]) -> Tuple[RoutingTest, ...]:
    refuse_equal_names([item["name"] for item in items])
    return tuple(map(RoutingTest.from_options, items))


def says_nothing(value: Any) -> bool:
    """Whether the value of an option that protects would protect nothing. The number 0 is a limit."""
    if isinstance(value, str):
        return not value.strip()
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return not value and not is_number


def refuse_empty_protections(params: Mapping[str, Any]) -> None:
    """Raise RefusedError if an option that protects is given and empty: it would protect nothing."""
    for option in PROTECTIONS:
        value = params.get(option)
        if value is not None and says_nothing(value):
            raise RefusedError(
                f"`{option}` is given and empty, so it would protect nothing",
                operation="read the options",
                next_step=f"Set `{option}`, or omit it if it is not wanted.",
            )


def _reviewed_plan(params: Mapping[str, Any]) -> Optional[ReviewedPlan]:
    """The plan in the options EXPECTED_PLAN; None if neither is given. Raises RefusedError."""
    plan, checksum = params["expected_plan"], params["expected_checksum"]
    if plan is not None:
        option, checksum = "expected_plan.checksum", plan.get("checksum")
    elif checksum is not None:
        option = "expected_checksum"
    else:
        return None
    text = str(checksum).strip().lower()
    if not _CHECKSUM.fullmatch(text):
        raise RefusedError(
            f"`{option}` is {quoted(checksum)}, which is not a checksum of 64 hexadecimal digits",
            operation="read the options",
            next_step="Copy the checksum that the plan shows, or pass the plan as it was returned.",
        )
    return ReviewedPlan(text, None if plan is None else plan.get("changes") or ())
