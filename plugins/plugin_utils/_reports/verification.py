# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what is wrong with an organization, from the comparison with its variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Sequence

from ...module_utils._common import Object
from ...module_utils._redaction import counted, one_line
from .routing_table import routing_table
from .text import lint_line

#: What ``verify_fail_on`` may name, in the order of reports.
KINDS = ("drift", "violations", "tests", "gaps", "unused", "lint")
#: The type of a refusal because of routing tests.
TESTS_FAILED = "routing_test_failed"
DEFAULT_FAIL_ON = ("drift", "violations", "tests")


@dataclass(frozen=True)
class Verification:
    """The findings by their kind, each a list of lines, with the routing table.

    ``unmanaged`` says in a few words each what the variables do not manage, and ``quota`` how many integrations the
    organization may have (None: not asked).
    """

    findings: Mapping[str, List[str]]
    table: Object
    counts: Mapping[str, int]
    unmanaged: Sequence[str] = ()
    quota: Optional[Object] = None

    def failed_kinds(self, fail_on: Sequence[str]) -> List[str]:
        """The kinds that make the play fail and that were found."""
        return [kind for kind in KINDS if kind in fail_on and self.findings[kind]]


def verification(result: Object, is_compared: bool, used_by_resources: Sequence[str]) -> Verification:
    """The findings in the result of ``organization`` (compared) or of ``organization_info``.

    ``used_by_resources`` has the names and IDs of integrations that single resources use: the service cannot
    list these subscriptions.
    """
    state: Object = result["state"] if is_compared else result
    plan: Object = result["plan"] if is_compared else {"changes": [], "text": [], "unmanaged": []}
    table = routing_table(state["notification_types"], state["integrations"])
    used = set(used_by_resources)
    used |= {obj["display_name"] for obj in state["integrations"] if obj["id"] in used}
    drift = plan["text"][: plan["text"].index("")] if plan["changes"] else []
    findings: Dict[str, List[str]] = {
        "drift": list(drift),
        "violations": [
            one_line(f"{violation['policy']}: {', '.join(violation['types'])}")
            for violation in state["violations"]
        ],
        "tests": _failed_tests(result),
        "gaps": table["gaps"] if state["gaps"] else [],
        "unused": sorted(one_line(name) for name in state["unused"] if name not in used),
        "lint": [lint_line(finding) for finding in lint_findings(result)],
    }
    return Verification(findings, table, state["counts"], plan["unmanaged"], result.get("quota"))


#: Refusals that are findings of their own.
_FINDINGS = ("policy_violated", TESTS_FAILED)


def is_failure(result: Object) -> bool:
    """Whether a result failed for a reason that is no finding."""
    return any(refusal["type"] not in _FINDINGS for refusal in _refusals(result))


def _refusals(result: Object) -> List[Object]:
    """Why the result failed. One without a plan has a single reason."""
    if not result.get("failed"):
        return []
    error = result.get("error") or {}
    alone = {"type": error.get("type") or "internal_error", "detail": result.get("msg")}
    return list(result.get("refusals") or [alone])


def _failed_tests(result: Object) -> List[str]:
    """The routing tests that failed, and rules without one."""
    mismatches = (result.get("routing_tests") or {}).get("mismatches", ())
    lines = [one_line(f"{mismatch['test']}: {mismatch['text']}") for mismatch in mismatches]
    failed = [refusal for refusal in _refusals(result) if refusal["type"] == TESTS_FAILED]
    return lines or [one_line(str(refusal["detail"])) for refusal in failed]


def lint_findings(result: Object) -> List[Object]:
    """The findings of lint in the result of ``organization``. Unused integrations are a kind of their own."""
    return [finding for finding in result.get("lint", ()) if finding["code"] != "unused-integration"]


