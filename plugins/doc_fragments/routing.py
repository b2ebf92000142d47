# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that route notification types to integrations."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  integrations_mode:
    description:
      - What a list of integrations does to those that a subscription already has.
      - V(exact) replaces them, V(add) adds to them, and V(remove) removes from them.
    type: str
    choices: [exact, add, remove]
    default: exact
  keep_read_only:
    description:
      - Whether to keep integrations that this API cannot manage, such as the e-mail to organization admins,
        even if the list does not name them.
    type: bool
    default: true
"""

    SUBSCRIPTION = r"""
options:
  notification_type:
    description:
      - The notification type, by its ID or its exact display name. Required unless O(id) is set.
    type: str
  id:
    description:
      - The ID of an existing subscription. Only needed if a type has two subscriptions.
    type: str
  integrations:
    description:
      - The integrations, each by its ID or its exact display name; see O(integrations_mode).
      - If omitted, they are left as they are. A new subscription requires at least one.
    type: list
    elements: str
  enabled:
    description:
      - Whether the subscription is enabled. If omitted, it is left as it is; a new one is enabled.
    type: bool
  state:
    description:
      - Whether the subscription should exist.
    type: str
    choices: [present, absent]
    default: present
"""
