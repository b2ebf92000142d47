# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: log, faults, authentication, limits, validation; and the control paths."""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import dataclasses
import gzip
import json
import re
import sys
import uuid
from dataclasses import dataclass
from typing import Any, Optional
from urllib.parse import parse_qsl, urlencode, urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler

from . import contract
from .clock import Clock
from .faults import ALTERING, REPLACING, Fault, Queue
from .resources import RESOURCES, ApiError, ErrorItem
from .service import API, TOKEN_PATH, Response, Service, User
from .settings import Settings

CHALLENGE = 'Basic error="invalid_key", error_description="The API Key is invalid"'
BODY_LIMIT = 1024 * 1024
#: The prefix of the paths that redirects lead to.
MOVED = "/moved"
#: What follows a status in an error's title.
TITLES = {404: "Not Found", 405: "Method Not Allowed", 422: "Validation Failed"}

CONTROLS = (
    "GET help",
    "POST reset",
    "GET settings",
    "GET requests",
    "POST faults",
    "POST faults/clear",
    "GET faults",
    "POST read-only",
    "GET read-only",
    "POST routes",
    "GET deliveries",
    "POST inbox/NAME",
    "GET inbox",
    "POST clock",
    "GET objects",
)
#: The JSON body of each control request.
CONTROL_BODIES = {
    "reset": (
        '{"settings": {...}, "integrations": [...] or a number, "read_only": true or false}, each optional'
    ),
    "faults": (
        '{"kind": "...", "method": "...", "path": "...", ...} or a list of these; '
        "tools/emulator/faults.py lists the kinds"
    ),
    "read-only": '{"enabled": true or false}',
    "routes": (
        '{"notification_type": NAME, "integrations": [NAME, ...], "current_state": "ENABLED" or "DISABLED"}'
    ),
    "clock": '{"advance": SECONDS}',
}


class _Cut(Exception):
    """Drop the connection without a response."""


@dataclass
class _Window:
    """The rate-limit window of one user."""

    ends: float
    used: int = 0


@dataclass(frozen=True)
class _Call:
    """One request to the API."""

    request: web.Request
    #: The path without the prefix of redirects.
    path: str
    body: bytes
    #: The entry in the request log.
    record: dict[str, Any]
    fault: Optional[Fault]

    @property
    def method(self) -> str:
        return self.request.method

    @property
    def request_id(self) -> str:
        return str(self.record["request_id"])

    def has_fault(self, *kinds: str) -> bool:
        return self.fault is not None and self.fault.kind in kinds

    def contract_request(self) -> contract.Request:
        """The request in the form that the contract validates."""
        query = self.request.query.items()
        return contract.Request(self.method, self.path, query, self.request.headers, self.body)


