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
  - Reads which notification types go to which integrations, with their names.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  notification_type:
    description:
      - Only subscriptions to this type, or one of these types, each by its ID or its exact display name. A
        string or a list of strings.
    type: raw
  integration:
    description:
      - Only subscriptions that use this integration, or one of these integrations, each by its ID or its
        exact display name. A string or a list of strings.
    type: raw
  enabled:
    description:
      - Only enabled subscriptions, or with V(false) only disabled ones.
    type: bool
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.subscription
  - module: ccloud.notifications.notification_type_info
"""

EXAMPLES = r"""
- name: Read the enabled subscriptions
  ccloud.notifications.subscription_info:
    enabled: true
  register: routes

- name: Show the integrations of each type
  ansible.builtin.debug:
    msg: "{{ item.notification_type.display_name }}: {{ names | join(', ') }}"
  vars:
    names: "{{ item.integrations | map(attribute='display_name') }}"
  loop: "{{ routes.subscriptions }}"
  loop_control:
    label: "{{ item.id }}"

- name: Read the subscriptions that use a channel
  ccloud.notifications.subscription_info:
    integration: old-teams
"""

RETURN = r"""
subscriptions:
  description: The subscriptions with the names of their types and integrations, sorted by the name of the
    type.
  returned: success
  type: list
  elements: dict
  sample:
    - id: s-12345
      current_state: ENABLED
      notification_type: {id: nt-12345, display_name: Connector failed, category: SERVICE, severity: CRITICAL}
      integrations: [{id: i-12345, display_name: ops-slack, kind: Slack}]
missing:
  description: The values of O(notification_type) and O(integration) that do not exist.
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

from typing import Optional, Sequence

from ..module_utils._ansible import module
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.options import CONNECTION
from ..module_utils._common import Object
from ..module_utils._resources.subscriptions import is_enabled, load_subscriptions

ARGUMENTS = CONNECTION + ArgumentSpec(
    {
        "notification_type": {"type": "raw"},
        "integration": {"type": "raw"},
        "enabled": {"type": "bool"},
    }
)


def is_selected(
    subscription: Object,
    types: Optional[Sequence[str]],
    integrations: Optional[Sequence[str]],
    enabled: Optional[bool],
) -> bool:
    """Whether a subscription has one of these types and integrations, and this state (None: any)."""
    if types is not None and not names_any(subscription["notification_type"], types):
        return False
    if integrations is not None and not any(
        names_any(reference, integrations) for reference in subscription["integrations"]
    ):
        return False
    return enabled is None or is_enabled(subscription) is enabled


def names_any(reference: Object, texts: Sequence[str]) -> bool:
    """Whether one of the texts is the ID or the name of what a subscription refers to."""
    return reference["id"] in texts or reference["display_name"] in texts


def run(ctx: ModuleContext) -> ModuleResult:
    types, integrations = ctx.string_list("notification_type"), ctx.string_list("integration")
    resource, subscriptions = load_subscriptions(ctx.connect())
    shown = [resource.to_output(subscription) for subscription in subscriptions.sorted()]
    selected = [
        subscription
        for subscription in shown
        if is_selected(subscription, types, integrations, ctx.params["enabled"])
    ]
    missing = resource.catalog.types.missing(types) + resource.catalog.integrations.missing(integrations)
    return ModuleResult({"subscriptions": selected, "missing": missing})


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
