# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters for the variables of the role. Their documentation is in the YAML files beside this one."""

from __future__ import annotations

from typing import Any, Callable, Dict, Iterable, List, Mapping

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._ansible.options import ORGANIZATION
from ..plugin_utils import _variables
from ..plugin_utils._variables import TextError, role_arguments, shared_credentials, typed_options


def as_list(value: Any) -> Any:
    """A list from a list or a text."""
    try:
        items = _variables.as_list(value)
    except TextError as error:
        raise AnsibleFilterError(f"The value {error}") from None
    # What a text contains must never become a template.
    return wrap_var(items) if isinstance(value, str) else items


def role_options(variables: Mapping[str, Any], prefix: str = "bootstrap_") -> Any:
    """The options of the module ``organization`` that the variables of the role set."""
    try:
        typed = typed_options(variables, ORGANIZATION.options, prefix)
    except TextError as error:
        raise AnsibleFilterError(str(error)) from None
    # Only texts can become templates, so only they are marked as unsafe.
    return {
        name: wrap_var(value) if isinstance(variables[prefix + name], str) else value
        for name, value in typed.items()
    }


def role_variables(names: Iterable[str]) -> List[str]:
    """The names that are variables of the role."""
    return [name for name in names if name in role_arguments()]


def role_problem(variables: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first problem with the variables of the role, or an empty text if they are valid."""
    return _variables.role_problem(variables, role_arguments(), names)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        return {
            "as_list": as_list,
            "role_options": role_options,
            "role_problem": role_problem,
            "role_variables": role_variables,
            "shared_credentials": shared_credentials,
        }
