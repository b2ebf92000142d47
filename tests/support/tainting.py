# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service whose texts attack whoever reads them: the emulator behind a server that taints its answers."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import json
import threading
from typing import Any, Callable, Iterator

import requests

#: Runs a command if it is taken for a template, and then is markup of every sort, a new line, and a terminal's escape sequence.
TEMPLATE = "{{lookup('pipe','touch PWNED')}}"
MARKUP = "<b>[x](//e.x)|\r\n#\x1b[7m"

#: What the client needs in order to understand an answer at all.
_STRUCTURE = {"id", "related", "self", "next", "kind", "api_version", "webhook_url", "url"}


def texts(name: str, _value: str) -> bool:
    """Taint what people write."""
    return name in ("display_name", "description")


def everything(name: str, _value: str) -> bool:
    """Taint every text but what holds the answer together."""
    return name not in _STRUCTURE


def ids(name: str, _value: str) -> bool:
    """Taint ids, references included."""
    return name == "id"


@contextlib.contextmanager
def tainted(url: str, chosen: Callable[[str, str], bool]) -> Iterator[str]:
    """Serve what the emulator at ``url`` answers to reads, with the chosen texts tainted; every write is refused."""
    numbers = itertools.count()
    known: dict[str, str] = {}

    def taint(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: taint(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [taint(inner, name) for inner in value]
        if isinstance(value, str) and chosen(name, value):
            # The same text stays the same, so that references still fit.
            return known.setdefault(value, f"{TEMPLATE}{MARKUP}{next(numbers)}")
        return value

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {"Authorization": self.headers["Authorization"]}
            answer = requests.get(url + self.path, headers=headers, timeout=10)
            self._send(answer.status_code, json.dumps(taint(answer.json())).encode())

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._send(403, b'{"errors": [{"detail": "read only"}]}')

        do_PATCH = do_DELETE = do_POST

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: Any) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
