# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings of lint: their codes, and which of them somebody has decided to accept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping, Optional, Tuple

from .._common import matches_any
from .._errors import RefusedError
from .._redaction import quoted
from .._resources.webhook_hosts import RETIRED_HOST, SUSPICIOUS_URL

#: The option and the position of an item, counted from 1.
Entry = Tuple[str, int]

#: Every code of a finding, with its meaning. docs/guides/lint.md lists the same; a test compares them.
CODES: Mapping[str, str] = {
    "rule-selects-nothing": "A rule with `allow_empty` selects no type today.",
    "redundant-rule": "Other rules send all types of a rule to the same channels.",
    "unmatched-pattern": "A name or pattern in `keep`, a selector or a policy matches nothing.",
    "unused-integration": "No subscription uses an integration.",
    RETIRED_HOST: "Types reach only a channel whose URL is of a retired host.",
    SUSPICIOUS_URL: "Types reach only a channel whose URL does not fit its kind, or is not whole.",
    "single-channel": "Critical types reach one channel only.",
    "looks-like-a-rename": "A new integration has the URL of one that is deleted or unused.",
    "ended": "An entry has passed its `until`.",
    "ends-soon": "An entry passes its `until` within a week.",
    "unused-ignore": "An entry of `lint_ignore` matches no finding.",
}


@dataclass(frozen=True)
class Finding:
    """One finding: its code, what it is about, and a sentence without its full stop.

    ``entry`` is the item that it is about; None if there is none.
    """

    code: str
    subject: str
    text: str
    entry: Optional[Entry] = None


@dataclass(frozen=True)
class Ignored:
    """Findings that somebody has decided to accept, from the options in LINT_IGNORE. An empty subject is any."""

    code: str
    subject: str
    reason: str

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> Ignored:
        """Raises RefusedError for a code that does not exist, and for an empty reason."""
        if params["code"] not in CODES:
            raise RefusedError(
                f"`lint_ignore` has the code {quoted(params['code'])}, which does not exist",
                operation="read the options",
                next_step=f"Codes: {', '.join(CODES)}.",
            )
        if not params["reason"].strip():
            raise RefusedError(
                f"`lint_ignore` ignores {params['code']} without a reason",
                operation="read the options",
                next_step="Set `reason`, for those who read the file later.",
            )
        return cls(params["code"], params["subject"] or "", params["reason"].strip())

    def matches(self, finding: Finding) -> bool:
        return finding.code == self.code and (
            not self.subject or matches_any(finding.subject, [self.subject])
        )
