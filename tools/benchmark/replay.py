# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that costs next to nothing: it repeats the emulator's responses, and accepts any creation."""

from __future__ import annotations

import asyncio
import itertools
import json
import threading
import uuid
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from support.emulator import KEY, SECRET, Emulator

#: What ends the head of a request, and a line of it.
END = b"\r\n\r\n"


class ReplayServer:
    """Serves recorded responses on a free port, in a thread of this process.

    ``latency`` is the time in seconds before each response. A list also has the objects that were created.
    """

    def __init__(self) -> None:
        self.latency = 0.0
        #: The requests since the last recording.
        self.requests = 0
        self._responses: dict[Any, bytes] = {}
        self._created: dict[str, list[Any]] = {}
        self._ids = itertools.count(1)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        starting = self._loop.create_server(lambda: _Connection(self), "127.0.0.1", 0)
        server = asyncio.run_coroutine_threadsafe(starting, self._loop).result()
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    def record(self, emulator: Emulator) -> None:
        """Take over the responses to all GET requests that the emulator has received since its reset."""
        session = requests.Session()
        session.trust_env = False
        self._responses, self._created = {}, {}
        for request in [request for request in emulator.requests() if request["method"] == "GET"]:
            url, query = emulator.url + request["path"], request["query"]
            if "page_token" in query:
                continue  # it is valid for the responses that it came with
            while url:
                response = session.get(url, params=query, auth=(KEY, SECRET), timeout=60)
                status = f"{response.status_code} {response.reason}"
                self._responses[_key(response.request.path_url)] = _response(status, response.content)
                url, query = response.json().get("metadata", {}).get("next"), {}
        self.requests = 0

    def respond(self, method: str, target: str, body: bytes) -> bytes:
        """The response to one request."""
        self.requests += 1
        path = target.partition("?")[0]
        if method == "POST":
            obj = {"id": f"i-{next(self._ids)}", **json.loads(body)}
            self._created.setdefault(path, []).append(obj)
            return _response("201 Created", json.dumps(obj).encode())
        if path in self._created:
            return _response("200 OK", json.dumps({"data": self._created[path], "metadata": {}}).encode())
        return self._responses.get(_key(target)) or _response("404 Not Found", b"{}")

    def forget(self) -> None:
        """Forget what was created."""
        self._created = {}


class _Connection(asyncio.Protocol):
    """One connection of a client, which sends a request only after the response to the last one."""

    def __init__(self, server: ReplayServer) -> None:
        self._server = server
        self._received = b""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, end, body = self._received.partition(END)
        if not end:
            return
        lines = head.decode("latin-1").split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines[1:])
        if len(body) < int(headers.get("content-length", 0)):
            return

        self._received = b""
        method, target, _version = lines[0].split(" ")
        response = self._server.respond(method, target, body)
        asyncio.get_running_loop().call_later(self._server.latency, self._transport.write, response)


def _key(target: str) -> Any:
    """A target, whatever the order of its parameters."""
    parts = urlsplit(target)
    return parts.path, tuple(sorted(parse_qsl(parts.query)))


def _response(status: str, body: bytes) -> bytes:
    headers = {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Request-Id": uuid.uuid4().hex,
    }
    lines = [f"HTTP/1.1 {status}", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join(lines).encode() + END + body
