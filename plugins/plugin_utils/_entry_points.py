# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry points of the role ``bootstrap``: what each runs, shows, writes and hands to the next job."""

from __future__ import annotations

import datetime
import shlex
from abc import ABC, abstractmethod
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence, Type

from ..module_utils._common import Object
from ..module_utils._redaction import counted
from . import _role
from ._console import Console
from ._reports import files, verification
from ._reports.annotations import Source
from ._reports.documents import DOCUMENTS
from ._reports.export import UnsafeIdError, catalog_json, exported
from ._reports.files import OutputFile
from ._reports.terraform import StateError, state_objects
from ._reports.text import lint_lines, plan_lines, routing_test_lines
from ._reports.verification import Verification
from ._role import VariableError

#: Runs a module: its name, its options, and whether it must not change anything.
RunModule = Callable[[str, Mapping[str, Any], bool], Object]
Variables = Mapping[str, Any]


#: Variables that ask for the findings of lint as files.
LINT_FILES = ("lint_github", "lint_gitlab")


class EntryPoint(ABC):
    """One entry point, for one host."""

    #: The variables that ask for files.
    file_variables: Sequence[str] = ()
    #: Whether requests are sent.
    uses_service = True
    #: The name of what the next job learns.
    stats_name = ""

    def __init__(self, console: Console, host: str) -> None:
        self.console = console
        self.host = host
        self.variables: Variables = {}
        self.files: List[OutputFile] = []
        self.result: Object = {}
        #: The sources of the inventory, as they were given.
        self.sources: Sequence[str] = ()
        self._source = Source()
        self._contents: Dict[str, str] = {}

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        """Check everything that can be checked before the first request.

        ``plans`` is the variable notifications_plan. Raises VariableError or FileError.
        """
        self.variables = variables
        requested = [(name, variables[name]) for name in self.file_variables if variables.get(name)]
        self.files = [files.output_file(name, path, _mode(name)) for name, path in requested]
        files.refuse_shared_paths(self.files)
        self._read_source()

    @abstractmethod
    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        """The result of the task. Raises FileError."""

    def refused(self, message: str) -> Object:
        """The result if something is wrong with the variables."""
        self.result = {"failed": True, "changed": False, "msg": message, "error": {"type": "invalid_option"}}
        return self.result

    def stats(self) -> Dict[str, Any]:
        """What the next job learns, by the name of the variable."""
        handed_on: Dict[str, Any] = {self.stats_name: self._stats()} if self.stats_name else {}
        wanted = _role.as_list(self.variables.get("bootstrap_files_as_stats"))
        contents = {name: self._contents[name] for name in wanted if name in self._contents}
        if contents:
            handed_on["notifications_files"] = contents
        return handed_on

    def _stats(self) -> Object:
        plan = self.result.get("plan") or {}
        is_failed, is_changed = self.result.get("failed"), self.result.get("changed")
        return {
            "status": "failed" if is_failed else "changed" if is_changed else "unchanged",
            "checksum": plan.get("checksum", ""),
            "counts": plan.get("summary", {}),
            "error": _error_type(self.result),
        }

    def _show_plan(self, result: Object) -> List[str]:
        if not result.get("plan"):
            return []
        lines = plan_lines(result["plan"], _role.is_true(self.variables.get("plan_full")))
        if result["plan"]["changes"] or not self.console.is_one_of_many:
            self.console.show(lines)
        return lines

    def _fails_on(self, variable: str, kind: str) -> bool:
        return kind in _role.as_list(self.variables.get(variable))

    def _read_source(self) -> None:
        """Read the variables file that annotations refer to. Raises FileError."""
        path = self.variables.get("lint_source")
        if path:
            hint = "Set it to the variables file that people review."
            text = files.read_text("lint_source", path, hint)
            try:
                self._source = Source.of(path, text)
            except ValueError as error:
                raise files.FileError(
                    f"lint_source is {path}, which cannot be read ({error}). {hint}"
                ) from None

    def _show_lint(self, result: Object, is_failure: bool) -> List[str]:
        """Show what lint found and what was to be explained. Of many hosts, only failures are shown."""
        lines = [verification.lint_line(finding) for finding in result.get("lint", ())]
        if is_failure or not self.console.is_one_of_many:
            self.console.show(lint_lines(lines), color="yellow")
        self.console.show(line for found in result.get("explanations", ()) for line in found["text"])
        return lines

    def _write(self, report: Mapping[str, Any], now: datetime.datetime) -> None:
        name = self.variables.get("bootstrap_organization_name")
        common = {
            "host": self.host,
            "name": name,
            "lint": self.result.get("lint", ()),
            "source": self._source,
        }
        for file in self.files:
            content = DOCUMENTS[file.variable]({**common, **report}, now)
            files.write(file, content)
            self._contents[file.variable] = content


