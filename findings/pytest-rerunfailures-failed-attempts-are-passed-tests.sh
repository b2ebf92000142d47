#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pytest-rerunfailures: in the JUnit report, each attempt that failed and was repeated is a test that passed.
#
# One would guess: One test that failed five times is one failure in every report.
# What happens: The report has one test case for each attempt, and all but the last are empty, so readers
# count four passed tests and a failed one, below `tests="1"`. The page of pytest-html counts 14 reruns for 4.
# Why it matters: The share of tests that pass rises with each attempt that fails, and a test that often fails
# cannot be found in the report.
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
tools/bin/pip install --quiet --disable-pip-version-check pytest==9.2.0 pytest-rerunfailures==16.7 pytest-html==4.2.0 junitparser==5.0.3

cat > test_route.py << 'EOF'
import pytest


@pytest.mark.flaky(reruns=4)
def test_route():
    assert False, "no route for prod"
EOF
echo "== pytest 9.2.0, pytest-rerunfailures 16.7, pytest-html 4.2.0, junitparser 5.0.3"
tools/bin/pytest -q -p no:cacheprovider --junitxml=report.xml --html=page.html --self-contained-html test_route.py > log || true
{
    tail -1 log | sed 's/ in .*//'
    grep -o '<testsuite [^>]*tests="[0-9]*"' report.xml
    tools/bin/python -c '
from junitparser import JUnitXml
cases = [case for suite in JUnitXml.fromfile("report.xml") for case in suite]
print("junitparser:", sum(case.is_passed for case in cases), "passed of", len(cases))'
    echo "pytest-html: $(grep -oE '[0-9]+ (Failed|Reruns)' page.html | xargs)"
} | tee output
expect "1 failed, 4 rerun"; expect 'tests="1"'; expect "junitparser: 4 passed of 5"; expect "14 Reruns"
echo "As described."
