# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML pages as trees of elements."""

from __future__ import annotations

import html.parser
from dataclasses import dataclass, field
from typing import Iterator, Optional, Union

VOID_TAGS = ("meta", "input", "option", "br", "link", "img")


@dataclass
class Element:
    """An element, with its attributes and its content: texts and other elements."""

    tag: str
    attributes: dict[str, Optional[str]] = field(default_factory=dict)
    content: list[Union[str, Element]] = field(default_factory=list)

    def all(self, tag: str = "", css_class: str = "") -> list[Element]:
        """The elements in this one with a tag and a class; empty: any."""
        return [
            element
            for element in self._descendants()
            if tag in ("", element.tag) and (not css_class or css_class in element.classes)
        ]

    def one(self, tag: str = "", css_class: str = "") -> Element:
        [element] = self.all(tag, css_class)
        return element

    @property
    def classes(self) -> list[str]:
        return (self.attributes.get("class") or "").split()

    @property
    def text(self) -> str:
        """The text, with single spaces."""
        parts = (part if isinstance(part, str) else f" {part.text} " for part in self.content)
        return " ".join("".join(parts).split())

    def _descendants(self) -> Iterator[Element]:
        for part in self.content:
            if isinstance(part, Element):
                yield part
                yield from part._descendants()


class _Parser(html.parser.HTMLParser):
    """Builds the tree. A tag that closes no open element is an error."""

    def __init__(self) -> None:
        super().__init__()
        self.open = [Element("")]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, Optional[str]]]) -> None:
        element = Element(tag, dict(attrs))
        self.open[-1].content.append(element)
        if tag not in VOID_TAGS:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        closed = self.open.pop()
        assert closed.tag == tag, f"</{tag}> closes <{closed.tag}> in line {self.getpos()[0]}"

    def handle_data(self, data: str) -> None:
        self.open[-1].content.append(data)


def parse_page(text: str) -> Element:
    """The tree of a page."""
    parser = _Parser()
    parser.feed(text)
    parser.close()
    assert len(parser.open) == 1, f"<{parser.open[-1].tag}> is not closed"
    return parser.open[0]