def _mode(variable: str) -> int:
    """The permissions of the file that a variable asks for."""
    return 0o600 if "secrets" in variable else 0o644


def _lint_failure(findings: Sequence[str]) -> Object:
    """The members of a result that fails because of lint."""
    return {"failed": True, "msg": f"Lint found {'; '.join(findings)}.", "error": {"type": "lint_failed"}}


def _error_type(result: Object) -> str:
    """Why a task failed; never empty if it did."""
    if not result.get("failed"):
        return ""
    return (result.get("error") or {}).get("type") or "internal_error"


def _without_details(result: Object) -> Object:
    """The result of a module without what a role's user never reads."""
    return {name: value for name, value in result.items() if name not in ("invocation", "diff")}


class Bootstrap(EntryPoint):
    """Manages the organization."""

    file_variables = ("bootstrap_backup_to", "bootstrap_backup_secrets_to")
    stats_name = "notifications_bootstrap"

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        self._reviewed = _role.reviewed_options(variables, plans, self.host)
        _role.refuse_nothing(variables, names)

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        options = {**_role.organization_options(self.variables), **self._reviewed}
        if self.files and not check_mode:
            failure = self._back_up(run_module, options)
            if failure is not None:
                return failure
        self.result = run_module("organization", options, False)
        if check_mode or "summary" not in self.result:
            lines = self._show_plan(self.result)
        else:
            lines = _summary_lines(self.result)
            if self.result.get("changed") or not self.console.is_one_of_many:
                self.console.show(lines)
        if not self.result.get("failed"):
            self.result = {**self.result, "msg": lines}
        # In check mode the plan says what the diff would say.
        return _named(_without_details(self.result) if check_mode else self.result)

    def _back_up(self, run_module: RunModule, options: Mapping[str, Any]) -> Optional[Object]:
        """Export the organization if the run would change it. Returns the result if that fails."""
        planned = run_module("organization", options, True)
        if planned.get("failed") or not planned["plan"]["changes"]:
            # A run that changes nothing must not replace the backup of one that did.
            return None
        read = run_module("organization_info", {"reveal_webhook_urls": True}, True)
        if read.get("failed"):
            self.result = {name: read[name] for name in ("failed", "msg", "error", "api") if name in read}
            return self.result
        try:
            export = exported(
                read["notification_types"], read["integrations"], self.variables.get("bootstrap_owner")
            )
        except UnsafeIdError as error:
            return self.refused(str(error))

        texts = {
            "bootstrap_backup_to": export["variables"],
            "bootstrap_backup_secrets_to": export["secrets"],
        }
        for file in self.files:
            files.write(file, texts[file.variable])
        self.console.show(
            [f"The organization was exported to {' and '.join(file.path for file in self.files)}."]
        )
        return None


