#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage one integration."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integration
short_description: Manage an integration of Confluent Cloud notifications
version_added: 0.1.0
description:
  - Creates, changes or deletes an integration. An integration is a channel to which Confluent Cloud sends
    notifications.
  - The integration is identified by O(id), or else by O(display_name), which is matched whole and
    case-sensitively. If two integrations have the name, the task fails, names their IDs, and changes nothing.
  - Options that are omitted are left as they are.
  - Only the kinds Slack, MsTeams and Webhook can be managed.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  display_name:
    description:
      - The name, at most 64 characters.
      - With O(id), the integration is renamed to this name. With O(id) and O(state=absent), it must have this
        name.
    type: str
    aliases: [name]
  id:
    description: The ID of an existing integration. The service assigns IDs.
    type: str
  description:
    description:
      - A description, at most 128 characters.
      - V("") clears it. If the service ignores that, the task fails.
    type: str
  target:
    description: Where notifications are sent. Required to create an integration.
    type: dict
    suboptions:
      kind:
        description:
          - The kind of channel.
          - O(on_kind_change) says what to do if an existing integration has another kind.
        type: str
        required: true
        choices: [Slack, MsTeams, Webhook]
      webhook_url:
        description:
          - The http or https URL to which notifications are posted. It is a secret, and never shown.
          - Required to create an integration or to change its kind. A masked URL, as returned by
            M(ccloud.notifications.integration_info), is treated as omitted.
        type: str
        aliases: [url]
  state:
    description: Whether the integration should exist.
    type: str
    choices: [present, absent]
    default: present
  previous_name:
    description: The name that the integration had before. If no integration has its new name, the one with this
      name is renamed; its ID and its routes stay. Can be removed afterwards.
    type: str
  update_webhook_url:
    description:
      - When the URL of an existing integration is written.
      - V(on_change) writes it if it differs. If the service masks URLs, they cannot be compared, and the URL
        is left with a warning.
      - V(on_create) never writes it, unless O(target.kind) changes.
      - V(always) writes it, and reports a change, on every run.
    type: str
    choices: [on_change, on_create, always]
    default: on_change
  when_in_use:
    description:
      - What to do if subscriptions use an integration to delete.
      - V(fail) fails before anything is changed, and names the notification types. In check mode it warns
        instead, because an earlier task may route them elsewhere.
      - V(detach) removes the integration from its subscriptions first. If one of them would have no
        integration left, the task fails; in check mode it warns.
      - V(ignore) does not read subscriptions, and leaves the decision to the service.
      - Subscriptions of single resources (M(ccloud.notifications.resource_subscription)) cannot be searched
        and are not considered.
    type: str
    choices: [fail, detach, ignore]
    default: fail
    version_added: 0.2.0
  on_kind_change:
    description:
      - What to do if the kind of an existing integration changes. It is not known whether the service allows
        that.
      - V(update) sends the change. If the service refuses it, the task fails.
      - V(fail) fails before anything is changed. To replace the integration, create one with another name,
        and delete this one with O(state=absent).
    type: str
    choices: [update, fail]
    default: update
    version_added: 0.2.0
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.integrations
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

- name: Rename an integration
  ccloud.notifications.integration:
    id: "{{ pager_id }}"
    display_name: pager-primary

- name: Delete a channel after removing it from its subscriptions
  ccloud.notifications.integration:
    display_name: old-teams
    state: absent
    when_in_use: detach
"""

RETURN = r"""
integration:
  description: The integration with its URL hidden, or V(null) if it does not exist. In check mode a new one
    has no ID.
  returned: when planning succeeded
  type: dict
  sample:
    api_version: notifications/v1
    kind: Integration
    id: i-12345
    metadata: {self: "https://api.confluent.cloud/notifications/v1/integrations/i-12345"}
    display_name: ops-slack
    description: The channel of the operations team
    target: {kind: Slack, webhook_url: "********"}
changes:
  description: The fields that differed. Empty for a deletion.
  returned: when planning succeeded
  type: list
  elements: str
  sample: [description, target.webhook_url]
detached:
  description: The subscriptions from which the integration was removed.
  returned: when planning succeeded
  type: list
  elements: dict
  sample: []
diff:
  description: The writable fields before and after. URLs are hidden, but marked if they change.
  returned: when planning succeeded
  type: dict
  sample:
    before: {display_name: ops-slack, target: {kind: Slack, webhook_url: "********"}}
    after: {display_name: ops-slack, target: {kind: Slack, webhook_url: "******** (changes)"}}
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
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.execution import apply
from ..module_utils._ansible.options import CONNECTION, INTEGRATION_ITEM, ON_KIND_CHANGE, WHEN_IN_USE
from ..module_utils._ansible.results import describe_results, single_result
from ..module_utils._engine.model import Snapshot
from ..module_utils._engine.planner import make_plan
from ..module_utils._engine.snapshot import read_collection
from ..module_utils._organization.detach import plan_detach
from ..module_utils._resources.integrations import INTEGRATIONS, IntegrationLimits, integration_from_options

ARGUMENTS = CONNECTION + WHEN_IN_USE + ON_KIND_CHANGE + INTEGRATION_ITEM


def run(ctx: ModuleContext) -> ModuleResult:
    desired = integration_from_options(ctx.params, IntegrationLimits(ctx.params["on_kind_change"]))
    client = ctx.connect()
    integrations = read_collection(client, INTEGRATIONS)
    plan = make_plan([desired], Snapshot([integrations]))
    plan = plan_detach(client, plan, ctx.params["when_in_use"], ctx.warn_once if ctx.check_mode else None)
    result = apply(ctx, client, plan)
    return single_result(
        result,
        detached=describe_results(ctx, result.detached),
    )


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
