#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Mark notifications of the calling user."""

from __future__ import annotations

DOCUMENTATION = r"""
module: user_notification
short_description: Mark notifications of the calling user in Confluent Cloud
version_added: 0.2.0
description:
  - Marks one notification of the calling user, or all that match, as read or unread.
  - This part of the API is Early Access. The task fails if the organization has no access to it.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  id:
    description: The ID of one notification.
    type: str
  match:
    description: Selects notifications that match all given suboptions. V({}) selects every notification.
    type: dict
    suboptions:
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
  read:
    description: Whether to mark them as read.
    type: bool
    default: true
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.user_notification_info
"""

EXAMPLES = r"""
- name: Mark informational notifications as read
  ccloud.notifications.user_notification:
    match: {severities: [INFO]}

- name: Mark everything as read
  ccloud.notifications.user_notification:
    match: {}

- name: Read the latest notifications
  ccloud.notifications.user_notification_info:
    time_range: PAST_30D
  register: inbox

- name: Mark the latest one as unread
  ccloud.notifications.user_notification:
    id: "{{ inbox.user_notifications[0].id }}"
    read: false
"""

RETURN = r"""
marked:
  description: The IDs of the notifications whose read state was changed.
  returned: when planning succeeded
  type: list
  elements: str
  sample: [un-12345]
diff:
  description: The marks before and after, by ID.
  returned: when planning succeeded
  type: dict
  sample: {before: {un-12345: {read: false}}, after: {un-12345: {read: true}}}
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
from ..module_utils._errors import NotificationsError
from ..module_utils._resources.user_notifications import list_notifications, mark, mark_all, read_notification

ARGUMENTS = CONNECTION + ArgumentSpec(
    {
        "id": {"type": "str"},
        "match": {"type": "dict", "options": dict(NOTIFICATION_FILTER.options)},
        "read": {"type": "bool", "default": True},
    },
    required_one_of=[("id", "match")],
    mutually_exclusive=[("id", "match")],
)


def run(ctx: ModuleContext) -> ModuleResult:
    read, object_id, match = ctx.params["read"], ctx.params["id"], ctx.params["match"]
    client = ctx.connect()
    if object_id is not None:
        notifications = [read_notification(client, object_id)]
    else:
        notifications = list_notifications(client, match, not read)
    ids = [notification["id"] for notification in notifications if bool(notification.get("read")) is not read]
    before, after = ({object_id: {"read": value} for object_id in ids} for value in (not read, read))
    result = {"changed": bool(ids), "marked": ids, "diff": {"before": before, "after": after}}
    if not ids or ctx.check_mode:
        return ModuleResult(result)

    try:
        if object_id is not None:
            mark(client, object_id, read)
        else:
            mark_all(client, match, read)
    except NotificationsError as error:
        return ModuleResult({**result, "changed": error.outcome_unknown, "marked": []}, error)
    return ModuleResult(result)


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
