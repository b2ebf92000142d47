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
  - Sends a test notification through an existing integration, or to a O(target) before an integration is
    created with it.
  - It is not documented whether the service reports a URL that does not respond. Check that the notification
    arrived.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  id:
    description:
      - The ID of the integration to test.
    type: str
  display_name:
    description:
      - The exact name of the integration to test. In check mode it need not exist yet.
      - With O(target), it is only the name that the test notification shows.
    type: str
    aliases: [name]
  target:
    description:
      - Where to send the notification. Also required for an existing integration if the service masks its
        URL.
    type: dict
    suboptions:
      kind:
        description: The kind of channel.
        type: str
        required: true
        choices: [Slack, MsTeams, Webhook]
      webhook_url:
        description:
          - The http or https URL to which the notification is posted. It is a secret, and never shown.
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
- name: Test an existing integration
  ccloud.notifications.integration_test:
    display_name: ops-slack

- name: Test a URL before creating an integration with it
  ccloud.notifications.integration_test:
    target:
      kind: Webhook
      webhook_url: "{{ new_pager_url }}"

- name: Read the Slack channels
  ccloud.notifications.integration_info:
    kinds: [Slack]
  register: channels

- name: Test them
  ccloud.notifications.integration_test:
    id: "{{ item.id }}"
  loop: "{{ channels.integrations }}"
  loop_control:
    label: "{{ item.id }}"
"""

RETURN = r"""
sent:
  description: Whether the service accepted the test notification. Always V(false) in check mode.
  returned: when the target is known
  type: bool
  sample: true
integration:
  description: The name and the target that were tested, with the URL hidden. V(null) in check mode if it does
    not exist yet.
  returned: when reading succeeded
  type: dict
  sample:
    display_name: ops-slack
    target: {kind: Slack, webhook_url: "********"}
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

from typing import Any, Mapping, Optional

from ..module_utils._ansible import module
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.options import CONNECTION
from ..module_utils._api.client import Client
from ..module_utils._common import Object
from ..module_utils._engine.snapshot import read_collection
from ..module_utils._errors import NotificationsError, RefusedError, UnknownNameError, operation
from ..module_utils._redaction import quoted
from ..module_utils._resources.integrations import (
    INTEGRATIONS,
    TEST_PATH,
    fields_from_options,
    target_to_test,
    webhook_url,
)

ARGUMENTS = CONNECTION + ArgumentSpec(
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


def stated_target(params: Mapping[str, Any]) -> Optional[Object]:
    """The name and the target to test that the task states; None if it names an integration."""
    with operation("test a target"):
        fields = fields_from_options(params)
        if "target" not in fields:
            return None
        if webhook_url(fields["target"]) is None:
            raise RefusedError(
                "`target.webhook_url` is only a mask",
                type="masked_url",
                next_step="Set it to the URL itself.",
            )
        return {"display_name": "Test", **fields}


def existing_target(ctx: ModuleContext, client: Client) -> Optional[Object]:
    """The name and the target of the named integration; None in check mode if it does not exist yet."""
    object_id, name = ctx.params["id"], ctx.params["display_name"]
    integration = read_collection(client, INTEGRATIONS).find(object_id, name)
    if integration is not None:
        display_name, target = target_to_test(integration)
        return {"display_name": display_name, "target": target}
    if object_id or not ctx.check_mode:
        raise UnknownNameError("the integration does not exist", next_step=INTEGRATIONS.list_hint)
    # An earlier task may create it.
    ctx.warn_once(f"The integration {quoted(name)} does not exist yet; its test was skipped.")
    return None


def run(ctx: ModuleContext) -> ModuleResult:
    body = stated_target(ctx.params)
    client = ctx.connect()
    if body is None:
        with operation(f"test the integration {ctx.params['id'] or quoted(ctx.params['display_name'])}"):
            body = existing_target(ctx, client)
    shown = INTEGRATIONS.to_output(body) if body else None
    if body is None or ctx.check_mode:
        return ModuleResult({"sent": False, "integration": shown})

    try:
        with operation(f"send a test notification through {quoted(body['display_name'])}"):
            client.call_action("POST", TEST_PATH, body)
    except NotificationsError as error:
        return ModuleResult({"sent": False, "integration": shown}, error)
    return ModuleResult({"sent": True, "integration": shown})


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
