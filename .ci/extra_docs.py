# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python .ci/extra_docs.py FOLDER`: convert the guides of a tree to the pages for docs.ansible.com.

The pages must be reStructuredText in docs/docsite/rst, and their labels must begin with the name of the
collection. docs/docsite/extra-docs.yml names the pages; `guides_drift` is docs/guides/drift.md.
"""

from __future__ import annotations

import pathlib
import re
import sys

import m2r2
import yaml

LABEL = "ansible_collections.ccloud.notifications.docsite."
#: A link, or an image, which begins with an exclamation mark.
LINK = re.compile(r"(!?)\[([^\]]+)\]\(([^)]+)\)")
FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


class Docsite:
    """The pages of a tree, by the path of the Markdown file."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder.resolve()
        sections = yaml.safe_load((self.docsite / "extra-docs.yml").read_text())["sections"]
        names = [name for section in sections for name in section["toctree"]]
        self.pages = {self.folder / "docs" / f"{name.replace('_', '/')}.md": name for name in names}
        repository = yaml.safe_load((self.folder / "galaxy.yml").read_text())["repository"]
        self.files_url = f"{repository}/blob/main/"
        self.images_url = f"{repository.replace('github.com', 'raw.githubusercontent.com')}/main/"

    @property
    def docsite(self) -> pathlib.Path:
        return self.folder / "docs" / "docsite"

    def write(self) -> None:
        (self.docsite / "rst").mkdir(exist_ok=True)
        for source, name in self.pages.items():
            (self.docsite / "rst" / f"{name}.rst").write_text(self.converted(source, name))

    def converted(self, source: pathlib.Path, name: str) -> str:
        markdown = source.read_text()
        parts = []
        end = 0
        for fence in FENCE.finditer(markdown):
            parts += [self.with_links(markdown[end : fence.start()], source), fence.group()]
            end = fence.end()
        parts.append(self.with_links(markdown[end:], source))

        text = m2r2.convert("".join(parts), anonymous_references=True)
        return f".. _{LABEL}{name}:\n{text}"

    def with_links(self, markdown: str, source: pathlib.Path) -> str:
        """Replace links to files: to a page by its label, to other files and images by their URL.

        reStructuredText allows no code in the title of a link.
        """

        def replacement(link: re.Match[str]) -> str:
            is_image, title, target = link.groups()
            title = title.replace("`", "")
            if target.startswith(("#", "https://")):
                return f"[{title}]({target})"
            path = (source.parent / target.partition("#")[0]).resolve()
            name = path.relative_to(self.folder)
            if is_image:
                return f"![{title}]({self.images_url}{name})"
            if path in self.pages:
                return f":ref:`{title} <{LABEL}{self.pages[path]}>`"
            return f"[{title}]({self.files_url}{name})"

        return LINK.sub(replacement, markdown)


if __name__ == "__main__":
    Docsite(pathlib.Path(sys.argv[1])).write()
