# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The test notifications and the result of the module ``organization``.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, Dict, List, Mapping, Optional, Sequence

from .._api.client import Client
from .._common import Object
from .._engine.concurrency import run_concurrently
from .._engine.plan import REPLACEMENT, Step
from .._engine.rendering import (
    plan_diff,
    plan_entry,
    plan_summary,
    plan_text,
    request_count,
)
from .._engine.result import PlanResult
from .._errors import NotificationsError, RefusedError, operation
from .._redaction import counted, one_line, origin_of, quoted
from .._resources.integrations import INTEGRATIONS, TEST_PATH, target_to_test, webhook_url
from .._resources.notification_types import NOTIFICATION_TYPES
from .._resources.organization import OrganizationPlan
from .._resources.policies import quoted_names
from .._resources.subscriptions import Subscriptions
from .context import ModuleContext, ModuleResult
from .results import describe_result


def unreviewed_changes(organization: OrganizationPlan, params: Mapping[str, Any]) -> Optional[RefusedError]:
    """The error if the plan is not the one in the options EXPECTED_PLAN, or None."""
    reviewed = params["expected_plan"]
    expected = params["expected_checksum"] if reviewed is None else str(reviewed.get("checksum"))
    checksum = organization.checksum
    if expected in (None, checksum):
        return None
    if reviewed is None:
        detail = f"its checksum begins with {checksum[:12]}, and `expected_checksum` with {expected[:12]}"
    else:
        entries = [plan_entry(step) for step in organization.plan.ordered_changes()]
        detail = _describe_differences(entries, reviewed.get("changes") or [])
    return RefusedError(
        detail,
        type="plan_changed",
        operation="apply the reviewed plan",
        next_step="The organization or the options have changed since. Review the new plan.",
    )


def _describe_differences(entries: Sequence[Mapping[str, Any]], reviewed: Any) -> str:
    now = dict.fromkeys(map(_describe_entry, entries))
    before = dict.fromkeys(_describe_entry(entry) for entry in reviewed if isinstance(entry, dict))
    added = [text for text in now if text not in before]
    removed = [text for text in before if text not in now]
    parts = []
    if added:
        parts.append(f"these changes were not reviewed: {quoted_names(added)}")
    if removed:
        parts.append(f"these reviewed changes are no longer planned: {quoted_names(removed)}")
    return "; ".join(parts) or "the objects that it changes are different now"


def _describe_entry(entry: Mapping[str, Any]) -> str:
    return one_line(f"{entry.get('action')} {entry.get('resource')} {entry.get('name')}: {entry.get('text')}")


def warn_about_recipients(ctx: ModuleContext, organization: OrganizationPlan) -> None:
    """Warn if critical types reach only the e-mail to organization admins, if rules route anything."""
    names = organization.routing.admin_only_types() if organization.selection.selected else []
    if names:
        reach = "reaches" if len(names) == 1 else "reach"
        ctx.warn_once(
            f"{counted(len(names), 'critical type')} {reach} only the e-mail to organization admins, such as "
            f"{quoted_names(names[:3])}. Users who hold the role through a group mapping do not receive it."
        )


@dataclass(frozen=True)
class TestResult:
    """What became of one test notification."""

    name: str
    error: Optional[NotificationsError] = None

    def to_output(self, ctx: ModuleContext) -> Dict[str, Any]:
        failure = ctx.failure(self.error) if self.error else {}
        return {"display_name": self.name, "sent": self.error is None, **failure}


def refused_test(steps: Sequence[Step]) -> Optional[RefusedError]:
    """The error if one of the integrations to test cannot be tested, or None."""
    try:
        for step in steps:
            _body_to_test(step)
    except RefusedError as refusal:
        return refusal
    return None


def send_tests(client: Client, steps: Sequence[Step], concurrency: int) -> List[TestResult]:
    """Send a test notification through the integration of each step, several at once."""
    return run_concurrently(partial(_send_test, client), steps, concurrency, client.cancel)


def _send_test(client: Client, step: Step) -> TestResult:
    try:
        with operation(_test_operation(step)):
            client.call_action("POST", TEST_PATH, _body_to_test(step))
    except NotificationsError as error:
        return TestResult(step.name, error)
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


def describe_organization(client: Client, organization_id: Optional[str]) -> Dict[str, Any]:
    """Which organization a result is about."""
    return {"id": organization_id, "endpoint": origin_of(client.endpoint)}


def refused_result(
    client: Client, organization: OrganizationPlan, refusal: RefusedError, tests: Sequence[Step]
) -> ModuleResult:
    """The result if the plan is refused: the plan and its diff, so that they can be reviewed."""
    return ModuleResult(_plan_members(client, organization, len(tests)), refusal)


def organization_result(
    ctx: ModuleContext,
    client: Client,
    organization: OrganizationPlan,
    result: PlanResult,
    tests: Sequence[Step],
    tested: Sequence[TestResult],
) -> ModuleResult:
    """The result of the module: the plan, what became of it, and the test notifications."""
    failed_test = next((test.error for test in tested if test.error), None)
    catalog = organization.routing.catalog
    return ModuleResult(
        {
            **_plan_members(client, organization, len(tests)),
            "changed": result.changed,
            "summary": _summary(result),
            "failures": [
                describe_result(ctx, step_result)
                for step_result in result.results
                if step_result.error is not None
            ],
            "tested": [test.to_output(ctx) for test in tested],
            "not_in_plan": catalog.type_summaries(organization.selection.not_in_plan.values()),
            "not_disabled": catalog.type_summaries(organization.not_disabled),
        },
        result.failure() or failed_test,
    )


def _plan_members(client: Client, organization: OrganizationPlan, test_count: int) -> Dict[str, Any]:
    """The members of a result that are known before anything is changed."""
    return {
        "organization": describe_organization(client, organization.organization_id),
        "plan": _plan_to_output(organization, test_count),
        "diff": plan_diff(organization.plan.steps),
    }


def _plan_to_output(organization: OrganizationPlan, test_count: int) -> Dict[str, Any]:
    plan = organization.plan
    entries = [
        {**plan_entry(step), "rules": _rules_of(step, organization)} for step in plan.ordered_changes()
    ]
    summary = plan_summary(plan)
    collections = {step.resource.address for step in plan.steps}
    collections |= {(resource.path, "") for resource in (INTEGRATIONS, NOTIFICATION_TYPES, Subscriptions)}
    return {
        "checksum": organization.checksum,
        "summary": summary,
        "changes": entries,
        "text": plan_text(entries, summary),
        "requests": request_count(plan, len(collections), test_count),
    }


def _rules_of(step: Step, organization: OrganizationPlan) -> List[int]:
    """The positions of the rules that select the type of a subscription, counted from 1."""
    if not isinstance(step.resource, Subscriptions):
        return []
    return organization.selection.rules_of(step.resource.key(step.after or step.before or {}))


def _summary(result: PlanResult) -> Dict[str, Dict[str, int]]:
    """The number of objects for each outcome, by resource."""
    by_resource: Dict[str, List[Any]] = {}
    for step_result in result.results:
        if step_result.step.origin == REPLACEMENT:
            continue
        by_resource.setdefault(step_result.step.resource.noun, []).append(step_result)
    return {noun: PlanResult.count(results) for noun, results in sorted(by_resource.items())}
