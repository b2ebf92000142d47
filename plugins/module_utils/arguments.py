# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mergeable argument spec: options and the constraints between them go together.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Mapping, Optional, Sequence

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

    def as_list(self, option: str) -> Arguments:
        """One option, which has to be given: a list of items that these options describe."""
        keywords = self.as_keywords()
        return Arguments(
            {option: {"type": "list", "elements": "dict", "required": True, "options": keywords.pop("argument_spec"), **keywords}}
        )

    def as_keywords(self) -> Dict[str, Any]:
        """Keyword arguments of AnsibleModule and of ArgumentSpecValidator alike."""
        return {
            "argument_spec": dict(self.options),
            "mutually_exclusive": self.mutually_exclusive,
            "required_together": self.required_together,
            "required_one_of": self.required_one_of,
            "required_if": self.required_if,
        }

    def explain(self, params: Mapping[str, Any], error: Exception) -> str:
        """Why ansible-core could not even look at options: it takes for granted that a mapping is one."""
        misfit = _misfit(self.options, params)
        return f"{misfit} has to be a mapping of its options." if misfit else f"The options cannot be understood: {error}."


def _misfit(options: Mapping[str, Any], params: Mapping[str, Any]) -> Optional[str]:
    """The path of an option that has options of its own, and whose value cannot."""
    for name, option in options.items():
        value = params.get(name)
        if "options" not in option or value is None or isinstance(value, str):
            continue
        for each in value if isinstance(value, list) else [value]:
            if not isinstance(each, Mapping):
                return name
            inner = _misfit(option["options"], each)
            if inner:
                return f"{name}.{inner}"
    return None


#: What ansible-core's validator raises instead of refusing.
UNEXPECTED = (TypeError, ValueError, OverflowError, AttributeError)

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

#: What happens to the subscriptions of an integration that is deleted.
WHEN_IN_USE = Arguments({"when_in_use": {"type": "str", "choices": ["fail", "detach", "ignore"], "default": "fail"}})

#: What goes that no item names.
PURGE = Arguments(
    {
        "purge": {"type": "bool", "default": False},
        "purge_limit": {"type": "int", "default": 5},
        "keep": {"type": "list", "elements": "str", "default": []},
    }
)

#: How a plan of many steps is carried out.
MANY = Arguments({"concurrency": {"type": "int", "default": 4}, "continue_on_error": {"type": "bool", "default": False}})

#: How a list of integrations is meant, for one subscription or for many.
ROUTING = Arguments(
    {
        "integrations_mode": {"type": "str", "choices": ["exact", "add", "remove"], "default": "exact"},
        "keep_read_only": {"type": "bool", "default": True},
    }
)

#: Which integrations earlier tasks create, for check mode.
EXPECTED = Arguments({"expected_integrations": {"type": "list", "elements": "str"}})

#: Which types go where: one of several rules.
RULE = Arguments(
    {
        "select": {
            "type": "dict",
            "options": {
                "display_names": {"type": "list", "elements": "str"},
                "categories": {"type": "list", "elements": "str"},
                "severities": {"type": "list", "elements": "str"},
                "subscription_priorities": {"type": "list", "elements": "str"},
            },
        },
        "notification_type": {"type": "str"},
        "integrations": {"type": "list", "elements": "str", "required": True},
        "allow_empty": {"type": "bool", "default": False},
    },
    required_one_of=[("select", "notification_type")],
    mutually_exclusive=[("select", "notification_type")],
)

#: What one subscription may be, the organization's or one resource's.
SUBSCRIPTION_ITEM = ROUTING + Arguments(
    {
        "notification_type": {"type": "str"},
        "id": {"type": "str"},
        "integrations": {"type": "list", "elements": "str"},
        "enabled": {"type": "bool"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    required_one_of=[("id", "notification_type")],
)

#: The resource of the organization that something is about: a path, or the parts of one.
OF_RESOURCE = Arguments(
    {
        "resource": {"type": "raw", "required": True},
        "resource_type": {"type": "str"},
    }
)

#: What the preference of one resource may be.
PREFERENCE_ITEM = OF_RESOURCE + Arguments(
    {
        "enabled": {"type": "bool"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
)

#: What selects notifications of the calling user.
NOTIFICATION_FILTER = Arguments(
    {
        "severities": {"type": "list", "elements": "str"},
        "resource_types": {"type": "list", "elements": "str"},
        "resource_crns": {"type": "list", "elements": "str"},
        "search": {"type": "str"},
        "time_range": {"type": "str", "choices": ["PAST_24H", "PAST_7D", "PAST_30D"]},
    }
)
