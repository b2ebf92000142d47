# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints plans and findings as text, in the colors that people know."""

from __future__ import annotations

from typing import Dict, Iterable, Optional

from ansible import constants as C
from ansible.utils.display import Display

from ..module_utils._ansible import secret_registry

#: Callbacks that print text. Any other may print one document, which further text would break.
_TEXT_CALLBACKS = frozenset(
    ("default", "minimal", "oneline", "yaml", "debug", "unixy", "dense", "diy", "actionable", "awx_display")
)
_COLORS: Dict[str, str] = {"+": "COLOR_DIFF_ADD", "~": "COLOR_CHANGED", "-": "COLOR_DIFF_REMOVE"}

#: Without digits, which may be what is hidden.
_DAMAGED = (
    "Parts of the following text are hidden, because a vaulted file, a password or an option that is a secret has "
    "a word or a number that occurs in it. Files and the results of jobs are right. Keep only secrets in a vaulted "
    "file, and choose a long vault password."
)

display = Display()


class Console:
    """The terminal of one host. ``label`` begins its texts if there are several hosts."""

    def __init__(self, label: str = "", is_quiet: bool = False) -> None:
        self._label = label
        #: Whether there are several hosts, of which those that need nobody's attention stay silent.
        self.is_one_of_many = bool(label)
        callback = str(C.DEFAULT_STDOUT_CALLBACK).rpartition(".")[2]
        self._is_quiet = is_quiet or callback not in _TEXT_CALLBACKS

    def show(self, lines: Iterable[str], color: Optional[str] = None) -> None:
        """Print lines. What is created, changed and deleted has colors."""
        lines = list(lines)
        if self._is_quiet or not lines:
            return
        if secret_registry.is_masked("\n".join(lines)):
            display.warning(_DAMAGED)
        if self._label:
            display.display(f"[{self._label}]")
        for line in lines:
            display.display(line, color=color or self._color(line))

    @staticmethod
    def _color(line: str) -> Optional[str]:
        name = _COLORS.get(line[:1]) if line[1:2] == " " else None
        return getattr(C, name) if name else None
