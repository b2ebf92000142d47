#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.21 and newer: a task that is skipped fails, because `register` reads a member that it does not have.
#
# One would guess: A skipped task leaves the variables of a projection undefined, or null.
# What happens: The projection is evaluated for skipped tasks as well. Without the member, the task is fatal
# although its condition was false.
# Why it matters: A module should return its members always, in check mode too, and a projection needs a
# `default`.
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

python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.command: id -u
      when: false
      register:
        uid: _task.result.stdout
EOF
sed 's/_task.result.stdout/_task.result.stdout | default(none)/' play.yml > default.yml
! core-2.22.0rc1/bin/ansible-playbook play.yml > output 2>&1
printf '== ansible-core 2.22.0rc1\n'; grep -E "projection|fatal" output
expect "fatal: [localhost]"
expect "Conditional result was False"
core-2.22.0rc1/bin/ansible-playbook default.yml > output 2>&1
expect "skipping: [localhost]"
echo "As described."
