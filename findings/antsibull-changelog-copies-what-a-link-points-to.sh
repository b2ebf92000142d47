#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# antsibull-changelog: a release copies what a symbolic link in the repository points to, whatever it is.
#
# One would guess: It needs the documentation of the plugins, so it reads those; or it copies what Git tracks,
# and a link stays a link.
# What happens: To list new plugins, it copies the whole repository to a temporary folder first. With `vcs: auto`, a
# link that leads out of the repository is followed: all files behind it are copied. The changelog is right afterwards.
# Why it matters: A pattern such as `.venv/` in .gitignore does not match a link with that name, so a linked
# environment makes a release take half a minute, and one to a home folder would copy that.
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
tools/bin/pip install --quiet --disable-pip-version-check antsibull-changelog==0.36.0 ansible-core==2.21.5
export PATH="$folder/tools/bin:$PATH" HOME=$folder
mkdir outside
head -c 3000000 /dev/zero > outside/large.bin
mkdir -p repository/changelogs/fragments repository/plugins/modules
cd repository
printf 'namespace: acme\nname: example\nversion: 1.0.0\nreadme: README.md\nauthors: [Acme]\n' > galaxy.yml
printf 'title: acme.example\nuse_fqcn: true\nchanges_format: combined\nchangelog_filename_template: ../CHANGELOG.rst\nnotesdir: fragments\nvcs: auto\n' > changelogs/config.yaml
printf -- '---\nrelease_summary: The first release.\n' > changelogs/fragments/first.yml
cat > plugins/modules/greet.py << 'EOF'
DOCUMENTATION = """
module: greet
short_description: Say hello
description: Says hello.
author: Acme (@acme)
version_added: 1.0.0
"""
EOF
ln -s "$folder/outside" linked
git init --quiet .
git add --all
cat > "$folder/trace.py" << 'EOF'
"""Run antsibull-changelog, and print which files it copies."""
import shutil
import sys

from antsibull_changelog.cli import main

copyfile = shutil.copyfile


def noted(source, target, **options):
    if "large.bin" in str(source):
        print(f"copied: {str(target).rpartition('/ansible_collections/')[2]}")
    return copyfile(source, target, **options)


shutil.copyfile = noted
sys.argv = ["antsibull-changelog", "release", "--version", "1.0.0"]
sys.exit(main())
EOF
python "$folder/trace.py" > ../output 2>&1 || { cat ../output; exit 1; }
cd ..
echo "== antsibull-changelog 0.36.0"
cat output
expect "copied: acme/example/linked/large.bin"
grep -q "The first release" repository/CHANGELOG.rst repository/CHANGELOG.md 2> /dev/null
echo "As described."
