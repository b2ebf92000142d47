# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Queued faults: what a test wants to go wrong, with which request, and how often."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional

from .settings import NUMBERS, is_number

KINDS = (
    "status",  # answer `status` with `headers` and `body`; `applied: true`: after the request took effect
    "delay",  # answer after `delay_ms`; `applied: true`: the request takes effect before that
    "cut-before",  # drop the connection before the request is handled
    "cut-after",  # drop the connection after the request took effect
    "truncated",  # the right length, but only half of the JSON
    "gzip",  # the right response, compressed, without the header that says so
    "content-type",  # the right response, with the content type text/plain
    "html",  # answer `status` (default 200) with a page of HTML
    "redirect",  # answer `status` (default 307) with `location`
    "next-elsewhere",  # the list's next link leads to `location`
    "tokens-expire",  # before the request is handled, all issued tokens expire
    "meanwhile",  # before that, another client sends `body`: {"method", "path", "body"}, or a list of these
    "next-loop",  # the list's next link leads to the same page again
    "unlisted",  # the list counts the objects whose names or IDs are in `body`, and does not show them
    "members",  # the object in the response has the members in `body`
)

#: The kinds that replace the response without handling the request, unless the fault is `applied`.
REPLACING = ("status", "html", "redirect")
#: The kinds that alter a proper body.
ALTERING = ("truncated", "gzip", "next-elsewhere", "next-loop", "unlisted", "members")


@dataclass
class Fault:
    """One fault in the queue.

    ``path`` is a shell-style pattern. The first ``skip`` matching requests are not affected.
    """

    kind: str
    method: str = "*"
    path: str = "*"
    times: int = 1
    skip: int = 0
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    applied: bool = False
    delay_ms: int = 0
    location: str = ""

    @classmethod
    def read(cls, document: Mapping[str, Any]) -> Fault:
        """A fault from its JSON form; raises ValueError or TypeError if that is not valid."""
        fault = cls(**document)
        if fault.kind not in KINDS:
            raise ValueError(f"unknown kind {fault.kind!r}; valid kinds: {', '.join(KINDS)}")

        for name in ("times", "skip", "status", "delay_ms"):
            value = getattr(fault, name)
            if not is_number(value):
                raise ValueError(f"{name} takes {NUMBERS}, not {value!r}")
        return fault

    def matches(self, method: str, path: str) -> bool:
        """Whether a request is one of those that the fault is for."""
        return self.method in ("*", method) and fnmatch.fnmatchcase(path, self.path)


class Queue:
    """The faults that have not happened yet."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def take(self, method: str, path: str) -> Optional[Fault]:
        """The fault for this request, if any; removes it when it has happened often enough."""
        for fault in self.faults:
            if not fault.matches(method, path):
                continue

            if fault.skip:
                fault.skip -= 1
                continue

            fault.times -= 1
            if fault.times <= 0:
                self.faults.remove(fault)
            return fault

        return None
