# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mergeable argument spec: options and the constraints between them go together.

Private to the collection.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_int

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

    def find_problem(self, given: Mapping[str, Any]) -> Optional[str]:
        """What is wrong with the options of a task, named by their paths; None if nothing is.

        ansible-core's own messages name neither the item of a list nor the option that was probably meant, and repeat values that may be
        secrets. No value is repeated here, except a word that is close to a valid choice.
        """
        return next(_unknown_options(self.options, given, ""), None) or next(self._misfits(given, ""), None)

    def _misfits(self, given: Mapping[str, Any], path: str) -> Iterator[str]:
        for name, option in self.options.items():
            value = _value_of(name, option, given)
            if value is None:
                if option.get("required"):
                    yield f"{path}{name} is required."
                continue
            yield from _misfits_of(f"{path}{name}", option, value)
        for names in self.required_one_of:
            if not any(_value_of(name, self.options[name], given) is not None for name in names):
                yield f"{_at(path)}one of {', '.join(names)} is required."
        for names in self.mutually_exclusive:
            present = [name for name in names if _value_of(name, self.options[name], given) is not None]
            if len(present) > 1:
                yield f"{_at(path)}{' and '.join(present)} exclude each other. Give only one of them."


def _at(path: str) -> str:
    return f"{path.rstrip('.')}: " if path else ""


def _value_of(name: str, option: Mapping[str, Any], given: Mapping[str, Any]) -> Any:
    """The value of an option, under its name or one of its aliases; None where it is not given."""
    return next((given[each] for each in (name, *option.get("aliases", ())) if given.get(each) is not None), None)


def _unknown_options(options: Mapping[str, Any], given: Mapping[str, Any], path: str) -> Iterator[str]:
    names = [each for name, option in options.items() for each in (name, *option.get("aliases", ()))]
    for name in given:
        if name not in names:
            text = str(name) if _NAME.fullmatch(str(name)) else "?"
            close = difflib.get_close_matches(str(name), names, 1)
            what_to_do = f"Did you mean {close[0]}?" if close else f"Valid options: {', '.join(options)}."
            yield f"Unknown option {path}{text}. {what_to_do}"
    for name, option in options.items():
        if "options" in option:
            value = _value_of(name, option, given)
            for place, item in _items(f"{path}{name}", option, value):
                if isinstance(item, Mapping):
                    yield from _unknown_options(option["options"], item, f"{place}.")


def _items(path: str, option: Mapping[str, Any], value: Any) -> Iterator[Tuple[str, Any]]:
    """An option's value, or each item of its list, with its path."""
    if option.get("type") != "list":
        yield path, _as_mapping(value)
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield f"{path}[{position}]", _as_mapping(item)


def _as_mapping(value: Any) -> Any:
    """What Ansible takes for a mapping: also its JSON, or words such as ``a=1 b=2``."""
    if not isinstance(value, str):
        return value
    try:
        return check_type_dict(value)
    except (TypeError, ValueError):
        return value


def _misfits_of(path: str, option: Mapping[str, Any], value: Any) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind == "list":
        if isinstance(value, str) and option.get("elements") != "dict":
            value = value.split(",")
        if isinstance(value, (int, float)) and option.get("elements") != "dict":
            value = [value]  # as Ansible takes it
        if not isinstance(value, (list, tuple)):
            yield f"{path} must be a list."
            return
        for position, item in enumerate(value):
            element = {**option, "type": option.get("elements", "raw")}
            yield from _misfits_of(f"{path}[{position}]", element, item)
        return
    if kind == "dict":
        value = _as_mapping(value)
        if not isinstance(value, Mapping):
            yield f"{path} must be a mapping of options, not {_kind_of(value)}."
        elif "options" in option:
            inner = Arguments(option["options"], *(option.get(name, []) for name in _CONSTRAINTS))
            yield from inner._misfits(value, f"{path}.")
        return
    check = _CHECKS.get(kind)
    if check is not None:
        what, accepts = check
        if not accepts(value):
            yield f"{path} must be {what}, not {_kind_of(value)}."
            return
    if option.get("choices") and value not in option["choices"]:
        choices = [str(choice) for choice in option["choices"]]
        close = difflib.get_close_matches(str(value).lower(), [choice.lower() for choice in choices], 1, 0.5)
        shown = f", not {value!r}" if close and _NAME.fullmatch(str(value)) else ""
        yield f"{path} must be one of {', '.join(choices)}{shown}."


def _kind_of(value: Any) -> str:
    """What a value is, without the value."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "a boolean"
    names = ((Mapping, "a mapping"), ((list, tuple), "a list"), (str, "this text"), ((int, float), "this number"))
    return next((name for types, name in names if isinstance(value, types)), "this value")


def _is_int(value: Any) -> bool:
    try:
        check_type_int(value)
    except (TypeError, ValueError, OverflowError):
        return False
    return not isinstance(value, (list, tuple, Mapping))


def _is_bool(value: Any) -> bool:
    try:
        check_type_bool(value)
    except TypeError:
        return False
    return True


def _is_text(value: Any) -> bool:
    return not isinstance(value, (list, tuple, set, Mapping))


_CONSTRAINTS = ("mutually_exclusive", "required_together", "required_one_of", "required_if")
#: How a message writes a type, and what is accepted for it, as Ansible does.
_CHECKS: Mapping[str, Tuple[str, Callable[[Any], bool]]] = {
    "int": ("a whole number", _is_int),
    "bool": ("true or false", _is_bool),
    "str": ("text", _is_text),
    "path": ("a path", _is_text),
}
#: A name of an option that can be repeated in a message: anything else may be a secret in the wrong place.
_NAME = re.compile(r"[A-Za-z][A-Za-z_-]{0,30}")

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
