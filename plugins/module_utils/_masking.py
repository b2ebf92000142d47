# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hides the values of secret options in a result, in linear time.

``remove_values`` of ansible-core gives the same guarantee, but searches every text for every secret: with a
list of integrations, each of which has a URL, this takes quadratic time.
"""

from __future__ import annotations

import re
from typing import Any, Dict, Iterable, List, Optional, Set, Tuple

#: What ansible-core writes in place of a value that is a secret, and of a part of a text that is one.
_VALUE_HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
_PART_HIDDEN = "*" * 8
#: So many characters at the beginning of a secret decide where it may begin in a text.
_PREFIX = 8


class SecretFinder:
    """Secrets, prepared so that the cost of a search does not depend on their number.

    A pattern with one set of characters for each of the first positions of a secret finds where one may
    begin. There, the secrets with the same beginning are looked up, longest first.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self.secrets: Set[str] = {secret for secret in secrets if secret}
        width = min([_PREFIX, *map(len, self.secrets)])
        lengths: Dict[str, Set[int]] = {}
        for secret in self.secrets:
            lengths.setdefault(secret[:width], set()).add(len(secret))
        self._lengths = {prefix: sorted(found, reverse=True) for prefix, found in lengths.items()}
        self._beginning = self._compile()

    def _compile(self) -> Optional[re.Pattern[str]]:
        if not self._lengths:
            return None
        positions = ["".join(sorted(set(characters))) for characters in zip(*self._lengths)]
        sets = "".join(f"[{''.join(map(_in_set, characters))}]" for characters in positions)
        return re.compile(f"(?=({sets}))", re.DOTALL)

    def spans(self, text: str) -> List[Tuple[int, int]]:
        """Where secrets are in a text, in order; those that overlap are one span."""
        spans: List[Tuple[int, int]] = []
        for match in self._beginning.finditer(text) if self._beginning else ():
            start = match.start()
            for length in self._lengths.get(match.group(1), ()):
                end = min(start + length, len(text))
                if text[start:end] in self.secrets:
                    if spans and start < spans[-1][1]:
                        spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
                    else:
                        spans.append((start, end))
                    break
        return spans


class Mask:
    """Hides secrets in results."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._finder = SecretFinder(secrets)

    def hide(self, value: Any) -> Any:
        """A copy of a result in which no text contains a secret, and no number is one."""
        return self._hide(value) if self._finder.secrets else value

    def _hide(self, value: Any) -> Any:
        if isinstance(value, str):
            return self._hide_in_text(value)
        if isinstance(value, dict):
            return {key: self._hide(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [self._hide(inner) for inner in value]
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            text = str(value)
            return value if self._hide_in_text(text) == text else _VALUE_HIDDEN
        return value

    def _hide_in_text(self, text: str) -> str:
        if text in self._finder.secrets:
            return _VALUE_HIDDEN
        parts: List[str] = []
        position = 0
        for start, end in self._finder.spans(text):
            parts += [text[position:start], _PART_HIDDEN]
            position = end
        return "".join([*parts, text[position:]]) if parts else text


def _in_set(character: str) -> str:
    """A character as a set of a pattern has it."""
    return re.escape(character) if character in r"\]^-[&~|" else character
