# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test notifications and the result of the module ``organization``.

Private to the collection.
"""

from __future__ import annotations

from typing import Any, Dict, List, Sequence

from .._api.client import Client
from .._engine.concurrency import run_concurrently
from .._engine.plan import Step
from .._engine.rendering import (
    plan_checksum,
    plan_diff,
    plan_entries,
    plan_summary,
    plan_text,
    request_count,
)
from .._engine.result import PlanResult
from .._errors import NotificationsError, operation
from .._redaction import quoted
from .._resources.integrations import INTEGRATIONS, TEST_PATH, target_to_test
from .._resources.notification_types import NOTIFICATION_TYPES
from .._resources.organization import OrganizationPlan
from .._resources.subscriptions import Subscriptions
from .context import ModuleContext, ModuleResult
from .results import describe_result


def send_tests(
    ctx: ModuleContext, client: Client, steps: Sequence[Step], concurrency: int
) -> List[Dict[str, Any]]:
    """Send a test notification through the integration of each step, several at once.

    Failures are in the results.
    """

    def send(step: Step) -> Dict[str, Any]:
        try:
            with operation(f"send a test notification through {quoted(step.name)}"):
                # The URL of the task, because the service may mask the one that it has.
                desired = {**(step.before or {}), **(step.after or {}), **step.desired.fields}
                display_name, target = target_to_test(desired)
                client.call_action("POST", TEST_PATH, {"display_name": display_name, "target": target})
        except NotificationsError as error:
            return {"display_name": step.name, "sent": False, "error": error}
        return {"display_name": step.name, "sent": True}

    return run_concurrently(send, steps, concurrency, client.cancel)


def organization_result(
    ctx: ModuleContext,
    organization: OrganizationPlan,
    result: PlanResult,
    tests: Sequence[Step],
    tested: Sequence[Dict[str, Any]],
) -> ModuleResult:
    """The result of the module: the plan, what became of it, and the test notifications."""
    failed_test = next((each["error"] for each in tested if "error" in each), None)
    catalog = organization.catalog
    return ModuleResult(
        {
            "changed": result.changed,
            "plan": _plan_to_output(organization, len(tests)),
            "summary": _summary(result),
            "failures": [describe_result(ctx, each) for each in result.results if each.error is not None],
            "tested": [_test_to_output(ctx, each) for each in tested],
            "not_in_plan": catalog.type_summaries(organization.selection.not_in_plan.values()),
            "not_disabled": catalog.type_summaries(organization.not_disabled),
            "diff": plan_diff(organization.plan.steps),
        },
        result.failure() or failed_test,
    )


def _plan_to_output(organization: OrganizationPlan, test_count: int) -> Dict[str, Any]:
    plan = organization.plan
    entries = plan_entries(plan)
    rules = organization.rules_by_name()
    for entry in entries:
        entry["rules"] = rules.get(entry["name"], []) if entry["resource"] == Subscriptions.noun else []
    summary = plan_summary(plan)
    collections = {step.resource.address for step in plan.steps}
    collections |= {(resource.path, "") for resource in (INTEGRATIONS, NOTIFICATION_TYPES, Subscriptions)}
    return {
        "checksum": plan_checksum(plan),
        "summary": summary,
        "changes": entries,
        "text": plan_text(entries, summary),
        "requests": request_count(plan, len(collections), test_count),
    }


def _summary(result: PlanResult) -> Dict[str, Dict[str, int]]:
    """The number of objects for each outcome, by resource."""
    by_resource: Dict[str, List[Any]] = {}
    for step_result in result.results:
        by_resource.setdefault(step_result.step.resource.noun, []).append(step_result)
    return {noun: PlanResult.count(results) for noun, results in sorted(by_resource.items())}


def _test_to_output(ctx: ModuleContext, test: Dict[str, Any]) -> Dict[str, Any]:
    if "error" not in test:
        return test
    return {**test, **ctx.failure(test["error"])}
