# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: a sample of it in each test run, all of it with `make test-all/faults`."""

from __future__ import annotations

import dataclasses
import itertools
import os
import random

import pytest

from emulator.settings import Settings
from faults.fault_catalog import fault_cases
from faults.operations import OPERATIONS
from support.emulator import Emulator

RUN_ALL = os.environ.get("FAULTS") == "all"
#: Cases of each operation in a run of `make test`.
SAMPLE_SIZE = 2
#: Policies that are never combined with others. Without Early Access, some operations fail at once.
ALWAYS_ALONE = {"early_access"}


def policy_sets():
    """The defaults, each other value by itself, and another value of each policy at once."""
    others = []
    for setting in dataclasses.fields(Settings):
        values = setting.metadata.get("values", ())
        others += [(setting.name, value) for value in values[1:]]

    combined = {}
    for name, value in others:
        if name not in ALWAYS_ALONE:
            combined.setdefault(name, value)
    return [(), *((other,) for other in others), tuple(combined.items())]


POLICY_SETS = policy_sets()


#: Cases that failed once: the operation, the fault at its last request, and the policies.
KNOWN_CASES = [
    ("bulk", "concurrent create", POLICY_SETS[0]),
    ("change nothing", "concurrent delete", POLICY_SETS[-1]),
    ("update description", "concurrent delete", POLICY_SETS[-1]),
    ("update description", "concurrent update", POLICY_SETS[-1]),
    ("list resource subscriptions", "403", POLICY_SETS[0]),
    ("list resource subscriptions", "404", POLICY_SETS[0]),
    ("list resource subscriptions", "HTML with 403", POLICY_SETS[0]),
]


def policy_set_id(policies):
    if not policies:
        return "default-policies"
    return "=".join(policies[0]) if len(policies) == 1 else "other-policies"


def operation_id(operation):
    return f"{operation.module}: {operation.name}"


@pytest.fixture(scope="module")
def other_server():
    """A server that must not receive a request."""
    with Emulator.started() as emulator:
        yield emulator


@pytest.fixture(scope="module")
def runner():
    from faults.fault_matrix import FaultRunner

    with Emulator.started("--trust-answers") as emulator:
        yield FaultRunner(emulator)


def selected_pairs(operation, policies, faults):
    """The sets of policies and the faults of one test; a sample has other ones for each operation."""
    if policies is not None:
        return [(policies, fault) for fault in faults]
    return random.Random(operation.name).sample(list(itertools.product(POLICY_SETS, faults)), SAMPLE_SIZE)


def selected_positions(operation, policies, fault, positions):
    """The requests that a fault is aimed at: all, or one of them in a sample or if one policy is changed."""
    if not fault.has_position:
        return positions[:1]
    if RUN_ALL and len(policies) != 1:
        return positions

    seed = f"{operation.name}{fault.name}{policies}"
    return random.Random(seed).sample(positions, min(1, len(positions)))


def matrix_cases(runner, operation, pairs):
    from faults.fault_matrix import MatrixCase

    for policies, fault in pairs:
        settings = {**dict(policies), **fault.settings}
        baseline = runner.baseline(operation, settings, uses_token_exchange=fault.uses_token_exchange)
        for position in selected_positions(operation, policies, fault, baseline.positions):
            yield MatrixCase(operation, fault, position, policies)


def set_page_size(monkeypatch, operation):
    """Several pages for each list that an operation changes."""
    from ansible_collections.ccloud.notifications.plugins.module_utils._api import client

    monkeypatch.setattr(client, "PAGE_SIZE", 25 if operation.reads_catalog else 2)


@pytest.mark.parametrize("operation", OPERATIONS, ids=operation_id)
def test_operation_succeeds_without_faults(runner, monkeypatch, operation):
    """Otherwise the matrix would compare one failure with another, and show nothing."""
    set_page_size(monkeypatch, operation)
    baseline = runner.baseline(operation, {})
    assert not baseline.has_failed, baseline.message


@pytest.mark.parametrize(
    "policies", POLICY_SETS if RUN_ALL else [pytest.param(None, id="sample")], ids=policy_set_id
)
@pytest.mark.parametrize("operation", OPERATIONS, ids=operation_id)
def test_no_fault_loses_or_duplicates_objects_or_leaks_secrets(
    runner, other_server, monkeypatch, record_property, operation, policies
):
    set_page_size(monkeypatch, operation)
    pairs = selected_pairs(operation, policies, fault_cases(other_server.url))

    failures, count = [], 0
    for case in matrix_cases(runner, operation, pairs):
        count += 1
        try:
            runner.check_case(case)
        except AssertionError as error:
            failures.append(f"{case}:\n    {error}")

    record_property("cases", count)
    assert failures == [], f"{len(failures)} of {count} cases:\n" + "\n".join(failures)
    assert other_server.requests() == []


@pytest.mark.parametrize(("operation_name", "fault_name", "policies"), KNOWN_CASES)
def test_known_case(runner, other_server, monkeypatch, operation_name, fault_name, policies):
    from faults.fault_matrix import MatrixCase

    [operation] = (operation for operation in OPERATIONS if operation.name == operation_name)
    [fault] = (fault for fault in fault_cases(other_server.url) if fault.name == fault_name)
    set_page_size(monkeypatch, operation)
    position = runner.baseline(operation, dict(policies)).positions[-1]
    runner.check_case(MatrixCase(operation, fault, position, policies))
