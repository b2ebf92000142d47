# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets the tasks of one controller take turns in creating an object.

The service may allow two objects of one name, so the hosts of a play that all manage the same organization
would each create one. Their workers are processes of their own; a lock on a file makes each see what the
others created.
"""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
import time
from contextlib import contextmanager, suppress
from typing import Callable, Iterator, Optional

try:
    import fcntl
except ImportError:  # a platform without it runs no forks of Ansible either
    fcntl = None  # type: ignore[assignment]


class CreationLock:
    """The turn of one task, for one name, in one organization."""

    def __init__(self, descriptor: Optional[int]) -> None:
        self._descriptor = descriptor

    def created_since(self, moment: float) -> Optional[str]:
        """The ID of the object of this name that a task created after a moment, in seconds since the epoch."""
        if self._descriptor is None:
            return None
        try:
            created, _space, object_id = os.pread(self._descriptor, 1024, 0).decode().partition(" ")
            # After the clock was set back, a recorded time may be in the future.
            return object_id if moment < float(created or 0) <= time.time() else None
        except (OSError, ValueError):
            return None

    def record_creation(self, object_id: str) -> None:
        """Let the tasks whose turns come later know that the object exists now.

        If that fails, for example because the disk is full, they may create it once more.
        """
        if self._descriptor is None:
            return
        with suppress(OSError):
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"{time.time()} {object_id}".encode(), 0)


@contextmanager
def creation_lock(*identity: str, wait: Callable[[], bool]) -> Iterator[CreationLock]:
    """The turn to create the object that these texts identify.

    ``wait`` waits a moment, and returns False if there is no time left. Without a folder in which files can
    be locked, there is no waiting.
    """
    digest = hashlib.sha256("\0".join(identity).encode("utf-8", "replace")).hexdigest()[:32]
    descriptor = _open(digest)
    try:
        if descriptor is not None:
            _acquire(descriptor, wait)
        yield CreationLock(descriptor)
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _acquire(descriptor: int, wait: Callable[[], bool]) -> None:
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if not wait():
                return
        except OSError:  # a file system without locks
            return
        else:
            return


def _open(name: str) -> Optional[int]:
    """A file in a folder that only this user can write to; None where that cannot be had."""
    if fcntl is None:
        return None
    folder = os.path.join(tempfile.gettempdir(), f"ccloud-notifications-{os.getuid()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        status = os.lstat(folder)
        if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o022:
            return None
        return os.open(os.path.join(folder, name), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        return None
