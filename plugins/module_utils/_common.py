# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every package uses.

Private to the collection.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import Any, Callable, Dict, Iterable, List

#: An object of the API, as parsed JSON.
Object = Dict[str, Any]


class Listing(List[Object]):
    """The objects of a list, and how many more the service counts than it lists."""

    def __init__(self, objects: Iterable[Object] = (), unlisted: int = 0) -> None:
        super().__init__(objects)
        self.unlisted = unlisted


def matches_any(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name equals one of the patterns, or matches one.

    A name may contain brackets, which have a meaning in a pattern.
    """
    return any(pattern == name or fnmatchcase(name, pattern) for pattern in patterns)


def watch_parent() -> Callable[[], bool]:
    """A function that says whether the process that started this one is gone."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


def noop(*_arguments: Any) -> None:
    """The default of callbacks."""
