# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates requests and responses against the OpenAPI document, by means of openapi-core."""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass
from typing import Any, Iterable, Iterator, Mapping, Optional
from urllib.parse import urlsplit

import yaml
from jsonschema.exceptions import ValidationError, best_match
from openapi_core import OpenAPI
from openapi_core.configurations import Config
from openapi_core.datatypes import RequestParameters
from openapi_core.templating.paths.exceptions import OperationNotFound, PathError
from openapi_core.testing import MockResponse
from openapi_core.validation.request.exceptions import ParameterValidationError
from werkzeug.datastructures import Headers, ImmutableMultiDict

_FOLDER = pathlib.Path(__file__).resolve().parent
_NAME = "notifications-v1.openapi.yaml"
#: Beside this file in an installed package, and in a folder of its own in the collection.
DOCUMENT = next(path for path in (_FOLDER / _NAME, _FOLDER.parents[1] / "contract" / _NAME) if path.is_file())
METHODS = ("get", "post", "patch", "delete")

#: Times are ignored when a response is compared with those that were validated before.
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass(frozen=True)
class Violation:
    """One way in which a request violates the contract, and the status that a server answers it with."""

    status: int
    detail: str
    pointer: Optional[str] = None
    parameter: Optional[str] = None


class Request:
    """One request in the form that openapi-core expects."""

    def __init__(
        self,
        method: str,
        path: str,
        query: Iterable[tuple[str, str]],
        headers: Mapping[str, str],
        body: bytes,
    ):
        self.query = tuple(query)
        self.host_url = "http://emulator"
        self.path = path
        self.method = method.lower()
        self.body = body
        self.content_type = headers.get("Content-Type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(self.query),
            header=Headers(dict(headers)),
            path={},
            cookie=ImmutableMultiDict(),
        )


class Contract:
    """The loaded document."""

    def __init__(self, path: pathlib.Path = DOCUMENT):
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        self._document = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)
        # The emulator serves the paths of the contract at another host.
        self._document["servers"] = [{"url": "/"}]

        # A test validates the document itself, so it need not be validated at every start.
        config = Config(spec_validator_cls=None, extra_format_validators={"uri": _is_uri})
        self._openapi = OpenAPI.from_dict(self._document, config=config)

        self._paths = []
        for template, operations in self._document["paths"].items():
            self._paths.append((re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), operations))

        self._valid_requests: set[tuple[object, ...]] = set()
        self._valid_responses: set[tuple[object, ...]] = set()

    def allowed_methods(self, path: str) -> list[str]:
        """The methods that a path takes; empty if the contract has no such path."""
        return [method.upper() for method in METHODS if method in self._operations(path)]

    def statuses(self, method: str, path: str) -> frozenset[int]:
        """The statuses that an operation lists; empty if the contract has no such operation."""
        operation = self._operations(path).get(method.lower(), {})
        return frozenset(map(int, operation.get("responses", {})))

    def required_members(self, method: str, path: str, status: int) -> frozenset[str]:
        """The members that the body of a response must have."""
        return frozenset(self._required(self._response_schema(method.lower(), path, status)))

    def request_violations(self, request: Request) -> list[Violation]:
        """What is wrong with a request; empty if it is valid. A valid request is not validated twice."""
        key = (request.method, request.path, request.content_type, request.query, request.body)
        if key in self._valid_requests:
            return []

        # Not every operation lists 422.
        body_status = 422 if 422 in self.statuses(request.method, request.path) else 400
        violations: list[Violation] = []
        for error in self._openapi.iter_request_errors(request):
            violations.extend(_violations(error, body_status))

        if not violations:
            self._valid_requests.add(key)
        return violations

    def response_violations(
        self, request: Request, status: int, headers: Mapping[str, str], body: bytes
    ) -> list[str]:
        """What is wrong with a response, as texts; empty if it is valid. None is validated twice."""
        key = (request.method, request.path, status, _TIME.sub(b"T", body))
        if key in self._valid_responses:
            return []

        headers = {**headers, "Content-Type": "application/json"}
        violations = [_describe(error) for error in self.response_errors(request, status, headers, body)]

        if not violations:
            self._valid_responses.add(key)
        return violations

    def response_errors(
        self, request: Request, status: int, headers: Mapping[str, str], body: bytes
    ) -> Iterator[Exception]:
        """The errors of openapi-core for a response; `schema_errors` has the details of each."""
        content_type = headers.get("Content-Type", "").partition(";")[0]
        response = MockResponse(body, status_code=status, headers=dict(headers), content_type=content_type)
        return self._openapi.iter_response_errors(request, response)

    def required_item_members(self, path: str) -> frozenset[str]:
        """The members that each object in the list at a path must have."""
        schema = self._resolve(self._response_schema("get", path, 200))
        return frozenset(self._required(schema["properties"]["data"]["items"]))

    def _response_schema(self, method: str, path: str, status: int) -> Mapping[str, Any]:
        response = self._resolve(self._operations(path)[method]["responses"][str(status)])
        schema: Mapping[str, Any] = response.get("content", {}).get("application/json", {}).get("schema", {})
        return schema

    def _operations(self, path: str) -> Mapping[str, Any]:
        for pattern, operations in self._paths:
            if pattern.fullmatch(path):
                found: Mapping[str, Any] = operations
                return found
        return {}

    def _resolve(self, node: Mapping[str, Any]) -> Mapping[str, Any]:
        """What a reference refers to; anything else is returned as it is."""
        while "$ref" in node:
            target: Any = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _required(self, schema: Mapping[str, Any]) -> Iterator[str]:
        schema = self._resolve(schema)
        yield from schema.get("required", [])
        for part in schema.get("allOf", []):
            yield from self._required(part)


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    has_spaces = any(character.isspace() for character in value)
    return bool(parts.scheme and parts.netloc) and value.isascii() and not has_spaces


