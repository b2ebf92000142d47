# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options of modules that manage many objects."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  concurrency:
    description:
      - The number of requests to send at once, from 1 to 16.
    type: int
    default: 4
  continue_on_error:
    description:
      - Whether to continue with the other objects after an error. The task fails in any case.
    type: bool
    default: false
"""
