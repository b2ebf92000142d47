#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: events that a throttled rule holds back reach no later rule.
#
# One would guess: An event for which the throttled rule does nothing goes on to the next rule, such as one
# that logs everything.
# What happens: The throttled rule takes every event that matches its condition, including those that it
# suppresses, counts or discards. With `match_multiple_rules: true`, not even the event that it acts on goes
# on.
# Why it matters: A catch-all rule at the end sees nothing of a storm. Put it in another ruleset, with its own
# source.
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
- name: held back
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{id: 1, host: web1}, {id: 2, host: web1}, {id: 3, host: db1}], event_delay: 0.3, shutdown_after: 3}}]
  rules: &rules
    - name: page
      condition: event.host == "web1"
      throttle: {once_within: 5 minutes, group_by_attributes: [event.host]}
      action: {debug: {msg: "pages for {{ event.id }}"}}
    - {name: log, condition: event.id is defined, action: {debug: {msg: "logs {{ event.id }}"}}}
- name: with match_multiple_rules
  hosts: localhost
  match_multiple_rules: true
  sources: [{eda.builtin.generic: {payload: [{id: 7, host: web1}, {id: 8, host: web1}, {id: 9, host: db1}], event_delay: 0.3, shutdown_after: 3}}]
  rules: *rules
- name: counted
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{id: 4, host: web1}, {id: 5, host: web1}, {id: 6, host: db1}], event_delay: 0.3, shutdown_after: 3}}]
  rules:
    - name: page
      condition: event.host == "web1"
      throttle: {accumulate_within: 1 second, threshold: 3, group_by_attributes: [event.host]}
      action: {debug: {msg: "pages for {{ event.id }}"}}
    - {name: log, condition: event.id is defined, action: {debug: {msg: "logs {{ event.id }}"}}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep -E "^(pages|logs)" output
expect "pages for 1"; expect "pages for 7"; expect "logs 3"; expect "logs 6"; expect "logs 9"
reject "logs 1"; reject "logs 7"
for id in 2 4 5 8; do reject "pages for $id"; reject "logs $id"; done
echo "As described."
