#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: `set_stats` of several hosts joins texts and counts truth values.
#
# One would guess: The value of the last host stays, or there is one for each host.
# What happens: By default everything is added: three hosts that each set `cluster: lkc-1` and `applied: true`
# hand on `lkc-1lkc-1lkc-1` and 3. With one host nobody notices.
# Why it matters: The next job of a workflow gets an ID that does not exist. Use a mapping by host, or
# `aggregate: false`.
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

printf '[all]\na\nb\nc\n[all:vars]\nansible_connection=local\n' > inventory
cat > play.yml << 'EOF'
- hosts: all
  gather_facts: false
  tasks: [{set_stats: {data: {cluster: lkc-1, applied: true}}}]
EOF
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    ANSIBLE_SHOW_CUSTOM_STATS=1 "core-$version/bin/ansible-playbook" -i inventory play.yml 2> /dev/null | grep RUN | tee output
    expect '"applied": 3'; expect '"cluster": "lkc-1lkc-1lkc-1"'
done
echo "As described."
