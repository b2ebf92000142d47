# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carries out plans in the context of a task.

Modules that only read do not import this.
"""

from __future__ import annotations

from typing import Optional

from .._api.adapter import MAX_CONCURRENCY
from .._api.client import Client
from .._engine.plan import ExecutionOptions, Plan
from .._engine.planner import incomplete_lists
from .._engine.result import PlanResult
from .._errors import RefusedError
from .._organization.detach import unlisted_dependents
from .._redaction import quoted
from .._resources.subscriptions import dangling_references
from .context import ModuleContext


def execution_options(ctx: ModuleContext) -> ExecutionOptions:
    """How a bulk module applies its plan, from the options in BULK. Raises RefusedError."""
    concurrency = ctx.params["concurrency"]
    if not 1 <= concurrency <= MAX_CONCURRENCY:
        detail = f"`concurrency` must be from 1 to {MAX_CONCURRENCY}, not {concurrency}"
        raise RefusedError(detail, operation="read the options")
    return ExecutionOptions(concurrency, ctx.params["continue_on_error"], ctx.report_progress)


def apply(
    ctx: ModuleContext, client: Client, plan: Plan, options: Optional[ExecutionOptions] = None
) -> PlanResult:
    """Apply a plan, or predict its results in check mode. Warnings are shown."""
    dangling = dangling_references(plan)
    if dangling:
        ids = ", ".join(map(quoted, dangling))
        are_removed = "would be removed" if ctx.check_mode else "are removed"
        ctx.warn_once(
            f"Subscriptions refer to integrations that no longer exist: {ids}. The references {are_removed}."
        )
    refusal = incomplete_lists(plan)
    if refusal is not None:
        raise refusal
    unlisted = unlisted_dependents(plan)
    if unlisted is not None:
        ctx.warn_once(unlisted)
    if ctx.check_mode or not plan.ordered_changes():
        result = PlanResult.predict(plan)
    else:
        # Imported here because most runs change nothing.
        from .._engine.executor import apply_plan

        result = apply_plan(client, plan, options or ExecutionOptions())
        ctx.report_done(result.changed, summary=result.summary)
    for warning in result.warnings:
        ctx.warn_once(warning)
    return result
