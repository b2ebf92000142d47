#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check-jsonschema: it checks other values than those that Ansible reads from the same file.
#
# One would guess: A file that the schema accepts has the types of the schema when Ansible reads it.
# What happens: It reads YAML 1.2, and Ansible reads YAML 1.1. `kind: no` and `12:30` pass as texts, and are
# false and 750 for Ansible; `enabled: yes` and `0777` are refused, and are right for Ansible.
# Why it matters: The check is green over the mistakes that it should find. Quote such values, whatever the
# check says.
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
tools/bin/pip install --quiet --disable-pip-version-check check-jsonschema==0.39.0 PyYAML==6.0.3
cat > schema.json << 'EOF'
{"properties": {"enabled": {"type": "boolean"}, "kind": {"type": "string"}, "window": {"type": "string"}}}
EOF
check() {
    printf '%s\n' "$1" > file.yml
    status=0
    tools/bin/check-jsonschema --schemafile schema.json file.yml > /dev/null || status=$?
    read=$(tools/bin/python -c 'import sys, yaml; print(yaml.safe_load(open("file.yml")))')
    echo "$1: check-jsonschema 0.39.0 status $status, PyYAML 6.0.3 reads $read" | tee -a output
}
check "kind: no"; check "window: 12:30"; check "enabled: yes"
expect "kind: no: check-jsonschema 0.39.0 status 0, PyYAML 6.0.3 reads {'kind': False}"
expect "window: 12:30: check-jsonschema 0.39.0 status 0, PyYAML 6.0.3 reads {'window': 750}"
expect "enabled: yes: check-jsonschema 0.39.0 status 1, PyYAML 6.0.3 reads {'enabled': True}"
echo "As described."
