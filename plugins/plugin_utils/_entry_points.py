# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry points of the role ``bootstrap``: what each runs, shows, writes and hands to the next job."""

from __future__ import annotations

import datetime
from typing import Any, Dict, List, Mapping, Optional, Sequence, Type

from ..module_utils._common import Object
from . import _role
from ._entry_point import (
    LINT_FILES,
    EntryPoint,
    RunModule,
    Variables,
    error_type,
    lint_failure,
    named,
    without_details,
)
from ._exports import Export, ImportTerraform
from ._reports import files, verification
from ._reports.export import UnsafeIdError, exported
from ._reports.text import routing_test_lines
from ._reports.verification import Verification
from ._role import VariableError


class Bootstrap(EntryPoint):
    """Manages the organization."""

    file_variables = ("bootstrap_backup_to", "bootstrap_backup_secrets_to")
    stats_name = "notifications_bootstrap"
    plans_changes = True

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        self._reviewed = _role.reviewed_options(variables, plans, self.host)
        _role.refuse_nothing(variables, names)

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        options = {**_role.organization_options(self.variables), **self._reviewed}
        failed = self._back_up(run_module, options) if self.files and not check_mode else None
        self.result = failed or run_module("organization", options, False)
        if check_mode or "summary" not in self.result:
            lines = self._show_plan(self.result)
        else:
            lines = _summary_lines(self.result)
            if self.result.get("changed") or not self.console.is_one_of_many:
                self.console.show(lines)
        if not self.result.get("failed"):
            self.result = {**self.result, "msg": lines}
        # In check mode the plan says what the diff would say.
        return named(without_details(self.result) if check_mode else self.result)

    def _back_up(self, run_module: RunModule, options: Mapping[str, Any]) -> Optional[Object]:
        """Export the organization if the run would change it. Returns the result if that fails."""
        planned = run_module("organization", options, True)
        if planned.get("failed"):
            return planned
        if not planned["plan"]["changes"]:
            # A run that changes nothing must not replace the backup of one that did.
            return None
        read = run_module("organization_info", {"reveal_webhook_urls": True}, True)
        if read.get("failed"):
            return {name: read[name] for name in ("failed", "msg", "error", "api") if name in read}
        try:
            owner = self.variables.get("bootstrap_owner")
            export = exported(read["notification_types"], read["integrations"], owner, is_exact=True)
        except UnsafeIdError as error:
            return self.refused(str(error))

        texts = {
            "bootstrap_backup_to": export["variables"],
            "bootstrap_backup_secrets_to": export["secrets"],
        }
        for file in self.files:
            # After a failed run, it may be the only one of the organization as it was.
            files.keep_existing(file)
            files.write(file, texts[file.variable])
        self.console.show(
            [f"The organization was exported to {' and '.join(file.path for file in self.files)}."]
        )
        return None


class Plan(EntryPoint):
    """Shows what an apply would change, and what it would refuse."""

    file_variables = ("plan_html", "plan_markdown", "plan_json", *LINT_FILES)
    stats_name = "notifications_plan"
    plans_changes = True

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        _role.refuse_nothing(variables, names)

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        self.result = named(run_module("organization", _role.organization_options(self.variables), True))
        if "plan" not in self.result:
            return self.result
        refusal = self.result.get("msg") if self.result.get("failed") else None
        lines = self._show_plan(self.result)
        findings = self._show_lint(self.result, self._fails_on("plan_fail_on", "lint"))
        self._write(
            {
                "plan": self.result["plan"],
                "organization": self.result["organization"],
                "refusal": refusal,
            },
            now,
        )
        if refusal and not self._fails_on("plan_fail_on", "refused"):
            self.console.show([f"An apply would refuse this plan. {refusal}"], color="bright red")
            self.result = {**self.result, "failed": False, "refused": True, "refusal": refusal}
        if findings and not self.result.get("failed") and self._fails_on("plan_fail_on", "lint"):
            self.result = {**self.result, **lint_failure(findings)}
        if not self.result.get("failed"):
            self.result["msg"] = lines

        return {**without_details(self.result), "changed": False}

    def _stats(self) -> Object:
        plan = self.result.get("plan") or {}
        is_refused = bool(self.result.get("refused"))
        return {
            **super()._stats(),
            "status": "failed" if self.result.get("failed") else "refused" if is_refused else self._status(),
            "text": plan.get("text", [])[:40],
            "error": (self.result.get("error") or {}).get("type", "") or error_type(self.result),
        }

    def _status(self) -> str:
        return "changed" if (self.result.get("plan") or {}).get("changes") else "unchanged"


