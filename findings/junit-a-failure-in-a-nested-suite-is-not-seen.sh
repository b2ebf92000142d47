#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# JUnit: a reader passes a report in which a test of a nested suite failed.
#
# One would guess: A suite inside of a suite is read by every reader, because the format allows it.
# What happens: junit2html lists the outer suite only: the failure is in no page, and `--summary-matrix --max-
# failures 1`, which would count it, ends with status 0. junitparser sees it.
# Why it matters: A report can look green on one reader only. Write one suite for each subject, side by side.
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
tools/bin/pip install --quiet --disable-pip-version-check junit2html==31.1.4 junitparser==5.0.3
cat > report.xml << 'EOF'
<testsuites><testsuite name="organization" tests="2" failures="1"><testcase classname="integrations" name="ops-slack"/>
<testsuite name="subscriptions" tests="1" failures="1"><testcase classname="subscriptions" name="BILLING">
<failure message="drift">differs</failure></testcase></testsuite></testsuite></testsuites>
EOF
tools/bin/junit2html report.xml page.html
status=0
tools/bin/junit2html --summary-matrix report.xml --max-failures 1 > /dev/null || status=$?
echo "== junit2html 31.1.4: status $status, $(grep -c BILLING page.html || true) mentions of the failed test" | tee output
expect "status 0, 0 mentions"
status=0
tools/bin/junitparser verify report.xml > /dev/null || status=$?
echo "== junitparser 5.0.3: status $status" | tee output
expect "status 1"
echo "As described."
