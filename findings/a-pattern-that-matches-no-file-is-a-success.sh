#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ajv, junitparser and junit-report-merger exit 0 if a pattern matches no file.
#
# One would guess: A check of `orgs/*.json` fails, or says that there is nothing to check.
# What happens: `ajv validate -d 'orgs/*.json'` and `junitparser verify --glob` exit 0 and print nothing at
# all, and junit-report-merger writes a report without tests. With the name of a missing file, ajv and
# junitparser fail. check-jsonschema fails for the pattern.
# Why it matters: Rename a folder, and the check is green forever. Test that the pattern matches before it is
# used.
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
tools/bin/pip install --quiet --disable-pip-version-check junitparser==5.0.3 check-jsonschema==0.39.0

npm install --silent --no-fund --no-audit ajv-cli@5.0.0 junit-report-merger@9.0.4 > /dev/null
mkdir reports
echo '{"type": "object", "required": ["name"]}' > schema.json
run() {
    status=0
    "$@" > log 2>&1 || status=$?
    echo "status $status, $(wc -c < log) bytes: ${*##*/}"
}
echo "== ajv-cli 5.0.0, junitparser 5.0.3, junit-report-merger 9.0.4, check-jsonschema 0.39.0"
{
    run npx ajv validate -s schema.json -d 'orgs/*.json'
    run npx ajv validate -s schema.json -d orgs/prod.json
    run tools/bin/junitparser verify --glob 'reports/*.xml'
    run tools/bin/junitparser verify reports/prod.xml
    run npx junit-report-merger all.xml 'reports/*.xml'
    run tools/bin/check-jsonschema --schemafile schema.json 'orgs/*.json'
} | tee output
expect "status 0, 0 bytes: npx ajv validate -s schema.json -d *.json"
grep -q "^status 2.*prod.json" output || { echo "CHANGED: ajv"; exit 1; }
grep -q "^status 1.*prod.xml" output || { echo "CHANGED: junitparser"; exit 1; }
! grep -q "<testcase" all.xml || { echo "CHANGED: the report has tests"; exit 1; }
expect "status 0, 0 bytes: junitparser verify --glob *.xml"
grep -q "^status 0.*junit-report-merger" output || { echo "CHANGED: junit-report-merger"; exit 1; }
grep -q "^status 1.*check-jsonschema" output || { echo "CHANGED: check-jsonschema"; exit 1; }
echo "As described."
