#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# sarif-tools: `sarif --check error diff` passes a new error with a known text, and fails if the text of an
# old error changes.
#
# One would guess: As its help says, it fails if the number of errors rises, and only then.
# What happens: Pairs of rule and text are counted, not issues. A third file with the error that two files had
# is shown as `2 -> 3 (+1)`, below `+0 +0`, and the command exits 0. If one of two errors is fixed and the
# text of the other one changes, it exits 1. The texts of ansible-lint are the same for all files.
# Why it matters: A step for `no new findings` lets every further violation of a known rule pass. Compare the
# numbers of results instead.
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

python3.12 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check sarif-tools==3.0.5 ansible-core==2.21.5 ansible-lint==26.10.1

export PATH="$folder/tools/bin:$PATH" HOME=$folder
for name in dev test prod; do printf -- '---\n- name: route for %s\n  hosts: localhost\n  tasks: []\n' $name > $name.yml; done
git init -q .
ansible-lint --offline -q --sarif-file before.sarif dev.yml test.yml > /dev/null 2>&1 || true
ansible-lint --offline -q --sarif-file after.sarif dev.yml test.yml prod.yml > /dev/null 2>&1 || true
python - << 'EOF'
import json

report = json.load(open("before.sarif"))
results = report["runs"][0]["results"]
del results[1]
results[0]["message"]["text"] += " Really."
json.dump(report, open("fixed.sarif", "w"))
EOF
echo "== sarif-tools 3.0.5, ansible-lint 26.10.1"
{
    status=0; sarif --check error diff before.sarif after.sarif 2>&1 || status=$?; echo "one more error: status $status"
    status=0; sarif --check error diff before.sarif fixed.sarif 2>&1 || status=$?; echo "one error less: status $status"
} | tee output
expect "error level: +0 +0"; expect "Number of occurrences 2 -> 3 (+1)"; expect "one more error: status 0"
expect "one error less: status 1"
echo "As described."
