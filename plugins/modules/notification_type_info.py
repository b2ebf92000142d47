#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read notification types."""

from __future__ import annotations

DOCUMENTATION = r"""
module: notification_type_info
short_description: Read the notification types of Confluent Cloud
version_added: 0.2.0
description:
  - Lists the notification types of the service, with filters, and optionally the subscriptions to each
    type.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  display_name:
    description:
      - Only types with exactly this name or ID, or one of these. A string or a list of strings.
    type: raw
    aliases: [name]
  categories:
    description:
      - Only types of these categories. Published values are V(BILLING_LICENSING), V(SECURITY), V(SERVICE) and
        V(ACCOUNT); there may be more.
    type: list
    elements: str
  severities:
    description:
      - Only types of these severities. Published values are V(CRITICAL), V(WARN) and V(INFO); there may be
        more.
    type: list
    elements: str
  subscription_priorities:
    description:
      - Only types of these priorities. V(REQUIRED) types always have an enabled subscription, V(RECOMMENDED)
        types have one that can be disabled, and V(OPTIONAL) types have none by default. There may be more.
    type: list
    elements: str
  included_in_plan:
    description:
      - Only types that the organization's plan includes, or with V(false) only those that it does not.
    type: bool
  resource_type:
    description:
      - Only types about resources of this type, such as V(CLUSTER) or V(CONNECTOR).
    type: str
  with_subscriptions:
    description:
      - Whether to return the subscriptions to each type. This takes two more list requests.
    type: bool
    default: false
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.subscription_info
  - module: ccloud.notifications.subscriptions
"""

EXAMPLES = r"""
- name: Read the critical types that the plan includes
  ccloud.notifications.notification_type_info:
    severities: [CRITICAL]
    included_in_plan: true
  register: critical

- name: Read the critical types with their subscriptions
  ccloud.notifications.notification_type_info:
    severities: [CRITICAL]
    with_subscriptions: true
  register: routed

- name: Show the critical types that reach nobody, or only by e-mail
  ansible.builtin.debug:
    msg: "{{ item.display_name }}"
  loop: "{{ routed.notification_types }}"
  loop_control:
    label: "{{ item.id }}"
  when: integrations | rejectattr('kind', 'in', ['RoleEmail', 'UserEmail']) | length == 0
  vars:
    enabled: "{{ item.subscriptions | selectattr('current_state', 'eq', 'ENABLED') }}"
    integrations: "{{ enabled | map(attribute='integrations') | flatten }}"
"""

RETURN = r"""
notification_types:
  description: The types, sorted by name and ID.
  returned: success
  type: list
  elements: dict
  contains:
    display_name: {description: The name., type: str, sample: Connector failed}
    id: {description: The ID., type: str, sample: nt-12345}
    category: {description: The category., type: str, sample: SERVICE}
    severity: {description: The severity., type: str, sample: CRITICAL}
    subscription_priority: {description: Whether a subscription is required., type: str, sample: RECOMMENDED}
    is_included_in_plan: {description: Whether the organization's plan includes it., type: bool, sample: true}
    subscriptions:
      description: Its subscriptions, usually one, as M(ccloud.notifications.subscription_info) returns them.
      returned: with O(with_subscriptions=true)
      type: list
      elements: dict
missing:
  description: The values of O(display_name) that do not exist, or not among the types of O(resource_type).
  returned: success
  type: list
  elements: str
  sample: []
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

from typing import List, Optional

from ..module_utils._ansible import module
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.options import CONNECTION
from ..module_utils._api.client import Client
from ..module_utils._common import Object
from ..module_utils._engine.model import Collection
from ..module_utils._engine.snapshot import read_collection
from ..module_utils._errors import operation
from ..module_utils._redaction import quoted
from ..module_utils._resources.catalog import Catalog
from ..module_utils._resources.integrations import INTEGRATIONS
from ..module_utils._resources.notification_types import (
    NOTIFICATION_TYPES,
    SELECTORS,
    is_included,
    select_types,
)
from ..module_utils._resources.subscriptions import read_subscriptions, types_with_subscriptions

ARGUMENTS = CONNECTION + ArgumentSpec(
    {
        "display_name": {"type": "raw", "aliases": ["name"]},
        "categories": {"type": "list", "elements": "str"},
        "severities": {"type": "list", "elements": "str"},
        "subscription_priorities": {"type": "list", "elements": "str"},
        "included_in_plan": {"type": "bool"},
        "resource_type": {"type": "str"},
        "with_subscriptions": {"type": "bool", "default": False},
    }
)


def read_types(client: Client, resource_type: Optional[str]) -> Collection:
    """All notification types, or those of one resource type."""
    if not resource_type:
        return read_collection(client, NOTIFICATION_TYPES)
    with operation("list the notification types"):
        objects = client.list(NOTIFICATION_TYPES.path, {"resource_type": resource_type})
    return Collection(NOTIFICATION_TYPES, objects)


def warn_about_unknown_values(ctx: ModuleContext, types: Collection) -> None:
    """A value that no type has may be misspelled."""
    for selector in SELECTORS:
        known = selector.known_values(types)
        for value in sorted(set(ctx.params.get(selector.option) or ()) - known):
            valid = ", ".join(sorted(known))
            ctx.warn_once(
                f"No notification type has {quoted(value)} in {selector.option}. Valid values: {valid}."
            )


def with_subscriptions(client: Client, types: Collection, selected: List[Object]) -> List[Object]:
    """Copies of the selected types with their subscriptions."""
    catalog = Catalog(types, read_collection(client, INTEGRATIONS))
    _resource, subscriptions = read_subscriptions(client, catalog)
    return types_with_subscriptions(selected, subscriptions)


def run(ctx: ModuleContext) -> ModuleResult:
    names, in_plan = ctx.string_list("display_name"), ctx.params["included_in_plan"]
    client = ctx.connect()
    types = read_types(client, ctx.params["resource_type"])
    warn_about_unknown_values(ctx, types)
    selected = select_types(types.sorted(), ctx.params, None)
    if names is not None:
        selected = [obj for obj in selected if obj["id"] in names or NOTIFICATION_TYPES.name(obj) in names]
    if in_plan is not None:
        selected = [obj for obj in selected if is_included(obj) is in_plan]
    if ctx.params["with_subscriptions"]:
        selected = with_subscriptions(client, types, selected)
    return ModuleResult({"notification_types": selected, "missing": types.missing(names)})


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
