# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applies a plan, phase by phase, several steps at once within a phase."""

from __future__ import annotations

import threading
from dataclasses import replace
from functools import partial
from typing import Callable, Dict, Iterable, List, Mapping, Tuple

from .concurrency import run_concurrently
from .model import Client
from .operations import apply_step
from .plan import Action, ExecutionOptions, Phase, Plan
from .recovery import (
    StepContext,
    WrittenIds,
    duplicate_warnings,
    wait_until_listed,
    wait_until_unlisted,
)
from .result import PlanResult, StepResult

#: A phase that takes longer than this many seconds reports its progress.
QUIET_SECONDS = 2.0


def apply_plan(client: Client, plan: Plan, options: ExecutionOptions) -> PlanResult:
    """Apply a plan. Errors are in the results.

    After an error no further step is started, unless ``continue_on_error`` is set. Even then, nothing that
    others refer to is deleted after a change of those others has failed.
    """
    return _Executor(client, plan, options).run()


class _Executor:
    """Applies one plan."""

    def __init__(self, client: Client, plan: Plan, options: ExecutionOptions) -> None:
        self._client = client
        self._plan = plan
        self._options = options
        self._stopped = threading.Event()
        self._written_ids: WrittenIds = {}
        self._replaced_ids: Dict[str, str] = {}
        planned_keys = plan.planned_keys()

        self._contexts = {
            resource.address: StepContext(
                client,
                resource,
                plan.snapshot[resource].ids,
                planned_keys[resource.address],
                self._written_ids,
                self._replaced_ids,
            )
            for resource in plan.changing_resources()
        }
        self._results: List[StepResult] = [
            StepResult(step, after=step.before, attempted=step.action is Action.KEEP, warnings=step.warnings)
            for step in plan.steps
        ]

    def run(self) -> PlanResult:
        for phase in self._plan.phases():
            if phase.action is Action.DELETE and self._has_failed_referrers(phase):
                break
            self._run_phase(phase)
        for ctx, results in self._by_collection(range(len(self._results))):
            self._add_warnings(duplicate_warnings(ctx, results))
        return PlanResult(tuple(self._results))

    def _has_failed_referrers(self, phase: Phase) -> bool:
        """Whether others may still refer to objects to delete, because a change of those others failed."""
        return self._is_referenced(phase.positions[0]) and any(
            result.error for position, result in enumerate(self._results) if not self._is_referenced(position)
        )

    def _is_referenced(self, position: int) -> bool:
        return self._plan.steps[position].resource.is_referenced

    def _run_phase(self, phase: Phase) -> None:
        progress = _Progress(self._client, len(phase.positions), phase.participle, self._options.on_progress)
        run_concurrently(
            self._run_step,
            phase.positions,
            self._options.concurrency,
            self._cancel,
            on_finished=progress.advance,
        )
        self._wait_for_lists(phase)

    def _run_step(self, position: int) -> None:
        if self._stopped.is_set():
            return
        step = self._plan.steps[position]
        ctx = self._contexts[step.resource.address]
        result = apply_step(ctx, step)
        self._results[position] = result
        if result.error and not self._options.continue_on_error:
            self._stopped.set()
        if result.after and not result.error:
            key = step.resource.key(result.after)
            self._written_ids[step.resource.path, key] = result.after["id"]
            if step.before and step.before["id"] != result.after["id"]:
                # It was deleted in the meantime and created again, under another ID.
                self._replaced_ids[step.before["id"]] = result.after["id"]
            if _is_created(ctx, result):
                ctx.watch_for_duplicates(result.after)

    def _cancel(self) -> None:
        self._stopped.set()
        self._client.cancel()

    # Lists that lag behind

    def _wait_for_lists(self, phase: Phase) -> None:
        """Wait until the lists show what a phase created, and no longer show what it deleted."""
        waits: List[Callable[[], Dict[int, str]]] = []
        for ctx, results in self._by_collection(phase.positions):
            created = {position: result for position, result in results.items() if _is_created(ctx, result)}
            deleted = {position: result for position, result in results.items() if _is_deleted(result)}
            if created:
                waits.append(partial(wait_until_listed, ctx, created))
            if deleted:
                waits.append(partial(wait_until_unlisted, ctx, deleted))

        for warnings in run_concurrently(_call, waits, self._options.concurrency, self._cancel):
            self._add_warnings(warnings)

    def _add_warnings(self, warnings: Mapping[int, str]) -> None:
        for position, text in warnings.items():
            result = self._results[position]
            self._results[position] = replace(result, warnings=(*result.warnings, text))

    def _by_collection(self, positions: Iterable[int]) -> List[Tuple[StepContext, Dict[int, StepResult]]]:
        """The results at these positions by their collection, of those that the plan changes."""
        grouped: Dict[Tuple[str, str], Dict[int, StepResult]] = {}
        for position in positions:
            address = self._plan.steps[position].resource.address
            grouped.setdefault(address, {})[position] = self._results[position]
        return [(ctx, grouped[address]) for address, ctx in self._contexts.items() if address in grouped]


def _call(wait: Callable[[], Dict[int, str]]) -> Dict[int, str]:
    return wait()


def _is_created(ctx: StepContext, result: StepResult) -> bool:
    if result.step.action is not Action.CREATE or not result.changed or result.after is None:
        return False
    return ctx.is_claimed(result.after["id"])


def _is_deleted(result: StepResult) -> bool:
    return result.step.action is Action.DELETE and result.changed and not result.error


class _Progress:
    """Reports every tenth of a phase that takes long."""

    def __init__(
        self, client: Client, total: int, participle: str, on_progress: Callable[[str], None]
    ) -> None:
        self._client = client
        self._total = total
        self._participle = participle
        self._on_progress = on_progress
        self._started = client.now()
        self._count = 0

    def advance(self) -> None:
        """Count one more finished step."""
        self._count += 1
        is_tenth = self._count * 10 // self._total > (self._count - 1) * 10 // self._total
        if is_tenth and self._client.now() - self._started > QUIET_SECONDS:
            self._on_progress(f"{self._participle} {self._count} of {self._total}")
