# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: foreign text in Markdown."""

from __future__ import annotations

import re
from typing import Any

from ...module_utils._redaction import one_line

#: After these, GitHub and GitLab would mention a person, or link to an issue, even if they are escaped.
_MENTION = re.compile("([@#])")
_ZERO_WIDTH_SPACE = "\u200b"
_MARKDOWN = re.compile(r"([\\`*_\[\]<>|~&@#])|(?<=www)(\.)|(:)(?=//)")


def markdown_text(value: Any) -> str:
    """A text that Markdown shows unchanged: no link, no mention, no heading, no end of a table row."""
    escaped = _MARKDOWN.sub(r"\\\g<0>", " ".join(one_line(str(value)).split()))
    return _MENTION.sub(rf"\1{_ZERO_WIDTH_SPACE}", escaped)