class Plan(EntryPoint):
    """Shows what an apply would change, and what it would refuse."""

    file_variables = ("plan_html", "plan_markdown", "plan_json", *LINT_FILES)
    stats_name = "notifications_plan"

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        _role.refuse_nothing(variables, names)

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        self.result = _named(run_module("organization", _role.organization_options(self.variables), True))
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
            self.result = {**self.result, **_lint_failure(findings)}
        if not self.result.get("failed"):
            self.result["msg"] = lines

        return {**_without_details(self.result), "changed": False}

    def _stats(self) -> Object:
        plan = self.result.get("plan") or {}
        is_refused = bool(self.result.get("refused"))
        return {
            **super()._stats(),
            "status": "failed" if self.result.get("failed") else "refused" if is_refused else self._status(),
            "text": plan.get("text", [])[:40],
            "error": (self.result.get("error") or {}).get("type", "") or _error_type(self.result),
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
        self.result = _without_details(_named(run_module("organization", options, True)))
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
            members.update(_lint_failure(findings))

        return {"msg": lines, **members, "changed": False, "routing_tests": found}


#: Refusals that are findings of their own.
_FINDINGS = ("policy_violated", "routing_test_failed")


class Verify(EntryPoint):
    """Compares the organization with its variables, and shows what is wrong."""

    file_variables = ("verify_html", "verify_markdown", "verify_json", "verify_junit", *LINT_FILES)
    stats_name = "notifications_verify"
    _verified: Optional[Verification] = None

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        self._is_compared = _role.has_content(variables)
        self._fail_on = _role.as_list(variables.get("verify_fail_on", verification.DEFAULT_FAIL_ON))
        if "drift" in self._fail_on and not self._is_compared:
            raise VariableError(
                "Could not verify: neither bootstrap_integrations nor bootstrap_subscriptions is defined, so "
                "there is nothing to compare with. Pass the variables file with -e @organization.yml, or only "
                f"""read the organization with -e '{{"verify_fail_on": []}}'.{_role.renamed(names)}"""
            )

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        is_full = _role.is_true(self.variables.get("verify_full"))
        is_tested = _role.is_true(self.variables.get("verify_test"))
        everything = bool(self.files) or is_full or is_tested
        self.result = self._read(run_module, everything)
        # A plan that would be refused still says what is wrong.
        if self.result.get("failed") and "state" not in self.result:
            return _without_details(_named(self.result))

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
        failures = [_named(self.result)] if _error_type(self.result) not in ("", *_FINDINGS) else []
        if is_tested:
            failures += self._test(run_module, self.result)
        return self._conclusion(verified, failures)

    def _read(self, run_module: RunModule, everything: bool) -> Object:
        if self._is_compared:
            options = _role.compared_options(self.variables)
            return run_module(
                "organization", {**options, "return_state": "full" if everything else "findings"}, True
            )
        options = {
            option: self.variables[f"bootstrap_{option}"]
            for option in ("policies", "organization_id")
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
            # The service may mask the URL that it has.
            name = integration["display_name"]
            stated = {"display_name": name, "target": targets[name]} if name in targets else None
            tested = run_module("integration_test", stated or {"id": integration["id"]}, False)
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

    def _conclusion(self, verified: Verification, failures: Sequence[Object]) -> Object:
        kinds = verified.failed_kinds(self._fail_on)
        message = verification.failure(verified, kinds, self.host)
        lines = verification.success(verified, self._fail_on, self.host)
        members = {"changed": False, "api": self.result.get("api")}
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
            return {**stats, "error": _error_type(self.result)}
        found = self._verified.findings
        return {
            "status": "findings" if self._has_findings() else "ok",
            "checksum": (self.result.get("plan") or {}).get("checksum", ""),
            "counts": {kind: len(lines) for kind, lines in found.items()},
            "findings": found,
            "error": "",
        }


class Export(EntryPoint):
    """Writes the organization as a variables file."""

    file_variables = ("export_to", "export_secrets_to", "export_catalog_to")
    stats_name = "notifications_export"

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        self.variables = variables
        default = "organization.yml" if self.host == "localhost" else f"{self.host}.yml"
        self.files = [files.output_file("export_to", variables.get("export_to") or default)]
        for name in ("export_secrets_to", "export_catalog_to"):
            if variables.get(name):
                self.files.append(files.output_file(name, variables[name], _mode(name)))
        files.refuse_shared_paths(self.files)
        existing = [file.path for file in self.files if files.exists(file)]
        if existing and not _role.is_true(variables.get("export_overwrite")):
            exist = "exists" if len(existing) == 1 else "exist"
            raise VariableError(
                f"Could not export: {' and '.join(existing)} already {exist}. Use other names in export_to, "
                "export_secrets_to and export_catalog_to, or replace existing files with -e export_overwrite=true."
            )

    def run(self, run_module: RunModule, check_mode: bool, now: datetime.datetime) -> Object:
        read = self._read(run_module)
        # The URLs go to the file alone.
        self.result = {name: read[name] for name in ("failed", "msg", "error", "api") if name in read}
        if read.get("failed"):
            return self.result
        try:
            owner = self.variables.get("export_owner")
            export = exported(read["notification_types"], read["integrations"], owner)
        except UnsafeIdError as error:
            return self.refused(str(error))

        if check_mode:
            self.console.show([f"Would write {' and '.join(file.path for file in self.files)}."])
            return {**self.result, "changed": True}
        texts = {
            "export_to": export["variables"],
            "export_secrets_to": export["secrets"],
            "export_catalog_to": catalog_json(read["notification_types"], read["integrations"]),
        }
        for file in self.files:
            files.write(file, texts[file.variable])
        self._contents = {"export_to": export["variables"]}
        lines = self._next_steps(export["counts"])
        self.console.show(lines)
        return {**self.result, "changed": True, "msg": lines}

    def _read(self, run_module: RunModule) -> Object:
        """The types with their subscriptions, and the integrations with their URLs."""
        options = {"reveal_webhook_urls": True}
        if "bootstrap_organization_id" in self.variables:
            options["organization_id"] = self.variables["bootstrap_organization_id"]
        return run_module("organization_info", options, True)

    def _next_steps(self, counts: Mapping[str, int]) -> List[str]:
        secrets = [shlex.quote(file.path) for file in self.files if file.variable == "export_secrets_to"]
        paths = [shlex.quote(self.files[0].path), *secrets]
        lines = [
            f"{counted(counts['integrations'], 'integration')} and {counted(counts['rules'], 'routing rule')} "
            f"were written to {self.files[0].path}."
        ]
        if secrets:
            lines += [
                f"The webhook URLs are in {self.variables['export_secrets_to']}. Encrypt the file:",
                f"ansible-vault encrypt {secrets[0]}",
            ]
        else:
            lines.append(
                "The webhook URLs were not written. Define the variables vault_..._url that the file refers to, "
                "or export again with export_secrets_to."
            )

        ask = " --ask-vault-pass" if secrets else ""
        lines += [
            "Check that applying the file would change nothing:",
            f"ansible-playbook ccloud.notifications.plan {self._host_flags()}-e @{' -e @'.join(paths)}{ask}",
        ]
        return lines

    def _stats(self) -> Object:
        error = _error_type(self.result)
        return {"status": "failed" if error else "ok", "counts": {}, "error": error}

    def _host_flags(self) -> str:
        """How the command line chooses this host."""
        if self.host in _role.LOCALHOSTS:
            return ""
        inventories = "".join(f"-i {shlex.quote(source)} " for source in self.sources)
        return f"{inventories}-e bootstrap_hosts={shlex.quote(self.host)} "


class ImportTerraform(Export):
    """Writes a variables file from a Terraform state, without credentials."""

    uses_service = False
    stats_name = ""

    def prepare(self, variables: Variables, plans: Any, names: Sequence[str]) -> None:
        super().prepare(variables, plans, names)
        path = variables.get("terraform_state")
        if not path:
            raise VariableError(
                "Could not import: terraform_state is not defined. Set it to the output of terraform show -json."
            )
        hint = "Write it with: terraform show -json > state.json."
        state = files.read_json("terraform_state", path, hint)
        types: Sequence[Object] = ()
        if variables.get("import_catalog"):
            hint = "Write it with the playbook export and -e export_catalog_to=catalog.json."
            types = files.read_json("import_catalog", variables["import_catalog"], hint)["notification_types"]
        try:
            self._objects = state_objects(state, types)
        except StateError as error:
            raise VariableError(f"Could not import: {error}") from None

    def _read(self, run_module: RunModule) -> Object:
        types, integrations = self._objects
        return {"notification_types": types, "integrations": integrations}


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


def _named(result: Object) -> Object:
    """A result whose message names the variables of the role, and not the options of the module."""
    if not result.get("failed") or "msg" not in result:
        return result
    return {**result, "msg": _role.with_variables(str(result["msg"]))}
