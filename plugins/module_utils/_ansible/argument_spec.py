# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A mergeable argument spec, which explains what is wrong with options."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping  # isinstance() is faster than with typing.Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple

from ansible.module_utils.common.validation import check_type_bool, check_type_dict, check_type_int

from .._errors import PROBLEMS_SHOWN
from .._redaction import is_hidden

Constraint = List[Sequence[Any]]

#: What ansible-core's validator raises instead of refusing.
VALIDATOR_ERRORS = (TypeError, ValueError, OverflowError, AttributeError)


def without_nulls(value: Any) -> Any:
    """A copy without members that are null: in a task, null means omitted, at every depth.

    A mapping that would be empty then stays as it is: an empty one may mean everything.
    """
    if isinstance(value, Mapping):
        stated = {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
        return stated or dict(value)
    if isinstance(value, (list, tuple)):
        return [without_nulls(item) for item in value]
    return value


@dataclass(frozen=True)
class ArgumentSpec:
    """Options and the constraints between them, in ansible-core's form. ``+`` merges two."""

    options: Mapping[str, Any] = field(default_factory=dict)
    mutually_exclusive: Constraint = field(default_factory=list)
    required_one_of: Constraint = field(default_factory=list)

    def __add__(self, other: ArgumentSpec) -> ArgumentSpec:
        return ArgumentSpec(
            {**self.options, **other.options},
            [*self.mutually_exclusive, *other.mutually_exclusive],
            [*self.required_one_of, *other.required_one_of],
        )

    def as_list(
        self, option: str, required: bool = True, default: Optional[Sequence[Any]] = ()
    ) -> ArgumentSpec:
        """One option: a list of items with these options. Unless it is required, it has a default."""
        keywords = self.as_keywords()
        suboptions = keywords.pop("argument_spec")
        presence: Dict[str, Any] = {"required": True}
        if not required:
            presence = {} if default is None else {"default": list(default)}
        return ArgumentSpec(
            {option: {"type": "list", "elements": "dict", **presence, "options": suboptions, **keywords}}
        )

    def as_keywords(self) -> Dict[str, Any]:
        """Keyword arguments of AnsibleModule and of ArgumentSpecValidator."""
        return {
            "argument_spec": dict(self.options),
            "mutually_exclusive": self.mutually_exclusive,
            "required_one_of": self.required_one_of,
        }

    def without_masks(self, params: Any) -> Any:
        """A copy of options in which a secret that is only a mask is null, so that it counts as omitted.

        What a module returned may be handed back. Otherwise ansible-core 2.22 would register the mask as a
        secret, and hide all that looks like it from then on.
        """
        return _without_masks(self.options, params)

    def find_problem(self, params: Mapping[str, Any]) -> Optional[str]:
        """All problems with a task's options, named by their paths, a line each; None if they are valid.

        If there are unknown options, these are all: what they were meant to be may be missing then.

        ansible-core's own messages name neither the item of a list nor a similar option, and repeat values
        that may be secrets. No value is repeated here, except a word that is similar to a valid choice.
        """
        problems = list(_unknown_options(self.options, params, "")) or list(self._problems(params, ""))
        more = len(problems) - PROBLEMS_SHOWN
        shown = problems[:PROBLEMS_SHOWN] + ([f"And {more} more."] if more > 0 else [])
        return "\n".join(shown) or None

    def _problems(self, params: Mapping[str, Any], path: str) -> Iterator[str]:
        for name, option in self.options.items():
            value = _value_of(name, option, params)
            if value is not None:
                yield from _value_problems(f"{path}{name}", option, value)
            elif option.get("required"):
                yield f"{path}{name} is required."
        for names in self.required_one_of:
            if not self._given(names, params):
                yield f"{_prefix(path)}one of {', '.join(names)} is required."
        for names in self.mutually_exclusive:
            given = self._given(names, params)
            if len(given) > 1:
                yield f"{_prefix(path)}{' and '.join(given)} are mutually exclusive. Set only one of them."

    def _given(self, names: Sequence[str], params: Mapping[str, Any]) -> List[str]:
        return [name for name in names if _value_of(name, self.options[name], params) is not None]


def _without_masks(options: Mapping[str, Any], params: Any) -> Any:
    if not isinstance(params, Mapping):
        return params
    by_name = {
        alias: option for name, option in options.items() for alias in (name, *option.get("aliases", ()))
    }
    return {name: _without_mask(by_name.get(name, {}), value) for name, value in params.items()}


def _without_mask(option: Mapping[str, Any], value: Any) -> Any:
    if option.get("no_log") and isinstance(value, str):
        return None if is_hidden(value) else value
    if "options" not in option:
        return value
    if isinstance(value, (list, tuple)):
        return [_without_masks(option["options"], item) for item in value]
    return _without_masks(option["options"], value)


def _prefix(path: str) -> str:
    return f"{path.rstrip('.')}: " if path else ""


def _value_of(name: str, option: Mapping[str, Any], params: Mapping[str, Any]) -> Any:
    """The value of an option, under its name or one of its aliases; None if it is not given."""
    for alias in (name, *option.get("aliases", ())):
        if params.get(alias) is not None:
            return params[alias]
    return None


# Unknown options

#: Names of earlier releases, with what to write today: options of modules, and variables. docs/coming-from.md has
#: the same; a test compares them.
RENAMED: Mapping[str, str] = {
    "replace": "on_kind_change",
    "integrations": "bootstrap_integrations",
    "subscriptions": "bootstrap_subscriptions",
    "ccloud_notifications_controller_side": "ccloud_notifications_direct_execution",
}


def _hint(name: str, names: Sequence[str], options: Mapping[str, Any]) -> str:
    """What to write instead of a name that is no option."""
    if name in RENAMED:
        return f"Since release 0.2.0, it is {RENAMED[name]}."
    similar = difflib.get_close_matches(name, names, 1)
    return f"Did you mean {similar[0]}?" if similar else f"Valid options: {', '.join(options)}."


def _unknown_options(options: Mapping[str, Any], params: Mapping[str, Any], path: str) -> Iterator[str]:
    names = [alias for name, option in options.items() for alias in (name, *option.get("aliases", ()))]
    for name in params:
        if name not in names:
            shown = str(name) if _OPTION_NAME.fullmatch(str(name)) else "?"
            hint = _hint(str(name), names, options)
            yield f"Unknown option {path}{shown}. {hint}"
    for name, option in options.items():
        if "options" not in option:
            continue
        for item_path, item in _items(f"{path}{name}", option, _value_of(name, option, params)):
            if isinstance(item, Mapping):
                yield from _unknown_options(option["options"], item, f"{item_path}.")


def _items(path: str, option: Mapping[str, Any], value: Any) -> Iterator[Tuple[str, Any]]:
    """An option's value, or each item of its list, with its path."""
    if option.get("type") != "list":
        yield path, _as_mapping(value)
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield f"{path}[{position}]", _as_mapping(item)


def _as_mapping(value: Any) -> Any:
    """Ansible accepts JSON, or words such as ``a=1 b=2``, as a mapping."""
    if not isinstance(value, str):
        return value
    try:
        return check_type_dict(value)
    except (TypeError, ValueError):
        return value


# Wrong values


def _value_problems(path: str, option: Mapping[str, Any], value: Any) -> Iterator[str]:
    kind = option.get("type", "str")
    if kind == "list":
        yield from _list_problems(path, option, value)
    elif kind == "dict":
        yield from _mapping_problems(path, option, value)
    else:
        yield from _scalar_problems(path, option, value)


def _list_problems(path: str, option: Mapping[str, Any], value: Any) -> Iterator[str]:
    elements = option.get("elements", "raw")
    if elements != "dict":
        # Ansible accepts a comma-separated text or a number as a list.
        if isinstance(value, str):
            value = value.split(",")
        elif isinstance(value, (int, float)):
            value = [value]
    if not isinstance(value, (list, tuple)):
        yield f"{path} must be a list."
        return
    for position, item in enumerate(value):
        if item is None:
            yield f"{path}[{position}] is null. Remove it, or set a value."
            return
        yield from _value_problems(f"{path}[{position}]", {**option, "type": elements}, item)


def _mapping_problems(path: str, option: Mapping[str, Any], value: Any) -> Iterator[str]:
    value = _as_mapping(value)
    if not isinstance(value, Mapping):
        yield f"{path} must be a mapping of options, not {_kind_of(value)}."
    elif value and all(member is None for member in value.values()):
        yield f"{path} has no value for {' and '.join(map(str, value))}. Set one, or omit {path}."
    elif "options" in option:
        suboptions = ArgumentSpec(option["options"], *(option.get(name, []) for name in _CONSTRAINTS))
        yield from suboptions._problems(value, f"{path}.")


def _scalar_problems(path: str, option: Mapping[str, Any], value: Any) -> Iterator[str]:
    check = _CHECKS.get(option.get("type", "str"))
    if check is not None:
        expected, accepts = check
        if not accepts(value):
            yield f"{path} must be {expected}, not {_kind_of(value)}."
            return
    if option.get("choices") and value not in option["choices"]:
        choices = [str(choice) for choice in option["choices"]]
        similar = difflib.get_close_matches(
            str(value).lower(), [choice.lower() for choice in choices], 1, 0.5
        )
        shown = f", not {value!r}" if similar and _OPTION_NAME.fullmatch(str(value)) else ""
        yield f"{path} must be one of {', '.join(choices)}{shown}."


def _kind_of(value: Any) -> str:
    """What a value is, without the value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = (
        (Mapping, "a mapping"),
        ((list, tuple), "a list"),
        (str, "a string"),
        ((int, float), "a number"),
    )
    return next((name for types, name in names if isinstance(value, types)), "a value of another type")


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


_CONSTRAINTS = ("mutually_exclusive", "required_one_of")
#: For each type, how a message names it, and what Ansible accepts for it.
_CHECKS: Mapping[str, Tuple[str, Callable[[Any], bool]]] = {
    "int": ("a whole number", _is_int),
    "bool": ("true or false", _is_bool),
    "str": ("text", _is_text),
    "path": ("a path", _is_text),
}
#: The name of an option that a message may repeat: anything else may be a secret in the wrong place.
_OPTION_NAME = re.compile(r"[A-Za-z][A-Za-z_-]{0,30}")
