#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: the first source that ends ends the process, with status 0.
#
# One would guess: A rule set runs until all of its sources have ended, and other rule sets go on.
# What happens: As soon as one source of one rule set ends, everything shuts down. Events that other sources,
# also those of other rule sets, would still have sent are never seen.
# Why it matters: A finite source beside a webhook, such as a replay, ends the listener, and a supervisor sees
# a success. Let a source of your own wait forever after its last event.
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
- name: short
  hosts: all
  sources: [{eda.builtin.generic: {payload: [{id: short}]}}]
  rules: [{name: any, condition: event.id is defined, action: {debug: {msg: "event {{ event.id }}"}}}]
- name: long
  hosts: all
  sources: [{eda.builtin.generic: {event_delay: 3, payload: [{id: long 1}, {id: long 2}, {id: long 3}]}}]
  rules: [{name: any, condition: event.id is defined, action: {debug: {msg: "event {{ event.id }}"}}}]
EOF
status=0
ansible-rulebook -r rules.yml > log 2>&1 || status=$?
{ grep -E "^event" log | sort; echo "status $status"; } | tee output
expect "event short"; expect "status 0"; reject "event long 3"
echo "As described."
