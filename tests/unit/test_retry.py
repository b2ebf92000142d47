# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``retry`` as properties."""

from __future__ import annotations

import email.utils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils.retry import (
    ANSWERED,
    ATTEMPTS,
    CUT,
    GARBLED,
    LONGEST_WAIT,
    REFUSED,
    TIMED_OUT,
    Failure,
    decide,
    fate_unclear,
    seconds_from,
)

NOW = 1_800_000_000.0
methods = st.sampled_from(["GET", "PATCH", "DELETE", "POST", "CREATE"])
headers = st.dictionaries(st.sampled_from(["Retry-After", "X-RateLimit-Reset"]), st.text() | st.integers().map(str))
failures = st.builds(Failure, st.sampled_from([REFUSED, CUT, TIMED_OUT, GARBLED]), st.just(0), st.just({})) | st.builds(
    Failure, st.just(ANSWERED), st.integers(400, 599), headers
)
attempts = st.integers(1, 10**9)
chances = st.floats(0, 1)


@given(methods, failures, attempts, chances)
def test_a_wait_is_never_negative_nor_endless(method, failure, attempt, chance):
    wait = decide(method, failure, attempt, NOW, chance)
    assert wait is None or 0 <= wait < float("inf")


@given(failures, attempts, chances)
def test_a_creation_is_only_repeated_where_it_surely_did_not_happen(failure, attempt, chance):
    if decide("CREATE", failure, attempt, NOW, chance) is not None:
        assert failure.kind == REFUSED or failure.status == 429


@given(failures, attempts, chances)
def test_a_post_is_only_repeated_where_it_surely_did_not_happen(failure, attempt, chance):
    if decide("POST", failure, attempt, NOW, chance) is not None:
        assert failure.kind == REFUSED or failure.status == 429 or (failure.status == 503 and "Retry-After" in failure.headers)


@given(methods, st.sampled_from([400, 401, 402, 403, 404, 405, 409, 410, 422, 501]), attempts, headers)
def test_what_will_not_pass_is_not_repeated(method, status, attempt, sent):
    assert decide(method, Failure(ANSWERED, status, sent), attempt, NOW, 1.0) is None


@given(methods, failures, chances)
def test_guessed_waits_end_after_a_few_attempts_unless_the_rate_is_the_matter(method, failure, chance):
    failure = Failure(failure.kind, failure.status)
    if failure.status != 429:
        assert decide(method, failure, ATTEMPTS, NOW, chance) is None
    else:
        assert decide(method, failure, ATTEMPTS, NOW, chance) is not None


@given(st.integers(1, 10**6), chances)
def test_guessed_waits_grow_and_are_capped(attempt, chance):
    failure = Failure(ANSWERED, 429)
    longest = decide("GET", failure, attempt, NOW, 1.0)
    assert longest == min(LONGEST_WAIT, 0.5 * 2.0 ** min(attempt - 1, 16))
    assert decide("GET", failure, attempt, NOW, chance) == pytest.approx(chance * longest)


@given(st.floats(1, 10**6))
def test_a_told_wait_is_kept_to(seconds):
    failure = Failure(ANSWERED, 429, {"Retry-After": repr(seconds), "X-RateLimit-Reset": "77"})
    assert decide("POST", failure, 1, NOW, 0.0) == seconds


def test_without_retry_after_the_reset_counts_and_only_when_the_rate_is_the_matter():
    assert decide("GET", Failure(ANSWERED, 429, {"X-RateLimit-Reset": "77"}), 1, NOW, 1.0) == 77
    assert decide("GET", Failure(ANSWERED, 500, {"X-RateLimit-Reset": "77"}), 1, NOW, 1.0) == 0.5


@given(st.integers(-100_000, 100_000))
def test_a_date_is_read_as_the_time_until_then(seconds):
    value = email.utils.formatdate(NOW + seconds, usegmt=True)
    assert seconds_from(value, NOW) == max(0, seconds)


@pytest.mark.parametrize("value", [None, "", "soon", "nan", "inf", "-inf", "1e999", "Fri, 99 Zed 2026", "\x00", "٣٤ Foo"])
def test_what_is_neither_seconds_nor_a_date_is_passed_over(value):
    assert seconds_from(value, NOW) is None


def test_a_date_without_zone_is_utc():
    assert seconds_from("Fri, 15 Jan 2027 08:00:10 -0000", NOW) == 10


@given(failures)
def test_only_what_surely_did_not_happen_is_clear(failure):
    clear = failure.kind == REFUSED or (failure.kind == ANSWERED and failure.status < 500 and failure.status != 408)
    assert fate_unclear(failure) is not clear
