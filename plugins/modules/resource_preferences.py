#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let many resources notify, or silence them, in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_preferences
short_description: Manage many resource preferences of Confluent Cloud notifications
version_added: 0.2.0
description:
  - The bulk form of M(ccloud.notifications.resource_preference). One look-up for each resource, several at once, one plan over everything,
    and only the needed writes. Nothing is written if anything cannot be planned.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  preferences:
    description: The preferences, each resource at most once.
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
        description: The type of the resource, needed only where it cannot be worked out from O(preferences[].resource).
        type: str
      enabled:
        description: Whether it may notify. Needed for a resource that has no preference yet.
        type: bool
      state:
        description: Whether there shall be a preference.
        type: str
        choices: [present, absent]
        default: present
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.many
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_preference
"""

EXAMPLES = r"""
- name: Silence everything in the environments that come and go
  ccloud.notifications.resource_preferences:
    preferences:
      - {resource: {environment: env-dev1}, enabled: false}
      - {resource: {environment: env-dev2}, enabled: false}
"""

RETURN = r"""
resource_preferences:
  description: What became of each item, in the order of the items.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  contains:
    resource: {description: "The resource, as the path that the API has.", type: str, sample: environment=env-dev1}
    display_name: {description: "The resource, as the path that the API has.", type: str, sample: environment=env-dev1}
    resource_preference: {description: "It as the API has it; V(null) when there is none.", type: dict}
    id: {description: "Its id; V(null) for what does not exist yet.", type: str, sample: rp-12345}
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
  sample: {before: "", after: "environment=env-1   DISABLED\\n"}
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
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, MANY, PREFERENCE_ITEM
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import preference_wish, resource_of
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import existing_of_each
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import resource_preference

ARGUMENTS = CONNECTION + PREFERENCE_ITEM.as_list("preferences") + MANY


def run(this):
    manner, items, attempted = this.manner(), this.params["preferences"], "manage resource preferences"
    of_items = [resource_of(item, attempted, this.warn_once) for item in items]
    plan.refuse_repetition(of_items, attempted, "are both about", lambda of_item: of_item[0])
    client = this.connect()
    resources = [resource_preference(*of_item) for of_item in of_items]
    there = existing_of_each(client, resources, manner.concurrency, this.warn_once)
    wishes = [preference_wish(item, *of_item) for item, of_item in zip(items, of_items)]
    plans = [plan.plan(resource, [wish], found) for resource, wish, found in zip(resources, wishes, there)]
    carried = apply.carry_out_each(client, plans, manner)
    return this.outcome_of_each("resource_preferences", plans, carried)


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
