#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the preference of one resource."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_preference
short_description: Enable or disable the Confluent Cloud notifications of one resource
version_added: 0.2.0
description:
  - Manages whether one resource of the organization, such as a cluster or a connector, may send
    notifications. REQUIRED notification types are sent in any case.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
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
  - ccloud.notifications.resource
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_subscription
"""

EXAMPLES = r"""
- name: Silence a test connector
  ccloud.notifications.resource_preference:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: load-test}
    enabled: false

- name: Remove the preference
  ccloud.notifications.resource_preference:
    resource: environment=env-456xy/cloud-cluster=lkc-df123/connector=load-test
    state: absent
"""

RETURN = r"""
resource_preference:
  description: The preference, or V(null) if it does not exist. In check mode a new one has no ID.
  returned: when planning succeeded
  type: dict
  sample: {id: rp-12345, resource: environment=env-456xy, resource_type: ENVIRONMENT, current_state: DISABLED}
changes:
  description: The fields that differed. Empty for a deletion.
  returned: when planning succeeded
  type: list
  elements: str
  sample: [current_state]
diff:
  description: The preference before and after.
  returned: when planning succeeded
  type: dict
  sample:
    before: {}
    after: {resource: environment=env-456xy, resource_type: ENVIRONMENT, current_state: DISABLED}
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
from ..module_utils._ansible.options import CONNECTION, PREFERENCE_ITEM
from ..module_utils._ansible.results import single_result
from ..module_utils._engine.planner import make_plan
from ..module_utils._engine.snapshot import read_snapshot
from ..module_utils._errors import operation
from ..module_utils._resources.resource_settings import (
    ResourcePreferences,
    preference_from_options,
    resource_path_from_options,
)

ARGUMENTS = CONNECTION + PREFERENCE_ITEM


def run(ctx: ModuleContext) -> ModuleResult:
    with operation("manage a resource preference"):
        resource = ResourcePreferences(*resource_path_from_options(ctx.params, ctx.warn_once))
    client = ctx.connect()
    snapshot = read_snapshot(client, [resource], warn=ctx.warn_once)
    plan = make_plan([preference_from_options(resource, ctx.params)], snapshot)
    return single_result(apply(ctx, client, plan))


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
