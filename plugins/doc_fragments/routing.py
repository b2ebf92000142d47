# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where notifications go, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  integrations_mode:
    description:
      - What a list of integrations means for those that a notification type goes to already.
      - V(exact) makes it go to these, V(add) to these as well, and V(remove) to these no more.
    type: str
    choices: [exact, add, remove]
    default: exact
  keep_read_only:
    description:
      - Whether integrations stay that this API cannot manage, such as the e-mail to organization admins, although they are not named.
    type: bool
    default: true
  expected_integrations:
    description:
      - Names of integrations that earlier tasks of the play create. In check mode these are taken as existing, and any other that does not
        exist fails the task, as it would in the real run.
      - If omitted, every integration that does not exist is taken as existing in check mode, with a warning.
    type: list
    elements: str
    version_added: 0.2.0
"""

    SUBSCRIPTION = r"""
options:
  notification_type:
    description:
      - The notification type, by its id or its exact display name. Needed unless O(id) is given.
    type: str
  id:
    description:
      - The id of an existing subscription. Only needed to tell two of one type apart.
    type: str
  integrations:
    description:
      - The integrations that it goes to, each by its id or its exact display name; see O(integrations_mode).
      - If omitted, that is left as it is. A new subscription needs at least one.
    type: list
    elements: str
  enabled:
    description:
      - Whether it is heard. If omitted, that is left as it is; a new subscription is enabled.
    type: bool
  state:
    description:
      - Whether there shall be a subscription.
    type: str
    choices: [present, absent]
    default: present
"""
