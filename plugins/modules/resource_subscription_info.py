#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the subscriptions of one resource."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_subscription_info
short_description: Read the resource subscriptions of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Reads which notification types of one resource go to which integrations, with their names. The API can
    only look up one resource at a time.
  - The list is complete, or the task fails.
  - If the API answers the lookup with 404 or 403, the list is empty. A 403 gives a warning, because it may
    also mean that the credentials may not read the subscriptions.
author: The ccloud.notifications authors (@ccloud-notifications)
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.resource
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.resource_subscription
"""

EXAMPLES = r"""
- name: Read the subscriptions of a connector
  ccloud.notifications.resource_subscription_info:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
  register: routes

- name: Show which integrations receive which type
  ansible.builtin.debug:
    msg: "{{ item.notification_type.display_name }}: {{ names | join(', ') }}"
  vars:
    names: "{{ item.integrations | map(attribute='display_name') }}"
  loop: "{{ routes.resource_subscriptions }}"
  loop_control:
    label: "{{ item.id }}"
"""

RETURN = r"""
resource_subscriptions:
  description: The subscriptions with the names of their types and integrations, sorted by the name of the
    type.
  returned: success
  type: list
  elements: dict
  sample:
    - id: rs-12345
      resource: environment=env-456xy
      resource_type: ENVIRONMENT
      current_state: ENABLED
      notification_type: {id: nt-12345, display_name: Schema Registry at its limit}
      integrations: [{id: i-12345, display_name: ops-slack, kind: Slack}]
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
from ..module_utils._ansible.options import CONNECTION, RESOURCE_PATH
from ..module_utils._errors import operation
from ..module_utils._resources.resource_settings import (
    load_resource_subscriptions,
    resource_path_from_options,
)

ARGUMENTS = CONNECTION + RESOURCE_PATH


def run(ctx: ModuleContext) -> ModuleResult:
    with operation("read resource subscriptions"):
        resource_path = resource_path_from_options(ctx.params, ctx.warn_once)
    client = ctx.connect()
    [resource], snapshot = load_resource_subscriptions(client, [resource_path], warn=ctx.warn_once)
    shown = [resource.to_output(subscription) for subscription in snapshot[resource].sorted()]
    return ModuleResult({"resource_subscriptions": shown})


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
