#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# npm's yaml: an edit that keeps comments renames other keys.
#
# One would guess: `parseDocument` keeps the source of what is not edited, as ruamel.yaml does.
# What happens: Keys and values that look like numbers are written in another form: `1e3:` becomes `1e+3:`,
# `08:` becomes `8:`, and `017` becomes 17. For PyYAML and Ansible these were the texts `1e3` and `08` and the
# number 15.
# Why it matters: A bot that edits one line of a variables file renames entries. Quote every key and text that
# is not plainly a word.
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

npm install --silent --no-fund --no-audit yaml@2.9.1 > /dev/null
cat > edit.js << 'EOF'
const YAML = require('yaml')
const document = YAML.parseDocument('1e3: {webhook: a}\n08: {webhook: b}\nlevel: 017\nedited: 1\n')
document.set('edited', 2)
console.log(String(document))
EOF
node edit.js > output
echo "== yaml 2.9.1"; cat output
expect "1e+3:"
expect "8: {"
expect "level: 17"
echo "As described."
