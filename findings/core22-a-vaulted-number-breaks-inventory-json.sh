#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: one number in a vaulted file turns `ansible-inventory` into something that is not JSON.
#
# One would guess: Only the variable of the vaulted file is masked in what `ansible-inventory --host` prints,
# as a JSON text.
# What happens: The number is masked wherever its digits occur, inside other numbers too, and without quotes:
# `{"cluster_id": 1$REDACTED$, ...}` is no JSON. With `--output FILE` nothing is masked.
# Why it matters: Whatever parses the standard output of an Ansible program breaks, or reads other numbers.
# Let it write a file instead.
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
mkdir -p inventory/group_vars
printf 'all:\n  hosts:\n    example:\n      cluster_id: 13\n' > inventory/hosts.yml
printf 'retries: 3\n' > inventory/group_vars/all.yml
core-2.21.5/bin/ansible-vault encrypt --vault-password-file password inventory/group_vars/all.yml 2> /dev/null
for version in 2.21.5 2.22.0rc1; do
    "core-$version/bin/ansible-inventory" -i inventory/hosts.yml --vault-password-file password --host example > output
    printf '== ansible-core %s\n' "$version"; cat output
    if [ "$version" = 2.21.5 ]; then
        python3 -m json.tool < output > /dev/null
    else
        expect '1$REDACTED$'
        ! python3 -m json.tool < output > /dev/null 2>&1
        core-2.22.0rc1/bin/ansible-inventory -i inventory/hosts.yml --vault-password-file password --list --output list.json
        python3 -m json.tool < list.json > /dev/null
    fi
done
echo "As described."
