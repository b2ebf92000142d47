# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what is probably wrong about a planned routing, although nothing forbids it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from .._common import Object, without_match
from .._engine.model import Reference
from .._engine.plan import Plan
from .._redaction import counted, quoted, quoted_names
from .._resources.catalog import IntegrationReference
from .._resources.integrations import INTEGRATIONS, is_manageable, is_same_url, target_kind, webhook_url
from .._resources.notification_types import is_included, unmatched_names
from .._resources.owners import owner_of
from .._resources.webhook_hosts import host_rule
from .lint_findings import Entry, Finding
from .options import DesiredOrganization
from .routing import Routing, created_integrations
from .rules import CRITICAL, Selection
from .state import OrganizationState


@dataclass(frozen=True)
class Channel:
    """A manageable integration as it will be after a plan."""

    reference: IntegrationReference
    name: str
    kind: str
    url: Optional[str]
    owner: Optional[str]

    @classmethod
    def of(cls, reference: IntegrationReference, name: str, integration: Object) -> Channel:
        """The channel that an integration is."""
        url = webhook_url(integration.get("target"))
        return cls(reference, name, target_kind(integration), url, owner_of(integration))


@dataclass(frozen=True)
class Linted:
    """What lint looks at: the desired organization, its state, and the plan with its selection and routing."""

    desired: DesiredOrganization
    state: OrganizationState
    plan: Plan
    selection: Selection
    routing: Routing

    @cached_property
    def channels(self) -> Dict[IntegrationReference, Channel]:
        """The channels after the plan, by their references."""
        created = [
            Channel.of(Reference(INTEGRATIONS.path, step.name), step.name, step.after or {})
            for step in created_integrations(self.plan)
        ]
        existing = [
            Channel.of(obj["id"], INTEGRATIONS.name(obj), obj)
            for obj in self.routing.catalog.integrations.sorted()
            if is_manageable(obj)
        ]
        return {channel.reference: channel for channel in (*existing, *created)}

    @cached_property
    def included_types(self) -> List[Object]:
        """The types of the organization's plan, sorted."""
        return [obj for obj in self.routing.catalog.types.sorted() if is_included(obj)]

    def entry_of(self, name: str) -> Optional[Entry]:
        """The item that describes an integration."""
        for position, integration in enumerate(self.desired.integrations, 1):
            if integration.key == name:
                return ("integrations", position)
        return None


def lint(linted: Linted) -> Tuple[Finding, ...]:
    """The findings that nobody ignores, with the entries of ``lint_ignore`` that match none."""
    findings = [finding for check in _CHECKS for finding in check(linted)]
    ignored = linted.desired.lint_ignore
    unused = [entry for entry in ignored if not any(map(entry.matches, findings))]
    kept = [finding for finding in findings if not any(entry.matches(finding) for entry in ignored)]
    kept += [
        Finding(
            "unused-ignore",
            entry.code,
            f"`lint_ignore` ignores {entry.code}{f' of {quoted(entry.subject)}' if entry.subject else ''}, "
            "which is not found",
        )
        for entry in unused
    ]
    return tuple(kept)


# Rules


def _rules_without_types(linted: Linted) -> Iterator[Finding]:
    for rule in linted.desired.rules:
        if not linted.selection.types_by_rule[rule.position]:
            text = f"{rule.label} selects no notification type of the organization's plan today"
            yield Finding("rule-selects-nothing", rule.label, text, ("subscriptions", rule.position))


def _redundant_rules(linted: Linted) -> Iterator[Finding]:
    selection = linted.selection
    counts: Counter[Tuple[str, IntegrationReference]] = Counter()
    routes = {
        rule.position: [
            (type_id, reference)
            for type_id in selection.types_by_rule[rule.position]
            for reference in selection.recipients[rule.position]
        ]
        for rule in linted.desired.rules
    }
    for route in routes.values():
        counts.update(route)

    # Of two equal rules, the later one is redundant.
    for rule in reversed(linted.desired.rules):
        route = routes[rule.position]
        if route and all(counts[pair] > 1 for pair in route):
            counts.subtract(route)
            text = f"other rules send all types of {rule.label} to the same channels"
            yield Finding("redundant-rule", rule.label, text, ("subscriptions", rule.position))


# Patterns


def _unmatched_patterns(linted: Linted) -> Iterator[Finding]:
    catalog = linted.routing.catalog
    existing = [text for obj in linted.state.integrations for text in (INTEGRATIONS.name(obj), obj["id"])]
    planned = [*existing, *(channel.name for channel in linted.channels.values())]

    for pattern in without_match(linted.desired.keep, existing):
        yield Finding(
            "unmatched-pattern", pattern, f"`keep` has {quoted(pattern)}, which matches no integration"
        )
    for rule in linted.desired.rules:
        for pattern in unmatched_names(catalog.types, rule.select or {}):
            text = f"{rule.label} selects {quoted(pattern)}, which matches no notification type"
            yield Finding("unmatched-pattern", pattern, text, ("subscriptions", rule.position))
    for position, policy in enumerate(linted.desired.limits.policies, 1):
        for pattern in without_match((*policy.any_of, *policy.forbidden), planned):
            text = f"the policy {quoted(policy.name)} has {quoted(pattern)}, which matches no integration"
            yield Finding("unmatched-pattern", pattern, text, ("policies", position))


