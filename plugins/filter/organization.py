# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role and the playbooks. Their documentation is in the YAML files beside this one."""

from __future__ import annotations

import importlib
import json
from typing import Any, Callable, Dict, Mapping

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..plugin_utils import _variables
from ..plugin_utils._organization import UnsafeIdError, exported, markdown_text, routing_table
from ..plugin_utils._variables import TextError, role_problem, shared_credentials, typed_options


def _filter_of_lists(name: str, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """A filter that calls a function with two lists of _info modules."""

    def filter_(first: Any, second: Any) -> Any:
        try:
            # Ansible's own types of text cannot be written by everything.
            result = function(*(json.loads(json.dumps(list(each))) for each in (first, second)))
        except UnsafeIdError as error:
            raise AnsibleFilterError(str(error)) from None
        except (KeyError, TypeError, AttributeError) as error:
            reason = f"{type(error).__name__}: {error}"
            message = f"{name} requires two lists as the _info modules return them ({reason})."
            raise AnsibleFilterError(message) from None
        # Before 2.19, Ansible uses any text of a filter as a template, and these are the service's.
        return wrap_var(result)

    return filter_


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
    options = importlib.import_module("..modules.organization", __package__).ARGUMENTS.options
    try:
        typed = typed_options(variables, options, prefix)
    except TextError as error:
        raise AnsibleFilterError(str(error)) from None
    # As above. The other values are no texts of their own.
    return {
        name: wrap_var(value) if isinstance(variables[prefix + name], str) else value
        for name, value in typed.items()
    }


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        return {
            "as_list": as_list,
            "exported": _filter_of_lists("exported", exported),
            "markdown_text": markdown_text,
            "role_options": role_options,
            "role_problem": role_problem,
            "shared_credentials": shared_credentials,
            "routing_table": _filter_of_lists("routing_table", routing_table),
        }
