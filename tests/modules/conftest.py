# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fixture that runs modules."""

import pytest


@pytest.fixture
def run(emulator):
    # The collection can only be imported after tests/conftest.py, which is after this import.
    from support.tasks import Runner

    return Runner(emulator)
