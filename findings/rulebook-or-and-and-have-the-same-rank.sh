#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `a or b and c` is `(a or b) and c`.
#
# One would guess: `and` binds tighter than `or`, as in Python and in `when` of a playbook.
# What happens: Both have the same rank and are read from left to right, without a warning. An event for which
# only `a` is true does not fire.
# Why it matters: A condition that was copied from a playbook stays silent for the events that matter most.
# Use parentheses.
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

python3.12 -m venv eda
eda/bin/pip install --quiet --disable-pip-version-check ansible-rulebook==1.3.2 drools_jpy==0.4.1 ansible-core==2.21.5 ansible-runner==2.4.3 aiohttp==3.14.5
export PATH="$folder/eda/bin:$PATH" HOME=$folder
printf 'localhost ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n' > inventory
echo "== ansible-rulebook 1.3.2 (needs Java 17)"


cat > rules.yml << 'EOF'
- name: precedence
  hosts: all
  match_multiple_rules: true
  sources:
    - eda.builtin.generic: {payload: [{id: critical, a: 1}, {id: both, b: 1, c: 1}]}
  rules:
    - name: bare
      condition: event.a == 1 or event.b == 1 and event.c == 1
      action: {debug: {msg: "bare fires for {{ event.id }}"}}
    - name: parentheses
      condition: event.a == 1 or (event.b == 1 and event.c == 1)
      action: {debug: {msg: "parentheses fire for {{ event.id }}"}}
EOF
ansible-rulebook -r rules.yml > log 2>&1
grep -E "^(bare|parentheses)" log | sort | tee output
expect "parentheses fire for critical"; expect "bare fires for both"; reject "bare fires for critical"
echo "As described."
