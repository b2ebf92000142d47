# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTTP client: pagination, retries, rate limits, one deadline for a task."""

from __future__ import annotations

import math
import random
import re
import threading
import time
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Set, Tuple
from urllib.parse import parse_qs, quote, urlsplit

from .._common import Listing, Object, noop
from .._errors import (
    ApiError,
    ForbiddenError,
    NotFoundError,
    NotificationsError,
    RefusedError,
    TransportError,
    operation,
)
from .._redaction import Redactor, counted, one_line, origin_of, quoted
from . import retry
from .adapter import RequestTracker
from .auth import TOKEN_PATH, ExchangedToken, TokenExchange
from .responses import id_from_location
from .retry import Failure, RetryMode
from .session import DEFAULT_ENDPOINT, Connection, Session
from .stats import RequestStats
from .transport import (
    ApiResponse,
    AttemptFailedError,
    Request,
    Transport,
    has_body,
    has_no_body,
    is_mapping,
    is_object_with_id,
    request_id_of,
)

#: The most objects of one page. Source: "Pagination" of the contract.
PAGE_SIZE = 250
MAX_PAGES = 2_000
#: A token is not kept longer than this many seconds, whatever its exchange says.
MAX_TOKEN_LIFETIME = 86_400.0
#: The longest pause in seconds for an exhausted rate limit. The next response decides whether to wait longer.
MAX_RATE_LIMIT_PAUSE = 60.0
#: IDs that look like IDs. The contract calls them opaque, so others are possible.
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:+=@~-]{0,254}")
#: What would make another path of an ID, or a template. Source: an ID is a string of at most 255 characters.
_UNSAFE_ID = re.compile(r"\.*|.{256,}|.*[/\\{}\s].*", re.DOTALL)


class Clock:
    """Time, so that tests do not have to wait."""

    monotonic = staticmethod(time.monotonic)
    now = staticmethod(time.time)

    @staticmethod
    def wait(tracker: RequestTracker, seconds: float) -> None:
        """Sleep for this long, or until the task is canceled."""
        tracker.wait(seconds)