class Test(EntryPoint):
    """Runs the tests of routing, without credentials."""

    file_variables = ("test_junit", *LINT_FILES)
    uses_service = False

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        _role.refuse_nothing(variables, names)
        if "bootstrap_tests" not in variables:
            raise VariableError(
                "Could not test the routing: bootstrap_tests is not defined. Add at least one test to the "
                "variables file."
            )
        self._catalog = files.read_json(
            "test_catalog",
            variables.get("test_catalog") or "catalog.json",
            "Write it with the playbook export and -e export_catalog_to=catalog.json.",
        )

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        options = {**_role.tested_options(self.variables), "catalog": self._catalog}
        self.result = without_details(named(run_module("organization", options, True)))
        found = self.result.get("routing_tests")
        if found is None:
            return self.result
        lines = routing_test_lines(found)
        self.console.show(lines)
        findings = self._show_lint(self.result, self._fails_on("test_fail_on", "lint"))
        refusal = self.result.get("msg") if self.result.get("failed") else None
        report = {"routing_tests": found, "organization": self.result["organization"], "refusal": refusal}
        self._write(report, now)
        members: Dict[str, Any] = {
            name: self.result[name] for name in ("failed", "msg", "error", "lint") if name in self.result
        }
        if findings and not refusal and self._fails_on("test_fail_on", "lint"):
            members.update(lint_failure(findings))

        return {"msg": lines, **members, "changed": False, "routing_tests": found}


