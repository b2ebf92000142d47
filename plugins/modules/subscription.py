#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Have one notification type go to these integrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: subscription
short_description: Manage one subscription of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Say which integrations hear of a notification type. There is at most one subscription to a type, and most exist already, so this
    usually changes one.
  - A type of priority REQUIRED is always heard of. Disabling or deleting its subscription is refused before any write, as is
    subscribing to a type that the organization's plan does not include.
author: The ccloud.notifications authors (@ccloud-notifications)
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.routing
  - ccloud.notifications.routing.subscription
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.subscriptions
  - module: ccloud.notifications.subscription_info
  - module: ccloud.notifications.notification_type_info
"""

EXAMPLES = r"""
- name: Failing connectors wake whoever is on call
  ccloud.notifications.subscription:
    notification_type: Connector failed
    integrations: [ops-slack, pager]

- name: The operations team hears of high load as well
  ccloud.notifications.subscription:
    notification_type: Cluster load is high
    integrations: [ops-slack]
    integrations_mode: add

- name: Nobody wants to hear of this
  ccloud.notifications.subscription:
    notification_type: Commitment half used
    enabled: false
"""

RETURN = r"""
subscription:
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
from ..module_utils._ansible.options import CONNECTION, EXPECTED_INTEGRATIONS, SUBSCRIPTION_ITEM
from ..module_utils._ansible.results import single_result
from ..module_utils._engine.model import Snapshot
from ..module_utils._engine.planner import make_plan
from ..module_utils._redaction import quoted
from ..module_utils._resources.subscriptions import DISABLED, load_subscriptions, subscription_from_options

ARGUMENTS = CONNECTION + EXPECTED_INTEGRATIONS + SUBSCRIPTION_ITEM


def run(ctx):
    client = ctx.connect()
    resource, subscriptions = load_subscriptions(client)
    desired = subscription_from_options(resource, ctx.params, subscriptions, ctx.expected_integrations)
    plan = make_plan([desired], Snapshot([subscriptions]))
    result = ctx.apply(client, plan)
    [managed] = result.managed
    is_disabled = (managed.after or {}).get("current_state") == DISABLED
    if desired.present and ctx.params["enabled"] is None and is_disabled:
        ctx.warn_once(
            f"The subscription to {quoted(managed.step.name)} is disabled, so nobody is notified. Set `enabled: true` to "
            "enable it."
        )
    return single_result(ctx, result)


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
