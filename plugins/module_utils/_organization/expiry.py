# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""When an entry of an organization ends: the suboption ``until``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Mapping, Optional, Tuple

from .._errors import RefusedError
from .._redaction import quoted

#: An entry that ends within this time is reported.
NOTICE = timedelta(days=7)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class Expiry:
    """The end of one entry, which messages call ``label``. ``effect`` says what follows from it.

    ``entry`` is the option and the position of the entry, counted from 1.
    """

    label: str
    entry: Tuple[str, int]
    ends: datetime
    effect: str

    def is_over(self, now: datetime) -> bool:
        return now >= self.ends

    def is_near(self, now: datetime) -> bool:
        return not self.is_over(now) and self.ends - now <= NOTICE

    def text(self, now: datetime) -> str:
        """The expiry as a sentence without its full stop."""
        moment = self.ends.strftime("%Y-%m-%d %H:%M UTC")
        if self.is_over(now):
            return f"{self.label} ended on {moment}: {self.effect}"
        return f"{self.label} ends on {moment}"


def expiry_from_options(
    params: Mapping[str, Any], label: str, entry: Tuple[str, int], effect: str
) -> Optional[Expiry]:
    """The expiry in ``until``, None for none. Raises RefusedError.

    It is a date, whose last moment is the end of that day in UTC, or a time with its zone (RFC 3339).
    """
    text = params["until"]
    if text is None:
        return None
    return Expiry(label, entry, _end(text.strip(), label), effect)


def _end(text: str, label: str) -> datetime:
    try:
        if _DATE.fullmatch(text):
            midnight = datetime.combine(date.fromisoformat(text), datetime.min.time(), timezone.utc)
            return midnight + timedelta(days=1)
        moment = datetime.fromisoformat(re.sub("[zZ]$", "+00:00", text))
    except (ValueError, OverflowError):
        moment = None
    if moment is None or moment.tzinfo is None:
        raise RefusedError(
            f"`until` of {label} is {quoted(text)}, which is neither a date nor a time with its zone",
            operation="read the options",
            next_step="Examples: 2026-12-06 (to the end of that day in UTC), 2026-12-06T18:00:00+01:00.",
        )
    return moment.astimezone(timezone.utc)