def findings_text(verified: Verification, is_full: bool) -> List[str]:
    """The findings for a terminal; empty if nothing is wrong and not everything is asked for."""
    table, findings = verified.table, verified.findings
    lines = [_row_line(row) for row in table["rows"] if is_full or row["gap"]]
    lines += [f"drift: {line}" for line in findings["drift"]]
    lines += [f"violated policy: {line}" for line in findings["violations"]]
    lines += [f"failed routing test: {line}" for line in findings["tests"]]
    lines += findings["lint"]
    lines += [f"refers to an integration that no longer exists: {line}" for line in table["dangling"]]
    if not lines and not findings["unused"]:
        return []
    policies = len(findings["violations"])
    summary = (
        f"{counted(verified.counts['notification_types'], 'notification type')}, "
        f"{counted(len(table['gaps']), 'gap')}, {counted(len(findings['drift']), 'difference')}, "
        f"{policies} violated {'policy' if policies == 1 else 'policies'}."
    )
    lines += [summary, f"Unused integrations: {', '.join(findings['unused']) or 'none'}."]
    if not is_full:
        lines.append("To show all types, set -e verify_full=true or write a file with verify_html.")

    return lines


def _row_line(row: Object) -> str:
    included = "" if row["is_included"] else " (not included)"
    recipients = ", ".join(row["names"]) or f"({row['state']})"
    gap = f"   <-- {row['gap']}" if row["gap"] else ""
    return f"{row['severity']:8} {row['category']:18} {row['name']}{included}: {recipients}{gap}"


def failure(verified: Verification, kinds: Sequence[str], host: str) -> Optional[str]:
    """The message of a play that fails because of these kinds of findings; None for none."""
    if not kinds:
        return None

    found = verified.findings
    differ = "object differs" if len(found["drift"]) == 1 else "objects differ"
    notify = "type notifies" if len(found["gaps"]) == 1 else "types notify"
    words = {
        "drift": f"{len(found['drift'])} {differ} from the variables (drift)",
        "violations": f"policies are violated: {'; '.join(found['violations'])}",
        "tests": f"routing tests failed: {'; '.join(found['tests'])}",
        "gaps": (
            f"{len(found['gaps'])} critical {notify} nobody, or only by e-mail: {'; '.join(found['gaps'])}"
        ),
        "unused": f"unused integrations: {', '.join(found['unused'])}",
        "lint": f"lint found {'; '.join(found['lint'])}",
    }
    advice = " Run the playbook bootstrap to apply the variables." if "drift" in kinds else ""
    return f"{host}: {'; '.join(words[kind] for kind in kinds)}.{advice}"


def unchecked(fail_on: Sequence[str], variables: Mapping[str, Any], has_content: bool) -> Dict[str, str]:
    """The kinds that would make the play fail and that nothing is checked for, with the variable that is missing."""
    content = "bootstrap_integrations or bootstrap_subscriptions"
    needed = {
        "violations": "" if variables.get("bootstrap_policies") else "bootstrap_policies",
        "tests": "" if variables.get("bootstrap_tests") else "bootstrap_tests",
        "lint": "" if has_content else content,
    }
    return {kind: needed[kind] for kind in KINDS if kind in fail_on and needed.get(kind)}


def success(
    verified: Verification, fail_on: Sequence[str], not_checked: Mapping[str, str], host: str
) -> List[str]:
    """What to say if nothing that counts was found."""
    checked = [
        f"no {'failed tests' if kind == 'tests' else kind}"
        for kind in KINDS
        if kind in fail_on and kind not in not_checked
    ]
    result = ", ".join(checked) if checked else "nothing was checked, because verify_fail_on is empty"
    missing = [f"{kind} (no {variable})" for kind, variable in not_checked.items()]
    return [
        f"{host}: {result}.",
        *([f"Not checked: {', '.join(missing)}."] if missing else []),
        *remarks(verified),
    ]


def remarks(verified: Verification) -> List[str]:
    """What somebody should know whatever was found: the quota, and what the variables do not manage."""
    lines = [] if verified.quota is None else [quota_line(verified.quota)]
    if verified.unmanaged:
        lines.append(f"Not managed: {', '.join(verified.unmanaged)}.")
    return lines


def quota_line(quota: Object) -> str:
    """How many integrations of the quota are used, as a sentence."""
    if quota["limit"] is None:
        problem = quota["problem"].rstrip(".") or "the service does not tell it"
        return f"The quota of integrations is unknown: {problem}."
    exceeded = f", and a run would need {quota['missing']} more than that" if quota["missing"] else ""
    return f"{quota['used']} of {counted(quota['limit'], 'integration')} in use (quota){exceeded}."


def used_by_resources(resource_subscriptions: Sequence[Mapping[str, Any]]) -> List[str]:
    """The names and IDs of integrations in the subscriptions of single resources that variables list."""
    return [name for item in resource_subscriptions for name in item.get("integrations") or ()]
