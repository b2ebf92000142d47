#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `match_multiple_rules` makes a single rule fire for every combination of events.
#
# One would guess: The switch lets several rules act on one event, so with a single rule it changes nothing.
# What happens: It also keeps the events that a rule has matched. A rule with `all` then fires for each
# combination: with two events of one kind and three of another, six times instead of two.
# Why it matters: An action that pages once per incident pages once per pair. Put rules with `all` in a rule
# set of their own.
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


for switch in false true; do
    cat > rules.yml << EOF
- name: pairs
  hosts: all
  match_multiple_rules: $switch
  sources:
    - eda.builtin.generic:
        payload: [{id: a, open: 1}, {id: b, open: 1}, {id: c, close: 1}, {id: d, close: 1}, {id: e, close: 1}]
  rules:
    - name: pair
      condition: {all: [event.open == 1, event.close == 1]}
      action: {debug: {msg: "pair {{ events.m_0.id }} {{ events.m_1.id }}"}}
EOF
    ansible-rulebook -r rules.yml > log 2>&1
    echo "match_multiple_rules $switch: $(grep -c '^pair' log) times" | tee output
    if [ $switch = false ]; then expect "2 times"; else expect "6 times"; fi
done
echo "As described."
