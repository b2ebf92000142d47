# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A runner of modules."""

import pytest


@pytest.fixture
def run(emulator):
    # The collection's import path is there only once pytest-ansible is configured, which is after this file is read.
    from support.tasks import Runner

    return Runner(emulator)
