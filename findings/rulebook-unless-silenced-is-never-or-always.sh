#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `unless this fact is set` never fires in a list of conditions, and always fires in one
# condition.
#
# One would guess: `all: [event.alert is defined, fact.silenced is not defined]` fires until the fact is set,
# and so does the same with `and`.
# What happens: The list fires for no alert. It fires once if another event arrives, which it treats as the
# absent fact. With `and`, the rule still fires after the fact is set.
# Why it matters: A silence stops everything or nothing, without a message. Test in the playbook whether it is
# silenced: a rule that waits for a fact fires for all earlier events once the fact is set
# (rulebook-a-fact-is-no-gate.sh).
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
- name: never
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{alert: 1}, {alert: 2}, {alert: 3}], event_delay: 0.5, shutdown_after: 5}}]
  rules:
    - {name: act, condition: {all: [event.alert is defined, fact.silenced is not defined]}, action: {debug: {msg: "never: acts on {{ events.m_0.alert }}"}}}
- name: other
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{alert: 1}, {hello: 1}, {alert: 2}, {alert: 3}], event_delay: 0.5, shutdown_after: 5}}]
  rules:
    - {name: act, condition: {all: [event.alert is defined, fact.silenced is not defined]}, action: {debug: {msg: "other: acts once, the absent fact is {{ 'an event' if events.m_1.hello is defined }}"}}}
- name: always
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{alert: 1}, {silence: 1}, {alert: 2}], event_delay: 0.5, shutdown_after: 5}}]
  rules:
    - {name: silence, condition: event.silence == 1, action: {set_fact: {fact: {silenced: "yes"}}}}
    - {name: act, condition: event.alert is defined and fact.silenced is not defined, action: {debug: {msg: "always: acts on {{ event.alert }}"}}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep -E "^(never|other|always)" output
reject "never: acts"
[ "$(grep -c '^other: acts once, the absent fact is an event' output)" = 1 ] || { echo "CHANGED: not once"; exit 1; }
expect "always: acts on 1"; expect "always: acts on 2"
echo "As described."
