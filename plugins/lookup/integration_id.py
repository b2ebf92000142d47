# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look up the IDs of integrations by their names."""

from __future__ import annotations

DOCUMENTATION = r"""
name: integration_id
short_description: Look up the ID of an integration by its name
version_added: 0.2.0
description:
  - Returns the ID of the integration that has exactly this name. Names are case-sensitive.
  - Fails if no integration or more than one has the name, and suggests similar names.
  - Runs on the controller. Each call reads the integrations once for all of its names. If many tasks need
    IDs, register the result of M(ccloud.notifications.integration_info) instead.
author: The ccloud.notifications authors (@ccloud-notifications)
options:
  _terms:
    description:
      - Names of integrations. An ID is accepted as well, and returned if the integration exists.
    type: list
    elements: str
    required: true
extends_documentation_fragment:
  - ccloud.notifications.connection.options
notes:
  - A lookup does not use C(module_defaults). Set the connection options as arguments, or use the environment
    variables.
seealso:
  - module: ccloud.notifications.integration_info
"""

EXAMPLES = r"""
- name: Rename an integration
  ccloud.notifications.integration:
    id: "{{ lookup('ccloud.notifications.integration_id', 'pager') }}"
    display_name: pager-primary

- name: Show the IDs of two integrations, with the credentials of another organization
  ansible.builtin.debug:
    msg: "{{ query('ccloud.notifications.integration_id', 'ops-slack', 'old-teams', **staging) }}"
  vars:
    staging:
      api_key: "{{ ccloud_api_key }}"
      api_secret: "{{ ccloud_api_secret }}"
"""

RETURN = r"""
_raw:
  description: The IDs, in the order of the names.
  type: list
  elements: str
  sample: [i-12345]
"""

import functools
from typing import Any, List, Sequence

from ansible.errors import AnsibleLookupError
from ansible.module_utils.basic import missing_required_lib
from ansible.plugins.lookup import LookupBase
from ansible.release import __version__ as ansible_version
from ansible.utils.display import Display

from ..module_utils._ansible.context import ModuleContext, ModuleResult, run_module
from ..module_utils._ansible.options import CONNECTION
from ..module_utils._api.adapter import REQUESTS_IMPORT_ERROR
from ..module_utils._common import watch_parent
from ..module_utils._engine.snapshot import read_collection
from ..module_utils._errors import operation
from ..module_utils._resources.integrations import INTEGRATIONS
from ..plugin_utils._options import ValidatedOptions, validate_options

display = Display()


class LookupModule(LookupBase):  # type: ignore[misc]
    """The lookup. Its keyword arguments are the connection options."""

    def run(self, terms: Sequence[Any], variables: Any = None, **kwargs: Any) -> List[str]:
        if REQUESTS_IMPORT_ERROR is not None:
            raise AnsibleLookupError(missing_required_lib("requests"))
        options = validate_options(CONNECTION, kwargs, self._loader.get_basedir())
        if options.problem is not None:
            raise AnsibleLookupError(options.problem)

        result = run_module(functools.partial(resolve_ids, list(map(str, terms))), _context(options))
        if result.get("failed"):
            raise AnsibleLookupError(result["msg"])
        ids: List[str] = result["ids"]
        return ids


def _context(options: ValidatedOptions) -> ModuleContext:
    return ModuleContext(
        options.params,
        check_mode=True,
        emit_warning=display.warning,
        ansible_version=ansible_version,
        secrets=options.secrets,
        emit_progress=_show_progress,
        is_orphaned=watch_parent(),
    )


def _show_progress(sentence: str, is_important: bool) -> None:
    if is_important:
        display.display(sentence)
    else:
        display.v(sentence)


def resolve_ids(names: Sequence[str], ctx: ModuleContext) -> ModuleResult:
    """The IDs of the integrations with these names or IDs. Raises RefusedError or UnknownNameError."""
    integrations = read_collection(ctx.connect(), INTEGRATIONS)
    with operation("look up the ID of an integration"):
        return ModuleResult({"ids": [integrations.resolve(name)["id"] for name in names]})
