# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that no policy of the emulator brings about."""

from __future__ import annotations

from collections import Counter

import pytest

from probe import answers


@pytest.mark.parametrize(
    ("of_one", "of_many", "has_next", "answer"),
    [
        (1, 250, True, "honored"),
        (1, 60, False, "honored"),
        (1, 100, True, "limited"),
        (100, 100, True, "ignored"),
    ],
)
def test_page_sizes(of_one, of_many, has_next, answer):
    assert answers.page_sizes(of_one, of_many, has_next).value == answer


@pytest.mark.parametrize(
    ("found", "answer"),
    [
        ({"CLUSTER": 17, "CONNECTOR": 4}, "supported"),
        ({"CLUSTER": 17, "CONNECTOR": 0}, "supported"),
        ({"CLUSTER": 60, "CONNECTOR": 60}, "ignored"),
        ({"CLUSTER": 0, "CONNECTOR": 0}, "nothing-found"),
    ],
)
def test_resource_type_filter(found, answer):
    assert answers.resource_type_filter(found, 60).value == answer


@pytest.mark.parametrize(
    ("shown", "answer"),
    [
        ("https://example.com/x", "clear"),
        ("https://example.com/x/", "clear"),
        ("https://example.com/****", "masked"),
        ("", "masked"),
        (None, "masked"),
    ],
)
def test_webhook_url_shown(shown, answer):
    assert answers.webhook_url_shown("https://example.com/x", shown).value == answer


@pytest.mark.parametrize(
    ("shown", "answer"), [(None, "clears"), ("", "clears"), ("old", "ignored"), ("new", "other")]
)
def test_kept_description(shown, answer):
    assert answers.kept_description("old", shown).value == answer


def test_one_observation_is_an_answer_and_several_are_mixed():
    assert answers.counted(Counter()).value == ""
    assert answers.counted(Counter(), absent="none").value == "none"
    assert answers.counted(Counter(["errors"])).value == "errors"
    mixed = answers.counted(Counter(["errors", "error", "error"]))
    assert (mixed.value, mixed.note) == ("mixed", "error: 2, errors: 1")


@pytest.mark.parametrize(
    ("delay", "answer", "note"),
    [(0.0, "at-once", ""), (2.5, "delayed", "about 2.5 s"), (30.0, "delayed", "not within 30 s")],
)
def test_list_delay(delay, answer, note):
    shown = answers.list_delay("at-once", "delayed", delay, wait=30.0)
    assert (shown.value, shown.note) == (answer, note)
