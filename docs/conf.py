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

extensions = ["myst_parser", "sphinx_antsibull_ext", "sphinx_copybutton"]
# Pages that only docs.ansible.com needs.
exclude_patterns = [
    "collections/*.rst",
    "collections/ccloud/index.rst",
    "collections/ccloud/notifications/docsite/*",
]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_theme_options = {"navigation_with_keys": True}
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
# Copied commands have no prompt, and no output.
copybutton_prompt_text = "$ "
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


#: The table of contents of a page. The theme shows one at the side, and an error in place of a second one.
CONTENTS = re.compile(r"^\.\. contents::.*\n(?:   :.*\n)*", re.MULTILINE)
#: A section of the collection's page that only links to guides. On this site, the side bar does.
GUIDES = re.compile(r"^.+\n-+\n\n\.\. toctree::\n    :maxdepth: 1\n\n(?:    docsite/.+\n)+", re.MULTILINE)
#: The name of a plugin's page in a list, which is its title there.
PLUGIN_PAGE = re.compile(r"^    (\w+)_(module|filter|lookup|role)$", re.MULTILINE)


def suit_the_theme(_app, name, source):
    """Adapt a generated page to this site."""
    if name.startswith("collections/"):
        text = GUIDES.sub("", CONTENTS.sub("", source[0]))
        source[0] = PLUGIN_PAGE.sub(r"    \1 <\1_\2>", text)


def setup(app):
    app.connect("source-read", suit_the_theme)
    app.connect("missing-reference", refer_to_ansible)
