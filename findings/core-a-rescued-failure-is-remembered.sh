#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: `ansible_failed_task` is still defined in later blocks and later plays.
#
# One would guess: `ansible_failed_task` and `ansible_failed_result` exist in `rescue`, for which they are
# documented, and are gone afterwards.
# What happens: They stay for the rest of the run. An `always` section that asks whether `ansible_failed_task
# is defined` reports the failure of another block, although its own block succeeded.
# Why it matters: `Notify someone, with the error if there was one` raises false alarms after any rescued
# failure. Set a fact of your own in `rescue`.
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

cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - block: [{name: optional probe, fail: {msg: no such host}}]
      rescue: [{debug: {msg: rescued}}]
- hosts: localhost
  gather_facts: false
  tasks:
    - block: [{debug: {msg: all is well}}]
      always:
        - debug: {msg: "reported: {{ ansible_failed_task.name }}, {{ ansible_failed_result.msg }}"}
          when: ansible_failed_task is defined
EOF
for version in 2.18.19 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    echo "== ansible-core $version"; grep -E '"msg": "(all|reported|rescued)' output
    expect "reported: optional probe, no such host"; expect "rescued=1"
done
echo "As described."
