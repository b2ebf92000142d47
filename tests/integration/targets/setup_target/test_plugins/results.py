# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test plugins that compare results of modules."""

from __future__ import annotations

#: Members that differ between runs: statistics of the requests, and times.
NOT_COMPARED = {"api", "metadata"}


def is_prediction_of(predicted, result):
    """Whether the result of check mode equals that of the run, except for IDs of created objects."""
    if isinstance(predicted, dict) and isinstance(result, dict):
        ignored = NOT_COMPARED | ({"id"} if predicted.get("id") is None else set())
        names = predicted.keys() - ignored
        return names == result.keys() - ignored and all(
            is_prediction_of(predicted[name], result[name]) for name in names
        )

    if isinstance(predicted, list) and isinstance(result, list):
        return len(predicted) == len(result) and all(map(is_prediction_of, predicted, result))

    return predicted == result


def is_part_of(expected, result):
    """Whether a result has the expected members. It may have more; a list may not have more items."""
    if isinstance(expected, dict) and isinstance(result, dict):
        return all(name in result and is_part_of(member, result[name]) for name, member in expected.items())

    if isinstance(expected, list) and isinstance(result, list):
        return len(expected) == len(result) and all(map(is_part_of, expected, result))

    return expected == result


class TestModule:
    def tests(self):
        return {"prediction_of": is_prediction_of, "part_of": is_part_of}
