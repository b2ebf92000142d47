# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes a JSON Schema of the options in an Ansible argument specification.

The schema is for editors, so it is stricter than Ansible: a list must be a list, and not a text with commas.
A value that is not text may be a template, because Ansible sees only its result. Draft 7 is the newest draft
that all versions of yaml-language-server support.
"""

from __future__ import annotations

import json
import pathlib
import re
from typing import Any, Mapping, Union

import yaml

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SPECIFICATION = ROOT / "roles" / "bootstrap" / "meta" / "argument_specs.yml"
SCHEMA = ROOT / "playbooks" / "vars" / "organization.schema.json"

#: A text that Ansible takes for a template.
TEMPLATE = r"\{\{|\{%"
#: Texts that Ansible takes for a whole number.
INTEGER = r"^\s*[+-]?[0-9]+\s*$"
#: Texts that are booleans in YAML 1.1, which Ansible reads, but not in YAML 1.2, which editors read.
BOOLEAN = "^(?:{})$".format(
    "|".join(
        spelling
        for word in ("y", "yes", "on", "n", "no", "off")
        for spelling in (word, word.capitalize(), word.upper())
    )
)
#: The types of JSON for each type of Ansible, a pattern for texts, and what an editor says of other texts.
_TYPES: Mapping[str, tuple[list[str], str, str]] = {
    "str": (["string", "number"], "", ""),
    "path": (["string"], "", ""),
    "int": (["integer", "string"], f"{INTEGER}|{TEMPLATE}", "a whole number"),
    "bool": (["boolean", "string"], f"{BOOLEAN}|{TEMPLATE}", "true or false"),
    "list": (["array", "string"], TEMPLATE, "a list"),
    "dict": (["object", "string"], TEMPLATE, "a mapping"),
    # The role has one such option, which is a path or a mapping of its parts.
    "raw": (["object", "string"], "", ""),
}
#: Variables that must not be empty if they are given, because they protect an organization.
PROTECTING = frozenset(
    f"bootstrap_{option}"
    for option in (
        "organization_id",
        "expected_checksum",
        "expected_plan",
        "change_limit",
        "policies",
        "tests",
        "keep",
    )
)
_NOT_EMPTY: Mapping[str, dict[str, Any]] = {
    "str": {"pattern": r"\S"},
    "list": {"minItems": 1},
    "dict": {"minProperties": 1},
}
_MARKUP = re.compile(r"\b[BCIMOV]\(([^)]*)\)")

Schema = dict[str, Any]


def schema_text() -> str:
    """The schema of the organization file, as the file that is shipped."""
    options = yaml.safe_load(SPECIFICATION.read_text())["argument_specs"]["main"]["options"]
    galaxy = yaml.safe_load((ROOT / "galaxy.yml").read_text())
    schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        # The file at the tag of the version, so that an organization file fits the schema that it names.
        "$id": f"{galaxy['repository']}/raw/{galaxy['version']}/{SCHEMA.relative_to(ROOT)}",
        "title": "Organization file of ccloud.notifications",
        "description": "Variables of the role ccloud.notifications.bootstrap. Others are allowed.",
        **file_schema(options, "bootstrap_", {"bootstrap_hosts"}),
    }
    return json.dumps(schema, indent=2) + "\n"


def file_schema(options: Mapping[str, Any], prefix: str, others: set[str]) -> Schema:
    """The schema of a variables file with the options of a role.

    Any other variable that begins with the prefix is a misspelling, except for ``others``.
    """
    known = "|".join(sorted(name[len(prefix) :] for name in {*options, *others}))
    return {
        "type": "object",
        "properties": {name: _described(option, name) for name, option in options.items()},
        "patternProperties": {f"^{prefix}(?!(?:{known})$)": False},
    }


def _described(option: Mapping[str, Any], name: str = "") -> Schema:
    """The schema of an option with its description and its default."""
    schema = {"description": _plain_text(option["description"]), **_value_schema(option)}
    if name in PROTECTING:
        # A template may be anything; what is written must say something.
        schema.update(_NOT_EMPTY[option["type"]])
    if option.get("default") is not None:
        schema["default"] = option["default"]
    return schema


def _plain_text(description: Union[str, list[str]]) -> str:
    paragraphs = [description] if isinstance(description, str) else description
    return " ".join(_MARKUP.sub(r"\1", paragraph) for paragraph in paragraphs)


def _value_schema(option: Mapping[str, Any]) -> Schema:
    if "choices" in option:
        return {"anyOf": [{"enum": option["choices"]}, {"type": "string", "pattern": TEMPLATE}]}
    types, pattern, expected = _TYPES[option["type"]]
    schema: Schema = {"type": types}
    if pattern:
        schema.update(pattern=pattern, patternErrorMessage=f"Give {expected}, or a template.")
    if option["type"] == "list":
        schema["items"] = _item_schema(option)
    elif "options" in option:
        schema.update(_members_schema(option))
    return schema


def _item_schema(option: Mapping[str, Any]) -> Schema:
    """The schema of the items of a list."""
    item = {name: value for name, value in option.items() if name != "default"}
    return _value_schema({**item, "type": option["elements"]})


def _members_schema(option: Mapping[str, Any]) -> Schema:
    """What an argument specification demands of the members of a mapping."""
    suboptions = option["options"]
    schema: Schema = {
        "properties": {name: _described(suboption) for name, suboption in suboptions.items()},
        "additionalProperties": False,
    }
    required = [name for name, suboption in suboptions.items() if suboption.get("required")]
    if required:
        schema["required"] = required
    constraints: list[Schema] = [
        {"anyOf": [{"required": [name]} for name in names]} for names in option.get("required_one_of", ())
    ]
    constraints += [
        # An editor underlines the second member, which the first one rules out.
        {"dependencies": {name: {"properties": dict.fromkeys(names[position:], False)}}}
        for names in option.get("mutually_exclusive", ())
        for position, name in enumerate(names[:-1], 1)
    ]
    if constraints:
        schema["allOf"] = constraints
    return schema
