#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: a condition treats two long integers as equal that differ in their last digits.
#
# One would guess: `event.account == 9007199254740993` fires for that account.
# What happens: Conditions compare numbers as floating point: the rule also fires for ...992, and `!=` fires
# for neither. `in`, `contains` and `vars.account` do the same. The action sees all digits, and strings are
# compared exactly.
# Why it matters: The rule for one account acts for another one. Send long IDs as strings.
set -euo pipefail
folder=$(mktemp -d)
trap 'status=$?; [ "$status" = 0 ] || cat output 2> /dev/null; rm -rf "$folder"' EXIT
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
export PATH="$folder/eda/bin:$PATH" HOME=$folder ANSIBLE_NOCOLOR=1
echo "== ansible-rulebook 1.3.2 (needs Java 17)"

cat > rules.yml << 'EOF'
- name: accounts
  hosts: localhost
  match_multiple_rules: true
  sources: [{eda.builtin.generic: {payload: [{account: 9007199254740992}, {account: 9007199254740993}, {text: "9007199254740992"}, {account: 5}, {list: [9007199254740992]}], shutdown_after: 4}}]
  rules:
    - {name: eq, condition: event.account == 9007199254740993, action: {debug: {msg: "== fires for {{ event.account }}"}}}
    - {name: text, condition: event.text == "9007199254740993", action: {debug: {msg: "the text fires"}}}
    - {name: contains, condition: event.list contains 9007199254740993, action: {debug: {msg: "contains fires for {{ event.list[0] }}"}}}
    - {name: ne, condition: event.account != 9007199254740993, action: {debug: {msg: "!= fires for {{ event.account }}"}}}
    - {name: in, condition: "event.account in [9007199254740993]", action: {debug: {msg: "in fires for {{ event.account }}"}}}
    - {name: vars, condition: event.account == vars.account, action: {debug: {msg: "vars fires for {{ event.account }}"}}}
EOF
echo "account: 9007199254740993" > vars.yml
ansible-rulebook -r rules.yml --vars vars.yml > output 2>&1
grep "fires for" output
for test in == in vars; do expect "$test fires for 9007199254740992"; expect "$test fires for 9007199254740993"; done
reject "the text fires"; expect "contains fires for 9007199254740992"; reject "!= fires for 9007199254740992"; expect "!= fires for 5"
echo "As described."
