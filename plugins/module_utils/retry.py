# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: from a method, a failure and the number of the attempt to a wait, or to giving up.

Private to the collection.
"""

from __future__ import annotations

import datetime
import email.utils
import math
from dataclasses import dataclass, field
from typing import Mapping, Optional

#: What went wrong with one attempt.
REFUSED = "refused"  # no connection came about: nothing was sent
CUT = "cut"  # the connection ended before the answer was whole
TIMED_OUT = "timed out"  # no answer within the time-out
GARBLED = "garbled"  # a good status with a body that cannot be read
ANSWERED = "answered"  # an answer with a status of 400 or more

FIRST_WAIT = 0.5
LONGEST_WAIT = 30.0
#: A service that asks for less than this says nothing; otherwise it would be asked thousands of times.
SHORTEST_TOLD = 1.0
#: Attempts where the service names no time to wait: at most 7.5 seconds of waiting.
ATTEMPTS = 5

_REPEATABLE = frozenset(("GET", "DELETE", "PATCH"))
_PASSING = frozenset((408, 429, 500, 502, 503, 504))


@dataclass(frozen=True)
class Failure:
    """One attempt that failed. ``status`` and ``headers`` are those of the answer, where one came."""

    kind: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


def fate_unclear(failure: Failure) -> bool:
    """Whether a request that failed so may have taken effect all the same."""
    if failure.kind == ANSWERED:
        return failure.status < 400 or failure.status == 408 or failure.status >= 500
    return failure.kind in (CUT, TIMED_OUT, GARBLED)


def decide(method: str, failure: Failure, attempt: int, now: float, chance: float) -> Optional[float]:
    """Seconds to wait before the next attempt, or None to give up.

    ``attempt`` counts from 1, ``now`` is seconds since the epoch, ``chance`` is from 0 to 1 (full jitter). GET, DELETE and
    PATCH say what is to be, so they may be sent again; a POST only where it surely was not carried out: never
    connected, 429, or 503 with the word when to come back. A gateway may say that last one too late, so a creation, for
    which ``method`` is CREATE, is not repeated after it: whoever asked for it looks first.

    Source: "Rate limits" of the contract, which asks for capped exponential backoff with jitter.
    """
    told = told_wait(failure, now)
    if method in _REPEATABLE:
        again = failure.kind != ANSWERED or failure.status in _PASSING
    else:
        again = (
            failure.kind == REFUSED
            or (failure.kind == ANSWERED and failure.status == 429)
            or (method == "POST" and failure.kind == ANSWERED and failure.status == 503 and told is not None)
        )
    if not again:
        return None
    if told is not None and told >= SHORTEST_TOLD:
        return told
    # Being over the rate passes by itself, so only the deadline ends that.
    if attempt >= ATTEMPTS and failure.status != 429:
        return None
    # The exponent is bounded: past it the wait is the longest one anyway.
    return max(told or 0.0, chance * min(LONGEST_WAIT, FIRST_WAIT * 2.0 ** min(attempt - 1, 16)))


def told_wait(failure: Failure, now: float) -> Optional[float]:
    """How long the service asks to wait, where it does."""
    if failure.kind != ANSWERED:
        return None
    wait = seconds_from(failure.headers.get("Retry-After"), now)
    if wait is None and failure.status == 429:
        # Relative seconds, not an epoch.
        wait = seconds_from(failure.headers.get("X-RateLimit-Reset"), now)
    return wait


def seconds_from(value: Optional[str], now: float) -> Optional[float]:
    """A header's number of seconds or HTTP date as seconds from ``now``, never negative; None where it is neither."""
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        try:
            date = email.utils.parsedate_to_datetime(value)
            if date.tzinfo is None:
                date = date.replace(tzinfo=datetime.timezone.utc)
            seconds = date.timestamp() - now
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
