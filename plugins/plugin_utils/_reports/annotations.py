# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: findings of lint where people review, beside the lines of the variables file."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence, Tuple

import yaml

from ...module_utils._common import Object
from ...module_utils._redaction import one_line

#: The file that annotations name if nobody says another.
DEFAULT_SOURCE = "organization.yml"
PREFIX = "bootstrap_"


@dataclass(frozen=True)
class Source:
    """The variables file: its path as the reader knows it, and the lines of the items of its lists."""

    path: str = DEFAULT_SOURCE
    lines: Mapping[Tuple[str, int], int] = field(default_factory=dict)

    @classmethod
    def of(cls, path: str, text: str) -> Source:
        """The source with this text. Raises ValueError if it is not YAML."""
        try:
            document = yaml.compose(text, Loader=yaml.SafeLoader)
        except yaml.YAMLError as error:
            # The text of the error quotes the file, which may have URLs.
            mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
            place = f" in line {mark.line + 1}, column {mark.column + 1}" if mark else ""
            raise ValueError(f"it is not valid YAML{place}{f': {problem}' if problem else ''}") from None
        return cls(path, dict(_lines(document)))

    def line(self, entry: Optional[Sequence[Any]]) -> int:
        """The line of an item, which is an option and a position counted from 1. The first one for others."""
        return self.lines.get((entry[0], entry[1]), 1) if entry else 1


def _lines(document: Optional[yaml.Node]) -> Iterable[Tuple[Tuple[str, int], int]]:
    if not isinstance(document, yaml.MappingNode):
        return
    for name, value in document.value:
        if isinstance(value, yaml.SequenceNode) and str(name.value).startswith(PREFIX):
            for position, item in enumerate(value.value, 1):
                yield (str(name.value)[len(PREFIX) :], position), item.start_mark.line + 1


def github_annotations(findings: Sequence[Object], source: Source) -> str:
    """Commands that a workflow of GitHub prints, one line each. Source: GitHub's workflow commands."""
    lines = []
    for finding in findings:
        place = f"file={_property(source.path)},line={source.line(finding['entry'])}"
        title = f"title={_property(finding['code'])}"
        lines.append(f"::warning {place},{title}::{_data(finding['text'])}\n")
    return "".join(lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def code_quality(findings: Sequence[Object], source: Source) -> str:
    """A report for GitLab. Source: the Code Quality report format of GitLab, a subset of Code Climate's."""
    report: List[Dict[str, Any]] = [
        {
            "description": one_line(finding["text"]),
            "check_name": finding["code"],
            # Equal for the same finding in another version of the file, so that GitLab can compare them.
            "fingerprint": hashlib.sha256(f"{finding['code']} {finding['subject']}".encode()).hexdigest(),
            "severity": "minor",
            "location": {"path": source.path, "lines": {"begin": source.line(finding["entry"])}},
        }
        for finding in findings
    ]
    return json.dumps(report, indent=2) + "\n"
