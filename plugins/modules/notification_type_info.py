#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read notification types, and who hears of them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: notification_type_info
short_description: Read the notification types of Confluent Cloud
version_added: 0.2.0
description:
  - Read all that an organization can be notified of, or what some filters select.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  display_name:
    description:
      - Only types of exactly this name or id, or of one of these. A string or a list of strings.
    type: raw
    aliases: [name]
  categories:
    description:
      - Only types of these categories. Known are V(BILLING_LICENSING), V(SECURITY), V(SERVICE) and V(ACCOUNT); there may be more.
    type: list
    elements: str
  severities:
    description:
      - Only types of these severities. Known are V(CRITICAL), V(WARN) and V(INFO).
    type: list
    elements: str
  subscription_priorities:
    description:
      - Only types of these priorities. Known are V(REQUIRED), which is always subscribed to, V(RECOMMENDED), which is subscribed to unless
        somebody changes that, and V(OPTIONAL), which is not.
    type: list
    elements: str
  included_in_plan:
    description:
      - Only types that the organization's plan includes, or with V(false) only those that it does not.
    type: bool
  resource_type:
    description:
      - Only types that a resource of this type can cause, such as V(CLUSTER) or V(CONNECTOR).
    type: str
  with_subscriptions:
    description:
      - Whether each type comes with its subscriptions. Needs two more reads.
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
- name: Read what is critical and can be subscribed to
  ccloud.notifications.notification_type_info:
    severities: [CRITICAL]
    included_in_plan: true
  register: critical

- name: Find what goes to nobody but e-mail
  ccloud.notifications.notification_type_info:
    severities: [CRITICAL]
    with_subscriptions: true
  register: heard

- name: Show it
  ansible.builtin.debug:
    msg: "{{ item.display_name }}"
  loop: "{{ heard.notification_types }}"
  loop_control:
    label: "{{ item.id }}"
  when: item.subscriptions | selectattr('current_state', 'eq', 'ENABLED') | map(attribute='integrations') | flatten
    | rejectattr('kind', 'in', ['RoleEmail', 'UserEmail']) | length == 0
"""

RETURN = r"""
notification_types:
  description: The types as the API has them, sorted by name and then id.
  returned: success
  type: list
  elements: dict
  contains:
    display_name: {description: The name., type: str, sample: Connector failed}
    id: {description: The id., type: str, sample: nt-12345}
    category: {description: The category., type: str, sample: SERVICE}
    severity: {description: The severity., type: str, sample: CRITICAL}
    subscription_priority: {description: Whether it has to be subscribed to., type: str, sample: RECOMMENDED}
    is_included_in_plan: {description: Whether the organization's plan includes it., type: bool, sample: true}
    subscriptions:
      description: Its subscriptions, as M(ccloud.notifications.subscription_info) returns them; one as a rule, none if nobody hears of it.
      returned: with O(with_subscriptions=true)
      type: list
      elements: dict
missing:
  description: What O(display_name) asked for and is not there, or not among the types of O(resource_type).
  returned: success
  type: list
  elements: str
  sample: []
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
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleResult
from ..module_utils._ansible.options import CONNECTION
from ..module_utils._engine.model import Collection
from ..module_utils._engine.snapshot import list_all, read_collection
from ..module_utils._errors import operation
from ..module_utils._redaction import quoted
from ..module_utils._resources.catalog import Catalog
from ..module_utils._resources.integrations import INTEGRATIONS
from ..module_utils._resources.notification_types import (
    NOTIFICATION_TYPES,
    SELECTORS,
    is_in_plan,
    select_types,
)
from ..module_utils._resources.subscriptions import Subscriptions

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


def read_types(client, resource_type):
    """All notification types, or those of one resource type."""
    if not resource_type:
        return read_collection(client, NOTIFICATION_TYPES)
    with operation("list the notification types"):
        objects = client.list(NOTIFICATION_TYPES.path, {"resource_type": resource_type})
    return Collection(NOTIFICATION_TYPES, objects)


def with_subscriptions(client, types, selected):
    """Copies of the selected types with their subscriptions."""
    resource = Subscriptions(Catalog(types, read_collection(client, INTEGRATIONS)))
    by_type = {}
    for subscription in list_all(client, resource):
        by_type.setdefault(resource.key(subscription), []).append(resource.to_output(subscription))
    return [{**each, "subscriptions": by_type.get(each["id"], [])} for each in selected]


def run(ctx):
    names, in_plan = ctx.string_list("display_name"), ctx.params["included_in_plan"]
    client = ctx.connect()
    types = read_types(client, ctx.params["resource_type"])
    for selector in SELECTORS:
        known = selector.known_values(types)
        for value in sorted(set(ctx.params[selector.option] or ()) - known):
            valid = ", ".join(sorted(known))
            ctx.warn_once(
                f"No notification type has {quoted(value)} in {selector.option}. Valid values: {valid}."
            )

    selected = select_types(types.sorted(), ctx.params, None)
    if names is not None:
        selected = [
            each for each in selected if each["id"] in names or NOTIFICATION_TYPES.name(each) in names
        ]
    if in_plan is not None:
        selected = [each for each in selected if is_in_plan(each) is in_plan]
    if ctx.params["with_subscriptions"]:
        selected = with_subscriptions(client, types, selected)
    return ModuleResult({"notification_types": selected, "missing": types.missing(names)})


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
