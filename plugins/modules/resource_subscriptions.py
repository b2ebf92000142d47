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

from ..module_utils._ansible import module
from ..module_utils._ansible.options import (
    BULK,
    CONNECTION,
    EXPECTED_INTEGRATIONS,
    RESOURCE_PATH,
    SUBSCRIPTION_ITEM,
)
from ..module_utils._ansible.results import bulk_result, describe_result
from ..module_utils._engine.planner import make_plan
from ..module_utils._errors import operation
from ..module_utils._resources.resource_settings import (
    load_resource_subscriptions,
    resource_path_from_options,
)
from ..module_utils._resources.subscriptions import subscription_from_options

ITEM = RESOURCE_PATH + SUBSCRIPTION_ITEM
ARGUMENTS = CONNECTION + ITEM.as_list("subscriptions") + EXPECTED_INTEGRATIONS + BULK


def run(ctx):
    options, items = ctx.execution_options(), ctx.params["subscriptions"]
    with operation("manage resource subscriptions"):
        resource_paths = [resource_path_from_options(item, ctx.warn_once) for item in items]
    client = ctx.connect()
    resources, snapshot = load_resource_subscriptions(
        client, resource_paths, options.concurrency, ctx.warn_once
    )
    desired_states = [
        subscription_from_options(resource, item, snapshot[resource], ctx.expected_integrations)
        for resource, item in zip(resources, items)
    ]
    result = ctx.apply(client, make_plan(desired_states, snapshot), options)
    subscriptions = [describe_result(ctx, step_result) for step_result in result.managed]
    return bulk_result(ctx, result, resource_subscriptions=subscriptions)


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
