# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all entry points of the role ``bootstrap`` share."""

from __future__ import annotations

import datetime
from abc import ABC, abstractmethod
from typing import Any, Callable, Dict, List, Mapping, Sequence

from ..module_utils._common import Object
from . import _role
from ._console import Console
from ._reports import files
from ._reports.annotations import Source
from ._reports.documents import DOCUMENTS
from ._reports.files import OutputFile
from ._reports.text import lint_line, lint_lines, plan_lines

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
    #: Whether the organization is changed, or it is shown how.
    plans_changes = False
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
        self.files = [files.output_file(name, path, file_mode(name)) for name, path in requested]
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
            "error": error_type(self.result),
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
        findings = result.get("lint", ())
        if is_failure or not self.console.is_one_of_many:
            self.console.show(lint_lines(findings), color="yellow")
        self.console.show(line for found in result.get("explanations", ()) for line in found["text"])
        return list(map(lint_line, findings))

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


def file_mode(variable: str) -> int:
    """The permissions of the file that a variable asks for."""
    return 0o600 if "secrets" in variable else 0o644


def lint_failure(findings: Sequence[str]) -> Object:
    """The members of a result that fails because of lint."""
    return {"failed": True, "msg": f"Lint found {'; '.join(findings)}.", "error": {"type": "lint_failed"}}


def error_type(result: Object) -> str:
    """Why a task failed; never empty if it did."""
    if not result.get("failed"):
        return ""
    return (result.get("error") or {}).get("type") or "internal_error"


def without_details(result: Object) -> Object:
    """The result of a module without what a role's user never reads."""
    return {name: value for name, value in result.items() if name not in ("invocation", "diff")}


def named(result: Object) -> Object:
    """A result whose message names the variables of the role, and not the options of the module."""
    if not result.get("failed") or "msg" not in result:
        return result
    return {**result, "msg": _role.with_variables(str(result["msg"]))}
