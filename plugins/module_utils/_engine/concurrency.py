# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs several calls at once, and stops at once when the task is interrupted."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Callable, List, Sequence, TypeVar

from .._common import noop

Item = TypeVar("Item")
Value = TypeVar("Value")


def run_concurrently(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    concurrency: int,
    cancel: Callable[[], None],
    on_finished: Callable[[], None] = noop,
) -> List[Value]:
    """``function`` of each item, in the order of the items; ``on_finished`` is called after each.

    An exception of any call is raised. On any exception, Ansible's own timeout and an interruption included,
    ``cancel`` is called, no further call is started, and calls under way are not awaited.
    """
    workers = min(concurrency, len(items))
    if workers <= 1:
        return _run_in_turn(function, items, cancel, on_finished)
    pool = ThreadPoolExecutor(workers)
    try:
        futures = [pool.submit(function, item) for item in items]
        for future in as_completed(futures):
            future.result()
            on_finished()
    except BaseException:
        cancel()
        pool.shutdown(wait=False, cancel_futures=True)
        raise
    pool.shutdown()
    return [future.result() for future in futures]


def _run_in_turn(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    cancel: Callable[[], None],
    on_finished: Callable[[], None],
) -> List[Value]:
    values = []
    try:
        for item in items:
            values.append(function(item))
            on_finished()
    except BaseException:
        cancel()
        raise
    return values
