#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Create, change or delete one integration."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integration
short_description: Manage an integration of Confluent Cloud notifications
version_added: 0.1.0
description:
  - Create, change or delete an integration, which is a channel that Confluent Cloud sends notifications to.
  - It is found by its O(id), or else by its O(display_name), matched whole and case-sensitively. If two integrations have that name,
    the task fails, names both ids, and writes nothing. What is omitted is left as it is.
  - Only the kinds Slack, MsTeams and Webhook can be managed.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  display_name:
    description:
      - The name of the integration, at most 64 characters.
      - With O(id) it is the name that the integration shall have, so it is renamed. With O(state=absent) it has to have that name.
    type: str
    aliases: [name]
  id:
    description: The id of an existing integration. The service chooses ids, so nothing can be created by one.
    type: str
  description:
    description:
      - A description, at most 128 characters. V("") clears it; if the service ignores that, the task fails and says so.
    type: str
  target:
    description: Where notifications are sent. Needed to create an integration.
    type: dict
    suboptions:
      kind:
        description:
          - What kind of channel it is. It is not known whether the service lets the kind of an existing integration change. If it refuses,
            the task fails.
        type: str
        required: true
        choices: [Slack, MsTeams, Webhook]
      webhook_url:
        description:
          - The http or https URL that notifications are posted to. Whoever knows it can post there, so it is never shown.
          - For an existing integration of the same kind it may be omitted, and is then left as it is. A hidden URL, as
            M(ccloud.notifications.integration_info) returns it, means the same.
        type: str
        aliases: [url]
  state:
    description: Whether the integration shall exist.
    type: str
    choices: [present, absent]
    default: present
  update_webhook_url:
    description:
      - When the URL of an existing integration is written.
      - V(on_change) writes it when it differs. If the service masks URLs, that cannot be told, and it is left, with a warning.
      - V(on_create) never writes it, unless O(target.kind) changes.
      - V(always) writes it, and reports a change, on every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  when_in_use:
    description:
      - What happens when an integration that is to be deleted still has subscriptions.
      - V(fail) fails the task before any write, and lists the notification types that would lose it. In check mode it warns, because an
        earlier task may be about to route them elsewhere.
      - V(detach) removes it from its subscriptions first. If one would have no integration left, the task fails; in check mode it warns.
      - V(ignore) does not look, which saves a request, and leaves it to the service.
      - Subscriptions of single resources (M(ccloud.notifications.resource_subscription)) cannot be searched, and are not seen.
    type: str
    choices: [fail, detach, ignore]
    default: fail
    version_added: 0.2.0
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.integration_info
  - module: ccloud.notifications.integration_test
"""

EXAMPLES = r"""
- name: Send notifications to a Slack channel
  ccloud.notifications.integration:
    display_name: ops-slack
    description: The channel of the operations team
    target:
      kind: Slack
      webhook_url: "{{ ops_slack_url }}"

- name: Rotate the URL of a webhook
  ccloud.notifications.integration:
    display_name: pager
    target:
      kind: Webhook
      webhook_url: "{{ new_pager_url }}"

- name: Rename an integration, which takes its id
  ccloud.notifications.integration: {id: "{{ pager_id }}", display_name: pager-primary}

- name: Remove a channel, and take it from its subscriptions first
  ccloud.notifications.integration: {display_name: old-teams, state: absent, when_in_use: detach}
"""

RETURN = r"""
integration:
  description: The integration as the API has it, its URL hidden; V(null) when there is none. In check mode a new one has no id yet.
  returned: always, unless nothing could be planned
  type: dict
  sample:
    api_version: notifications/v1
    kind: Integration
    id: i-12345
    metadata: {self: "https://api.confluent.cloud/notifications/v1/integrations/i-12345", updated_at: "2026-05-04T12:00:00Z"}
    display_name: ops-slack
    description: The channel of the operations team
    target: {kind: Slack, webhook_url: "********"}
changes:
  description: The names of the fields that differed, as the API has them (the URL of a Webhook is V(target.url)). Empty for a deletion.
  returned: always, unless nothing could be planned
  type: list
  elements: str
  sample: [description, target.webhook_url]
detached:
  description: The subscriptions that the integration was taken from.
  returned: always, unless nothing could be planned
  type: list
  elements: dict
  sample: []
diff:
  description: What can be written, before and after. URLs are hidden; that one changes can be seen.
  returned: always, unless nothing could be planned
  type: dict
  sample:
    before: {display_name: ops-slack, target: {kind: Slack, webhook_url: "********"}}
    after: {display_name: ops-slack, target: {kind: Slack, webhook_url: "******** (changes)"}}
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
from ..module_utils._ansible.options import CONNECTION, INTEGRATION_ITEM, WHEN_IN_USE
from ..module_utils._ansible.results import describe_result, single_result
from ..module_utils._engine.planner import make_plan
from ..module_utils._engine.snapshot import read_snapshot
from ..module_utils._resources.detach import plan_detach
from ..module_utils._resources.integrations import INTEGRATIONS, integration_from_options

ARGUMENTS = CONNECTION + WHEN_IN_USE + INTEGRATION_ITEM


def run(ctx):
    desired = integration_from_options(ctx.params)
    client = ctx.connect()
    plan = make_plan([desired], read_snapshot(client, [INTEGRATIONS]))
    plan = plan_detach(client, plan, ctx.params["when_in_use"], ctx.warn_once if ctx.check_mode else None)
    result = ctx.apply(client, plan)
    detached = [describe_result(ctx, step_result) for step_result in result.detached]
    return single_result(ctx, result, detached=detached)


def main():
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
