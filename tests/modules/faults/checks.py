# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What must hold after a run with a fault. Each check raises AssertionError.

They decide by the flags of the operation and of the fault, and by structured values of the result.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence

from .fault_catalog import FaultCase
from .operations import Operation
from .state import State, difference, is_combination, join_name

#: Errors after which a user must choose between objects or clean up: a later run may fail with them too.
_NEEDS_USER = {
    "ambiguous_name",
    "bad_request",
    "invalid_option",
    "no_integration_left",
    "not_found",
    "outcome_unknown",
    "quota_exceeded",
    "unknown_name",
}
#: Errors that report duplicates.
_REPORTS_DUPLICATES = {"ambiguous_name", "outcome_unknown", "conflict"}
#: Warnings have no structure, so this one is recognized by its text.
_DUPLICATE_WARNING = "Another task or user created another"


@dataclass
class Observation:
    """The result of a task, its requests and warnings, and the state of the server afterwards."""

    result: Mapping[str, Any]
    state: State
    requests: list[str]
    warnings: list[str]

    @property
    def has_failed(self) -> bool:
        return bool(self.result.get("failed"))

    @property
    def message(self) -> str:
        return str(self.result.get("msg", "the task succeeded"))

    @property
    def error_type(self) -> str:
        """The stable type of the failure; empty after a success."""
        return str(self.result.get("error", {}).get("type", ""))

    @property
    def positions(self) -> list[int]:
        """The numbers of its requests. Of similar requests, such as pages, the first and the last."""
        similar: dict[tuple[str, str, int], list[int]] = {}
        for number, line in enumerate(self.requests):
            method, path = line.split()[:2]
            similar.setdefault((method, path.split("/")[1], path.count("/")), []).append(number)
        return sorted({position for numbers in similar.values() for position in (numbers[0], numbers[-1])})

    def is_look_up(self, position: int) -> bool:
        path = self.requests[position].split()[1]
        return path.endswith(":lookup")

    def reports_duplicates(self) -> bool:
        has_warning = any(_DUPLICATE_WARNING in warning for warning in self.warnings)
        return has_warning or self.error_type in _REPORTS_DUPLICATES


@dataclass
class Expectation:
    """What may be on the server after the operation.

    ``before`` is the state before it, and ``baseline`` the run without a fault. ``valid_states`` are all
    states that may result. ``unchanged_states`` are those in which the operation has changed nothing.
    ``overwritten_state`` is the one in which another client has changed the objects after the operation, if
    any. It may be equal to one of the unchanged states.
    """

    operation: Operation
    fault: FaultCase
    before: State
    baseline: Observation
    valid_states: list[State] = field(default_factory=list)
    unchanged_states: list[State] = field(default_factory=list)
    overwritten_state: Optional[State] = None

    @property
    def is_concurrent(self) -> bool:
        return self.fault.concurrent_change is not None

    def is_combination(self, state: State) -> bool:
        return is_combination(state, self.valid_states)


def check_observation(expectation: Expectation, observation: Observation, position: int) -> None:
    """Check a run whose request at ``position`` met the fault."""
    if expectation.baseline.has_failed:
        assert observation.has_failed or expectation.is_concurrent, (
            "the task fails without the fault and succeeds with it"
        )
        return

    _check_nothing_lost(expectation, observation)
    _check_duplicates(expectation, observation, position)
    if observation.has_failed:
        _check_failure(expectation, observation)
    else:
        _check_success(expectation, observation)
        if expectation.operation.is_list and not expectation.is_concurrent:
            _check_list(expectation, observation, position)


def check_next_run(expectation: Expectation, observation: Observation) -> None:
    """Check the next run, without a fault: it reaches the desired state, or a user must resolve something."""
    if observation.has_failed:
        may_fail = (
            expectation.is_concurrent or expectation.fault.settings or expectation.operation.is_multi_step
        )
        assert may_fail, f"the next run failed: {observation.message}"
        assert observation.error_type in _NEEDS_USER, (
            f"the next run failed with {observation.error_type}: {observation.message}"
        )
    elif expectation.is_concurrent:
        assert expectation.is_combination(observation.state), "the next run led to an invalid state"
    else:
        desired = expectation.baseline.state
        assert observation.state == desired, f"the next run led to {difference(desired, observation.state)}"


