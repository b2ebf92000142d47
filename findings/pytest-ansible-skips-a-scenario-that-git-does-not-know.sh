#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pytest-ansible: a test with `molecule_scenario` is skipped, with status 0, if Git does not know the scenario.
#
# One would guess: The fixture is parametrized with the scenarios in the folder, as `molecule list` shows
# them.
# What happens: It asks `git ls-files`. A new scenario that was not added yet, an export of the repository and
# a container without git have none, and the test counts as skipped.
# Why it matters: A pipeline that tests an archive is green and has tested nothing. Count the tests that ran.
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
tools/bin/pip install --quiet --disable-pip-version-check pytest-ansible==26.10.0 pytest==9.1.1 ansible-core==2.21.5
export PATH="$folder/tools/bin:$PATH" HOME=$folder ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false

tools/bin/pip install --quiet --disable-pip-version-check molecule==26.10.0
mkdir -p repository/molecule/default
cd repository
printf 'driver: {name: default}\nplatforms: [{name: localhost}]\n' > molecule/default/molecule.yml
printf 'def test_scenario(molecule_scenario):\n    print("scenario:", molecule_scenario.name)\n' > test_scenario.py
git init --quiet
echo "== pytest-ansible 26.10.0"
for step in untracked added; do
    [ $step = untracked ] || git add molecule
    status=0
    pytest -q -s -p no:cacheprovider test_scenario.py > log 2>&1 || status=$?
    echo "$step: status $status, $(grep -oE '[0-9]+ (passed|skipped)' log | tail -1)" | tee output
    if [ $step = untracked ]; then expect "status 0, 1 skipped"; else expect "status 0, 1 passed"; fi
done
echo "As described."
