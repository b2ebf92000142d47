# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every option of the module ``organization``, parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Container, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from .._engine.model import DesiredState, Purge
from .._errors import RefusedError, operation
from .._redaction import quoted
from .._resources.integrations import IntegrationLimits, integration_from_options, purge_from_options
from .._resources.owners import owner_from_option
from .._resources.resource_settings import resource_path_from_options
from .._resources.subscriptions import ADD, REMOVE
from .expiry import Expiry, expiry_from_options
from .limits import Limits
from .lint_findings import Entry, Ignored
from .routing_tests import RoutingTest, fail_under_from_option, refuse_equal_names
from .rules import Rule, RulesOptions, rules_from_options

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
    "owner",
)
_CHECKSUM = re.compile("[0-9a-f]{64}")


@dataclass(frozen=True)
class ResourceSetting:
    """A preference or a subscription of a single resource: its path and type, and the other options."""

    entry: Entry
    path: Tuple[str, str]
    params: Mapping[str, Any]


@dataclass(frozen=True)
class ReviewedPlan:
    """The plan that was reviewed: its checksum and, if the whole plan is given, its changes."""

    checksum: str
    changes: Optional[Sequence[Any]] = None


@dataclass(frozen=True)
class DesiredOrganization:
    """What the options of the module ``organization`` describe, with what may become of the rest.

    ``now`` is when this is: entries that ended before are left out, or mean the opposite. ``expiries`` has
    all entries with an end, and ``explain`` the names of types and integrations to explain.
    """

    now: datetime
    integrations: Tuple[DesiredState, ...]
    purge: Optional[Purge]
    keep: Tuple[str, ...]
    when_in_use: str
    rules: Tuple[Rule, ...]
    rules_options: RulesOptions
    preferences: Tuple[ResourceSetting, ...]
    resource_subscriptions: Tuple[ResourceSetting, ...]
    limits: Limits
    organization_id: Optional[str]
    reviewed: Optional[ReviewedPlan]
    test: str
    routing_tests: Tuple[RoutingTest, ...] = ()
    tests_fail_under: Optional[int] = None
    owner: Optional[str] = None
    lint_ignore: Tuple[Ignored, ...] = ()
    expiries: Tuple[Expiry, ...] = ()
    explain: Tuple[str, ...] = ()
    warnings: Tuple[str, ...] = ()

    @property
    def selects(self) -> List[Optional[Mapping[str, Any]]]:
        """The selectors of rules, policies and routing tests."""
        policies = self.limits.policies
        return [item.select for items in (self.rules, policies, self.routing_tests) for item in items]


def organization_from_options(params: Mapping[str, Any], now: datetime) -> DesiredOrganization:
    """The desired organization, from the options in ORGANIZATION. Raises RefusedError."""
    refuse_empty_protections(params)
    owner = owner_from_option(params["owner"])
    keep = tuple(params["keep"] or ())
    limits = IntegrationLimits(params["on_kind_change"], keep, owner)
    rules = rules_from_options(params["subscriptions"])
    warnings: List[str] = []
    with operation("manage the settings of single resources"):
        preferences = _settings("resource_preferences", params, warnings)
        resource_subscriptions = _settings("resource_subscriptions", params, warnings)

    expiries = [*_rule_expiries(rules, params), *_setting_expiries(preferences, resource_subscriptions)]
    ended = {expiry.entry for expiry in expiries if expiry.is_over(now)}
    return DesiredOrganization(
        now=now,
        integrations=tuple(integration_from_options(item, limits) for item in params["integrations"]),
        purge=purge_from_options(params, owner),
        keep=keep,
        when_in_use=params["when_in_use"],
        rules=tuple(rule for rule in rules if ("subscriptions", rule.position) not in ended),
        rules_options=RulesOptions(
            keep_read_only=params["keep_read_only"],
            disable_others=params["disable_others"],
            disable_critical=params["disable_critical"],
            owner=owner,
        ),
        preferences=tuple(_after(setting, ended, {"enabled": True}) for setting in preferences),
        resource_subscriptions=tuple(
            _after(setting, ended, _opposite(setting.params)) for setting in resource_subscriptions
        ),
        limits=Limits.from_options(params),
        organization_id=params["organization_id"],
        reviewed=_reviewed_plan(params),
        test=params["test"],
        routing_tests=_routing_tests(params["tests"] or ()),
        tests_fail_under=fail_under_from_option(params["tests_fail_under"]),
        owner=owner,
        lint_ignore=tuple(map(Ignored.from_options, params["lint_ignore"])),
        expiries=tuple(expiries),
        explain=tuple(params["explain"]),
        warnings=tuple(warnings),
    )


