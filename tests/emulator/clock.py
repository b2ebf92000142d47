# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time that a test can move forward, so that no test has to wait for a window to end or a token to expire."""

import datetime
import time


class Clock:
    """The machine's clocks plus what was added to them."""

    def __init__(self) -> None:
        self._ahead = 0.0

    def advance(self, seconds: float) -> None:
        self._ahead += seconds

    def monotonic(self) -> float:
        """Seconds from an arbitrary start."""
        return time.monotonic() + self._ahead

    def now(self) -> datetime.datetime:
        """Now, in UTC."""
        return datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=self._ahead)

    def timestamp(self, hours_ago: float = 0) -> str:
        """Now, or some hours ago, as RFC 3339 in UTC."""
        return (self.now() - datetime.timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
