# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The entry point of modules that run as a separate process."""

from __future__ import annotations

from typing import Any, Dict, Mapping, NoReturn, Optional, Set

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .._api.adapter import REQUESTS_IMPORT_ERROR
from .._common import watch_parent
from .._errors import NOTHING_CHANGED
from .._masking import Mask
from .._redaction import origin_of, redact_options
from .argument_spec import VALIDATOR_ERRORS, ArgumentSpec, without_nulls
from .context import ModuleContext, Run, run_module

#: A longer list of a task is not repeated in its result, which would become twice as large.
LONG_LIST = 100
#: The message if ansible-core's validator fails instead of refusing.
CANNOT_READ = "The options cannot be read."


def refused_options(problem: str) -> str:
    """The message of a task whose options were refused."""
    return f"{problem} {NOTHING_CHANGED}"


def reported_options(params: Mapping[str, Any]) -> Dict[str, Any]:
    """The options as results report them: the endpoint without a password, and long lists by their length.

    An endpoint is not declared a secret, but may contain a password in the wrong place.
    """
    reported = {
        name: f"{len(value):,} items" if isinstance(value, list) and len(value) > LONG_LIST else value
        for name, value in params.items()
    }
    if reported.get("endpoint"):
        reported["endpoint"] = origin_of(str(reported["endpoint"]))
    return reported


class _Module(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule that explains what is wrong with options, and does not repeat options that it refuses.

    ansible-core does not know which of them are secret: a misspelled ``webhook_url`` is not declared as one.
    """

    _is_accepted = False
    _problem: Optional[str] = None
    params: Dict[str, Any]

    def __init__(self, arguments: ArgumentSpec) -> None:
        self._arguments = arguments
        try:
            super().__init__(supports_check_mode=True, **arguments.as_keywords())
        except VALIDATOR_ERRORS:
            self.fail_json(CANNOT_READ)
        if self._problem is not None:
            self.fail_json(self._problem)
        self._is_accepted = True

    def _load_params(self) -> None:
        super()._load_params()
        self.params = self._arguments.without_masks(without_nulls(self.params))
        options = {
            name: value for name, value in self.params.items() if not str(name).startswith("_ansible_")
        }
        self._problem = self._arguments.find_problem(options)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if not self._is_accepted:
            msg = refused_options(self._problem or redact_options(msg, self.params))
            self.params = {}
        super().fail_json(**self._hide_secrets({**result, "msg": msg}))
        raise SystemExit(1)  # not reached; for the type checker

    def exit_json(self, **result: Any) -> NoReturn:
        super().exit_json(**self._hide_secrets(result))
        raise SystemExit(0)  # not reached; for the type checker

    def _hide_secrets(self, result: Dict[str, Any]) -> Dict[str, Any]:
        """The result without secrets, as well as the options, which ansible-core returns with it.

        ansible-core would search once more, in quadratic time, so no secret is left for it to search for.
        """
        mask = Mask(self.no_log_values)
        self.no_log_values: Set[str] = set()
        self.params = mask.hide(reported_options(self.params))
        hidden: Dict[str, Any] = mask.hide(result)
        return hidden


def main(arguments: ArgumentSpec, run: Run) -> None:
    """Run a module in this process."""
    module = _Module(arguments)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    ctx = ModuleContext(
        module.params,
        module.check_mode,
        module.warn,
        module.ansible_version,
        secrets=module.no_log_values,
        is_orphaned=watch_parent(),
    )
    result = run_module(run, ctx)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
