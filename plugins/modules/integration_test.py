#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Send a test notification."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integration_test
short_description: Send a test notification through an integration of Confluent Cloud
version_added: 0.1.0
description:
  - Have the service send a test notification, either through an integration that exists, or to a O(target) that is to be tried
    before an integration is created with it.
  - Whether the service says so when nothing answers at the URL is not documented. Look at the channel itself.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  id:
    description:
      - The id of the integration to test.
    type: str
  display_name:
    description:
      - The exact name of the integration to test. In check mode it may be one that does not exist yet.
      - With O(target) it is merely the name that the test is sent under, and nothing is looked up.
    type: str
    aliases: [name]
  target:
    description:
      - Where to send the test. Also needed for an existing integration if the service masks its URL.
    type: dict
    suboptions:
      kind:
        description: What kind of channel it is.
        type: str
        required: true
        choices: [Slack, MsTeams, Webhook]
      webhook_url:
        description:
          - The http or https URL that the notification is posted to. A secret; it is never shown.
        type: str
        required: true
        aliases: [url]
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.action
seealso:
  - module: ccloud.notifications.integration
"""

EXAMPLES = r"""
- name: Test an integration that exists
  ccloud.notifications.integration_test:
    display_name: ops-slack

- name: Try a URL before creating an integration with it
  ccloud.notifications.integration_test:
    target:
      kind: Webhook
      webhook_url: "{{ new_pager_url }}"
"""

RETURN = r"""
sent:
  description: Whether the service accepted the test notification. Always V(false) in check mode.
  returned: always
  type: bool
  sample: true
integration:
  description: What was tested, its URL hidden. In check mode V(null) for what does not exist yet.
  returned: always, unless nothing could be read
  type: dict
  sample:
    display_name: ops-slack
    target: {kind: Slack, webhook_url: "********"}
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

from ansible_collections.ccloud.notifications.plugins.module_utils import errors, task
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import quoted
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, Arguments
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import integration_fields
from ansible_collections.ccloud.notifications.plugins.module_utils.directory import Index
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import existing
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import (
    INTEGRATION,
    TEST_PATH,
    is_manageable,
    target_kind,
    webhook_url,
)

ARGUMENTS = CONNECTION + Arguments(
    {
        "id": {"type": "str"},
        "display_name": {"type": "str", "aliases": ["name"]},
        "target": {
            "type": "dict",
            "options": {
                "kind": {"type": "str", "required": True, "choices": ["Slack", "MsTeams", "Webhook"]},
                "webhook_url": {"type": "str", "required": True, "aliases": ["url"], "no_log": True},
            },
        },
    },
    required_one_of=[("id", "display_name", "target")],
    mutually_exclusive=[("id", "display_name"), ("id", "target")],
)


def tested(params, client):
    """The display_name and target to test: those given, or those of the integration that is named, None if it does not exist."""
    given = integration_fields(params, "test a target")
    if "target" in given:
        if webhook_url(given["target"]) is None:
            raise errors.HiddenUrl("test a target", "its webhook_url is only the mask of one")
        return {"display_name": "Test", **given}
    attempted = f"test the integration {params['id'] or quoted(params['display_name'])}"
    index = Index(INTEGRATION, existing(client, INTEGRATION, attempted))
    there = index.find(params["id"], params["display_name"], attempted)
    if there is None:
        return None
    if not is_manageable(there):
        kind = target_kind(there) or "unknown"
        said = f"{there['id']} is of kind {kind}"
        raise errors.ReadOnlyKind(attempted, said, next_step="Only Slack, MsTeams and Webhook can be tested.")
    if webhook_url(there["target"]) is None:
        raise errors.HiddenUrl(attempted, f"the service masks the webhook URL of {there['id']}")
    return {"display_name": INTEGRATION.name(there), "target": there["target"]}


def run(this):
    client = this.connect()
    body = tested(this.params, client)
    if body is None:
        named = this.params["id"] or quoted(this.params["display_name"])
        if not this.check_mode or this.params["id"]:
            raise errors.NoSuchObject(f"test the integration {named}", "there is no such integration")
        # An earlier task would have created it.
        this.warn_once(f"The integration {named} does not exist yet; its test was skipped.")
        return task.Outcome({"sent": False, "integration": None})
    shown = INTEGRATION.show(body, ())
    if this.check_mode:
        return task.Outcome({"sent": False, "integration": shown})
    try:
        client.act("POST", TEST_PATH, body, f"send a test notification through {quoted(body['display_name'])}")
    except errors.NotificationsError as error:
        return task.Outcome({"sent": False, "integration": shown}, error)
    return task.Outcome({"sent": True, "integration": shown})


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
