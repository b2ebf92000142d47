# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A local server in place of a service, which records what it receives."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Iterator

import jsonschema

#: From the method, the path, the headers and the body of a request to the status, the body and, optionally, the
#: headers of the answer.
Respond = Callable[[str, str, dict[str, str], Any], tuple[Any, ...]]


class Receiver(ThreadingHTTPServer):
    """A server that answers requests as ``respond`` says, and records them."""

    def __init__(self, respond: Respond) -> None:
        self.received: list[dict[str, Any]] = []
        self.respond = respond
        super().__init__(("127.0.0.1", 0), _Handler)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @contextlib.contextmanager
    def serving(self) -> Iterator[Receiver]:
        thread = threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.shutdown()
            thread.join()
            self.server_close()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

    def do_PATCH(self) -> None:
        self.do_POST()

    def _answer(self, body: Any) -> None:
        status, answer, *more = self.server.respond(self.command, self.path, dict(self.headers), body)
        self.server.received.append(
            {"method": self.command, "path": self.path, "body": body, "status": status}
        )
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        for name, value in (more[0] if more else {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_arguments: Any) -> None:
        pass


def problem_with(schema: Any, body: Any) -> str:
    """The first way in which a body violates a schema; empty if it does not."""
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    error = jsonschema.exceptions.best_match(validator.iter_errors(body))
    return f"{error.json_path}: {error.message}" if error else ""
