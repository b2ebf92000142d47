# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of modules, from the results of their plans."""

from __future__ import annotations

from typing import Any, Dict, Iterable, List, Optional

from .._common import Object
from .._engine.rendering import plan_diff, step_diff
from .._engine.result import PlanResult, StepResult
from .context import ModuleContext, ModuleResult


def single_result(plan_result: PlanResult, **members: Any) -> ModuleResult:
    """The result of a module that manages one object, with further members."""
    [result] = plan_result.managed
    return ModuleResult(
        {
            "changed": plan_result.changed,
            "changes": list(result.step.changes),
            _member(result): _output(result),
            "diff": step_diff(result.step),
            **members,
        },
        plan_result.failure(),
    )


def bulk_result(plan_result: PlanResult, **members: Any) -> ModuleResult:
    """The result of a module that manages many objects. ``members`` has the descriptions of their results."""
    return ModuleResult(
        {
            "changed": plan_result.changed,
            "summary": plan_result.summary,
            "diff": plan_diff([result.step for result in plan_result.managed + plan_result.purged]),
            **members,
        },
        plan_result.failure(),
    )


def describe_results(ctx: ModuleContext, results: Iterable[StepResult]) -> List[Dict[str, Any]]:
    """The result entries of several objects of a bulk module."""
    return [describe_result(ctx, result) for result in results]


def describe_result(ctx: ModuleContext, result: StepResult) -> Dict[str, Any]:
    """The result entry of one object of a bulk module."""
    return {
        "display_name": result.step.name,
        "id": (result.after or result.step.before or {}).get("id"),
        _member(result): _output(result),
        "changed": result.changed,
        "changes": list(result.step.changes) if result.attempted else [],
        "attempted": result.attempted,
        **(ctx.failure(result.error) if result.error else {}),
    }


def _member(result: StepResult) -> str:
    return result.step.resource.noun.replace(" ", "_")


def _output(result: StepResult) -> Optional[Object]:
    return None if result.after is None else result.step.resource.to_output(result.after)
