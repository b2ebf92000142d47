#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: `cmd` in the result of a failed module is a list, and no longer a string.
#
# One would guess: A module whose command failed, such as `git`, returns the command line as a string, as it
# always did.
# What happens: A module that calls `run_command` with a list and `check_rc` returns that list. `'ls-remote
# origin' in result.cmd` becomes false without an error, `result.cmd.split()` becomes an error, and `length`
# counts words.
# Why it matters: A condition in `rescue` or `failed_when` that recognizes a failure by its command stops
# matching, and nobody notices before something fails. Use `[result.cmd] | flatten | join(' ')`, which works
# for both.
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

python3.12 -m venv core-2.21.5
core-2.21.5/bin/pip install --quiet --disable-pip-version-check ansible-core==2.21.5
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

mkdir library
cat > library/check.py << 'EOF'
from ansible.module_utils.basic import AnsibleModule

AnsibleModule(argument_spec={}).run_command(["false", "ls-remote", "origin"], check_rc=True)
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}"}
  tasks:
    - {check: , register: result, ignore_errors: true}
    - debug: {msg: "recognized {{ 'ls-remote origin' in result.cmd }}, length {{ result.cmd | length }}, joined {{ [result.cmd] | flatten | join(' ') }}"}
EOF
for version in 2.21.5 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    echo "== ansible-core $version"; grep '"msg": "recognized' output
    expect "joined false ls-remote origin"
    if [ "$version" = 2.21.5 ]; then expect "recognized True, length 22"; else expect "recognized False, length 3"; fi
done
echo "As described."
