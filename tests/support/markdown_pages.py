# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The fenced blocks of a page of the documentation."""

from __future__ import annotations

import pathlib
import re

from markdown_it import MarkdownIt

FILE_NAME = re.compile(r"# ([\w./-]+\.(?:ya?ml|py))\n")


def blocks(page: pathlib.Path) -> list[tuple[str, str]]:
    """The language and the text of every fenced block."""
    tokens = MarkdownIt().parse(page.read_text())
    return [(token.info.strip(), token.content) for token in tokens if token.type == "fence"]


def files(page: pathlib.Path) -> dict[str, str]:
    """The files that a page shows: YAML and Python blocks whose first line is a comment with a name."""
    shown = [(FILE_NAME.match(text), text) for info, text in blocks(page) if info in ("yaml", "python")]
    return {match.group(1): text for match, text in shown if match}
