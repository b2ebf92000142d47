#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# junit2html: `--max-failures 1` is ignored when a page is written, and 0 means no limit.
#
# One would guess: `junit2html report.xml page.html --max-failures 1` fails if two tests failed.
# What happens: It ends with status 0. Only with `--summary-matrix` does the option have an effect, and there
# 0 is no limit.
# Why it matters: A gate in a pipeline never closes. Use the option with `--summary-matrix`, in a step of its
# own.
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
tools/bin/pip install --quiet --disable-pip-version-check junit2html==31.1.4
cat > report.xml << 'EOF'
<testsuites><testsuite name="routing" tests="2" failures="2"><testcase classname="c" name="one"><failure message="no">x</failure></testcase>
<testcase classname="c" name="two"><failure message="no">x</failure></testcase></testsuite></testsuites>
EOF
echo "== junit2html 31.1.4"
for options in "report.xml page.html --max-failures 1" "--summary-matrix report.xml --max-failures 1" "--summary-matrix report.xml --max-failures 0"; do
    status=0
    # shellcheck disable=SC2086
    tools/bin/junit2html $options > /dev/null 2>&1 || status=$?
    echo "$options: status $status" | tee -a output
done
expect "report.xml page.html --max-failures 1: status 0"
expect "--summary-matrix report.xml --max-failures 1: status 2"
expect "--summary-matrix report.xml --max-failures 0: status 0"
echo "As described."
