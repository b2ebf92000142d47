# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: a live organization as a variables file that the role ``bootstrap`` takes, and as a table that people read."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any, Dict, Iterable, List, Mapping, Optional, Set

import yaml

from ..module_utils._api.client import SAFE_ID
from ..module_utils._redaction import one_line, quoted, shortened
from ..module_utils._resources.integrations import is_manageable, webhook_url
from ..module_utils._resources.subscriptions import ENABLED

Object = Dict[str, Any]

#: Kinds of integrations that are only e-mail.
EMAIL = ("RoleEmail", "UserEmail")
_SEVERITIES = ("CRITICAL", "WARN", "INFO")


class _Unsafe(str):
    """A text of the service. Ansible must never take it for a template, whatever it looks like."""


class _Dumper(yaml.SafeDumper):
    """Block style, with lists indented as linters want them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _style(text: str) -> str:
    """Quotes in which a text survives: what is not printable, or begins or ends with white space, does so in double ones only."""
    return "" if text.isprintable() and text == text.strip() else '"'


_Dumper.add_representer(
    _Unsafe, lambda dumper, text: dumper.represent_scalar("!unsafe", str(text), style=_style(text) or "'")
)
_Dumper.add_representer(
    str, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))
)


def as_yaml(value: Any) -> str:
    """YAML that Ansible reads back as it is: every text of the service is marked as no template."""
    return str(yaml.dump(value, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=10_000))


class UnsafeIdError(ValueError):
    """An id has characters that no id of the service has."""


def _id(text: str) -> str:
    if not SAFE_ID.fullmatch(text):
        raise UnsafeIdError(
            "Refusing to export: the service returned an id that does not look like an id. It is not shown, because it may be a secret."
        )
    return _Unsafe(text)


# Export


def exported(notification_types: Iterable[Object], integrations: Iterable[Object]) -> Dict[str, str]:
    """``variables`` and ``secrets``: the texts of two YAML files.

    ``notification_types`` are as notification_type_info returns them with their subscriptions, and ``integrations`` as integration_info
    does with their URLs. To bootstrap the organization from these files changes nothing. What cannot be said in them is said
    in a comment of the first.
    """
    named = list(integrations)
    names = Names(named)
    secrets: Dict[str, str] = {}
    listed: List[Object] = []
    notes: List[str] = []
    variables_of = _Variables()
    for each in filter(is_manageable, named):
        variable = variables_of.name(each["display_name"])
        url = webhook_url(each["target"])
        if url is None:
            notes.append(
                f"The service masks the URL of {quoted(each['display_name'])}, so {variable} has to be given by you."
            )
        else:
            secrets[variable] = _Unsafe(url)
        item: Object = {} if names.is_plain(each) else {"id": _id(each["id"])}
        item["display_name"] = _Unsafe(each["display_name"])
        if each.get("description"):
            item["description"] = _Unsafe(each["description"])
        item["target"] = {"kind": str(each["target"]["kind"]), "webhook_url": "{{ " + variable + " }}"}
        listed.append(item)
    rules: List[Object] = []
    types = list(notification_types)
    type_names = Names(types)
    for each in types:
        called, heard = each.get("display_name") or each["id"], each["subscriptions"]
        if len(heard) > 1:
            notes.append(f"There are {len(heard)} subscriptions to {quoted(called)}, so no rule is about it.")
        elif heard and heard[0].get("current_state", ENABLED) == ENABLED:
            there = [one for one in heard[0]["integrations"] if one.get("display_name") is not None]
            if all(map(names.has_one, there)):
                rules.append(
                    {
                        "notification_type": type_names.of(each),
                        "integrations": [names.of(one) for one in there],
                    }
                )
            else:
                notes.append(
                    f"No rule is about {quoted(called)}: it goes to an integration whose id is the name of another one."
                )
    head = [
        "Types that are not listed are disabled or have no subscription. The API cannot list the settings of single resources."
    ]
    comment = "".join(f"# {_one_line(note)}\n" for note in [*head, *dict.fromkeys(notes)])
    variables = as_yaml({"bootstrap_integrations": listed, "bootstrap_subscriptions": rules})
    return {"variables": f"---\n{comment}{variables}", "secrets": f"---\n{as_yaml(secrets)}"}


class Names:
    """Whether a name says which object is meant, or whether it takes the id."""

    def __init__(self, objects: Iterable[Object]) -> None:
        of_id = {each["id"]: each for each in objects}
        self._count = Counter(each.get("display_name") for each in of_id.values())
        self._ids = set(of_id)

    def is_plain(self, whole: Object) -> bool:
        """Whether the name alone says which object is meant."""
        name = whole.get("display_name")
        return bool(name) and self._count[name] == 1 and (name not in self._ids or name == whole["id"])

    def has_one(self, whole: Object) -> bool:
        """Whether there is any text that means this object alone."""
        return self.is_plain(whole) or whole["id"] not in self._count

    def of(self, whole: Object) -> str:
        """The name, or where that does not do, the id."""
        return _Unsafe(whole["display_name"]) if self.is_plain(whole) else _id(whole["id"])


class _Variables:
    """Names of variables for the URLs of channels, each given once."""

    def __init__(self) -> None:
        self._taken: Set[str] = set()
        self._next: Dict[str, int] = {}

    def name(self, display_name: str) -> str:
        """A variable for a channel: ``vault_ops_slack_url``, and then ``vault_ops_slack_2_url``."""
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


# The table


def routing_table(notification_types: Iterable[Object], integrations: Iterable[Object]) -> Object:
    """Who is notified of what: ``channels`` (the columns, those in use first), ``rows`` (one for each type, the worst first), ``gaps``,
    ``dangling`` (subscriptions that refer to integrations that no longer exist) and ``unused``.

    ``notification_types`` are as notification_type_info returns them with their subscriptions. A gap is a critical type of the plan that
    nobody hears of, or that reaches only e-mail. Unused is an integration that the API manages and that no subscription goes to.
    """
    integrations, notification_types = list(integrations), list(notification_types)
    used = {
        to["id"] for each in notification_types for one in each["subscriptions"] for to in one["integrations"]
    }
    integrations.sort(key=lambda each: (each["id"] not in used, each.get("display_name") or each["id"]))
    columns = [
        {"id": each["id"], "name": one_line(each.get("display_name") or each["id"]), "kind": _kind(each)}
        for each in integrations
    ]
    rows: List[Object] = []
    for each in notification_types:
        enabled = [one for one in each["subscriptions"] if one.get("current_state", ENABLED) == ENABLED]
        going = {to["id"]: to.get("kind") for one in enabled for to in one["integrations"]}
        rows.append(
            {
                "name": one_line(each.get("display_name") or each["id"]),
                "category": one_line(str(each.get("category") or "")),
                "severity": one_line(str(each.get("severity") or "")),
                "priority": one_line(str(each.get("subscription_priority") or "")),
                "in_plan": each.get("is_included_in_plan") is not False,
                "state": "enabled" if enabled else "disabled" if each["subscriptions"] else "not subscribed",
                "to": [column["id"] in going for column in columns],
                "names": [column["name"] for column in columns if column["id"] in going],
                "gap": _gap(each, going),
            }
        )
    rows.sort(key=lambda row: (_rank(row["severity"]), row["category"], row["name"]))
    return {
        "channels": columns,
        "rows": rows,
        "gaps": [f"{row['name']}: {row['gap']}" for row in rows if row["gap"]],
        "dangling": sorted(
            one_line(f"{each.get('display_name') or each['id']}: {to['id']}")
            for each in notification_types
            for one in each["subscriptions"]
            for to in one["integrations"]
            if to.get("missing")
        ),
        "unused": sorted(
            one_line(str(each["display_name"]))
            for each in integrations
            if is_manageable(each) and each["id"] not in used
        ),
    }


def _kind(integration: Mapping[str, Any]) -> str:
    target = integration.get("target")
    return str(target.get("kind") or "") if isinstance(target, dict) else ""


def _rank(severity: str) -> int:
    return _SEVERITIES.index(severity) if severity in _SEVERITIES else len(_SEVERITIES)


def _gap(notification_type: Mapping[str, Any], going: Mapping[str, Optional[str]]) -> str:
    if (
        notification_type.get("severity") != "CRITICAL"
        or notification_type.get("is_included_in_plan") is False
    ):
        return ""
    if not going:
        return "notifies nobody"
    return "reaches only e-mail" if all(kind in EMAIL for kind in going.values()) else ""


_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&@#])|(?<=www)(\.)|(:)(?=//)")


def markdown_text(value: Any) -> str:
    """A text that Markdown shows as it is: no link, no image, no heading, no end of a table's row."""
    return _MARKDOWN.sub(r"\\\g<0>", " ".join(one_line(str(value)).split()))
