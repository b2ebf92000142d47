# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A clock that a test can move forward, so that no test waits for a window to end or a token to expire."""

from __future__ import annotations

import datetime
import time

#: The most seconds that are added to the clocks: 68 years.
MAX_OFFSET = 2**31 - 1


class Clock:
    """The machine's clocks plus the seconds that were added to them."""

    def __init__(self) -> None:
        self._offset = 0.0

    def advance(self, seconds: float) -> None:
        """Move the clock forward. Raises ValueError for a number that is negative, infinite or too large."""
        if not (seconds >= 0 and self._offset + seconds <= MAX_OFFSET):
            raise ValueError(
                f"the clock moves forward, by at most {MAX_OFFSET} seconds in total, not by {seconds}"
            )
        self._offset += seconds

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic() + self._offset

    def now(self) -> datetime.datetime:
        """The present time in UTC."""
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self._offset)

    def timestamp(self, hours_ago: float = 0) -> str:
        """The present time, or some hours before it, as RFC 3339 in UTC."""
        return (self.now() - datetime.timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