def _check_nothing_lost(expectation: Expectation, observation: Observation) -> None:
    for key in expectation.before:
        may_be_missing = any(key not in state for state in expectation.valid_states)
        assert key in observation.state or may_be_missing, f"{key} is lost; {observation.message}"


def _check_duplicates(expectation: Expectation, observation: Observation, position: int) -> None:
    """No object exists twice, unless another client created one of them or the failure reports both."""
    duplicates = [key for key in observation.state if key.copy]
    if not duplicates:
        return

    is_by_other_client = expectation.is_concurrent and any(
        key in state for key in duplicates for state in expectation.valid_states
    )
    assert is_by_other_client or observation.error_type in _REPORTS_DUPLICATES, (
        f"there are duplicates of {', '.join(map(str, duplicates))}; {observation.message}"
    )

    later_requests = observation.requests[position:]
    has_looked = any(
        line.startswith(f"GET /{key.collection} ") for key in duplicates for line in later_requests
    )
    is_reported = observation.has_failed or observation.reports_duplicates()
    assert is_reported or not has_looked, (
        f"there are duplicates of {', '.join(map(str, duplicates))}, which are not reported"
    )


def _check_success(expectation: Expectation, observation: Observation) -> None:
    state, result = observation.state, observation.result
    is_valid = state in expectation.valid_states
    if expectation.is_concurrent:
        is_valid = is_valid or expectation.is_combination(state)
    assert is_valid, f"the task succeeded with {difference(expectation.baseline.state, state)}"

    if not result["changed"]:
        _check_unchanged(expectation, observation)


def _check_list(expectation: Expectation, observation: Observation, position: int) -> None:
    """The list is complete. A lookup may be told that no object exists."""
    expected = expectation.baseline.result
    if expectation.fault.means_missing and observation.is_look_up(position):
        expected = {name: [] if isinstance(value, list) else value for name, value in expected.items()}
        is_proof = " -> 404" in observation.requests[position]
        assert is_proof or observation.warnings, "the list is empty after a 403, without a warning"

    assert _comparable_list(observation.result) == _comparable_list(expected), "the list is not complete"


def _check_failure(expectation: Expectation, observation: Observation) -> None:
    operation, state, result = expectation.operation, observation.state, observation.result
    assert operation.is_multi_step or expectation.is_combination(state), (
        f"the state is not valid: {difference(expectation.before, state)}; {observation.message}"
    )

    is_single_write = not operation.is_bulk and not operation.is_multi_step
    if not result["changed"]:
        _check_unchanged(expectation, observation)
    elif is_single_write and expectation.fault.is_outcome_certain:
        has_changed = state not in expectation.unchanged_states or state == expectation.overwritten_state
        assert has_changed, f"the result says changed, and nothing has changed; {observation.message}"

    if not expectation.is_concurrent:
        for member in operation.bulk_results:
            _check_bulk_entries(expectation, result.get(member, []), state)


def _check_unchanged(expectation: Expectation, observation: Observation) -> None:
    assert observation.state in expectation.unchanged_states or expectation.is_concurrent, (
        f"the result says unchanged: {difference(expectation.before, observation.state)}; "
        f"{observation.message}"
    )


def _check_bulk_entries(expectation: Expectation, entries: Sequence[Mapping[str, Any]], state: State) -> None:
    """The entry of each object describes what happened to it."""
    for entry in entries:
        name = _entry_name(entry)
        for key in {*expectation.before, *state}:
            if key.name != name:
                continue
            if not entry["changed"]:
                assert state.get(key) == expectation.before.get(key), f"{key} is reported as unchanged"
            elif "error" not in entry:
                assert state.get(key) == expectation.baseline.state.get(key), (
                    f"{key} is reported as changed as desired"
                )


def _entry_name(entry: Mapping[str, Any]) -> str:
    """The name in the state of the object that an entry describes."""
    if "notification_type" in entry:
        return str(entry["notification_type"]["display_name"])

    name, resource_path = entry["display_name"], entry.get("resource")
    return join_name([name] if resource_path in (None, name) else [name, resource_path])


def _comparable_list(result: Mapping[str, Any]) -> str:
    """The result of an info module without what differs from run to run."""
    comparable = {name: value for name, value in result.items() if name != "api"}
    if "summary" in comparable:
        # A fault may add metadata.
        summary = comparable["summary"]
        comparable["summary"] = {name: value for name, value in summary.items() if name != "metadata"}
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "*", json.dumps(comparable, sort_keys=True))
