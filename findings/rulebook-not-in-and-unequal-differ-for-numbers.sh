#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: for a number, `!= "a"` is false and `not in ["a"]` is true.
#
# One would guess: `event.x != "a"` fires for everything but the text a, as `not in` with a list of one item
# does.
# What happens: Values of different types are not compared: for a number or a list, `==`, `!=` and `not (==)`
# are all false. `not in` is true.
# Why it matters: A rule for `everything except a` silently loses events of a sender that has numbers. Use
# `not in`.
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
- name: unequal
  hosts: all
  match_multiple_rules: true
  sources: [{eda.builtin.generic: {payload: [{id: number, x: 1}, {id: list, x: [1]}, {id: text, x: b}]}}]
  rules:
    - {name: unequal, condition: 'event.x != "a"', action: {debug: {msg: "unequal: {{ event.id }}"}}}
    - {name: not in, condition: 'event.x not in ["a"]', action: {debug: {msg: "not in: {{ event.id }}"}}}
    - {name: not, condition: 'not (event.x == "a")', action: {debug: {msg: "not equal: {{ event.id }}"}}}
EOF
ansible-rulebook -r rules.yml > log 2>&1
grep -E "^(unequal|not in|not equal): " log | sort | tee output
for id in number list text; do expect "not in: $id"; done
expect "unequal: text"
for id in number list; do reject "unequal: $id"; reject "not equal: $id"; done
echo "As described."
