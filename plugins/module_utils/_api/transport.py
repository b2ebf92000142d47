# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends one request once, and turns whatever comes back into a response or a failure."""

from __future__ import annotations

import json
import platform
import re
import ssl
import sys
import threading
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Mapping, NoReturn, Optional, Tuple
from urllib.parse import urljoin, urlsplit

from .._errors import NotificationsError, RefusedError, TransportError
from .._redaction import Redactor, one_line
from . import retry
from .adapter import REQUESTS_IMPORT_ERROR, CanceledError, RequestTracker
from .responses import content_type_of, error_from_response
from .retry import Failure, RetryMode
from .session import Connection, Session

if REQUESTS_IMPORT_ERROR is None:
    import requests
    import urllib3
    from requests.exceptions import ConnectTimeout, InvalidSchema, InvalidURL, ProxyError, Timeout

#: The most bytes that all responses of a task may have together.
BODY_LIMIT = 64 * 1024 * 1024
DEPTH_LIMIT = 64
#: How many redirects of one request are followed.
MAX_REDIRECTS = 3
REQUEST_ID = "X-Request-Id"
#: A request ID is cut at 255 characters when it is shown, after secrets have been hidden in it.
REQUEST_ID_LIMIT = 4_096

_ALL_METHODS = ("GET", "POST", "PATCH", "DELETE")
#: The methods with which a redirect of each status is followed. Source: the contract's duties of clients.
_REDIRECTS = {301: ("GET",), 302: ("GET",), 303: ("GET",), 307: _ALL_METHODS, 308: _ALL_METHODS}
_NOT_CONNECTED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d*)")
_CHECK_PROXY = (
    "Check `proxy` or HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and that the proxy allows the connection."
)


def has_body(body: Any) -> bool:
    """Whether a response has a body at all."""
    return body is not None


def has_no_body(body: Any) -> bool:
    """Whether a response has no body."""
    return body is None


def is_mapping(body: Any) -> bool:
    """Whether a body is an object, with or without an ID."""
    return isinstance(body, dict)


def is_object_with_id(body: Any) -> bool:
    """Whether a body is an object with an ID."""
    return isinstance(body, dict) and isinstance(body.get("id"), str) and bool(body["id"])


@dataclass(frozen=True)
class Request:
    """One request to the API.

    ``is_valid_body`` says whether the parsed body of a success is one of this API; any other may be a
    proxy's. A request with a ``form`` is sent without credentials: only a token exchange has one.
    """

    method: str
    path: str
    is_valid_body: Callable[[Any], bool] = has_body
    query: Optional[Mapping[str, Any]] = None
    body: Optional[Mapping[str, Any]] = None
    form: Optional[Mapping[str, str]] = None
    retry_mode: RetryMode = RetryMode.IDEMPOTENT

    @property
    def is_write(self) -> bool:
        return self.method != "GET" and self.form is None


@dataclass(frozen=True)
class ApiResponse:
    """A successful response. ``body`` is parsed JSON, or None if there is no body."""

    status: int
    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def request_id(self) -> Optional[str]:
        return request_id_of(self.headers)


class AttemptFailedError(Exception):
    """One attempt failed and may be repeated. ``error`` is what to raise if it is the last one."""

    def __init__(self, failure: Failure, error: NotificationsError) -> None:
        super().__init__(str(error))
        self.failure = failure
        self.error = error


def request_id_of(headers: Mapping[str, str]) -> Optional[str]:
    """The service's ID of a request. It is redacted when it leaves the task, as every other text is."""
    return one_line(headers.get(REQUEST_ID, ""), REQUEST_ID_LIMIT) or None


