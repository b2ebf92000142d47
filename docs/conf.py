# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Sphinx configuration. `make docs` copies the pages and the documentation of the modules beside it."""

import re

from docutils import nodes

project = "ccloud.notifications"
author = "the ccloud.notifications authors"
copyright = "2026, the ccloud.notifications authors"
title = html_title = html_short_title = "ccloud.notifications"

extensions = ["myst_parser", "sphinx_antsibull_ext"]
# Pages that only the generator's own layout wants.
exclude_patterns = ["collections/*.rst", "collections/ccloud/index.rst"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_show_sphinx = False
pygments_style = "ansible"
pygments_dark_style = "monokai"

#: Labels of Ansible's own documentation that the modules' pages refer to.
ANSIBLE = {
    "action_plugins": "plugins/action.html",
    "common_return_values": "reference_appendices/common_return_values.html",
    "list_of_collections": "collections/index.html",
}


def refer_to_ansible(_app, _environment, node, inner):
    """A link to Ansible's documentation, for a label that this site does not have."""
    if node["reftarget"] not in ANSIBLE:
        return None
    url = f"https://docs.ansible.com/projects/ansible/latest/{ANSIBLE[node['reftarget']]}"
    return nodes.reference("", "", inner, internal=False, refuri=url)


def suit_the_theme(_app, name, source):
    """Shorten generated titles, and drop the table of contents that this theme shows at the side."""
    if name.startswith("collections/"):
        text = source[0].replace(".. contents::\n   :local:\n   :depth: 1\n", "")
        source[0] = re.sub(r"^    (\w+)_(module|filter|role)$", r"    \1 <\1_\2>", text, flags=re.MULTILINE)


def setup(app):
    app.connect("source-read", suit_the_theme)
    app.connect("missing-reference", refer_to_ansible)
