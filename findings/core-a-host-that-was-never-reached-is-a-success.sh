#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: with `ignore_unreachable`, the result of a host that was never reached `is
# success`.
#
# One would guess: The result is failed, or at least not a success, and `failed_when` and `until` evaluate it.
# What happens: `is success` is true, and `is failed` is false. `failed_when: true` is not evaluated, and
# `until: result is success` makes one attempt. The recap has `unreachable=0 failed=0`, and the play exits 0.
# Why it matters: `assert: {that: result is success}` is a gate that passes for hosts that are down. Use `is
# reachable`.
set -euo pipefail
folder=$(mktemp -d)
trap 'status=$?; [ "$status" = 0 ] || cat log output 2> /dev/null; rm -rf "$folder"' EXIT
cd "$folder"

# What the output must contain; otherwise the behavior has changed.
expect() {
    grep -qF -- "$1" output || { echo "CHANGED: the output does not contain: $1"; exit 1; }
}
reject() {
    ! grep -qF -- "$1" output || { echo "CHANGED: the output contains: $1"; exit 1; }
}

python3.12 -m venv core-2.18.19
core-2.18.19/bin/pip install --quiet --disable-pip-version-check ansible-core==2.18.19
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

echo 'down ansible_host=127.0.0.1 ansible_port=1' > inventory
cat > play.yml << 'EOF'
- hosts: down
  gather_facts: false
  tasks:
    - ping:
      ignore_unreachable: true
      failed_when: true
      until: result is success
      retries: 3
      delay: 0
      register: result
    - assert: {that: result is success, success_msg: "the gate passes"}
    - debug:
        msg: "success {{ result is success }}, failed {{ result is failed }}, unreachable {{ result is unreachable }}, attempts {{ result.attempts | default('none') }}"
EOF
for version in 2.18.19 2.22.0rc1; do
    status=0
    "core-$version/bin/ansible-playbook" -i inventory play.yml > output 2>&1 || status=$?
    echo "== ansible-core $version: status $status"
    grep -E '"msg": "(success|the gate)|ok=' output
    [ "$status" = 0 ] || { echo "CHANGED: the status is not 0"; exit 1; }
    expect "the gate passes"; expect "success True, failed False, unreachable True, attempts none"; expect "unreachable=0    failed=0"
done
echo "As described."
