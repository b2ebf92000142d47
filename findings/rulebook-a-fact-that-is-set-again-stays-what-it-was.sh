#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: setting a fact again adds a second fact, so a rule for the old value still fires.
#
# One would guess: `set_fact` with `mode: closed` replaces `mode: open`, as in a playbook.
# What happens: Each `set_fact` adds a fact. After open and closed, a rule for open still fires. After open,
# open and open, it fires three times for each event.
# Why it matters: A switch can be set and not reset, and one that is set every minute sends more pages every
# minute. Retract each possible value before you set one.
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
- name: changed
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{set: open}, {set: closed}, {alert: 1}], event_delay: 0.5, shutdown_after: 4}}]
  rules: &rules
    - {name: set, condition: event.set is defined, action: {set_fact: {fact: {mode: "{{ event.set }}"}}}}
    - {name: act, condition: {all: [fact.mode == "open", event.alert is defined]}, action: {debug: {msg: "{{ text }} acts on {{ events.m_1.alert }}"}}}
- name: repeated
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{set: open}, {set: open}, {set: open}, {alert: 2}], event_delay: 0.5, shutdown_after: 4}}]
  rules: *rules
EOF
echo "text: open" > vars.yml
ansible-rulebook -r rules.yml --vars vars.yml > output 2>&1
grep "^open" output
expect "open acts on 1"
[ "$(grep -c '^open acts on 2' output)" = 3 ] || { echo "CHANGED: not three times"; exit 1; }
echo "As described."
