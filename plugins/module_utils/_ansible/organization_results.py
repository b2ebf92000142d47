# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The result of the module ``organization``, from the plan of an organization and what became of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Dict, List, Optional, Sequence

from .._common import Object
from .._engine.plan import Step
from .._engine.rendering import (
    plan_diff,
    plan_entry,
    plan_summary,
    plan_text,
    request_count,
    similar_names,
)
from .._engine.result import PlanResult
from .._errors import RefusedError
from .._organization.channel_tests import TestResult
from .._organization.lint_findings import Finding
from .._organization.planning import OrganizationPlan
from .._organization.routing import created_integrations
from .._organization.routing_tests import RoutingTestResults
from .._redaction import counted, display_name, origin_of, quoted_names, shortened
from .._resources.integrations import INTEGRATIONS
from .._resources.notification_types import NOTIFICATION_TYPES
from .._resources.quotas import CODE
from .._resources.subscriptions import Subscriptions
from .context import ModuleContext, ModuleResult
from .results import describe_result


def warn_about_plan(ctx: ModuleContext, organization: OrganizationPlan) -> None:
    """Show the warnings of a plan, and critical types that reach only the e-mail to organization admins."""
    for warning in organization.warnings:
        ctx.warn_once(warning)
    quota = organization.quota or {}
    if quota.get("missing") and created_integrations(organization.plan):
        ctx.warn_once(
            f"The plan exceeds the quota of integrations by {quota['missing']} ({CODE}: {quota['limit']}). "
            "Delete what is no longer needed first, or ask Confluent to raise the quota."
        )

    names = organization.routing.admin_only_types() if organization.selection.selected else []
    if names:
        reach = "reaches" if len(names) == 1 else "reach"
        ctx.warn_once(
            f"{counted(len(names), 'critical type')} {reach} only the e-mail to organization admins, such as "
            f"{quoted_names(names[:3])}. Users who hold the role through a group mapping do not receive it."
        )


def describe_organization(organization_id: Optional[str], endpoint: str = "") -> Dict[str, Any]:
    """Which organization a result is about. The endpoint is empty if no service was asked."""
    return {"id": organization_id, "endpoint": origin_of(endpoint) if endpoint else ""}


def describe_quota(quota: Optional[Object]) -> Dict[str, Any]:
    """The member of a result for the quota of integrations, if it was asked for."""
    return {} if quota is None else {"quota": quota}


def plan_members(ctx: ModuleContext, organization: OrganizationPlan, endpoint: str = "") -> Dict[str, Any]:
    """The members of a result that are known before anything is changed."""
    catalog = organization.routing.catalog
    return {
        "organization": describe_organization(organization.organization_id, endpoint),
        "plan": _plan_to_output(organization),
        "diff": plan_diff(organization.plan.steps),
        "not_included": catalog.type_summaries(organization.selection.not_included.values()),
        "not_disabled": catalog.type_summaries(organization.not_disabled),
        "refusals": [_describe_refusal(ctx, refusal) for refusal in organization.refusals],
        "routing_tests": _describe_routing_tests(organization.routing_tests),
        "lint": [_describe_finding(finding) for finding in organization.findings],
        "explanations": list(organization.explanations),
        **describe_quota(organization.quota),
    }


def _describe_refusal(ctx: ModuleContext, refusal: RefusedError) -> Dict[str, Any]:
    error = ctx.failure(refusal)["error"]
    return {"type": error["type"], "detail": error["detail"]}


def _describe_finding(finding: Finding) -> Dict[str, Any]:
    entry = list(finding.entry) if finding.entry else None
    return {**asdict(finding), "text": shortened(finding.text), "entry": entry}


def _describe_routing_tests(results: RoutingTestResults) -> Dict[str, Any]:
    return {
        "passed": list(results.passed),
        "failed": results.failed,
        "mismatches": [
            {**asdict(mismatch), "text": shortened(mismatch.text)} for mismatch in results.mismatches
        ],
        "untested_rules": list(results.untested),
        "coverage": results.coverage,
    }


def execution_members(ctx: ModuleContext, result: PlanResult, tested: Sequence[TestResult]) -> Dict[str, Any]:
    """The members of a result that say what became of the plan, and of the test notifications."""
    return {
        "changed": result.changed,
        "summary": _summary(result),
        "failures": [
            {**_subject(step_result.step), **describe_result(ctx, step_result)}
            for step_result in result.results
            if step_result.error is not None
        ],
        "tested": [_describe_test(ctx, test) for test in tested],
    }


def _subject(step: Step) -> Dict[str, str]:
    """What a failure is about, in the words of the plan's changes: the kind of object, and the path of a resource."""
    return {"resource": step.resource.noun, "scope": step.resource.scope}


def organization_result(
    members: Dict[str, Any], result: PlanResult, tested: Sequence[TestResult]
) -> ModuleResult:
    """The whole result, failed if a change or a test notification failed."""
    failed_test = next((test.error for test in tested if test.error), None)
    return ModuleResult(members, result.failure() or failed_test)


def _describe_test(ctx: ModuleContext, test: TestResult) -> Dict[str, Any]:
    failure = ctx.failure(test.error) if test.error else {}
    return {"display_name": test.name, "sent": test.error is None, **failure}


def _plan_to_output(organization: OrganizationPlan) -> Dict[str, Any]:
    plan = organization.plan
    similar = similar_names(plan)
    entries = [
        {**plan_entry(step, similar), "rules": _rules_of(step, organization)}
        for step in plan.ordered_changes()
    ]
    summary = plan_summary(plan)
    collections = {step.resource.address for step in plan.steps}
    collections |= {(resource.path, "") for resource in (INTEGRATIONS, NOTIFICATION_TYPES, Subscriptions)}

    return {
        "checksum": organization.checksum,
        "summary": summary,
        "changes": entries,
        "text": plan_text(entries, summary, organization.unmanaged),
        "unmanaged": list(organization.unmanaged),
        "silenced": list(map(display_name, organization.silenced)),
        "requests": request_count(plan, len(collections), len(organization.tests)),
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
        by_resource.setdefault(step_result.step.resource.noun, []).append(step_result)
    return {noun: PlanResult.count(results) for noun, results in sorted(by_resource.items())}