class Transport:
    """Sends requests over one session. Thread-safe.

    ``on_sent`` is called before each request that is sent, redirected ones included, and ``on_response`` with
    the headers of the final response.
    """

    def __init__(
        self,
        connection: Connection,
        session: Session,
        tracker: RequestTracker,
        redactor: Redactor,
        on_sent: Callable[[Request], None],
        on_response: Callable[[Mapping[str, str]], None],
    ) -> None:
        self._connection = connection
        self._session = session
        self._tracker = tracker
        self._redactor = redactor
        self._on_sent = on_sent
        self._on_response = on_response
        self._received = 0
        self._lock = threading.Lock()

    def send(self, request: Request, auth: Any, timeout: float) -> ApiResponse:
        """The response to one attempt, within ``timeout`` seconds.

        Raises AttemptFailedError, or NotificationsError for a failure that a repetition cannot change.
        """
        prepared, settings = self._prepare(request, auth)
        try:
            response, text = self._exchange(request, prepared, settings, timeout)
        except CanceledError:
            raise TransportError("the task was stopped", type="canceled", outcome_unknown=True) from None
        except (OSError, ValueError, TypeError, urllib3.exceptions.HTTPError) as error:
            # RequestException is an OSError. requests lets a few plain exceptions through as well.
            self._raise_failure(error, timeout)

        self._on_response(response.headers)
        _check_status(request, response, text, self._session.http)
        return ApiResponse(response.status_code, _parse(request, response, text), response.headers)

    def _prepare(self, request: Request, auth: Any) -> Tuple[Any, Mapping[str, Any]]:
        self._on_sent(request)
        try:
            prepared = self._session.http.prepare_request(
                requests.Request(
                    request.method,
                    self._connection.endpoint.rstrip("/") + request.path,
                    params=request.query,
                    json=request.body,
                    data=request.form,
                    auth=auth,
                )
            )
            settings = self._session.settings(self._connection)
        except (OSError, ValueError, TypeError) as error:
            raise self._invalid_request(error) from None

        self._redactor.add(*(proxy for proxy in settings["proxies"].values() if "@" in proxy))
        return prepared, settings

    def _exchange(
        self, request: Request, prepared: Any, settings: Mapping[str, Any], timeout: float
    ) -> Tuple[Any, str]:
        """The last response and its body.

        Redirects are followed within the endpoint's origin, as the contract asks.
        """
        with self._tracker.limit(timeout):
            for hop in range(MAX_REDIRECTS + 1):
                if hop:
                    self._on_sent(request)
                # requests must not follow redirects itself: it would accept any origin.
                with self._session.http.send(
                    prepared, timeout=timeout, allow_redirects=False, **settings
                ) as response:
                    text = self._read(response)
                target = _redirect_target(prepared, response)
                if target is None:
                    break
                prepared.url = target
        return response, text

    def _read(self, response: Any) -> str:
        """The body, within the limits of size and time."""
        status, headers = response.status_code, response.headers
        facts: Dict[str, Any] = {
            "status": status,
            "request_id": request_id_of(headers),
            "outcome_unknown": True,
        }
        if headers.get("Content-Encoding", "identity").lower() != "identity":
            # It was not asked for, and a few bytes may stand for gigabytes.
            error = TransportError(
                "the response is compressed, although compression was not requested", **facts
            )
            raise AttemptFailedError(Failure(retry.INVALID_BODY, status, headers), error)

        chunks: List[bytes] = []
        for chunk in _chunks(response):
            chunks.append(chunk)
            with self._lock:
                self._received += len(chunk)
            if self._received > BODY_LIMIT:
                raise TransportError(f"the responses are larger than {BODY_LIMIT // 2**20} MiB", **facts)
        return b"".join(chunks).decode("utf-8", "replace")

    def _raise_failure(self, error: Exception, timeout: float) -> NoReturn:
        """Raise what an exception of requests means. ``timeout`` is that of the request, in seconds."""
        endpoint = self._connection.endpoint
        cause = _root_cause(error)
        reason = self._redactor.redact(one_line(f"{type(cause).__name__}: {cause}"))

        if isinstance(error, ConnectTimeout):
            detail = f"no connection within {timeout:.3g} s"
            raise AttemptFailedError(Failure(retry.NOT_CONNECTED), _not_connected(detail)) from None
        if isinstance(error, (Timeout, urllib3.exceptions.ReadTimeoutError)):
            failed = TransportError("no response", type="timed_out")
            raise AttemptFailedError(Failure(retry.TIMED_OUT), failed) from None
        if isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == "CertificateError":
            detail = f"certificate verification failed for {endpoint} ({reason})"
            next_step = _REISSUE if "Key Identifier" in str(cause) else None
            raise TransportError(detail, type="untrusted_certificate", next_step=next_step) from None
        if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            detail = f"{endpoint} does not speak TLS ({reason})"
            raise _not_connected(detail, "Check the scheme and the port of the endpoint.") from None
        if isinstance(error, (InvalidURL, InvalidSchema, TypeError, urllib3.exceptions.LocationValueError)):
            raise self._invalid_request(error) from None
        tunnel = _TUNNEL_REFUSED.match(str(cause))
        if isinstance(error, ProxyError) and tunnel:
            refused = _not_connected(f"the proxy did not open a connection ({reason})", _CHECK_PROXY)
            if tunnel.group(1).startswith("4"):
                raise refused from None
            raise AttemptFailedError(Failure(retry.NOT_CONNECTED), refused) from None
        if type(cause).__name__ in _NOT_CONNECTED:
            detail = f"no connection ({reason})"
            raise AttemptFailedError(Failure(retry.NOT_CONNECTED), _not_connected(detail)) from None

        lost = TransportError(f"the connection was lost ({reason})", type="connection_lost")
        raise AttemptFailedError(Failure(retry.CONNECTION_LOST), lost) from None

    def _invalid_request(self, error: Exception) -> RefusedError:
        """A request that cannot be made. What requests says about a URL may show a proxy's password."""
        if isinstance(error, InvalidSchema) and "SOCKS" in str(error):
            return RefusedError(
                "a SOCKS proxy needs the Python package PySocks, which is missing",
                next_step=f"Install it for {sys.executable} on {platform.node()}: python -m pip install pysocks.",
            )

        reason = type(error).__name__
        if not isinstance(error, (InvalidURL, TypeError)):
            reason = self._redactor.redact(one_line(f"{reason}: {error}"))
        return RefusedError(
            f"no request can be made to {self._connection.endpoint} ({reason})",
            next_step="Check the endpoint, the certificates, and `proxy` or HTTPS_PROXY and HTTP_PROXY.",
        )


