# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares responses with the contract; describes deviations by operation and JSON path, never by value."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from jsonschema.exceptions import ValidationError
from openapi_core.templating.media_types.exceptions import MediaTypeNotFound
from openapi_core.templating.responses.exceptions import ResponseFinderError
from openapi_core.validation.response.exceptions import MissingData

from emulator.contract import Contract, Request, schema_errors

#: How to say that a keyword of the contract is violated. The values in braces come from the contract.
PROBLEMS = {
    "type": "not of type {value}",
    "format": "not in the format {value}",
    "enum": "not one of the published values",
    "const": "not the published value",
    "minLength": "shorter than {value}",
    "maxLength": "longer than {value}",
    "minimum": "less than {value}",
    "maximum": "more than {value}",
    "minItems": "fewer than {value} items",
    "maxItems": "more than {value} items",
    "uniqueItems": "repeated items",
    "additionalProperties": "an unpublished member",
    "oneOf": "none of the published forms, or several",
    "anyOf": "none of the published forms",
}

_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass(frozen=True, order=True)
class Deviation:
    """One way in which responses of an operation differ from the contract."""

    operation: str
    status: int
    path: str
    problem: str


class Validator:
    """The contract, and what it said of responses that were seen before."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._known: dict[tuple[object, ...], frozenset[Deviation]] = {}

    def deviations(
        self, operation: str, request: Request, status: int, headers: Mapping[str, str], body: bytes
    ) -> frozenset[Deviation]:
        """Every deviation of one response from the contract, an unpublished status included.

        ``operation`` is the method and the path with ``{id}`` in place of an ID.
        """
        forms = sorted(
            (name.lower(), value.isdecimal())
            for name, value in headers.items()
            if name.lower() != "content-length"
        )
        key = (operation, status, tuple(forms), _TIME.sub(b"", body))
        if key not in self._known:
            errors = self._contract.response_errors(request, status, headers, body)
            self._known[key] = frozenset(
                Deviation(operation, status, path, problem)
                for error in errors
                for path, problem in _described(error)
            )
        return self._known[key]


@functools.cache
def default_validator() -> Validator:
    """A validator by ``contract``, loaded once."""
    return Validator(Contract())


def _described(error: Exception) -> Iterator[tuple[str, str]]:
    """Path and problem of everything that one error of openapi-core stands for."""
    header = getattr(error, "name", None)
    if header:
        yield f"header {header}", "missing or not valid"
    elif isinstance(error, ResponseFinderError):
        yield "-", "an unpublished status"
    elif isinstance(error, MissingData):
        yield "$", "no body"
    elif isinstance(error.__cause__, MediaTypeNotFound):
        yield "$", "an unpublished media type"
    elif schema_errors(error):
        for each in schema_errors(error):
            for detail in _details(each):
                yield _json_path(detail), _problem(detail)
    else:
        yield "$", "not readable as JSON"


def _details(error: ValidationError) -> Iterator[ValidationError]:
    """An error, or, where none of several forms is matched, those of the form whose ``kind`` is right."""
    forms: dict[object, list[ValidationError]] = {}
    for each in error.context or ():
        forms.setdefault(each.schema_path[0], []).append(each)
    candidates = [errors for errors in forms.values() if not any("kind" in each.path for each in errors)]
    if len(candidates) != 1:
        yield error
        return
    for each in candidates[0]:
        yield from _details(each)


def _json_path(error: ValidationError) -> str:
    """The place as ``$.data[*].target``: without positions in lists, so that equal deviations are one."""
    parts = ("[*]" if isinstance(part, int) else f".{part}" for part in error.absolute_path)
    return "$" + "".join(parts)


def _problem(error: ValidationError) -> str:
    keyword, value = str(error.validator), error.validator_value
    if keyword == "required":
        missing = [name for name in value if name not in error.instance]
        return f"missing: {', '.join(missing)}"
    if keyword not in PROBLEMS:
        return f"violates {keyword}"
    return PROBLEMS[keyword].format(value=value)
