# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The only room that speaks HTTP: one session, pages, retries, one deadline, typed errors.

Private to the collection.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import re
import ssl
import threading
import time
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Tuple
from urllib.parse import parse_qs, quote, urljoin, urlsplit

from . import errors, retry
from ._api.responses import error_from_response
from ._api.session import (
    COLLECTION_VERSION,
    DEFAULT_ENDPOINT,
    REQUESTS_IMPORT_ERROR,
    Canceled,
    Connection,
    RequestTracker,
    Session,
)
from ._redaction import Redactor, one_line, quoted, shortened
from .credentials import ApiKey, Credentials, TokenExchange

if REQUESTS_IMPORT_ERROR is None:
    import requests
    import urllib3
    from requests.exceptions import ConnectTimeout, InvalidSchema, InvalidURL, ProxyError, Timeout

__all__ = ["COLLECTION_VERSION", "Client", "Clock", "Connection", "is_loopback"]

Object = Dict[str, Any]

TOKEN_PATH = "/sts/v1/oauth2/token"
#: The most objects that the contract lets one page hold.
PAGE_SIZE = 250
PAGE_LIMIT = 2_000
BODY_LIMIT = 64 * 1024 * 1024
DEPTH_LIMIT = 64
#: How many redirects of one request are followed.
REDIRECTS = 3
ALL_METHODS = ("GET", "POST", "PATCH", "DELETE")
#: A token is not kept for longer than this many seconds, whatever its exchange says.
LONGEST_LIFE = 86_400.0
WAITS_LISTED = 100
#: The longest pause in seconds for a rate limit that is used up. After it, the service says itself whether to wait on.
LONGEST_PAUSE = 60.0
REQUEST_ID = "X-Request-Id"
#: A request id is cut at 255 characters when it is shown, once secrets are hidden in it.
REQUEST_ID_LIMIT = 4_096
#: The ids that may become a part of a path. The contract calls ids opaque, but none like "../x" or "{{ x }}" is ever sent back.
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=@~-]{0,254}")


class Clock:
    """Time, so that tests need not wait for it."""

    monotonic = staticmethod(time.monotonic)
    now = staticmethod(time.time)

    @staticmethod
    def wait(tracker: RequestTracker, seconds: float) -> None:
        """Sleep, unless or until the task is told to stop."""
        tracker.wait(seconds)


@dataclass(frozen=True)
class Answer:
    """A good answer: its parsed body, None where it has none."""

    status: int
    body: Any
    request_id: Optional[str] = None


@dataclass
class Tally:
    """What was sent: the ``api`` member of a result. ``waits`` has the number of waits and their seconds in all, by reason."""

    requests: int = 0
    writes: int = 0
    retries: int = 0
    request_ids: List[str] = field(default_factory=list)
    waits: Dict[str, Tuple[int, float]] = field(default_factory=dict)
    rate_limit: Optional[Dict[str, Optional[int]]] = None

    def add_wait(self, reason: str, seconds: float) -> None:
        count, total = self.waits.get(reason, (0, 0.0))
        if count or len(self.waits) < WAITS_LISTED:
            self.waits[reason] = (count + 1, total + seconds)

    def as_result(self, redactor: Redactor) -> Dict[str, Any]:
        return {
            "requests": self.requests,
            "retries": self.retries,
            "request_ids": [one_line(each, 255) for each in redactor.redact_all(self.request_ids)],
            "rate_limit": self.rate_limit,
            "waits": [
                shortened(each) for each in redactor.redact_all([_describe_wait(reason, *wait) for reason, wait in self.waits.items()])
            ],
        }


def _describe_wait(reason: str, count: int, seconds: float) -> str:
    times = f" in {count} waits" if count > 1 else ""
    return f"Waited {seconds:.1f} s{times}: {reason}."


