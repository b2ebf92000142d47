# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: an organization as variables files for the role ``bootstrap``."""

from __future__ import annotations

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from textwrap import indent
from typing import Any, Container, Dict, Iterable, List, Optional, Sequence, Set, Tuple

import yaml

from ...module_utils._ansible.options import CATALOG
from ...module_utils._api.client import SAFE_ID
from ...module_utils._api.session import COLLECTION_VERSION
from ...module_utils._common import Object
from ...module_utils._redaction import counted, one_line, quoted, quoted_names, shortened
from ...module_utils._resources.integrations import is_manageable, webhook_url
from ...module_utils._resources.notification_types import SELECTORS, is_included, select_types
from ...module_utils._resources.owners import owner_of, without_mark
from ...module_utils._resources.subscriptions import ENABLED


class _Unsafe(str):
    """A text of the service, which Ansible must never use as a template."""

    @property
    def is_possibly_template(self) -> bool:
        """Whether any version of Ansible could take the text for a template."""
        return "{" in self or self.startswith("#jinja2:")


class _Dumper(yaml.SafeDumper):
    """Block style, with indented lists."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


#: Texts that every reader of YAML takes for texts, whichever version of YAML it knows.
_PLAIN_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_ ./()-]*")
#: Words that some version of YAML takes for something else.
_YAML_WORDS = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "inf", "nan"))


def _style(text: str) -> str:
    """The quotes that a text requires: double ones for control characters and outer whitespace.

    Whatever is not plainly a word is quoted: YAML 1.2 reads ``08`` and ``1e3`` as numbers, and 1.1 does not.
    """
    if not text.isprintable() or text != text.strip():
        return '"'
    return "" if _PLAIN_WORD.fullmatch(text) and text.lower() not in _YAML_WORDS else "'"


def _represent_text(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    if isinstance(text, _Unsafe) and text.is_possibly_template:
        return dumper.represent_scalar("!unsafe", str(text), style=_style(text) or "'")
    return dumper.represent_scalar("tag:yaml.org,2002:str", str(text), style=_style(text))


_Dumper.add_representer(_Unsafe, _represent_text)
_Dumper.add_representer(str, _represent_text)


def as_yaml(value: Any) -> str:
    """YAML that Ansible reads back as it is: what it could take for a template is marked as unsafe."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))


class UnknownOwnerError(ValueError):
    """Only the part of an owner was asked for, and nobody has this name. The message is whole sentences."""


class UnsafeIdError(ValueError):
    """An ID has characters that no ID of the service has."""


def _id(text: str) -> str:
    if not SAFE_ID.fullmatch(text):
        raise UnsafeIdError(
            "Refusing to export: the service returned an ID that does not look like one. "
            "It is not shown, because it may be a secret."
        )
    return _Unsafe(text)


# Export


_DELETED = ("no longer exist", "Applying this file removes the references.")
_UNKNOWN = (
    "are not in the state",
    "Applying this file removes them, except e-mail and others that the API cannot manage.",
)


@dataclass
class _Export:
    """The content of the exported files, with notes about what they cannot express.

    ``missing`` says what integrations without a name are, and what becomes of references to them. ``comments``
    has one for each rule, which may be empty.
    """

    missing: Tuple[str, str]
    is_exact: bool = False
    integrations: List[Object] = field(default_factory=list)
    rules: List[Object] = field(default_factory=list)
    comments: List[str] = field(default_factory=list)
    secrets: Dict[str, str] = field(default_factory=dict)
    notes: List[str] = field(default_factory=list)


#: The JSON Schema of the variables file, as the file of this version in the repository. A path would only be
#: right on the machine that exports, and the file is for everybody who edits it.
SCHEMA_URL = (
    "https://github.com/ccloud-notifications/ccloud.notifications"
    f"/raw/{COLLECTION_VERSION}/playbooks/vars/organization.schema.json"
)
#: Names the schema for editors that use yaml-language-server, such as Visual Studio Code.
_SCHEMA_COMMENT = f"# yaml-language-server: $schema={SCHEMA_URL}\n"

