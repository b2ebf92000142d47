# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``subscriptions`` runs inside the controller's own process where it can: see plugin_utils/_direct_execution.py."""

from __future__ import annotations

from ..plugin_utils._direct_execution import ActionModule

__all__ = ["ActionModule"]