def is_loopback(url: str) -> bool:
    """Whether requests to a URL stay on this machine. A name other than ``localhost`` is not looked up."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class _Failed(Exception):
    """One attempt that failed, with the error that it is if it stays the last one."""

    def __init__(self, failure: retry.Failure, error: errors.NotificationsError) -> None:
        super().__init__(str(error))
        self.failure = failure
        self.error = error


class Client:
    """Requests to one organization's API within one task's deadline. Safe to use from several threads.

    ``report`` is told each wait as a sentence, with its seconds. Every method raises the types of errors.py and nothing else;
    ``attempted`` is what their message says was attempted.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Any = Clock,
        chance: Callable[[], float] = random.random,
        report: Callable[[str, float], None] = lambda sentence, seconds: None,
        warn: Callable[[str], None] = lambda sentence: None,
        session: Optional[Session] = None,
        redactor: Optional[Redactor] = None,
        is_orphaned: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._chance = chance
        self._report = report
        self._warn = warn
        self._is_orphaned = is_orphaned
        self._kept = session is not None
        self._session = session or Session(connection)
        self._tracker = RequestTracker()
        #: When this client was made, in seconds since the epoch: before anything was read.
        self.created_at = time.time()
        self._deadline = clock.monotonic() + connection.deadline
        self._lock = threading.Lock()
        self._not_before = 0.0
        self._received = 0
        self._settings: Optional[Dict[str, Any]] = None
        self.tally = Tally()
        self.redactor = redactor or Redactor(connection.endpoint, DEFAULT_ENDPOINT)
        self._add_credentials(connection.credentials)

    def _add_credentials(self, credentials: Credentials) -> None:
        if isinstance(credentials, TokenExchange):
            self.redactor.add(credentials.external_token)
        elif isinstance(credentials, ApiKey):
            self.redactor.add(credentials.secret, credentials.encoded())
        else:
            self.redactor.add(credentials.token)

    @property
    def endpoint(self) -> str:
        return self._connection.endpoint

    @property
    def user(self) -> str:
        """Whom requests are sent as, as far as that is no secret."""
        credentials = self._connection.credentials
        if isinstance(credentials, ApiKey):
            return credentials.key
        if isinstance(credentials, TokenExchange):
            return credentials.identity_pool_id
        return hashlib.sha256(credentials.token.encode()).hexdigest()

    @property
    def credentials(self) -> List[str]:
        """What must be in no result, wherever it came from."""
        credentials = self._connection.credentials
        if isinstance(credentials, ApiKey):
            return [credentials.secret, credentials.encoded()]
        return [credentials.external_token if isinstance(credentials, TokenExchange) else credentials.token]

    def wait_for_turn(self) -> bool:
        """Wait a moment, in real time, for another task of this controller; False if the deadline has passed or the task is stopped."""
        self._tracker.wait(0.02)
        return not self._tracker.is_canceled and time.time() < self.created_at + self._connection.deadline

    def cancel(self) -> None:
        """Stop: requests under way fail at once, waits end, and nothing more is sent. Safe to call from any thread."""
        self._tracker.cancel()

    def wall_clock(self) -> float:
        """Seconds since the epoch."""
        seconds: float = self._clock.now()
        return seconds

    def close(self) -> None:
        """Close the connections, unless they are kept for a later task."""
        if not self._kept:
            self._session.close()

    def now(self) -> float:
        """Monotonic seconds."""
        seconds: float = self._clock.monotonic()
        return seconds

    # What callers ask for

    def list(self, path: str, attempted: str, selection: Optional[Mapping[str, Any]] = None) -> List[Object]:
        """All objects of a collection, or those that a query selects, complete or not at all.

        Only the query is taken from a ``next`` link; the request itself always goes to the configured endpoint and path. If the service
        counts more objects than its pages hold, the list is read once more, and then ``warn`` is told.
        """
        objects, total = self._list_once(path, attempted, selection)
        if total is not None and len(objects) < total:
            objects, total = self._list_once(path, attempted, selection)
        if total is not None and len(objects) < total:
            self._warn(f"Could not {attempted} completely: the service counts {total} objects and lists {len(objects)}, twice in a row.")
        return objects

    def _list_once(self, path: str, attempted: str, selection: Optional[Mapping[str, Any]]) -> Tuple[List[Object], Optional[int]]:
        """The objects of all pages, and how many there are as the service counts them, where it does."""
        objects: List[Object] = []
        seen_ids: Dict[str, int] = {}
        seen_tokens = set()
        query: Mapping[str, Any] = {**(selection or {}), "page_size": str(PAGE_SIZE)}
        for page in range(1, PAGE_LIMIT + 1):
            try:
                answer = self.send("GET", path, attempted, _is_something, query=query)
            except errors.NotFound as error:
                error.next_step = f"Check the endpoint, which is given without /notifications/v1; the service's own is {DEFAULT_ENDPOINT}."
                raise
            for each in _page_objects(answer, attempted):
                if each["id"] in seen_ids:
                    said = f"pages {seen_ids[each['id']]} and {page} both hold {quoted(each['id'])}, so the list is not reliable"
                    raise _unintelligible(attempted, said, answer, "Run the task again.")
                seen_ids[each["id"]] = page
                objects.append(each)
            following = _next_query(answer, attempted)
            if following is None:
                total = answer.body["metadata"].get("total_size")
                return objects, total if isinstance(total, int) and not isinstance(total, bool) else None
            token = following["page_token"][0]
            if token in seen_tokens:
                said = f"the next link of page {page} leads back to an earlier page"
                raise _unintelligible(attempted, said, answer)
            seen_tokens.add(token)
            query = following
        raise errors.Unintelligible(attempted, f"the list does not end after {PAGE_LIMIT} pages")

    def create(self, path: str, body: Object, attempted: str) -> Object:
        """POST; the object as the service made it. After a failure, ``fate_unclear`` of the error says whether it may exist."""
        made: Object = self.send("POST", path, attempted, _is_object, body=body, repeat_as="CREATE").body
        return made

    def read(self, path: str, object_id: str, attempted: str) -> Object:
        """GET of one object."""
        there: Object = self.send("GET", _item(path, object_id, attempted), attempted, _is_the(object_id)).body
        return there

    def look_up(self, path: str, query: Mapping[str, Any], attempted: str) -> Optional[Object]:
        """GET of a look-up that answers one object; None where the API itself says that there is none."""
        try:
            found: Object = self.send("GET", path, attempted, _is_object, query=query).body
        except errors.NotFound as error:
            if not error.is_from_api:  # some other server's answer, at a wrong endpoint
                raise
            return None
        return found

    def count(self, path: str, attempted: str, member: str) -> Object:
        """GET of a verb such as ``user-notifications:summary``, which answers no object but has to have this member."""
        counted: Object = self.send("GET", path, attempted, lambda body: isinstance(body, dict) and member in body).body
        return counted

    def change(self, path: str, object_id: str, body: Object, attempted: str) -> Object:
        """PATCH; the object as it is now."""
        changed: Object = self.send("PATCH", _item(path, object_id, attempted), attempted, _is_the(object_id), body=body).body
        return changed

    def delete(self, path: str, object_id: str, attempted: str) -> None:
        """DELETE."""
        self.send("DELETE", _item(path, object_id, attempted), attempted, _is_nothing)

    def act(self, method: str, path: str, body: Object, attempted: str, query: Optional[Mapping[str, Any]] = None) -> None:
        """POST or PATCH to a verb such as ``integrations:test``, which answers nothing."""
        self.send(method, path, attempted, _is_nothing, query=query, body=body)

    def pause(self, seconds: float, why: str) -> bool:
        """Wait for the service to catch up; False, without waiting, where the deadline would be over by then."""
        if self._clock.monotonic() + seconds >= self._deadline:
            return False
        self._wait(seconds, why)
        return True

    # How it is done

    def send(
        self,
        method: str,
        path: str,
        attempted: str,
        holds: Callable[[Any], bool],
        *,
        query: Optional[Mapping[str, Any]] = None,
        body: Optional[Object] = None,
        form: Optional[Mapping[str, str]] = None,
        repeat_as: Optional[str] = None,
    ) -> Answer:
        """One request, sent again until the deadline as retry.py decides for ``repeat_as``, or else for the method.

        A good status with a body that ``holds`` does not accept is no good answer: it may be a proxy's.
        """
        attempt = 0
        begun = self._clock.monotonic()
        renewed = False
        writes = method != "GET" and form is None
        unclear = False
        repeat_as = repeat_as or method
        while True:
            attempt += 1
            try:
                self._hold(attempted)
                auth = _anonymous if form is not None else self._authentication()
                return self._once(method, path, attempted, query, body, form, auth, holds)
            except _Failed as failed:
                error, failure = failed.error, failed.failure
            except errors.NotificationsError as final:
                final.fate_unclear = writes and (unclear or final.sent)
                raise
            if error.status == 401 and not renewed and self._session.token.can_forget(auth):
                # A 401 was not carried out, whatever the method; a fresh token may do better, once.
                renewed = True
                self._forget(auth)
                self._count_retry()
                continue
            wait = retry.decide(repeat_as, failure, attempt, self._clock.now(), self._chance())
            error.told_wait = retry.told_wait(failure, self._clock.now())
            # One attempt of several may have taken effect, whatever the last one says; but what a POST is repeated
            # after was surely not carried out.
            unclear = unclear or (retry.fate_unclear(failure) and not (method == "POST" and wait is not None))
            error.fate_unclear = writes and unclear
            in_time = wait is not None and self._clock.monotonic() + wait < self._deadline
            if wait is None or not in_time:
                error.said = self._final_detail(error, failure, attempt, self._clock.monotonic() - begun, wait)
                raise error
            self._count_retry()
            self._wait(wait, f"{method} {path}: {error.said}")

    def _final_detail(
        self, error: errors.NotificationsError, failure: retry.Failure, attempts: int, seconds: float, wait: Optional[float]
    ) -> str:
        """What is said of the last of several attempts, with how long it was tried."""
        limits = f"timeout {self._connection.timeout:g} s, deadline {self._connection.deadline:g} s"
        tries = f"{attempts} attempt{'s' if attempts > 1 else ''} over {seconds:.0f} s"
        if failure.kind == retry.TIMED_OUT:
            return f"no response in {tries} ({limits})"
        said = error.said.rstrip(".")
        if wait is not None:
            return f"{said} ({tries}; the next one is due in {wait:.0f} s, after the deadline of {self._connection.deadline:g} s)"
        return f"{said} ({tries})" if attempts > 1 else error.said

    def _once(
        self,
        method: str,
        path: str,
        attempted: str,
        query: Optional[Mapping[str, Any]],
        body: Optional[Object],
        form: Optional[Mapping[str, str]],
        auth: Any,
        holds: Callable[[Any], bool],
    ) -> Answer:
        """One attempt; raises _Failed."""
        timeout = min(self._connection.timeout, max(0.001, self._deadline - self._clock.monotonic()))
        with self._lock:
            self.tally.requests += 1
            self.tally.writes += method != "GET" and form is None
        session = self._session.http
        try:
            url = self._connection.endpoint.rstrip("/") + path
            request = session.prepare_request(requests.Request(method, url, params=query, json=body, data=form, auth=auth))
            settings = self._transport_settings(session, url)
        except (OSError, ValueError, TypeError) as error:
            raise self._impossible(error, attempted) from None
        try:
            response, text = self._follow(session, request, settings, attempted, timeout)
        except Canceled:
            raise errors.Canceled(attempted, "the task was stopped", sent=True) from None
        except (OSError, ValueError, TypeError, urllib3.exceptions.HTTPError) as error:
            # RequestException is an OSError; requests lets a few plain ones through as well.
            raise self._failed(error, attempted) from None
        headers = response.headers
        request_id = self._request_id(headers)
        with self._lock:
            if request_id:
                self.tally.request_ids.append(request_id)
        self._heed_rate_limit(headers)
        status = response.status_code
        if status < 200:
            # The real answer may follow on the same connection, where it would be taken for the next one's.
            session.close()
            said = f"the service answered with status {status}, which is no answer"
            preliminary = errors.Unintelligible(attempted, said, status=status, request_id=request_id)
            raise _Failed(retry.Failure(retry.GARBLED, status, headers), preliminary)
        if status >= 400:
            answered = error_from_response(attempted, status, headers, text, method)
            raise _Failed(retry.Failure(retry.ANSWERED, status, headers), answered)
        if status >= 300:
            said = f"unexpected redirect ({status}); redirects are followed within the endpoint's origin only, and at most {REDIRECTS}"
            redirect = errors.Unintelligible(attempted, said, status=status, request_id=request_id)
            raise _Failed(retry.Failure(retry.ANSWERED, status, headers), redirect)
        parsed: Any = None
        if text.strip():
            try:
                parsed = _sound(json.loads(text, parse_constant=_no_number), "\\ud" in text.lower())
            except (ValueError, RecursionError):
                parsed = _UNREADABLE
        if parsed is _UNREADABLE or not holds(parsed):
            content_type = errors.content_type_of(headers)
            said = f"the service answered with status {status} and a body that is not the JSON expected ({content_type})"
            garbled = errors.Unintelligible(attempted, said, status=status, request_id=request_id)
            raise _Failed(retry.Failure(retry.GARBLED, status, headers), garbled)
        return Answer(status, parsed, request_id)

    def _follow(self, session: Any, request: Any, settings: Mapping[str, Any], attempted: str, timeout: float) -> Tuple[Any, str]:
        """Send a request and read the response, following redirects as the contract asks, but never beyond the endpoint's origin."""
        with self._tracker.limit(timeout):
            for _hop in range(REDIRECTS + 1):
                # requests must not follow them itself: it would take any origin.
                with session.send(request, timeout=timeout, allow_redirects=False, **settings) as response:
                    text = self._read(response, attempted)
                target = _redirect_target(request, response)
                if target is None:
                    break
                with self._lock:
                    self.tally.requests += 1
                request.url = target
        return response, text

    def _transport_settings(self, session: Any, url: str) -> Dict[str, Any]:
        """Proxies and so on, from the environment: the same for every request, as the endpoint is, so read only once."""
        if self._settings is None:
            # ``verify`` is passed each time: the session's own value would give way to REQUESTS_CA_BUNDLE.
            settings: Dict[str, Any] = session.merge_environment_settings(url, {}, True, self._connection.verify, None)
            self.redactor.add(*(proxy for proxy in settings["proxies"].values() if "@" in proxy))
            self._settings = settings
        return self._settings

    def _request_id(self, headers: Mapping[str, str]) -> Optional[str]:
        """The service's id of a request. It is redacted when it leaves the task, as every other text is."""
        return one_line(headers.get(REQUEST_ID, ""), REQUEST_ID_LIMIT) or None

    def _read(self, response: Any, attempted: str) -> str:
        """The body, within the limits of size and time."""
        sent = {"status": response.status_code, "request_id": self._request_id(response.headers), "sent": True}
        if response.headers.get("Content-Encoding", "identity").lower() != "identity":
            # It was not asked for, and a few bytes of it may stand for gigabytes.
            compressed = errors.Unintelligible(attempted, "the answer is compressed, which was not asked for", **sent)
            raise _Failed(retry.Failure(retry.GARBLED, response.status_code, response.headers), compressed)
        chunks: List[bytes] = []
        for chunk in _chunks(response):
            chunks.append(chunk)
            with self._lock:
                self._received += len(chunk)
            if self._received > BODY_LIMIT:
                raise errors.Unintelligible(attempted, f"the answers are larger than {BODY_LIMIT // 2**20} MiB", **sent)
        return b"".join(chunks).decode("utf-8", "replace")

    def _failed(self, error: Exception, attempted: str) -> _Failed:
        """What an exception of requests means. One that says the request cannot be made at all is raised at once."""
        cause = _innermost(error)
        reason = self.redactor.redact(one_line(f"{type(cause).__name__}: {cause}"))
        if isinstance(error, ConnectTimeout):
            unreachable = errors.Unreachable(attempted, f"no connection within {self._connection.timeout:g} s")
            return _Failed(retry.Failure(retry.REFUSED), unreachable)
        if isinstance(error, (Timeout, urllib3.exceptions.ReadTimeoutError)):
            return _Failed(retry.Failure(retry.TIMED_OUT), errors.TimedOut(attempted, "no response"))
        if isinstance(cause, ssl.SSLCertVerificationError) or type(cause).__name__ == "CertificateError":
            raise errors.Untrusted(attempted, f"the certificate of {self._connection.endpoint} is not trusted ({reason})")
        if isinstance(cause, ssl.SSLError) and cause.reason == "WRONG_VERSION_NUMBER":
            said = f"{self._connection.endpoint} does not speak TLS ({reason})"
            raise errors.Unreachable(attempted, said, next_step="Check the scheme and the port of the endpoint.")
        if isinstance(error, (InvalidURL, InvalidSchema, TypeError, urllib3.exceptions.LocationValueError)):
            raise self._impossible(error, attempted)
        tunnel = _TUNNEL_REFUSED.match(str(cause))
        if isinstance(error, ProxyError) and tunnel:
            refused = errors.Unreachable(attempted, f"the proxy did not open a connection ({reason})", next_step=_CHECK_PROXY)
            if tunnel.group(1).startswith("4"):
                raise refused
            return _Failed(retry.Failure(retry.REFUSED), refused)
        if type(cause).__name__ in _NEVER_CONNECTED:
            return _Failed(retry.Failure(retry.REFUSED), errors.Unreachable(attempted, f"no connection ({reason})"))
        return _Failed(retry.Failure(retry.CUT), errors.ConnectionLost(attempted, f"the connection was lost ({reason})"))

    def _impossible(self, error: Exception, attempted: str) -> errors.InvalidInput:
        """A request that cannot even be made. What requests says of a URL may be a proxy's, whose password is in it."""
        reason = type(error).__name__
        if not isinstance(error, (InvalidURL, TypeError)):
            reason = self.redactor.redact(one_line(f"{reason}: {error}"))
        said = f"no request can be made to {self._connection.endpoint} ({reason})"
        return errors.InvalidInput(attempted, said, next_step="Check the endpoint, and HTTPS_PROXY or HTTP_PROXY if they are set.")

    def _forget(self, auth: Any) -> None:
        with self._session.token_lock:
            self._session.token.forget(auth)

    def _authentication(self) -> Any:
        credentials = self._connection.credentials
        if not isinstance(credentials, TokenExchange):
            return credentials
        with self._session.token_lock:
            current = self._session.token.current(lambda: self._exchange(credentials), self._clock.monotonic())
        self.redactor.add(current.token)
        return current

    def _exchange(self, credentials: TokenExchange) -> Tuple[str, float]:
        """A fresh access token and its life in seconds, from ``POST /sts/v1/oauth2/token``."""
        attempted = "exchange the external token for an access token"
        try:
            answer = self.send("POST", TOKEN_PATH, attempted, _is_something, form=credentials.form(), repeat_as="GET")
        except errors.NotificationsError as error:
            # Whatever the token was wanted for has not been sent.
            error.sent = False
            if isinstance(error, errors.Rejected):
                error.next_step = "Check external_token, which may have expired, and identity_pool_id."
            raise
        body = answer.body if isinstance(answer.body, dict) else {}
        token, life = body.get("access_token"), _seconds(body.get("expires_in"))
        if not isinstance(token, str) or not token.isprintable() or not token or life is None:
            raise _unintelligible(attempted, "the answer holds no access_token with its expires_in", answer)
        return token, life

    def _hold(self, attempted: str) -> None:
        """Wait while another request of this client was told to, and stop at the deadline or when the task is stopped."""
        with self._lock:
            ahead = self._not_before - self._clock.monotonic()
        if ahead > 0:
            self._clock.wait(self._tracker, ahead)
        if self._is_orphaned():
            self.cancel()
        if self._tracker.is_canceled:
            raise errors.Canceled(attempted, "the task was stopped")
        if self._clock.monotonic() >= self._deadline:
            said = f"the deadline of {self._connection.deadline:g} seconds for the task has passed"
            raise errors.DeadlineExceeded(attempted, said)

    def _heed_rate_limit(self, headers: Mapping[str, str]) -> None:
        """Slow down before the service has to refuse a request. Source: "Rate limits" of the contract; the reset is in relative seconds."""
        limit, remaining, reset = (retry.seconds_from(headers.get(f"X-RateLimit-{name}"), 0.0) for name in ("Limit", "Remaining", "Reset"))
        if remaining is None or reset is None:
            return
        with self._lock:
            self.tally.rate_limit = {"limit": None if limit is None else int(limit), "remaining": int(remaining), "reset": int(reset)}
        wait = min(reset, LONGEST_PAUSE)
        if remaining >= 1 or self._clock.monotonic() + wait >= self._deadline:
            return
        with self._lock:
            is_new = self._not_before < self._clock.monotonic() + wait / 2
            self._not_before = max(self._not_before, self._clock.monotonic() + wait)
            if is_new:
                self.tally.add_wait("the rate limit is used up", wait)
        if is_new:
            self._report(f"Waiting {wait:.1f} s: the rate limit is used up.", wait)

    def _count_retry(self) -> None:
        with self._lock:
            self.tally.retries += 1

    def _wait(self, seconds: float, why: str) -> None:
        """Wait, and make every other request of this client wait as well."""
        reason = one_line(why).rstrip(".")
        with self._lock:
            self._not_before = max(self._not_before, self._clock.monotonic() + seconds)
            self.tally.add_wait(reason, seconds)
        self._report(f"Waiting {seconds:.1f} s: {reason}.", seconds)
        self._clock.wait(self._tracker, seconds)


