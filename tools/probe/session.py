# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP for the probe: one origin, time limits, careful retries, and a record of everything worth knowing."""

from __future__ import annotations

import json
import os
import threading
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Optional
from urllib.parse import parse_qsl, quote, unquote, urlencode, urljoin, urlsplit

import requests
from requests.structures import CaseInsensitiveDict
from urllib3.exceptions import HTTPError

from emulator.contract import Request

from .validation import Deviation, Validator

API = "/notifications/v1"
LOOPBACK = ("localhost", "127.0.0.1", "::1")
REDIRECTS = (301, 302, 303, 307, 308)
MAX_REDIRECTS = 3
#: After so many calls in a row without response, with all their attempts, the service counts as unreachable.
MAX_UNANSWERED = 3
#: Response bodies larger than this are not read to the end.
MAX_BYTES = 32 * 1024 * 1024


class NoResponseError(Exception):
    """No usable response arrived, so the outcome of the request is unknown."""


class StoppedError(Exception):
    """Nothing more can be asked: the run was interrupted, or the service cannot be used."""


@dataclass(frozen=True)
class Pace:
    """How long to wait for what, in seconds."""

    timeout: float = 20.0
    #: For an object to appear in a list or to disappear from it.
    wait: float = 30.0
    #: Between two looks at a list, and before the first retry.
    interval: float = 1.0
    attempts: int = 4


