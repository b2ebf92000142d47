# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Authentication: API key, bearer token and token exchange, as auth objects of ``requests``."""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, List, Mapping, Tuple, Union

from .._redaction import quoted

TOKEN_PATH = "/sts/v1/oauth2/token"
#: A token is renewed this many seconds before it expires, or after half its lifetime if that is earlier.
RENEWAL_MARGIN = 60.0


@dataclass(frozen=True)
class ApiKey:
    """HTTP Basic authentication with a Cloud API key and its secret. ``source`` says where the key came from."""

    key: str
    secret: str = field(repr=False)
    source: str = field(default="`api_key`", compare=False)

    @property
    def description(self) -> str:
        """The credentials as messages name them."""
        return f"the API key {quoted(self.key)} from {self.source}"

    @property
    def user(self) -> str:
        """Identifies the caller without a secret."""
        return self.key

    @property
    def secrets(self) -> List[str]:
        """What no output may contain."""
        return [self.secret, self.encoded()]

    def encoded(self) -> str:
        """Key and secret as they are sent."""
        return base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Basic {self.encoded()}"
        return request


@dataclass(frozen=True)
class ApiToken:
    """A bearer token that was obtained elsewhere."""

    token: str = field(repr=False)

    @property
    def description(self) -> str:
        """The credentials as messages name them."""
        return "the token from `api_token`"

    @property
    def user(self) -> str:
        """Identifies the caller without a secret."""
        return hashlib.sha256(self.token.encode()).hexdigest()

    @property
    def secrets(self) -> List[str]:
        """What no output may contain."""
        return [self.token]

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(frozen=True)
class ExchangedToken(ApiToken):
    """A bearer token from a token exchange, which can be renewed."""


@dataclass(frozen=True)
class TokenExchange:
    """What is exchanged for an access token at ``POST /sts/v1/oauth2/token``."""

    identity_pool_id: str
    external_token: str = field(repr=False)

    @property
    def description(self) -> str:
        """The credentials as messages name them."""
        return f"the token for the identity pool {quoted(self.identity_pool_id)} from `identity_pool_id`"

    @property
    def user(self) -> str:
        """Identifies the caller without a secret."""
        return self.identity_pool_id

    @property
    def secrets(self) -> List[str]:
        """What no output may contain."""
        return [self.external_token]

    def form(self) -> Mapping[str, str]:
        """The body of the exchange. Source: ``exchangeToken`` of the contract."""
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": self.external_token,
            "identity_pool_id": self.identity_pool_id,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        }


Credentials = Union[ApiKey, ApiToken, TokenExchange]


class TokenCache:
    """Keeps an exchanged token until it has to be renewed. Times are monotonic seconds. Thread-safe."""

    def __init__(self) -> None:
        self._token = ""
        self._renew_at = 0.0
        self._lock = threading.Lock()

    def get(self, exchange: Callable[[], Tuple[str, float]], now: float) -> ExchangedToken:
        """A valid token.

        ``exchange`` returns a new one with its lifetime in seconds, and is called only if necessary.
        """
        with self._lock:
            if not self._token or now >= self._renew_at:
                self._token, lifetime = exchange()
                self._renew_at = now + max(lifetime - RENEWAL_MARGIN, lifetime / 2)
            return ExchangedToken(self._token)

    def discard(self, auth: Any) -> None:
        """Drop a token that the service no longer accepts, unless another thread has already renewed it."""
        with self._lock:
            if isinstance(auth, ExchangedToken) and auth.token == self._token:
                self._token = ""
