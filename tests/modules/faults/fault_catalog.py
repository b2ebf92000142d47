# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All faults of the matrix, as data: what happens to one request, or to all requests from that one on."""

from __future__ import annotations

import email.utils
import enum
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional, Sequence

from support.emulator import Emulator

from .operations import COLLECTIONS, Collection, replace_names, target

#: More requests than any operation sends.
PERMANENT = 1000
#: Statuses that a service sends without carrying the request out.
_REJECTIONS = (400, 401, 402, 403, 404, 405, 409, 418, 422, 429)
#: Statuses of a response about an object that does not exist.
_MISSING = (403, 404)
#: 20 seconds after the start of the fake clock.
_HTTP_DATE = email.utils.formatdate(1_800_000_000 + 20, usegmt=True)


class TransportFault(enum.Enum):
    """A fault on the client's side, which the test's own transport causes."""

    CONNECTION_REFUSED = enum.auto()
    SHORT_TIMEOUT = enum.auto()


class ConcurrentChange(enum.Enum):
    """What another client does during an operation, to the objects that operations are about."""

    DELETE = enum.auto()
    CREATE = enum.auto()
    UPDATE = enum.auto()


@dataclass(frozen=True)
class FaultCase:
    """One fault.

    ``emulator_fault`` is a fault of the emulator. ``settings`` are settings of the emulator that make an
    operation fail by themselves. ``times`` is the number of requests that the fault affects.
    ``uses_token_exchange``: the operation runs with an external token instead of an API key.
    ``is_outcome_certain``: the fault tells whether a write took effect, so a task that reports a change has
    made one.
    ``means_missing``: as the response to a lookup, the fault means that no object exists, as
    docs/certainty.md says.
    """

    name: str
    emulator_fault: Mapping[str, Any] = field(default_factory=dict)
    transport_fault: Optional[TransportFault] = None
    concurrent_change: Optional[ConcurrentChange] = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    times: int = 1
    uses_token_exchange: bool = False
    is_outcome_certain: bool = False
    means_missing: bool = False

    @property
    def has_position(self) -> bool:
        """Whether the fault can be aimed at each request of an operation."""
        return not self.settings and "path" not in self.emulator_fault


def fault_cases(other_origin: str) -> list[FaultCase]:
    """All faults; ``other_origin`` is the URL of a server that must not receive a request."""
    return [
        *_connection_faults(),
        *_server_errors(),
        *_rate_limits(),
        *_rejections(),
        *_invalid_responses(),
        *_redirects(other_origin),
        *_concurrent_changes(),
        *_token_faults(),
        FaultCase("quota not yet reached", settings={"quota": 4}, is_outcome_certain=True),
        FaultCase("quota reached", settings={"quota": 3}, is_outcome_certain=True),
    ]


def _status(name: str, status: int, *, times: int = 1, **fault: Any) -> FaultCase:
    return FaultCase(
        name,
        {"kind": "status", "status": status, **fault},
        times=times,
        is_outcome_certain=status in _REJECTIONS,
        means_missing=status in _MISSING,
    )


def _connection_faults() -> list[FaultCase]:
    refused = TransportFault.CONNECTION_REFUSED
    return [
        FaultCase("connection refused", transport_fault=refused, is_outcome_certain=True),
        FaultCase(
            "connection refused permanently",
            transport_fault=refused,
            times=PERMANENT,
            is_outcome_certain=True,
        ),
        FaultCase("connection lost", {"kind": "cut-before"}),
        FaultCase("connection lost permanently", {"kind": "cut-before"}, times=PERMANENT),
        FaultCase("response lost", {"kind": "cut-after"}),
        FaultCase("response lost permanently", {"kind": "cut-after"}, times=PERMANENT),
        FaultCase(
            "response timed out",
            {"kind": "delay", "applied": True, "delay_ms": 60},
            transport_fault=TransportFault.SHORT_TIMEOUT,
        ),
    ]


def _server_errors() -> list[FaultCase]:
    """Each status before and after the request took effect, once and permanently."""
    cases = []
    for status in (408, 500, 502, 503, 504):
        cases += [
            _status(f"{status}", status),
            _status(f"{status} after taking effect", status, applied=True),
            _status(f"{status} permanently", status, times=PERMANENT),
            _status(f"{status} permanently after taking effect", status, applied=True, times=PERMANENT),
        ]

    retry_later = {"Retry-After": "3"}
    cases += [
        _status("503 with Retry-After", 503, headers=retry_later),
        _status("503 with Retry-After after taking effect", 503, headers=retry_later, applied=True),
    ]
    return cases


