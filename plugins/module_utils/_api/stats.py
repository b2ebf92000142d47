# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task sent, for its result."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional, Tuple

from .._redaction import Redactor, one_line, shortened

WAITS_LISTED = 100


@dataclass
class RequestStats:
    """What a task sent: the ``api`` member of its result.

    ``waits`` has the number of waits and their seconds by reason.
    """

    requests: int = 0
    writes: int = 0
    retries: int = 0
    request_ids: List[str] = field(default_factory=list)
    waits: Dict[str, Tuple[int, float]] = field(default_factory=dict)
    rate_limit: Optional[Dict[str, Optional[int]]] = None

    def add_wait(self, reason: str, seconds: float) -> None:
        count, total = self.waits.get(reason, (0, 0.0))
        if count or len(self.waits) < WAITS_LISTED:
            self.waits[reason] = (count + 1, total + seconds)

    def as_result(self, redactor: Redactor) -> Dict[str, Any]:
        waits = [describe_wait(reason, *wait) for reason, wait in self.waits.items()]
        return {
            "requests": self.requests,
            "retries": self.retries,
            "request_ids": [
                one_line(request_id, 255) for request_id in redactor.redact_all(self.request_ids)
            ],
            "rate_limit": self.rate_limit,
            "waits": [shortened(wait) for wait in redactor.redact_all(waits)],
        }


def describe_wait(reason: str, count: int, seconds: float) -> str:
    """Some waits for one reason, as a sentence."""
    times = f" in {count} waits" if count > 1 else ""
    return f"Waited {seconds:.1f} s{times}: {reason}."
