# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Options that several modules share."""

from __future__ import annotations

from .argument_spec import ArgumentSpec

#: Documented in plugins/doc_fragments/connection.py. The environment is read in connection.py.
CONNECTION = ArgumentSpec(
    {
        "endpoint": {"type": "str"},
        "api_key": {"type": "str", "no_log": False},
        "api_secret": {"type": "str", "no_log": True},
        "api_token": {"type": "str", "no_log": True},
        "identity_pool_id": {"type": "str"},
        "external_token": {"type": "str", "no_log": True},
        "validate_certs": {"type": "bool", "default": True},
        "ca_path": {"type": "path"},
        "client_cert": {"type": "path"},
        "client_key": {"type": "path", "no_log": False},
        "proxy": {"type": "str", "no_log": True},
        "user_agent": {"type": "str"},
        "timeout": {"type": "int", "default": 30},
        "deadline": {"type": "int", "default": 300},
    }
)

#: One integration, alone or as an item of a list.
INTEGRATION_ITEM = ArgumentSpec(
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
        "previous_name": {"type": "str"},
        "update_webhook_url": {
            "type": "str",
            "choices": ["on_change", "on_create", "always"],
            "default": "on_change",
        },
    },
    required_one_of=[("id", "display_name")],
    mutually_exclusive=[("id", "previous_name")],
)

#: When an entry of an organization ends.
UNTIL = ArgumentSpec({"until": {"type": "str"}})

#: Who manages an organization's integrations together with others.
OWNER = ArgumentSpec({"owner": {"type": "str"}})

#: Findings of lint that are accepted.
LINT_IGNORE = ArgumentSpec(
    {
        "code": {"type": "str", "required": True},
        "subject": {"type": "str"},
        "reason": {"type": "str", "required": True},
    }
)

#: What happens to the subscriptions that use an integration to delete.
WHEN_IN_USE = ArgumentSpec(
    {"when_in_use": {"type": "str", "choices": ["fail", "detach", "ignore"], "default": "fail"}}
)

#: What happens to an integration whose kind changes.
ON_KIND_CHANGE = ArgumentSpec(
    {"on_kind_change": {"type": "str", "choices": ["update", "fail"], "default": "update"}}
)

#: Which integrations are deleted although no item names them.
PURGE = ArgumentSpec(
    {
        "purge": {"type": "bool", "default": False},
        "purge_limit": {"type": "int", "default": 5},
        "keep": {"type": "list", "elements": "str"},
    }
)

#: How a plan with many steps is applied.
BULK = ArgumentSpec(
    {
        "concurrency": {"type": "int", "default": 4},
        "continue_on_error": {"type": "bool", "default": False},
    }
)

#: What a list of integrations does to those that a subscription already has.
ROUTING = ArgumentSpec(
    {
        "integrations_mode": {"type": "str", "choices": ["exact", "add", "remove"], "default": "exact"},
        "keep_read_only": {"type": "bool", "default": True},
    }
)

#: Notification types: one, or those that a selector matches.
TYPES = ArgumentSpec(
    {
        "select": {
            "type": "dict",
            "options": {
                "display_names": {"type": "list", "elements": "str"},
                "categories": {"type": "list", "elements": "str"},
                "severities": {"type": "list", "elements": "str"},
                "subscription_priorities": {"type": "list", "elements": "str"},
                "resource_types": {"type": "list", "elements": "str"},
            },
        },
        "notification_type": {"type": "str"},
    },
    required_one_of=[("select", "notification_type")],
    mutually_exclusive=[("select", "notification_type")],
)

#: One routing rule: notification types, and the integrations that they go to.
RULE = TYPES + ArgumentSpec(
    {
        "name": {"type": "str"},
        "integrations": {"type": "list", "elements": "str", "required": True},
        "allow_empty": {"type": "bool", "default": False},
    }
)

