#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route notification types by rules."""

from __future__ import annotations

DOCUMENTATION = r"""
module: subscriptions
short_description: Route all Confluent Cloud notifications by rules
version_added: 0.2.0
description:
  - Manages by rules which integrations receive which notification types. It reads types, subscriptions and
    integrations once, plans all changes, and sends only the necessary requests, several at once. Nothing is
    changed if any rule is invalid.
  - A type that several rules select goes to the integrations of all of them, and is enabled.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  rules:
    description: The rules, each with either O(rules[].select) or O(rules[].notification_type).
    type: list
    elements: dict
    required: true
    suboptions:
      select:
        description:
          - Selects types that match all given suboptions. V({}) selects every type. Types that the
            organization's plan does not include are skipped.
        type: dict
        suboptions:
          display_names:
            description: Names, or shell-style patterns of names.
            type: list
            elements: str
          categories:
            description: Categories, such as V(SERVICE).
            type: list
            elements: str
          severities:
            description: Severities, such as V(CRITICAL).
            type: list
            elements: str
          subscription_priorities:
            description: Priorities, such as V(RECOMMENDED).
            type: list
            elements: str
          resource_types:
            description: Types of the resources that the notification types are about, such as V(CONNECTOR).
            type: list
            elements: str
      notification_type:
        description: One type, by its ID or its exact display name.
        type: str
      integrations:
        description: The integrations that receive the types, each by its ID or its exact display name.
        type: list
        elements: str
        required: true
      allow_empty:
        description: Whether the selector may match nothing, and contain values that no type has.
        type: bool
        default: false
      name:
        description: A name of the rule for messages.
        type: str
        version_added: 0.2.0
  disable_others:
    description:
      - Whether to disable the subscriptions to optional and recommended types that no rule selects. Other
        types, and those of severity V(CRITICAL), stay enabled and are listed in RV(not_disabled).
    type: bool
    default: false
  disable_critical:
    description: Whether O(disable_others) also disables types of severity V(CRITICAL).
    type: bool
    default: false
    version_added: 0.2.0
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.bulk
  - ccloud.notifications.routing
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.subscription
  - module: ccloud.notifications.notification_type_info
"""

EXAMPLES = r"""
- name: Send the types of each rule to its channels, and to no others
  ccloud.notifications.subscriptions:
    rules:
      - select: {severities: [CRITICAL], categories: [SERVICE, SECURITY]}
        integrations: [ops-slack, pager]
      - select: {severities: [WARN], categories: [SERVICE]}
        integrations: [ops-slack]
      - notification_type: Invoice available
        integrations: [ops-slack]

- name: Add a channel to all types whose name begins with "Connector"
  ccloud.notifications.subscriptions:
    rules:
      - select: {display_names: ["Connector *"]}
        integrations: [ops-slack]
        allow_empty: true
    integrations_mode: add

- name: Remove a channel from all types
  ccloud.notifications.subscriptions:
    rules:
      - select: {}
        integrations: [old-teams]
    integrations_mode: remove

- name: Send critical types to these channels only, not to organization admins, and disable other types
  ccloud.notifications.subscriptions:
    rules:
      - select: {severities: [CRITICAL]}
        integrations: [ops-slack, pager]
    keep_read_only: false
    disable_others: true
"""

