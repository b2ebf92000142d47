# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers of any kind, handed to requests where its own transport would be, and what has to hold whatever they are.

No server can send what requests and urllib3 would refuse, and none is as fast; what comes over real connections is in tests/client.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests.adapters import HTTPAdapter
from urllib3.response import HTTPResponse

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible import context as adapter
from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.argument_spec import (
    VALIDATOR_ERRORS,
)
from support.clock import FakeClock
from support.examples import loaded
from support.tasks import SingleTransport

DEADLINE = 300
ENDPOINT = "https://api.confluent.cloud"
LOGIN = {"endpoint": ENDPOINT, "api_key": "key", "api_secret": "secret-0123456789", "deadline": DEADLINE}
#: What each module is asked to do with whatever it is answered.
ASKED: Mapping[str, Mapping[str, Any]] = {
    "integration": {
        "display_name": "ops",
        "description": "x",
        "target": {"kind": "Slack", "webhook_url": "https://h.example/x"},
    },
    "integration_info": {"display_name": "ops"},
    "integration_test": {"display_name": "ops"},
    "integrations": {
        "integrations": [{"display_name": "ops", "state": "absent"}],
        "purge": True,
        "when_in_use": "detach",
        "concurrency": 1,
    },
    "notification_type_info": {"severities": ["CRITICAL"], "with_subscriptions": True},
    "resource_preference": {"resource": "environment=env-1", "enabled": False},
    "resource_preferences": {
        "preferences": [{"resource": "environment=env-1", "enabled": False}],
        "concurrency": 1,
    },
    "resource_subscription": {
        "resource": "environment=env-1",
        "notification_type": "a",
        "integrations": ["ops"],
    },
    "resource_subscription_info": {"resource": "environment=env-1"},
    "resource_subscriptions": {
        "subscriptions": [
            {"resource": "environment=env-1", "notification_type": "a", "integrations": ["ops"]}
        ],
        "concurrency": 1,
    },
    "subscription": {"notification_type": "a", "integrations": ["ops"]},
    "subscription_info": {"notification_type": "a"},
    "subscriptions": {
        "rules": [{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]}],
        "concurrency": 1,
    },
    "user_notification": {"match": {"severities": ["CRITICAL"]}},
    "user_notification_info": {"details": True},
}


@dataclass(frozen=True)
class Canned:
    """One answer."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, value: Any, status: int = 200, **headers: str) -> Canned:
        return cls(status, json.dumps(value).encode(), headers)


class Answering(HTTPAdapter):
    """A transport that has an answer to everything."""

    def __init__(self, answer: Callable[[Any], Canned]) -> None:
        super().__init__()
        self._answer = answer
        self.asked: list[Any] = []

    def send(self, request: Any, **_more: Any) -> Any:
        self.asked.append(request)
        canned = self._answer(request)
        raw = HTTPResponse(
            io.BytesIO(canned.body), headers=dict(canned.headers), status=canned.status, preload_content=False
        )
        return self.build_response(request, raw)


def run(module: str, params: Mapping[str, Any], answer: Callable[[Any], Canned]) -> dict[str, Any]:
    """Run a module and check what always holds: a result that can be printed, a sentence if it failed, an end, one origin."""
    code = loaded(module)
    transport, clock = Answering(answer), FakeClock()
    params = {**LOGIN, **params}
    problem = code.ARGUMENTS.find_problem(params)
    try:
        validated = ArgumentSpecValidator(**code.ARGUMENTS.as_keywords()).validate(params)
    except VALIDATOR_ERRORS:
        assert problem, f"ansible-core's validator fails, and nothing is found to be wrong: {params}"
    if problem:
        return {"failed": True, "msg": problem}
    if validated.error_messages:
        assert transport.asked == []
        return {"failed": True, "msg": "; ".join(validated.error_messages)}
    warnings: list[str] = []
    task = adapter.ModuleContext(
        validated.validated_parameters,
        False,
        warnings.append,
        "2.99.0",
        {},
        clock=clock,
        sessions=SingleTransport(transport),
    )
    result = adapter.run_module(code.run, task)
    json.dumps([result, warnings], ensure_ascii=False).encode()
    if result.get("failed"):
        assert result["msg"].startswith("Could not "), result["msg"]
        assert len(result["msg"]) < 100_000
    assert isinstance(result["changed"], bool)
    assert sum(clock.sleeps) <= DEADLINE
    assert all(request.url.startswith(f"{ENDPOINT}/") for request in transport.asked)
    return result
