# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs cases of the fault matrix: one operation, one fault at one request, and some policies of the server.

After each case, the following must hold:

1. The state of the server is the one before the operation or the desired one (for several objects: each of
   them), and the result says which.
2. No object exists twice, unless another client created one of them or the failure reports both.
3. No request goes to another origin, the result contains no secret, and all waits end before the deadline.
4. The next run, without the fault, reaches the desired state, and the one after that changes nothing.
"""

from __future__ import annotations

import json
import socket
import threading
from dataclasses import dataclass
from typing import Any, Callable, Mapping, Optional

import requests
from requests.adapters import HTTPAdapter

from support.emulator import EXTERNAL_TOKEN, KEY, SECRET, Emulator
from support.tasks import Runner, SingleTransport

from .checks import Expectation, Observation, check_next_run, check_observation
from .fault_catalog import ConcurrentChange, FaultCase, TransportFault, concurrent_requests
from .operations import CANARY, INITIAL_INTEGRATIONS, Operation, replace_names
from .state import State, read_state

DEADLINE = 300
#: Real seconds. The clock of a task is simulated, so one that takes longer waits for something else.
HARD_LIMIT = 30
#: Seconds after which the emulator's lists show every change.
LIST_DELAY = 60
SHORT_TIMEOUT = 0.03


class FaultyTransport(HTTPAdapter):
    """The transport of requests, with faults of the client's side for some of its requests."""

    def __init__(self) -> None:
        super().__init__(pool_maxsize=16)
        self.clear()
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            self._closed_origin = f"http://127.0.0.1:{unused.getsockname()[1]}"

    def clear(self) -> None:
        self._fault: Optional[TransportFault] = None
        self._affected = range(0)
        self._sent = 0

    def inject(self, fault: TransportFault, position: int, times: int) -> None:
        self.clear()
        self._fault, self._affected = fault, range(position, position + times)

    def send(self, request: Any, timeout: Any = None, **options: Any) -> Any:
        position, self._sent = self._sent, self._sent + 1
        if position in self._affected:
            if self._fault is TransportFault.CONNECTION_REFUSED:
                origin = "/".join(request.url.split("/", 3)[:3])
                request.url = request.url.replace(origin, self._closed_origin, 1)
            elif self._fault is TransportFault.SHORT_TIMEOUT:
                timeout = SHORT_TIMEOUT
        return super().send(request, timeout=timeout, **options)


@dataclass(frozen=True)
class MatrixCase:
    """One case: ``position`` counts requests from 0, ``policies`` are settings of the emulator."""

    operation: Operation
    fault: FaultCase
    position: int
    policies: tuple[tuple[str, Any], ...] = ()

    @property
    def settings(self) -> dict[str, Any]:
        return {**dict(self.policies), **self.fault.settings}

    def __str__(self) -> str:
        policies = ", ".join(f"{name}={value}" for name, value in self.policies) or "default policies"
        return f"{self.operation.name}; {self.fault.name} at request {self.position}; {policies}"


