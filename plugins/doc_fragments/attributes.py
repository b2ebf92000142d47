# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The attributes of modules."""

from __future__ import annotations


class ModuleDocFragment:
    # Modules that write.
    DOCUMENTATION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the
      target.
    support: full
    details:
      - Nothing is changed. The prediction equals what the real run reports, except server-generated fields.
  diff_mode:
    description: Returns details on what has changed, or possibly needs changing in C(check_mode), when in
      diff mode.
    support: full
    details:
      - Webhook URLs are hidden, but marked if they change.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation
      indicates no change.
    support: partial
    details:
      - With C(update_webhook_url=always), the URL is written on every run.
  action_group:
    description: Use C(group/ccloud.notifications.notifications) in C(module_defaults) to set defaults for
      this module.
    support: full
    membership:
      - ccloud.notifications.notifications
"""

    # Modules that only read.
    INFO = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the
      target.
    support: full
    details:
      - The module only reads.
  diff_mode:
    description: Returns details on what has changed, or possibly needs changing in C(check_mode), when in
      diff mode.
    support: N/A
    details:
      - The module only reads.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation
      indicates no change.
    support: full
    details:
      - The module only reads.
  action_group:
    description: Use C(group/ccloud.notifications.notifications) in C(module_defaults) to set defaults for
      this module.
    support: full
    membership:
      - ccloud.notifications.notifications
"""

    # Modules that act on every run.
    ACTION = r"""
attributes:
  check_mode:
    description: Can run in C(check_mode) and return the changed status prediction without modifying the
      target.
    support: full
    details:
      - Nothing is sent.
  diff_mode:
    description: Returns details on what has changed, or possibly needs changing in C(check_mode), when in
      diff mode.
    support: N/A
    details:
      - The module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same arguments, the second invocation
      indicates no change.
    support: N/A
    details:
      - A notification is sent on every run. That changes nothing, so C(changed) is always V(false).
  action_group:
    description: Use C(group/ccloud.notifications.notifications) in C(module_defaults) to set defaults for
      this module.
    support: full
    membership:
      - ccloud.notifications.notifications
"""