_HEADER = (
    "Types that are not listed are disabled or have no subscription. "
    "Settings of single resources, such as a silenced connector, are not in this file, because the API cannot "
    "list them: applying the file leaves them as they are."
)


def exported(
    notification_types: Iterable[Object],
    integrations: Iterable[Object],
    owner: Optional[str] = None,
    is_partial: bool = False,
    is_exact: bool = False,
) -> Object:
    """``variables`` and ``secrets``: the texts of two YAML files. ``counts``: what is in the first one.

    ``notification_types`` are as notification_type_info returns them with their subscriptions, and
    ``integrations`` as integration_info returns them with their URLs. Bootstrapping the organization from
    these files changes nothing. A comment in the first file says what the files cannot express. With
    ``owner``, only what it owns is exported. ``is_partial`` says that integrations without a name may exist
    elsewhere. With ``is_exact``, rules name their types, and types that the service adds later match none.
    Raises UnsafeIdError.
    """
    integrations, types = list(integrations), list(notification_types)
    export = _Export(_UNKNOWN if is_partial else _DELETED, is_exact)
    names = Names(integrations)
    if owner is not None:
        owners = sorted(set(filter(None, map(owner_of, integrations))))
        if owner not in owners:
            advice = (
                f"Set export_owner to one of {', '.join(owners)}." if owners else "Nobody owns any: omit it."
            )
            raise UnknownOwnerError(
                f"Could not export: no integration belongs to the owner {owner}. {advice}"
            )
        integrations = [_without_owner(obj) for obj in integrations if owner_of(obj) == owner]
        types = _types_of(types, {obj["id"] for obj in integrations})
    _export_integrations(export, filter(is_manageable, integrations), names)
    _export_rules(export, types, Names(types), names)
    names_in_tags = [*export.integrations, *export.rules]
    if any(_is_tagged(value) for value in names_in_tags):
        export.notes.append(
            "The tag !unsafe marks names that Ansible would take for templates. sops removes it: do not encrypt "
            "this file with sops."
        )
    comment = "".join(f"# {_one_line(note)}\n" for note in [_HEADER, *dict.fromkeys(export.notes)])
    head = {} if owner is None else {"bootstrap_owner": owner}
    variables = as_yaml({**head, "bootstrap_integrations": export.integrations})
    return {
        "variables": f"---\n{_SCHEMA_COMMENT}{comment}{variables}{_rules_as_yaml(export)}",
        "secrets": f"---\n{as_yaml(export.secrets)}",
        "counts": {"integrations": len(export.integrations), "rules": len(export.rules)},
    }


def _rules_as_yaml(export: _Export) -> str:
    """The rules, each after its comment."""
    if not export.rules:
        return as_yaml({"bootstrap_subscriptions": []})
    rules = [
        (f"# {comment}\n" if comment else "") + as_yaml([rule])
        for rule, comment in zip(export.rules, export.comments)
    ]
    return f"bootstrap_subscriptions:\n{indent(''.join(rules), '  ')}"


def _without_owner(integration: Object) -> Object:
    return {**integration, "description": without_mark(str(integration.get("description") or ""))}


def _types_of(types: Iterable[Object], own: Container[str]) -> List[Object]:
    """The types with those of their subscriptions that use one's own integrations, and with these alone."""

    def own_part(subscription: Object) -> Object:
        kept = [reference for reference in subscription["integrations"] if reference["id"] in own]
        return {**subscription, "integrations": kept}

    return [
        {
            **obj,
            "subscriptions": [part for part in map(own_part, obj["subscriptions"]) if part["integrations"]],
        }
        for obj in types
    ]


#: What a test of routing needs to know about a notification type: the suboptions of ``catalog``.
_TYPE_MEMBERS = CATALOG.options["catalog"]["options"]["notification_types"]["options"]