RETURN = r"""
subscriptions:
  description: The result for each type that a rule selects or O(disable_others) disables, sorted by name.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    notification_type:
      description: The type.
      type: dict
      sample: {id: nt-12345, display_name: Connector failed}
    rules:
      description: The positions of the rules that select it, counted from 1.
      type: list
      elements: int
      sample: [1]
    before: {description: "Its state and integrations before; V(null) without a subscription.", type: dict}
    after: {description: Its state and integrations after., type: dict}
    id: {description: The ID of the subscription., type: str, sample: s-12345}
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The fields that differed., type: list, elements: str, sample: [integrations]}
    attempted: {description: "V(false) if an earlier failure prevented it.", type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: on failure}
    error: {description: Why it failed., type: dict, returned: on failure}
not_included:
  description: The types that only selectors match and that the organization's plan does not include.
  returned: when planning succeeded
  type: list
  elements: dict
  sample: [{id: nt-12345, display_name: Connector failed}]
not_disabled:
  description: The types that no rule selects and that O(disable_others) cannot disable.
  returned: when planning succeeded
  type: list
  elements: dict
  sample: [{id: nt-12345, display_name: Connector failed}]
summary:
  description: The number of objects for each outcome.
  returned: when planning succeeded
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each type that changes, with its state and its integrations.
  returned: when planning succeeded
  type: dict
  sample: {before: "", after: "Connector failed   ENABLED   ops-slack, pager\\n"}
api:
  description: The number of requests and retries, the request IDs, the last rate limit, and the waits with
    their reasons.
  returned: unless the options were refused
  type: dict
  sample:
    requests: 1
    retries: 0
    request_ids: [0f2b6c1e]
    rate_limit: {limit: 1000, remaining: 999, reset: 60}
    waits: []
error:
  description: Why the task failed. C(type) is stable. The other return values show what was done before the
    failure.
  returned: on failure
  type: dict
  sample:
    type: quota_exceeded
    operation: create the integration 'ops'
    detail: over quota
    status: 402
    code: quota_exceeded
    pointer: null
    request_id: 0f2b6c1e
    error_ids: []
"""

from typing import List, Optional

from ..module_utils._ansible import module
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.execution import apply, execution_options
from ..module_utils._ansible.options import BULK, CONNECTION, DISABLE_OTHERS, ROUTING, RULE
from ..module_utils._ansible.results import bulk_result, describe_result
from ..module_utils._common import Object
from ..module_utils._engine.model import Resource
from ..module_utils._engine.result import StepResult
from ..module_utils._errors import RefusedError
from ..module_utils._organization.rules import (
    RulesOptions,
    apply_rules,
    lost_channels,
    plan_rules,
    rules_from_options,
)
from ..module_utils._resources.subscriptions import EXACT, REMOVE, load_subscriptions

ARGUMENTS = CONNECTION + RULE.as_list("rules") + ROUTING + DISABLE_OTHERS + BULK


def describe_route(ctx: ModuleContext, result: StepResult, rules: List[int]) -> Object:
    """What became of the subscription to one type."""
    entry = describe_result(ctx, result)
    for name in ("display_name", "subscription"):
        del entry[name]
    resource = result.step.resource
    entry["before"] = describe_state(resource, result.step.before)
    entry["after"] = describe_state(resource, result.after)
    subscription = resource.to_output({"notification_type": {"id": result.step.desired.key}})
    return {"notification_type": subscription["notification_type"], "rules": rules, **entry}


def describe_state(resource: Resource, subscription: Optional[Object]) -> Optional[Object]:
    """The state and the integrations of a subscription; None if it does not exist."""
    if subscription is None:
        return None
    shown = resource.to_output(subscription)
    return {member: shown.get(member) for member in ("current_state", "integrations")}


def run(ctx: ModuleContext) -> ModuleResult:
    options = execution_options(ctx)
    mode, disables_others = ctx.params["integrations_mode"], ctx.params["disable_others"]
    if disables_others and mode == REMOVE:
        detail = "`disable_others` cannot be combined with `integrations_mode: remove`"
        raise RefusedError(detail, operation="route by rules", next_step="Omit one of them.")
    client = ctx.connect()
    rules = rules_from_options(ctx.params["rules"])
    resource, subscriptions = load_subscriptions(client, [rule.select for rule in rules])
    selection = apply_rules(resource.catalog, rules, ctx.check_mode)

    planned = plan_rules(
        subscriptions,
        selection,
        RulesOptions(mode, ctx.params["keep_read_only"], disables_others, ctx.params["disable_critical"]),
    )
    lost = lost_channels(planned.plan, resource.catalog) if mode == EXACT else None
    if lost is not None:
        ctx.warn_once(f"{lost} To keep them, use `integrations_mode: add`.")
    result = apply(ctx, client, planned.plan, options)
    routes = [
        describe_route(ctx, managed, selection.rules_of(managed.step.desired.key))
        for managed in result.managed
    ]
    return bulk_result(
        result,
        subscriptions=sorted(routes, key=lambda route: str(route["notification_type"]["display_name"])),
        not_included=resource.catalog.type_summaries(selection.not_included.values()),
        not_disabled=resource.catalog.type_summaries(planned.not_disabled),
    )


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
