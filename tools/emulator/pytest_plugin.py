# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fixture ``ccloud_emulator`` for pytest, which finds it when the package is installed."""

from __future__ import annotations

from typing import Iterator

import pytest

from .process import EmulatorProcess


@pytest.fixture(scope="session")
def ccloud_emulator_process() -> Iterator[EmulatorProcess]:
    """One emulator for all tests of a session."""
    with EmulatorProcess.started() as emulator:
        yield emulator


@pytest.fixture
def ccloud_emulator(ccloud_emulator_process: EmulatorProcess) -> EmulatorProcess:
    """An emulator of the Confluent Cloud Notifications API, in its initial state."""
    ccloud_emulator_process.reset()
    return ccloud_emulator_process