class Emulator:
    """The application: the API under its own paths, control under ``/_emulator/``."""

    def __init__(
        self,
        settings: Settings,
        read_only: bool = False,
        trust_answers: bool = False,
        shared_contract: Optional[contract.Contract] = None,
    ):
        """``shared_contract`` is that of another emulator in this process, because reading it takes time."""
        self.contract = shared_contract or contract.Contract()
        self.base_url = ""
        self._initial_settings = settings
        self._initial_read_only = read_only
        self._validates_responses = not trust_answers
        self._in_progress = 0
        self._was_reset = asyncio.Event()
        self.reset({})

    def reset(self, wanted: dict[str, Any]) -> None:
        """Return to the initial state, apart from what is wanted.

        ``settings`` overrides some settings; ``integrations`` is a list, or a number of made-up ones;
        ``read_only`` is a boolean. Raises ValueError or TypeError for anything else.
        """
        valid = {"settings", "integrations", "read_only"}
        if not isinstance(wanted, dict) or set(wanted) - valid:
            raise ValueError(f"reset takes {', '.join(sorted(valid))}")

        settings = self._initial_settings.changed(wanted.get("settings", {}))
        integrations = wanted.get("integrations", [])
        if isinstance(integrations, int):
            integrations = [_generated_integration(number) for number in range(integrations)]

        clock = Clock()
        service = Service(settings, clock, self.contract, self.base_url, integrations)

        self._was_reset.set()
        self._was_reset = asyncio.Event()
        self.clock, self.service = clock, service
        self.read_only = bool(wanted.get("read_only", self._initial_read_only))
        self.faults = Queue()
        self.requests: list[dict[str, Any]] = []
        self.inbox: list[dict[str, Any]] = []
        self._windows: dict[str, _Window] = {}

    def application(self) -> web.Application:
        """The aiohttp application."""
        application = web.Application(client_max_size=BODY_LIMIT, middlewares=[_refuse_web_pages])
        # An id may contain any character, line feeds too.
        application.router.add_route("*", r"/_emulator/{name:[\s\S]*}", self._control)
        application.router.add_route("*", r"/{path:[\s\S]*}", self._serve)
        return application

    # The API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        record = self._log(request, body)
        fault = self.faults.take(request.method, request.path)
        call = _Call(request, _api_path(request.path), body, record, fault)

        self._in_progress += 1
        service = self.service
        try:
            delay = service.settings.latency_ms
            if fault and not fault.applied:
                delay += fault.delay_ms
            if delay:
                await self._delay(delay)
                if service is not self.service:
                    raise _Cut  # The state was reset meanwhile, so the request is out of date.
            return await self._respond(call)
        except _Cut:
            record["status"] = None
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            self._in_progress -= 1

    async def _delay(self, milliseconds: float) -> None:
        """Delay a response. A reset ends the delay."""
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._was_reset.wait(), milliseconds / 1000)

    async def _respond(self, call: _Call) -> web.StreamResponse:
        """Apply the fault of a call, if any, and otherwise handle it."""
        fault = call.fault
        if call.has_fault("cut-before"):
            raise _Cut
        if fault and call.has_fault("meanwhile"):
            await self._act_as_other_client(fault.body)
        if call.has_fault("tokens-expire"):
            self.service.expire_tokens()
        if fault and not fault.applied and call.has_fault(*REPLACING):
            return self._fault_response(call, fault)

        location = self._redirect_location(call)
        if location:
            return self._redirect(call, location)

        response = await self._handle(call)
        text = b"" if response.body is None else json.dumps(response.body).encode()
        if response.keeps_contract:
            self._validate_response(call, response, text)

        if call.has_fault("cut-after"):
            raise _Cut
        if fault and fault.applied and call.has_fault("delay"):
            await self._delay(fault.delay_ms)
        elif fault and fault.applied:
            return self._fault_response(call, fault)
        if fault and call.has_fault(*ALTERING) and response.body is not None:
            text = _altered_body(fault, response.body, text)

        call.record["status"] = response.status
        content_type = "text/plain" if call.has_fault("content-type") else "application/json"
        return web.Response(
            status=response.status,
            headers=response.headers,
            body=text,
            content_type=content_type if text else None,
        )

    async def _handle(self, call: _Call) -> Response:
        """The response of the service, with headers; errors included."""
        headers = {"X-Request-Id": call.request_id}
        try:
            user = self._authenticate(call)
            if user:
                headers.update(self._count(user))
            response = await self._serve_valid(call, user)
        except ApiError as error:
            response = self._error_response(call, error)
            if error.status != 429:
                # The contract has the rate-limit headers in successful responses and in a 429.
                headers = {"X-Request-Id": call.request_id}

        headers.update(response.headers)
        if self.service.settings.response_headers == "omitted":
            headers = {}
        return dataclasses.replace(response, headers=headers)

    async def _act_as_other_client(self, acts: Any) -> None:
        """Requests of another client. They are not logged, and no limit or read-only mode applies to them."""
        for act in acts if isinstance(acts, list) else [acts]:
            with contextlib.suppress(ApiError):
                path = f"/notifications/v1{act['path']}"
                await self.service.handle(act["method"], path, {}, act.get("body"))

    def _log(self, request: web.Request, body: bytes) -> dict[str, Any]:
        """Add a request to the log, before anything can happen to it."""
        text = body.decode("utf-8", "replace")
        try:
            content = json.loads(text) if text else None
        except (ValueError, RecursionError):
            content = text

        query = {name: values if len(values) > 1 else values[0] for name, values in _query(request).items()}
        peer = request.transport.get_extra_info("peername") if request.transport else None
        record: dict[str, Any] = {
            "request_id": uuid.uuid4().hex,
            "method": request.method,
            "path": request.path,
            "query": query,
            "body": content,
            "authorization": request.headers.get("Authorization", "").partition(" ")[0] or None,
            "user_agent": request.headers.get("User-Agent"),
            "connection": f"{peer[0]}:{peer[1]}" if peer else None,
            "status": None,
            "refused_write": False,
            "violations": [],
        }
        self.requests.append(record)
        return record

    def _redirect_location(self, call: _Call) -> Optional[str]:
        """Where the policy redirects a call to, None if it is to be handled."""
        policy = self.service.settings.redirects
        is_redirected = policy in ("307", "308") or (policy in ("301", "302") and call.method == "GET")
        if not is_redirected or not call.request.path.startswith(API):
            return None
        return f"{self.base_url}{MOVED}{call.request.rel_url.raw_path_qs}"

    def _redirect(self, call: _Call, location: str) -> web.Response:
        status = int(self.service.settings.redirects)
        call.record["status"] = status
        headers = {"X-Request-Id": call.request_id, "Location": location}
        return web.Response(status=status, headers=headers)

    def _authenticate(self, call: _Call) -> Optional[User]:
        """The user of a call, None for the token exchange; raises ApiError for invalid credentials."""
        if call.path == TOKEN_PATH:
            return None

        scheme, _space, value = call.request.headers.get("Authorization", "").partition(" ")
        credentials = (value, "")
        if scheme == "Basic":
            try:
                key, _colon, secret = base64.b64decode(value, validate=True).decode().partition(":")
                credentials = (key, secret)
            except (binascii.Error, UnicodeError):
                scheme = ""

        user = self.service.user(scheme, credentials)
        if user is None:
            detail = "Valid authentication credentials must be provided."
            headers = {"WWW-Authenticate": CHALLENGE}
            raise ApiError(401, "user_unauthenticated", "Authentication Required", detail, headers=headers)
        return user

    def _count(self, user: User) -> dict[str, str]:
        """Count a request against its user's limits; the rate-limit headers. Raises ApiError with 429."""
        settings, now = self.service.settings, self.clock.monotonic()
        window = self._windows.get(user.name)
        if window is None or now >= window.ends:
            window = self._windows[user.name] = _Window(ends=now + settings.rate_window)

        window.used += 1
        reset = max(1, round(window.ends - now))
        headers = {
            "X-RateLimit-Limit": str(settings.rate_limit),
            "X-RateLimit-Remaining": str(max(0, settings.rate_limit - window.used)),
            "X-RateLimit-Reset": str(reset),
        }

        if window.used > settings.rate_limit:
            headers["Retry-After"] = str(reset)
            detail = f"More than {settings.rate_limit} requests in {settings.rate_window} seconds."
            raise ApiError(429, "rate_limit_exceeded", "Too Many Requests", detail, headers=headers)
        if self._in_progress > settings.concurrency_limit:
            headers["Retry-After"] = "1"
            detail = f"More than {settings.concurrency_limit} requests at once."
            raise ApiError(429, "concurrency_limit_exceeded", "Too Many Requests", detail, headers=headers)
        return headers

    async def _serve_valid(self, call: _Call, user: Optional[User]) -> Response:
        """Check a call against read-only mode, the contract and the user's rights, then carry it out."""
        is_write = user is not None and call.method != "GET"
        if is_write and self.read_only:
            call.record["refused_write"] = True
            detail = "The emulator refuses every write in read-only mode."
            raise ApiError(403, "read_only_mode", "Forbidden", detail)

        self._validate_request(call)

        # Every user may mark their own notifications.
        is_own = call.path.startswith(f"{API}user-notifications")
        if is_write and user is not None and not user.may_write and not is_own:
            raise ApiError(403, "user_unauthorized", "Forbidden", f"The user of {user.name} may only read.")

        content: Any = None
        if call.body and call.path == TOKEN_PATH:
            content = dict(parse_qsl(call.body.decode(), keep_blank_values=True))
        elif call.body:
            content = json.loads(call.body)
        return await self.service.handle(call.method, call.path, _query(call.request), content)

    # Validation and errors

    def _validate_request(self, call: _Call) -> None:
        """Raise ApiError for a request that violates the contract, with all violations of the same status."""
        try:
            violations = self.contract.request_violations(call.contract_request())
        except RecursionError:
            detail = "The body is nested too deeply."
            raise ApiError(400, "invalid_request", "Bad Request", detail) from None
        if not violations:
            return

        call.record["violations"] = [violation.detail for violation in violations]
        first, *others = violations
        more = [
            ErrorItem(other.detail, other.pointer, other.parameter)
            for other in others
            if other.status == first.status
        ]
        headers = {}
        if first.status == 405:
            headers["Allow"] = ", ".join(self.contract.allowed_methods(call.path))

        raise ApiError(
            first.status,
            "invalid_request",
            TITLES.get(first.status, "Bad Request"),
            first.detail,
            pointer=first.pointer,
            parameter=first.parameter,
            headers=headers,
            more=tuple(more) if self.service.settings.validation_errors == "all" else (),
        )

    def _validate_response(self, call: _Call, response: Response, text: bytes) -> None:
        """Report a response of the emulator that violates the contract: a bug of the emulator."""
        is_operation = bool(self.contract.statuses(call.method, call.path))
        if not is_operation or not self._validates_responses:
            return

        violations = self.contract.response_violations(
            call.contract_request(), response.status, response.headers, text
        )
        if violations:
            message = f"{call.method} {call.path} -> {response.status} violates the contract: {violations}"
            print(message, file=sys.stderr)
            call.record["violations"] = [f"response: {violation}" for violation in violations]

    def _error_response(self, call: _Call, error: ApiError) -> Response:
        if error.status == 429 and self.service.settings.rate_limit_body == "omitted":
            return Response(429, None, error.headers)
        return Response(error.status, self._error_body(call, error), error.headers)

    def _error_body(self, call: _Call, error: ApiError) -> dict[str, Any]:
        if self.service.settings.error_envelope == "error":
            return self._guide_envelope(call, error)

        has_code = self.service.settings.error_codes == "given"
        errors = []
        for item in error.items:
            document: dict[str, Any] = {"id": uuid.uuid4().hex, "status": str(error.status)}
            if has_code:
                document["code"] = error.code
            document["title"] = error.title
            if has_code or error.status != 404:  # The published example of a 404 has no detail.
                document["detail"] = item.detail
            source = {"pointer": item.pointer, "parameter": item.parameter}
            if any(value is not None for value in source.values()):
                document["source"] = {name: value for name, value in source.items() if value is not None}
            errors.append(document)
        return {"errors": errors}

    def _guide_envelope(self, call: _Call, error: ApiError) -> dict[str, Any]:
        """The second envelope, as the API guide documents it: one error, whose details are a text."""
        document: dict[str, Any] = {
            "message": error.title,
            "details": " ".join(item.detail for item in error.items),
            "timestamp": self.clock.timestamp(),
            "path": call.path,
        }
        places = [item.pointer or item.parameter for item in error.items if item.pointer or item.parameter]
        if places:
            document["suggestion"] = f"Correct {', '.join(map(str, places))}."

        envelope: dict[str, Any] = {
            "status": error.status,
            "error": document,
            "requestId": call.request_id,
        }
        if self.service.settings.error_codes == "given":
            code = error.code.upper()
            document["code"] = code
            envelope["doc_url"] = f"https://docs.confluent.io/cloud/current/api/errors/{code}.html"
        return envelope

    def _fault_response(self, call: _Call, fault: Fault) -> web.Response:
        """The response that a test ordered in place of the proper one."""
        headers = {"X-Request-Id": call.request_id, **fault.headers}
        if fault.kind == "redirect":
            call.record["status"] = fault.status or 307
            headers["Location"] = fault.location
            return web.Response(status=fault.status or 307, headers=headers)

        if fault.kind == "html":
            status, text, content_type = fault.status or 200, "<html><body>Gateway</body></html>", "text/html"
        else:
            status, content_type = fault.status, "application/json"
            body = fault.body
            if body is None:
                detail = f"A test ordered status {fault.status}."
                body = self._error_body(call, ApiError(status, "injected_fault", "Injected Fault", detail))
            text = body if isinstance(body, str) else json.dumps(body)

        call.record["status"] = status
        return web.Response(status=status, headers=headers, text=text, content_type=content_type)

    # Control

    async def _control(self, request: web.Request) -> web.StreamResponse:
        name, _slash, rest = request.match_info["name"].partition("/")
        called = f"{request.method} /_emulator/{name}"
        action = getattr(self, f"_{request.method.lower()}_{name.replace('-', '_')}", None)

        if action is None:
            valid = [control for control in CONTROLS if control.split()[1].partition("/")[0] == name]
            error = f"{called} does not exist. Valid requests: {', '.join(valid or CONTROLS)}."
            return web.json_response({"error": error}, status=404)

        if request.can_read_body and request.content_type != "application/json":
            error = f"{called} takes JSON, sent with the header Content-Type: application/json (curl --json)."
            return web.json_response({"error": error}, status=415)

        try:
            content = await request.json() if request.can_read_body else {}
            return web.json_response(action(content, rest))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as problem:
            error = f"{called} takes {CONTROL_BODIES.get(name, 'nothing')}: {problem}"
            return web.json_response({"error": error}, status=400)

    def _get_help(self, _content: Any, _rest: str) -> dict[str, Any]:
        """The control requests with the bodies that they take."""
        return {
            f"{method} /_emulator/{name}": CONTROL_BODIES.get(name, "") if method == "POST" else ""
            for method, name in (control.split() for control in CONTROLS)
        }

    def _get_requests(self, _content: Any, _rest: str) -> list[dict[str, Any]]:
        return self.requests

    def _post_reset(self, content: Any, _rest: str) -> dict[str, Any]:
        self.reset(content)
        return self._get_settings({}, "")

    def _get_settings(self, _content: Any, _rest: str) -> dict[str, Any]:
        return {"settings": dataclasses.asdict(self.service.settings), "read_only": self.read_only}

    def _post_read_only(self, content: Any, _rest: str) -> dict[str, Any]:
        self.read_only = bool(content["enabled"])
        return {"read_only": self.read_only}

    def _get_read_only(self, _content: Any, _rest: str) -> dict[str, Any]:
        return {"read_only": self.read_only}

    def _post_faults(self, content: Any, rest: str) -> dict[str, Any]:
        if rest == "clear":
            self.faults = Queue()
            return {"queued": 0}

        documents = content if isinstance(content, list) else [content]
        self.faults.faults.extend([Fault.read(document) for document in documents])
        return {"queued": len(self.faults.faults)}

    def _get_faults(self, _content: Any, _rest: str) -> list[dict[str, Any]]:
        return [dataclasses.asdict(fault) for fault in self.faults.faults]

    def _post_routes(self, content: Any, _rest: str) -> dict[str, Any]:
        """Subscribe a type to integrations, by names, regardless of all policies."""
        state = content.get("current_state", "ENABLED")
        return self.service.route(content["notification_type"], content["integrations"], state)

    def _get_deliveries(self, _content: Any, _rest: str) -> list[dict[str, Any]]:
        return [dataclasses.asdict(result) for result in self.service.deliveries]

    def _post_clock(self, content: Any, _rest: str) -> dict[str, Any]:
        self.clock.advance(float(content["advance"]))
        return {"advanced": content["advance"]}

    def _post_inbox(self, content: Any, rest: str) -> dict[str, Any]:
        """A webhook receiver, so that a delivered notification can be seen without a second server."""
        self.inbox.append({"name": rest, "body": content})
        return {"received": True}

    def _get_inbox(self, _content: Any, rest: str) -> list[dict[str, Any]]:
        return [message for message in self.inbox if not rest or message["name"] == rest]

    def _get_objects(self, _content: Any, rest: str) -> Any:
        """What is stored, without any masking. ``*`` stands for all collections."""
        if rest == "*":
            return {collection: list(self.service.store.objects(collection)) for collection in RESOURCES}
        return list(self.service.store.objects(rest or "integrations"))


