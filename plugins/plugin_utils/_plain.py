# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values without the types of a controller."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping  # isinstance() is faster than with typing.Mapping
from typing import Any


def plain(value: Any, omit: Any = None) -> Any:
    """A value as a module receives it: no lazy container, no tag, no vaulted text, only what JSON has.

    Members and items that are ``omit``, the placeholder of ansible-core, are left out at every depth. None is no
    placeholder: since 2.19 there is none, because ansible-core leaves them out itself.
    """
    if isinstance(value, str):
        return str(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, Mapping):
        return {str(key): plain(inner, omit) for key, inner in value.items() if not _is(inner, omit)}
    if isinstance(value, (list, tuple, set)):
        return [plain(item, omit) for item in value if not _is(item, omit)]
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else str(value)
    if isinstance(value, (datetime.date, datetime.datetime, datetime.time)):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _is(value: Any, omit: Any) -> bool:
    """Whether a value is the placeholder, which is a text up to ansible-core 2.18."""
    return omit is not None and (value is omit or (isinstance(value, str) and value == omit))
