#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read subscriptions."""

from __future__ import annotations

DOCUMENTATION = r"""
module: subscription_info
short_description: Read the subscriptions of Confluent Cloud notifications
version_added: 0.2.0
description:
  - Read which notification type goes to which integrations, with all names.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  notification_type:
    description:
      - Only subscriptions to this type, or to one of these, each by its id or its exact display name. A string or a list of strings.
    type: raw
  integration:
    description:
      - Only subscriptions that go to this integration, or to one of these, each by its id or its exact display name. A string or a list of
        strings.
    type: raw
  enabled:
    description:
      - Only subscriptions that are enabled, or with V(false) only those that are not.
    type: bool
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.subscription
  - module: ccloud.notifications.notification_type_info
"""

EXAMPLES = r"""
- name: Read who hears of what
  ccloud.notifications.subscription_info:
    enabled: true
  register: routes

- name: Show it
  ansible.builtin.debug:
    msg: "{{ item.notification_type.display_name }}: {{ item.integrations | map(attribute='display_name') | join(', ') }}"
  loop: "{{ routes.subscriptions }}"
  loop_control:
    label: "{{ item.id }}"

- name: Read what would be lost with a channel
  ccloud.notifications.subscription_info:
    integration: old-teams
"""

RETURN = r"""
subscriptions:
  description: The subscriptions as the API has them, with the names of what they refer to, sorted by the name of the type.
  returned: success
  type: list
  elements: dict
  sample:
    - id: s-12345
      current_state: ENABLED
      notification_type: {id: nt-12345, display_name: Connector failed, category: SERVICE, severity: CRITICAL}
      integrations: [{id: i-12345, display_name: ops-slack, kind: Slack}]
missing:
  description: The types and integrations that were asked for and do not exist.
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
from ..module_utils._resources.subscriptions import DISABLED, load_subscriptions

ARGUMENTS = CONNECTION + ArgumentSpec(
    {
        "notification_type": {"type": "raw"},
        "integration": {"type": "raw"},
        "enabled": {"type": "bool"},
    }
)


def is_selected(subscription, types, integrations, enabled):
    """Whether a subscription refers to one of these types and one of these integrations, and has this state (None: any)."""
    if types is not None and not names_any(subscription["notification_type"], types):
        return False
    if integrations is not None and not any(
        names_any(each, integrations) for each in subscription["integrations"]
    ):
        return False
    return enabled is None or (subscription.get("current_state") != DISABLED) is enabled


def names_any(reference, texts):
    """Whether one of the texts is the ID or the name of what a subscription refers to."""
    return reference["id"] in texts or reference["display_name"] in texts


def run(ctx):
    types, integrations = ctx.string_list("notification_type"), ctx.string_list("integration")
    resource, subscriptions = load_subscriptions(ctx.connect())
    shown = [resource.to_output(subscription) for subscription in subscriptions.sorted()]
    selected = [each for each in shown if is_selected(each, types, integrations, ctx.params["enabled"])]
    missing = resource.catalog.types.missing(types) + resource.catalog.integrations.missing(integrations)
    return ModuleResult({"subscriptions": selected, "missing": missing})


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
