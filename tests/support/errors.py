# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expect errors by their stable type, which users see as ``error.type``."""

from __future__ import annotations

import contextlib
from typing import Any, Iterator, Optional

import pytest

from ansible_collections.ccloud.notifications.plugins.module_utils._errors import (
    ERROR_TYPES,
    NotificationsError,
)


@contextlib.contextmanager
def raises(error_type: str, match: Optional[str] = None) -> Iterator[Any]:
    """Expect an error of this type whose detail matches."""
    assert error_type in ERROR_TYPES
    with pytest.raises(NotificationsError, match=match) as caught:
        yield caught
    assert caught.value.type == error_type