_UNREADABLE = object()
_NEVER_CONNECTED = ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")
_TUNNEL_REFUSED = re.compile(r"Tunnel connection failed: (\d*)")
_CHECK_PROXY = "Check HTTPS_PROXY, HTTP_PROXY and NO_PROXY, and that the proxy lets this machine connect."


def _redirect_target(request: Any, response: Any) -> Optional[str]:
    """Where a redirect leads if it may be followed: to the same origin, and with the same method."""
    methods = {301: ("GET",), 302: ("GET",), 303: ("GET",), 307: ALL_METHODS, 308: ALL_METHODS}.get(response.status_code, ())
    location = response.headers.get("Location")
    if request.method not in methods or not location:
        return None
    try:
        target = urljoin(request.url, location)
        same_origin = _origin(target) == _origin(request.url)
    except ValueError:
        return None
    return target if same_origin and target.isprintable() else None


def _origin(url: str) -> Tuple[str, str, Optional[int]]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    # Userinfo in a redirect would become a password that nobody gave.
    return (parts.scheme, parts.netloc.rpartition("@")[1] + (parts.hostname or ""), parts.port or default)


def _anonymous(request: Any) -> Any:
    """Says that there is to be no Authorization header; without it ``~/.netrc`` would be asked."""
    return request


def _chunks(response: Any) -> Iterator[bytes]:
    """A body as it arrives. urllib3 1.26 reads the chunks of a chunked body itself if it is asked to stream them, and keeps a line
    of any length in memory; asked to read, it leaves that to http.client, which has a limit."""
    read = getattr(response.raw, "read1", response.raw.read)
    while True:
        chunk = read(65_536, decode_content=False)
        if not chunk:
            return
        yield chunk


