#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Manage the notifications of an organization."""

from __future__ import annotations

DOCUMENTATION = r"""
module: organization
short_description: Manage all Confluent Cloud notifications of an organization
version_added: 0.2.0
description:
  - Manages integrations, routing rules and the settings of single resources in one task, from one plan.
  - All changes are planned before anything is changed. Rules may name integrations that the same task
    creates. Integrations are updated and created first, then subscriptions and settings are written, then
    integrations are deleted, so no notification type is without a recipient in between. Test notifications
    are sent at the end.
  - If nothing changes, the task lists each collection once, and looks up the settings of each resource in the
    options.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  integrations:
    description: The integrations, each at most once; see M(ccloud.notifications.integrations).
    type: list
    elements: dict
    default: []
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
      update_webhook_url:
        description: When the URL of an existing integration is written.
        type: str
        choices: [on_change, on_create, always]
        default: on_change
      previous_name:
        description: The name that the integration had before. If no integration has its new name, the one with this
          name is renamed; its ID and its routes stay. Can be removed afterwards.
        type: str
      take_over:
        description: Whether to manage the integration although another O(owner), or nobody, holds it. Without
          O(owner), the mark of its owner is removed.
        type: bool
        default: false
  subscriptions:
    description: The routing rules; see M(ccloud.notifications.subscriptions).
    type: list
    elements: dict
    default: []
    suboptions:
      select:
        description:
          - Selects types that match all given suboptions. V({}) selects every type. Types that the
            organization's plan does not include are skipped.
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
      notification_type:
        description: One type, by its ID or its exact display name.
        type: str
      integrations:
        description: The integrations that receive the types, each by its ID or its exact display name.
        type: list
        elements: str
        required: true
      allow_empty:
        description: Whether the selector may match nothing, and contain values that no type has.
        type: bool
        default: false
      name:
        description: A name of the rule for messages.
        type: str
      until:
        description:
          - When the entry ends, as a date (V(2026-12-06), to the end of that day in UTC) or as a time with its zone
            (V(2026-12-06T18:00:00+01:00)). Afterwards the rule
            is ignored.
        type: str
  resource_preferences:
    description: The preferences of single resources; see M(ccloud.notifications.resource_preference).
    type: list
    elements: dict
    default: []
    suboptions:
      resource:
        description:
          - The resource, as the API's own path or as a mapping of its parts; see
            M(ccloud.notifications.resource_preference).
        type: raw
        required: true
      resource_type:
        description: The type of the resource, if it does not follow from O(resource_preferences[].resource).
        type: str
      enabled:
        description: Whether the resource may send notifications. Required to create a preference.
        type: bool
      state:
        description: Whether the preference should exist.
        type: str
        choices: [present, absent]
        default: present
      until:
        description:
          - When the entry ends, as a date (V(2026-12-06), to the end of that day in UTC) or as a time with its zone
            (V(2026-12-06T18:00:00+01:00)). Afterwards the
            resource is enabled again. Requires O(resource_preferences[].enabled=false).
        type: str
  resource_subscriptions:
    description: The subscriptions of single resources; see M(ccloud.notifications.resource_subscription).
    type: list
    elements: dict
    default: []
    suboptions:
      resource:
        description:
          - The resource, as the API's own path or as a mapping of its parts; see
            M(ccloud.notifications.resource_preference).
        type: raw
        required: true
      resource_type:
        description: The type of the resource, if it does not follow from
          O(resource_subscriptions[].resource).
        type: str
      notification_type:
        description: The notification type, by its ID or its exact display name. Required unless
          O(resource_subscriptions[].id) is set.
        type: str
      id:
        description: The ID of an existing subscription. Only needed if a type has two subscriptions.
        type: str
      integrations:
        description: The integrations, each by its ID or its exact display name. If omitted, they are left as
          they are.
        type: list
        elements: str
      integrations_mode:
        description: How O(resource_subscriptions[].integrations) is combined with the current
          integrations of the subscription.
        type: str
        choices: [exact, add, remove]
        default: exact
      keep_read_only:
        description: Whether to keep integrations that this API cannot manage.
        type: bool
        default: true
      enabled:
        description: Whether the subscription is enabled. If omitted, it is left as it is; a new one is
          enabled.
        type: bool
      state:
        description: Whether the subscription should exist.
        type: str
        choices: [present, absent]
        default: present
      until:
        description:
          - When the entry ends, as a date (V(2026-12-06), to the end of that day in UTC) or as a time with its zone
            (V(2026-12-06T18:00:00+01:00)). Afterwards the integrations of an entry with
            O(resource_subscriptions[].integrations_mode=add) are removed, a subscription with
            O(resource_subscriptions[].enabled=false) is enabled, and any other is deleted.
        type: str
  owner:
    description:
      - The team, for example, that this task is for, if several teams manage one organization with files of their own.
        Integrations carry the mark of their owner in brackets at the end of their description. The task changes,
        deletes and purges only its own, adds and removes only them in subscriptions, and disables no type that notifies
        others.
      - An integration that another owner or nobody holds is an error, unless O(integrations[].take_over) is set.
      - Tasks for owners on one controller take turns. Those on different controllers should not run at the same time.
    type: str
  lint_ignore:
    description: Findings to accept, each with its reason.
    type: list
    elements: dict
    default: []
    suboptions:
      code:
        description: The code of the findings, as in RV(lint).
        type: str
        required: true
      subject:
        description: What the finding is about, as in RV(lint), or a shell-style pattern of it. By default anything.
        type: str
      reason:
        description: Why the findings are accepted.
        type: str
        required: true
  explain:
    description: Names or IDs of notification types and integrations. RV(explanations) says which rules route them, and
      what they reach or receive after the plan.
    type: list
    elements: str
    default: []
  disable_others:
    description:
      - Whether to disable the subscriptions to optional and recommended types that no rule selects. Other
        types, and those of severity V(CRITICAL), stay enabled and are listed in RV(not_disabled).
    type: bool
    default: false
  disable_critical:
    description: Whether O(disable_others) also disables types of severity V(CRITICAL).
    type: bool
    default: false
  keep_read_only:
    description:
      - Whether to keep integrations that this API cannot manage, such as the e-mail to organization admins,
        even if no rule names them.
    type: bool
    default: true
  purge:
    description: Whether to delete integrations that are neither in O(integrations) nor in O(keep).
    type: bool
    default: false
  purge_limit:
    description: The maximum number of integrations that O(purge) may delete. If there are more, the task
      fails before it changes anything.
    type: int
    default: 5
  keep:
    description:
      - Names or IDs of integrations that must not be changed or deleted, or shell-style patterns of them. An
        item that would change one of them is an error.
    type: list
    elements: str
  when_in_use:
    description:
      - What to do if an integration to delete is used by subscriptions to types that no rule selects; see
        M(ccloud.notifications.integration).
    type: str
    choices: [fail, detach, ignore]
    default: fail
  on_kind_change:
    description: What to do if the kind of an existing integration changes; see
      M(ccloud.notifications.integration).
    type: str
    choices: [update, fail]
    default: update
  read_quota:
    description:
      - Whether to read how many integrations the organization may have, with one more request to the Quotas API.
        The task warns if the plan would create more than that.
    type: bool
    default: false
  return_state:
    description:
      - How much of the organization as it was before the task is returned in RV(state). V(findings) leaves out
        objects about which nothing is wrong.
    type: str
    choices: [nothing, findings, full]
    default: nothing
  test:
    description:
      - The integrations through which to send a test notification. V(changed) are those that were created or
        whose URL was written.
    type: str
    choices: [changed, all, none]
    default: changed
  silence_limit:
    description:
      - The number of enabled notification types that may lose their last channel other than e-mail. The task
        fails before anything is changed if there are more, and names them.
    type: int
    default: 0
  change_limit:
    description:
      - The maximum number of objects that may be changed or deleted, as a number or as a percentage of the
        existing ones, such as V(30%). By default there is no limit.
      - Updates that only add integrations to a subscription do not count. A percentage is ignored if there
        are fewer than ten objects.
    type: str
  policies:
    description:
      - Rules that the planned routing must meet. The task fails before anything is changed if a
        notification type violates one.
    type: list
    elements: dict
    suboptions:
      name:
        description: The requirement in words, shown in messages.
        type: str
        required: true
      select:
        description: The notification types that the policy is about, as in O(subscriptions[].select). By
          default all.
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
  tests:
    description:
      - Tests of the planned routing. A test that fails stops the task before it changes anything. An empty list is
        an error; omit the option instead.
    type: list
    elements: dict
    suboptions:
      name:
        description: What the test shows, in words. Each test needs a name of its own.
        type: str
        required: true
      notification_type:
        description: The type that the test is about, by its ID or its exact display name. Required unless
          O(tests[].select) is set.
        type: str
      select:
        description: Selects the types that the test is about, as in O(subscriptions[].select).
        type: dict
        suboptions:
          display_names:
            description: Names, or shell-style patterns of names.
            type: list
            elements: str
          categories:
            description: Categories.
            type: list
            elements: str
          severities:
            description: Severities.
            type: list
            elements: str
          subscription_priorities:
            description: Priorities.
            type: list
            elements: str
          resource_types:
            description: Types of resources.
            type: list
            elements: str
      expect:
        description:
          - The channels that each of these types must reach, by ID or exact display name. It must reach no other
            channel unless O(tests[].at_least) is set. Integrations that this API cannot manage, such as e-mail, count
            only if they are named. V([]) expects that the types reach no channel.
        type: list
        elements: str
        required: true
      at_least:
        description: Whether the types may reach other channels as well.
        type: bool
        default: false
      not:
        description: Channels that must not receive these types.
        type: list
        elements: str
      resource:
        description:
          - A single resource, as in O(resource_subscriptions[].resource). The test is then about the subscriptions of
            this resource, and O(resource_subscriptions) must have an entry for it.
        type: raw
      resource_type:
        description: The type of the resource, if it does not follow from O(tests[].resource).
        type: str
  tests_fail_under:
    description: The smallest percentage of the rules in O(subscriptions) that O(tests) must exercise. A test
      exercises the rules that select its types.
    type: int
  catalog:
    description:
      - Plan without any request, for an organization that has these notification types, these integrations, and no
        subscription. This runs O(tests) and O(policies) where no credentials are available. It requires check mode.
    type: dict
    suboptions:
      notification_types:
        description: The notification types, as the playbook C(ccloud.notifications.export) writes them.
        type: list
        elements: dict
        required: true
        suboptions:
          id:
            description: The ID.
            type: str
            required: true
          display_name:
            description: The name.
            type: str
          category:
            description: The category.
            type: str
          severity:
            description: The severity.
            type: str
          subscription_priority:
            description: The priority.
            type: str
          resource_type:
            description: The type of the resources that it is about.
            type: str
          is_included_in_plan:
            description: Whether the organization pays for a plan that includes the type.
            type: bool
      integrations:
        description: The integrations that exist. Those in O(integrations) need not be among them.
        type: list
        elements: dict
        default: []
        suboptions:
          id:
            description: The ID.
            type: str
            required: true
          display_name:
            description: The name.
            type: str
          kind:
            description: The kind of channel.
            type: str
          owner:
            description: Whose mark is in the description.
            type: str
  expected_checksum:
    description:
      - The checksum in RV(plan) of a plan that was reviewed in check mode. If the plan has changed since, the
        task fails before anything is changed.
    type: str
  expected_plan:
    description:
      - The reviewed plan itself, as in RV(plan), instead of O(expected_checksum). If the plan has changed
        since, the task fails in the same way, and names the changes that differ.
    type: dict
  organization_id:
    description:
      - The ID of the organization that the credentials must belong to. The task fails before anything is
        changed, in check mode as well, if the C(resource_name) of the objects names another organization or
        none.
    type: str
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.bulk
  - ccloud.notifications.attributes
seealso:
  - module: ccloud.notifications.organization_info
  - module: ccloud.notifications.integrations
  - module: ccloud.notifications.subscriptions
"""

