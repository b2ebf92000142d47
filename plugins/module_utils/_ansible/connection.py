# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the connection options and the environment to a connection."""

from __future__ import annotations

import os
import re
import ssl
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Mapping, Optional, Sequence, Tuple, Union
from urllib.parse import SplitResult, urlsplit

from .._api.auth import ApiKey, ApiToken, Credentials, TokenExchange
from .._api.session import COLLECTION_VERSION, DEFAULT_ENDPOINT, Connection
from .._errors import RefusedError
from .._redaction import origin_of, quoted

#: Environment variables by option; the first that is set counts.
ENVIRONMENT = {
    "api_key": ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_API_KEY"),
    "api_secret": ("CONFLUENT_CLOUD_API_SECRET", "CONFLUENT_API_SECRET"),
    "endpoint": ("CONFLUENT_CLOUD_ENDPOINT", "CONFLUENT_API_ENDPOINT"),
}
#: Options whose values are secrets.
SECRET_OPTIONS = ("api_secret", "api_token", "external_token")
#: Source: the contract asks for a `User-Agent` of the form "name/version (URL; contact)".
PROJECT_URL = "https://github.com/ccloud-notifications/ccloud.notifications"
#: The longest time in seconds that a task or a request may take: a day.
MAX_SECONDS = 86_400

_PEM = "-----BEGIN "
_NO_CREDENTIALS = (
    "Set `api_key` and `api_secret` (or CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET), "
    "or `api_token`, or `identity_pool_id` and `external_token`. "
    "In the role and the playbooks, use variables such as `bootstrap_api_key` and so on."
)


def connection_from_options(
    params: Mapping[str, Any], environ: Mapping[str, str], ansible_version: str
) -> Connection:
    """The connection that the options in CONNECTION describe. Raises RefusedError."""
    endpoint = endpoint_from_options(params, environ)
    _validate_endpoint(endpoint, params["validate_certs"])
    for option in ("timeout", "deadline"):
        if not 1 <= params[option] <= MAX_SECONDS:
            raise RefusedError(f"`{option}` must be from 1 to {MAX_SECONDS} seconds, not {params[option]}")

    trust = _trust_from_options(params)
    return Connection(
        credentials_from_options(params, environ),
        endpoint=endpoint.rstrip("/"),
        timeout=float(params["timeout"]),
        deadline=float(params["deadline"]),
        verify=trust.verify,
        ca_data=trust.ca_data,
        client_cert=_client_cert_from_options(params),
        proxy=_proxy_from_options(params),
        user_agent=_user_agent(params["user_agent"], ansible_version),
    )


# Endpoint


