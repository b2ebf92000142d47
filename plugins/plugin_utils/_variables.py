# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Variables of the role ``bootstrap``, which may be answers of a survey, as typed options."""

from __future__ import annotations

import difflib
import functools
import json
import pathlib
import re
from typing import Any, Dict, Iterable, List, Mapping, Tuple

import yaml
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._ansible.argument_spec import ArgumentSpec
from ._plain import plain

_ARGUMENT_SPECS = pathlib.Path(__file__).parents[2] / "roles" / "bootstrap" / "meta" / "argument_specs.yml"
#: How similar the name of a variable must be to that of an option to be a probable misspelling (difflib's
#: ratio).
_SIMILARITY = 0.75


class TextError(ValueError):
    """A text cannot be read as a value. The message follows the name of the variable, or "The value"."""


def as_list(value: Any) -> List[Any]:
    """A list as it is; a text as a list: JSON, or items between commas or line ends. Raises TextError."""
    if value is None:
        return []
    if isinstance(value, str):
        return _list_from_text(value)
    if isinstance(value, list):
        return value
    return list(value) if isinstance(value, tuple) else [value]


def _list_from_text(text: str) -> List[Any]:
    if not text.lstrip().startswith(("[", "{")):
        return [part.strip() for part in re.split(r"[,\n]", text) if part.strip()]
    try:
        value = json.loads(text)
    except ValueError as error:
        # The text itself may contain secrets.
        place = (
            f"line {error.lineno}, column {error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        )
        raise TextError(f"is a text that is not valid JSON ({place}).") from None
    if not isinstance(value, list):
        raise TextError("must be a list. Its JSON text is a mapping.")
    return value


def typed_options(
    variables: Mapping[str, Any], options: Mapping[str, Any], prefix: str = ""
) -> Dict[str, Any]:
    """The values of variables by the names of the options, without those that are empty texts or null.

    A text becomes a list or a boolean if the option is one. Everything else is as it was. Raises TextError.
    """
    typed = {}
    for name, value in variables.items():
        option = options.get(name[len(prefix) :])
        if option is not None and not is_blank(value):
            try:
                typed[name[len(prefix) :]] = _typed(value, option)
            except TextError as error:
                raise TextError(f"{name} {error}") from None
    return typed


def is_blank(value: Any) -> bool:
    """Whether a value is that of an optional question that was not answered."""
    return value is None or (isinstance(value, str) and not value.strip())


def _typed(value: Any, option: Mapping[str, Any]) -> Any:
    if not isinstance(value, str):
        return value
    if option.get("type") == "bool":
        try:
            return boolean(value)
        except TypeError:
            return value
    if option.get("type") != "list":
        return value
    if option.get("elements") == "dict" and not value.lstrip().startswith(("[", "{")):
        return value
    return as_list(value)


# Validation


@functools.cache
def role_arguments() -> Mapping[str, Any]:
    """The variables of the role by name, as its argument specification describes them."""
    # Ansible's own way to read YAML takes ten times as long.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entry_points = yaml.load(_ARGUMENT_SPECS.read_text(encoding="utf-8"), loader)["argument_specs"].values()
    return {name: option for entry_point in entry_points for name, option in entry_point["options"].items()}


def role_problem(variables: Mapping[str, Any], options: Mapping[str, Any], names: Iterable[str]) -> str:
    """The first problem with a role's variables; empty if they are valid.

    ``names`` are the names of all variables. One that is no option is a problem only if it is similar to an
    option: other roles have variables as well.
    """
    misspelling = _misspelling(sorted(set(names) - set(options)), options)
    if misspelling:
        return misspelling
    try:
        given = typed_options(plain(variables), options)
    except TextError as error:
        return str(error)
    return ArgumentSpec(options).find_problem(given) or ""


def _misspelling(names: Iterable[str], options: Mapping[str, Any]) -> str:
    for name in names:
        prefix, _underscore, stem = name.partition("_")
        stems = {option.partition("_")[2]: option for option in options if option.startswith(f"{prefix}_")}
        similar = difflib.get_close_matches(stem, stems, 1, _SIMILARITY)
        if similar:
            return f"Unknown variable {name}. Did you mean {stems[similar[0]]}?"
    return ""


# Several organizations

#: The variables that decide which organization a host is.
_CREDENTIALS = ("bootstrap_api_key", "bootstrap_api_token", "bootstrap_identity_pool_id")
_IDENTITY = ("bootstrap_endpoint", *_CREDENTIALS, "bootstrap_external_token")


def shared_credentials(
    hosts: Iterable[str], variables: Mapping[str, Mapping[str, Any]], has_environment: bool
) -> List[str]:
    """The hosts that use the credentials of another host and do not state their organization.

    ``variables`` are those of each host. ``has_environment`` says whether hosts without credentials of their
    own use those of the environment.
    """
    groups: Dict[Tuple[str, ...], List[str]] = {}
    for host in hosts:
        of_host = variables[host]
        if has_environment or any(_text(of_host, name) for name in _CREDENTIALS):
            groups.setdefault(tuple(_text(of_host, name) for name in _IDENTITY), []).append(host)
    shared = (host for group in groups.values() if len(group) > 1 for host in group)
    return [host for host in shared if not _text(variables[host], "bootstrap_organization_id")]


def _text(variables: Mapping[str, Any], name: str) -> str:
    return str(variables[name] or "") if name in variables else ""