#: Since Python 3.13, certificates must follow RFC 5280 strictly.
_REISSUE = (
    "The certificate or its authority lacks an extension that Python 3.13 and newer require. Have it issued "
    "again with key identifiers; another `ca_path` does not help."
)


def _not_connected(detail: str, next_step: Optional[str] = None) -> TransportError:
    return TransportError(detail, type="not_connected", next_step=next_step)


# Responses


def _check_status(request: Request, response: Any, text: str, http_session: Any) -> None:
    """Raise AttemptFailedError for every status that is no success."""
    status, headers = response.status_code, response.headers
    if 200 <= status < 300:
        return
    if status < 200:
        # The real response may follow on the same connection, where it would be taken for that of the next
        # request.
        http_session.close()
        error: NotificationsError = TransportError(
            f"the service answered with status {status}, which is not final",
            status=status,
            request_id=request_id_of(headers),
        )
        raise AttemptFailedError(Failure(retry.INVALID_BODY, status, headers), error)

    if status >= 400:
        error = error_from_response(status, headers, text, request.method)
    else:
        error = TransportError(
            f"unexpected redirect ({status}); redirects are followed within the endpoint's origin only, "
            f"and at most {MAX_REDIRECTS}",
            status=status,
            request_id=request_id_of(headers),
        )
    raise AttemptFailedError(Failure(retry.ERROR_STATUS, status, headers), error)


def _parse(request: Request, response: Any, text: str) -> Any:
    """The parsed body of a success. Raises AttemptFailedError for one that the request does not accept."""
    status, headers = response.status_code, response.headers
    try:
        body = sanitize_json(text) if text.strip() else None
        is_valid = request.is_valid_body(body)
    except (ValueError, RecursionError):
        is_valid = False
    if not is_valid:
        error = TransportError(
            f"the service answered with status {status} and a body that is not the expected JSON "
            f"({content_type_of(headers)})",
            status=status,
            request_id=request_id_of(headers),
        )
        raise AttemptFailedError(Failure(retry.INVALID_BODY, status, headers), error)
    return body


def sanitize_json(text: str) -> Any:
    """JSON that can be passed on. Raises ValueError for NaN, Infinity and JSON nested too deep."""
    parsed = json.loads(text, parse_constant=_refuse_constant)
    level = [parsed] if isinstance(parsed, _CONTAINERS) else []
    for _depth in range(DEPTH_LIMIT):
        if not level:
            break
        level = [
            inner
            for value in level
            for inner in (value.values() if isinstance(value, dict) else value)
            if isinstance(inner, _CONTAINERS)
        ]
    if level:
        raise ValueError("nested too deep")
    if "\\ud" in text.lower():
        # Halves of surrogate pairs cannot be written to any stream.
        dumped = json.dumps(parsed, ensure_ascii=False).encode("utf-8", "replace").decode("utf-8")
        return json.loads(dumped)

    return parsed


#: json.loads makes no other containers.
_CONTAINERS = (dict, list)


def _refuse_constant(word: str) -> None:
    """Python would read NaN and Infinity, which are not JSON."""
    raise ValueError(word)


def _redirect_target(prepared: Any, response: Any) -> Optional[str]:
    """Where a redirect leads, if it may be followed: to the same origin, with the same method."""
    location = response.headers.get("Location")
    if prepared.method not in _REDIRECTS.get(response.status_code, ()) or not location:
        return None
    try:
        target = urljoin(prepared.url, location)
        is_same_origin = _origin(target) == _origin(prepared.url)
    except ValueError:
        return None
    return target if is_same_origin and target.isprintable() else None


def _origin(url: str) -> Tuple[str, str, Optional[int]]:
    parts = urlsplit(url)
    default_port = {"http": 80, "https": 443}.get(parts.scheme)
    # User and password in a redirect would become credentials that nobody gave.
    host = parts.netloc.rpartition("@")[1] + (parts.hostname or "")
    return (parts.scheme, host, parts.port or default_port)


def _chunks(response: Any) -> Iterator[bytes]:
    """A body as it arrives.

    Asked to stream a chunked body, urllib3 1.26 reads chunk sizes of any length into memory. Asked to read,
    it leaves that to http.client, which has a limit.
    """
    read = getattr(response.raw, "read1", response.raw.read)
    while True:
        chunk = read(65_536, decode_content=False)
        if not chunk:
            return
        yield chunk


def _root_cause(error: BaseException) -> BaseException:
    """The exception at the bottom of those that requests and urllib3 wrap around each other."""
    for _depth in range(10):
        wrapped = (getattr(error, "reason", None), *error.args)
        inner = next((cause for cause in wrapped if isinstance(cause, BaseException)), None)
        if inner is None:
            break
        error = inner
    return error
