#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: a rule that waits for a fact fires afterwards for all events that came before it.
#
# One would guess: `all: [fact.gate == "open", event.n == 1]` fires for events that come while the fact is
# set.
# What happens: The earlier events are kept. As soon as the fact is set, the rule fires for each of them, and
# then for later ones. `event.gate == "open"` matches the fact too, although it is no event.
# Why it matters: A switch `act only while enabled` replays its whole backlog when it is switched on.
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
- name: gate
  hosts: localhost
  sources:
    - eda.builtin.generic: {event_delay: 1, payload: [{n: 1, id: a}, {n: 1, id: b}, {open: 1}, {n: 1, id: c}]}
  rules:
    - {name: open, condition: event.open == 1, action: {set_fact: {fact: {gate: open}}}}
    - name: gated
      condition:
        all: [fact.gate == "open", event.n == 1]
      action: {debug: {msg: "gated {{ events.m_1.id }}."}}
    - {name: fact, condition: event.gate == "open", action: {debug: {msg: "a fact matches event.gate"}}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep -E "^(gated|a fact)" output
for id in a b c; do expect "gated $id."; done
expect "a fact matches event.gate"
echo "As described."
