# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A service with malicious texts: a proxy in front of the emulator that taints its responses."""

from __future__ import annotations

import contextlib
import http.server
import itertools
import json
import threading
from typing import Any, Callable, Iterator

import requests

#: Runs a command if it is rendered as a template.
TEMPLATE = "{{lookup('pipe','touch PWNED')}}"
#: Markup of several formats, a new line, and an escape sequence of terminals.
MARKUP = "<b>[x](//e.x)|\r\n#\x1b[7m"

#: The members without which the client rejects a response.
_STRUCTURE = {"id", "related", "self", "next", "kind", "api_version", "webhook_url", "url"}


def texts(name: str, _value: str) -> bool:
    """Taint the texts that users write."""
    return name in ("display_name", "description")


def everything(name: str, _value: str) -> bool:
    """Taint all texts except those of the structure."""
    return name not in _STRUCTURE


def ids(name: str, _value: str) -> bool:
    """Taint IDs, including those in references."""
    return name == "id"


@contextlib.contextmanager
def tainted(url: str, is_selected: Callable[[str, str], bool]) -> Iterator[str]:
    """Serve the emulator at ``url``, read-only, with tainted texts.

    ``is_selected`` selects texts by the name of the member and the value.
    """
    numbers = itertools.count()
    replacements: dict[str, str] = {}

    def taint(value: Any, name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: taint(inner, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [taint(inner, name) for inner in value]
        if isinstance(value, str) and is_selected(name, value):
            # Equal texts stay equal, so that references still match.
            return replacements.setdefault(value, f"{TEMPLATE}{MARKUP}{next(numbers)}")
        return value

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            headers = {"Authorization": self.headers["Authorization"]}
            response = requests.get(url + self.path, headers=headers, timeout=10)
            self._send(response.status_code, json.dumps(taint(response.json())).encode())

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
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
