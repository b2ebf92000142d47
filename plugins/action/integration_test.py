# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct execution of the module of the same name. All action plugins are equal."""

from __future__ import annotations

from ..plugin_utils._direct_execution import DirectExecution, module_of


class ActionModule(DirectExecution):
    """The action plugin of a module."""

    module = module_of(__name__)
