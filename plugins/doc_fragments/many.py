# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How modules carry out many steps, documented once."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  concurrency:
    description:
      - How many requests may be under way at once, from 1 to 16.
    type: int
    default: 4
  continue_on_error:
    description:
      - Whether the rest is attempted after something has failed. The task fails in any case.
    type: bool
    default: false
"""
