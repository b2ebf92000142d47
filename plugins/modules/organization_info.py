#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the notifications of an organization."""

from __future__ import annotations

DOCUMENTATION = r"""
module: organization_info
short_description: Read all Confluent Cloud notifications of an organization
version_added: 0.2.0
description:
  - Reads integrations, notification types and subscriptions at the same time, and returns who is notified of
    what.
  - The lists are complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  reveal_webhook_urls:
    description:
      - Whether to return unmasked webhook URLs, if the service does. Set C(no_log) as well.
    type: bool
    default: false
  policies:
    description: Rules that the routing must fulfill; see M(ccloud.notifications.organization). RV(violations)
      lists the types that do not.
    type: list
    elements: dict
    suboptions:
      name:
        description: The requirement in words, shown in messages.
        type: str
        required: true
      select:
        description: The notification types to which the policy applies. Defaults to all. See
          O(ccloud.notifications.organization#module:subscriptions[].select).
        type: dict
        suboptions:
          display_names:
            description: Names, or shell-style patterns of names.
            type: list
            elements: str
          categories:
            description: Categories, such as V(SERVICE).
            type: list
            elements: str
          severities:
            description: Severities, such as V(CRITICAL).
            type: list
            elements: str
          subscription_priorities:
            description: Priorities, such as V(RECOMMENDED).
            type: list
            elements: str
          resource_types:
            description: Types of the resources that the notification types are about, such as V(CONNECTOR).
            type: list
            elements: str
      require:
        description: Requirements for each of these types. All suboptions that are set must be met.
        type: dict
        suboptions:
          any_of:
            description: At least one of the integrations with these names or IDs.
            type: list
            elements: str
          kinds:
            description: An integration of one of these kinds.
            type: list
            elements: str
          at_least:
            description: How many integrations, of O(policies[].require.kinds) if they are given.
            type: int
          not_only:
            description: At least one integration of a kind that is not listed here.
            type: list
            elements: str
      forbid:
        description: What these types must not be routed to.
        type: dict
        suboptions:
          integrations:
            description: Names or IDs of integrations, or shell-style patterns of them.
            type: list
            elements: str
            required: true
  only_findings:
    description:
      - Whether RV(notification_types) has only the types that are a gap, violate a policy or refer to a
        missing integration, and RV(integrations) only those that these types use or that are unused. This
        keeps the result of an organization without findings small.
    type: bool
    default: false
  organization_id:
    description: The ID of the organization that the credentials must belong to. The task fails if the
      C(resource_name) of the objects names another organization or none.
    type: str
  read_quota:
    description:
      - Whether to read how many integrations the organization may have, with one more request to the Quotas API.
    type: bool
    default: false
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.organization
"""

EXAMPLES = r"""
- name: Read the organization
  ccloud.notifications.organization_info:
  register: organization

- name: Show the critical types that reach nobody, or only e-mail
  ansible.builtin.debug:
    msg: "{{ organization.gaps }}"

- name: Find critical types that do not reach a pager
  ccloud.notifications.organization_info:
    policies:
      - name: critical types reach a pager
        select: {severities: [CRITICAL]}
        require: {any_of: [pager]}
  register: checked

- name: Show them
  ansible.builtin.debug:
    msg: "{{ checked.violations }}"
"""

RETURN = r"""
organization:
  description: Which organization the credentials belong to. The ID is null if the service does not report it.
  returned: success
  type: dict
  sample: {id: 9bb441c4-edef-46ac-8a41-c49e44a3fd9a, endpoint: "https://api.confluent.cloud"}
integrations:
  description: The integrations, as M(ccloud.notifications.integration_info) returns them.
  returned: success
  type: list
  elements: dict
  sample: [{id: i-12345, display_name: ops-slack, target: {kind: Slack, webhook_url: "********"}}]
notification_types:
  description: The notification types with their subscriptions, as
    M(ccloud.notifications.notification_type_info) returns them.
  returned: success
  type: list
  elements: dict
  sample: [{id: nt-12345, display_name: Connector failed, severity: CRITICAL, subscriptions: []}]
gaps:
  description: The critical types of the plan that reach nobody, or only e-mail.
  returned: success
  type: list
  elements: str
  sample: [Connector failed]
unused:
  description: The names of the manageable integrations that no subscription of the organization uses.
  returned: success
  type: list
  elements: str
  sample: [old-teams]
violations:
  description: The types that violate each of O(policies).
  returned: success
  type: list
  elements: dict
  sample: [{policy: critical types reach the pager, types: [Connector failed]}]
counts:
  description: The number of existing objects.
  returned: success
  type: dict
  sample: {integrations: 12, notification_types: 60, subscriptions: 44}
quota:
  description:
    - The quota of integrations, C(integrations_per_org). C(limit) is null, and C(problem) says why, if the
      service does not tell it. C(used) is how many the service counts, or else how many can be deleted.
      C(missing) is by how many they exceed it.
  returned: if O(read_quota) is true
  type: dict
  sample: {limit: 50, used: 43, missing: 0, problem: ""}
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

from dataclasses import replace

from ..module_utils._ansible import module
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.options import CONNECTION, ORGANIZATION_ID, POLICIES, QUOTA
from ..module_utils._ansible.organization_results import describe_organization, describe_quota
from ..module_utils._organization.findings import describe_state
from ..module_utils._organization.options import refuse_empty_protections
from ..module_utils._organization.planning import refuse_other_organization
from ..module_utils._organization.policies import Policy
from ..module_utils._organization.state import read_organization
from ..module_utils._resources.integrations import INTEGRATIONS, reveal_webhook_url
from ..module_utils._resources.quotas import read_quota

#: The number of collections that are read at once.
CONCURRENCY = 3

ARGUMENTS = (
    CONNECTION
    + POLICIES
    + ORGANIZATION_ID
    + QUOTA
    + ArgumentSpec(
        {
            "only_findings": {"type": "bool", "default": False},
            "reveal_webhook_urls": {"type": "bool", "default": False},
        }
    )
)


def run(ctx: ModuleContext) -> ModuleResult:
    refuse_empty_protections(ctx.params)
    policies = list(map(Policy.from_options, ctx.params["policies"] or ()))
    client = ctx.connect()
    state = read_organization(client, CONCURRENCY, [policy.select for policy in policies], warn=ctx.warn_once)
    refuse_other_organization(state, ctx.params["organization_id"])

    if ctx.params["read_quota"]:
        state = replace(state, quota=read_quota(client))
    show = reveal_webhook_url if ctx.params["reveal_webhook_urls"] else INTEGRATIONS.to_output
    return ModuleResult(
        {
            "organization": describe_organization(state.organization_id, client.endpoint),
            **describe_state(state, policies, ctx.params["only_findings"], show),
            **describe_quota(state.quota_after(0)),
        }
    )


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
