#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: `attempts` is one too low if every attempt failed.
#
# One would guess: `attempts` of a registered result is the number of times that the task ran.
# What happens: With `retries: 2`, a task that succeeds at its third attempt has `attempts` 3, and one that
# never succeeds ran three times and has 2.
# Why it matters: A message such as `gave up after 2 attempts` is wrong. Say `retries + 1` where all attempts
# failed.
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
    - {shell: echo >> never, retries: 2, delay: 0, until: result.rc == 1, register: result, ignore_errors: true}
    - {shell: "echo >> third; wc -l < third", retries: 2, delay: 0, until: last.stdout | int == 3, register: last}
    - debug: {msg: "never {{ result.attempts }} of {{ lookup('file', 'never', rstrip=false) | length }}, third {{ last.attempts }}"}
EOF
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    rm -f never third
    "core-$version/bin/ansible-playbook" play.yml 2> /dev/null | grep '"msg": "never' | tee output
    expect "never 2 of 3, third 3"
done
echo "As described."