class Client:
    """Requests to one organization's API within one task's deadline. Thread-safe.

    ``on_wait`` receives each wait as a sentence, with its seconds; ``warn`` receives sentences for the user;
    ``jitter`` returns a number from 0 to 1. ``is_orphaned`` says whether the process that started this task
    is gone. Every method raises NotificationsError and nothing else.
    """

    def __init__(
        self,
        connection: Connection,
        *,
        clock: Any = Clock,
        jitter: Callable[[], float] = random.SystemRandom().random,
        on_wait: Callable[[str, float], None] = noop,
        warn: Callable[[str], None] = noop,
        session: Optional[Session] = None,
        redactor: Optional[Redactor] = None,
        is_orphaned: Callable[[], bool] = lambda: False,
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._jitter = jitter
        self._on_wait = on_wait
        self._warn = warn
        self._is_orphaned = is_orphaned
        self._closes_session = session is None
        self._session = session or Session(connection)
        self._tracker = RequestTracker()
        #: When this client was made, in seconds since the epoch: before anything was read.
        self.created_at = time.time()
        self._deadline = clock.monotonic() + connection.deadline
        self._lock = threading.Lock()

        self._not_before = 0.0
        self._exchanged_tokens: Set[str] = set()
        self.stats = RequestStats()
        self.redactor = redactor or Redactor(connection.endpoint, DEFAULT_ENDPOINT)
        self.redactor.add(*connection.credentials.secrets)
        self._transport = Transport(
            connection,
            self._session,
            self._tracker,
            self.redactor,
            self._count_request,
            self._observe_headers,
        )

    @property
    def endpoint(self) -> str:
        return self._connection.endpoint

    @property
    def user(self) -> str:
        """The user that requests are sent as, without a secret."""
        return self._connection.credentials.user

    @property
    def credentials(self) -> List[str]:
        """Secrets that no result may contain, with the tokens that were exchanged so far."""
        return [*self._connection.credentials.secrets, *sorted(self._exchanged_tokens)]

    def now(self) -> float:
        """Monotonic seconds."""
        seconds: float = self._clock.monotonic()
        return seconds

    def wall_clock(self) -> float:
        """Seconds since the epoch."""
        seconds: float = self._clock.now()
        return seconds

    def close(self) -> None:
        """Close the connections, unless they are kept for a later task."""
        if self._closes_session:
            self._session.close()

    # Operations of the API

    def list(self, path: str, query: Optional[Mapping[str, Any]] = None) -> Listing:
        """All objects of a collection, or those that a query selects, from all pages.

        Only the query of a ``next`` link is used, beside that of the first request; requests always go to the
        configured endpoint and path. If
        the service counts more objects than its pages hold, the list is read once more. If it still does,
        ``warn`` is called, and the result says how many are missing.
        """
        objects, total = self._list_once(path, query)
        if total is not None and len(objects) < total:
            objects, total = self._list_once(path, query)
        unlisted = max(0, (total or 0) - len(objects))
        if unlisted:
            noun = path.rpartition("/")[2].partition(":")[0].replace("-", " ")
            self._warn(
                f"The list of {noun} may be incomplete: the service counts {total} and lists {len(objects)}, "
                "twice in a row."
            )
        return Listing(objects, unlisted)

    def first_page(self, path: str, query: Mapping[str, Any]) -> List[Object]:
        """The objects on the first page of a list, which must be all that the query selects."""
        return _page_objects(self._read_page(path, query, 1))

    def _list_once(self, path: str, query: Optional[Mapping[str, Any]]) -> Tuple[List[Object], Optional[int]]:
        """The objects of all pages, and their number as the service counts them, if it does."""
        objects: List[Object] = []
        pages_by_id: Dict[str, int] = {}
        seen_tokens = set()
        page_query: Mapping[str, Any] = {**(query or {}), "page_size": str(PAGE_SIZE)}
        for page in range(1, MAX_PAGES + 1):
            response = self._read_page(path, page_query, page)
            for obj in _page_objects(response):
                if obj["id"] in pages_by_id:
                    detail = f"pages {pages_by_id[obj['id']]} and {page} both have {quoted(obj['id'])}"
                    raise _invalid_response(
                        f"{detail}, so the list is not reliable", response, "Run the task again."
                    )
                pages_by_id[obj["id"]] = page
                objects.append(obj)

            next_query = _next_query(response)
            if next_query is None:
                total = response.body["metadata"].get("total_size")
                return objects, total if isinstance(total, int) and not isinstance(total, bool) else None
            token = next_query["page_token"][0]
            if token in seen_tokens:
                raise _invalid_response(
                    f"the next link of page {page} leads back to an earlier page", response
                )
            seen_tokens.add(token)
            # A link may have the token alone. Source: `page_size` is only valid on the first request.
            page_query = {**(query or {}), **next_query}
        raise TransportError(f"the list does not end after {MAX_PAGES} pages")

    def _read_page(self, path: str, query: Mapping[str, Any], page: int) -> ApiResponse:
        try:
            return self.send(Request("GET", path, has_body, query=query))
        except (NotFoundError, ForbiddenError) as error:
            if page > 1:
                # The list exists. Only the response to the first page of a lookup may mean that it is empty.
                next_step = f"Page {page} of the list could not be read. Run the task again."
                raise ApiError(**{**vars(error), "next_step": next_step}) from None
            if isinstance(error, ForbiddenError):
                raise
            next_step = (
                "Check the endpoint. It must not contain /notifications/v1. "
                f"The default is {DEFAULT_ENDPOINT}."
            )
            raise error.replace(next_step=next_step) from None

    def create(self, path: str, body: Mapping[str, Any]) -> Object:
        """POST: the new object. After an error, ``outcome_unknown`` says whether it may exist.

        The contract does not require the ID in the response, but its ``Location`` header ends with it.
        """
        request = Request("POST", path, is_mapping, body=body, retry_mode=RetryMode.CREATE)
        response = self.send(request)
        created: Object = response.body
        if is_object_with_id(created):
            return created
        object_id = id_from_location(response.headers)
        if not is_valid_id(object_id):
            error = _invalid_response("the response has neither an ID nor a Location", response)
            raise error.replace(outcome_unknown=True)
        return {**created, "id": object_id}

    def read(self, path: str, object_id: str) -> Object:
        """GET of one object."""
        obj: Object = self.send(Request("GET", _object_path(path, object_id), _has_id(object_id))).body
        return obj

    def look_up(self, path: str, query: Mapping[str, Any]) -> Optional[Object]:
        """GET of a lookup with one object as its answer.

        None if the API answers with 404 or with an empty object.
        """
        try:
            obj: Object = self.send(Request("GET", path, _is_object_or_empty, query=query)).body
        except NotFoundError as error:
            if not error.is_from_api:  # another server answered, at a wrong endpoint
                raise
            return None
        return obj or None

    def get_summary(self, path: str, member: str) -> Object:
        """GET of a verb such as ``user-notifications:summary``, whose answer must have ``member``."""
        request = Request("GET", path, lambda body: isinstance(body, dict) and member in body)
        summary: Object = self.send(request).body
        return summary

    def update(self, path: str, object_id: str, body: Mapping[str, Any]) -> Object:
        """PATCH: the object after the change."""
        request = Request("PATCH", _object_path(path, object_id), _has_id(object_id), body=body)
        obj: Object = self.send(request).body
        return obj

    def delete(self, path: str, object_id: str) -> None:
        """DELETE."""
        self.send(Request("DELETE", _object_path(path, object_id), has_no_body))

    def call_action(
        self, method: str, path: str, body: Mapping[str, Any], query: Optional[Mapping[str, Any]] = None
    ) -> None:
        """POST or PATCH to a verb such as ``integrations:test``, whose answer is empty."""
        mode = RetryMode.ACTION if method == "POST" else RetryMode.IDEMPOTENT
        self.send(Request(method, path, has_no_body, query=query, body=body, retry_mode=mode))

    # Requests and retries

    def send(self, request: Request) -> ApiResponse:
        """Send one request, and repeat it until the deadline as retry.py says."""
        attempt = 0
        started = self.now()
        is_token_renewed = False
        outcome_unknown = False
        while True:
            attempt += 1
            try:
                self._wait_for_slot()
                auth = _anonymous if request.form is not None else self._authenticate()
                return self._transport.send(request, auth, self._remaining_timeout())
            except AttemptFailedError as failed:
                failure, error = failed.failure, failed.error
            except NotificationsError as final:
                is_unknown = request.is_write and (outcome_unknown or final.outcome_unknown)
                raise final.replace(outcome_unknown=is_unknown) from None

            if error.status == 401 and isinstance(auth, ExchangedToken) and not is_token_renewed:
                # A 401 was not carried out, whatever the method. A new token may help, once.
                is_token_renewed = True
                self._session.token_cache.discard(auth)
                self._count_retry()
                continue
            delay = retry.retry_delay(request.retry_mode, failure, attempt, self.wall_clock(), self._jitter())
            # One of several attempts may have taken effect, whatever the last one says. A creation is
            # only repeated after attempts that were certainly not carried out.
            is_harmless = request.retry_mode is RetryMode.CREATE and delay is not None
            outcome_unknown = outcome_unknown or (retry.outcome_unknown(failure) and not is_harmless)
            if delay is None or self.now() + delay >= self._deadline:
                self._give_up(request, failure, error, attempt, self.now() - started, delay, outcome_unknown)

            self._count_retry()
            self._wait(delay, f"{request.method} {request.path}: {error.detail}")

    def _give_up(
        self,
        request: Request,
        failure: Failure,
        error: NotificationsError,
        attempts: int,
        seconds: float,
        delay: Optional[float],
        outcome_unknown: bool,
    ) -> NoReturn:
        """Raise the error of the last attempt, with the number of attempts and their time."""
        deadline = f"{self._connection.deadline:g} s"
        tries = f"{counted(attempts, 'attempt')} over {seconds:.0f} s"
        detail = error.detail
        if failure.kind == retry.TIMED_OUT:
            detail = f"no response in {tries} (timeout {self._connection.timeout:g} s, deadline {deadline})"
        elif delay is not None:
            next_attempt = f"the next attempt would be in {delay:.0f} s, after the deadline of {deadline}"
            detail = f"{detail.rstrip('.')} ({tries}; {next_attempt})"
        elif attempts > 1:
            detail = f"{detail.rstrip('.')} ({tries})"

        next_step = error.next_step
        if error.type == "unauthenticated" and request.form is None:
            credentials = self._connection.credentials.description
            next_step = f"{origin_of(self.endpoint)} received {credentials}. {next_step}"
        raise error.replace(
            detail=detail,
            next_step=next_step,
            outcome_unknown=request.is_write and outcome_unknown,
            retry_after=retry.retry_after(failure, self.wall_clock()),
        )

    def _remaining_timeout(self) -> float:
        remaining: float = max(0.001, self._deadline - self.now())
        return min(self._connection.timeout, remaining)

    # Authentication

    def _authenticate(self) -> Any:
        credentials = self._connection.credentials
        if not isinstance(credentials, TokenExchange):
            return credentials
        token = self._session.token_cache.get(lambda: self._exchange_token(credentials), self.now())
        self.redactor.add(token.token)
        with self._lock:
            self._exchanged_tokens.add(token.token)
        return token

    def _exchange_token(self, credentials: TokenExchange) -> Tuple[str, float]:
        """A new access token and its lifetime in seconds, from ``POST /sts/v1/oauth2/token``."""
        request = Request("POST", TOKEN_PATH, has_body, form=credentials.form())
        with operation("exchange the external token for an access token"):
            try:
                response = self.send(request)
            except ApiError as error:
                if error.type in ("rate_limited", "server_error"):
                    raise
                next_step = "Check `external_token`, which may have expired, and `identity_pool_id`."
                raise error.replace(next_step=next_step) from None
            body = response.body if isinstance(response.body, dict) else {}
            token, lifetime = body.get("access_token"), _parse_lifetime(body.get("expires_in"))
            if not isinstance(token, str) or not token.isprintable() or not token or lifetime is None:
                raise _invalid_response("the response lacks a valid access_token or expires_in", response)
        return token, lifetime

    # Waiting

    def wait_for_turn(self) -> bool:
        """Wait a moment of real time for another task of this controller; False at the deadline."""
        self._tracker.wait(0.02)
        return not self._tracker.is_canceled and time.time() < self.created_at + self._connection.deadline

    def cancel(self) -> None:
        """Stop: requests under way fail at once, waits end, and nothing more is sent."""
        self._tracker.cancel()

    def pause(self, seconds: float, reason: str) -> bool:
        """Wait for the service to catch up; False, without waiting, if the deadline would pass."""
        if self.now() + seconds >= self._deadline:
            return False
        self._wait(seconds, reason)
        return True

    def _wait_for_slot(self) -> None:
        """Wait until no response of this client demands a delay any more.

        Raises if the deadline has passed or the task is stopped.
        """
        while not self._tracker.is_canceled:
            with self._lock:
                ahead = self._not_before - self.now()
            if ahead <= 0:
                break
            self._clock.wait(self._tracker, ahead)
        if self._is_orphaned():
            self.cancel()
        if self._tracker.is_canceled:
            raise TransportError("the task was stopped", type="canceled")
        if self.now() >= self._deadline:
            detail = f"the deadline of {self._connection.deadline:g} s for the task has passed"
            raise TransportError(detail, type="deadline_exceeded")

    def _wait(self, seconds: float, reason: str) -> None:
        """Wait, and make every other request of this client wait as well."""
        reason = one_line(reason).rstrip(".")
        with self._lock:
            self._not_before = max(self._not_before, self.now() + seconds)
            self.stats.add_wait(reason, seconds)
        self._on_wait(f"Waiting {seconds:.1f} s: {reason}.", seconds)
        self._clock.wait(self._tracker, seconds)

    # Statistics

    def _count_request(self, request: Request) -> None:
        with self._lock:
            self.stats.requests += 1
            self.stats.writes += request.is_write

    def _count_retry(self) -> None:
        with self._lock:
            self.stats.retries += 1

    def _observe_headers(self, headers: Mapping[str, str]) -> None:
        request_id = request_id_of(headers)
        if request_id:
            with self._lock:
                self.stats.request_ids.append(request_id)
        self._observe_rate_limit(headers)

    def _observe_rate_limit(self, headers: Mapping[str, str]) -> None:
        """Slow down before the service has to refuse a request.

        Source: "Rate limits" of the contract; X-RateLimit-Reset is in relative seconds.
        """
        limit, remaining, reset = (
            retry.first_number(headers.get(f"X-RateLimit-{name}")) for name in ("Limit", "Remaining", "Reset")
        )
        if remaining is None or reset is None:
            return
        with self._lock:
            self.stats.rate_limit = {
                "limit": None if limit is None else int(limit),
                "remaining": int(remaining),
                "reset": int(reset),
            }
        seconds = min(reset, MAX_RATE_LIMIT_PAUSE)
        if remaining >= 1 or self.now() + seconds >= self._deadline:
            return

        reason = "the rate limit is exhausted"
        with self._lock:
            is_new = self._not_before < self.now() + seconds / 2
            self._not_before = max(self._not_before, self.now() + seconds)
            if is_new:
                self.stats.add_wait(reason, seconds)
        if is_new:
            self._on_wait(f"Waiting {seconds:.1f} s: {reason}.", seconds)


def _anonymous(request: Any) -> Any:
    """An auth object that adds no Authorization header. Without it, ``~/.netrc`` would be read."""
    return request


def _parse_lifetime(value: Any) -> Optional[float]:
    """Seconds, from none to a day; None for anything that is not a number."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    seconds = float(min(max(value, 0), MAX_TOKEN_LIFETIME))
    return seconds if math.isfinite(seconds) else None


def is_valid_id(object_id: str) -> bool:
    """Whether an ID can be part of a path without changing the path."""
    return object_id.isprintable() and not _UNSAFE_ID.fullmatch(object_id)


def _object_path(path: str, object_id: str) -> str:
    if not is_valid_id(object_id):
        detail = f"{quoted(object_id)} is not a valid ID"
        raise RefusedError(detail, next_step="Check the ID. IDs look like i-12345.")
    return f"{path}/{quote(object_id, safe='')}"


def _has_id(object_id: str) -> Callable[[Any], bool]:
    """Whether a body is the requested object, and no other."""
    return lambda body: is_object_with_id(body) and body["id"] == object_id


def _is_object_or_empty(body: Any) -> bool:
    return body == {} or is_object_with_id(body)


def _page_objects(response: ApiResponse) -> List[Object]:
    data = response.body.get("data") if isinstance(response.body, dict) else None
    if not isinstance(data, list) or not all(map(is_object_with_id, data)):
        raise _invalid_response("`data` of a page is not a list of objects with IDs", response)
    return data


def _next_query(response: ApiResponse) -> Optional[Dict[str, List[str]]]:
    """The query of the next page: the whole query of the ``next`` link, whose other parts are ignored.

    None at the end.
    """
    metadata = response.body.get("metadata")
    if not isinstance(metadata, dict):
        raise _invalid_response(
            "a page has no `metadata`, so it is unknown whether another page follows", response
        )
    link = metadata.get("next")
    if link is None or link == "":
        return None
    try:
        query = parse_qs(urlsplit(link).query, keep_blank_values=True) if isinstance(link, str) else {}
    except ValueError:
        query = {}
    if not query.get("page_token", [""])[0]:
        raise _invalid_response("the next link of a page has no page_token", response)
    return query


def _invalid_response(detail: str, response: ApiResponse, next_step: Optional[str] = None) -> TransportError:
    return TransportError(detail, status=response.status, request_id=response.request_id, next_step=next_step)
