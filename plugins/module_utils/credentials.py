# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API key, bearer token or token exchange, as ``requests`` auth objects.

Private to the collection.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional, Tuple, Union

from .errors import InvalidInput

#: Environment variables by option, the first that is set counts.
ENVIRONMENT = {
    "api_key": ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_API_KEY"),
    "api_secret": ("CONFLUENT_CLOUD_API_SECRET", "CONFLUENT_API_SECRET"),
    "endpoint": ("CONFLUENT_CLOUD_ENDPOINT", "CONFLUENT_API_ENDPOINT"),
}
#: A token is renewed this many seconds before it expires, or at half its life if that is shorter.
RENEWAL_MARGIN = 60.0


@dataclass(frozen=True)
class ApiKey:
    """HTTP Basic with a Cloud API key and its secret."""

    key: str
    secret: str = field(repr=False)

    def encoded(self) -> str:
        """Both together, as they are sent."""
        return base64.b64encode(f"{self.key}:{self.secret}".encode()).decode()

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Basic {self.encoded()}"
        return request


@dataclass(frozen=True)
class ApiToken:
    """A bearer token that somebody else obtained."""

    token: str = field(repr=False)

    def __call__(self, request: Any) -> Any:
        request.headers["Authorization"] = f"Bearer {self.token}"
        return request


@dataclass(frozen=True)
class ExchangedApiToken(ApiToken):
    """A bearer token from an exchange, which can be had anew."""


@dataclass(frozen=True)
class TokenExchange:
    """What is exchanged for an access token at ``POST /sts/v1/oauth2/token``."""

    identity_pool_id: str
    external_token: str = field(repr=False)

    def form(self) -> Mapping[str, str]:
        """The body of the exchange, as the contract's ``exchangeToken`` has it."""
        return {
            "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
            "subject_token": self.external_token,
            "identity_pool_id": self.identity_pool_id,
            "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
            "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
        }


_SECRET_OPTIONS = ("api_key", "api_secret", "api_token", "identity_pool_id", "external_token")
Credentials = Union[ApiKey, ApiToken, TokenExchange]


class ExchangedToken:
    """Keeps an access token for as long as it is good. Times are monotonic seconds."""

    def __init__(self) -> None:
        self._token = ""
        self._renew_at = 0.0

    def current(self, exchange: Callable[[], Tuple[str, float]], now: float) -> ExchangedApiToken:
        """A token that is good for the next request; if need be ``exchange`` gives one with its life in seconds."""
        if not self._token or now >= self._renew_at:
            self._token, life = exchange()
            self._renew_at = now + max(life - RENEWAL_MARGIN, life / 2)
        return ExchangedApiToken(self._token)

    @staticmethod
    def can_forget(used: Any) -> bool:
        """Whether what was used is a token from an exchange, so that another exchange may help."""
        return isinstance(used, ExchangedApiToken)

    def forget(self, used: Any) -> None:
        """Drop a token that the service no longer takes, unless another thread has renewed it since."""
        if self.can_forget(used) and used.token == self._token:
            self._token = ""


def from_environment(option: str, given: Optional[str], environ: Mapping[str, str]) -> Optional[str]:
    """An option's value: the one given, else the first of its environment variables that is set."""
    if given:
        return given
    return next((environ[name] for name in ENVIRONMENT[option] if environ.get(name)), None)


def choose(params: Mapping[str, Any], environ: Mapping[str, str]) -> Credentials:
    """The one way of authentication that the options say, with API key and secret also from the environment.

    Raises InvalidInput for none, for more than one, and for half of one. What stands in the task goes before what stands
    in the environment, which serves other tools too.
    """
    attempted = "authenticate"
    stated = {name: _bare(attempted, name, params.get(name)) for name in _SECRET_OPTIONS}
    ways = {
        "api_key and api_secret": stated["api_key"] or stated["api_secret"],
        "api_token": stated["api_token"],
        "identity_pool_id and external_token": stated["identity_pool_id"] or stated["external_token"],
    }
    given = [way for way, value in ways.items() if value]
    if len(given) > 1:
        raise InvalidInput(attempted, f"more than one way is given: {'; '.join(given)}", next_step="Give exactly one.")
    if stated["api_token"]:
        return ApiToken(stated["api_token"])
    if ways["identity_pool_id and external_token"]:
        pool, external = stated["identity_pool_id"], stated["external_token"]
        if not (pool and external):
            missing = "external_token" if pool else "identity_pool_id"
            raise InvalidInput(attempted, f"{missing} is missing", next_step="A token exchange needs both.")
        return TokenExchange(pool, external)
    key = _bare(attempted, "api_key", from_environment("api_key", stated["api_key"], environ))
    secret = _bare(attempted, "api_secret", from_environment("api_secret", stated["api_secret"], environ))
    if not key and not secret:
        raise InvalidInput(
            attempted,
            "no credentials are given",
            next_step="Give api_key and api_secret (or set CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET), "
            "or api_token, or identity_pool_id and external_token.",
        )
    if not (key and secret):
        missing, variable = ("api_secret", "SECRET") if key else ("api_key", "KEY")
        next_step = f"Give {missing}, or set CONFLUENT_CLOUD_API_{variable}."
        raise InvalidInput(attempted, f"{missing} is missing", next_step=next_step)
    return ApiKey(key, secret)


def _bare(attempted: str, option: str, value: Optional[str]) -> Optional[str]:
    """A credential without the white space that comes along from a file; none has white space within."""
    bare = (value or "").strip()
    if any(character.isspace() or not character.isprintable() for character in bare):
        raise InvalidInput(attempted, f"{option} has white space or control characters in it")
    if option.endswith("_token") and not bare.isascii():
        raise InvalidInput(attempted, f"{option} has characters in it that no token has", next_step="Copy it again.")
    return bare or None
