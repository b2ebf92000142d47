#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# The junit callback of ansible-core: a host that cannot be reached is in no test case.
#
# One would guess: A host that is unreachable is an error in the report, as it is in the status of the play.
# What happens: The report has test cases of the other hosts only, with 0 errors and 0 failures, while the
# play ends with status 4. Readers of the report pass it.
# Why it matters: A report is green over hosts that were never looked at. Read the status of the play as well.
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

python3.13 -m venv core
core/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1 junit_xml==1.9 junitparser==5.0.3
export ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder
printf 'gone ansible_host=127.0.0.1 ansible_port=1\nhere ansible_connection=local\n' > inventory
printf -- '- name: Notify\n  hosts: all\n  gather_facts: false\n  tasks: [{name: apply, ping: }]\n' > play.yml
status=0
JUNIT_OUTPUT_DIR=reports ANSIBLE_CALLBACKS_ENABLED=junit core/bin/ansible-playbook -i inventory play.yml > log 2>&1 || status=$?
verified=0
core/bin/junitparser verify reports/*.xml > /dev/null || verified=$?
{ echo "== ansible-core 2.22.0rc1: status $status, junitparser 5.0.3: status $verified"; grep -oE 'name="\[[a-z]+\] [^"]*"' reports/*.xml; } | tee output
expect "status 4, junitparser 5.0.3: status 0"; expect "[here] Notify: apply"; reject "[gone]"
echo "As described."
