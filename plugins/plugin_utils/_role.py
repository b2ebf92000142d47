# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the variables of the role ``bootstrap``, which may be answers of a survey, as typed options."""

from __future__ import annotations

import difflib
import functools
import json
import os
import pathlib
import re
from dataclasses import dataclass
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

import yaml
from ansible.module_utils.parsing.convert_bool import boolean

from ..module_utils._ansible.argument_spec import RENAMED, ArgumentSpec, without_nulls
from ..module_utils._ansible.connection import endpoint_from_options
from ..module_utils._ansible.options import CONNECTION, ORGANIZATION
from ..module_utils._organization.options import PROTECTIONS, emptiness
from ..module_utils._redaction import counted, listed
from ._plain import plain

_ARGUMENT_SPECS = pathlib.Path(__file__).parents[2] / "roles" / "bootstrap" / "meta" / "argument_specs.yml"
PREFIX = "bootstrap_"
#: How similar a name must be to that of a variable to be a probable misspelling (difflib's ratio): with the
#: same prefix, and without.
_SIMILARITY = 0.75
_WHOLE_SIMILARITY = 0.9
#: Variables of the playbooks that are none of the role.
_PLAYBOOK_VARIABLES = ("bootstrap_hosts",)
#: Variables that protect as well, and for which false or an empty list is an answer.
_MUST_SAY = (
    "bootstrap_require_plan",
    "bootstrap_backup_to",
    "bootstrap_backup_secrets_to",
    "plan_fail_on",
    "test_fail_on",
)
#: At least one of these must say what to configure.
_CONTENT = ("integrations", "subscriptions", "resource_preferences", "resource_subscriptions")
#: Stands for URLs that tests of routing do not need. Nothing is sent to it. Source: RFC 2606.
PLACEHOLDER_URL = "https://webhook.invalid/"
#: Hosts that are the machine that runs Ansible.
LOCALHOSTS = ("localhost", "127.0.0.1", "::1")


class VariableError(ValueError):
    """Variables of the role are invalid. The message is whole sentences."""


@dataclass(frozen=True)
class HostRequest:
    """Which hosts and tags were asked for, and what exists.

    ``is_given`` says whether bootstrap_hosts is defined, and ``is_effective`` whether the play uses its value.
    ``matching`` are the hosts that a playbook would use, ``existing`` all others than localhost, ``unmatched`` the
    parts of the pattern and of the limit that match nothing, and ``tags`` those of the tasks.
    """

    pattern: str
    is_given: bool
    matching: Sequence[str]
    existing: Sequence[str]
    is_effective: bool = True
    unmatched: Sequence[str] = ()
    groups: Sequence[str] = ()
    limit: str = ""
    sources: Sequence[str] = ()
    run_tags: Sequence[str] = ("all",)
    skip_tags: Sequence[str] = ()
    tags: Sequence[str] = ()


class TextError(ValueError):
    """A text cannot be read as a value. The message follows the name of the variable."""


# Values


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


def is_blank(value: Any) -> bool:
    """Whether a value is that of an optional question that was not answered."""
    return value is None or (isinstance(value, str) and not value.strip())


def is_true(value: Any) -> bool:
    """Whether a variable, which may be a text, says yes. It has been validated."""
    return not is_blank(value) and bool(boolean(value))


def _typed(value: Any, option: Mapping[str, Any]) -> Any:
    """The value of an option. A text becomes a list or a boolean if the option is one. Raises TextError."""
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


# Variables


@functools.cache
def role_arguments() -> Mapping[str, Any]:
    """The variables of the role by name, as its argument specification describes them."""
    # Ansible's own way to read YAML takes ten times as long.
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entry_points = yaml.load(_ARGUMENT_SPECS.read_text(encoding="utf-8"), loader)["argument_specs"].values()
    return {name: option for entry_point in entry_points for name, option in entry_point["options"].items()}


def typed_variables(variables: Mapping[str, Any]) -> Dict[str, Any]:
    """The variables of the role that say something, by name, as typed and plain values.

    Raises VariableError for the first problem. A variable that protects an organization must not be empty:
    only one that is not defined is not wanted.
    """
    arguments = role_arguments()
    typed: Dict[str, Any] = {}
    for name, value in plain(variables).items():
        try:
            of_type = _typed(value, arguments[name])
        except TextError as error:
            raise VariableError(f"{name} {error}") from None
        # A text of separators alone is an answer that says nothing; an empty list says that there is none.
        is_list_text = isinstance(value, str) and not value.lstrip().startswith("[")
        says_nothing = is_blank(value) or (is_list_text and of_type == [])
        if name[len(PREFIX) :] in PROTECTIONS or (says_nothing and name in _MUST_SAY):
            empty = emptiness(name, of_type)
            if empty:
                raise VariableError(f"{' '.join(empty)}. Set it, or do not define it.")
        if not says_nothing:
            typed[name] = of_type
    _refuse_emptied_items(typed)
    typed = {name: without_nulls(value) for name, value in typed.items()}
    problem = ArgumentSpec(arguments).find_problem(typed)
    if problem:
        raise VariableError(problem)
    return typed


