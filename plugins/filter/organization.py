# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role and the playbooks. Their documentation is in the YAML files beside this one."""

from __future__ import annotations

import difflib
import json
from typing import Any, Callable, Dict, Iterable, Mapping

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..plugin_utils._organization import UnsafeIdError, exported, markdown_text, routing_table

#: How similar the name of a variable must be to that of an option to be a probable misspelling (difflib's
#: ratio).
_SIMILARITY = 0.75


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


def role_problem(variables: Mapping[str, Any], options: Mapping[str, Any], prefix: str) -> str:
    """The first problem with a role's variables; empty if there is none.

    An unknown variable is a problem only if its name is similar to that of an option: other roles have
    variables as well.
    """
    unknown = sorted(set(variables) - set(options))
    given = {name: value for name, value in variables.items() if name in options}
    return _misspelling(unknown, options, prefix) or ArgumentSpec(options).find_problem(given) or ""


def _misspelling(names: Iterable[str], options: Mapping[str, Any], prefix: str) -> str:
    stems = {name[len(prefix) :]: name for name in options}
    for name in names:
        similar = difflib.get_close_matches(name[len(prefix) :], stems, 1, _SIMILARITY)
        if similar:
            return f"Unknown variable {name}. Did you mean {stems[similar[0]]}?"
    return ""


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        return {
            "exported": _filter_of_lists("exported", exported),
            "markdown_text": markdown_text,
            "role_problem": role_problem,
            "routing_table": _filter_of_lists("routing_table", routing_table),
        }
