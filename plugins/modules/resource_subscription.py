#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have one notification type of one resource go to these integrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_subscription
short_description: Manage one resource subscription of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Say which integrations hear of a notification type of one resource, such as a cluster or a connector, beside what is subscribed to for
    the whole organization.
  - Subscribing to a type that the organization's plan does not include is refused before any write.
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
- name: The payments team hears of its own connector
  ccloud.notifications.resource_subscription:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
    notification_type: Connector failed
    integrations: [ops-slack]
"""

RETURN = r"""
resource_subscription:
  description:
    - The subscription as the API has it, with the names of what it refers to; V(null) when there is none. In check mode a new one has
      no id yet.
  returned: always, unless nothing could be planned
  type: dict
  sample:
    id: s-12345
    current_state: ENABLED
    notification_type: {id: nt-12345, display_name: Connector failed, category: SERVICE, severity: CRITICAL}
    integrations: [{id: i-12345, display_name: ops-slack, kind: Slack}]
changes:
  description: The names of the fields that differed, as the API has them. Empty for a deletion.
  returned: always, unless nothing could be planned
  type: list
  elements: str
  sample: [integrations]
diff:
  description: Where it goes, by name, and its state, before and after.
  returned: always, unless nothing could be planned
  type: dict
  sample:
    before: {integrations: [Organization admins], current_state: ENABLED}
    after: {integrations: [Organization admins, ops-slack], current_state: ENABLED}
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
    CONNECTION,
    EXPECTED_INTEGRATIONS,
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

ARGUMENTS = CONNECTION + EXPECTED_INTEGRATIONS + RESOURCE_PATH + SUBSCRIPTION_ITEM


def run(ctx):
    with operation("manage a resource subscription"):
        resource_path = resource_path_from_options(ctx.params, ctx.warn_once)
    client = ctx.connect()
    [resource], snapshot = load_resource_subscriptions(client, [resource_path], warn=ctx.warn_once)
    desired = subscription_from_options(resource, ctx.params, snapshot[resource], ctx.expected_integrations)
    plan = make_plan([desired], snapshot)
    return single_result(ctx, ctx.apply(client, plan))


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
