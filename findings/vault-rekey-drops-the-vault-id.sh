#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-vault: `rekey` with a new password file removes the vault ID from the file.
#
# One would guess: `rekey --vault-id prod@old --new-vault-password-file new` changes the password and keeps
# the label prod.
# What happens: The header changes from `1.2;AES256;prod` to `1.1;AES256`. With ANSIBLE_VAULT_ID_MATCH the
# file then cannot be decrypted, with the right password. `--new-vault-id prod@new` keeps the label.
# Why it matters: A rotation of passwords locks out those who match IDs. Rotate with `--new-vault-id`.
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

python3.13 -m venv core
core/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export PATH="$folder/core/bin:$PATH" HOME=$folder ANSIBLE_NOCOLOR=true
echo "an old vault password" > old; echo "a new vault password" > new
echo "== ansible-core 2.22.0rc1"
for option in "--new-vault-password-file new" "--new-vault-id prod@new"; do
    echo "retries: 3" > variables.yml
    ansible-vault encrypt --vault-id prod@old variables.yml 2> /dev/null
    # shellcheck disable=SC2086
    ansible-vault rekey --vault-id prod@old $option variables.yml 2> /dev/null
    status=0
    ANSIBLE_VAULT_ID_MATCH=true ansible-vault view --vault-id prod@new variables.yml > /dev/null 2>&1 || status=$?
    echo "$option: $(head -1 variables.yml), status $status" | tee -a output
done
expect "--new-vault-password-file new: \$ANSIBLE_VAULT;1.1;AES256, status 1"
expect "--new-vault-id prod@new: \$ANSIBLE_VAULT;1.2;AES256;prod, status 0"
echo "As described."
