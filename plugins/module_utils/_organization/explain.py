# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: why a notification type goes where it goes, and why a channel receives what it receives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Mapping, Sequence, Tuple

from .._common import Object
from .._errors import RefusedError, UnknownNameError, operation
from .._redaction import counted, quoted, quoted_names
from .._resources.catalog import IntegrationReference
from .._resources.notification_types import NOTIFICATION_TYPES, is_included
from .policies import Policy
from .routing import Recipient, Routing
from .rules import Rule, Selection


@dataclass(frozen=True)
class Explained:
    """What explanations look at: the rules with their selection, and the routing before and after a plan."""

    rules: Sequence[Rule]
    policies: Sequence[Policy]
    selection: Selection
    before: Routing
    after: Routing

    def rules_of(self, type_id: str) -> List[Rule]:
        """The rules that select a type, in their order."""
        positions = set(self.selection.rules_of(type_id))
        return [rule for rule in self.rules if rule.position in positions]


def explain(names: Iterable[str], explained: Explained) -> Tuple[Object, ...]:
    """An explanation of each notification type or integration with these names or IDs.

    Raises UnknownNameError for a name that neither has.
    """
    return tuple(_explain(name, explained) for name in names)


def _explain(name: str, explained: Explained) -> Object:
    catalog = explained.after.catalog
    with operation(f"explain {quoted(name)}"):
        if catalog.types.contains(name):
            return _explain_type(catalog.types.resolve(name), explained)
        try:
            [reference] = catalog.resolve_integrations([name]).references
        except UnknownNameError as error:
            suggestions = catalog.types.suggestions(name) or catalog.integrations.suggestions(name)
            raise error.replace(
                detail=f"no notification type and no integration is named {quoted(name)}",
                next_step=f"Did you mean {suggestions}?" if suggestions else error.next_step,
            ) from None
        return _explain_channel(name, reference, explained)


# Types


def _explain_type(notification_type: Object, explained: Explained) -> Object:
    type_id = notification_type["id"]
    before, after = explained.before.recipients(type_id), explained.after.recipients(type_id)
    rules = [
        {"rule": rule.label, "integrations": list(rule.integrations)} for rule in explained.rules_of(type_id)
    ]
    policies = _policies(notification_type, after, explained)
    explanation: Dict[str, Any] = {
        "kind": "notification_type",
        "name": NOTIFICATION_TYPES.name(notification_type) or type_id,
        "severity": notification_type.get("severity") or "",
        "is_included": is_included(notification_type),
        "rules": rules,
        "before": [recipient.name for recipient in before],
        "after": [recipient.name for recipient in after],
        "channels": [recipient.name for recipient in after if recipient.is_channel],
        "policies": policies,
    }

    return {**explanation, "text": _type_lines(explanation, before, after)}


def _policies(
    notification_type: Object, recipients: Sequence[Recipient], explained: Explained
) -> List[Dict[str, Any]]:
    """The policies that are about a type, and whether they are met."""
    found = []
    for policy in explained.policies:
        try:
            is_about = bool(
                policy.selected_types([notification_type], explained.after.catalog.types_by_resource)
            )
        except RefusedError:
            continue
        if is_about:
            found.append({"policy": policy.name, "is_met": policy.is_met(recipients)})
    return found


def _type_lines(
    explanation: Mapping[str, Any], before: Sequence[Recipient], after: Sequence[Recipient]
) -> List[str]:
    severity = f" ({explanation['severity']})" if explanation["severity"] else ""
    lines = [f"{quoted(explanation['name'])}{severity}"]
    if not explanation["is_included"]:
        lines.append("  The organization's plan does not include this type, so nobody receives it.")
    for rule in explanation["rules"]:
        lines.append(f"  {rule['rule']} selects it: {', '.join(rule['integrations'])}")
    if not explanation["rules"]:
        lines.append("  No rule selects it, so its subscription stays as it is.")
    named = {name for rule in explanation["rules"] for name in rule["integrations"]}
    kept = [recipient.name for recipient in after if recipient.name not in named and not recipient.is_channel]
    if kept and explanation["rules"]:
        lines.append(f"  Kept, because the API cannot manage them: {', '.join(kept)}")
    names = {recipient.name for recipient in after}
    lost = [recipient.name for recipient in before if recipient.name not in names]
    if lost:
        lines.append(f"  No longer: {', '.join(lost)}")
    reached = (
        f"reaches {', '.join(explanation['channels'])}" if explanation["channels"] else "reaches no channel"
    )
    lines.append(f"  After the plan it {reached}.")
    for policy in explanation["policies"]:
        lines.append(
            f"  The policy {quoted(policy['policy'])} is {'met' if policy['is_met'] else 'violated'}."
        )

    return lines


# Channels


def _explain_channel(name: str, reference: IntegrationReference, explained: Explained) -> Object:
    types: List[Dict[str, Any]] = []
    for notification_type in explained.after.catalog.types.sorted():
        type_id = notification_type["id"]
        if reference in explained.after.recipients_by_reference(type_id):
            label = explained.after.catalog.type_label(type_id)
            by = [
                rule.label
                for rule in explained.rules_of(type_id)
                if reference in explained.selection.recipients[rule.position]
            ]
            types.append({"notification_type": label, "rules": by})
    by_rules: Dict[Tuple[str, ...], List[str]] = {}
    for entry in types:
        by_rules.setdefault(tuple(entry["rules"]), []).append(entry["notification_type"])

    lines = [f"{quoted(name)} receives {counted(len(types), 'type')} after the plan"]
    for labels, names in by_rules.items():
        through = f"through {' and '.join(labels)}" if labels else "through no rule of this file"
        lines.append(f"  {through}: {quoted_names(names)}")
    return {"kind": "integration", "name": name, "types": types, "text": lines}
