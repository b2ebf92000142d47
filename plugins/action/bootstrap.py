# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs an entry point of the role ``bootstrap`` on the controller: variables, module, files, result."""

from __future__ import annotations

import datetime
import os
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set

import ansible.errors
from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.inventory.manager import split_host_pattern
from ansible.plugins.action import ActionBase

from ..plugin_utils._bytecode import imports_from_bytecode

with imports_from_bytecode():
    from ..module_utils._errors import NOTHING_CHANGED, NOTHING_DONE, NOTHING_WRITTEN
    from ..plugin_utils import _role
    from ..plugin_utils._console import Console
    from ..plugin_utils._direct_execution import DirectExecution
    from ..plugin_utils._entry_point import EntryPoint
    from ..plugin_utils._entry_points import ENTRY_POINTS
    from ..plugin_utils._plain import plain
    from ..plugin_utils._reports import files
    from ..plugin_utils._reports.summary import summary_lines
    from ..plugin_utils._role import VariableError

#: Where credentials come from if a host has none of its own.
_ENVIRONMENT = ("CONFLUENT_CLOUD_API_KEY", "CONFLUENT_API_KEY")
#: What a variable that is omitted as a whole raises since ansible-core 2.19.
_OMITTED_ERRORS: Any = getattr(ansible.errors, "AnsibleValueOmittedError", ())
_CLOSING = {"bootstrap": NOTHING_CHANGED, "export": NOTHING_WRITTEN}