def catalog_json(notification_types: Iterable[Object], integrations: Iterable[Object]) -> str:
    """What a test of routing needs to know, as JSON: no URL, and nothing about subscriptions."""
    types = [
        {name: obj[name] for name in _TYPE_MEMBERS if obj.get(name) is not None} for obj in notification_types
    ]
    known = [
        {
            "id": obj["id"],
            "display_name": obj["display_name"],
            "kind": obj["target"].get("kind"),
            **({"owner": owner_of(obj)} if owner_of(obj) else {}),
        }
        for obj in integrations
    ]
    return json.dumps({"notification_types": types, "integrations": known}, indent=1) + "\n"


def _is_tagged(value: Any) -> bool:
    """Whether a value has a text that is written with a tag."""
    if isinstance(value, _Unsafe):
        return value.is_possibly_template
    if isinstance(value, dict):
        return any(map(_is_tagged, value.values()))
    return isinstance(value, list) and any(map(_is_tagged, value))


def _export_integrations(export: _Export, integrations: Iterable[Object], names: Names) -> None:
    variables = _Variables()
    for integration in integrations:
        name = integration["display_name"]
        variable = variables.name(name)
        url = webhook_url(integration["target"])
        if url is None:
            export.notes.append(
                f"The service masks the URL of {quoted(name)}, so you must set {variable} yourself."
            )
        else:
            export.secrets[variable] = _Unsafe(url)

        item: Object = {} if names.is_unambiguous(integration) else {"id": _id(integration["id"])}
        item["display_name"] = _Unsafe(name)
        if integration.get("description"):
            item["description"] = _Unsafe(integration["description"])
        kind = str(integration["target"]["kind"])
        item["target"] = {"kind": kind, "webhook_url": "{{ " + variable + " }}"}
        export.integrations.append(item)


def _export_rules(export: _Export, types: Sequence[Object], type_names: Names, names: Names) -> None:
    """One rule for all types that the same integrations receive, where selectors allow it."""
    groups: Dict[Tuple[str, ...], List[Object]] = {}
    for notification_type in types:
        integrations = _routed_to(export, notification_type, names)
        if integrations is not None:
            groups.setdefault(integrations, []).append(notification_type)
    for integrations, members in groups.items():
        for selected, comment in _selected(export, members, types, type_names):
            export.rules.append({**selected, "integrations": list(integrations)})
            export.comments.append(comment)


def _routed_to(export: _Export, notification_type: Object, names: Names) -> Optional[Tuple[str, ...]]:
    """The integrations in the rule of a type, sorted. None if it needs no rule, or cannot have one."""
    label = quoted(notification_type.get("display_name") or notification_type["id"])
    subscriptions = notification_type["subscriptions"]
    if len(subscriptions) > 1:
        export.notes.append(f"{label} has {len(subscriptions)} subscriptions, so it has no rule.")
        return None
    if not subscriptions or subscriptions[0].get("current_state", ENABLED) != ENABLED:
        return None
    existing = [
        reference
        for reference in subscriptions[0]["integrations"]
        if reference.get("display_name") is not None
    ]
    if subscriptions[0]["integrations"] and not existing:
        export.notes.append(f"{label} has no rule, because its integrations {export.missing[0]}.")
        return None
    if len(existing) < len(subscriptions[0]["integrations"]):
        export.notes.append(f"{label} refers to integrations that {'. '.join(export.missing)}")
    if not all(map(names.is_addressable, existing)):
        export.notes.append(
            f"{label} has no rule, because the ID of an integration is the name of another one."
        )
        return None

    return tuple(sorted(map(names.of, existing)))


#: The selectors that an export tries, the simplest first.
_SELECTOR_CHOICES = (
    ("severities",),
    ("categories",),
    ("categories", "severities"),
    ("categories", "severities", "subscription_priorities"),
)


def _selected(
    export: _Export, members: Sequence[Object], types: Sequence[Object], type_names: Names
) -> List[Tuple[Object, str]]:
    """How rules select exactly these types, each with a comment: by one selector if possible, else one by one."""
    included = list(filter(is_included, members))
    existing = list(filter(is_included, types))
    select = _exact_selector(included, existing, export.is_exact) if len(included) > 1 else None
    rules: List[Tuple[Object, str]] = []
    rest: Sequence[Object] = members
    if select is not None:
        rules.append(({"select": select}, "" if "display_names" in select else _covered(included)))
        rest = [member for member in members if not is_included(member)]
    for member in rest:
        if type_names.is_addressable(member):
            rules.append(({"notification_type": type_names.of(member)}, ""))
        else:
            label = quoted(member.get("display_name") or member["id"])
            export.notes.append(f"{label} has no rule, because its ID is the name of another type.")
    return rules


