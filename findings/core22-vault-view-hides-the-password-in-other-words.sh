#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: `ansible-vault view` replaces the vault password wherever it occurs in the file, even
# inside words.
#
# One would guess: `view` prints the plain text, as `decrypt --output -` does.
# What happens: The password is registered as a secret and masked in the output, even into a pipe. With the
# password `test`, `latest` becomes `la$REDACTED$`. The command exits 0. `decrypt --output -` prints the
# original.
# Why it matters: `ansible-vault view secrets.yml > .env` passes on wrong values, mostly in test setups, where
# passwords are short words. Use `decrypt --output -`.
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

echo test > password
printf 'channel: latest\nmode: fastest\n' > plain.yml
for version in 2.21.5 2.22.0rc1; do
    "core-$version/bin/ansible-vault" encrypt --vault-password-file password --output secrets.yml plain.yml 2> /dev/null
    "core-$version/bin/ansible-vault" view --vault-password-file password secrets.yml > output
    "core-$version/bin/ansible-vault" decrypt --vault-password-file password --output - secrets.yml > decrypted 2> /dev/null
    echo "== ansible-core $version, view:"; cat output
    cmp -s decrypted plain.yml || { echo "CHANGED: decrypt does not print the original"; exit 1; }
    if [ "$version" = 2.21.5 ]; then expect "channel: latest"; else expect 'channel: la$REDACTED$'; expect 'mode: fas$REDACTED$'; fi
done
echo "As described."