class Verify(EntryPoint):
    """Compares the organization with its variables, and shows what is wrong."""

    file_variables = ("verify_html", "verify_markdown", "verify_json", "verify_junit", *LINT_FILES)
    stats_name = "notifications_verify"
    _verified: Optional[Verification] = None

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        #: What went wrong beside the findings.
        self._failures: List[Object] = []

        has_content = _role.has_content(variables)
        # Without anything else, the tests look at the organization as it is.
        self._is_compared = has_content or bool(variables.get("bootstrap_tests"))
        self._fail_on = _role.as_list(variables.get("verify_fail_on", verification.DEFAULT_FAIL_ON))
        self._refuse_checks_of_nothing(has_content, names)

    def _refuse_checks_of_nothing(self, has_content: bool, names: Sequence[str]) -> None:
        """Raise VariableError if what is asked for would be checked against nothing, and find nothing."""
        if "drift" in self._fail_on and not has_content:
            raise VariableError(
                "Could not verify: neither bootstrap_integrations nor bootstrap_subscriptions is defined, so "
                "there is nothing to compare with. Pass the variables file with -e @organization.yml, or only "
                f"""read the organization with -e '{{"verify_fail_on": []}}'.{_role.renamed(names)}"""
            )
        if "tests" in self._fail_on and has_content and "drift" not in self._fail_on:
            raise VariableError(
                "Could not verify: verify_fail_on has tests without drift. Tests check the routing of the variables, "
                "which may differ from that of the organization. Add drift."
            )

        self._unchecked = verification.unchecked(self._fail_on, self.variables, has_content)
        if self._fail_on and len(self._unchecked) == len(set(self._fail_on)):
            raise VariableError(
                f"Could not verify: verify_fail_on has {' and '.join(self._unchecked)}, and nothing to check it with "
                f"is defined. Define {' or '.join(self._unchecked.values())}, or change verify_fail_on."
            )

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        is_full = _role.is_true(self.variables.get("verify_full"))
        is_tested = _role.is_true(self.variables.get("verify_test"))
        everything = bool(self.files) or is_full or is_tested
        self.result = self._read(run_module, everything)
        # A plan that would be refused still says what is wrong.
        if self.result.get("failed") and "state" not in self.result:
            return without_details(named(self.result))

        used = verification.used_by_resources(self.variables.get("bootstrap_resource_subscriptions") or ())
        verified = verification.verification(self.result, self._is_compared, used)
        self._verified = verified
        if self._has_findings() or not self.console.is_one_of_many:
            self.console.show(verification.findings_text(verified, is_full))
        report = {
            "findings": verified.findings,
            "table": verified.table,
            "compared": self._is_compared,
            "organization": self.result["organization"],
        }
        self._write(report, now)
        if verification.is_failure(self.result):
            self._failures = [named(self.result)]
        if is_tested:
            self._failures += self._test(run_module, self.result)
        return self._conclusion(verified)

    def _read(self, run_module: RunModule, everything: bool) -> Object:
        if self._is_compared:
            options = _role.compared_options(self.variables)
            return run_module(
                "organization", {**options, "return_state": "full" if everything else "findings"}, True
            )
        options = {
            option: self.variables[f"bootstrap_{option}"]
            for option in ("policies", "organization_id", "read_quota")
            if f"bootstrap_{option}" in self.variables
        }
        return run_module("organization_info", {**options, "only_findings": not everything}, True)

    def _test(self, run_module: RunModule, result: Object) -> List[Object]:
        """Send a test through each channel. Returns the first failure, if there is one."""
        state = result["state"] if self._is_compared else result
        targets = {
            item.get("display_name"): item["target"]
            for item in self.variables.get("bootstrap_integrations") or ()
            if (item.get("target") or {}).get("webhook_url")
        }
        failed: Optional[Object] = None
        for integration in state["integrations"]:
            if integration["target"].get("kind") not in ("Slack", "MsTeams", "Webhook"):
                continue
            name = integration["display_name"]
            tested = run_module("integration_test", {"id": integration["id"]}, False)
            if error_type(tested) == "masked_url" and name in targets:
                # The URL that notifications go to is only known if the service tells it.
                stated = {"display_name": name, "target": targets[name]}
                tested = run_module("integration_test", stated, False)
            if tested.get("failed"):
                failed = failed or tested
            elif tested.get("sent"):
                self.console.show([f"sent a test notification through {name!r}"])

        return [failed] if failed else []

    def _has_findings(self) -> bool:
        """Whether somebody must look at the organization."""
        if self._verified is None:
            return False
        found = self._verified.findings
        return bool(self._verified.failed_kinds(self._fail_on) or found["drift"] or found["violations"])

    def _conclusion(self, verified: Verification) -> Object:
        failures = self._failures
        kinds = verified.failed_kinds(self._fail_on)
        message = verification.failure(verified, kinds, self.host)
        lines = verification.success(verified, self._fail_on, self._unchecked, self.host)
        members = {"changed": False, "api": self.result.get("api")}
        if (failures or message) and not self.console.is_one_of_many:
            self.console.show(verification.remarks(verified))
        if failures:
            all_messages = " ".join(filter(None, (*(failure["msg"] for failure in failures), message)))
            return {**members, "failed": True, "msg": all_messages, "error": failures[0].get("error")}
        if message:
            return {**members, "failed": True, "msg": message}
        if not self.console.is_one_of_many:
            self.console.show(lines)
        return {**members, "msg": lines}

    def _stats(self) -> Object:
        if self._verified is None:
            stats = {"status": "failed", "checksum": "", "counts": {}, "findings": {}}
            return {**stats, "error": error_type(self.result)}
        found = self._verified.findings
        status = "failed" if self._failures else "findings" if self._has_findings() else "ok"
        return {
            "status": status,
            "checksum": (self.result.get("plan") or {}).get("checksum", ""),
            "counts": {kind: len(lines) for kind, lines in found.items()},
            "findings": found,
            "error": error_type(self._failures[0]) if self._failures else "",
        }


#: The entry points by name.
ENTRY_POINTS: Mapping[str, Type[EntryPoint]] = {
    "bootstrap": Bootstrap,
    "plan": Plan,
    "test": Test,
    "verify": Verify,
    "export": Export,
    "import_terraform": ImportTerraform,
}


# Texts


def _summary_lines(result: Object) -> List[str]:
    lines = [
        f"{noun}s: {counts['created']} created, {counts['changed']} changed, {counts['deleted']} deleted, "
        f"{counts['unchanged']} unchanged"
        for noun, counts in result["summary"].items()
    ]
    sent = sum(test["sent"] for test in result["tested"])
    return [*lines, f"test notifications: {sent} sent"]
