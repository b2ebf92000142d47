#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: a word in a vaulted file decides whether the screen shows a change.
#
# One would guess: Masking secrets may garble a text on the screen, but whether a task is shown as changed,
# and with its diff, stays as it is.
# What happens: Every text of a vaulted file is a secret, and the keys of a result are masked before the
# callback reads them. With the values `changed` and `diff` in a vaulted file, the callback no longer finds
# the members of these names: a task that changed a file is shown as `ok`, without its diff. Registered
# results and the file are right. Up to 2.21 nothing is hidden.
# Why it matters: `ok` on the screen no longer proves that nothing changed. Keep only secrets in a vaulted
# file, and modes, names and flags in another one.
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
echo "a long vault password" > password
printf 'notify_when: changed\nreport_mode: diff\n' > vaulted.yml
core-2.21.5/bin/ansible-vault encrypt --vault-password-file password vaulted.yml 2> /dev/null
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.copy: {content: "new\n", dest: ./target, mode: "0600"}
      register: copied
    - ansible.builtin.assert: {that: copied.changed, quiet: true}
EOF
for version in 2.21.5 2.22.0rc1; do
    echo old > target
    "core-$version/bin/ansible-playbook" play.yml --diff -e @vaulted.yml --vault-password-file password > output 2>&1
    printf '== ansible-core %s\n' "$version"; grep -A8 "ansible.builtin.copy" output
    if [ "$version" = 2.21.5 ]; then expect "changed: [localhost]"; expect "+new"; else reject "changed: [localhost]"; reject "+new"; fi
    grep -q new target
done
echo "As described."
