#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the subscription to one notification type."""

from __future__ import annotations

DOCUMENTATION = r"""
module: subscription
short_description: Manage one subscription of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Manages which integrations receive a notification type. A type has at most one subscription, and most
    exist already.
  - The subscription to a REQUIRED type can be neither disabled nor deleted. The task fails before anything is
    changed. It also fails if it would create or enable a subscription to a type that the organization's plan
    does not include.
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
- name: Send failed connectors to the channel and the pager
  ccloud.notifications.subscription:
    notification_type: Connector failed
    integrations: [ops-slack, pager]

- name: Add the channel to those that receive a type
  ccloud.notifications.subscription:
    notification_type: Cluster load is high
    integrations: [ops-slack]
    integrations_mode: add

- name: Remove everything but one channel, including the e-mail to organization admins
  ccloud.notifications.subscription:
    notification_type: Connector degraded
    integrations: [ops-slack]
    keep_read_only: false

- name: Disable a type
  ccloud.notifications.subscription:
    notification_type: Commitment half used
    enabled: false
"""

RETURN = r"""
subscription:
  description:
    - The subscription with the names of its type and its integrations, or V(null) if it does not exist. In
      check mode a new one has no ID.
  returned: when planning succeeded
  type: dict
  sample:
    id: s-12345
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
from ..module_utils._ansible.options import CONNECTION, SUBSCRIPTION_ITEM
from ..module_utils._ansible.results import single_result
from ..module_utils._engine.model import Snapshot
from ..module_utils._engine.planner import make_plan
from ..module_utils._redaction import quoted
from ..module_utils._resources.subscriptions import is_enabled, load_subscriptions, subscription_from_options

ARGUMENTS = CONNECTION + SUBSCRIPTION_ITEM


def run(ctx: ModuleContext) -> ModuleResult:
    client = ctx.connect()
    resource, subscriptions = load_subscriptions(client)
    desired = subscription_from_options(resource, ctx.params, subscriptions, ctx.check_mode)
    plan = make_plan([desired], Snapshot([subscriptions]))
    result = apply(ctx, client, plan)
    [managed] = result.managed
    if desired.present and ctx.params["enabled"] is None and not is_enabled(managed.after or {}):
        ctx.warn_once(
            f"The subscription to {quoted(managed.step.name)} is disabled, so nobody is notified. "
            "Set `enabled: true` to enable it."
        )
    return single_result(result)


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
