# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules against arbitrary responses, and checks what must hold for all of them.

The responses replace the transport of requests. That is faster than a server, and can produce responses that
no server can send. test_client.py has the faults of real connections.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests import PreparedRequest
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.argument_spec import (
    VALIDATOR_ERRORS,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.context import (
    ModuleContext,
    run_module,
)
from faults.operations import OPERATIONS, Operation
from support.clock import FakeClock
from support.examples import load_module
from support.tasks import SingleTransport

DEADLINE = 300
ENDPOINT = "https://api.confluent.cloud"
LOGIN = {"endpoint": ENDPOINT, "api_key": "key", "api_secret": "secret-0123456789", "deadline": DEADLINE}
MAX_MESSAGE_LENGTH = 100_000

#: Operations that read more members of responses than those of the fault matrix.
_MORE_OPERATIONS = (
    Operation(
        "delete and purge",
        "integrations",
        {
            "integrations": [{"display_name": "ops", "state": "absent"}],
            "purge": True,
            "when_in_use": "detach",
        },
        is_bulk=True,
    ),
    Operation("filter types", "notification_type_info", {"severities": ["CRITICAL"]}),
    Operation(
        "select types",
        "subscriptions",
        {"rules": [{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]}]},
        is_bulk=True,
    ),
    Operation("test existing integration", "integration_test", {"display_name": "ops"}),
    Operation("list with details", "user_notification_info", {"details": True}),
)


def operations_of(module: str) -> list[Operation]:
    """The operations of one module."""
    return [operation for operation in (*OPERATIONS, *_MORE_OPERATIONS) if operation.module == module]


@dataclass(frozen=True)
class CannedResponse:
    """A response that is defined by the test."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: Any, status: int = 200, **headers: str) -> CannedResponse:
        return cls(status, json.dumps(value).encode(), headers)


#: Returns the response to a request.
Responder = Callable[[PreparedRequest], CannedResponse]


def respond_in_turn(responses: list[CannedResponse]) -> Responder:
    """Return these responses one after the other, and then the last one again and again."""
    remaining = list(responses)

    def respond(_request: PreparedRequest) -> CannedResponse:
        return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    return respond


class FakeTransport(HTTPAdapter):
    """A transport that gets its responses from a function."""

    def __init__(self, respond: Responder) -> None:
        super().__init__()
        self._respond = respond
        self.requests: list[PreparedRequest] = []

    def send(self, request: PreparedRequest, **_options: Any) -> Any:
        self.requests.append(request)
        response = self._respond(request)
        raw = HTTPResponse(
            io.BytesIO(response.body),
            headers=dict(response.headers),
            status=response.status,
            preload_content=False,
        )
        return self.build_response(request, raw)


def run(module: str, params: Mapping[str, Any], respond: Responder) -> dict[str, Any]:
    """Run a module and check what must always hold.

    The result can be printed, a failure has a message, waits end before the deadline, and all requests go
    to one origin.
    """
    code = load_module(module)
    transport, clock = FakeTransport(respond), FakeClock()
    params = {**LOGIN, **params}

    problem = code.ARGUMENTS.find_problem(params)
    try:
        validated = ArgumentSpecValidator(**code.ARGUMENTS.as_keywords()).validate(params)
    except VALIDATOR_ERRORS:
        assert problem, f"ansible-core's validator fails, and the collection finds no problem: {params}"
    if problem:
        return {"failed": True, "msg": problem}
    if validated.error_messages:
        return {"failed": True, "msg": "; ".join(validated.error_messages)}

    warnings: list[str] = []
    ctx = ModuleContext(
        validated.validated_parameters,
        False,
        warnings.append,
        "2.99.0",
        {},
        clock=clock,
        sessions=SingleTransport(transport),
    )
    result = run_module(code.run, ctx)

    json.dumps([result, warnings], ensure_ascii=False).encode()
    if result.get("failed"):
        assert result["msg"].startswith("Could not "), result["msg"]
        assert len(result["msg"]) < MAX_MESSAGE_LENGTH
    assert isinstance(result["changed"], bool)
    assert sum(clock.sleeps) <= DEADLINE
    assert all(request.url.startswith(f"{ENDPOINT}/") for request in transport.requests)
    return result
