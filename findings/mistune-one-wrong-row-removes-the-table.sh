#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# mistune: one row with a cell too many turns a whole Markdown table into a paragraph.
#
# One would guess: The row is cut or filled, as GitHub's specification says, and the table stays.
# What happens: mistune takes the table, its header and all other rows for a paragraph. cmark-gfm and Python-
# Markdown keep the table.
# Why it matters: A report whose table has one unescaped bar is a wall of bars on one reader only. Escape
# every cell, and count them.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

# What the output must contain; otherwise the behavior has changed.
expect() {
    grep -qF -- "$1" output || { echo "CHANGED: the output does not contain: $1"; exit 1; }
}
reject() {
    ! grep -qF -- "$1" output || { echo "CHANGED: the output contains: $1"; exit 1; }
}

python3.12 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check mistune==3.4.0 Markdown==3.11.3 cmarkgfm==2025.10.22
tools/bin/python - > output << 'EOF'
import cmarkgfm
import markdown
import mistune

text = "| channel | kind |\n| --- | --- |\n| ops | Slack |\n| dev | MsTeams | new |\n"
pages = {
    "mistune": mistune.create_markdown(plugins=["table"])(text),
    "cmark-gfm": cmarkgfm.github_flavored_markdown_to_html(text),
    "Python-Markdown": markdown.markdown(text, extensions=["tables"]),
}
for name, page in pages.items():
    print(name, "table" if "<table>" in page else "paragraph")
EOF
echo "== mistune 3.4.0, cmarkgfm 2025.10.22, Markdown 3.11.3"; cat output
expect "mistune paragraph"
expect "cmark-gfm table"
expect "Python-Markdown table"
echo "As described."
