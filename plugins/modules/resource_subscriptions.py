#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the subscriptions of many resources."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_subscriptions
short_description: Manage many resource subscriptions of Confluent Cloud notifications
version_added: 0.2.0
description:
  - The bulk form of M(ccloud.notifications.resource_subscription). It reads types and integrations once,
    looks up each resource once, plans all changes, and sends only the necessary requests, several at once.
    Nothing is changed if any item is invalid.
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
          - The resource, as the API's own path or as a mapping of its parts; see
            M(ccloud.notifications.resource_preference).
        type: raw
        required: true
      resource_type:
        description: The type of the resource, if it does not follow from O(subscriptions[].resource).
        type: str
      notification_type:
        description: The notification type, by its ID or its exact display name. Required unless
          O(subscriptions[].id) is set.
        type: str
      id:
        description: The ID of an existing subscription. Only needed if a type has two subscriptions.
        type: str
      integrations:
        description: The integrations, each by its ID or its exact display name. If omitted, they are left as
          they are.
        type: list
        elements: str
      integrations_mode:
        description: What O(subscriptions[].integrations) does to the integrations that the subscription
          already has.
        type: str
        choices: [exact, add, remove]
        default: exact
      keep_read_only:
        description: Whether to keep integrations that this API cannot manage.
        type: bool
        default: true
      enabled:
        description: Whether the subscription is enabled. If omitted, it is left as it is; a new one is
          enabled.
        type: bool
      state:
        description: Whether the subscription should exist.
        type: str
        choices: [present, absent]
        default: present
  expected_integrations:
    description: The names of integrations that earlier tasks create; see
      M(ccloud.notifications.resource_subscription).
    type: list
    elements: str
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.bulk
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_subscription
"""

EXAMPLES = r"""
- name: Send failures of connectors to the teams that own them
  ccloud.notifications.resource_subscriptions:
    subscriptions:
      - resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
        notification_type: Connector failed
        integrations: [ops-slack]
      - resource: {environment: env-456xy, cluster: lkc-df123, connector: orders}
        notification_type: Connector failed
        integrations: [pager]

- name: Replace the pager of one connector, and delete the subscription of another one
  ccloud.notifications.resource_subscriptions:
    subscriptions:
      - resource: {environment: env-456xy, cluster: lkc-df123, connector: orders}
        notification_type: Connector failed
        integrations: [ops-slack]
      - resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
        notification_type: Connector failed
        state: absent
"""

RETURN = r"""
resource_subscriptions:
  description: The result of each item, in the order of the items.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    resource: {description: The resource path., type: str, sample: environment=env-dev1}
    display_name: {description: The name of the notification type., type: str, sample: Connector failed}
    id: {description: "The ID; V(null) if it does not exist yet.", type: str, sample: rs-12345}
    resource_subscription: {description: "The subscription, or V(null) if it does not exist.", type: dict}
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The fields that differed., type: list, elements: str, sample: [integrations]}
    attempted: {description: "V(false) if an earlier failure prevented it.", type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: on failure}
    error: {description: Why it failed., type: dict, returned: on failure}
summary:
  description: The number of objects for each outcome.
  returned: when planning succeeded
  type: dict
  sample: {created: 1, changed: 0, recreated: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each subscription that changes.
  returned: when planning succeeded
  type: dict
  sample: {before: "", after: "environment=env-1: Connector failed   ENABLED   ops-slack\\n"}
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

from ..module_utils._ansible import module
from ..module_utils._ansible.execution import apply, execution_options
from ..module_utils._ansible.options import (
    BULK,
    CONNECTION,
    EXPECTED_INTEGRATIONS,
    RESOURCE_PATH,
    SUBSCRIPTION_ITEM,
)
from ..module_utils._ansible.results import bulk_result, describe_results
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
    options, items = execution_options(ctx), ctx.params["subscriptions"]
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
    result = apply(ctx, client, make_plan(desired_states, snapshot), options)
    subscriptions = describe_results(ctx, result.managed)
    return bulk_result(result, resource_subscriptions=subscriptions)


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
