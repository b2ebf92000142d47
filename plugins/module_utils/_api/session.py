# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP sessions: kept between tasks, and limited in the total time of a request, which ``requests`` does not do.

A time-out of ``requests`` is for a single read from the socket, so a server that sends one byte at a time never meets it. Here
each read gets what is left of the request's time. Private to the collection.
"""

from __future__ import annotations

import functools
import http.client
import io
import logging
import os
import socket
import threading
import time
import traceback
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Dict, Iterator, List, Optional, Set

from ..credentials import Credentials, ExchangedToken

REQUESTS_IMPORT_ERROR: Optional[str] = None
try:
    import requests
    import urllib3  # requests' own transport; it comes with it
    from requests.adapters import HTTPAdapter
except ImportError:
    REQUESTS_IMPORT_ERROR = traceback.format_exc()

#: Kept equal to galaxy.yml by a test.
COLLECTION_VERSION = "0.2.0"
DEFAULT_ENDPOINT = "https://api.confluent.cloud"
#: The most requests that a task may have under way at once.
MAX_CONCURRENCY = 16


@dataclass(frozen=True)
class Connection:
    """Where to connect, as whom and how patiently. ``timeout`` is for one request and ``deadline`` for all of a task, in seconds.

    ``verify`` is True, False, or the path of a bundle of certificate authorities.
    """

    credentials: Credentials
    endpoint: str = DEFAULT_ENDPOINT
    timeout: float = 30.0
    deadline: float = 300.0
    verify: Any = True
    user_agent: str = f"ccloud.notifications/{COLLECTION_VERSION}"


# A request under way


class Canceled(Exception):
    """The task was told to stop, so this request was not sent or its response is no longer awaited."""


class _Attempt:
    """One request under way: when it must be over (monotonic seconds), and the connection that it uses."""

    def __init__(self, until: float) -> None:
        self.until = until
        self.connection: Any = None
        self.canceled = False

    def remaining(self) -> float:
        """Seconds left. Raises socket.timeout if there are none, Canceled if the task was told to stop."""
        if self.canceled:
            raise Canceled
        seconds = self.until - time.monotonic()
        if seconds <= 0:
            raise socket.timeout("timed out")
        return seconds

    def cancel(self) -> None:
        """Make whoever waits for this request fail at once."""
        self.canceled = True
        sock = getattr(self.connection, "sock", None)
        if isinstance(sock, socket.socket):
            with suppress(OSError):  # it is not connected yet, or no longer
                # Of a TLS socket this skips its own bookkeeping, which belongs to the thread that reads from it.
                socket.socket.shutdown(sock, socket.SHUT_RDWR)


#: ``attempt`` is the request that the current thread is sending.
_current = threading.local()


class RequestTracker:
    """The requests that one task has under way, so that they can be canceled. Safe to use from several threads."""

    def __init__(self) -> None:
        self._attempts: Set[_Attempt] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    @contextmanager
    def limit(self, seconds: float) -> Iterator[None]:
        """Limits everything that the current thread sends and receives within to so many seconds."""
        attempt = _Attempt(time.monotonic() + seconds)
        with self._lock:
            self._attempts.add(attempt)
        _current.attempt = attempt
        try:
            if self._stopped.is_set():
                raise Canceled
            yield
        except Exception:
            if attempt.canceled:
                raise Canceled from None
            raise
        finally:
            _current.attempt = None
            with self._lock:
                self._attempts.discard(attempt)

    def cancel(self) -> None:
        """Cancel what is under way, and refuse what comes later."""
        self._stopped.set()
        with self._lock:
            attempts: List[_Attempt] = list(self._attempts)
        for attempt in attempts:
            attempt.cancel()

    @property
    def is_canceled(self) -> bool:
        return self._stopped.is_set()

    def wait(self, seconds: float) -> None:
        """Sleep, unless or until the task is told to stop."""
        self._stopped.wait(seconds)


class _TimedReader(io.RawIOBase):
    """Reads from a socket for no longer than the request may take."""

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


if REQUESTS_IMPORT_ERROR is None:

    class _Tracked:
        """A connection that tells the current attempt about itself, so that the attempt can be canceled."""

        response_class = _TimedResponse

        def connect(self) -> None:
            self._begin()
            super().connect()  # type: ignore[misc]
            self._begin()  # the task may have been stopped meanwhile

        def request(self, *args: Any, **keywords: Any) -> Any:
            self._begin()
            return super().request(*args, **keywords)  # type: ignore[misc]

        def _begin(self) -> None:
            attempt = getattr(_current, "attempt", None)
            if attempt is not None:
                attempt.connection = self
                attempt.remaining()

    @functools.cache
    def _tracked(pool: Any) -> Any:
        """The same class of connection pool, with connections that can be timed and canceled."""
        connection = type(f"Tracked{pool.ConnectionCls.__name__}", (_Tracked, pool.ConnectionCls), {})
        return type(f"Tracked{pool.__name__}", (pool,), {"ConnectionCls": connection})

    def _track(manager: Any) -> Any:
        manager.pool_classes_by_scheme = {scheme: _tracked(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}
        return manager

    class TimedAdapter(HTTPAdapter):
        """requests' own transport over connections that can be timed and canceled, whatever proxy is between."""

        def __init__(self) -> None:
            super().__init__(pool_maxsize=MAX_CONCURRENCY)

        def init_poolmanager(self, *args: Any, **keywords: Any) -> None:
            super().init_poolmanager(*args, **keywords)
            _track(self.poolmanager)

        def proxy_manager_for(self, proxy: str, **keywords: Any) -> Any:
            if proxy not in self.proxy_manager:
                _track(super().proxy_manager_for(proxy, **keywords))
            return self.proxy_manager[proxy]


def _is_foreign(_record: logging.LogRecord) -> bool:
    """Whether a log record of urllib3 is about somebody else's request.

    What it logs about ours, such as headers that it cannot parse, may echo credentials, and Ansible writes it to its log file.
    """
    return getattr(_current, "attempt", None) is None


for _name in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    logging.getLogger(f"urllib3.{_name}").addFilter(_is_foreign)


# Sessions


class Session:
    """What may outlive a task: open connections to one endpoint as one user, and the token in use there."""

    def __init__(self, connection: Connection) -> None:
        self.http = _new_session(connection)
        self.token = ExchangedToken()
        self.token_lock = threading.Lock()

    def close(self) -> None:
        self.http.close()


class SessionCache:
    """Sessions kept from task to task, never one for another endpoint, other credentials or another process."""

    LIMIT = 16

    def __init__(self) -> None:
        self._sessions: Dict[Any, Session] = {}

    def get(self, connection: Connection) -> Session:
        key = (os.getpid(), connection.endpoint, connection.credentials, connection.verify, connection.user_agent)
        if key not in self._sessions:
            while len(self._sessions) >= self.LIMIT:
                self._sessions.pop(next(iter(self._sessions))).close()
            self._sessions[key] = Session(connection)
        return self._sessions[key]


if REQUESTS_IMPORT_ERROR is None:

    class _HttpSession(requests.Session):
        """A session that leaves redirects to the client, and fails on no Location, however wrong."""

        def get_redirect_target(self, resp: Any) -> None:
            return None


def _new_session(connection: Connection) -> Any:
    session = _HttpSession()
    for scheme in ("http://", "https://"):
        session.mount(scheme, TimedAdapter())
    session.headers.update({"User-Agent": connection.user_agent, "Accept": "application/json", "Accept-Encoding": "identity"})
    # Cookies have no meaning for this API, and none may pass from one response into another request.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if connection.verify is False:
        # The user chose this; a line for each request would say nothing new.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return session
