# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock whose time passes only while a task sleeps."""

from __future__ import annotations

import threading
from typing import Optional

from .emulator import Emulator


class FakeClock:
    """The clock of a client. A sleep takes no real time, is recorded, and advances the emulator's clock."""

    def __init__(self, emulator: Optional[Emulator] = None) -> None:
        self._emulator = emulator
        self._elapsed = 0.0
        self._lock = threading.Lock()
        self.sleeps: list[float] = []

    def monotonic(self) -> float:
        return 1_000.0 + self._elapsed

    def now(self) -> float:
        return 1_800_000_000.0 + self._elapsed

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.sleeps.append(seconds)
            self._elapsed += seconds
        if self._emulator:
            self._emulator.advance(seconds)

    def wait(self, _tracker: object, seconds: float) -> None:
        self.sleep(seconds)

    def advance(self, seconds: float) -> None:
        """Let time pass without a sleep."""
        self._elapsed += seconds
