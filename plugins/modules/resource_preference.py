#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Let one resource notify, or silence it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: resource_preference
short_description: Manage the resource preference of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Say whether one resource of the organization, such as a cluster or a connector, may notify at all. What is REQUIRED is notified all
    the same.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
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
  - ccloud.notifications.resource
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.resource_subscription
"""

EXAMPLES = r"""
- name: Silence a connector that is only a test
  ccloud.notifications.resource_preference:
    resource: {environment: env-456xy, cluster: lkc-df123, connector: load-test}
    enabled: false

- name: Let it speak again
  ccloud.notifications.resource_preference:
    resource: environment=env-456xy/cloud-cluster=lkc-df123/connector=load-test
    state: absent
"""

RETURN = r"""
resource_preference:
  description: The preference as the API has it; V(null) when there is none. In check mode a new one has no id yet.
  returned: always, unless nothing could be planned
  type: dict
  sample: {id: rp-12345, resource: environment=env-456xy, resource_type: ENVIRONMENT, current_state: DISABLED}
changes:
  description: The names of the fields that differed, as the API has them. Empty for a deletion.
  returned: always, unless nothing could be planned
  type: list
  elements: str
  sample: [current_state]
diff:
  description: The preference before and after.
  returned: always, unless nothing could be planned
  type: dict
  sample: {before: {}, after: {resource: environment=env-456xy, resource_type: ENVIRONMENT, current_state: DISABLED}}
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


def run(ctx):
    with operation("manage a resource preference"):
        resource = ResourcePreferences(*resource_path_from_options(ctx.params, ctx.warn_once))
    client = ctx.connect()
    snapshot = read_snapshot(client, [resource], warn=ctx.warn_once)
    plan = make_plan([preference_from_options(resource, ctx.params)], snapshot)
    return single_result(ctx, ctx.apply(client, plan))


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
