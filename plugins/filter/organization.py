# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that the role and the playbooks are made of; they are documented beside this file."""

from __future__ import annotations

import difflib
import json
from typing import Any, Callable, Dict, Iterable, Mapping

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var

from ..module_utils._ansible.argument_spec import ArgumentSpec
from ..plugin_utils._organization import UnsafeIdError, exported, markdown_text, routing_table

#: How similar the name of a variable is to an option's if it is probably meant to be that (difflib's ratio).
_CLOSE = 0.75


def _of_two_lists(name: str, function: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def filter_(first: Any, second: Any) -> Any:
        try:
            # Texts of variables are of types of Ansible's own, which not everything can write.
            made = function(*(json.loads(json.dumps(list(each))) for each in (first, second)))
        except UnsafeIdError as error:
            raise AnsibleFilterError(str(error)) from None
        except (KeyError, TypeError, AttributeError) as error:
            raise AnsibleFilterError(
                f"{name} takes two lists, as the _info modules return them ({type(error).__name__}: {error})."
            ) from None
        # Before 2.19, Ansible takes any text of a filter for a template when it is used again, and these are the service's.
        return wrap_var(made)

    return filter_


def role_problem(variables: Mapping[str, Any], options: Mapping[str, Any], prefix: str) -> str:
    """What is wrong with a role's variables; empty if nothing is.

    A variable that is no option is a problem only if its name is close to that of one: other roles have variables, too.
    """
    close = _near_miss(sorted(set(variables) - set(options)), options, prefix)
    given = {name: value for name, value in variables.items() if name in options}
    return close or ArgumentSpec(options).find_problem(given) or ""


def _near_miss(names: Iterable[str], options: Mapping[str, Any], prefix: str) -> str:
    stems = {name[len(prefix) :]: name for name in options}
    for name in names:
        close = difflib.get_close_matches(name[len(prefix) :], stems, 1, _CLOSE)
        if close:
            return f"Unknown variable {name}. Did you mean {stems[close[0]]}?"
    return ""


class FilterModule:
    def filters(self) -> Dict[str, Callable[..., Any]]:
        return {
            "exported": _of_two_lists("exported", exported),
            "markdown_text": markdown_text,
            "role_problem": role_problem,
            "routing_table": _of_two_lists("routing_table", routing_table),
        }
