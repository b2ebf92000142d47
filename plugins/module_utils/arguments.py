# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mergeable argument spec: options and the constraints between them go together.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Sequence

Constraint = List[Sequence[Any]]


@dataclass(frozen=True)
class Arguments:
    """What a module takes, in the form of ansible-core's argument spec. ``+`` joins two."""

    options: Mapping[str, Any] = field(default_factory=dict)
    mutually_exclusive: Constraint = field(default_factory=list)
    required_together: Constraint = field(default_factory=list)
    required_one_of: Constraint = field(default_factory=list)
    required_if: Constraint = field(default_factory=list)

    def __add__(self, other: Arguments) -> Arguments:
        return Arguments(
            {**self.options, **other.options},
            [*self.mutually_exclusive, *other.mutually_exclusive],
            [*self.required_together, *other.required_together],
            [*self.required_one_of, *other.required_one_of],
            [*self.required_if, *other.required_if],
        )

    def as_items(self) -> Dict[str, Any]:
        """The same as the items of a list option."""
        keywords = self.as_keywords()
        return {"type": "list", "elements": "dict", "options": keywords.pop("argument_spec"), **keywords}

    def as_keywords(self) -> Dict[str, Any]:
        """Keyword arguments of AnsibleModule and of ArgumentSpecValidator alike."""
        return {
            "argument_spec": dict(self.options),
            "mutually_exclusive": self.mutually_exclusive,
            "required_together": self.required_together,
            "required_one_of": self.required_one_of,
            "required_if": self.required_if,
        }


#: Documented in plugins/doc_fragments/connection.py. Fallbacks to the environment are credentials.py's and task.py's.
CONNECTION = Arguments(
    {
        "endpoint": {"type": "str"},
        "api_key": {"type": "str", "no_log": False},
        "api_secret": {"type": "str", "no_log": True},
        "api_token": {"type": "str", "no_log": True},
        "identity_pool_id": {"type": "str"},
        "external_token": {"type": "str", "no_log": True},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "timeout": {"type": "int", "default": 30},
        "deadline": {"type": "int", "default": 300},
    }
)

#: What one integration may be; alone, and as an item of a list.
INTEGRATION_ITEM = Arguments(
    {
        "display_name": {"type": "str", "aliases": ["name"]},
        "id": {"type": "str"},
        "description": {"type": "str"},
        "target": {
            "type": "dict",
            "options": {
                "kind": {"type": "str", "required": True, "choices": ["Slack", "MsTeams", "Webhook"]},
                "webhook_url": {"type": "str", "aliases": ["url"], "no_log": True},
            },
        },
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
        "update_webhook_url": {"type": "str", "choices": ["on_change", "on_create", "always"], "default": "on_change"},
        "replace": {"type": "bool", "default": False},
    },
    required_one_of=[("id", "display_name")],
)