def _covered(types: Sequence[Object]) -> str:
    """What a selector covers today."""
    names = [str(obj.get("display_name") or obj["id"]) for obj in types]
    return _one_line(f"Today {counted(len(names), 'type')}: {quoted_names(names)}.")


def _exact_selector(members: Sequence[Object], types: Sequence[Object], by_names: bool) -> Optional[Object]:
    """The simplest selector that selects exactly these types; None if no selector does.

    ``by_names`` allows names alone.
    """
    candidates: List[Object] = [{}] if len(members) == len(types) and not by_names else []
    for options in () if by_names else _SELECTOR_CHOICES:
        values = {option: _values(members, option) for option in options}
        if all(values.values()):
            candidates.append(values)
    if all(member.get("display_name") for member in members):
        candidates.append({"display_names": sorted(_Unsafe(member["display_name"]) for member in members)})
    exact = next(
        (candidate for candidate in candidates if _selection(candidate, types) == list(members)), None
    )
    return exact and _without_idle_options(exact, members, types)


def _without_idle_options(select: Object, members: Sequence[Object], types: Sequence[Object]) -> Object:
    """A selector without the options that exclude nothing."""
    for option in sorted(select) if len(select) > 1 else ():
        fewer = {name: values for name, values in select.items() if name != option}
        if fewer and _selection(fewer, types) == list(members):
            select = fewer
    return select


def _values(members: Sequence[Object], option: str) -> List[str]:
    """The values of a selector among some types. Empty if a type has none."""
    [selector] = [selector for selector in SELECTORS if selector.option == option]
    values = {member.get(selector.member) for member in members}
    return sorted(map(_Unsafe, values)) if all(values) else []


def _selection(candidate: Object, types: Sequence[Object]) -> List[Object]:
    everything = dict.fromkeys((selector.option for selector in SELECTORS), None)
    return select_types(types, {**everything, **candidate}, candidate.get("display_names"))


class Names:
    """Whether a name identifies an object, or whether the ID is needed."""

    def __init__(self, objects: Iterable[Object]) -> None:
        by_id = {obj["id"]: obj for obj in objects}
        self._count = Counter(obj.get("display_name") for obj in by_id.values())
        self._ids = set(by_id)

    def is_unambiguous(self, obj: Object) -> bool:
        """Whether the name alone identifies the object."""
        name = obj.get("display_name")
        return bool(name) and self._count[name] == 1 and (name not in self._ids or name == obj["id"])

    def is_addressable(self, obj: Object) -> bool:
        """Whether any text identifies this object alone."""
        return self.is_unambiguous(obj) or obj["id"] not in self._count

    def of(self, obj: Object) -> str:
        """The name, or the ID if the name is ambiguous."""
        return _Unsafe(obj["display_name"]) if self.is_unambiguous(obj) else _id(obj["id"])


class _Variables:
    """Names of variables for the URLs of integrations, each used once."""

    def __init__(self) -> None:
        self._taken: Set[str] = set()
        self._next: Dict[str, int] = {}

    def name(self, display_name: str) -> str:
        """A variable for an integration: ``vault_ops_slack_url``, and then ``vault_ops_slack_2_url``."""
        stem = "vault_" + (re.sub(r"[^a-z0-9]+", "_", display_name.lower()).strip("_") or "channel")
        number = self._next.get(stem, 1)
        while (variable := f"{stem}_url" if number == 1 else f"{stem}_{number}_url") in self._taken:
            number += 1
        self._next[stem] = number + 1
        self._taken.add(variable)
        return variable


def _one_line(text: str) -> str:
    """A text without anything that would end a comment."""
    return " ".join(one_line(shortened(text)).split())
