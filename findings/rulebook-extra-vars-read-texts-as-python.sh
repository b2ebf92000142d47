#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: a text that an action hands to a playbook is read as a literal of Python.
#
# One would guess: `extra_vars: {a: "{{ event.a }}"}` hands on the text of the event.
# What happens: `1e3` arrives as 1000.0, `0o17` as 15, `None` as null and `True` as true, while `true` and
# `08` stay texts. In `ansible_eda.event` of the same run they are all texts.
# Why it matters: IDs and names change their type on the way to a playbook. Let the playbook read
# `ansible_eda.event`.
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
- name: types
  hosts: localhost
  sources:
    - eda.builtin.generic: {payload: [{a: "1e3", b: "0o17", c: "08", d: "None"}]}
  rules:
    - name: run
      condition: event.a is defined
      action:
        run_playbook:
          name: play.yml
          extra_vars: {a: "{{ event.a }}", b: "{{ event.b }}", c: "{{ event.c }}", d: "{{ event.d }}"}
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: "handed on {{ [a, b, c, d] | to_json }} of {{ ansible_eda.event.a }}"}
EOF
ansible-rulebook -r rules.yml -i inventory > output 2>&1
grep "handed on" output
expect 'handed on [1000.0, 15, \"08\", null] of 1e3'
echo "As described."
