# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filters that the playbooks ``export`` and ``verify`` are made of; they are documented beside this file."""

from __future__ import annotations

import json
from typing import Any, Callable, Dict

from ansible.errors import AnsibleFilterError

from ansible_collections.ccloud.notifications.plugins.plugin_utils.organization import exported, routing_table


def _explained(name: str, made_by: Callable[..., Any]) -> Callable[..., Any]:
    def filter_(first: Any, second: Any) -> Any:
        try:
            # Texts of variables are of types of Ansible's own, which not everything can write.
            return made_by(*(json.loads(json.dumps(list(each))) for each in (first, second)))
        except (KeyError, TypeError, AttributeError) as error:
            raise AnsibleFilterError(
                f"{name} takes two lists, as the _info modules return them ({type(error).__name__}: {error})."
            ) from None

    return filter_


class FilterModule:
    def filters(self) -> Dict[str, Callable[..., Any]]:
        return {"exported": _explained("exported", exported), "routing_table": _explained("routing_table", routing_table)}
