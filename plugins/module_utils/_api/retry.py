# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: from a failed attempt to the delay before the next one, or to giving up."""

from __future__ import annotations

import datetime
import email.utils
import enum
import math
from dataclasses import dataclass, field
from typing import Mapping, Optional

#: What went wrong with an attempt.
NOT_CONNECTED = "not connected"  # no connection was made: nothing was sent
CONNECTION_LOST = "connection lost"  # the connection ended before the response was complete
TIMED_OUT = "timed out"  # no response within the timeout
INVALID_BODY = "invalid body"  # a success status with a body that cannot be used
ERROR_STATUS = "error status"  # a status of 300 or more

FIRST_DELAY = 0.5
MAX_DELAY = 30.0
#: Shorter Retry-After values are ignored: they would cause thousands of requests.
MIN_RETRY_AFTER = 1.0
#: Attempts if the service does not say when to retry: at most 7.5 seconds of waiting.
MAX_ATTEMPTS = 5

_TRANSIENT_STATUSES = frozenset((408, 429, 500, 502, 503, 504))


class RetryMode(enum.Enum):
    """What makes it safe to send a request again.

    IDEMPOTENT requests (GET, PATCH, DELETE here) can always be repeated. An ACTION (POST) can be repeated if
    it was certainly not carried out, or if the service is unavailable and says when to retry. A CREATE cannot
    be repeated in the second case: a gateway may respond 503 after the fact, so the caller must look for the
    object first.
    """

    IDEMPOTENT = "idempotent"
    ACTION = "action"
    CREATE = "create"


@dataclass(frozen=True)
class Failure:
    """One failed attempt. ``status`` and ``headers`` are those of the response, if one arrived."""

    kind: str
    status: int = 0
    headers: Mapping[str, str] = field(default_factory=dict)


def outcome_unknown(failure: Failure) -> bool:
    """Whether the request may have taken effect although it failed."""
    if failure.kind == ERROR_STATUS:
        return failure.status < 400 or failure.status == 408 or failure.status >= 500
    return failure.kind in (CONNECTION_LOST, TIMED_OUT, INVALID_BODY)


def retry_delay(
    mode: RetryMode, failure: Failure, attempt: int, now: float, jitter: float
) -> Optional[float]:
    """Seconds to wait before the next attempt, or None to give up.

    ``attempt`` counts from 1, ``now`` is in seconds since the epoch, and ``jitter`` is from 0 to 1 (full
    jitter). Source: "Rate limits" of the contract, which asks for capped exponential backoff with jitter.
    """
    asked = retry_after(failure, now)
    if not _may_retry(mode, failure, asked):
        return None
    if asked is not None and asked >= MIN_RETRY_AFTER:
        return asked
    # Only the deadline ends retries for a rate limit, which passes by itself.
    if attempt >= MAX_ATTEMPTS and failure.status != 429:
        return None

    # The exponent is bounded, because beyond it the delay is MAX_DELAY anyway.
    backoff = min(MAX_DELAY, FIRST_DELAY * 2.0 ** min(attempt - 1, 16))
    return max(asked or 0.0, jitter * backoff)


def _may_retry(mode: RetryMode, failure: Failure, asked: Optional[float]) -> bool:
    if mode is RetryMode.IDEMPOTENT:
        return failure.kind != ERROR_STATUS or failure.status in _TRANSIENT_STATUSES
    if failure.kind == NOT_CONNECTED:
        return True
    if failure.kind != ERROR_STATUS:
        return False
    return failure.status == 429 or (mode is RetryMode.ACTION and failure.status == 503 and asked is not None)


def retry_after(failure: Failure, now: float) -> Optional[float]:
    """How many seconds the service asks to wait; None if it does not."""
    if failure.kind != ERROR_STATUS:
        return None
    seconds = parse_seconds(failure.headers.get("Retry-After"), now)
    if seconds is None and failure.status == 429:
        # The contract: relative seconds, not a time.
        seconds = parse_seconds(failure.headers.get("X-RateLimit-Reset"), now)
    return seconds


def first_number(value: Optional[str]) -> Optional[float]:
    """The first number of a header, which may have been sent twice or have parameters; None without one."""
    number = _number((value or "").partition(",")[0].partition(";")[0])
    return None if number is None else max(0.0, number)


def _number(text: str) -> Optional[float]:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def parse_seconds(value: Optional[str], now: float) -> Optional[float]:
    """The seconds from ``now`` that a header gives as a number or as an HTTP date; None for anything else.

    A header that was sent twice arrives as ``60, 7``, and then the greatest number counts. A policy of the
    draft form, such as ``100;w=60``, is its first number.
    """
    if not value:
        return None
    numbers = [_number(part.partition(";")[0]) for part in value.split(",")]
    if None not in numbers:
        seconds = max(number for number in numbers if number is not None)
    else:
        try:
            date = email.utils.parsedate_to_datetime(value)
            if date.tzinfo is None:
                date = date.replace(tzinfo=datetime.timezone.utc)
            seconds = date.timestamp() - now
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
    return max(0.0, seconds) if math.isfinite(seconds) else None
