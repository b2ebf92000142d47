#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# yq (the Python package): setting one key turns vaulted values into plain texts.
#
# One would guess: `yq -y -i '.added = 1'` leaves everything else as it is.
# What happens: The tag `!vault` is gone, so Ansible uses the encrypted text itself as the value. With `-Y`
# the tag stays, but `yes` becomes a text and a number of 20 digits is rounded.
# Why it matters: The next run writes a webhook URL that begins with $ANSIBLE_VAULT. Edit such files with a
# tool that keeps tags.
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

python3.12 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check yq==4.4.5 PyYAML==6.0.3
export PATH="$folder/tools/bin:$PATH"
echo "== yq 4.4.5, $(jq --version)"
printf 'notify: yes\nid: 12345678901234567890\nurl: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n' > variables.yml
cp variables.yml small.yml; cp variables.yml large.yml
yq -y -i '.added = 1' small.yml; yq -Y -i '.added = 1' large.yml
echo "-y:"; tee output < small.yml
reject '!vault'; expect 'ANSIBLE_VAULT'
echo "-Y:"; tee output < large.yml
expect '!vault'; reject '12345678901234567890'
echo "As described."
