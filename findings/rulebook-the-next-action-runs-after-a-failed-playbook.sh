#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: after a playbook that failed with all its retries, the next action of the rule runs, and the status is 0.
#
# One would guess: A list of actions ends at the first one that fails.
# What happens: The retries are made, the failure is logged, the next action runs, and the process ends with
# status 0.
# Why it matters: `Apply, then report success` reports success for a failed apply. Let the playbook report
# itself.
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
- name: apply
  hosts: localhost
  sources:
    - eda.builtin.generic: {payload: [{n: 1}]}
  rules:
    - name: apply
      condition: event.n == 1
      actions:
        - run_playbook: {name: apply.yml, retries: 1, delay: 1}
        - debug: {msg: "NEXT ACTION RAN"}
EOF
cat > apply.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.fail: {msg: "apply failed"}
EOF
status=0
ansible-rulebook -r rules.yml -i inventory > output 2>&1 || status=$?
grep -E "apply failed|NEXT ACTION|Retry" output | sort | uniq -c
expect "apply failed"
expect "NEXT ACTION RAN"
[ "$status" = 0 ]
echo "As described."