def _refuse_emptied_items(variables: Mapping[str, Any]) -> None:
    """Raise VariableError for an empty mapping in a list: probably one that ansible-core has emptied."""
    for name, value in variables.items():
        items = value if isinstance(value, list) else []
        for position, item in enumerate(items):
            if item == {}:
                raise VariableError(
                    f"{name}[{position}] is an empty mapping. If it or its list has the tag !unsafe, remove the "
                    "tag: up to ansible-core 2.18, it empties what is nested. Put it on single texts."
                )


def converted_texts(variables: Mapping[str, Any]) -> List[str]:
    """Warnings about values inside lists that YAML has probably made of a text, such as true of ``yes``."""
    arguments = role_arguments()
    return [
        f"{path} is {json.dumps(value)}, and is used as the text {str(value)!r}. YAML makes such values of texts like "
        "yes, 017, 1e3 and 12:30. If it should be another text, put it in quotes."
        for name, value in variables.items()
        if "options" in arguments[name]
        for path, value in _converted(name, arguments[name], value)
    ]


def _converted(path: str, option: Mapping[str, Any], value: Any) -> Iterator[Tuple[str, Any]]:
    """The values of options for text that are none, with their paths."""
    if isinstance(value, list):
        item = {**option, "type": option.get("elements", "str")}
        for position, inner in enumerate(value):
            yield from _converted(f"{path}[{position}]", item, inner)
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            if name in option.get("options", {}):
                yield from _converted(f"{path}.{name}", option["options"][name], inner)
    elif option.get("type") == "str" and isinstance(value, (bool, int, float)):
        yield path, value


def refuse_misspelled(names: Iterable[str]) -> None:
    """Raise VariableError if the name of a variable is probably a misspelled one of the role.

    ``names`` are those of all variables of the host: other roles have variables as well.
    """
    arguments = role_arguments()
    known = set(arguments) | set(_PLAYBOOK_VARIABLES)
    by_length: Dict[int, List[str]] = {}
    for name in arguments:
        by_length.setdefault(len(name), []).append(name)
    for name in sorted(set(names) - known):
        similar = _similar(name, arguments, by_length)
        if similar:
            raise VariableError(f"Unknown variable {name}. Did you mean {similar}?")


def _similar(name: str, arguments: Mapping[str, Any], by_length: Mapping[int, List[str]]) -> Optional[str]:
    prefix, _underscore, stem = name.partition("_")
    stems = {option.partition("_")[2]: option for option in arguments if option.startswith(f"{prefix}_")}
    close = difflib.get_close_matches(stem, stems, 1, _SIMILARITY)
    if close:
        return stems[close[0]]
    words = set(name.split("_"))
    if stems:
        # bootstrap_checksum for bootstrap_expected_checksum
        longer = [option for option in arguments if len(words) > 1 and words < set(option.split("_"))]
        return longer[0] if len(longer) == 1 else None

    candidates = [
        option
        for length in range(len(name) - 2, len(name) + 3)
        for option in by_length.get(length, ())
        if "_" in option[5:]
    ]
    close = difflib.get_close_matches(name, candidates, 1, _WHOLE_SIMILARITY)
    return close[0] if close else None


def renamed(names: Iterable[str]) -> str:
    """What to write instead of the names of an earlier release; empty if there are none."""
    found = [f"{name} is now {RENAMED[name]}" for name in sorted(set(names) & set(RENAMED))]
    return f" In this release, {', and '.join(found)}." if found else ""


# Options


def connection_options(variables: Mapping[str, Any]) -> Dict[str, Any]:
    """The options of the connection that variables such as bootstrap_api_key set."""
    return _options(variables, CONNECTION)


def organization_options(variables: Mapping[str, Any]) -> Dict[str, Any]:
    """All options of the module ``organization`` that variables set."""
    return _options(variables, ORGANIZATION)


def _options(variables: Mapping[str, Any], arguments: ArgumentSpec) -> Dict[str, Any]:
    return {
        option: variables[PREFIX + option] for option in arguments.options if PREFIX + option in variables
    }


def compared_options(variables: Mapping[str, Any]) -> Dict[str, Any]:
    """The options to compare an organization with its variables: what an apply would refuse is shown too."""
    options = organization_options(variables)
    for protection in ("expected_checksum", "expected_plan"):
        options.pop(protection, None)
    options.update(purge_limit=1_000_000, silence_limit=1_000_000, when_in_use="ignore", test="none")
    options.pop("change_limit", None)
    if options.get("on_kind_change") == "fail":
        options["on_kind_change"] = "update"
    return options