EXAMPLES = r"""
- name: Manage the channels and the routing of an organization
  ccloud.notifications.organization:
    integrations:
      - display_name: ops-slack
        target: {kind: Slack, webhook_url: "{{ ops_slack_url }}"}
      - display_name: pager
        target: {kind: Webhook, webhook_url: "{{ pager_url }}"}
    subscriptions:
      - select: {severities: [CRITICAL]}
        integrations: [ops-slack, pager]
      - select: {severities: [WARN]}
        integrations: [ops-slack]
    policies:
      - name: critical types reach the pager
        select: {severities: [CRITICAL]}
        require: {any_of: [pager]}

- name: Review the plan
  ccloud.notifications.organization:
    subscriptions:
      - select: {severities: [CRITICAL]}
        integrations: [ops-slack]
  check_mode: true
  register: reviewed

- name: Apply exactly the reviewed plan
  ccloud.notifications.organization:
    subscriptions:
      - select: {severities: [CRITICAL]}
        integrations: [ops-slack]
    expected_checksum: "{{ reviewed.plan.checksum }}"

- name: Delete all other channels, except those of the data team, after removing them from their subscriptions
  ccloud.notifications.organization:
    integrations:
      - display_name: ops-slack
        target: {kind: Slack, webhook_url: "{{ ops_slack_url }}"}
    subscriptions:
      # Flink is not used yet, so no type matches.
      - select: {display_names: ["Flink *"]}
        integrations: [ops-slack]
        allow_empty: true
    purge: true
    purge_limit: 2
    keep: ["data-*"]
    when_in_use: detach
    # At most this part of the objects may change.
    change_limit: 50%
"""

