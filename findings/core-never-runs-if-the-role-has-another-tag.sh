#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: a role's `never` tasks run if the role was given a tag, and that tag is asked for.
#
# One would guess: A task with the tags `never` and `purge` runs only if one of these two is asked for.
# What happens: The task inherits the tag that the user of the role gives it, and that tag counts. With
# `--tags notify`, the task that purges runs.
# Why it matters: `never` protects nothing in a role that others use. A destructive task needs a variable as
# its guard.
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
mkdir -p roles/sync/tasks
cat > roles/sync/tasks/main.yml << 'EOF'
- ansible.builtin.debug: {msg: "sync runs"}
- ansible.builtin.debug: {msg: "purge runs"}
  tags: [never, purge]
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  roles:
    - role: sync
      tags: [notify]
EOF
for version in 2.16.19 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    reject "purge runs"
    "core-$version/bin/ansible-playbook" play.yml --tags notify > output 2>&1
    printf '== ansible-core %s, --tags notify\n' "$version"; grep '"msg"' output
    expect "purge runs"
done
echo "As described."