def _no_number(word: str) -> None:
    """Python reads NaN and Infinity, which JSON does not have, and would write them."""
    raise ValueError(word)


def _seconds(value: Any) -> Optional[float]:
    """A number of seconds, from none to a day; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    seconds = float(min(max(value, 0), LONGEST_LIFE))
    return seconds if math.isfinite(seconds) else None


def _sound(parsed: Any, halves: bool) -> Any:
    """A parsed body that can be handed on: raises ValueError for one nested too deep, and replaces halves of characters."""
    level, depth = [parsed], 0
    while level:
        depth += 1
        if depth > DEPTH_LIMIT:
            raise ValueError("nested too deep")
        level = [inner for each in level if isinstance(each, (dict, list)) for inner in (each.values() if isinstance(each, dict) else each)]
    return json.loads(errors.printable(json.dumps(parsed, ensure_ascii=False))) if halves else parsed


def _item(path: str, object_id: str, attempted: str) -> str:
    if not SAFE_ID.fullmatch(object_id):
        said = f"{quoted(object_id)} is not an id that can be sent to the service"
        raise errors.InvalidInput(attempted, said, next_step="Check the id. Ids look like i-12345.")
    return f"{path}/{quote(object_id, safe='')}"


def _is_nothing(body: Any) -> bool:
    return body is None


def _is_something(body: Any) -> bool:
    return body is not None


def _is_object(body: Any) -> bool:
    return isinstance(body, dict) and isinstance(body.get("id"), str) and bool(body["id"])


def _is_the(object_id: str) -> Callable[[Any], bool]:
    """Whether a body is the object that was asked for, and not any other."""
    return lambda body: _is_object(body) and body["id"] == object_id


def _page_objects(answer: Answer, attempted: str) -> List[Object]:
    data = answer.body.get("data") if isinstance(answer.body, dict) else None
    if not isinstance(data, list) or not all(_is_object(each) for each in data):
        raise _unintelligible(attempted, "a page does not hold a list of objects with an id each", answer)
    return data


def _next_query(answer: Answer, attempted: str) -> Optional[Dict[str, List[str]]]:
    """The query of the next page: the whole query of the ``next`` link, whose other parts are ignored. None after the last page."""
    metadata = answer.body.get("metadata")
    if not isinstance(metadata, dict):
        raise _unintelligible(attempted, "a page does not say whether another one follows", answer)
    link = metadata.get("next")
    if link is None or link == "":
        return None
    try:
        query = parse_qs(urlsplit(link).query, keep_blank_values=True) if isinstance(link, str) else {}
    except ValueError:
        query = {}
    if not query.get("page_token", [""])[0]:
        raise _unintelligible(attempted, "the next link of a page holds no page_token", answer)
    return query


def _unintelligible(attempted: str, said: str, answer: Answer, next_step: Optional[str] = None) -> errors.Unintelligible:
    return errors.Unintelligible(attempted, said, status=answer.status, request_id=answer.request_id, next_step=next_step)


def _innermost(error: BaseException) -> BaseException:
    """The exception at the bottom of what requests and urllib3 wrap around each other."""
    for _depth in range(10):
        reason = getattr(error, "reason", None)
        wrapped = (reason, *error.args)
        inner = next((each for each in wrapped if isinstance(each, BaseException)), None)
        if inner is None:
            break
        error = inner
    return error
