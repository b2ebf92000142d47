# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""List where the contract of this project and the provider's OpenAPI document differ.

Texts and examples are not compared. docs/certainty.md says which differences are intended.
"""

from __future__ import annotations

import argparse
import itertools
import pathlib
import sys
from typing import Any, Iterator, Mapping, Optional, Sequence

import requests
import yaml

CONTRACT = pathlib.Path(__file__).parents[2] / "contract" / "notifications-v1.openapi.yaml"
#: Where the provider publishes the document of all its APIs.
PUBLISHED = "https://docs.confluent.io/cloud/current/openapi.yaml"
#: How the paths begin that are compared.
PREFIXES = ("/notifications/v1/", "/service-quota/v1/applied-quotas", "/sts/")
METHODS = ("get", "post", "patch", "put", "delete")
#: What is compared of a schema.
FACTS = (
    "type",
    "format",
    "enum",
    "x-extensible-enum",
    "maxLength",
    "minLength",
    "pattern",
    "minItems",
    "maxItems",
    "uniqueItems",
    "minimum",
    "maximum",
    "default",
)

#: The most members on the way to a schema.
MAX_DEPTH = 20

#: A place in a document: an operation, a part of it, and the members on the way to a schema.
Place = tuple[str, ...]
Facts = Mapping[str, Any]


class Document:
    """An OpenAPI document, of version 3.0 or 3.1."""

    def __init__(self, text: str) -> None:
        self._root = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))

    def facts(self, prefixes: Sequence[str]) -> dict[Place, Facts]:
        """The facts about all operations whose paths begin so."""
        found: dict[Place, Facts] = {(): {}}
        for path, item in self._root["paths"].items():
            for method in METHODS if path.startswith(tuple(prefixes)) else ():
                if method in item:
                    place = (f"{method.upper()} {path}",)
                    found[place] = {}
                    shared = item.get("parameters", ())
                    found.update(self._of_operation(place, item[method], shared))
        return found

    def _of_operation(
        self, place: Place, operation: Mapping[str, Any], shared: Sequence[Mapping[str, Any]] = ()
    ) -> Iterator[tuple[Place, Facts]]:
        for parameter in map(self._resolved, (*shared, *operation.get("parameters", ()))):
            if parameter["in"] != "path":
                facts = self._own(self._merged(parameter.get("schema", {})))
                required = {"required": True} if parameter.get("required") else {}
                yield (*place, f"{parameter['in']} {parameter['name']}"), {**facts, **required}
        body = self._resolved(operation.get("requestBody", {}))
        for media_type, content in body.get("content", {}).items():
            yield (*place, f"body of type {media_type}"), {}
            yield from self._of_schema((*place, "body"), content.get("schema", {}), is_sent=True)
        for status, response in operation["responses"].items():
            response = self._resolved(response)
            answer = (*place, str(status))
            yield answer, {}
            for name in response.get("headers", {}):
                yield (*answer, f"header {name}"), {}
            # The contents of errors are the same for all operations.
            for content in response.get("content", {}).values() if answer[-1].startswith("2") else ():
                yield from self._of_schema(answer, content.get("schema", {}))

    def _of_schema(
        self, place: Place, schema: Mapping[str, Any], is_required: bool = False, is_sent: bool = False
    ) -> Iterator[tuple[Place, Facts]]:
        if len(place) > MAX_DEPTH:
            # A schema that refers to itself.
            return
        merged = self._merged(schema)
        if is_sent and merged.get("readOnly"):
            return
        yield place, {**self._own(merged), **({"required": True} if is_required else {})}
        for name, member in merged.get("properties", {}).items():
            yield from self._of_schema((*place, name), member, name in merged.get("required", ()), is_sent)
        if "items" in merged:
            yield from self._of_schema((*place, "[]"), merged["items"], is_sent=is_sent)
        for alternative in (*merged.get("oneOf", ()), *merged.get("anyOf", ())):
            # Such as notifications.v1.SlackTarget.
            name = alternative.get("$ref", str(alternative.get("type"))).rpartition("/")[2].rpartition(".")[2]
            yield from self._of_schema((*place, f"<{name}>"), alternative, is_sent=is_sent)

    def _resolved(self, value: Mapping[str, Any]) -> Mapping[str, Any]:
        while "$ref" in value:
            node: Any = self._root
            for part in value["$ref"].removeprefix("#/").split("/"):
                node = node[part.replace("~1", "/").replace("~0", "~")]
            value = node
        return value

    def _merged(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        """A schema with what it refers to and what it combines."""
        schema = self._resolved(schema)
        merged: dict[str, Any] = {}
        for part in (*map(self._merged, schema.get("allOf", ())), schema):
            for name, value in part.items():
                if name == "properties":
                    known = merged.get(name, {})
                    merged[name] = {**known, **{each: _both(known.get(each), value[each]) for each in value}}
                elif name == "items":
                    merged[name] = _both(merged.get(name), value)
                elif name == "required":
                    merged[name] = [*merged.get(name, ()), *value]
                elif name != "allOf":
                    merged[name] = value
        return merged

    @staticmethod
    def _own(schema: Mapping[str, Any]) -> Mapping[str, Any]:
        facts = {name: schema[name] for name in FACTS if name in schema}
        types = facts.get("type", [])
        types = {types} if isinstance(types, str) else set(types)
        if schema.get("nullable"):
            types.add("null")
        # Those of objects and lists follow from what is inside.
        facts["type"] = sorted(types - {"object", "array"})
        return {name: value for name, value in facts.items() if value not in ([], None)}


def _both(one: Optional[Mapping[str, Any]], other: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema that both schemas describe."""
    return other if one is None else {"allOf": [one, other]}


def differences(ours: Document, published: Document, prefixes: Sequence[str] = PREFIXES) -> Iterator[str]:
    """One line for each place where the documents differ. Nothing is said about what is inside a missing place."""
    documents = {"ours": ours.facts(prefixes), "the published document": published.facts(prefixes)}
    for (name, mine), (other, theirs) in itertools.permutations(documents.items(), 2):
        for place in mine:
            if place not in theirs and place[:-1] in theirs:
                yield f"{' '.join(place)}: only in {name}"
            for fact in mine[place] if place in theirs else ():
                value, others = mine[place][fact], theirs[place].get(fact)
                if value != others and (others is None or name == "ours"):
                    yield f"{' '.join(place)}: {fact} is {value} in {name}, and {others} in {other}"


def main() -> None:
    """Print the differences."""
    parser = argparse.ArgumentParser(
        prog="python tools/contract_differences", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "document",
        nargs="?",
        default=PUBLISHED,
        help="a file, or a URL (default: where the provider publishes it)",
    )
    arguments = parser.parse_args()
    if arguments.document.startswith(("http://", "https://")):
        try:
            response = requests.get(arguments.document, timeout=60)
            response.raise_for_status()
        except requests.RequestException as error:
            sys.exit(
                f"Could not download {arguments.document} ({type(error).__name__}). Give a file instead."
            )
        text = response.content.decode()
    else:
        text = pathlib.Path(arguments.document).read_text(encoding="utf-8")
    lines = list(differences(Document(CONTRACT.read_text(encoding="utf-8")), Document(text)))
    print("\n".join([*lines, f"{len(lines)} differences."]))


if __name__ == "__main__":
    main()