class FaultRunner:
    """Runs operations against an emulator, with and without faults, and remembers the runs without."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self._transport = FaultyTransport()
        self._baselines: dict[Any, tuple[State, Observation]] = {}

    def baseline(
        self, operation: Operation, settings: Mapping[str, Any], *, uses_token_exchange: bool = False
    ) -> Observation:
        """The operation without a fault."""
        return self._baseline(operation, settings, uses_token_exchange)[1]

    def check_case(self, case: MatrixCase) -> None:
        """Run one case; raises AssertionError for what does not hold."""
        fault = case.fault
        expectation = self._expectation(case)

        self._prepare(case.operation, case.settings)
        self._inject_fault(case)
        observation = self._run(case.operation, fault.uses_token_exchange)
        self._transport.clear()
        self.emulator.control("POST", "faults/clear")

        assert CANARY not in json.dumps(observation.result), "the result contains a secret"
        check_observation(expectation, observation, case.position)
        if not expectation.baseline.has_failed:
            self._check_next_runs(case, expectation)

    # Expectations

    def _baseline(
        self, operation: Operation, settings: Mapping[str, Any], uses_token_exchange: bool
    ) -> tuple[State, Observation]:
        key = (operation.module, operation.name, tuple(sorted(settings.items())), uses_token_exchange)
        if key not in self._baselines:
            self._prepare(operation, settings)
            before = read_state(self.emulator)
            self._baselines[key] = (before, self._run(operation, uses_token_exchange))
        return self._baselines[key]

    def _expectation(self, case: MatrixCase) -> Expectation:
        before, baseline = self._baseline(case.operation, case.settings, case.fault.uses_token_exchange)
        expectation = Expectation(
            case.operation,
            case.fault,
            before,
            baseline,
            valid_states=[before, baseline.state],
            unchanged_states=[before],
        )
        if case.fault.concurrent_change is not None:
            self._add_concurrent_states(expectation, case, case.fault.concurrent_change)
        return expectation

    def _add_concurrent_states(
        self, expectation: Expectation, case: MatrixCase, change: ConcurrentChange
    ) -> None:
        """Add the states after the other client's requests: alone, before the operation, and after it."""
        self._prepare(case.operation, case.settings)
        for request in concurrent_requests(change, self.emulator):
            self._send(request)
        alone = read_state(self.emulator)
        # Otherwise the lists may hide the change from the operation.
        self.emulator.advance(LIST_DELAY)
        self._run(case.operation)
        before_operation = read_state(self.emulator)

        self._prepare(case.operation, case.settings)
        prepared_requests = concurrent_requests(change, self.emulator)
        self._run(case.operation)
        for request in prepared_requests:
            self._send(request)
        after_operation = read_state(self.emulator)

        expectation.valid_states += [alone, before_operation, after_operation]
        expectation.unchanged_states.append(alone)
        expectation.overwritten_state = after_operation

    # Runs

    def _prepare(self, operation: Operation, settings: Mapping[str, Any]) -> None:
        """Create the state before an operation."""
        self._transport.clear()
        self.emulator.reset(integrations=INITIAL_INTEGRATIONS, **settings)
        for notification_type, integrations in operation.routes.items():
            self.emulator.route(notification_type, *integrations)

        if operation.objects:
            ids = {**self.emulator.ids(), **self.emulator.ids("notification-types")}
            for collection, body in operation.objects:
                self._send({"method": "POST", "path": f"/{collection}", "body": replace_names(body, ids)})
            self.emulator.advance(LIST_DELAY)

    def _send(self, request: Mapping[str, Any]) -> None:
        """Send a request as another client."""
        url = f"{self.emulator.url}/notifications/v1{request['path']}"
        requests.request(request["method"], url, json=request["body"], auth=(KEY, SECRET), timeout=10)

    def _inject_fault(self, case: MatrixCase) -> None:
        fault, skip = case.fault, case.position
        if fault.transport_fault is not None:
            self._transport.inject(fault.transport_fault, case.position, fault.times)
        if fault.emulator_fault:
            self.emulator.control(
                "POST", "faults", {**fault.emulator_fault, "times": fault.times, "skip": skip}
            )
        if fault.concurrent_change is not None:
            body = concurrent_requests(fault.concurrent_change, self.emulator)
            self.emulator.control("POST", "faults", {"kind": "meanwhile", "skip": skip, "body": body})

    def _run(self, operation: Operation, uses_token_exchange: bool = False) -> Observation:
        runner = Runner(self.emulator, SingleTransport(self._transport))
        params: dict[str, Any] = {**operation.params, "deadline": DEADLINE}
        environ = None
        if uses_token_exchange:
            params.update(identity_pool_id="pool-1", external_token=EXTERNAL_TOKEN)
            environ = {}

        first_request = len(self.emulator.lines())
        result = _with_hard_limit(lambda: runner(operation.module, environ=environ, **params))
        waited = sum(runner.clock.sleeps)
        assert waited <= DEADLINE, f"the task waited for {waited} s"

        sent = self.emulator.lines()[first_request:]
        return Observation(result, read_state(self.emulator), sent, runner.warnings)

    def _check_next_runs(self, case: MatrixCase, expectation: Expectation) -> None:
        self.emulator.advance(LIST_DELAY)
        second = self._run(case.operation, case.fault.uses_token_exchange)
        check_next_run(expectation, second)

        may_change_again = second.has_failed or case.operation.always_changes
        if second.result["changed"] and not may_change_again:
            third = self._run(case.operation, case.fault.uses_token_exchange)
            assert not third.has_failed, third.message
            assert third.result["changed"] is False, "each run changes something"


def _with_hard_limit(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    thread = threading.Thread(target=lambda: results.append(run()), daemon=True)
    thread.start()
    thread.join(HARD_LIMIT)
    assert results, f"no result after {HARD_LIMIT} s of real time"
    return results[0]