_LOCAL_HOST = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?")


@web.middleware
async def _refuse_web_pages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Serve only programs on this machine: no web page, whatever its host name, may use the emulator."""
    origin = request.headers.get("Origin")
    is_same_origin = origin is None or origin == f"{request.scheme}://{request.host}"
    is_same_site = request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin")
    if _LOCAL_HOST.fullmatch(request.host) and is_same_origin and is_same_site:
        return await handler(request)

    error = (
        "The emulator serves programs on this machine only: "
        "it refuses other hosts in Host and Origin, and other sites in Sec-Fetch-Site."
    )
    return web.json_response({"error": error}, status=403)


def _generated_integration(number: int) -> dict[str, Any]:
    """A made-up integration."""
    return {
        "display_name": f"channel-{number:05}",
        "description": f"Made-up channel {number}",
        "target": {"kind": "Slack", "webhook_url": f"https://hooks.slack.example/services/{number:05}"},
    }


def _api_path(path: str) -> str:
    """A path without the prefix of redirects."""
    return path.removeprefix(MOVED) if path.startswith(MOVED + API) else path


def _query(request: web.Request) -> dict[str, list[str]]:
    return {name: request.query.getall(name) for name in request.query}


def _altered_body(fault: Fault, body: dict[str, Any], text: bytes) -> bytes:
    """A proper body with one thing wrong."""
    if fault.kind == "truncated":
        return text[: len(text) // 2]
    if fault.kind == "gzip":
        return gzip.compress(text)

    if fault.kind == "members":
        return json.dumps({**body, **fault.body}).encode()
    if fault.kind == "unlisted":
        shown = [obj for obj in body["data"] if not {obj["id"], obj.get("display_name")} & set(fault.body)]
        return json.dumps({**body, "data": shown}).encode()

    metadata = body.get("metadata", {})
    if fault.kind == "next-elsewhere" and metadata.get("next"):
        query = dict(parse_qsl(urlsplit(metadata["next"]).query))
        metadata = {**metadata, "next": f"{fault.location}?{urlencode(query)}"}
    elif fault.kind == "next-loop":
        metadata = {**metadata, "next": f"{metadata.get('first')}&page_token={fault.location}"}
    return json.dumps({**body, "metadata": metadata}).encode()
