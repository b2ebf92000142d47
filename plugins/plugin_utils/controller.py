# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs any of the collection's modules inside the controller's own process, where the task's target is the controller.

A module that only talks to an API gains nothing from being packed up, copied and started as a new Python process, which costs
about half a second. Each module has an action plugin of its name that is this one. Where the target is not the controller, or
when it is switched off, the module runs the ordinary way; both ways give the same result for the same input.
"""

from __future__ import annotations

import datetime
import importlib
import os
import sys
from typing import Any, Dict, Mapping, Optional

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.common.parameters import remove_values
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.plugins.loader import module_loader
from ansible.release import __version__ as ansible_version
from ansible.utils.display import Display

from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import REQUESTS_IMPORT_ERROR, SessionCache
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import origin_of, redact_options
from ansible_collections.ccloud.notifications.plugins.module_utils.arguments import UNEXPECTED, Arguments
from ansible_collections.ccloud.notifications.plugins.module_utils.task import CANNOT_READ, Task, perform, refused_options

#: The variable that switches this off, and, in capitals, the environment variable that does.
SWITCH = "ccloud_notifications_direct_execution"

display = Display()
#: Kept for as long as this worker lives, which is one task with all the items of its loop.
sessions = SessionCache()


class ActionModule(ActionBase):
    """One action plugin for every module; which one is meant is what the task names."""

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        task_vars = task_vars or {}
        if not self._is_controller_side(task_vars):
            return self._ordinary().run(task_vars=task_vars)
        result: Dict[str, Any] = super().run(tmp, task_vars)
        result.update(self._in_place(task_vars))
        return result

    def _is_controller_side(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the module may run right here and nobody could tell the difference."""
        switched = self._templar.template(task_vars.get(SWITCH, os.environ.get(SWITCH.upper(), "true")))
        try:
            wanted = boolean(switched)
        except TypeError:
            raise AnsibleActionFail(f"{SWITCH} is {switched!r}, and has to be true or false.") from None
        return (
            wanted
            and REQUESTS_IMPORT_ERROR is None
            # macOS cannot look up its proxies in a process that was forked.
            and (sys.platform != "darwin" or os.environ.get("no_proxy") == "*")
            and self._connection.transport == "local"
            and not self._play_context.become
            and not self._task.async_val
            # A list of mappings, each of which may be empty.
            and not any(self._task.environment or ())
        )

    def _ordinary(self) -> Any:
        """The action plugin that runs modules which have none of their own."""
        return self._shared_loader_obj.action_loader.get(
            "ansible.builtin.normal",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )

    def _in_place(self, task_vars: Mapping[str, Any]) -> Dict[str, Any]:
        """What AnsibleModule does around a module: validate, run, add the invocation, take secrets out."""
        module = self._module()
        arguments: Arguments = module.ARGUMENTS
        given = _plain(dict(self._task.args))
        problem = arguments.find_problem(given)
        try:
            validated = ArgumentSpecValidator(**arguments.as_keywords()).validate(given)
        except UNEXPECTED:
            return {"failed": True, "msg": refused_options(problem or CANNOT_READ), **_invocation({}, task_vars)}
        warnings = [f"Both option {each['option']} and its alias {each['alias']} are set." for each in validated._warnings]
        params = validated.validated_parameters
        if problem or validated.errors.errors:
            # ansible-core does not know which of the options are secret if it refuses any (module_utils/task.py).
            params = {}
            result: Dict[str, Any] = {
                "failed": True,
                "msg": refused_options(problem or redact_options(validated.errors.msg, given)),
            }
        else:
            self._place_paths(arguments, params)
            parent = os.getppid()
            task = Task(
                params,
                self._task.check_mode,
                warnings.append,
                ansible_version,
                secrets=validated._no_log_values,
                sessions=sessions,
                emit_progress=_silent if self._task.no_log else Teller(task_vars.get("inventory_hostname", "localhost")),
                # Until 2.18, ansible-core does not tell its workers when it is terminated.
                is_orphaned=lambda: os.getppid() != parent,
            )
            result = perform(module.run, task)
            params["endpoint"] = params["endpoint"] and origin_of(params["endpoint"])
        result.update(_invocation(params, task_vars))
        if warnings:
            result["warnings"] = warnings
        hidden: Dict[str, Any] = remove_values(result, validated._no_log_values)
        return hidden

    def _place_paths(self, arguments: Arguments, params: Dict[str, Any]) -> None:
        """An ordinary module on this machine runs in the playbook's folder, so that is where relative paths begin."""
        for name, option in arguments.options.items():
            if option.get("type") == "path" and params.get(name):
                params[name] = os.path.join(self._loader.get_basedir(), params[name])

    def _module(self) -> Any:
        """The module that the task names, imported where it stands."""
        context = module_loader.find_plugin_with_context(self._task.action, collection_list=self._task.collections)
        if not context.resolved or not context.resolved_fqcn:
            raise AnsibleError(f"The module {self._task.action} cannot be found.")
        namespace, collection, name = context.resolved_fqcn.split(".", 2)
        return importlib.import_module(f"ansible_collections.{namespace}.{collection}.plugins.modules.{name}")


def _invocation(params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Dict[str, Any]:
    """Since ansible-core 2.21 a result has its invocation only where that is configured; before, always."""
    try:
        wanted = C.config.get_config_value("INJECT_INVOCATION", variables=task_vars)
    except AnsibleError:
        wanted = True
    return {"invocation": {"module_args": params}} if wanted else {}


class Teller:
    """Tells a person at once what an ordinary module could only tell at its end."""

    def __init__(self, host: str) -> None:
        self._host = host

    def __call__(self, sentence: str, important: bool) -> None:
        line = f"[{self._host}] {sentence}"
        if important:
            display.display(line)
        else:
            display.v(line)


def _silent(_sentence: str, _important: bool) -> None:
    """Tells nothing, as no_log wants it."""


def _plain(value: Any) -> Any:
    """A value as a module gets it: no lazy container, no tag, no vaulted text, nothing that JSON does not have."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(each) for each in value]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if isinstance(value, (datetime.date, datetime.datetime)):
        return value.isoformat()
    return str(value)
