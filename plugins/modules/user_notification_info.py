#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List the calling user's notifications."""

from __future__ import annotations

DOCUMENTATION = r"""
module: user_notification_info
short_description: List the notifications of the calling user in Confluent Cloud
version_added: 0.2.0
description:
  - Lists the notifications that the calling user received, and counts the unread ones.
  - This part of the API is Early Access. The task fails if the organization has no access to it.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  severities:
    description: Only notifications of these severities.
    type: list
    elements: str
  resource_types:
    description: Only notifications about resources of these types.
    type: list
    elements: str
  resource_crns:
    description: Only notifications about the resources with these Confluent resource names.
    type: list
    elements: str
  search:
    description: Only notifications that contain this text.
    type: str
  time_range:
    description: Only notifications of the last day, week or month.
    type: str
    choices: [PAST_24H, PAST_7D, PAST_30D]
  unread_only:
    description: Only unread notifications.
    type: bool
    default: false
  details:
    description:
      - Whether to return the integrations that each notification was sent to, with hidden webhook URLs, and
        the recommended actions.
    type: bool
    default: false
  sort:
    description: The order of the notifications. A hyphen means descending.
    type: str
    choices: ["-received_at", "received_at", "-severity", "severity"]
    default: "-received_at"
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.user_notification
"""

EXAMPLES = r"""
- name: List the unread critical notifications
  ccloud.notifications.user_notification_info:
    severities: [CRITICAL]
    unread_only: true
  register: inbox

- name: Show their number
  ansible.builtin.debug:
    msg: "{{ inbox.summary.unread_count }} unread, {{ inbox.user_notifications | length }} of them critical"
"""

RETURN = r"""
user_notifications:
  description: The notifications.
  returned: success
  type: list
  elements: dict
  sample: [{id: un-12345, read: false, severity: CRITICAL, received_at: "2026-05-04T12:00:00Z"}]
summary:
  description: The number of unread notifications, in total and by severity, regardless of filters.
  returned: success
  type: dict
  sample: {unread_count: 1, severities: [{severity: CRITICAL, count: 1}]}
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
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.options import CONNECTION, NOTIFICATION_FILTER
from ..module_utils._resources.user_notifications import count_unread, list_notifications

SORT_ORDERS = ["-received_at", "received_at", "-severity", "severity"]
ARGUMENTS = (
    CONNECTION
    + NOTIFICATION_FILTER
    + ArgumentSpec(
        {
            "unread_only": {"type": "bool", "default": False},
            "details": {"type": "bool", "default": False},
            "sort": {"type": "str", "choices": SORT_ORDERS, "default": "-received_at"},
        }
    )
)


def run(ctx: ModuleContext) -> ModuleResult:
    client = ctx.connect()
    parameters = {"sort": ctx.params["sort"]}
    if ctx.params["details"]:
        parameters["include"] = "integrations,recommended_actions"
    read = False if ctx.params["unread_only"] else None
    notifications = list_notifications(client, ctx.params, read, parameters)
    return ModuleResult({"user_notifications": notifications, "summary": count_unread(client)})


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
