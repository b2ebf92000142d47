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
  - Reads all integrations, or those with certain IDs, names or kinds, including those that cannot be managed.
  - The list is complete, or the task fails.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  id:
    description:
      - Only integrations with this ID, or one of these IDs. A string or a list of strings.
    type: raw
  display_name:
    description:
      - Only integrations with exactly this name, or one of these names. A string or a list of strings.
      - With O(id) as well, integrations that match either of them are returned.
    type: raw
    aliases: [name]
  kinds:
    description:
      - Only integrations of these kinds. M(ccloud.notifications.integration) can manage V(Slack), V(MsTeams)
        and V(Webhook); V(RoleEmail), V(UserEmail) and V(InApp) are read-only.
    type: list
    elements: str
  reveal_webhook_urls:
    description:
      - Whether to return unmasked webhook URLs, if the service does.
      - Set C(no_log) as well. Everybody who knows such a URL can post to the channel.
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

- name: Show their names and kinds
  ansible.builtin.debug:
    msg: "{{ item.display_name }} ({{ item.target.kind }}, {{ item.id }})"
  loop: "{{ channels.integrations }}"
  loop_control:
    label: "{{ item.id }}"

- name: Fail if a channel is missing
  ccloud.notifications.integration_info:
    display_name: [ops-slack, pager]
  register: needed
  failed_when: needed.missing | length > 0

- name: Read the integrations that can be managed, with their URLs
  ccloud.notifications.integration_info:
    kinds: [Slack, MsTeams, Webhook]
    reveal_webhook_urls: true
  register: managed
  no_log: true
"""

RETURN = r"""
integrations:
  description: The integrations, sorted by name and ID. URLs are hidden unless O(reveal_webhook_urls) is set.
  returned: success
  type: list
  elements: dict
  sample:
    - api_version: notifications/v1
      kind: Integration
      id: i-12345
      metadata: {self: "https://api.confluent.cloud/notifications/v1/integrations/i-12345"}
      display_name: ops-slack
      description: The channel of the operations team
      target: {kind: Slack, webhook_url: "********"}
missing:
  description: The values of O(id) and O(display_name) that match no integration of any kind.
  returned: success
  type: list
  elements: str
  sample: [pager]
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

from typing import Optional, Sequence

from ..module_utils._ansible import module
from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..module_utils._ansible.context import ModuleContext, ModuleResult
from ..module_utils._ansible.options import CONNECTION
from ..module_utils._common import Object
from ..module_utils._engine.model import Collection
from ..module_utils._engine.snapshot import read_collection
from ..module_utils._redaction import quoted
from ..module_utils._resources.integrations import INTEGRATIONS, KINDS, reveal_webhook_url, target_kind

ARGUMENTS = CONNECTION + ArgumentSpec(
    {
        "id": {"type": "raw"},
        "display_name": {"type": "raw", "aliases": ["name"]},
        "kinds": {"type": "list", "elements": "str"},
        "reveal_webhook_urls": {"type": "bool", "default": False},
    }
)


def is_selected(
    integration: Object,
    ids: Optional[Sequence[str]],
    names: Optional[Sequence[str]],
    kinds: Optional[Sequence[str]],
) -> bool:
    """Whether an integration has one of these IDs or names, and one of these kinds (None: any)."""
    if kinds is not None and target_kind(integration) not in kinds:
        return False
    if ids is None and names is None:
        return True
    return integration["id"] in (ids or ()) or INTEGRATIONS.name(integration) in (names or ())


def warn_about_unknown_kinds(ctx: ModuleContext, integrations: Collection, kinds: Sequence[str]) -> None:
    known = set(map(target_kind, integrations)) | set(KINDS)
    for kind in sorted(set(kinds or ()) - known):
        ctx.warn_once(f"No integration is of kind {quoted(kind)}. Known kinds: {', '.join(KINDS)}.")


def run(ctx: ModuleContext) -> ModuleResult:
    ids, names, kinds = ctx.string_list("id"), ctx.string_list("display_name"), ctx.params["kinds"]
    integrations = read_collection(ctx.connect(), INTEGRATIONS)
    warn_about_unknown_kinds(ctx, integrations, kinds)
    missing = [object_id for object_id in ids or () if integrations.by_id(object_id) is None]
    missing += [name for name in names or () if not integrations.by_key(name)]

    show = reveal_webhook_url if ctx.params["reveal_webhook_urls"] else INTEGRATIONS.to_output
    selected = [
        integration for integration in integrations.sorted() if is_selected(integration, ids, names, kinds)
    ]
    return ModuleResult({"integrations": list(map(show, selected)), "missing": missing})


def main() -> None:
    module.main(ARGUMENTS, run)


if __name__ == "__main__":
    main()
