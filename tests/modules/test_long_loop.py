# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A loop of 300 items in one worker keeps neither memory, nor threads, nor connections."""

from __future__ import annotations

import gc
import threading
import tracemalloc

import psutil

from support.emulator import slack


def test_long_loop_keeps_neither_memory_nor_threads_nor_connections(emulator):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import SessionCache
    from support.tasks import Runner

    emulator.reset(integrations=[slack("ops")])
    run = Runner(emulator, SessionCache())
    process = psutil.Process()

    def usage():
        gc.collect()
        return len(process.net_connections()), threading.active_count(), tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        for item in range(300):
            assert not run.ok("integration", **slack("ops"))["changed"]
            if item == 49:
                before = usage()
        after = usage()
    finally:
        tracemalloc.stop()

    assert after[:2] == before[:2]
    assert after[2] - before[2] < 60_000, "memory grows with the number of items"
    connections = {request["connection"] for request in emulator.requests()}
    assert len(connections) == 1
