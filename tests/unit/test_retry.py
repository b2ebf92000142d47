# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``retry``, as properties."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._api.retry import (
    CONNECTION_LOST,
    ERROR_STATUS,
    INVALID_BODY,
    MAX_ATTEMPTS,
    MAX_DELAY,
    NOT_CONNECTED,
    TIMED_OUT,
    Failure,
    RetryMode,
    outcome_unknown,
    parse_seconds,
    retry_delay,
)

NOW = 1_800_000_000.0
modes = st.sampled_from(RetryMode)
headers = st.dictionaries(
    st.sampled_from(["Retry-After", "X-RateLimit-Reset"]), st.text() | st.integers().map(str)
)
failures = st.builds(
    Failure,
    st.sampled_from([NOT_CONNECTED, CONNECTION_LOST, TIMED_OUT, INVALID_BODY]),
    st.just(0),
    st.just({}),
) | st.builds(Failure, st.just(ERROR_STATUS), st.integers(400, 599), headers)
attempts = st.integers(1, 10**9)
jitters = st.floats(0, 1)


@given(modes, failures, attempts, jitters)
def test_delay_is_finite_and_not_negative(mode, failure, attempt, jitter):
    delay = retry_delay(mode, failure, attempt, NOW, jitter)
    assert delay is None or 0 <= delay < float("inf")


@given(failures, attempts, jitters)
def test_create_is_retried_only_if_it_was_not_executed(failure, attempt, jitter):
    if retry_delay(RetryMode.CREATE, failure, attempt, NOW, jitter) is not None:
        assert failure.kind == NOT_CONNECTED or failure.status == 429


@given(failures, attempts, jitters)
def test_action_is_retried_only_if_it_was_not_executed(failure, attempt, jitter):
    if retry_delay(RetryMode.ACTION, failure, attempt, NOW, jitter) is not None:
        assert (
            failure.kind == NOT_CONNECTED
            or failure.status == 429
            or (failure.status == 503 and "Retry-After" in failure.headers)
        )


@given(modes, st.sampled_from([400, 401, 402, 403, 404, 405, 409, 410, 422, 501]), attempts, headers)
def test_permanent_errors_are_not_retried(mode, status, attempt, sent):
    assert retry_delay(mode, Failure(ERROR_STATUS, status, sent), attempt, NOW, 1.0) is None


@given(modes, failures, jitters)
def test_attempts_are_limited_unless_rate_limited(mode, failure, jitter):
    failure = Failure(failure.kind, failure.status)
    if failure.status != 429:
        assert retry_delay(mode, failure, MAX_ATTEMPTS, NOW, jitter) is None
    else:
        assert retry_delay(mode, failure, MAX_ATTEMPTS, NOW, jitter) is not None


@given(st.integers(1, 10**6), jitters)
def test_backoff_grows_up_to_its_limit(attempt, jitter):
    failure = Failure(ERROR_STATUS, 429)
    longest = retry_delay(RetryMode.IDEMPOTENT, failure, attempt, NOW, 1.0)
    assert longest == min(MAX_DELAY, 0.5 * 2.0 ** min(attempt - 1, 16))
    assert retry_delay(RetryMode.IDEMPOTENT, failure, attempt, NOW, jitter) == pytest.approx(jitter * longest)


@given(st.floats(1, 10**6))
def test_retry_after_is_respected(seconds):
    failure = Failure(ERROR_STATUS, 429, {"Retry-After": repr(seconds), "X-RateLimit-Reset": "77"})
    assert retry_delay(RetryMode.ACTION, failure, 1, NOW, 0.0) == seconds


def test_rate_limit_reset_is_used_for_429_without_retry_after():
    headers = {"X-RateLimit-Reset": "77"}
    rate_limited = Failure(ERROR_STATUS, 429, headers)
    server_error = Failure(ERROR_STATUS, 500, headers)
    assert retry_delay(RetryMode.IDEMPOTENT, rate_limited, 1, NOW, 1.0) == 77
    assert retry_delay(RetryMode.IDEMPOTENT, server_error, 1, NOW, 1.0) == 0.5


@given(st.integers(-100_000, 100_000))
def test_retry_after_date_is_the_time_until_then(seconds):
    value = email.utils.formatdate(NOW + seconds, usegmt=True)
    assert parse_seconds(value, NOW) == max(0, seconds)


@pytest.mark.parametrize(
    "value", [None, "", "soon", "nan", "inf", "-inf", "1e999", "Fri, 99 Zed 2026", "\x00", "٣٤ Foo"]
)
def test_invalid_retry_after_is_ignored(value):
    assert parse_seconds(value, NOW) is None


def test_retry_after_date_without_zone_is_utc():
    assert parse_seconds("Fri, 15 Jan 2027 08:00:10 -0000", NOW) == 10


@given(failures)
def test_outcome_is_known_only_if_request_was_rejected_or_never_sent(failure):
    known = failure.kind == NOT_CONNECTED or (
        failure.kind == ERROR_STATUS and failure.status < 500 and failure.status != 408
    )
    assert outcome_unknown(failure) is not known
