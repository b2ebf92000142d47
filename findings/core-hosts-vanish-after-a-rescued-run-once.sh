#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.17 and newer: if a `run_once` task fails and is rescued, all other hosts leave the run without a failure.
#
# One would guess: Every host enters `rescue`, or the first one does and the others go on.
# What happens: The first host is rescued and goes on. The others are in no later task, no later play and no
# line of the recap; the status is 2, and the recap has `failed=0`. On 2.16 all hosts are rescued and go on,
# and the status is 0.
# Why it matters: `Call the API once for all hosts, and rescue` is a natural recipe for a role that talks to a
# service. Use a play of its own on localhost instead.
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

python3.12 -m venv core-2.16.19
core-2.16.19/bin/pip install --quiet --disable-pip-version-check ansible-core==2.16.19
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder
cat > play.yml << 'EOF'
- hosts: first,second,third
  gather_facts: false
  connection: local
  tasks:
    - block:
        - ansible.builtin.fail: {msg: once}
          run_once: true
      rescue:
        - ansible.builtin.debug: {msg: rescued}
- hosts: first,second,third
  gather_facts: false
  connection: local
  tasks:
    - ansible.builtin.debug: {msg: "second play"}
EOF
for version in 2.16.19 2.22.0rc1; do
    status=0
    "core-$version/bin/ansible-playbook" -i first,second,third, play.yml > output 2>&1 || status=$?
    printf '== ansible-core %s, status %s\n' "$version" "$status"; sed -n '/PLAY RECAP/,$p' output
    sed -i -n '/PLAY RECAP/,$p' output
    if [ "$version" = 2.16.19 ]; then
        [ "$status" = 0 ]; expect "third "
    else
        [ "$status" = 2 ]; reject "third "; reject "failed=1"
    fi
done
echo "As described."