def tested_options(variables: Mapping[str, Any]) -> Dict[str, Any]:
    """The options to test routing for an organization of which only a catalog is known."""
    options = compared_options(variables)
    # These are about what exists.
    for option in ("organization_id", "purge", "keep"):
        options.pop(option, None)
    return options


def has_content(variables: Mapping[str, Any]) -> bool:
    """Whether variables say what to configure."""
    return is_true(variables.get("bootstrap_purge")) or any(
        variables.get(PREFIX + option) for option in _CONTENT
    )


def refuse_nothing(variables: Mapping[str, Any], names: Iterable[str]) -> None:
    """Raise VariableError if no variable says what to configure."""
    if not has_content(variables):
        raise VariableError(
            "Nothing to do: no variable defines what to configure. Define bootstrap_integrations or "
            "bootstrap_subscriptions, as playbooks/vars/organization.yml of the collection does, and pass the "
            f"file with -e @organization.yml.{renamed(names)}"
        )


def reviewed_options(
    variables: Mapping[str, Any], plans: Optional[Mapping[str, Any]], host: str
) -> Dict[str, Any]:
    """The option that ties an apply to the plan that was reviewed: by the user, or by an earlier job.

    ``plans`` is the variable notifications_plan of a workflow, by host or bootstrap_stats_key. Raises
    VariableError.
    """
    given = [name for name in ("expected_plan", "expected_checksum") if PREFIX + name in variables]
    if len(given) > 1:
        raise VariableError(
            "bootstrap_expected_plan and bootstrap_expected_checksum are mutually exclusive. Set only one of "
            "them."
        )
    is_required = is_true(variables.get("bootstrap_require_plan"))
    if given or (plans is None and not is_required):
        return {}
    host = str(variables.get("bootstrap_stats_key") or host)
    checksum = ((plans or {}).get(host) or {}).get("checksum")
    if not checksum:
        raise VariableError(
            f"The plan job of this workflow has no plan for {host} (notifications_plan). Its plan or the job "
            "failed, or the job was sliced."
        )
    return {"expected_checksum": checksum}


# Hosts

#: The variables that decide which organization a host is.
_CREDENTIALS = ("bootstrap_api_key", "bootstrap_api_token", "bootstrap_identity_pool_id")
_SECRETS = (*_CREDENTIALS, "bootstrap_external_token")
IDENTITY = ("bootstrap_endpoint", *_SECRETS, "bootstrap_organization_id", "bootstrap_owner")


@dataclass(frozen=True)
class Identity:
    """Which organization a host is: its credentials, and what it states: the organization, and which part it owns."""

    endpoint: str
    credentials: Tuple[str, ...]
    organization_id: str = ""
    owner: str = ""

    @classmethod
    def of(cls, variables: Mapping[str, Any], environ: Mapping[str, str]) -> Identity:
        """The identity in the variables of a host, as the connection reads them."""
        texts = {name: str(variables.get(name) or "").strip() for name in IDENTITY}
        endpoint = endpoint_from_options({"endpoint": texts["bootstrap_endpoint"]}, environ).rstrip("/")
        credentials = (endpoint, *(texts[name] for name in _SECRETS))
        return cls(
            endpoint, credentials, texts["bootstrap_organization_id"].lower(), texts["bootstrap_owner"]
        )

    def may_be(self, other: Identity) -> bool:
        """Whether two hosts may be the same organization by mistake: not both state which one they are."""
        is_stated = bool(self.organization_id and other.organization_id)
        return not is_stated and self.credentials == other.credentials

    def undoes(self, other: Identity) -> bool:
        """Whether two hosts state the same organization, and not that each owns a part of it."""
        has_own_part = "" not in (self.owner, other.owner) and self.owner != other.owner
        is_same = (self.endpoint, self.organization_id) == (other.endpoint, other.organization_id)
        return bool(self.organization_id) and is_same and not has_own_part


def has_credentials(variables: Mapping[str, Any]) -> bool:
    """Whether a host has credentials of its own, and does not take those of the environment."""
    return any(variables.get(name) for name in _CREDENTIALS)


def refuse_shared_credentials(
    host: str, variables: Mapping[str, Any], environment: str, is_alone: bool = True
) -> None:
    """Raise VariableError if a host takes the credentials of the environment and names no organization.

    Otherwise, with --limit or in slices of a job, host after host would overwrite the same organization.
    ``environment`` says where such credentials come from; empty if there are none. Only localhost alone is that
    organization for certain.
    """
    is_localhost = is_alone and host in LOCALHOSTS
    is_certain = is_localhost or has_credentials(variables) or "bootstrap_organization_id" in variables
    if environment and not is_certain:
        raise VariableError(
            f"{host} has no credentials of its own and would use those of {environment}, whichever "
            "organization these belong to. Give it bootstrap_api_key and bootstrap_api_secret of its own, or "
            "state its bootstrap_organization_id."
        )