# Single resources and what ends


def _settings(option: str, params: Mapping[str, Any], warnings: List[str]) -> Tuple[ResourceSetting, ...]:
    return tuple(
        ResourceSetting((option, position), resource_path_from_options(item, warnings.append), item)
        for position, item in enumerate(params[option], 1)
    )


def _after(setting: ResourceSetting, ended: Container[Entry], opposite: Mapping[str, Any]) -> ResourceSetting:
    """A setting as it is now: one that has ended means the opposite."""
    return replace(setting, params={**setting.params, **opposite}) if setting.entry in ended else setting


def _opposite(params: Mapping[str, Any]) -> Mapping[str, Any]:
    """What becomes of a subscription of a single resource when its entry ends: what the entry did is undone."""
    opposite: Dict[str, Any] = {}
    if params["enabled"] is False:
        opposite["enabled"] = True
    if params["integrations_mode"] == ADD:
        opposite["integrations_mode"] = REMOVE
    return opposite or {"state": "absent"}


def _expiry_effect(params: Mapping[str, Any]) -> str:
    opposite = _opposite(params)
    effects = {"enabled": "it is enabled again", "integrations_mode": "its integrations are removed"}
    return " and ".join(effects[name] for name in opposite if name in effects) or "it is deleted"


def _rule_expiries(rules: Sequence[Rule], params: Mapping[str, Any]) -> Iterator[Expiry]:
    others = "may be disabled" if params["disable_others"] else "keep their channels"
    effect = f"it is ignored, and types that no other rule selects {others}"
    for rule, item in zip(rules, params["subscriptions"]):
        expiry = expiry_from_options(item, rule.label, ("subscriptions", rule.position), effect)
        if expiry is not None:
            yield expiry


def _setting_expiries(
    preferences: Sequence[ResourceSetting], resource_subscriptions: Sequence[ResourceSetting]
) -> Iterator[Expiry]:
    for setting in preferences:
        label = f"the preference of {quoted(setting.path[0])}"
        expiry = expiry_from_options(setting.params, label, setting.entry, "the resource is enabled again")
        if expiry is not None:
            if setting.params["enabled"] is not False or setting.params["state"] == "absent":
                raise _needless_until(label, "silences nothing", "`enabled: false`")
            yield expiry

    for setting in resource_subscriptions:
        subject = setting.params["notification_type"] or setting.params["id"]
        label = f"the subscription of {quoted(setting.path[0])} to {quoted(subject)}"
        expiry = expiry_from_options(setting.params, label, setting.entry, _expiry_effect(setting.params))
        if expiry is not None:
            if setting.params["state"] == "absent":
                raise _needless_until(label, "is absent already", "`state: present`")
            if setting.params["integrations_mode"] == REMOVE:
                raise _needless_until(label, "only loses integrations", "`integrations_mode: add` or `exact`")
            yield expiry


def _needless_until(label: str, why: str, wanted: str) -> RefusedError:
    return RefusedError(
        f"`until` is set, but {label} {why}",
        operation="read the options",
        next_step=f"Use it with {wanted}, or omit it.",
    )


def _routing_tests(items: Sequence[Mapping[str, Any]]) -> Tuple[RoutingTest, ...]:
    refuse_equal_names([item["name"] for item in items])
    return tuple(map(RoutingTest.from_options, items))


def emptiness(name: str, value: Any) -> Optional[Tuple[str, str]]:
    """What is empty about the value of an option that protects: its path, and the problem; None if nothing is.

    The number 0 is a limit.
    """
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    text = value.strip() if isinstance(value, str) else value
    if not text and not is_number:
        return name, "is given and empty, so it would protect nothing"
    items = value if isinstance(value, (list, tuple)) else ()
    blank = [position for position, item in enumerate(items) if isinstance(item, str) and not item.strip()]
    return (f"{name}[{blank[0]}]", "is empty, so it would protect nothing") if blank else None


def refuse_empty_protections(params: Mapping[str, Any]) -> None:
    """Raise RefusedError if an option that protects is given and empty: it would protect nothing."""
    for option in PROTECTIONS:
        value = params.get(option)
        empty = emptiness(option, value) if value is not None else None
        if empty:
            path, problem = empty
            raise RefusedError(
                f"`{path}` {problem}",
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