def _rate_limits() -> list[FaultCase]:
    return [
        _status("429 with seconds", 429, headers={"Retry-After": "3"}),
        _status("429 with date", 429, headers={"Retry-After": _HTTP_DATE}),
        _status("429 with reset", 429, headers={"X-RateLimit-Reset": "4"}),
        _status("429 with fraction", 429, headers={"Retry-After": "0.01"}),
        _status("429 with invalid Retry-After", 429, headers={"Retry-After": "soon"}),
        _status("429 with one day", 429, headers={"Retry-After": "86400"}),
        _status("429 without headers", 429, headers={}),
        _status("429 permanently", 429, times=PERMANENT),
    ]


def _rejections() -> list[FaultCase]:
    secret = str(target("ops")["webhook_url"])
    return [
        _status("401", 401),
        _status("403", 403),
        _status("404", 404),
        _status("409", 409),
        _status("422", 422),
        _status("400 that echoes a secret", 400, body={"errors": [{"detail": f"invalid: {secret}"}]}),
        _status("418", 418),
    ]


def _invalid_responses() -> list[FaultCase]:
    gzip_header = {"Content-Encoding": "gzip"}
    return [
        FaultCase("truncated JSON", {"kind": "truncated"}),
        FaultCase("truncated JSON permanently", {"kind": "truncated"}, times=PERMANENT),
        FaultCase("HTML", {"kind": "html"}),
        FaultCase("HTML after taking effect", {"kind": "html", "applied": True}),
        FaultCase("HTML with 403", {"kind": "html", "status": 403}, is_outcome_certain=True),
        FaultCase("HTML with 404", {"kind": "html", "status": 404}, is_outcome_certain=True),
        FaultCase("HTML with 502", {"kind": "html", "status": 502}),
        FaultCase("wrong content type", {"kind": "content-type"}),
        FaultCase("gzip without header", {"kind": "gzip"}),
        _status("gzip header without gzip", 200, headers=gzip_header, body={"data": []}),
        _status("empty object", 200, body={}),
        _status("another object", 200, body={"id": "i-0"}),
    ]


def _redirects(other_origin: str) -> list[FaultCase]:
    return [
        *(
            FaultCase(
                f"{status} to another origin",
                {"kind": "redirect", "status": status, "location": other_origin},
            )
            for status in (301, 302, 303, 307, 308)
        ),
        FaultCase("next link to another origin", {"kind": "next-elsewhere", "location": other_origin}),
        FaultCase("next link to the same page", {"kind": "next-loop", "location": "abc"}),
        FaultCase(
            "next link to the same page permanently",
            {"kind": "next-loop", "location": "abc"},
            times=PERMANENT,
        ),
    ]


def _concurrent_changes() -> list[FaultCase]:
    return [
        FaultCase(f"concurrent {change.name.lower()}", concurrent_change=change, is_outcome_certain=True)
        for change in ConcurrentChange
    ]


def _token_faults() -> list[FaultCase]:
    def case(name: str, times: int, fault: Mapping[str, Any]) -> FaultCase:
        return FaultCase(name, fault, times=times, uses_token_exchange=True, is_outcome_certain=True)

    return [
        case("token expires", 1, {"kind": "tokens-expire"}),
        case("token expires repeatedly", PERMANENT, {"kind": "tokens-expire"}),
        *(
            case(
                f"{status} from the token exchange",
                PERMANENT,
                {"kind": "status", "status": status, "path": "*/token"},
            )
            for status in (400, 401, 402, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504)
        ),
    ]


# What another client does


def concurrent_requests(change: ConcurrentChange, emulator: Emulator) -> list[dict[str, Any]]:
    """The requests of another client, for the current objects of the emulator."""
    stored = emulator.control("GET", "objects/*")
    named = stored["integrations"] + stored["notification-types"]
    ids = {obj["display_name"]: obj["id"] for obj in named}

    requests: list[dict[str, Any]] = []
    for collection in COLLECTIONS:
        path = f"/{collection.name}"
        if change is ConcurrentChange.CREATE and collection.creation is not None:
            body = replace_names(collection.creation, ids)
            requests.append({"method": "POST", "path": path, "body": body})
        elif change is ConcurrentChange.UPDATE and collection.update is not None:
            body = replace_names(collection.update, ids)
            for object_id in _affected(collection, collection.updated, stored, ids):
                requests.append({"method": "PATCH", "path": f"{path}/{object_id}", "body": body})
        elif change is ConcurrentChange.DELETE and collection.creation is not None:
            for object_id in _affected(collection, collection.deleted, stored, ids):
                requests.insert(0, {"method": "DELETE", "path": f"{path}/{object_id}", "body": None})
    return requests


def _affected(
    collection: Collection, names: Optional[Sequence[str]], stored: Mapping[str, Any], ids: Mapping[str, str]
) -> list[str]:
    """The IDs of the objects that the other client changes: those with these names, or see ``Collection``."""
    if names is not None:
        return [ids[name] for name in names if name in ids]

    affected = []
    for obj in stored[collection.name]:
        references = [reference["id"] for reference in obj.get("integrations", [])]
        if "integrations" not in obj or ids.get("ops") in references:
            affected.append(obj["id"])
    return affected
