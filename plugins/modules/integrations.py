#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a whole list of integrations so, in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integrations
short_description: Manage all integrations of Confluent Cloud notifications at once
version_added: 0.1.0
description:
  - Create, change and delete a list of integrations. One read of what there is, one plan over everything, and only the needed writes,
    several at once within the rate limit. First what changes, then what is new, then what goes.
  - Nothing is written if any item cannot be planned. Each item means what it does in M(ccloud.notifications.integration).
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  integrations:
    description: The integrations, each at most once.
    type: list
    elements: dict
    required: true
    suboptions:
      display_name:
        description: The name, at most 64 characters. With O(integrations[].id) it is the name that the integration shall have.
        type: str
        aliases: [name]
      id:
        description: The id of an existing integration.
        type: str
      description:
        description: A description, at most 128 characters. V("") clears it.
        type: str
      target:
        description: Where notifications are sent. Needed to create an integration.
        type: dict
        suboptions:
          kind:
            description: What kind of channel it is.
            type: str
            required: true
            choices: [Slack, MsTeams, Webhook]
          webhook_url:
            description: The http or https URL that notifications are posted to. A secret; it is never shown.
            type: str
            aliases: [url]
      state:
        description: Whether the integration shall exist.
        type: str
        choices: [present, absent]
        default: present
      update_webhook_url:
        description: When the URL of an existing integration is written.
        type: str
        choices: [on_change, on_create, always]
        default: on_change
  purge:
    description:
      - Whether integrations that are neither in O(integrations) nor in O(keep) are deleted. Kinds that cannot be managed never are.
    type: bool
    default: false
  purge_limit:
    description: More deletions by O(purge) than this fail the task before any write. The message says how many and which.
    type: int
    default: 5
  keep:
    description: Names or ids, or shell-style patterns of them, of integrations that O(purge) leaves.
    type: list
    elements: str
    default: []
  when_in_use:
    description: What happens when integrations that are to go still have subscriptions, as in M(ccloud.notifications.integration).
    type: str
    choices: [fail, detach, ignore]
    default: fail
    version_added: 0.2.0
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.many
  - ccloud.notifications.attributes
"""

EXAMPLES = r"""
- name: These integrations, and no others but the ones of the data team
  ccloud.notifications.integrations:
    integrations:
      - display_name: ops-slack
        target: {kind: Slack, webhook_url: "{{ ops_slack_url }}"}
      - display_name: pager
        description: Wakes whoever is on call
        target: {kind: Webhook, webhook_url: "{{ pager_url }}"}
    purge: true
    keep: ["data-*"]
"""

RETURN = r"""
integrations:
  description: What became of each item, in the order of the items.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  contains:
    display_name: {description: The name., type: str, sample: ops-slack}
    integration: {description: "The integration as the API has it, its URL hidden; V(null) when there is none.", type: dict}
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The names of the fields that differed., type: list, elements: str, sample: [description]}
    id: {description: "The id, of what was deleted too; V(null) for what does not exist yet.", type: str, sample: i-12345}
    attempted: {description: V(false) if an earlier failure kept the item from being attempted., type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: when it failed}
    error: {description: Why it failed., type: dict, returned: when it failed}
purged:
  description: What became of each integration that was to be purged, as in RV(integrations), in the order of names.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  sample: []
detached:
  description: The subscriptions that integrations were taken from before they were deleted.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  sample: []
summary:
  description: How many there are of each outcome.
  returned: always, unless nothing could be planned
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each integration that changes, before and after. URLs are hidden; that one changes can be seen.
  returned: always, unless nothing could be planned
  type: dict
  sample: {before: "", after: "ops-slack   Slack   ********   The operations team\\n"}
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
from ..module_utils._ansible.options import BULK, CONNECTION, INTEGRATION_ITEM, PURGE, WHEN_IN_USE
from ..module_utils._ansible.results import bulk_result, describe_result
from ..module_utils._engine.planner import make_plan
from ..module_utils._engine.snapshot import read_snapshot
from ..module_utils._resources.detach import plan_detach
from ..module_utils._resources.integrations import INTEGRATIONS, integration_from_options, purge_from_options

ARGUMENTS = CONNECTION + PURGE + WHEN_IN_USE + BULK + INTEGRATION_ITEM.as_list("integrations")


def run(ctx):
    purge = purge_from_options(ctx.params)
    options = ctx.execution_options()
    desired_states = [integration_from_options(item) for item in ctx.params["integrations"]]
    client = ctx.connect()
    plan = make_plan(desired_states, read_snapshot(client, [INTEGRATIONS]), purge)
    plan = plan_detach(client, plan, ctx.params["when_in_use"], ctx.warn_once if ctx.check_mode else None)
    result = ctx.apply(client, plan, options)
    return bulk_result(
        ctx,
        result,
        integrations=[describe_result(ctx, step_result) for step_result in result.managed],
        purged=[describe_result(ctx, step_result) for step_result in result.purged],
        detached=[describe_result(ctx, step_result) for step_result in result.detached],
    )


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
