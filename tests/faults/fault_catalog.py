# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the matrix, as data: what happens to the one request that it is aimed at, or to all from there on."""

from __future__ import annotations

import email.utils
from dataclasses import dataclass, field
from typing import Any, Mapping

from support.emulator import Emulator

from .operations import target

#: The transport, not the emulator, brings these about (matrix.Transport).
REFUSED, HURRIED = "refused", "hurried"
FOREVER = 1000
#: What somebody else may do in the meantime: to what an operation is about, whichever that is.
GONE, TAKEN, ALTERED = "gone", "taken", "altered"


@dataclass(frozen=True)
class Harm:
    """One fault. ``fault`` is the emulator's; ``transport`` is this side's; ``somebody`` is what somebody else does meanwhile."""

    name: str
    fault: Mapping[str, Any] = field(default_factory=dict)
    transport: str = ""
    somebody: str = ""
    exchange: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)


def _status(status: int, name: str = "", **more: Any) -> Harm:
    return Harm(name or str(status), {"kind": "status", "status": status, **more})


def _statuses() -> list[Harm]:
    """Each status, before and after the request took effect, once and for good."""
    found = []
    for status in (408, 500, 502, 503, 504):
        found.append(_status(status))
        found.append(_status(status, f"{status} after it took effect", applied=True))
        found.append(_status(status, f"{status} for good", times=FOREVER))
        found.append(_status(status, f"{status} for good, after it took effect", applied=True, times=FOREVER))
    return found


def harms(elsewhere: str) -> list[Harm]:
    """All of them; ``elsewhere`` is another origin."""
    http_date = email.utils.formatdate(
        1_800_000_000 + 20, usegmt=True
    )  # the tests' clock begins at 1,800,000,000
    return [
        Harm("refused", transport=REFUSED),
        Harm("refused for good", {"times": FOREVER}, transport=REFUSED),
        Harm("cut before", {"kind": "cut-before"}),
        Harm("cut before, for good", {"kind": "cut-before", "times": FOREVER}),
        Harm("cut after it took effect", {"kind": "cut-after"}),
        Harm("cut after it took effect, for good", {"kind": "cut-after", "times": FOREVER}),
        Harm(
            "timed out after it took effect",
            {"kind": "delay", "applied": True, "delay_ms": 60},
            transport=HURRIED,
        ),
        *_statuses(),
        _status(429, "429 with seconds", headers={"Retry-After": "3"}),
        _status(429, "429 with a date", headers={"Retry-After": http_date}),
        _status(429, "429 with a reset", headers={"X-RateLimit-Reset": "4"}),
        _status(429, "429 with a fraction", headers={"Retry-After": "0.01"}),
        _status(429, "429 with nonsense", headers={"Retry-After": "soon"}),
        _status(429, "429 with a day", headers={"Retry-After": "86400"}),
        _status(429, "429 with no word", headers={}),
        _status(429, "429 for good", times=FOREVER),
        _status(503, "503 with seconds", headers={"Retry-After": "3"}),
        _status(503, "503 with seconds, after it took effect", headers={"Retry-After": "3"}, applied=True),
        _status(401, "401"),
        _status(403, "403"),
        _status(404, "404"),
        _status(409, "409"),
        _status(422, "422"),
        _status(
            400,
            "400 that echoes",
            body={"errors": [{"detail": "no use for " + str(target("ops")["webhook_url"])}]},
        ),
        _status(418, "a status without meaning"),
        Harm("truncated JSON", {"kind": "truncated"}),
        Harm("truncated JSON for good", {"kind": "truncated", "times": FOREVER}),
        Harm("HTML", {"kind": "html"}),
        Harm("HTML after it took effect", {"kind": "html", "applied": True}),
        Harm("HTML with 502", {"kind": "html", "status": 502}),
        Harm("wrong content type", {"kind": "content-type"}),
        Harm("gzip and no header", {"kind": "gzip"}),
        Harm(
            "a header and no gzip",
            {"kind": "status", "status": 200, "headers": {"Content-Encoding": "gzip"}, "body": {"data": []}},
        ),
        Harm("an empty object", {"kind": "status", "status": 200, "body": {}}),
        Harm("another object", {"kind": "status", "status": 200, "body": {"id": "i-0"}}),
        *(
            Harm(f"{status} elsewhere", {"kind": "redirect", "status": status, "location": elsewhere})
            for status in (301, 302, 303, 307, 308)
        ),
        Harm("next elsewhere", {"kind": "next-elsewhere", "location": elsewhere}),
        Harm("next leads back", {"kind": "next-loop", "location": "abc"}),
        Harm("next leads back for good", {"kind": "next-loop", "location": "abc", "times": FOREVER}),
        Harm("somebody deletes it meanwhile", somebody=GONE),
        Harm("somebody creates it meanwhile", somebody=TAKEN),
        Harm("somebody changes it meanwhile", somebody=ALTERED),
        Harm("the token expires", {"kind": "tokens-expire"}, exchange=True),
        Harm("the token expires again and again", {"kind": "tokens-expire", "times": FOREVER}, exchange=True),
        *(
            Harm(
                f"{status} from the token exchange",
                {"kind": "status", "status": status, "path": "*/token", "times": FOREVER},
                exchange=True,
            )
            for status in (400, 401, 402, 403, 404, 405, 409, 422, 429, 500, 502, 503, 504)
        ),
        Harm("one more is within the quota", settings={"quota": 4}),
        Harm("the quota is reached", settings={"quota": 3}),
    ]


def acts(somebody: str, emulator: Emulator) -> list[dict[str, Any]]:
    """What somebody else does, as requests: delete, create or change what operations are about."""
    there = emulator.control("GET", "objects/*")
    ids = {each["display_name"]: each["id"] for each in there["integrations"] + there["notification-types"]}
    touched = [
        each
        for each in there["subscriptions"]
        if ids.get("ops") in [one["id"] for one in each["integrations"]]
    ]
    of_resources = [
        (name, each["id"])
        for name in ("resource-preferences", "resource-subscriptions")
        for each in there[name]
    ]
    if somebody == GONE:
        paths = [f"/subscriptions/{each['id']}" for each in touched] + [
            f"/{name}/{each}" for name, each in of_resources
        ]
        paths += [f"/integrations/{ids[name]}" for name in ("old", "ops") if name in ids]
        return [{"method": "DELETE", "path": path, "body": None} for path in paths]
    if somebody == TAKEN:
        from .operations import CONNECTOR, OPTIONAL, ROUTED

        resource = {"resource": CONNECTOR, "resource_type": "CONNECTOR"}
        to_ops = {"integrations": [{"id": ids["ops"]}], "current_state": "ENABLED"}
        bodies = [
            ("/integrations", {"display_name": "new", "description": "New", "target": target("new")}),
            ("/subscriptions", {"notification_type": {"id": ids[OPTIONAL]}, **to_ops}),
            ("/resource-preferences", {**resource, "current_state": "DISABLED"}),
            ("/resource-subscriptions", {**resource, "notification_type": {"id": ids[ROUTED]}, **to_ops}),
        ]
        return [{"method": "POST", "path": path, "body": body} for path, body in bodies]
    changes: list[tuple[str, dict[str, Any]]] = [
        (f"/integrations/{ids['ops']}", {"description": "By somebody else"})
    ]
    changes += [(f"/subscriptions/{each['id']}", {"integrations": [{"id": ids["ops"]}]}) for each in touched]
    changes += [(f"/{name}/{each}", {"current_state": "ENABLED"}) for name, each in of_resources]
    return [{"method": "PATCH", "path": path, "body": body} for path, body in changes]
