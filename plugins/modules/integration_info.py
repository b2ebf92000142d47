#!/usr/bin/python
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Read integrations."""

from __future__ import annotations

DOCUMENTATION = r"""
module: integration_info
short_description: Read the integrations of Confluent Cloud notifications
version_added: 0.1.0
description:
  - Read all integrations, or those of given ids, names and kinds. All kinds are listed, those too that cannot be managed.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  id:
    description:
      - Only integrations with this id, or with one of these ids. A string or a list of strings.
    type: raw
  display_name:
    description:
      - Only integrations of exactly this name, or of one of these names. A string or a list of strings.
      - With O(id) too, integrations that either of them names are returned.
    type: raw
    aliases: [name]
  kinds:
    description:
      - Only integrations whose C(target.kind) is one of these. V(Slack), V(MsTeams) and V(Webhook) are the kinds that
        M(ccloud.notifications.integration) can manage; V(RoleEmail), V(UserEmail) and V(InApp) can only be read.
    type: list
    elements: str
  reveal_webhook_urls:
    description:
      - Whether webhook URLs are returned in clear, as far as the service gives them so.
      - Use C(no_log) with it. Whoever knows such a URL can post there.
    type: bool
    default: false
extends_documentation_fragment:
  - ccloud.notifications.connection
  - ccloud.notifications.attributes.info
seealso:
  - module: ccloud.notifications.integration
"""

EXAMPLES = r"""
- name: Read all integrations
  ccloud.notifications.integration_info:
  register: channels

- name: Show what there is
  ansible.builtin.debug:
    msg: "{{ item.display_name }} ({{ item.target.kind }}, {{ item.id }})"
  loop: "{{ channels.integrations }}"
  loop_control:
    label: "{{ item.id }}"

- name: Stop when a channel is missing
  ccloud.notifications.integration_info:
    display_name: [ops-slack, pager]
  register: needed
  failed_when: needed.missing | length > 0

- name: Read what can be managed, with its URLs
  ccloud.notifications.integration_info:
    kinds: [Slack, MsTeams, Webhook]
    reveal_webhook_urls: true
  register: managed
  no_log: true
"""

RETURN = r"""
integrations:
  description: The integrations as the API has them, sorted by name and then id. URLs are hidden unless they were asked for.
  returned: success
  type: list
  elements: dict
  sample:
    - api_version: notifications/v1
      kind: Integration
      id: i-12345
      metadata: {self: "https://api.confluent.cloud/notifications/v1/integrations/i-12345", updated_at: "2026-05-04T12:00:00Z"}
      display_name: ops-slack
      description: The channel of the operations team
      target: {kind: Slack, webhook_url: "********"}
missing:
  description: The ids and names that were asked for and do not exist, of whatever kind, in the order in which they were asked for.
  returned: success
  type: list
  elements: str
  sample: [pager]
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

from ansible_collections.ccloud.notifications.plugins.module_utils import task
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import quoted
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import CONNECTION, Arguments
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import texts
from ansible_collections.ccloud.notifications.plugins.module_utils.directory import Index
from ansible_collections.ccloud.notifications.plugins.module_utils.existing import existing
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import INTEGRATION, KINDS, as_option, target_kind

ARGUMENTS = CONNECTION + Arguments(
    {
        "id": {"type": "raw"},
        "display_name": {"type": "raw", "aliases": ["name"]},
        "kinds": {"type": "list", "elements": "str"},
        "reveal_webhook_urls": {"type": "bool", "default": False},
    }
)


def run(this):
    ids, names = texts(this.params, "id", "read integrations"), texts(this.params, "display_name", "read integrations")
    kinds = this.params["kinds"]
    index = Index(INTEGRATION, existing(this.connect(), INTEGRATION))
    missing = [each for each in ids or () if index.by_id(each) is None]
    missing += [each for each in names or () if not index.by_key(each)]
    found = [
        each for each in index if (ids is None and names is None) or each["id"] in (ids or ()) or INTEGRATION.name(each) in (names or ())
    ]
    if kinds is not None:
        for kind in sorted(set(kinds) - set(map(target_kind, index)) - set(KINDS)):
            this.warn_once(f"No integration is of kind {quoted(kind)}; known kinds are {', '.join(KINDS)}.")
        found = [each for each in found if target_kind(each) in kinds]
    found.sort(key=lambda each: (INTEGRATION.name(each), each["id"]))
    reveals = this.params["reveal_webhook_urls"]
    shown = [revealed(each) if reveals else INTEGRATION.show(each, ()) for each in found]
    return task.Outcome({"integrations": shown, "missing": missing})


def revealed(integration):
    """An integration with its URL, under the option's name for it."""
    return {**integration, "target": as_option(integration["target"])} if "target" in integration else integration


def main():
    task.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
