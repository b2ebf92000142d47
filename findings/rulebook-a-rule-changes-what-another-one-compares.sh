#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: of two rules that compare a member with `"1"` and with `1`, one stops working.
#
# One would guess: Each rule is evaluated for itself: one fires for the text and the other for the number.
# What happens: The second rule takes over the literal of the first. Both fire for the text, or in the other
# order both fire for the number. Alone in its rule set, each rule is right.
# Why it matters: Adding a rule changes what an untouched rule matches. Compare one member with literals of
# one type, or use two rule sets.
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


rules() {  # the conditions of two rules, in their order
    cat << EOF
- name: literals
  hosts: all
  match_multiple_rules: true
  sources: [{eda.builtin.generic: {payload: [{id: number, x: 1}, {id: text, x: "1"}]}}]
  rules:
    - {name: first, condition: '$1', action: {debug: {msg: "first fires for the {{ event.id }}"}}}
    - {name: second, condition: '$2', action: {debug: {msg: "second fires for the {{ event.id }}"}}}
EOF
}
run() {
    rules "$1" "$2" > rules.yml
    echo "$1, then $2:"
    ansible-rulebook -r rules.yml > log 2>&1
    grep -E "^(first|second)" log | sort | tee output
}
run 'event.x == 1' 'event.y == "1"'
expect "first fires for the number"; reject "for the text"
run 'event.x == "1"' 'event.x == 1'
expect "first fires for the text"; expect "second fires for the text"; reject "for the number"
run 'event.x == 1' 'event.x == "1"'
expect "first fires for the number"; expect "second fires for the number"; reject "for the text"
echo "As described."