def endpoint_from_options(params: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    """The endpoint as it is given, which may be invalid."""
    return (_from_environment("endpoint", params["endpoint"], environ) or DEFAULT_ENDPOINT).strip()


def is_loopback(url: str) -> bool:
    """Whether requests to a URL stay on this machine. A name other than ``localhost`` is not resolved."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _parse_url(url: str, schemes: Sequence[str]) -> Optional[SplitResult]:
    """The parts of a URL with one of these schemes and a host; None for anything else."""
    try:
        parts = urlsplit(url)
        _port = parts.port
    except ValueError:
        return None
    return parts if parts.scheme in schemes and parts.hostname else None


#: Such as SASL_SSL://pkc-12345.us-west-2.aws.confluent.cloud:9092, with or without the protocol.
_KAFKA = re.compile(
    r"(?:SASL_SSL|SASL_PLAINTEXT|SSL|PLAINTEXT)://|(?:https?://)?(?:pkc|lkc)-[\w.-]+(?::\d+)?$", re.IGNORECASE
)


def _validate_endpoint(endpoint: str, validate_certs: bool) -> None:
    shown = quoted(origin_of(endpoint)) if origin_of(endpoint) else "that is given"
    default = f"The default is {DEFAULT_ENDPOINT}."
    if "://" in endpoint and "@" in endpoint:
        raise RefusedError(
            f"the endpoint {shown} contains a user or a password",
            next_step="Set credentials in their own options, such as `api_key` and `api_secret`.",
        )
    parts = _parse_url(endpoint, ("http", "https"))
    if _KAFKA.match(endpoint):
        raise RefusedError(
            f"the endpoint {quoted(endpoint)} is the bootstrap server of a Kafka cluster",
            next_step=f"Notifications belong to the organization, whose API has another address. {default}",
        )

    if parts is None or parts.query or parts.fragment:
        detail = (
            f"the endpoint {shown} is not an http or https URL with a host and without query and fragment"
        )
        raise RefusedError(detail, next_step=default)
    if "/notifications/v1" in parts.path:
        detail = f"the endpoint {shown} contains the path /notifications/v1, which is appended to it"
        raise RefusedError(detail, next_step=default)
    if parts.scheme == "http" and not is_loopback(endpoint) and validate_certs:
        raise RefusedError(
            f"the endpoint {shown} is not encrypted, so others could read the credentials",
            next_step="Use https, or set `validate_certs: false` to accept that.",
        )


# TLS, proxy and user agent


@dataclass(frozen=True)
class _Trust:
    """Which certificate authorities are trusted; see Connection."""

    verify: Any
    ca_data: str = ""


def _trust_from_options(params: Mapping[str, Any]) -> _Trust:
    ca_path = params["ca_path"]
    if not params["validate_certs"] or not ca_path:
        return _Trust(params["validate_certs"])
    if is_pem(ca_path):
        _load_authorities("`ca_path`", cadata=ca_path)
        return _Trust(True, ca_path)
    if not os.path.exists(ca_path):
        raise RefusedError(
            f"`ca_path` {ca_path} does not exist on the machine that runs the module", next_step=""
        )
    _load_authorities(f"`ca_path` {ca_path}", **{"capath" if os.path.isdir(ca_path) else "cafile": ca_path})
    return _Trust(ca_path)


def is_pem(text: str) -> bool:
    """Whether an option holds certificates themselves, and not a path."""
    return text.lstrip().startswith(_PEM)


def _load_authorities(shown: str, **source: str) -> None:
    try:
        ssl.create_default_context(**source)  # type: ignore[arg-type]
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        detail = f"{shown} is not a bundle of certificate authorities ({reason})"
        raise RefusedError(
            detail, next_step="Give certificates in PEM, or the path of a file with them."
        ) from None


def _client_cert_from_options(params: Mapping[str, Any]) -> Union[str, Tuple[str, str], None]:
    """The path of the client certificate, or the paths of the certificate and its key."""
    cert, key = params["client_cert"], params["client_key"]
    if key and not cert:
        raise RefusedError("`client_key` is set without `client_cert`", next_step="Set both, or neither.")
    if not cert:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        # An empty password keeps OpenSSL from asking for one at the terminal.
        context.load_cert_chain(cert, key or None, password="")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise RefusedError(
            f"`client_cert` and `client_key` cannot be loaded ({reason})",
            next_step="Give the paths of a certificate and of its unencrypted key in PEM.",
        ) from None

    return (cert, key) if key else str(cert)


def _proxy_from_options(params: Mapping[str, Any]) -> Optional[str]:
    proxy: Optional[str] = params["proxy"]
    if not proxy:
        return None
    if _parse_url(proxy, ("http", "https", "socks5", "socks5h")) is None:
        # A proxy's URL may contain a password, so it is not repeated.
        detail = "`proxy` is not an http, https, socks5 or socks5h URL with a host"
        raise RefusedError(detail, next_step="Example: http://proxy.example.com:3128.")
    return proxy


def _user_agent(suffix: Optional[str], ansible_version: str) -> str:
    user_agent = f"ccloud.notifications/{COLLECTION_VERSION} ({PROJECT_URL}) ansible-core/{ansible_version}"
    if not suffix:
        return user_agent
    if not (suffix.isascii() and suffix.isprintable() and len(suffix) <= 256):
        detail = (
            "`user_agent` is longer than 256 characters, or contains characters that a header cannot have"
        )
        raise RefusedError(detail, next_step="Example: platform-team/1.0.")
    return f"{user_agent} {suffix.strip()}"


# Credentials


def credentials_from_options(params: Mapping[str, Any], environ: Mapping[str, str]) -> Credentials:
    """The credentials that the options give. API key and secret may also come from the environment.

    Raises RefusedError for none, for more than one method, and for half of one. Options take precedence over
    the environment, which other tools use as well.
    """
    values = {
        name: _clean(name, params.get(name)) for name in ("api_key", "identity_pool_id", *SECRET_OPTIONS)
    }
    methods = {
        "api_key and api_secret": values["api_key"] or values["api_secret"],
        "api_token": values["api_token"],
        "identity_pool_id and external_token": values["identity_pool_id"] or values["external_token"],
    }
    given = [method for method, value in methods.items() if value]
    if len(given) > 1:
        detail = f"more than one authentication method is set: {'; '.join(given)}"
        raise RefusedError(detail, next_step="Set exactly one.")
    if values["api_token"]:
        return ApiToken(values["api_token"])
    if methods["identity_pool_id and external_token"]:
        return _token_exchange(values)
    return _api_key(values, environ)


def _token_exchange(values: Mapping[str, Optional[str]]) -> TokenExchange:
    pool, token = values["identity_pool_id"], values["external_token"]
    if not (pool and token):
        missing = "external_token" if pool else "identity_pool_id"
        raise RefusedError(f"`{missing}` is missing", next_step="A token exchange requires both.")
    return TokenExchange(pool, token)


def _api_key(values: Mapping[str, Optional[str]], environ: Mapping[str, str]) -> ApiKey:
    key = _clean("api_key", _from_environment("api_key", values["api_key"], environ))
    secret = _clean("api_secret", _from_environment("api_secret", values["api_secret"], environ))
    if not key and not secret:
        raise RefusedError("no credentials are given", next_step=_NO_CREDENTIALS)
    if not (key and secret):
        missing = "api_secret" if key else "api_key"
        variable = ENVIRONMENT[missing][0]
        raise RefusedError(f"`{missing}` is missing", next_step=f"Set `{missing}` or {variable}.")
    return ApiKey(key, secret, _source("api_key", values["api_key"], environ))


def _from_environment(option: str, value: Optional[str], environ: Mapping[str, str]) -> Optional[str]:
    """An option's value, or else that of the first of its environment variables that is set."""
    if value:
        return value
    return next((environ[name] for name in ENVIRONMENT[option] if environ.get(name)), None)


def _source(option: str, value: Optional[str], environ: Mapping[str, str]) -> str:
    """Where the value of an option came from, as messages name it."""
    if value:
        return f"`{option}`"
    name = next(name for name in ENVIRONMENT[option] if environ.get(name))
    return f"the environment variable {name}"


def _clean(option: str, value: Optional[str]) -> Optional[str]:
    """A credential without the whitespace that surrounds it in a file. Whitespace inside is an error."""
    cleaned = (value or "").strip()
    if any(character.isspace() or not character.isprintable() for character in cleaned):
        raise RefusedError(
            f"`{option}` contains whitespace or control characters", next_step="Copy it again."
        )
    if option.endswith("_token") and not cleaned.isascii():
        raise RefusedError(f"`{option}` contains characters that no token has", next_step="Copy it again.")
    return cleaned or None
