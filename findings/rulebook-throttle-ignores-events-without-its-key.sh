#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `throttle` does not hold back events that lack the grouping attribute, and never counts them.
#
# One would guess: Events without the attribute form one group, as null does.
# What happens: With `once_within`, each event without the attribute runs the action. With
# `accumulate_within`, none is ever counted. Events with null are one group, and 1 and 1.0 are two groups
# although they are equal in a condition.
# Why it matters: One absent member turns the brake for a storm of notifications off, and a threshold into one
# that is never reached.
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
- name: once
  hosts: localhost
  sources:
    - eda.builtin.generic:
        payload: [{id: a}, {id: b}, {id: n1, env: null}, {id: n2, env: null}, {id: i1, env: 1}, {id: f1, env: 1.0}]
  rules:
    - name: once
      condition: event.id is defined
      throttle: {once_within: 5 minutes, group_by_attributes: [event.env]}
      action: {debug: {msg: "once {{ event.id }}."}}
- name: accumulate
  hosts: localhost
  sources:
    - eda.builtin.generic: {payload: [{id: a}, {id: b}, {id: c}, {id: n1, env: null}, {id: n2, env: null}]}
  rules:
    - name: accumulate
      condition: event.id is defined
      throttle: {accumulate_within: 5 minutes, threshold: 2, group_by_attributes: [event.env]}
      action: {debug: {msg: "accumulated {{ event.id }}."}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep -E "^(once|accumulated)" output
for id in a b n1 i1 f1; do expect "once $id."; done
reject "once n2."
expect "accumulated n2."
reject "accumulated c."
echo "As described."
