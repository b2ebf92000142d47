#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: a rule whose only condition is `... is not defined` fires once without an event, and for no event.
#
# One would guess: It fires for each event that lacks the member.
# What happens: It fires once, with an empty event, and then never. Beside `event.id is defined` in the same
# condition, `is not defined` works as one expects.
# Why it matters: A rule for `whatever has no route` runs once for nothing and stays silent afterwards. Always
# name a member that every event has.
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
- name: unrouted
  hosts: localhost
  sources:
    - eda.builtin.generic: {startup_delay: 3, payload: [{id: one}, {id: two, route: ops}, {id: three}]}
  rules:
    - {name: alone, condition: event.route is not defined, action: {debug: {msg: "ALONE {{ event }}"}}}
- name: guarded
  hosts: localhost
  sources:
    - eda.builtin.generic: {startup_delay: 3, payload: [{id: one}, {id: two, route: ops}, {id: three}]}
  rules:
    - name: guarded
      condition: event.id is defined and event.route is not defined
      action: {debug: {msg: "GUARDED {{ event.id }}"}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep -E "ALONE|GUARDED" output
expect "ALONE {}"
[ "$(grep -c ALONE output)" = 1 ]
expect "GUARDED one"; expect "GUARDED three"; reject "GUARDED two"
echo "As described."
