#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the preferences of many resources."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_preferences
short_description: Manage many resource preferences of Confluent Cloud notifications
version_added: 0.2.0
description:
  - The bulk form of M(ccloud.notifications.resource_preference). It looks up each resource once, plans all
    changes, and sends only the necessary requests, several at once. Nothing is changed if any item is
    invalid.
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
          - The resource, as the API's own path or as a mapping of its parts; see
            M(ccloud.notifications.resource_preference).
        type: raw
        required: true
      resource_type:
        description: The type of the resource, if it does not follow from O(preferences[].resource).
        type: str
      enabled:
        description: Whether the resource may send notifications. Required to create a preference.
        type: bool
      state:
        description: Whether the preference should exist.
        type: str
        choices: [present, absent]
        default: present
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.bulk
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_preference
"""

EXAMPLES = r"""
- name: Silence the development environments
  ccloud.notifications.resource_preferences:
    preferences:
      - {resource: {environment: env-dev1}, enabled: false}
      - {resource: {environment: env-dev2}, enabled: false}

- name: Enable one environment again, and remove the preference of another one
  ccloud.notifications.resource_preferences:
    preferences:
      - {resource: {environment: env-dev1}, enabled: true}
      - {resource: {environment: env-dev2}, state: absent}
"""

RETURN = r"""
resource_preferences:
  description: The result of each item, in the order of the items.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    resource: {description: The resource path., type: str, sample: environment=env-dev1}
    display_name: {description: The resource path., type: str, sample: environment=env-dev1}
    id: {description: "The ID; V(null) if it does not exist yet.", type: str, sample: rp-12345}
    resource_preference: {description: "The preference, or V(null) if it does not exist.", type: dict}
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The fields that differed., type: list, elements: str, sample: [current_state]}
    attempted: {description: "V(false) if an earlier failure prevented it.", type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: on failure}
    error: {description: Why it failed., type: dict, returned: on failure}
summary:
  description: The number of objects for each outcome.
  returned: when planning succeeded
  type: dict
  sample: {created: 1, changed: 0, recreated: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each preference that changes.
  returned: when planning succeeded
  type: dict
  sample: {before: "", after: "environment=env-1   DISABLED\\n"}
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
from ..module_utils._ansible.options import BULK, CONNECTION, PREFERENCE_ITEM
from ..module_utils._ansible.results import bulk_result, describe_results
from ..module_utils._engine.planner import make_plan, refuse_duplicate_keys
from ..module_utils._engine.snapshot import read_snapshot
from ..module_utils._errors import operation
from ..module_utils._resources.resource_settings import (
    ResourcePreferences,
    preference_from_options,
    resource_path_from_options,
)

ARGUMENTS = CONNECTION + PREFERENCE_ITEM.as_list("preferences") + BULK


def run(ctx):
    options, items = execution_options(ctx), ctx.params["preferences"]
    with operation("manage resource preferences"):
        resources = [ResourcePreferences(*resource_path_from_options(item, ctx.warn_once)) for item in items]
    desired_states = [preference_from_options(resource, item) for resource, item in zip(resources, items)]
    refuse_duplicate_keys(desired_states)
    client = ctx.connect()
    snapshot = read_snapshot(client, resources, options.concurrency, ctx.warn_once)
    result = apply(ctx, client, make_plan(desired_states, snapshot), options)
    preferences = describe_results(ctx, result.managed)
    return bulk_result(result, resource_preferences=preferences)


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
