# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters of the role and the playbooks. Their documentation is in the YAML files beside this one."""

from __future__ import annotations

import importlib
import json
from typing import Any, Callable, Dict

from ansible.errors import AnsibleFilterError
from ansible.utils.unsafe_proxy import wrap_var


def _reports() -> Any:
    """The functions of the filters.

    Every task that uses any filter of the collection loads this file in a new process. These functions take
    a tenth of a second to load, and few tasks need them.
    """
    return importlib.import_module("..plugin_utils._organization", __package__)


def _filter_of_lists(name: str) -> Callable[[Any, Any], Any]:
    """A filter that calls the function of this name with two lists of _info modules."""

    def filter_(first: Any, second: Any) -> Any:
        try:
            # Ansible's own types of text cannot be written by everything.
            result = getattr(_reports(), name)(
                *(json.loads(json.dumps(list(each))) for each in (first, second))
            )
        except _reports().UnsafeIdError as error:
            raise AnsibleFilterError(str(error)) from None
        except (KeyError, TypeError, AttributeError) as error:
            reason = f"{type(error).__name__}: {error}"
            message = f"{name} requires two lists as the _info modules return them ({reason})."
            raise AnsibleFilterError(message) from None
        # Before 2.19, Ansible uses any text of a filter as a template, and these are the service's.
        return wrap_var(result)

    return filter_


def markdown_text(value: Any) -> str:
    """A text that Markdown shows unchanged."""
    return str(_reports().markdown_text(value))


class FilterModule:
    """The filters of this file."""

    def filters(self) -> Dict[str, Callable[..., Any]]:
        return {
            "exported": _filter_of_lists("exported"),
            "markdown_text": markdown_text,
            "routing_table": _filter_of_lists("routing_table"),
        }
