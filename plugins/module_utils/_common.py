# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every package uses."""

from __future__ import annotations

import os
import re
from fnmatch import translate
from typing import Any, Callable, Dict, Iterable, List

_WILDCARDS = frozenset("*?[")

#: An object of the API, as parsed JSON.
Object = Dict[str, Any]


class Listing(List[Object]):
    """The objects of a list, and how many more the service counts than it lists."""

    def __init__(self, objects: Iterable[Object] = (), unlisted: int = 0) -> None:
        super().__init__(objects)
        self.unlisted = unlisted


def name_matcher(patterns: Iterable[str]) -> Callable[[str], bool]:
    """Whether a name equals one of the patterns, or matches one: a function for many names.

    A name may contain brackets, which have a meaning in a pattern.
    """
    exact = frozenset(patterns)
    expressions = [re.compile(translate(pattern)) for pattern in exact if _is_pattern(pattern)]
    return lambda name: name in exact or any(expression.match(name) for expression in expressions)


def matches_any(name: str, patterns: Iterable[str]) -> bool:
    """Whether a name equals one of the patterns, or matches one."""
    return name_matcher(patterns)(name)


def without_match(patterns: Iterable[str], names: Iterable[str]) -> List[str]:
    """Those of the patterns that no name equals or matches."""
    known = frozenset(names)
    return [
        pattern
        for pattern in patterns
        if pattern not in known and not (_is_pattern(pattern) and any(map(name_matcher([pattern]), known)))
    ]


def _is_pattern(text: str) -> bool:
    return not _WILDCARDS.isdisjoint(text)


def watch_parent() -> Callable[[], bool]:
    """A function that says whether the process that started this one is gone."""
    parent = os.getppid()
    return lambda: os.getppid() != parent


def noop(*_arguments: Any) -> None:
    """The default of callbacks."""
