#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `is not select` is not the opposite of `is select`.
#
# One would guess: Exactly one of `is select(...)` and `is not select(...)` is true for a list.
# What happens: For a list with a matching and another item both are true, and for an empty list neither is:
# the test is negated for each item. `not (... is select(...))` is the opposite.
# Why it matters: A rule for `everything that is no test` acts on what is tagged as a test. Negate with `not`
# and parentheses.
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
- name: negation
  hosts: all
  match_multiple_rules: true
  sources:
    - eda.builtin.generic: {payload: [{id: mixed, tags: [critical, test]}, {id: empty, tags: []}]}
  rules:
    - {name: is, condition: 'event.tags is select("==", "test")', action: {debug: {msg: "is: {{ event.id }}"}}}
    - {name: is not, condition: 'event.tags is not select("==", "test")', action: {debug: {msg: "is not: {{ event.id }}"}}}
    - {name: not, condition: 'not (event.tags is select("==", "test"))', action: {debug: {msg: "not: {{ event.id }}"}}}
EOF
ansible-rulebook -r rules.yml > log 2>&1
grep -E "^(is|is not|not): " log | sort | tee output
expect "is: mixed"; expect "is not: mixed"; reject "is not: empty"; reject "is: empty"; expect "not: empty"
echo "As described."
