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
  - Read which notification types of one resource go to which integrations, with all names. The API can only look them up one resource at
    a time.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.resource
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.resource_subscription
"""

EXAMPLES = r"""
- name: Read who hears of a connector
  ccloud.notifications.resource_subscription_info:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: payments}
  register: heard
"""

RETURN = r"""
resource_subscriptions:
  description: The subscriptions as the API has them, with the names of what they refer to, sorted by the name of the type.
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

from ansible_collections.ccloud.notifications.plugins.module_utils import task
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, OF_RESOURCE
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import resource_of
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import directory, looked_up
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import resource_subscription

ARGUMENTS = CONNECTION + OF_RESOURCE


def run(this):
    path, resource_type = resource_of(this.params, "read resource subscriptions", this.warn_once)
    client = this.connect()
    resource = resource_subscription(directory(client), path, resource_type)
    found = [resource.show(each, ()) for each in looked_up(client, resource, this.warn_once)]
    return task.Outcome({"resource_subscriptions": sorted(found, key=lambda each: (resource.name(each), each["id"]))})


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
