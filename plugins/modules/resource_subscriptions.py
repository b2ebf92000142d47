#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Say who hears of many resources, in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_subscriptions
short_description: Manage many resource subscriptions of Confluent Cloud notifications
version_added: 0.2.0
description:
  - The bulk form of M(ccloud.notifications.resource_subscription). One read each of types and integrations, one look-up for each resource,
    several at once, one plan over everything, and only the needed writes. Nothing is written if anything cannot be planned.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  subscriptions:
    description: The subscriptions, each type of a resource at most once.
    type: list
    elements: dict
    required: true
    suboptions:
      resource:
        description:
          - The resource, as the API's own path or as a mapping of its parts, as in M(ccloud.notifications.resource_preference).
        type: raw
        required: true
      resource_type:
        description: The type of the resource, needed only where it cannot be worked out from O(subscriptions[].resource).
        type: str
      notification_type:
        description: The notification type, by its id or its exact display name. Needed unless O(subscriptions[].id) is given.
        type: str
      id:
        description: The id of an existing subscription. Only needed to tell two of one type apart.
        type: str
      integrations:
        description: The integrations that it goes to, each by its id or its exact display name. If omitted, that is left as it is.
        type: list
        elements: str
      integrations_mode:
        description: What O(subscriptions[].integrations) means for those that it goes to already.
        type: str
        choices: [exact, add, remove]
        default: exact
      keep_read_only:
        description: Whether integrations stay that this API cannot manage.
        type: bool
        default: true
      enabled:
        description: Whether it is heard. If omitted, that is left as it is; a new subscription is enabled.
        type: bool
      state:
        description: Whether there shall be a subscription.
        type: str
        choices: [present, absent]
        default: present
  expected_integrations:
    description: Names of integrations that earlier tasks of the play create, as in M(ccloud.notifications.resource_subscription).
    type: list
    elements: str
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.many
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_subscription
"""

EXAMPLES = r"""
- name: Teams hear of their own connectors
  ccloud.notifications.resource_subscriptions:
    subscriptions:
      - resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
        notification_type: Connector failed
        integrations: [ops-slack]
      - resource: {environment: env-456xy, cluster: lkc-df123, connector: orders}
        notification_type: Connector failed
        integrations: [pager]
"""

RETURN = r"""
resource_subscriptions:
  description: What became of each item, in the order of the items.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  contains:
    resource: {description: "The resource, as the path that the API has.", type: str, sample: environment=env-dev1}
    display_name: {description: The name of the type., type: str, sample: Connector failed}
    resource_subscription: {description: "It as the API has it; V(null) when there is none.", type: dict}
    id: {description: "Its id; V(null) for what does not exist yet.", type: str, sample: rs-12345}
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The names of the fields that differed., type: list, elements: str, sample: [current_state]}
    attempted: {description: V(false) if an earlier failure kept it from being attempted., type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: when it failed}
    error: {description: Why it failed., type: dict, returned: when it failed}
summary:
  description: How many there are of each outcome.
  returned: always, unless nothing could be planned
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each of them that changes, before and after.
  returned: always, unless nothing could be planned
  type: dict
  sample: {before: "", after: "environment=env-1: Connector failed   ENABLED   ops-slack\\n"}
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

from ansible_collections.ccloud.notifications.plugins.module_utils import apply, plan, task
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import quoted
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import (
    CONNECTION,
    EXPECTED,
    MANY,
    OF_RESOURCE,
    SUBSCRIPTION_ITEM,
)
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import resource_of
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import confirm_references, directory, existing_of_each
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import resource_subscription
from ansible_collections.ccloud.notifications.plugins.module_utils.routing import subscription_wish

ARGUMENTS = CONNECTION + (OF_RESOURCE + SUBSCRIPTION_ITEM).as_list("subscriptions") + EXPECTED + MANY


def run(this):
    manner, items = this.manner(), this.params["subscriptions"]
    of_items = [resource_of(item, "manage resource subscriptions", this.warn_once) for item in items]
    client = this.connect()
    known = directory(client) if items else None
    resources = {of_item: resource_subscription(known, *of_item) for of_item in of_items}
    there = dict(zip(resources, existing_of_each(client, list(resources.values()), manner.concurrency, this.warn_once)))
    if known:
        confirm_references(client, known, (each for found in there.values() for each in found))
    wishes = {of_item: [] for of_item in resources}
    named = []
    for item, of_item in zip(items, of_items):
        identity = dict(zip(("resource", "resource_type"), of_item))
        wish = subscription_wish(known, item, there[of_item], identity, coming=this.coming)
        named.append((f"{quoted(known.type_called(wish.key or ''))} of {of_item[0]}", wish.id))
        wishes[of_item].append(wish)
    plan.refuse_repetition(named, "manage resource subscriptions", "are both about", lambda each: each[0])
    plans = [plan.plan(resource, wishes[of_item], there[of_item]) for of_item, resource in resources.items()]
    if known:
        this.warn_of_expected(known)
        this.warn_of_dangling(known)
    carried = apply.carry_out_each(client, plans, manner)
    order = [list(resources).index(of_item) for of_item in of_items]
    return this.outcome_of_each("resource_subscriptions", plans, carried, order)


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
