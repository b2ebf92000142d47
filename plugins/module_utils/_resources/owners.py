# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who manages an integration: a mark at the end of its description, such as ``[owner: team-a]``."""

from __future__ import annotations

import re
from typing import Any, Mapping, Optional

from .._errors import RefusedError
from .._redaction import counted, quoted

_OWNER = r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,30}[A-Za-z0-9])?"
_MARK = re.compile(rf"\s*\[owner: ({_OWNER})\]\s*\Z")


def owner_from_option(value: Optional[str]) -> Optional[str]:
    """The owner in the option ``owner``. Raises RefusedError."""
    if value is None or re.fullmatch(_OWNER, value):
        return value
    raise RefusedError(
        f"`owner` is {quoted(value)}",
        operation="read the options",
        next_step="Use up to 32 letters, digits, dots, dashes and underscores, such as team-a.",
    )


def owner_of(integration: Mapping[str, Any]) -> Optional[str]:
    """The owner of an integration; None if nobody has marked it."""
    match = _MARK.search(str(integration.get("description") or ""))
    return match.group(1) if match else None


def mark_of(owner: Optional[str]) -> str:
    """The mark of an owner; empty for None."""
    return f"[owner: {owner}]" if owner else ""


def without_mark(description: str) -> str:
    """What a user wrote in a description."""
    return _MARK.sub("", description)


def with_mark(description: str, owner: str, max_length: int) -> str:
    """A description with the mark of its owner. Raises RefusedError if it gets too long."""
    marked = f"{without_mark(description)} {mark_of(owner)}".strip()
    if len(marked) > max_length:
        excess = counted(len(marked) - max_length, "character")
        raise RefusedError(
            f"`description` is {excess} too long, because the mark of its owner follows it",
            next_step="Shorten it.",
        )
    return marked