class ActionModule(DirectExecution):
    """The first and only task of each entry point."""

    def run(self, tmp: Any = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        task_vars = task_vars or {}
        result: Dict[str, Any] = ActionBase.run(self, tmp, task_vars)
        options = dict(self._task.args)
        name = options.pop("entry_point")
        host = str(task_vars["inventory_hostname"])
        if name == "hosts":
            return {**result, **self._check_hosts(options, task_vars)}
        if name == "finish":
            return {**result, **self._finish(task_vars, host)}
        entry_point = ENTRY_POINTS[name](self._console(task_vars, host), host)
        entry_point.sources = [str(source) for source in task_vars.get("ansible_inventory_sources") or ()]
        try:
            variables = self._variables(task_vars, entry_point.uses_service)
            if entry_point.uses_service:
                self._refuse_hosts(task_vars, entry_point, variables, options)
            entry_point.prepare(variables, self._template(task_vars, "notifications_plan"), list(task_vars))
            if "bootstrap_summary_to" in variables:
                summary = files.output_file("bootstrap_summary_to", variables["bootstrap_summary_to"])
                files.refuse_shared_paths([*entry_point.files, summary])
            self._refuse_shared_files(task_vars, host, entry_point)
            files.refuse_claimed_paths(entry_point.files, C.DEFAULT_LOCAL_TMP, host)
        except (VariableError, files.FileError) as problem:
            result.update(entry_point.refused(f"{problem} {_CLOSING.get(name, '')}".rstrip()))
        else:
            warnings = _role.converted_texts(variables)
            if warnings:
                result["warnings"] = [*result.get("warnings", ()), *warnings]
            connection = {**options, **_role.connection_options(variables)}
            result.update(self._carry_out(entry_point, connection, task_vars))
        return {**result, "stats": _stats(entry_point, task_vars, host)}

    def _carry_out(
        self, entry_point: EntryPoint, connection: Mapping[str, Any], task_vars: Dict[str, Any]
    ) -> Dict[str, Any]:
        """Run the modules of an entry point, and write its files."""
        is_check_mode = bool(self._task.check_mode)

        def run_module(name: str, options: Mapping[str, Any], check_mode: bool) -> Dict[str, Any]:
            self._task.check_mode = is_check_mode or check_mode
            try:
                return self.run_module(name, {**connection, **options}, task_vars)
            finally:
                self._task.check_mode = is_check_mode

        now = datetime.datetime.now(datetime.timezone.utc)
        try:
            return entry_point.run(run_module, is_check_mode, now)
        except files.FileError as problem:
            return entry_point.refused(str(problem))

    # Variables

    def _variables(self, task_vars: Mapping[str, Any], needs_urls: bool) -> Dict[str, Any]:
        """The variables of the role that say something. Raises VariableError.

        Without ``needs_urls``, URLs that are not defined are replaced.
        """
        _role.refuse_misspelled(name for name in task_vars if isinstance(name, str))
        omit = task_vars.get("omit")
        values = {}
        for name in filter(task_vars.__contains__, _role.role_arguments()):
            missing = [] if needs_urls else _role.undefined_urls(task_vars[name], task_vars)
            templar = self._templar
            if missing:
                placeholders = dict.fromkeys(dict(missing), _role.PLACEHOLDER_URL)
                templar = templar.copy_with_new_env(available_variables={**task_vars, **placeholders})
            try:
                # As an item of a list, the variable itself may be omitted.
                found = plain([templar.template(task_vars[name])], omit)
            except _OMITTED_ERRORS:
                continue
            except AnsibleError as error:
                raise VariableError(_undefined(name, task_vars, error)) from None
            values.update((name, value) for value in found)
        return _role.typed_variables(values)

    def _template(self, task_vars: Mapping[str, Any], name: str) -> Any:
        return plain(self._templar.template(task_vars[name])) if name in task_vars else None

    # Hosts

    def _refuse_hosts(
        self,
        task_vars: Mapping[str, Any],
        entry_point: EntryPoint,
        variables: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> None:
        """Raise VariableError if a host may be about to change the organization of another one."""
        host = entry_point.host
        sources = [name for name in _ENVIRONMENT if os.environ.get(name)]
        environment = "the environment" if sources else ""
        if options.get("api_key") or options.get("api_token") or options.get("identity_pool_id"):
            environment = "module_defaults"
        hosts: Sequence[str] = task_vars.get("ansible_play_hosts_all") or [host]
        _role.refuse_shared_credentials(host, variables, environment, is_alone=len(hosts) < 2)
        if len(hosts) < 2:
            return

        own = _role.Identity.of(variables, os.environ)
        subjects = [f"credentials {own.credentials}"]
        if own.organization_id:
            organization = f"organization {own.endpoint} {own.organization_id}"
            subjects += [organization, f"{organization} {own.owner}"]
        others = {files.claim(C.DEFAULT_LOCAL_TMP, subject, host) for subject in subjects}
        others = (others | set(_neighbors(hosts, host))) - {host}
        sharing = [
            other
            for other in others
            if (its := self._identity_of(task_vars, other))
            and (own.may_be(its) or (entry_point.plans_changes and own.undoes(its)))
        ]
        if sharing:
            raise _role.shared_organization(sorted({host, *sharing}))

    def _refuse_shared_files(self, task_vars: Mapping[str, Any], host: str, entry_point: EntryPoint) -> None:
        """Raise FileError if a host beside this one would write one of its files."""
        hosts: Sequence[str] = task_vars.get("ansible_play_hosts_all") or [host]
        own = {file.path: file.variable for file in entry_point.files}
        for other in _neighbors(hosts, host) if own and len(hosts) > 1 else ():
            of_host = task_vars["hostvars"][other]
            for name in entry_point.file_variables:
                path = files.absolute(str(of_host[name])) if of_host.get(name) else ""
                if path in own:
                    raise files.shared_between(own[path], path, host, other)

    def _identity_of(self, task_vars: Mapping[str, Any], host: str) -> Optional[_role.Identity]:
        """The identity of another host; None if its variables cannot be evaluated, so that it fails itself."""
        of_host = task_vars["hostvars"][host]
        try:
            variables = {name: of_host[name] for name in _role.IDENTITY if name in of_host}
        except AnsibleError:
            return None
        return _role.Identity.of(variables, os.environ)

    def _matching(self, pattern: str, task_vars: Mapping[str, Any]) -> Set[str]:
        """The hosts that a pattern matches."""
        lookup = self._shared_loader_obj.lookup_loader.get(
            "ansible.builtin.inventory_hostnames", loader=self._loader, templar=self._templar
        )
        found = lookup.run([pattern], variables=task_vars) if pattern.strip() else ()
        return {*found, *(name for name in split_host_pattern(pattern) if name in _role.LOCALHOSTS)}

    def _check_hosts(self, options: Mapping[str, Any], task_vars: Dict[str, Any]) -> Dict[str, Any]:
        """The result of the first play of a playbook: a failure if the others would do nothing."""
        hosts = options.get("hosts", "localhost")
        pattern = ",".join(map(str, hosts)) if isinstance(hosts, list) else str(hosts)
        limit = str(task_vars.get("ansible_limit") or "")
        parts = [*split_host_pattern(pattern), *split_host_pattern(limit)]
        wanted = self._matching(pattern, task_vars)
        groups = task_vars.get("groups") or {}
        asked = _role.HostRequest(
            pattern=pattern,
            is_given="hosts" in options,
            is_effective=str(options.get("play_name")).endswith(f" {hosts}"),
            matching=[name for name in task_vars["ansible_play_hosts_all"] if name in wanted],
            unmatched=[
                part
                for part in (part.lstrip("!&") for part in parts)
                # A limit may be the name of a file, and a group may be empty.
                if not part.startswith("@") and part not in groups and not self._matching(part, task_vars)
            ],
            existing=[name for name in groups.get("all", ()) if name not in _role.LOCALHOSTS],
            groups=sorted(set(groups) - {"all", "ungrouped"}),
            limit=limit,
            sources=[str(source) for source in task_vars.get("ansible_inventory_sources") or ()],
            run_tags=list(task_vars.get("ansible_run_tags") or ["all"]),
            skip_tags=list(task_vars.get("ansible_skip_tags") or ()),
            tags=list(self._task.tags),
        )
        try:
            _role.refuse_no_hosts(asked)
        except VariableError as problem:
            return {"failed": True, "msg": f"{problem} {NOTHING_DONE}"}
        return {"changed": False}

    # Results

    def _finish(self, task_vars: Mapping[str, Any], host: str) -> Dict[str, Any]:
        """Hand the result of a host to the next job, and sum up all hosts once the last one has a result."""
        if "bootstrap_result" not in task_vars:
            message = (
                "Could not report a result: the previous task was skipped, for example by --start-at-task. Run the "
                "playbook without that option."
            )
            return {"failed": True, "msg": f"{message} {NOTHING_DONE}"}
        data = dict(_registered(task_vars))
        hosts: Sequence[str] = task_vars.get("ansible_play_hosts_all") or [host]
        result: Dict[str, Any] = {"changed": False}
        if host == hosts[-1] and _all_have_results(task_vars):
            lines = _summary(task_vars["hostvars"], hosts)
            if len(hosts) > 1:
                self._console(task_vars, "").show(lines)
                data["notifications_summary"] = lines
                result["msg"] = lines
            result.update(self._write_summary(task_vars, lines))
        if data:
            result["ansible_stats"] = {"data": data, "per_host": False, "aggregate": True}
        return result

    def _write_summary(self, task_vars: Mapping[str, Any], lines: Sequence[str]) -> Dict[str, Any]:
        """Write the summary to the file that was asked for. Returns what the result says about that."""
        path = self._template(task_vars, "bootstrap_summary_to")
        if _role.is_blank(path):
            return {}
        try:
            files.write(files.output_file("bootstrap_summary_to", str(path)), "\n".join([*lines, ""]))
        except files.FileError as problem:
            return {"failed": True, "msg": str(problem)}
        return {}

    # What a person sees

    def _console(self, task_vars: Mapping[str, Any], host: str) -> Console:
        hosts = task_vars.get("ansible_play_hosts_all") or [host]
        return Console(host if len(hosts) > 1 else "", is_quiet=bool(self._task.no_log))


def _registered(of_host: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the entry point of a host hands on; empty if it has no result."""
    result = plain(of_host["bootstrap_result"]) if "bootstrap_result" in of_host else {}
    stats: Mapping[str, Any] = result.get("stats") or {}
    return stats


def _all_have_results(task_vars: Mapping[str, Any]) -> bool:
    """Whether no host is still at work: only the strategy ``linear`` lets all finish a task before the next one."""
    hostvars = task_vars["hostvars"]
    return all("bootstrap_result" in hostvars[host] for host in task_vars.get("ansible_play_hosts") or ())


def _summary(hostvars: Mapping[str, Any], hosts: Sequence[str]) -> List[str]:
    """The summary of all hosts. Of the variables that they hand on, each has one with their status."""
    found: Dict[str, Any] = {}
    for host in hosts:
        handed_on = [
            value for name, value in _registered(hostvars[host]).items() if name != "notifications_files"
        ]
        found[host] = next((next(iter(by_host.values())) for by_host in handed_on if by_host), None)
    return summary_lines(found)


def _stats(entry_point: EntryPoint, task_vars: Mapping[str, Any], host: str) -> Dict[str, Any]:
    """What the next job of a workflow learns, by the names of variables and hosts."""
    key = str(entry_point.variables.get("bootstrap_stats_key") or host)
    return {name: {key: value} for name, value in entry_point.stats().items()}


def _neighbors(hosts: Sequence[str], host: str) -> List[str]:
    """The hosts beside one: looking at all others would take quadratic time."""
    position = list(hosts).index(host) if host in hosts else 0
    return [hosts[at] for at in (position - 1, position + 1) if 0 <= at < len(hosts)]


def _undefined(name: str, task_vars: Mapping[str, Any], error: AnsibleError) -> str:
    """Why a variable cannot be evaluated: usually because the file with the URLs was not passed."""
    missing = _role.undefined_urls(task_vars.get(name), task_vars)
    if not missing:
        return f"{name} cannot be evaluated: {error}."
    listed = ", ".join(f"{variable} (the URL of {owner})" for variable, owner in missing)
    return (
        f"{name} refers to variables that are not defined: {listed}. Pass the file with the URLs as well: "
        "-e @secrets.yml."
    )
