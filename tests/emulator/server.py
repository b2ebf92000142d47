# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a request through the server: log, faults, authentication, limits, contract, service, contract again."""

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

from . import contract
from .clock import Clock
from .faults import BENDING, Fault, Queue
from .resources import RESOURCES, Refusal
from .service import TOKEN_PATH, Answer, Service, User
from .settings import Settings

CHALLENGE = 'Basic error="invalid_key", error_description="The API key is invalid"'
BODY_LIMIT = 1024 * 1024
CONTROLS = (
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
#: What a control path wants in its JSON body.
CONTROLS_TAKE = {
    "reset": '{"settings": {...}, "integrations": [...] or a number, "read_only": true or false}, each optional',
    "faults": '{"kind": "...", "method": "...", "path": "...", ...} or a list of these; tests/emulator/faults.py names the kinds',
    "read-only": '{"enabled": true or false}',
    "routes": '{"notification_type": NAME, "integrations": [NAME, ...], "current_state": "ENABLED" or "DISABLED"}',
    "clock": '{"advance": SECONDS}',
}


class _Cut(Exception):
    """The connection is to be dropped without an answer."""


@dataclass
class _Window:
    """One user's rate-limit window."""

    ends: float
    used: int = 0


class Emulator:
    """The application: the API under its own paths, control under ``/_emulator/``."""

    def __init__(self, settings: Settings, read_only: bool = False, trust_answers: bool = False):
        self.trust_answers = trust_answers
        self.started_with = settings
        self.started_read_only = read_only
        self.contract = contract.Contract()
        self.base_url = ""
        self._under_way = 0
        self.reset({})

    def reset(self, wanted: dict[str, Any]) -> None:
        """Back to how the emulator was started, with ``settings``, ``integrations`` (a list, or a number of made-up
        ones) and ``read_only`` as wanted. Raises ValueError or TypeError for what makes no sense."""
        known = {"settings", "integrations", "read_only"}
        if not isinstance(wanted, dict) or set(wanted) - known:
            raise ValueError(f"reset takes {', '.join(sorted(known))}")
        integrations = wanted.get("integrations", [])
        if isinstance(integrations, int):
            integrations = [
                {
                    "display_name": f"channel-{n:05}",
                    "description": f"Made-up channel {n}",
                    "target": {"kind": "Slack", "webhook_url": f"https://hooks.slack.example/services/{n:05}"},
                }
                for n in range(integrations)
            ]
        settings = self.started_with.changed(wanted.get("settings", {}))
        self.clock = Clock()
        self.service = Service(settings, self.clock, self.base_url, integrations)
        self.read_only = bool(wanted.get("read_only", self.started_read_only))
        self.faults = Queue()
        self.requests: list[dict[str, Any]] = []
        self.inbox: list[dict[str, Any]] = []
        self._windows: dict[str, _Window] = {}

    def application(self) -> web.Application:
        application = web.Application(client_max_size=BODY_LIMIT, middlewares=[_refuse_web_pages])
        # An id may hold anything, line feeds too.
        application.router.add_route("*", r"/_emulator/{name:[\s\S]*}", self._control)
        application.router.add_route("*", r"/{path:[\s\S]*}", self._serve)
        return application

    # The API

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        record = self._record(request, body)
        fault = self.faults.take(request.method, request.path)
        self._under_way += 1
        service = self.service
        try:
            delay = self.service.settings.latency_ms + (fault.delay_ms if fault and not fault.applied else 0)
            if delay:
                await asyncio.sleep(delay / 1000)
                if service is not self.service:
                    raise _Cut  # sent before a reset; it must not reach what came after
            return await self._answer(request, body, fault, record)
        except _Cut:
            record["status"] = None
            if request.transport is not None:
                request.transport.abort()
            return web.Response()
        finally:
            self._under_way -= 1

    async def _answer(self, request: web.Request, body: bytes, fault: Optional[Fault], record: dict[str, Any]) -> web.StreamResponse:
        kind = fault.kind if fault else ""
        if kind == "cut-before":
            raise _Cut
        request_id = record["request_id"]
        if fault and kind == "meanwhile":
            await self._somebody(fault.body)
        if kind == "tokens-expire":
            self.service.expire_tokens()
        if fault and not fault.applied and kind in ("status", "html", "redirect"):
            return self._faulty(fault, record)
        headers = {"X-Request-Id": request_id}
        try:
            user = self._authenticate(request)
            if user:
                headers.update(self._count(user))
            answer = await self._handle(request, body, user, record)
        except Refusal as refusal:
            if refusal.status != 429:
                # The contract promises the rate-limit headers with a success and with 429 only.
                headers = {"X-Request-Id": request_id}
            answer = Answer(refusal.status, self._failure(refusal, request_id), refusal.headers)
        headers.update(answer.headers)
        text = b"" if answer.body is None else json.dumps(answer.body).encode()
        self._judge(request, body, answer.status, headers, text, record)
        if kind == "cut-after":
            raise _Cut
        if fault and fault.applied and kind == "delay":
            await asyncio.sleep(fault.delay_ms / 1000)
        elif fault and fault.applied:
            return self._faulty(fault, record)
        if fault and kind in BENDING and answer.body is not None:
            text = _bent(fault, answer.body, text)
        record["status"] = answer.status
        content_type = ("text/plain" if kind == "content-type" else "application/json") if text else None
        return web.Response(status=answer.status, headers=headers, body=text, content_type=content_type)

    async def _somebody(self, acts: Any) -> None:
        """Somebody else's request, or several: past the log, past authentication, limits and read-only mode."""
        for act in acts if isinstance(acts, list) else [acts]:
            with contextlib.suppress(Refusal):  # which is theirs
                await self.service.handle(act["method"], f"/notifications/v1{act['path']}", {}, act.get("body"))

    def _record(self, request: web.Request, body: bytes) -> dict[str, Any]:
        """Enter a request into the log, before anything can happen to it."""
        text = body.decode("utf-8", "replace")
        try:
            shown = json.loads(text) if text else None
        except (ValueError, RecursionError):
            shown = text
        peer = request.transport.get_extra_info("peername") if request.transport else None
        record = {
            "request_id": uuid.uuid4().hex,
            "method": request.method,
            "path": request.path,
            "query": {name: values if len(values) > 1 else values[0] for name, values in _query(request).items()},
            "body": shown,
            "authorization": request.headers.get("Authorization", "").partition(" ")[0] or None,
            "user_agent": request.headers.get("User-Agent"),
            "connection": f"{peer[0]}:{peer[1]}" if peer else None,
            "status": None,
            "refused_write": False,
            "violations": [],
        }
        self.requests.append(record)
        return record

    def _authenticate(self, request: web.Request) -> Optional[User]:
        if request.path == TOKEN_PATH:
            return None
        scheme, _space, value = request.headers.get("Authorization", "").partition(" ")
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
            challenge = {"WWW-Authenticate": CHALLENGE}
            raise Refusal(401, "user_unauthenticated", "Authentication Required", detail, headers=challenge)
        return user

    def _count(self, user: User) -> dict[str, str]:
        """Count a request against its user's window; the headers that say how that stands."""
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
            detail = f"More than {settings.rate_limit} requests in {settings.rate_window} seconds."
            headers["Retry-After"] = str(reset)
            raise Refusal(429, "rate_limit_exceeded", "Too Many Requests", detail, headers=headers)
        if self._under_way > settings.concurrency_limit:
            detail = f"More than {settings.concurrency_limit} requests at once."
            headers["Retry-After"] = "1"
            raise Refusal(429, "concurrency_limit_exceeded", "Too Many Requests", detail, headers=headers)
        return headers

    async def _handle(self, request: web.Request, body: bytes, user: Optional[User], record: dict[str, Any]) -> Answer:
        writes = user is not None and request.method != "GET"
        if writes and self.read_only:
            record["refused_write"] = True
            raise Refusal(403, "read_only_mode", "Forbidden", "The emulator refuses every write in read-only mode.")
        asked = contract.Request(request.method, request.path, request.query.items(), request.headers, body)
        try:
            violations = self.contract.of_request(asked)
        except RecursionError:
            raise Refusal(400, "invalid_request", "Bad Request", "The body is nested too deep.") from None
        if violations:
            record["violations"] = [violation.detail for violation in violations]
            worst = violations[0]
            raise Refusal(
                worst.status,
                "invalid_request",
                {404: "Not Found", 422: "Validation Failed"}.get(worst.status, "Bad Request"),
                worst.detail,
                pointer=worst.pointer,
                parameter=worst.parameter,
            )
        # Everybody may mark what they themselves were told.
        own = request.path.startswith("/notifications/v1/user-notifications")
        if writes and user is not None and not user.may_write and not own:
            raise Refusal(403, "user_unauthorized", "Forbidden", f"The user of {user.name} may only read.")
        sent: Any = None
        if body:
            sent = dict(parse_qsl(body.decode())) if request.path == TOKEN_PATH else json.loads(body)
        return await self.service.handle(request.method, request.path, _query(request), sent)

    def _failure(self, refusal: Refusal, request_id: str) -> dict[str, Any]:
        source = {name: value for name, value in (("pointer", refusal.pointer), ("parameter", refusal.parameter)) if value is not None}
        if self.service.settings.error_envelope == "error":
            # As the guide documents it: the details are a text.
            error: dict[str, Any] = {"message": refusal.title, "details": refusal.detail, "timestamp": self.clock.timestamp()}
            error["suggestion"] = f"Correct {refusal.pointer or refusal.parameter}." if refusal.pointer or refusal.parameter else ""
            if self.service.settings.error_codes == "given":
                error["code"] = refusal.code
            return {"status": refusal.status, "error": error, "requestId": request_id}
        first: dict[str, Any] = {
            "id": uuid.uuid4().hex,
            "status": str(refusal.status),
            **({"code": refusal.code} if self.service.settings.error_codes == "given" else {}),
            "title": refusal.title,
            "detail": refusal.detail,
        }
        if source:
            first["source"] = source
        return {"errors": [first]}

    def _faulty(self, fault: Fault, record: dict[str, Any]) -> web.Response:
        """An answer that a test ordered instead of the proper one."""
        headers = {"X-Request-Id": record["request_id"], **fault.headers}
        if fault.kind == "redirect":
            status, body, content_type = fault.status or 307, "", None
            headers["Location"] = fault.location
        elif fault.kind == "html":
            status, body, content_type = fault.status or 200, "<html><body>Gateway</body></html>", "text/html"
        else:
            refusal = Refusal(fault.status, "injected_fault", "Injected Fault", f"A test ordered status {fault.status}.")
            ordered = self._failure(refusal, record["request_id"]) if fault.body is None else fault.body
            body = ordered if isinstance(ordered, str) else json.dumps(ordered)
            status, content_type = fault.status, "application/json"
        record["status"] = status
        return web.Response(status=status, headers=headers, text=body, content_type=content_type)

    def _judge(self, request: web.Request, body: bytes, status: int, headers: dict[str, str], text: bytes, record: dict[str, Any]) -> None:
        """The emulator's own answers keep the contract too; one that does not is a bug, and is made loud."""
        if self.trust_answers or not self.contract.statuses(request.method, request.path):
            return  # what is no operation at all has no answer in the contract
        asked = contract.Request(request.method, request.path, request.query.items(), request.headers, body)
        broken = self.contract.of_response(asked, status, headers, text)
        if broken:
            print(f"{request.method} {request.path} -> {status} breaks the contract: {broken}", file=sys.stderr)
            record["violations"] = [f"response: {each}" for each in broken]

    # Control

    async def _control(self, request: web.Request) -> web.StreamResponse:
        name, _slash, rest = request.match_info["name"].partition("/")
        action = getattr(self, f"_{request.method.lower()}_{name.replace('-', '_')}", None)
        if action is None:
            known = [each for each in CONTROLS if each.split()[1].partition("/")[0] == name] or CONTROLS
            error = f"There is no {request.method} /_emulator/{name}; there is: {', '.join(known)}."
            return web.json_response({"error": error}, status=404)
        asked = f"{request.method} /_emulator/{name}"
        if request.can_read_body and request.content_type != "application/json":
            error = f"{asked} takes JSON, sent with the header Content-Type: application/json (curl --json)."
            return web.json_response({"error": error}, status=415)
        try:
            sent = await request.json() if request.can_read_body else {}
            return web.json_response(action(sent, rest))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            return web.json_response({"error": f"{asked} takes {CONTROLS_TAKE.get(name, 'nothing')}: {error}"}, status=400)

    def _get_requests(self, _sent: Any, _rest: str) -> list[dict[str, Any]]:
        return self.requests

    def _post_reset(self, sent: Any, _rest: str) -> dict[str, Any]:
        self.reset(sent)
        return {"settings": dataclasses.asdict(self.service.settings), "read_only": self.read_only}

    def _get_settings(self, _sent: Any, _rest: str) -> dict[str, Any]:
        return {"settings": dataclasses.asdict(self.service.settings), "read_only": self.read_only}

    def _post_read_only(self, sent: Any, _rest: str) -> dict[str, Any]:
        self.read_only = bool(sent["enabled"])
        return {"read_only": self.read_only}

    def _get_read_only(self, _sent: Any, _rest: str) -> dict[str, Any]:
        return {"read_only": self.read_only}

    def _post_faults(self, sent: Any, rest: str) -> dict[str, Any]:
        if rest == "clear":
            self.faults = Queue()
            return {"queued": 0}
        self.faults.faults.extend(Fault.read(each) for each in (sent if isinstance(sent, list) else [sent]))
        return {"queued": len(self.faults.faults)}

    def _get_faults(self, _sent: Any, _rest: str) -> list[dict[str, Any]]:
        return [dataclasses.asdict(fault) for fault in self.faults.faults]

    def _post_routes(self, sent: Any, _rest: str) -> dict[str, Any]:
        """Have a type go to integrations, by names, whatever the policies say."""
        return self.service.route(sent["notification_type"], sent["integrations"], sent.get("current_state", "ENABLED"))

    def _get_deliveries(self, _sent: Any, _rest: str) -> list[dict[str, Any]]:
        return [dataclasses.asdict(each) for each in self.service.deliveries]

    def _post_clock(self, sent: Any, _rest: str) -> dict[str, Any]:
        self.clock.advance(float(sent["advance"]))
        return {"advanced": sent["advance"]}

    def _post_inbox(self, sent: Any, rest: str) -> dict[str, Any]:
        """A webhook receiver, so that a delivered notification can be seen without a second server."""
        self.inbox.append({"name": rest, "body": sent})
        return {"received": True}

    def _get_inbox(self, _sent: Any, rest: str) -> list[dict[str, Any]]:
        return [each for each in self.inbox if not rest or each["name"] == rest]

    def _get_objects(self, _sent: Any, rest: str) -> Any:
        """What is stored, unmasked: the truth that a test compares with. ``*`` is everything, by collection."""
        if rest == "*":
            return {collection: list(self.service.store.objects(collection)) for collection in RESOURCES}
        return list(self.service.store.objects(rest or "integrations"))


_LOCAL_HOST = re.compile(r"(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?")


@web.middleware
async def _refuse_web_pages(request: web.Request, handler: Any) -> web.StreamResponse:
    """Serve programs on this machine only: no web page, whatever name it gives this address, may read or control the emulator."""
    origin = request.headers.get("Origin")
    same_origin = origin is None or origin == f"{request.scheme}://{request.host}"
    if _LOCAL_HOST.fullmatch(request.host) and same_origin and request.headers.get("Sec-Fetch-Site", "none") in ("none", "same-origin"):
        return await handler(request)
    error = (
        "The emulator serves programs on this machine only: it refuses other hosts in Host and Origin, and other sites in Sec-Fetch-Site."
    )
    return web.json_response({"error": error}, status=403)


def _query(request: web.Request) -> dict[str, list[str]]:
    return {name: request.query.getall(name) for name in request.query}


def _bent(fault: Fault, body: dict[str, Any], text: bytes) -> bytes:
    """A proper answer with one thing wrong."""
    if fault.kind == "truncated":
        return text[: len(text) // 2]
    if fault.kind == "gzip":
        return gzip.compress(text)
    metadata = body.get("metadata", {})
    if fault.kind == "next-elsewhere" and metadata.get("next"):
        query = dict(parse_qsl(urlsplit(metadata["next"]).query))
        metadata = {**metadata, "next": f"{fault.location}?{urlencode(query)}"}
    elif fault.kind == "next-loop":
        metadata = {**metadata, "next": f"{metadata.get('first')}&page_token={fault.location}"}
    return json.dumps({**body, "metadata": metadata}).encode()
