#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: `flatten` removes the texts `null` and `None`.
#
# One would guess: `flatten` removes null values, and texts stay as they are.
# What happens: The texts `null` and `None` are taken for null values and vanish, while `none` and the empty
# text stay. With `skip_nulls=false` nothing vanishes.
# Why it matters: A channel that is named null is never configured, without a word. Set `skip_nulls=false` for
# names.
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

for version in 2.21.5 2.22.0rc1; do
    python3.13 -m venv "core-$version"
    "core-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
done
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder

cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks: [{debug: {msg: "{{ [['ops', 'null'], ['None', 'none']] | flatten }}"}}]
EOF
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    "core-$version/bin/ansible-playbook" play.yml 2> /dev/null | grep -A4 '"msg"' | tee output
    expect "ops"; expect "none"; reject "null"; reject "None"
done
echo "As described."