RETURN = r"""
organization:
  description: Which organization the credentials belong to. The ID is null if the service does not report it.
  returned: when planning succeeded
  type: dict
  sample: {id: 9bb441c4-edef-46ac-8a41-c49e44a3fd9a, endpoint: "https://api.confluent.cloud"}
plan:
  description: The plan, without secrets. It is also returned if a limit, a policy or O(expected_checksum)
    refuses the plan.
  returned: when planning succeeded
  type: dict
  contains:
    checksum: {description: SHA-256 over all changes., type: str}
    summary:
      description: The number of objects to create, to change, to delete, and to leave as they are.
      type: dict
      sample: {to_create: 1, to_change: 2, to_delete: 0, unchanged: 40}
    changes:
      description: One entry for each change, in the order in which the changes are made.
      type: list
      elements: dict
      sample:
        - action: update
          resource: subscription
          name: Connector failed
          scope: null
          id: s-12345
          changes: [integrations]
          reason: managed
          rules: [1]
          before: ENABLED   Organization admins
          after: ENABLED   Organization admins, ops-slack
          text: ENABLED   Organization admins, +ops-slack
    text: {description: "The plan for people, one line for each change.", type: list, elements: str}
    requests:
      description: The number of requests that applying the plan takes if nothing fails. Each page of 250
        objects after the first takes one more.
      type: int
      sample: 8
summary:
  description: The number of objects for each outcome, by resource.
  returned: when planning succeeded and the plan was not refused
  type: dict
  sample:
    integration:
      created: 1
      changed: 0
      deleted: 0
      unchanged: 14
      failed: 0
      not_attempted: 0
    subscription:
      created: 0
      changed: 2
      deleted: 0
      unchanged: 40
      failed: 0
      not_attempted: 0
failures:
  description: The objects whose change failed. As in RV(plan), C(resource) is the kind of object, and C(scope) the path
    of the resource that a setting is about.
  returned: when planning succeeded and the plan was not refused
  type: list
  elements: dict
  sample: []
tested:
  description: The test notifications. Empty in check mode.
  returned: when planning succeeded and the plan was not refused
  type: list
  elements: dict
  sample: [{display_name: ops-slack, sent: true}]
state:
  description: The organization as it was before the task, as M(ccloud.notifications.organization_info) returns
    it.
  returned: when O(return_state) is not V(nothing), and planning succeeded
  type: dict
  sample: {gaps: [], unused: [], violations: []}
quota:
  description:
    - The quota of integrations, C(integrations_per_org). C(limit) is null, and C(problem) says why, if the
      service does not tell it. C(used) is how many the service counts, or else how many can be deleted.
      C(missing) is by how many the integrations during the task would exceed it.
  returned: if O(read_quota) is true and planning succeeded
  type: dict
  sample: {limit: 50, used: 43, missing: 0, problem: ""}
not_included:
  description: The types that only selectors match and that the organization's plan does not include.
  returned: when planning succeeded and the plan was not refused
  type: list
  elements: dict
  sample: []
refusals:
  description: All reasons not to apply the plan. The first one is in RV(error).
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    type:
      description: The stable type, as in RV(error).
      type: str
      sample: policy_violated
    detail:
      description: What is wrong.
      type: str
  sample: []
routing_tests:
  description: The results of O(tests).
  returned: when planning succeeded
  type: dict
  contains:
    passed:
      description: The names of the tests that passed.
      type: list
      elements: str
    failed:
      description: The names of the tests that failed.
      type: list
      elements: str
    mismatches:
      description: The types that do not reach what a test expects.
      type: list
      elements: dict
      contains:
        test:
          description: The name of the test.
          type: str
        notification_type:
          description: The name of the type.
          type: str
        missing:
          description: The expected channels that the type does not reach.
          type: list
          elements: str
        unexpected:
          description: The channels that must not receive it.
          type: list
          elements: str
        channels:
          description: The channels that it reaches after the plan.
          type: list
          elements: str
        rules:
          description: The rules that select it.
          type: list
          elements: str
        text:
          description: What is not as expected, in one sentence.
          type: str
    untested_rules:
      description: The rules that no test exercises.
      type: list
      elements: str
    coverage:
      description: The percentage of the rules that tests exercise.
      type: int
lint:
  description: What is probably wrong, although nothing forbids it. The guide on lint lists the codes.
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    code:
      description: The stable code.
      type: str
      sample: redundant-rule
    subject:
      description: The rule, the integration or the pattern that it is about.
      type: str
      sample: rule 4 (Invoices)
    text:
      description: What is wrong, in one sentence.
      type: str
    entry:
      description: The option and the position, counted from 1, of the item that it is about. Null if there is none.
      type: list
      elements: raw
      sample: [subscriptions, 4]
explanations:
  description: An explanation of each name in O(explain).
  returned: when planning succeeded
  type: list
  elements: dict
  contains:
    kind:
      description: C(notification_type) or C(integration).
      type: str
    name:
      description: The name.
      type: str
    rules:
      description: The rules that select a type, in their order, each with the integrations that it adds.
      type: list
      elements: dict
    after:
      description: The names of all integrations that receive a type after the plan; C(before) has those before it.
      type: list
      elements: str
    types:
      description: The types that an integration receives after the plan, each with the rules that route it.
      type: list
      elements: dict
    text:
      description: The explanation as lines.
      type: list
      elements: str
not_disabled:
  description: The types that no rule selects and that O(disable_others) cannot disable.
  returned: when planning succeeded and the plan was not refused
  type: list
  elements: dict
  sample: []
diff:
  description: One line for each object that changes. URLs are hidden, but marked if they change.
  returned: when planning succeeded
  type: dict
  sample: {before: "", after: "integration ops-slack   Slack   ********\\n"}
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
from datetime import datetime, timezone

from ..module_utils._ansible import module
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.execution import apply, execution_options
from ..module_utils._ansible.options import ORGANIZATION
from ..module_utils._ansible.organization_results import (
    execution_members,
    organization_result,
    plan_members,
    warn_about_plan,
)
from ..module_utils._api.client import Client
from ..module_utils._engine.creation_lock import creation_lock
from ..module_utils._engine.plan import ExecutionOptions
from ..module_utils._errors import RefusedError
from ..module_utils._organization.channel_tests import send_tests
from ..module_utils._organization.findings import FINDINGS, NOTHING, describe_state
from ..module_utils._organization.options import DesiredOrganization, organization_from_options
from ..module_utils._organization.planning import OrganizationPlan, plan_organization
from ..module_utils._organization.state import OrganizationState, organization_from_catalog, read_organization
from ..module_utils._resources.quotas import read_quota

ARGUMENTS = ORGANIZATION


def run(ctx: ModuleContext) -> ModuleResult:
    execution = execution_options(ctx)
    now = datetime.fromtimestamp(ctx.clock.now(), timezone.utc)
    desired = organization_from_options(ctx.params, now)
    if ctx.params["catalog"] is not None:
        return run_without_service(ctx, desired)
    client = ctx.connect()
    state = read_state(ctx, client, desired)
    planned = plan_organization(desired, state)
    if desired.owner is None or ctx.check_mode or not planned.plan.ordered_changes():
        return manage(ctx, client, desired, state, planned, execution)

    # Each PATCH replaces all integrations of a subscription, so two owners must not plan from one state.
    # Without resource names, all organizations of an endpoint take turns.
    organization = state.organization_id or ""
    with creation_lock("organization", client.endpoint, organization, wait=client.wait_for_turn):
        state = read_state(ctx, client, desired)
        return manage(ctx, client, desired, state, plan_organization(desired, state), execution)


def read_state(ctx: ModuleContext, client: Client, desired: DesiredOrganization) -> OrganizationState:
    """Read everything that the options are about."""
    state = read_organization(
        client,
        execution_options(ctx).concurrency,
        desired.selects,
        [setting.path for setting in desired.preferences],
        [setting.path for setting in desired.resource_subscriptions],
        ctx.warn_once,
    )
    return replace(state, quota=read_quota(client)) if ctx.params["read_quota"] else state


def manage(
    ctx: ModuleContext,
    client: Client,
    desired: DesiredOrganization,
    state: OrganizationState,
    planned: OrganizationPlan,
    execution: ExecutionOptions,
) -> ModuleResult:
    """Show a plan, and unless it is check mode, apply it."""
    # Everything that is shown is made before anything is written.
    members = plan_members(ctx, planned, client.endpoint)
    if ctx.params["return_state"] != NOTHING:
        only_findings = ctx.params["return_state"] == FINDINGS
        members["state"] = describe_state(
            state, desired.limits.policies, only_findings, owner=desired.owner, rules_of=planned.rules_of
        )
    warn_about_plan(ctx, planned)
    if planned.refusal is not None:
        return ModuleResult(members, planned.refusal)

    result = apply(ctx, client, planned.plan, execution)
    written = [] if ctx.check_mode else result.succeeded(planned.plan, planned.tests)
    tested = send_tests(client, written, execution.concurrency)
    return organization_result({**members, **execution_members(ctx, result, tested)}, result, tested)


def run_without_service(ctx: ModuleContext, desired: DesiredOrganization) -> ModuleResult:
    """Plan for the organization in ``catalog``, without any request."""
    if not ctx.check_mode:
        raise RefusedError(
            "`catalog` describes an organization that is not asked, so nothing can be applied to it",
            operation="apply the plan",
            next_step="Run the task in check mode, or omit `catalog`.",
        )
    state = organization_from_catalog(
        ctx.params["catalog"],
        [setting.path for setting in desired.preferences],
        [setting.path for setting in desired.resource_subscriptions],
    )
    planned = plan_organization(desired, state)
    members = plan_members(ctx, planned)
    return ModuleResult({**members, "changed": bool(planned.plan.ordered_changes())}, planned.refusal)


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
