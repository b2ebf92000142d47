# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Test notifications through the integrations that a plan writes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, List, Mapping, Optional, Protocol, Sequence

from .._common import Object
from .._engine.concurrency import run_concurrently
from .._engine.model import Client
from .._engine.plan import Plan, Step
from .._errors import NotificationsError, RefusedError, operation
from .._redaction import quoted
from .._resources.integrations import INTEGRATIONS, TEST_PATH, target_to_test, webhook_url

_TEST_AGAIN = "Correct the URL, or send the test again with `test: all`: the next run does not repeat it."


class ActionClient(Client, Protocol):
    """A client that can also call verbs."""

    def call_action(
        self, method: str, path: str, body: Mapping[str, Any], query: Optional[Mapping[str, Any]] = None
    ) -> None:
        """Call a verb whose answer is empty."""


@dataclass(frozen=True)
class TestResult:
    """What became of one test notification."""

    __test__ = False

    name: str
    error: Optional[NotificationsError] = None


def integrations_to_test(plan: Plan, test_option: str) -> List[Step]:
    """The steps whose integrations should be tested: all, those whose URL is written, or none."""
    steps = [
        step
        for step in plan.steps
        if step.resource.address == INTEGRATIONS.address and step.after is not None
    ]
    if test_option == "all":
        return steps
    if test_option == "none":
        return []
    return [step for step in steps if "target.webhook_url" in step.changes or "target.kind" in step.changes]


def refused_test(steps: Sequence[Step]) -> Optional[RefusedError]:
    """The error if one of the integrations to test cannot be tested, or None."""
    try:
        for step in steps:
            _body_to_test(step)
    except RefusedError as refusal:
        return refusal
    return None


def send_tests(client: ActionClient, steps: Sequence[Step], concurrency: int) -> List[TestResult]:
    """Send a test notification through the integration of each step, several at once."""
    return run_concurrently(partial(_send_test, client), steps, concurrency, client.cancel)


def _send_test(client: ActionClient, step: Step) -> TestResult:
    try:
        with operation(_test_operation(step)):
            client.call_action("POST", TEST_PATH, _body_to_test(step))
    except NotificationsError as error:
        return TestResult(step.name, error.replace(next_step=f"{error.next_step} {_TEST_AGAIN}".strip()))
    return TestResult(step.name)


def _body_to_test(step: Step) -> Object:
    """The integration to test, with the URL of the task if it states one. Raises RefusedError.

    The service may mask the URL that it has.
    """
    integration = {**(step.before or {}), **(step.after or {})}
    stated = step.desired.fields.get("target")
    if stated and webhook_url(stated) is not None:
        integration["target"] = stated
    with operation(_test_operation(step)):
        display_name, target = target_to_test(integration)
    return {"display_name": display_name, "target": target}


def _test_operation(step: Step) -> str:
    return f"send a test notification through {quoted(step.name)}"
