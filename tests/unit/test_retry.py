# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``retry`` as properties."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._api.retry import (
    ERROR_STATUS,
    MAX_ATTEMPTS,
    CONNECTION_LOST,
    INVALID_BODY,
    MAX_DELAY,
    NOT_CONNECTED,
    TIMED_OUT,
    Failure,
    RetryMode,
    retry_delay,
    outcome_unknown,
    parse_seconds,
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
def test_a_wait_is_never_negative_nor_endless(mode, failure, attempt, jitter):
    wait = retry_delay(mode, failure, attempt, NOW, jitter)
    assert wait is None or 0 <= wait < float("inf")


@given(failures, attempts, jitters)
def test_a_creation_is_only_repeated_where_it_surely_did_not_happen(failure, attempt, jitter):
    if retry_delay(RetryMode.CREATE, failure, attempt, NOW, jitter) is not None:
        assert failure.kind == NOT_CONNECTED or failure.status == 429


@given(failures, attempts, jitters)
def test_a_post_is_only_repeated_where_it_surely_did_not_happen(failure, attempt, jitter):
    if retry_delay(RetryMode.ACTION, failure, attempt, NOW, jitter) is not None:
        assert (
            failure.kind == NOT_CONNECTED
            or failure.status == 429
            or (failure.status == 503 and "Retry-After" in failure.headers)
        )


@given(modes, st.sampled_from([400, 401, 402, 403, 404, 405, 409, 410, 422, 501]), attempts, headers)
def test_what_will_not_pass_is_not_repeated(mode, status, attempt, sent):
    assert retry_delay(mode, Failure(ERROR_STATUS, status, sent), attempt, NOW, 1.0) is None


@given(modes, failures, jitters)
def test_guessed_waits_end_after_a_few_attempts_unless_the_rate_is_the_matter(mode, failure, jitter):
    failure = Failure(failure.kind, failure.status)
    if failure.status != 429:
        assert retry_delay(mode, failure, MAX_ATTEMPTS, NOW, jitter) is None
    else:
        assert retry_delay(mode, failure, MAX_ATTEMPTS, NOW, jitter) is not None


@given(st.integers(1, 10**6), jitters)
def test_guessed_waits_grow_and_are_capped(attempt, jitter):
    failure = Failure(ERROR_STATUS, 429)
    longest = retry_delay(RetryMode.IDEMPOTENT, failure, attempt, NOW, 1.0)
    assert longest == min(MAX_DELAY, 0.5 * 2.0 ** min(attempt - 1, 16))
    assert retry_delay(RetryMode.IDEMPOTENT, failure, attempt, NOW, jitter) == pytest.approx(jitter * longest)


@given(st.floats(1, 10**6))
def test_a_told_wait_is_kept_to(seconds):
    failure = Failure(ERROR_STATUS, 429, {"Retry-After": repr(seconds), "X-RateLimit-Reset": "77"})
    assert retry_delay(RetryMode.ACTION, failure, 1, NOW, 0.0) == seconds


def test_without_retry_after_the_reset_counts_and_only_when_the_rate_is_the_matter():
    assert (
        retry_delay(
            RetryMode.IDEMPOTENT, Failure(ERROR_STATUS, 429, {"X-RateLimit-Reset": "77"}), 1, NOW, 1.0
        )
        == 77
    )
    assert (
        retry_delay(
            RetryMode.IDEMPOTENT, Failure(ERROR_STATUS, 500, {"X-RateLimit-Reset": "77"}), 1, NOW, 1.0
        )
        == 0.5
    )


@given(st.integers(-100_000, 100_000))
def test_a_date_is_read_as_the_time_until_then(seconds):
    value = email.utils.formatdate(NOW + seconds, usegmt=True)
    assert parse_seconds(value, NOW) == max(0, seconds)


@pytest.mark.parametrize(
    "value", [None, "", "soon", "nan", "inf", "-inf", "1e999", "Fri, 99 Zed 2026", "\x00", "٣٤ Foo"]
)
def test_what_is_neither_seconds_nor_a_date_is_passed_over(value):
    assert parse_seconds(value, NOW) is None


def test_a_date_without_zone_is_utc():
    assert parse_seconds("Fri, 15 Jan 2027 08:00:10 -0000", NOW) == 10


@given(failures)
def test_only_what_surely_did_not_happen_is_clear(failure):
    clear = failure.kind == NOT_CONNECTED or (
        failure.kind == ERROR_STATUS and failure.status < 500 and failure.status != 408
    )
    assert outcome_unknown(failure) is not clear
