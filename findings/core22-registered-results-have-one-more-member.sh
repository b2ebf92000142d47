#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: the registered result of every module has the member `ansible_parsed`.
#
# One would guess: A registered result has what the module returned, with `changed` and `failed`.
# What happens: On 2.22 it has `ansible_parsed: true` as well. Callbacks do not see it.
# Why it matters: Tests that compare a whole result, and loops over the members of one, find a member that no
# module returned.
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

python3.13 -m venv core-2.21.5
core-2.21.5/bin/pip install --quiet --disable-pip-version-check ansible-core==2.21.5
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.ping:
      register: result
    - ansible.builtin.debug: {msg: "members {{ result.keys() | sort | join(', ') }}"}
EOF
for version in 2.21.5 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    printf '== ansible-core %s\n' "$version"; grep '"msg"' output
    if [ "$version" = 2.21.5 ]; then expect "members changed, failed, ping"; else expect "members ansible_parsed, changed, failed, ping"; fi
done
echo "As described."
