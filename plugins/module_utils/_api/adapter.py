# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections with a total time limit, which can be canceled. ``requests`` has neither.

A timeout of ``requests`` applies to a single read from the socket, so a server that sends one byte at a time
never exceeds it. Here each read may take what is left of the request's time.
"""

from __future__ import annotations

import functools
import http.client
import io
import logging
import socket
import threading
import time
import traceback
from contextlib import contextmanager, suppress
from typing import Any, Iterator, List, Optional, Set

REQUESTS_IMPORT_ERROR: Optional[str] = None
try:
    from requests.adapters import HTTPAdapter
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

#: The most requests that a task may have under way at once, and so the size of the connection pool.
MAX_CONCURRENCY = 16


class CanceledError(Exception):
    """The task was told to stop, so this request was not sent or its response is no longer awaited."""


class _Attempt:
    """One request under way: when it must be over (monotonic seconds), and the connection that it uses."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.connection: Any = None
        self.canceled = False

    def remaining(self) -> float:
        """Seconds left.

        Raises socket.timeout if there are none, and CanceledError if the task was told to stop.
        """
        if self.canceled:
            raise CanceledError
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise socket.timeout("timed out")
        return seconds

    def cancel(self) -> None:
        """Make the thread that waits for this request fail at once."""
        self.canceled = True
        sock = getattr(self.connection, "sock", None)
        if isinstance(sock, socket.socket):
            with suppress(OSError):  # not connected yet, or no longer
                # For a TLS socket this bypasses its own bookkeeping, which belongs to the thread that reads
                # from it.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


#: ``attempt`` is the request that the current thread is sending.
_current = threading.local()


class RequestTracker:
    """The requests that one task has under way, so that they can be canceled. Thread-safe."""

    def __init__(self) -> None:
        self._attempts: Set[_Attempt] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Limit the total time of what the current thread receives within.

        To connect, and to send, may take as long again: each has the timeout of requests.
        """
        attempt = _Attempt(time.monotonic() + seconds)
        with self._lock:
            self._attempts.add(attempt)
        _current.attempt = attempt
        try:
            if self._stopped.is_set():
                raise CanceledError
            yield
        except Exception:
            if attempt.canceled:
                raise CanceledError from None
            raise
        finally:
            _current.attempt = None
            with self._lock:
                self._attempts.discard(attempt)

    def cancel(self) -> None:
        """Cancel all requests under way, and refuse later ones."""
        self._stopped.set()
        with self._lock:
            attempts: List[_Attempt] = list(self._attempts)
        for attempt in attempts:
            attempt.cancel()

    @property
    def is_canceled(self) -> bool:
        return self._stopped.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep for this long, or until the task is canceled."""
        self._stopped.wait(seconds)


class _TimedReader(io.RawIOBase):
    """Reads from a socket within the time that the current request has left."""

    def __init__(self, raw: Any, sock: Any) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> Any:
        attempt = getattr(_current, "attempt", None)
        if attempt is not None:
            self._sock.settimeout(attempt.remaining())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    """http.client's response, reading through _TimedReader."""

    def __init__(self, sock: Any, *args: Any, **keywords: Any) -> None:
        super().__init__(sock, *args, **keywords)
        buffered: Any = self.fp
        self.fp = io.BufferedReader(_TimedReader(buffered.detach(), sock))


class _TrackedConnection:
    """A connection that registers with the current attempt, so that the attempt can be canceled."""

    response_class = _TimedResponse

    def connect(self) -> None:
        self._register()
        super().connect()  # type: ignore[misc]
        self._register()  # the task may have been stopped meanwhile

    def request(self, *args: Any, **keywords: Any) -> Any:
        self._register()
        return super().request(*args, **keywords)  # type: ignore[misc]

    def _register(self) -> None:
        attempt = getattr(_current, "attempt", None)
        if attempt is not None:
            attempt.connection = self
            attempt.remaining()


class _TrackedPool:
    """A connection pool. ``ca_data`` (PEM) has the certificate authorities to trust, if it is not empty."""

    ca_data = ""

    def _new_conn(self) -> Any:
        connection = super()._new_conn()  # type: ignore[misc]
        if self.ca_data:
            connection.ca_cert_data = self.ca_data
        return connection


@functools.cache
def _tracked(pool: Any) -> Any:
    """The same class of connection pool, with connections that can be timed and canceled."""
    connection = type(f"Tracked{pool.ConnectionCls.__name__}", (_TrackedConnection, pool.ConnectionCls), {})
    return type(f"Tracked{pool.__name__}", (_TrackedPool, pool), {"ConnectionCls": connection})


def _track(manager: Any) -> None:
    manager.pool_classes_by_scheme = {
        scheme: _tracked(pool) for scheme, pool in manager.pool_classes_by_scheme.items()
    }


if REQUESTS_IMPORT_ERROR is None:

    class TimedAdapter(HTTPAdapter):
        """The adapter of ``requests``, over connections that can be timed and canceled.

        ``ca_data`` holds certificate authorities in PEM, which are trusted instead of the usual ones.
        """

        def __init__(self, ca_data: str = "") -> None:
            self._ca_data = ca_data
            super().__init__(pool_maxsize=MAX_CONCURRENCY)

        def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
            super().init_poolmanager(*args, **keywords)
            _track(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
            if proxy not in self.proxy_manager:
                _track(super().proxy_manager_for(proxy, **keywords))
            return self.proxy_manager[proxy]

        def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
            super().cert_verify(conn, url, verify, cert)  # type: ignore[no-untyped-call]
            if self._ca_data and verify:
                conn.ca_certs = conn.ca_cert_dir = None
                conn.ca_data = self._ca_data


def _is_foreign(_record: logging.LogRecord) -> bool:
    """Whether a log record of urllib3 is about a request of other code.

    Records about our requests, such as headers that it cannot parse, may echo credentials, and Ansible writes
    them to its log file.
    """
    return getattr(_current, "attempt", None) is None


for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_is_foreign)
