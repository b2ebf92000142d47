# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The deadline of a task with a timeout."""

from __future__ import annotations

import pytest

from ansible_collections.ccloud.notifications.plugins.plugin_utils._direct_execution import _with_deadline


@pytest.mark.parametrize(
    ("options", "timeout", "deadline"),
    [
        ({}, 10, 10),
        ({}, 100_000, 300),
        ({"deadline": 600}, 10, 10),
        ({"deadline": "600"}, 1_000, 600),
        ({"deadline": "soon"}, 10, "soon"),
    ],
)
def test_deadline_is_at_most_the_timeout_of_the_task(options, timeout, deadline):
    assert _with_deadline(options, timeout)["deadline"] == deadline
