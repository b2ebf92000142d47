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

from ansible_collections.ccloud.notifications.plugins.module_utils import task
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import quoted
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, Arguments
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import texts
from ansible_collections.ccloud.notifications.plugins.module_utils.directory import Directory
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import existing
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import INTEGRATION, NOTIFICATION_TYPE, subscription
from ansible_collections.ccloud.notifications.plugins.module_utils.routing import SELECTORS

ARGUMENTS = CONNECTION + Arguments(
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


def with_subscriptions(client, everything, types):
    """Copies of some types with what is subscribed to them."""
    directory = Directory(everything, existing(client, INTEGRATION))
    resource, of_type = subscription(directory), {}
    for each in existing(client, resource):
        of_type.setdefault(resource.key(each), []).append(resource.show(each, ()))
    return [{**each, "subscriptions": of_type.get(each["id"], [])} for each in types]


def run(this):
    names = texts(this.params, "display_name", "read notification types")
    resource_type, in_plan = this.params["resource_type"], this.params["included_in_plan"]
    client = this.connect()
    everything = existing(client, NOTIFICATION_TYPE, query={"resource_type": resource_type} if resource_type else None)
    there = {each["id"] for each in everything} | {NOTIFICATION_TYPE.name(each) for each in everything}
    found = everything
    if names is not None:
        found = [each for each in found if each["id"] in names or NOTIFICATION_TYPE.name(each) in names]
    if in_plan is not None:
        found = [each for each in found if (each.get("is_included_in_plan") is not False) is in_plan]
    for option, member, usual in SELECTORS:
        wanted = this.params[option]
        if wanted is not None:
            known = {*usual, *(str(each.get(member)) for each in everything if each.get(member))}
            for value in sorted(set(wanted) - known):
                this.warn_once(f"No notification type has {quoted(value)} among {option}; known are {', '.join(sorted(known))}.")
            found = [each for each in found if str(each.get(member)) in wanted]
    found = sorted(found, key=lambda each: (NOTIFICATION_TYPE.name(each), each["id"]))
    if this.params["with_subscriptions"]:
        found = with_subscriptions(client, everything, found)
    return task.Outcome({"notification_types": found, "missing": [each for each in names or () if each not in there]})


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
