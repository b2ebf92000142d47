#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core up to 2.18: one undefined variable inside a list lets `default([])` replace the whole list.
#
# One would guess: `default` is for a variable that is not defined. A list that is defined and has an
# undefined text in it is an error.
# What happens: Up to 2.18 the list is undefined as a whole: `is defined` is false, and `default([])` gives
# `[]`. Since 2.19 it is defined, and using it is an error that names the variable.
# Why it matters: A role that says `rules | default([])` applies an empty list of rules if one variable is
# misspelled. Check for undefined values before the default.
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

python3.12 -m venv core-2.18.19
core-2.18.19/bin/pip install --quiet --disable-pip-version-check ansible-core==2.18.19
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  vars:
    rules: [{select: critical, channel: "{{ misspelled_channel }}"}]
  tasks:
    - ansible.builtin.debug: {msg: "defined: {{ rules is defined }}"}
    - ansible.builtin.debug: {msg: "with default: {{ rules | default([]) }}"}
EOF
for version in 2.18.19 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1 || true
    printf '== ansible-core %s\n' "$version"; grep -E '"msg"' output
    if [ "$version" = 2.18.19 ]; then expect "defined: False"; expect "with default: []"; else expect "defined: True"; expect "'misspelled_channel' is undefined"; fi
done
echo "As described."
