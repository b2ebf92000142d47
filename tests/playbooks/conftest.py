# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator that does not validate its own responses, to save time. Other suites validate them."""

from __future__ import annotations

import pytest

from support.emulator import Emulator


@pytest.fixture(scope="session")
def running_emulator():
    with Emulator.started("--trust-answers") as emulator:
        yield emulator
