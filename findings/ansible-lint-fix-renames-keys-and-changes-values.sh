#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-lint: `--fix` renames the keys `y` and `n`, changes values, and reports success.
#
# One would guess: `--fix` changes the layout, and a play does the same as before.
# What happens: The keys `y` and `n` become `true` and `false`, the text `y` becomes true, 017 (15 for
# Ansible) becomes a text, and two spaces at the end of a line inside a block text vanish.
# Why it matters: Variables are undefined after a commit that says `lint`. Quote such names before you let it
# fix a file.
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
tools/bin/pip install --quiet --disable-pip-version-check ansible-lint==26.10.1 ansible-core==2.21.5
export PATH="$folder/tools/bin:$PATH" HOME=$folder ANSIBLE_NOCOLOR=true NO_COLOR=1 ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false
mkdir .git
cat > play.yml << 'EOF'
---
- name: Apply
  hosts: localhost
  gather_facts: false
  vars:
    point: {x: 1, y: 2}
    answer: y
    code: 017
  tasks:
    - name: Show
      ansible.builtin.debug:
        msg: "y {{ point.y | default('undefined') }}, answer {{ answer | to_json }}, code {{ code | to_json }}"
EOF
ansible-playbook play.yml 2> /dev/null | grep -o '"msg".*' | tee output
expect 'y 2, answer \"y\", code 15'
ansible-lint --offline --fix play.yml > log 2>&1 || true
echo "== ansible-lint 26.10.1 --fix"
ansible-playbook play.yml 2> /dev/null | grep -o '"msg".*' | tee output
expect 'y undefined, answer true, code \"017\"'
echo "As described."