#: One subscription, of the organization or of a resource path.
SUBSCRIPTION_ITEM = ROUTING + ArgumentSpec(
    {
        "notification_type": {"type": "str"},
        "id": {"type": "str"},
        "integrations": {"type": "list", "elements": "str"},
        "enabled": {"type": "bool"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    },
    required_one_of=[("id", "notification_type")],
)

#: The resource that a setting is about: a path, or the parts of one.
RESOURCE_PATH = ArgumentSpec(
    {
        "resource": {"type": "raw", "required": True},
        "resource_type": {"type": "str"},
    }
)

#: The preference of one resource path.
PREFERENCE_ITEM = RESOURCE_PATH + ArgumentSpec(
    {
        "enabled": {"type": "bool"},
        "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    }
)

#: Which notifications of the calling user are selected.
NOTIFICATION_FILTER = ArgumentSpec(
    {
        "severities": {"type": "list", "elements": "str"},
        "resource_types": {"type": "list", "elements": "str"},
        "resource_crns": {"type": "list", "elements": "str"},
        "search": {"type": "str"},
        "time_range": {"type": "str", "choices": ["PAST_24H", "PAST_7D", "PAST_30D"]},
    }
)

#: Which integrations notification types must and must not go to.
POLICY = ArgumentSpec(
    {
        "name": {"type": "str", "required": True},
        "select": TYPES.options["select"],
        "require": {
            "type": "dict",
            "options": {
                "any_of": {"type": "list", "elements": "str"},
                "kinds": {"type": "list", "elements": "str"},
                "at_least": {"type": "int"},
                "not_only": {"type": "list", "elements": "str"},
            },
        },
        "forbid": {
            "type": "dict",
            "options": {"integrations": {"type": "list", "elements": "str", "required": True}},
        },
    },
    required_one_of=[("require", "forbid")],
)

#: Policies, which are omitted if none are wanted: an empty list would protect nothing.
POLICIES = POLICY.as_list("policies", required=False, default=None)

#: Which channels notification types are expected to reach.
ROUTING_TEST = TYPES + ArgumentSpec(
    {
        "name": {"type": "str", "required": True},
        "expect": {"type": "list", "elements": "str", "required": True},
        "at_least": {"type": "bool", "default": False},
        "not": {"type": "list", "elements": "str"},
        "resource": {"type": "raw"},
        "resource_type": {"type": "str"},
    }
)

#: Tests, which are omitted if none are wanted: an empty list would protect nothing.
ROUTING_TESTS = ROUTING_TEST.as_list("tests", required=False, default=None) + ArgumentSpec(
    {"tests_fail_under": {"type": "int"}}
)

#: What is known about an organization that is not asked.
CATALOG = ArgumentSpec(
    {
        "catalog": {
            "type": "dict",
            "options": {
                "notification_types": {
                    "type": "list",
                    "elements": "dict",
                    "required": True,
                    "options": {
                        "id": {"type": "str", "required": True},
                        "display_name": {"type": "str"},
                        "category": {"type": "str"},
                        "severity": {"type": "str"},
                        "subscription_priority": {"type": "str"},
                        "resource_type": {"type": "str"},
                        "is_included_in_plan": {"type": "bool"},
                    },
                },
                "integrations": {
                    "type": "list",
                    "elements": "dict",
                    "default": [],
                    "options": {
                        "id": {"type": "str", "required": True},
                        "display_name": {"type": "str"},
                        "kind": {"type": "str"},
                        "owner": {"type": "str"},
                    },
                },
            },
        }
    }
)

#: What becomes of types that no rule selects.
DISABLE_OTHERS = ArgumentSpec(
    {
        "disable_others": {"type": "bool", "default": False},
        "disable_critical": {"type": "bool", "default": False},
    }
)

#: Which organization the credentials must belong to.
ORGANIZATION_ID = ArgumentSpec({"organization_id": {"type": "str"}})

#: Whether the quota of integrations is read.
QUOTA = ArgumentSpec({"read_quota": {"type": "bool", "default": False}})

#: How much a run of a whole organization may change.
LIMITS = ArgumentSpec(
    {
        "silence_limit": {"type": "int", "default": 0},
        "change_limit": {"type": "str"},
    }
)

#: The plan that was reviewed.
EXPECTED_PLAN = ArgumentSpec(
    {
        "expected_checksum": {"type": "str"},
        "expected_plan": {"type": "dict"},
    },
    mutually_exclusive=[("expected_checksum", "expected_plan")],
)

#: The module ``organization``, and the role, whose variables have the same names.
ORGANIZATION = (
    CONNECTION
    + OWNER
    + (INTEGRATION_ITEM + ArgumentSpec({"take_over": {"type": "bool", "default": False}})).as_list(
        "integrations", required=False
    )
    + (RULE + UNTIL).as_list("subscriptions", required=False)
    + (PREFERENCE_ITEM + UNTIL).as_list("resource_preferences", required=False)
    + (RESOURCE_PATH + SUBSCRIPTION_ITEM + UNTIL).as_list("resource_subscriptions", required=False)
    + LINT_IGNORE.as_list("lint_ignore", required=False)
    + ArgumentSpec({"explain": {"type": "list", "elements": "str", "default": []}})
    + POLICIES
    + ROUTING_TESTS
    + CATALOG
    + PURGE
    + WHEN_IN_USE
    + ON_KIND_CHANGE
    + LIMITS
    + EXPECTED_PLAN
    + ORGANIZATION_ID
    + QUOTA
    + BULK
    + DISABLE_OTHERS
    + ArgumentSpec(
        {
            "keep_read_only": {"type": "bool", "default": True},
            "test": {"type": "str", "choices": ["changed", "all", "none"], "default": "changed"},
            "return_state": {
                "type": "str",
                "choices": ["nothing", "findings", "full"],
                "default": "nothing",
            },
        }
    )
)
