#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage one subscription of one resource."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_subscription
short_description: Manage one resource subscription of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Manages which integrations receive a notification type of one resource, such as a cluster or a connector,
    in addition to the subscriptions of the organization.
  - The task fails before anything is changed if the organization's plan does not include the type.
author: The ccloud.notifications authors (@ccloud-notifications)
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.resource
  - ccloud.notifications.routing
  - ccloud.notifications.routing.subscription
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_subscription_info
  - module: ccloud.notifications.subscription
"""

EXAMPLES = r"""
- name: Send failures of one connector to the payments team
  ccloud.notifications.resource_subscription:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
    notification_type: Connector failed
    integrations: [ops-slack]

- name: Send them to the pager as well
  ccloud.notifications.resource_subscription:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
    notification_type: Connector failed
    integrations: [pager]
    integrations_mode: add

- name: Delete the subscription
  ccloud.notifications.resource_subscription:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
    notification_type: Connector failed
    state: absent
"""

RETURN = r"""
resource_subscription:
  description:
    - The subscription with the names of its type and its integrations, or V(null) if it does not exist. In
      check mode a new one has no ID.
  returned: when planning succeeded
  type: dict
  sample:
    id: rs-12345
    current_state: ENABLED
    notification_type: {id: nt-12345, display_name: Connector failed, category: SERVICE, severity: CRITICAL}
    integrations: [{id: i-12345, display_name: ops-slack, kind: Slack}]
changes:
  description: The fields that differed. Empty for a deletion.
  returned: when planning succeeded
  type: list
  elements: str
  sample: [integrations]
diff:
  description: The state and the names of the integrations before and after.
  returned: when planning succeeded
  type: dict
  sample:
    before: {integrations: [Organization admins], current_state: ENABLED}
    after: {integrations: [Organization admins, ops-slack], current_state: ENABLED}
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
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.execution import apply
from ..module_utils._ansible.options import (
    CONNECTION,
    RESOURCE_PATH,
    SUBSCRIPTION_ITEM,
)
from ..module_utils._ansible.results import single_result
from ..module_utils._engine.planner import make_plan
from ..module_utils._errors import operation
from ..module_utils._resources.resource_settings import (
    load_resource_subscriptions,
    resource_path_from_options,
)
from ..module_utils._resources.subscriptions import subscription_from_options

ARGUMENTS = CONNECTION + RESOURCE_PATH + SUBSCRIPTION_ITEM


def run(ctx: ModuleContext) -> ModuleResult:
    with operation("manage a resource subscription"):
        resource_path = resource_path_from_options(ctx.params, ctx.warn_once)
    client = ctx.connect()
    [resource], snapshot = load_resource_subscriptions(client, [resource_path], warn=ctx.warn_once)
    desired = subscription_from_options(resource, ctx.params, snapshot[resource], ctx.check_mode)
    plan = make_plan([desired], snapshot)
    return single_result(apply(ctx, client, plan))


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