@dataclass(frozen=True)
class Response:
    """A response with its body decoded; ``body`` is None where there is none, or where it is no JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def object_id(self) -> str:
        """The ID of a created object, from the body or else from Location; empty if neither has it."""
        object_id = member(self.body, "id")
        if isinstance(object_id, str):
            return object_id
        return unquote(urlsplit(self.headers.get("Location", "")).path.rpartition("/")[2])

    @property
    def is_definite(self) -> bool:
        """Whether the response tells what became of the request."""
        return self.status < 500 and self.status not in (408, 429)


@dataclass
class Observations:
    """What can be learned from any response."""

    requests: int = 0
    envelopes: Counter[str] = field(default_factory=Counter)
    error_codes: Counter[str] = field(default_factory=Counter)
    redirects: Counter[str] = field(default_factory=Counter)
    rate_headers: Counter[str] = field(default_factory=Counter)
    rate_limits: set[str] = field(default_factory=set)
    #: Whether a 429 had a body.
    rate_limit_bodies: Counter[str] = field(default_factory=Counter)
    deviations: set[Deviation] = field(default_factory=set)

    def add(self, response: Response) -> None:
        """Note the headers of a success, and the envelope of a client error."""
        if 200 <= response.status < 300:
            names = [f"X-RateLimit-{name}" for name in ("Limit", "Remaining", "Reset")]
            present = sum(name in response.headers for name in names)
            self.rate_headers["given" if present == len(names) else "partial" if present else "omitted"] += 1
            if response.headers.get(names[0], "").isdecimal():
                self.rate_limits.add(response.headers[names[0]])

        if response.status == 429:
            self.rate_limit_bodies["omitted" if response.body is None else "given"] += 1
        elif 400 <= response.status < 500:
            envelope, has_code = _error_form(response.body)
            self.envelopes[envelope] += 1
            if has_code is not None:
                self.error_codes["given" if has_code else "omitted"] += 1


class Session:
    """Requests to one endpoint with one API key."""

    def __init__(
        self, endpoint: str, api_key: str, api_secret: str, pace: Pace, validator: Validator, version: str
    ) -> None:
        self.pace = pace
        self.observations = Observations()
        self.interrupted = threading.Event()
        #: While changes are undone, an interruption is ignored and every failure is retried.
        self.undoing = False
        self._origin = _origin(endpoint)
        self._validator = validator
        self._unanswered = 0
        self._http = requests.Session()
        # With trust_env, ~/.netrc would replace the credentials. Proxies and CA bundle are still honored.
        self._http.trust_env = False
        self._http.auth = (api_key, api_secret)
        self._http.proxies = dict(requests.utils.get_environ_proxies(self._origin))
        self._http.verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._http.headers["User-Agent"] = f"ccloud-notifications-probe/{version}"

    def call(
        self,
        method: str,
        path: str,
        *,
        id: str = "",
        query: Optional[Mapping[str, str]] = None,
        body: Optional[Mapping[str, Any]] = None,
        api: str = API,
    ) -> Response:
        """Send one request and return its response, of whatever status.

        ``path`` begins after ``api`` and may have ``{id}`` in it. Failed reads are sent again,
        failed writes only while changes are undone; after a 429 both are.
        Raises NoResponseError, and StoppedError after an interruption or if the API key is refused.
        """
        retries = method == "GET" or self.undoing
        attempts = self.pace.attempts if self._unanswered < MAX_UNANSWERED else 1
        response: Optional[Response] = None
        for attempt in range(attempts):
            if attempt:
                self.pause(_delay(response, self.pace.interval, attempt))
            self._check_interrupted()
            try:
                response = self._exchange(method, api + path, id, query, body)
            except NoResponseError:
                if not retries or attempt == attempts - 1:
                    self._count_unanswered()
                    raise
                response = None
                continue
            self._unanswered = 0
            if response.status == 429 or (retries and not response.is_definite):
                continue
            if response.status == 401 and self.undoing:
                continue
            break

        assert response is not None
        if response.status == 401 and not self.undoing:
            raise StoppedError("The service refuses the API key (401).")
        return response

    def list_all(self, path: str, query: Optional[Mapping[str, str]] = None) -> list[dict[str, Any]]:
        """All objects of a collection. Raises NoResponseError if any page is missing."""
        found: list[dict[str, Any]] = []
        wanted = dict(query or {})
        for _page in range(1000):
            response = self.call("GET", path, query=wanted)
            data = member(response.body, "data")
            if response.status != 200 or not isinstance(data, list):
                raise NoResponseError(f"the list {path} was not readable (status {response.status})")
            found += [each for each in data if isinstance(member(each, "id"), str)]
            following = member(member(response.body, "metadata"), "next")
            if not following:
                return found
            # The link's query selects the page; its origin and path are not followed.
            wanted = dict(parse_qsl(urlsplit(str(following)).query))
        raise NoResponseError(f"the list {path} does not end")

    def pause(self, seconds: float) -> None:
        """Wait. An interruption ends the waiting, unless changes are being undone."""
        if self.undoing:
            time.sleep(seconds)
        else:
            self.interrupted.wait(seconds)

    def _count_unanswered(self) -> None:
        """Stop the run if the service is unreachable."""
        self._unanswered += 1
        if self._unanswered >= MAX_UNANSWERED and not self.undoing:
            raise StoppedError("The service does not respond.")

    def _check_interrupted(self) -> None:
        if self.interrupted.is_set() and not self.undoing:
            raise StoppedError("Interrupted.")

    def _exchange(
        self,
        method: str,
        path: str,
        id: str,
        query: Optional[Mapping[str, str]],
        body: Optional[Mapping[str, Any]],
    ) -> Response:
        """Send a request and follow redirects within the origin, as the contract asks of clients."""
        operation = f"{method} {path}"
        url = f"{self._origin}{path.replace('{id}', quote(id, safe=''))}"
        if query:
            url += "?" + urlencode(query)

        target = url
        for _redirect in range(MAX_REDIRECTS + 1):
            response, content = self._send(method, target, body)
            if response.status not in REDIRECTS or not response.headers.get("Location"):
                self._validate(operation, method, url, body, response, content)
                return response
            target = urljoin(target, response.headers["Location"])
            is_inside = _is_inside(self._origin, target)
            self.observations.redirects[str(response.status) if is_inside else "other-origin"] += 1
            if not is_inside or (method != "GET" and response.status not in (307, 308)):
                return response
        return response

    def _send(self, method: str, url: str, body: Optional[Mapping[str, Any]]) -> tuple[Response, bytes]:
        self.observations.requests += 1
        try:
            with self._http.request(
                method, url, json=body, timeout=self.pace.timeout, allow_redirects=False, stream=True
            ) as raw:
                content = raw.raw.read(MAX_BYTES, decode_content=True)
                status, headers = raw.status_code, raw.headers
        except (requests.RequestException, HTTPError, OSError) as error:
            # The text of the error may hold the URL.
            raise NoResponseError(_failure(error)) from None

        decoded = _decode(content)
        if content and decoded is None and status < 300:
            raise NoResponseError("the response was not JSON")
        response = Response(status, CaseInsensitiveDict(headers), decoded)
        self.observations.add(response)
        return response, content

    def _validate(
        self,
        operation: str,
        method: str,
        url: str,
        body: Optional[Mapping[str, Any]],
        response: Response,
        content: bytes,
    ) -> None:
        parts = urlsplit(url)
        sent = json.dumps(body).encode() if body is not None else b""
        headers = {"Content-Type": "application/json"} if sent else {}
        request = Request(method, parts.path, parse_qsl(parts.query), headers, sent)
        found = self._validator.deviations(operation, request, response.status, response.headers, content)
        self.observations.deviations.update(found)


def _delay(response: Optional[Response], interval: float, attempt: int) -> float:
    """The seconds before another attempt: what the service asks for, or twice as long each time."""
    asked = response.headers.get("Retry-After", "") if response is not None else ""
    if asked.isdecimal():
        return min(float(asked), 60.0)
    return float(min(interval * 2 ** (attempt - 1), 30.0))


def _origin(endpoint: str) -> str:
    """The origin of an endpoint. Raises ValueError where credentials should not be sent to it."""
    parts = urlsplit(endpoint)
    if parts.username is not None or parts.password is not None:
        raise ValueError("CONFLUENT_CLOUD_ENDPOINT must not contain credentials.")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("CONFLUENT_CLOUD_ENDPOINT must be like https://api.confluent.cloud.")
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in LOOPBACK):
        raise ValueError("CONFLUENT_CLOUD_ENDPOINT must begin with https://.")
    return f"{parts.scheme}://{parts.netloc}"


def _is_inside(origin: str, target: str) -> bool:
    parts = urlsplit(target)
    return f"{parts.scheme}://{parts.netloc}".lower() == origin.lower()


def _failure(error: Exception) -> str:
    if isinstance(error, requests.exceptions.SSLError):
        return "certificate verification failed"
    if isinstance(error, requests.exceptions.Timeout):
        return "no response in time"
    return "the connection failed"


def _decode(content: bytes) -> Any:
    try:
        return json.loads(content) if content else None
    except (ValueError, RecursionError):
        return None


def member(value: Any, name: str) -> Any:
    """A member of what should be an object; None where it is not."""
    return value.get(name) if isinstance(value, dict) else None


def _error_form(body: Any) -> tuple[str, Optional[bool]]:
    """Which envelope an error has, and whether it has a code; None where it has no envelope."""
    errors, error = member(body, "errors"), member(body, "error")
    if isinstance(errors, list) and errors:
        return "errors", all(bool(member(each, "code")) for each in errors)
    if isinstance(error, dict):
        return "error", bool(error.get("code"))
    return "none", None
