# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The templates of HTML reports: everything is escaped, nothing is loaded, and everybody can read them."""

from __future__ import annotations

import re

import jinja2
import pytest
from jinja2 import nodes

from support.playbooks import ROOT

TEMPLATES = ROOT / "plugins" / "plugin_utils" / "_reports"
PAGES = sorted(TEMPLATES.glob("*.html.j2"))
#: Filters whose result is no markup.
ESCAPING = ("e", "int", "length")
#: Macros of the pages that return markup, and escape what they are given.
MARKUP_MACROS = ("names",)


def is_safe(expression):
    """Whether an expression writes no text of the service as it is."""
    if isinstance(expression, nodes.TemplateData):
        return True
    if isinstance(expression, nodes.CondExpr):
        branches = (expression.expr1, expression.expr2)
        return all(isinstance(branch, nodes.Const) for branch in branches)
    if isinstance(expression, nodes.Call):
        return isinstance(expression.node, nodes.Name) and expression.node.name in MARKUP_MACROS
    return isinstance(expression, nodes.Filter) and expression.name in ESCAPING


def unsafe_outputs(text):
    tree = jinja2.Environment().parse(text)
    outputs = (node for output in tree.find_all(nodes.Output) for node in output.nodes)
    return [f"line {node.lineno}" for node in outputs if not is_safe(node)]


@pytest.mark.parametrize("template", PAGES, ids=lambda path: path.name)
def test_every_output_of_a_page_is_escaped(template):
    assert unsafe_outputs(template.read_text()) == []


@pytest.mark.parametrize(
    "text",
    ["{{ name }}", "{{ name | upper }}", "{{ name if name else '' }}", "{{ f(name) }}", "{{ a ~ 'b' }}"],
)
def test_output_that_is_not_escaped_is_found(text):
    assert unsafe_outputs(text) == ["line 1"]


def colors(block):
    """The colors in red, green and blue that a block of CSS defines, by name."""
    found = {}
    for name, value in re.findall(r"--([a-z-]+): #([0-9a-f]+)", block):
        digits = value if len(value) == 6 else "".join(digit * 2 for digit in value)
        found[name] = [int(digits[start : start + 2], 16) for start in (0, 2, 4)]
    return found


def luminance(color):
    """The relative luminance of a color, as in WCAG 2.2."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (component / 255 for component in color)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first, second):
    brighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


#: Colors of text, and of the backgrounds that it has.
PAIRS = [
    *((text, page) for text in ("text", "soft", "good", "bad", "warn") for page in ("page", "card", "hover")),
    *((f"{kind}", f"{kind}-soft") for kind in ("good", "bad", "warn", "info")),
    ("text", "bad-soft"),
    ("soft", "bad-soft"),
    ("good", "bad-soft"),
]


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_text_has_enough_contrast_in_every_theme(theme):
    style = (TEMPLATES / "page.html.j2").read_text()
    blocks = re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    palette = colors(dict(zip(("light", "dark", "print"), blocks))[theme])
    low = {
        pair: round(contrast(palette[pair[0]], palette[pair[1]]), 2)
        for pair in PAIRS
        if contrast(palette[pair[0]], palette[pair[1]]) < 4.5
    }
    assert low == {}
