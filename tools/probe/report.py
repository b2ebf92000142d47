# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run found: lines for people, and a file for the emulator; neither has URLs, secrets or names."""

from __future__ import annotations

import datetime
import functools
import pathlib
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import requests
import yaml

from emulator.contract import DOCUMENT
from emulator.settings import policies

from .questions import ANSWERED, UNCLEAR, Result
from .validation import Deviation

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
FORMAT = 1


@dataclass(frozen=True)
class Report:
    """Everything that a run found. ``list_delay_ms`` is 0 where lists follow changes at once."""

    results: Sequence[Result]
    deviations: Sequence[Deviation]
    list_delay_ms: int = 0

    def settings(self) -> dict[str, Any]:
        """The settings that make the emulator behave like the organization, as far as it can."""
        known = policies()
        values: dict[str, Any] = {
            result.question.id: result.answer
            for result in self.results
            if result.answer in known.get(result.question.id, ())
        }
        if self.list_delay_ms:
            values["list_delay_ms"] = self.list_delay_ms
        return values

    def content(self, today: datetime.date) -> dict[str, Any]:
        """The content of ``probe.yml``."""
        return {
            "format": FORMAT,
            "date": today.isoformat(),
            "versions": versions(),
            "settings": self.settings(),
            "answers": [_entry(result) for result in self.results],
            "deviations": [
                {
                    "operation": each.operation,
                    "status": each.status,
                    "path": each.path,
                    "problem": each.problem,
                }
                for each in self.deviations
            ],
        }

    def write(self, path: pathlib.Path, today: datetime.date) -> None:
        """Write ``probe.yml``. Raises OSError."""
        dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
        text = yaml.dump(self.content(today), Dumper=dumper, sort_keys=False, allow_unicode=True, width=110)
        path.write_text("---\n" + text, encoding="utf-8")

    def summary(self) -> list[str]:
        """The lines after the table: how many answers there are, and the deviations from the contract."""
        answered = sum(result.state == ANSWERED for result in self.results)
        unclear = sum(result.state == UNCLEAR for result in self.results)
        lines = [f"{answered} of {len(self.results)} questions are answered, {unclear} are unclear."]
        if not self.deviations:
            return [*lines, "Every response has the published form."]

        lines.append(f"{len(self.deviations)} deviations from the contract:")
        lines += [
            f"  {each.operation} ({each.status}) {each.path}: {each.problem}" for each in self.deviations
        ]
        return lines


def row(result: Result) -> str:
    """A question and its answer on one line."""
    answer = result.answer if result.state == ANSWERED else result.state
    note = f" ({result.note})" if result.note else ""
    return f"  {answer:<14} {result.question.text}{note}"


@functools.cache
def versions() -> dict[str, str]:
    """The versions of what was involved."""
    galaxy = (ROOT / "galaxy.yml").read_text(encoding="utf-8") if (ROOT / "galaxy.yml").is_file() else ""
    found = re.search(r"^version: *(\S+)", galaxy, re.MULTILINE)
    contract = yaml.safe_load(DOCUMENT.read_text(encoding="utf-8").partition("\npaths:")[0])["info"][
        "version"
    ]
    return {
        "collection": found.group(1) if found else "unknown",
        "contract": contract,
        "python": platform.python_version(),
        "requests": requests.__version__,
    }


def _entry(result: Result) -> dict[str, str]:
    entry = {"id": result.question.id, "question": result.question.text, "state": result.state}
    if result.state == ANSWERED:
        entry["answer"] = result.answer
    if result.note:
        entry["note"] = result.note
    return entry
