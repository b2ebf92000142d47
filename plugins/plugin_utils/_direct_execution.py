# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Direct execution: runs modules in the controller's own process if the controller is the target.

A module that only talks to an API gains nothing from being packed, copied and started as a new Python
process, which takes about half a second. Each module has an action plugin of the same name, a subclass of
DirectExecution. In every other case, or if direct execution is switched off, it runs as a normal module. Both
ways return the same result for the same input.

Of the controller's code, this file and ``_options.py`` are the only ones that use private parts of
ansible-core. Here these are ``_task``, ``_templar``, ``_connection``, ``_play_context``, ``_loader``,
``_shared_loader_obj``, ``_supports_check_mode`` and ``_supports_async`` of ``ActionBase``.
"""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any, Dict, Mapping, Optional

from ansible import constants as C
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.module_utils.parsing.convert_bool import boolean
from ansible.plugins.action import ActionBase
from ansible.release import __version__ as ansible_version
from ansible.utils.display import Display

from ._bytecode import imports_from_bytecode

with imports_from_bytecode():
    from ..module_utils._ansible.context import ModuleContext, run_module
    from ..module_utils._ansible.module import refused_options, reported_options
    from ..module_utils._ansible.options import CONNECTION
    from ..module_utils._api.adapter import REQUESTS_IMPORT_ERROR
    from ..module_utils._api.session import SessionCache
    from ..module_utils._common import noop, watch_parent
    from ..module_utils._masking import Mask
    from ._options import ValidatedOptions, validate_options

#: The variable that switches direct execution off. The environment variable has the same name in capitals.
SWITCH = "ccloud_notifications_direct_execution"

display = Display()
#: Kept as long as this worker lives, which is one task with all items of its loop.
sessions = SessionCache()


class DirectExecution(ActionBase):  # type: ignore[misc]
    """The action plugin of a module."""

    #: The module, which the controller imports once for all hosts.
    module: Any

    _supports_check_mode = True
    _supports_async = True

    def run(self, tmp: Any = None, task_vars: Optional[Dict[str, Any]] = None) -> Dict[str, Any]:
        task_vars = task_vars or {}
        if not self._can_execute_directly(task_vars):
            return self._run_normal_action(task_vars)
        result: Dict[str, Any] = super().run(tmp, task_vars)
        result.update(self._execute_directly(self.module, self._task.args, task_vars))
        return result

    def run_module(self, name: str, options: Mapping[str, Any], task_vars: Dict[str, Any]) -> Dict[str, Any]:
        """The result of another module of this collection, run either way."""
        if self._can_execute_directly(task_vars):
            return self._execute_directly(module_named(name), options, task_vars)
        result: Dict[str, Any] = self._execute_module(
            module_name=f"ccloud.notifications.{name}", module_args=dict(options), task_vars=task_vars
        )
        return result

    def _can_execute_directly(self, task_vars: Mapping[str, Any]) -> bool:
        """Whether the module may run in this process without any difference to the user."""
        switch = self._templar.template(task_vars.get(SWITCH, os.environ.get(SWITCH.upper(), "true")))
        try:
            is_switched_on = boolean(switch)
        except TypeError:
            raise AnsibleActionFail(f"{SWITCH} is {switch!r}. It must be true or false.") from None

        return (
            is_switched_on
            and REQUESTS_IMPORT_ERROR is None
            # macOS cannot look up its proxies in a forked process.
            and (sys.platform != "darwin" or os.environ.get("no_proxy") == "*")
            and self._connection.transport == "local"
            and not self._play_context.become
            and not self._task.async_val
            # A list of mappings, each of which may be empty.
            and not any(self._task.environment or ())
        )

    def _run_normal_action(self, task_vars: Dict[str, Any]) -> Dict[str, Any]:
        """Run the module as one without an action plugin."""
        if self._task.timeout:
            # A separate process is not told about the task's timeout, so its deadline must end it.
            self._task.args = _with_deadline(self._task.args, self._task.timeout)
        action = self._shared_loader_obj.action_loader.get(
            "ansible.builtin.normal",
            task=self._task,
            connection=self._connection,
            play_context=self._play_context,
            loader=self._loader,
            templar=self._templar,
            shared_loader_obj=self._shared_loader_obj,
        )
        result: Dict[str, Any] = action.run(task_vars=task_vars)
        return result

    def _execute_directly(
        self, module: Any, given: Mapping[str, Any], task_vars: Mapping[str, Any]
    ) -> Dict[str, Any]:
        """Do what AnsibleModule does: validate options, run, add the invocation, remove secrets."""
        # Relative paths begin in the playbook's folder, where an ordinary module on this machine runs.
        options = validate_options(module.ARGUMENTS, dict(given), self._loader.get_basedir())
        if options.problem is not None:
            result: Dict[str, Any] = {"failed": True, "msg": refused_options(options.problem)}
        else:
            ctx = self._context(options, task_vars)
            result = run_module(module.run, ctx)
            if ctx.is_orphaned():
                # The controller is gone, so nobody reads the result. Sending it could block forever.
                os._exit(1)

        result.update(_invocation(options.params, task_vars))
        if options.warnings:
            result["warnings"] = options.warnings
        hidden: Dict[str, Any] = Mask(options.secrets).hide(result)
        return hidden

    def _context(self, options: ValidatedOptions, task_vars: Mapping[str, Any]) -> ModuleContext:
        host = task_vars.get("inventory_hostname", "localhost")
        return ModuleContext(
            options.params,
            self._task.check_mode,
            options.warnings.append,
            ansible_version,
            secrets=options.secrets,
            sessions=sessions,
            emit_progress=noop if self._task.no_log else ConsoleProgress(host),
            # Until 2.18, ansible-core does not tell its workers when it is terminated.
            is_orphaned=watch_parent(),
        )


def module_of(action_plugin: str) -> Any:
    """The module that has the same name as an action plugin, which is given by its full name."""
    return module_named(action_plugin.rpartition(".")[2])


def module_named(name: str) -> Any:
    """A module of this collection."""
    modules = __name__.partition(".plugin_utils.")[0] + ".modules."
    with imports_from_bytecode():
        return importlib.import_module(modules + name)


def _with_deadline(options: Mapping[str, Any], timeout: int) -> Dict[str, Any]:
    """The options, with a deadline no later than the timeout of the task."""
    try:
        deadline = int(options.get("deadline", CONNECTION.options["deadline"]["default"]))
    except (TypeError, ValueError):
        return dict(options)
    return {**options, "deadline": min(deadline, timeout)}


def _invocation(params: Mapping[str, Any], task_vars: Mapping[str, Any]) -> Dict[str, Any]:
    """Since ansible-core 2.21 a result has its invocation only if that is configured; before, always."""
    try:
        is_wanted = C.config.get_config_value("INJECT_INVOCATION", variables=task_vars)
    except AnsibleError:
        is_wanted = True
    return {"invocation": {"module_args": reported_options(params)}} if is_wanted else {}


class ConsoleProgress:
    """Shows at once what an ordinary module could only show at its end."""

    def __init__(self, host: str) -> None:
        self._host = host

    def __call__(self, sentence: str, is_important: bool) -> None:
        line = f"[{self._host}] {sentence}"
        if is_important:
            # Some callbacks print one document to standard output.
            display.display(line, stderr=True)
        else:
            display.v(line)
