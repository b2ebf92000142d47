# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP sessions, kept for all items of a loop."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Dict, Optional, Tuple, Union

from .adapter import REQUESTS_IMPORT_ERROR
from .auth import Credentials, TokenCache

if REQUESTS_IMPORT_ERROR is None:
    import requests
    import urllib3  # the transport of requests, which comes with it

    from .adapter import TimedAdapter

#: A test keeps it equal to galaxy.yml.
COLLECTION_VERSION = "0.2.0"
DEFAULT_ENDPOINT = "https://api.confluent.cloud"


@dataclass(frozen=True)
class Connection:
    """Where to connect, with which credentials, and for how long.

    ``timeout`` (seconds) is for one request and ``deadline`` (seconds) for all requests of a task. ``verify``
    is True, False or the path of a bundle of certificate authorities; ``ca_data`` is such a bundle in PEM.
    ``client_cert`` is the path of a certificate with its key, or the paths of both. ``proxy`` replaces the
    proxies of the environment.
    """

    credentials: Credentials
    endpoint: str = DEFAULT_ENDPOINT
    timeout: float = 30.0
    deadline: float = 300.0
    verify: Union[bool, str] = True
    ca_data: str = ""
    client_cert: Union[str, Tuple[str, str], None] = None
    proxy: Optional[str] = None
    user_agent: str = f"ccloud.notifications/{COLLECTION_VERSION}"


class Session:
    """What may outlive a task: open connections to one endpoint, and the token in use."""

    def __init__(self, connection: Connection) -> None:
        self.http = _new_http_session(connection)
        self.token_cache = TokenCache()
        self._settings: Optional[Dict[str, Any]] = None

    def settings(self, connection: Connection) -> Dict[str, Any]:
        """Proxies and TLS settings of every request: read once, because the endpoint is always the same."""
        if self._settings is None:
            proxies = {"http": connection.proxy, "https": connection.proxy} if connection.proxy else {}
            # ``verify`` is passed each time: REQUESTS_CA_BUNDLE would replace the session's own value.
            self._settings = self.http.merge_environment_settings(
                connection.endpoint, proxies, True, connection.verify, connection.client_cert
            )
        return self._settings

    def close(self) -> None:
        self.http.close()


class SessionCache:
    """Sessions kept for all items of a loop: one for each connection and process."""

    LIMIT = 16

    def __init__(self) -> None:
        self._sessions: Dict[Any, Session] = {}

    def get(self, connection: Connection) -> Session:
        key = (os.getpid(), replace(connection, timeout=0.0, deadline=0.0))
        if key not in self._sessions:
            while len(self._sessions) >= self.LIMIT:
                self._sessions.pop(next(iter(self._sessions))).close()
            self._sessions[key] = Session(connection)
        return self._sessions[key]


if REQUESTS_IMPORT_ERROR is None:

    class _HttpSession(requests.Session):
        """A session that leaves redirects to the transport, and accepts any Location, however wrong."""

        def get_redirect_target(self, resp: Any) -> None:
            return None


def _new_http_session(connection: Connection) -> Any:
    session = _HttpSession()
    for scheme in ("http://", "https://"):
        session.mount(scheme, TimedAdapter(connection.ca_data))
    session.headers.update(
        {"User-Agent": connection.user_agent, "Accept": "application/json", "Accept-Encoding": "identity"}
    )
    # This API has no cookies, and none may pass from one response into another request.
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if connection.verify is False:
        # The user chose this. A warning for each request would be noise.
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return session