def shared_organization(hosts: Sequence[str]) -> VariableError:
    """The error if several hosts may be the same organization."""
    return VariableError(
        f"These hosts may be the same organization: {', '.join(hosts)}. Set the bootstrap_organization_id of "
        "each, with its own bootstrap_api_key and bootstrap_api_secret. Hosts that share an organization must each set "
        "a different bootstrap_owner."
    )


def refuse_no_hosts(asked: HostRequest) -> None:
    """Raise VariableError if a playbook would do nothing, and end with success."""
    paths = [source for source in asked.sources if "," not in source and source != _DEFAULT_INVENTORY]
    missing = [path for path in paths if not os.path.exists(path)]
    if missing:
        raise VariableError(f"The inventory {', '.join(missing)} does not exist. Correct -i.")
    unknown = sorted(set(asked.run_tags) - set(asked.tags) - _EVERY_TASK)
    if unknown and not set(asked.run_tags) & {*asked.tags, *_EVERY_TASK}:
        raise VariableError(
            f"No task has the tag {' or '.join(map(repr, unknown))}, so nothing would run. Omit --tags."
        )
    skipped = sorted(set(asked.skip_tags) & {"all", "untagged"})
    if skipped:
        raise VariableError(f"Nothing would run with --skip-tags {skipped[0]}. Omit it.")
    if not asked.is_effective:
        raise VariableError(
            f"bootstrap_hosts is {asked.pattern!r} in the inventory, where it has no effect: the playbook would use "
            f"another host. Remove it from there, and pass -e bootstrap_hosts={asked.pattern}."
        )
    if not asked.pattern.strip():
        raise VariableError(f"bootstrap_hosts is empty, so no host would be used. {_existing(asked)}")

    if not asked.is_given and asked.existing:
        hosts = counted(len(asked.existing), "host")
        raise VariableError(
            f"The inventory has {hosts}, and each may be an organization. Choose with -e bootstrap_hosts=all, or "
            "a host or group; -e bootstrap_hosts=localhost chooses the organization of the environment variables."
        )
    if not asked.matching:
        limit = f", and the limit is {asked.limit!r}" if asked.limit else ""
        raise VariableError(
            f"No host matches: bootstrap_hosts is {asked.pattern!r}{limit}. {_existing(asked)}"
        )
    if asked.unmatched:
        raise VariableError(
            f"No host matches {' or '.join(map(repr, asked.unmatched))}. Correct bootstrap_hosts or --limit. "
            f"{_existing(asked)}"
        )


#: Without -i, ansible-core asks for this file, which need not exist.
_DEFAULT_INVENTORY = "/etc/ansible/hosts"
#: Tags with a meaning of their own that select tasks without tags.
_EVERY_TASK = frozenset(("all", "untagged", "always"))


def _existing(asked: HostRequest) -> str:
    sources = ", ".join(asked.sources) or "none"
    if not asked.existing:
        return f"The inventory ({sources}) has no hosts."
    groups = f", and the groups {listed(asked.groups)}" if asked.groups else ""
    return f"The inventory ({sources}) has the hosts {listed(asked.existing)}{groups}."


# Messages

_OPTION = re.compile("`([a-z_]+)(?=[`:\\[.])")


def with_variables(message: str) -> str:
    """A message of the module in which options are named as the variables that set them."""
    return _OPTION.sub(
        lambda match: (
            f"`{PREFIX}{match.group(1)}" if PREFIX + match.group(1) in role_arguments() else match.group()
        ),
        message,
    )


#: The variable with which a template begins. A name before a parenthesis is that of a function.
_REFERENCE = re.compile(r"\{\{-?\s*([A-Za-z_]\w*)\b(?!\s*\()")


def undefined_urls(integrations: Any, names: Iterable[str]) -> List[Tuple[str, str]]:
    """The variables that are not defined, with the names of the integrations whose URLs they are."""
    defined = set(names)
    missing: Dict[str, str] = {}
    for item in integrations if isinstance(integrations, list) else ():
        target = item.get("target") if isinstance(item, Mapping) else None
        url = target.get("webhook_url") or target.get("url") if isinstance(target, Mapping) else None
        for variable in _REFERENCE.findall(url) if isinstance(url, str) else ():
            if variable not in defined:
                missing.setdefault(variable, repr(str(item.get("display_name") or item.get("name"))))
    return list(missing.items())
