# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges requests and responses by the OpenAPI document; the judging itself is openapi-core's."""

from __future__ import annotations

import pathlib
import re
from dataclasses import dataclass
from typing import Iterable, Iterator, Mapping, Optional
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

DOCUMENT = pathlib.Path(__file__).resolve().parent.parent / "contract" / "notifications-v1.openapi.yaml"

#: One time is as good as another where an answer is looked up among those that were judged.
_TIME = re.compile(rb"\d{4}-\d\d-\d\dT[\d:.]+Z")


@dataclass(frozen=True)
class Violation:
    """One way in which a message breaks the contract, with the status that a server answers it with."""

    status: int
    detail: str
    pointer: Optional[str] = None
    parameter: Optional[str] = None


class Request:
    """One request as openapi-core wants to see it."""

    def __init__(self, method: str, path: str, query: Iterable[tuple[str, str]], headers: Mapping[str, str], body: bytes):
        self.host_url = "http://emulator"
        self.path = path
        self.method = method.lower()
        self.body = body
        self.content_type = headers.get("Content-Type", "")
        self.parameters = RequestParameters(
            query=ImmutableMultiDict(list(query)), header=Headers(dict(headers)), path={}, cookie=ImmutableMultiDict()
        )


class Contract:
    """The loaded document."""

    def __init__(self, path: pathlib.Path = DOCUMENT):
        document = yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
        # The paths are the contract; the host is wherever the emulator listens.
        document["servers"] = [{"url": "/"}]
        # The document itself is validated by a test, not at every start.
        config = Config(spec_validator_cls=None, extra_format_validators={"uri": _is_uri})
        self._openapi = OpenAPI.from_dict(document, config=config)
        self._paths = [
            (re.compile(re.sub(r"\{\w+\}", "[^/]+", template)), operations) for template, operations in document["paths"].items()
        ]
        self._judged: set[tuple[str, str, int, bytes]] = set()
        self._judged_requests: set[tuple[object, ...]] = set()

    def statuses(self, method: str, path: str) -> frozenset[int]:
        """The statuses that an operation may answer; empty where the contract has no such operation."""
        for pattern, operations in self._paths:
            if pattern.fullmatch(path) and method.lower() in operations:
                return frozenset(map(int, operations[method.lower()]["responses"]))
        return frozenset()

    def of_request(self, request: Request) -> list[Violation]:
        """What is wrong with a request; empty when nothing is. A good one that was judged before is not judged again."""
        key = (request.method, request.path, request.content_type, tuple(request.parameters.query.items(multi=True)), request.body)
        if key in self._judged_requests:
            return []
        statuses = self.statuses(request.method, request.path)
        violations = [_violation(error, statuses) for error in self._openapi.iter_request_errors(request)]
        if not violations:
            self._judged_requests.add(key)
        return violations

    def of_response(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> list[str]:
        """What is wrong with a response, as text. An answer that was judged before is not judged again."""
        key = (request.method, request.path, status, _TIME.sub(b"T", body))
        if key in self._judged:
            return []
        headers = {**headers, "Content-Type": "application/json"}
        errors = [_explained(error) for error in self.response_errors(request, status, headers, body)]
        if not errors:
            self._judged.add(key)
        return errors

    def response_errors(self, request: Request, status: int, headers: Mapping[str, str], body: bytes) -> Iterator[Exception]:
        """Everything that openapi-core has against a response; ``schema_errors`` has the details of each."""
        content_type = headers.get("Content-Type", "").partition(";")[0]
        response = MockResponse(body, status_code=status, headers=dict(headers), content_type=content_type)
        return self._openapi.iter_response_errors(request, response)


def _is_uri(value: object) -> bool:
    if not isinstance(value, str):
        return True
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return bool(parts.scheme and parts.netloc) and value.isascii() and not any(c.isspace() for c in value)


def schema_errors(error: Exception) -> list[ValidationError]:
    """What jsonschema found where an error of openapi-core is about a schema; empty where it is not."""
    found = getattr(error.__cause__, "schema_errors", None) or getattr(error, "schema_errors", None)
    return list(found or [])


def _schema_error(error: Exception) -> Optional[ValidationError]:
    found = schema_errors(error)
    return best_match(found) if found else None


def _explained(error: Exception) -> str:
    worst = _schema_error(error)
    return f"{error}: /{'/'.join(map(str, worst.absolute_path))}: {worst.message}" if worst else repr(error)


def _violation(error: Exception, statuses: frozenset[int]) -> Violation:
    if isinstance(error, OperationNotFound):
        return Violation(405, "The path does not take this method.")
    if isinstance(error, PathError):
        return Violation(404, "There is no such path.")
    worst = _schema_error(error)
    if isinstance(error, ParameterValidationError):
        detail = worst.message if worst else str(error.__cause__ or error)
        return Violation(400, f"Invalid parameter {error.name}: {detail}", parameter=error.name)
    if worst is None:
        return Violation(400, "The body cannot be read as the media type that the contract asks for.")
    pointer = "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in worst.absolute_path)
    # Not every operation knows 422.
    return Violation(422 if 422 in statuses else 400, worst.message, pointer=pointer)
