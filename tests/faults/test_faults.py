# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fault matrix: a slice of it on every run, all of it by `make faults`."""

from __future__ import annotations

import dataclasses
import itertools
import os
import random

import pytest

from emulator.settings import Settings
from faults.harm import harms
from faults.operations import OPERATIONS
from support.emulator import Emulator

FULL = os.environ.get("FAULTS") == "all"
#: How many cases of each operation a run of `make test` takes.
SLICE = 2


def policies():
    """The first side of every question, the other side of one of them at a time, and the other side of all."""
    others = [
        (each.name, side)
        for each in dataclasses.fields(Settings)
        for side in each.metadata.get("values", ())[1:]
    ]
    everything = dict(reversed([each for each in others if each[0] != "early_access"]))
    return [(), *((each,) for each in others), tuple(everything.items())]


def named(part):
    if isinstance(part, str):
        return part
    return {0: "first-sides", 1: "=".join(part[0]) if part else ""}.get(len(part), "other-sides")


@pytest.fixture(scope="module")
def elsewhere():
    with Emulator.started() as other:
        yield other


@pytest.fixture(scope="module")
def bench():
    from faults.matrix import Bench

    with Emulator.started("--trust-answers") as emulator:
        yield Bench(emulator)


def positions(operation, policy, harm, there):
    """The requests that a harm is aimed at: each in turn, where a policy is not one of many; else one of them."""
    if harm.settings or "path" in harm.fault:
        return there[:1]
    if FULL and len(policy) != 1:
        return there
    return random.Random(f"{operation.name}{harm.name}{policy}").sample(there, min(1, len(there)))


def cases(bench, operation, chosen):
    from faults.matrix import Case

    for policy, harm in chosen:
        there = bench.unharmed(operation, {**dict(policy), **harm.settings}, exchange=harm.exchange).positions
        for position in positions(operation, policy, harm, there):
            yield Case(operation, harm, position, policy)


def chosen(operation, part, elsewhere):
    """The pairs of policies and harms of one test; in a slice, other ones for each operation."""
    everything = list(itertools.product(policies(), harms(elsewhere.url)))
    if FULL:
        return [each for each in everything if each[0] == part]
    return random.Random(operation.name).sample(everything, SLICE)


@pytest.mark.parametrize("part", policies() if FULL else ["slice"], ids=named)
@pytest.mark.parametrize(
    "operation", OPERATIONS, ids=lambda operation: f"{operation.module}: {operation.name}"
)
def test_nothing_is_lost_doubled_or_sent_elsewhere(
    bench, elsewhere, monkeypatch, record_property, operation, part
):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api import client

    monkeypatch.setattr(client, "PAGE_SIZE", 25 if operation.catalogue else 2)
    failures, count = [], 0
    for case in cases(bench, operation, chosen(operation, part, elsewhere)):
        count += 1
        try:
            bench.try_case(case)
        except AssertionError as error:
            failures.append(f"{case}:\n    {error}")
    record_property("cases", count)
    assert failures == [], f"{len(failures)} of {count} cases:\n" + "\n".join(failures)
    assert elsewhere.requests() == []
