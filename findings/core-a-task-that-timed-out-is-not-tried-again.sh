#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: a task with `timeout` and `retries` is tried once, and finishes its work later.
#
# One would guess: `timeout` ends an attempt, `until` and `retries` start the next one, and `failed_when:
# false` keeps it from failing.
# What happens: The time limit ends the whole task: there is one attempt, no member `attempts`, and
# `failed_when` is not asked. The process that was started goes on and does its work after the failure was
# reported.
# Why it matters: A request that was reported as failed still takes effect. Put the time limit into the
# module, where it applies to each attempt.
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

for version in 2.21.5 2.22.0rc1; do
    python3.13 -m venv "core-$version"
    "core-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
done
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder

cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - shell: echo >> started; sleep 4; echo >> finished
      timeout: 1
      retries: 3
      delay: 0
      until: result is success
      failed_when: false
      register: result
      ignore_errors: true
    - wait_for: {path: "{{ playbook_dir }}/finished", timeout: 30}
    - debug: {msg: "failed {{ result.failed }}, started {{ lookup('file', 'started', rstrip=false) | length }}, attempts {{ result.attempts | default('none') }}"}
EOF
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    rm -f started finished
    "core-$version/bin/ansible-playbook" play.yml 2> /dev/null | grep '"msg": "failed' | tee output
    expect "failed True, started 1, attempts none"
done
echo "As described."