# Channels


def _unused_integrations(linted: Linted) -> Iterator[Finding]:
    used_by_resources = {
        name
        for setting in linted.desired.resource_subscriptions
        for name in setting.params["integrations"] or ()
    }
    for channel in linted.channels.values():
        is_named = not used_by_resources.isdisjoint((channel.name, channel.reference))
        is_used = is_named or channel.reference in linted.routing.used
        if not is_used and linted.desired.owner in (None, channel.owner):
            text = f"no subscription uses the integration {quoted(channel.name)}"
            yield Finding("unused-integration", channel.name, text, linted.entry_of(channel.name))


def _suspicious_urls(linted: Linted) -> Iterator[Finding]:
    channels = linted.channels
    suspicious = {
        reference: rule
        for reference, channel in channels.items()
        if channel.url and (rule := host_rule(channel.kind, channel.url))
    }
    types: Dict[IntegrationReference, List[str]] = {}
    for notification_type in linted.included_types if suspicious else ():
        reached = _channels_of(linted.routing, notification_type)
        if reached and all(reference in suspicious for reference in reached):
            types.setdefault(reached[0], []).append(
                linted.routing.catalog.type_label(notification_type["id"])
            )

    for reference, names in types.items():
        channel, rule = channels[reference], suspicious[reference]
        reach = "type reaches" if len(names) == 1 else "types reach"
        text = (
            f"{len(names)} {reach} only {quoted(channel.name)}, and its URL is {rule.reason}: "
            f"{quoted_names(names)}"
        )
        yield Finding(rule.code, channel.name, text, linted.entry_of(channel.name))


def _single_channels(linted: Linted) -> Iterator[Finding]:
    channels = linted.channels
    types: Dict[IntegrationReference, List[str]] = {}
    for notification_type in linted.included_types:
        reached = _channels_of(linted.routing, notification_type)
        if notification_type.get("severity") == CRITICAL and len(reached) == 1 and reached[0] in channels:
            types.setdefault(reached[0], []).append(
                linted.routing.catalog.type_label(notification_type["id"])
            )
    for reference, names in types.items():
        channel = channels[reference]
        reach = "reaches" if len(names) == 1 else "reach"
        text = (
            f"{counted(len(names), 'critical type')} {reach} no channel but {quoted(channel.name)}: "
            f"{quoted_names(names)}"
        )
        yield Finding("single-channel", channel.name, text, linted.entry_of(channel.name))


def _channels_of(routing: Routing, notification_type: Object) -> List[IntegrationReference]:
    """The channels that a type reaches."""
    found = routing.recipients_by_reference(notification_type["id"])
    return [reference for reference, recipient in found.items() if recipient.is_channel]


def _renames(linted: Linted) -> Iterator[Finding]:
    """New integrations that are probably existing ones under another name."""
    created = [
        (step, webhook_url((step.after or {}).get("target"))) for step in created_integrations(linted.plan)
    ]
    if not any(url for _step, url in created):
        return

    deleted = {step.before["id"] for step in linted.plan.removals() if step.before}
    for obj in linted.state.integrations.sorted():
        url = webhook_url(obj.get("target"))
        if url is None or not (obj["id"] in deleted or obj["id"] not in linted.routing.used):
            continue
        for step, new_url in created:
            if new_url is not None and is_same_url(url, new_url):
                old = INTEGRATIONS.name(obj)
                text = (
                    f"the new integration {quoted(step.name)} has the URL of {quoted(old)}, which "
                    f"{'would be deleted' if obj['id'] in deleted else 'nothing would use'}: to rename it, set "
                    f"`previous_name` to {quoted(old)}"
                )
                yield Finding("looks-like-a-rename", step.name, text, linted.entry_of(step.name))


# Expiry


def _expiries(linted: Linted) -> Iterator[Finding]:
    now = linted.desired.now
    for expiry in linted.desired.expiries:
        if expiry.is_over(now):
            yield Finding("ended", expiry.label, expiry.text(now), expiry.entry)
        elif expiry.is_near(now):
            yield Finding("ends-soon", expiry.label, expiry.text(now), expiry.entry)


_CHECKS: Sequence[Callable[[Linted], Iterator[Finding]]] = (
    _expiries,
    _rules_without_types,
    _redundant_rules,
    _unmatched_patterns,
    _renames,
    _unused_integrations,
    _suspicious_urls,
    _single_channels,
)
