#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: `--start-at-task` with a name that no task has ends with status 0.
#
# One would guess: A misspelled name is an error, as a misspelled tag is nothing to rely on.
# What happens: No task runs, a line that begins with [ERROR] is printed, and the status is 0. The name of a
# task in an included role counts as unknown too.
# Why it matters: A resumed deployment is green and did nothing. Count the tasks that ran, or do not resume in
# the middle.
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

printf -- '- hosts: localhost\n  gather_facts: false\n  tasks: [{name: apply, debug: {msg: applied}}]\n' > play.yml
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    for name in apply aply; do
        status=0
        "core-$version/bin/ansible-playbook" play.yml --start-at-task "$name" > log 2>&1 || status=$?
        echo "$name: status $status, $(grep -c '"msg"' log || true) tasks ran" | tee -a output
    done
    expect "apply: status 0, 1 tasks ran"; expect "aply: status 0, 0 tasks ran"
    rm output
done
echo "As described."
