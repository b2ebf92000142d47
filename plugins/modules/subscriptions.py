#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Route all notification types by rules, in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: subscriptions
short_description: Route all Confluent Cloud notifications by rules at once
version_added: 0.2.0
description:
  - Say by rules which integrations hear of which notification types. One read each of types, subscriptions and integrations, one plan over
    everything, and only the needed writes, several at once within the rate limit. Nothing is written if anything cannot be planned.
  - What several rules select goes to the integrations of all of them, and is enabled.
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
          - What the rule is about. A type has to meet all that is given; V({}) selects every type. Types that the organization's plan does
            not include are passed over.
        type: dict
        suboptions:
          display_names:
            description: Names, or shell-style patterns of them.
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
      notification_type:
        description: The one type that the rule is about, by its id or its exact display name.
        type: str
      integrations:
        description: The integrations that hear of it, each by its id or its exact display name.
        type: list
        elements: str
        required: true
      allow_empty:
        description: Whether the selector may match nothing, and name what no type has.
        type: bool
        default: false
  disable_others:
    description:
      - Whether subscriptions to optional and recommended types that no rule selects are disabled. Others are left, and RV(left) says so.
    type: bool
    default: false
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.many
  - ccloud.notifications.routing
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.subscription
  - module: ccloud.notifications.notification_type_info
"""

EXAMPLES = r"""
- name: Critical is for whoever is on call, the rest is for reading
  ccloud.notifications.subscriptions:
    rules:
      - select: {severities: [CRITICAL], categories: [SERVICE, SECURITY]}
        integrations: [ops-slack, pager]
      - select: {severities: [WARN], categories: [SERVICE]}
        integrations: [ops-slack]
      - notification_type: Invoice available
        integrations: [ops-slack]
"""

RETURN = r"""
subscriptions:
  description: What became of each type that rules select, or that O(disable_others) disables, sorted by name.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  contains:
    notification_type: {description: The type., type: dict, sample: {id: nt-12345, display_name: Connector failed}}
    rules: {description: "The positions of the rules that select it, counted from 1.", type: list, elements: int, sample: [1]}
    before: {description: "Its state and integrations as they were; V(null) if it was not subscribed to.", type: dict}
    after: {description: Its state and integrations as they are., type: dict}
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The names of the fields that differed., type: list, elements: str, sample: [integrations]}
    id: {description: The id of the subscription., type: str, sample: s-12345}
    attempted: {description: V(false) if an earlier failure kept it from being attempted., type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: when it failed}
    error: {description: Why it failed., type: dict, returned: when it failed}
passed_over:
  description: Types that a selector matches and the plan does not include, by id and name.
  returned: always, unless nothing could be planned
  type: list
left:
  description: Types that no rule selects and that O(disable_others) may not disable, by id and name.
  returned: always, unless nothing could be planned
  type: list
summary:
  description: How many there are of each outcome.
  returned: always, unless nothing could be planned
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each type that changes, with its state and its integrations, before and after.
  returned: always, unless nothing could be planned
  type: dict
  sample: {before: "", after: "Connector failed   ENABLED   ops-slack, pager\\n"}
api:
  description: Requests sent, with the service's id of each, the last rate limit that it stated, and waits with their reasons.
  returned: always, unless the options were refused
  type: dict
  sample: {requests: 1, retries: 0, request_ids: [0f2b6c1e], rate_limit: {limit: 1000, remaining: 999, reset: 60}, waits: []}
error:
  description: What went wrong, beside C(msg). What was done before the failure stays in the other values.
  returned: on failure
  type: dict
  sample: {attempted: create the integration 'ops', status: 402, code: quota_exceeded, detail: over quota, pointer: null, request_id: 0f2b}
"""

from ansible_collections.ccloud.notifications.plugins.module_utils import apply, errors, plan, task
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, EXPECTED, MANY, ROUTING, RULE, Arguments
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import confirm_references, directory, existing
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import subscription
from ansible_collections.ccloud.notifications.plugins.module_utils.routing import REMOVE, Route, others, route_wish, selection

DISABLE_OTHERS = Arguments({"disable_others": {"type": "bool", "default": False}})
ARGUMENTS = CONNECTION + EXPECTED + RULE.as_list("rules") + ROUTING + DISABLE_OTHERS + MANY


def described(this, resource, done, rules):
    """What became of one type."""
    entry = this.described(resource, done)
    for left_out in ("display_name", "subscription"):
        del entry[left_out]
    for when, whole in (("before", done.step.before), ("after", done.after)):
        shown = resource.show(whole, ()) if whole else {}
        entry[when] = {name: shown.get(name) for name in ("current_state", "integrations")} if whole else None
    of_type = resource.show({"notification_type": {"id": done.step.wish.key}}, ())
    return {"notification_type": of_type["notification_type"], "rules": rules, **entry}


def run(this):
    manner, mode = this.manner(), this.params["integrations_mode"]
    if this.params["disable_others"] and mode == REMOVE:
        raise errors.InvalidInput("route by rules", "disable_others makes no sense with integrations_mode: remove", next_step="Omit one.")
    client = this.connect()
    known = directory(client)
    resource = subscription(known)
    there = existing(client, resource)
    confirm_references(client, known, there)
    selected = selection(known, this.params["rules"], coming=this.coming)
    this.warn_of_expected(known)
    if this.params["disable_others"] and not selected.heard:
        said = "disable_others is set and no rule selects anything, which would disable everything that may be"
        raise errors.InvalidInput("route by rules", said, next_step="Give rules. Nothing was written.")
    enabled = None if mode == REMOVE else True
    wishes = [
        route_wish(known, type_id, Route(tuple(each.integrations), mode, this.params["keep_read_only"], enabled))
        for type_id, each in selected.heard.items()
    ]
    disabling, left = others(known, there, selected) if this.params["disable_others"] else ([], [])
    planned = plan.plan(resource, [*wishes, *disabling], there)
    this.warn_of_dangling(known)
    carried = apply.carry_out(client, planned, manner)
    for warning in carried.warnings:
        this.warn_once(warning)
    entries = [described(this, resource, done, selected.rules_of(done.step.wish.key)) for done in carried.managed]
    return task.Outcome(
        {
            "changed": carried.changed,
            "summary": carried.summary,
            "subscriptions": sorted(entries, key=lambda each: str(each["notification_type"]["display_name"])),
            "passed_over": known.names_of(selected.passed_over.values()),
            "left": known.names_of(left),
            "diff": plan.difference((resource, done.step) for done in carried.managed),
        },
        carried.failure(),
    )


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
