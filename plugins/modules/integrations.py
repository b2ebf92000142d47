#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage a list of integrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integrations
short_description: Manage many integrations of Confluent Cloud notifications
version_added: 0.1.0
description:
  - Manages a list of integrations in one task. It reads all integrations once, plans all changes, and sends
    only the necessary requests, several at once. Changes come first, then creations, then deletions.
  - Nothing is changed if any item is invalid. Each item has the same meaning as in
    M(ccloud.notifications.integration).
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  integrations:
    description: The integrations, each at most once.
    type: list
    elements: dict
    required: true
    suboptions:
      display_name:
        description: The name, at most 64 characters. With O(integrations[].id), the integration is renamed to
          it.
        type: str
        aliases: [name]
      id:
        description: The ID of an existing integration.
        type: str
      description:
        description: A description, at most 128 characters. V("") clears it.
        type: str
      target:
        description: Where notifications are sent. Required to create an integration.
        type: dict
        suboptions:
          kind:
            description: The kind of channel.
            type: str
            required: true
            choices: [Slack, MsTeams, Webhook]
          webhook_url:
            description: The http or https URL to which notifications are posted. It is a secret, and never
              shown.
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
        description: When the URL of an existing integration is written.
        type: str
        choices: [on_change, on_create, always]
        default: on_change
  purge:
    description:
      - Whether to delete integrations that are neither in O(integrations) nor in O(keep). Kinds that cannot
        be managed are kept.
    type: bool
    default: false
  purge_limit:
    description: The maximum number of integrations that O(purge) may delete. If there are more, the task
      fails before it changes anything.
    type: int
    default: 5
  keep:
    description: Names or IDs of integrations that O(purge) keeps, or shell-style patterns of them.
    type: list
    elements: str
  when_in_use:
    description: What to do if subscriptions use an integration to delete; see
      M(ccloud.notifications.integration).
    type: str
    choices: [fail, detach, ignore]
    default: fail
    version_added: 0.2.0
  on_kind_change:
    description: What to do if the kind of an existing integration changes; see
      M(ccloud.notifications.integration).
    type: str
    choices: [update, fail]
    default: update
    version_added: 0.2.0
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.bulk
  - ccloud.notifications.attributes
"""

EXAMPLES = r"""
- name: Manage these integrations and delete all others, except those of the data team
  ccloud.notifications.integrations:
    integrations:
      - display_name: ops-slack
        target: {kind: Slack, webhook_url: "{{ ops_slack_url }}"}
      - display_name: pager
        description: Alerts the engineer on call
        target: {kind: Webhook, webhook_url: "{{ pager_url }}"}
    purge: true
    purge_limit: 2
    keep: ["data-*"]
    when_in_use: detach

- name: Create one channel, delete another one, and leave all others as they are
  ccloud.notifications.integrations:
    integrations:
      - display_name: platform-teams
        target: {kind: MsTeams, webhook_url: "{{ platform_teams_url }}"}
      - display_name: old-teams
        state: absent
    # Fails if subscriptions use old-teams; `detach` would remove it from them first.
    when_in_use: fail

- name: Write new URLs although the service masks the current ones
  ccloud.notifications.integrations:
    integrations:
      - display_name: pager
        target: {kind: Webhook, webhook_url: "{{ new_pager_url }}"}
        update_webhook_url: always
"""

RETURN = r"""
integrations:
  description: The result of each item, in the order of the items.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    display_name: {description: The name., type: str, sample: ops-slack}
    id: {description: "The ID; V(null) if it does not exist yet.", type: str, sample: i-12345}
    integration:
      description: The integration with its URL hidden, or V(null) if it does not exist.
      type: dict
    changed: {description: Whether it was changed., type: bool, sample: true}
    changes: {description: The fields that differed., type: list, elements: str, sample: [description]}
    attempted: {description: "V(false) if an earlier failure prevented it.", type: bool, sample: true}
    msg: {description: Why it failed., type: str, returned: on failure}
    error: {description: Why it failed., type: dict, returned: on failure}
purged:
  description: The result for each integration that O(purge) deletes, sorted by name, as in RV(integrations).
  returned: when planning succeeded
  type: list
  elements: dict
  sample: []
detached:
  description: The subscriptions from which integrations were removed before they were deleted.
  returned: when planning succeeded
  type: list
  elements: dict
  sample: []
summary:
  description: The number of objects for each outcome.
  returned: when planning succeeded
  type: dict
  sample: {created: 1, changed: 0, deleted: 0, unchanged: 14, failed: 0, not_attempted: 0}
diff:
  description: One line for each integration that changes. URLs are hidden, but marked if they change.
  returned: when planning succeeded
  type: dict
  sample: {before: "", after: "ops-slack   Slack   ********   The operations team\\n"}
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
from ..module_utils._ansible.execution import apply, execution_options
from ..module_utils._ansible.options import (
    BULK,
    CONNECTION,
    INTEGRATION_ITEM,
    ON_KIND_CHANGE,
    PURGE,
    WHEN_IN_USE,
)
from ..module_utils._ansible.results import bulk_result, describe_results
from ..module_utils._engine.model import Snapshot
from ..module_utils._engine.planner import make_plan
from ..module_utils._engine.snapshot import read_collection
from ..module_utils._organization.detach import plan_detach
from ..module_utils._organization.options import refuse_empty_protections
from ..module_utils._resources.integrations import (
    INTEGRATIONS,
    IntegrationLimits,
    integration_from_options,
    purge_from_options,
    unmatched_keep,
)

ARGUMENTS = (
    CONNECTION + PURGE + WHEN_IN_USE + ON_KIND_CHANGE + BULK + INTEGRATION_ITEM.as_list("integrations")
)


def run(ctx: ModuleContext) -> ModuleResult:
    refuse_empty_protections(ctx.params)
    purge = purge_from_options(ctx.params)
    options = execution_options(ctx)
    limits = IntegrationLimits(ctx.params["on_kind_change"])
    desired_states = [integration_from_options(item, limits) for item in ctx.params["integrations"]]
    client = ctx.connect()
    integrations = read_collection(client, INTEGRATIONS)
    plan = make_plan(desired_states, Snapshot([integrations]), purge)
    for warning in unmatched_keep(ctx.params["keep"] or (), plan, integrations):
        ctx.warn_once(warning)
    plan = plan_detach(client, plan, ctx.params["when_in_use"], ctx.warn_once if ctx.check_mode else None)
    result = apply(ctx, client, plan, options)
    return bulk_result(
        result,
        integrations=describe_results(ctx, result.managed),
        purged=describe_results(ctx, result.purged),
        detached=describe_results(ctx, result.detached),
    )


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
