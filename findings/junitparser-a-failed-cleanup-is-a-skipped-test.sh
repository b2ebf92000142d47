#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pytest and junitparser: `junitparser verify` passes the report of a run that failed.
#
# One would guess: If pytest exits 1, the check of its report fails.
# What happens: If the last test of a module is skipped and the cleanup of the module fails, pytest writes
# `skipped` and `error` into one test case, and subtests write `failure` and `skipped`. `verify` treats a case
# with `skipped` as harmless and exits 0. allure-pytest says skipped as well.
# Why it matters: `What the test created was left behind` is red in the job, and green in the gate that reads
# the report. Use the exit status of pytest.
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
tools/bin/pip install --quiet --disable-pip-version-check pytest==9.2.0 junitparser==5.0.3 allure-pytest==2.16.2 junit2html==31.1.4

cat > test_cleanup.py << 'EOF'
import pytest


@pytest.fixture(scope="module", autouse=True)
def organization():
    yield
    raise RuntimeError("what the test created was left behind")


def test_routes():
    pass


def test_relay():
    pytest.skip("no relay here")
EOF
cat > test_subtests.py << 'EOF'
import pytest


def test_organizations(subtests):
    for name in ("dev", "prod"):
        with subtests.test(name=name):
            assert name != "prod"
    pytest.skip("the rest needs a relay")
EOF
echo "== pytest 9.2.0, junitparser 5.0.3, allure-pytest 2.16.2, junit2html 31.1.4"
for name in cleanup subtests; do
    status=0; tools/bin/pytest -q -p no:cacheprovider --junitxml=$name.xml --alluredir=allure-$name test_$name.py > log || status=$?
    verified=0; tools/bin/junitparser verify $name.xml || verified=$?
    matrix=$(tools/bin/junit2html $name.xml --summary-matrix | grep -E "^ *(Failed|Skipped) " | xargs)
    echo "$name: pytest status $status, junitparser verify status $verified, junit2html $matrix"
done | tee output
grep -ho '"name": "test_relay"[^}]*"status": "[a-z]*"' allure-cleanup/*-result.json | grep -o '"status.*' | tee -a output
expect "cleanup: pytest status 1, junitparser verify status 0"
expect "subtests: pytest status 1, junitparser verify status 0"
expect '"status": "skipped"'
echo "As described."
