# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs several calls at once, and stops at once when the task is interrupted.

Private to the collection.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import Callable, List, Sequence, TypeVar

Item = TypeVar("Item")
Value = TypeVar("Value")


def _noop() -> None:
    return None


def run_concurrently(
    function: Callable[[Item], Value],
    items: Sequence[Item],
    workers: int,
    cancel: Callable[[], None],
    on_finished: Callable[[], None] = _noop,
) -> List[Value]:
    """``function`` of each item, in the order of the items; ``on_finished`` is called after each.

    An exception of any of them is raised. On any exception, Ansible's own time-out and an interruption included, ``cancel`` is called,
    nothing more is begun, and what is under way is not waited for.
    """
    pool = ThreadPoolExecutor(max(1, min(workers, len(items))))
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