def schema_errors(error: Exception) -> list[ValidationError]:
    """The errors of jsonschema behind an error of openapi-core."""
    errors = getattr(error.__cause__, "schema_errors", None) or getattr(error, "schema_errors", None)
    return list(errors or [])


def _describe(error: Exception) -> str:
    found = schema_errors(error)
    if not found:
        return repr(error)
    best = best_match(found)
    return f"{error}: {_pointer(best)}: {best.message}"


def _pointer(error: ValidationError) -> str:
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in error.absolute_path)


def _violations(error: Exception, body_status: int) -> list[Violation]:
    """An error of openapi-core as violations: one for each member of the body that is wrong."""
    if isinstance(error, OperationNotFound):
        return [Violation(405, "The path does not support this method.")]
    if isinstance(error, PathError):
        return [Violation(404, "The path does not exist.")]

    found = schema_errors(error)
    if isinstance(error, ParameterValidationError):
        detail = found[0].message if found else str(error.__cause__ or error)
        return [Violation(400, f"Invalid parameter {error.name}: {detail}", parameter=error.name)]
    if not found:
        return [Violation(400, "The body is not valid JSON, or its content type is not the required one.")]

    violations = []
    for schema_error in found:
        for cause in _causes(schema_error):
            violations.append(Violation(body_status, cause.message, pointer=_pointer(cause)))
    return violations


def _causes(error: ValidationError) -> list[ValidationError]:
    """The errors to report: the error itself, or for alternatives those of the alternative that was meant.

    The alternatives of a target differ in `kind`. If none has the given kind, their errors about it are one.
    """
    if error.validator != "oneOf":
        return [error]

    branches: dict[object, list[ValidationError]] = {}
    for branch_error in error.context or []:
        branches.setdefault(branch_error.schema_path[0], []).append(branch_error)

    meant = [errors for errors in branches.values() if not any(map(_is_about_kind, errors))]
    if len(meant) == 1:
        return [cause for branch_error in meant[0] for cause in _causes(branch_error)]

    if branches and not meant:
        kinds = [
            str(kind)
            for errors in branches.values()
            for branch_error in filter(_is_about_kind, errors)
            for kind in branch_error.validator_value
        ]
        kind_error = next(filter(_is_about_kind, next(iter(branches.values()))))
        kind_error.message = f"{kind_error.instance!r} is not one of the valid kinds: {', '.join(kinds)}"
        return [kind_error]

    return [best_match(meant[0])] if meant else [error]


def _is_about_kind(error: ValidationError) -> bool:
    return error.validator == "enum" and list(error.absolute_path)[-1:] == ["kind"]
