#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# dictdiffer: two integers above 4.5e15 can count as equal although their last digits differ.
#
# One would guess: Integers are compared exactly. The tolerance is documented for two floating-point numbers.
# What happens: Integers are compared with the same tolerance: 4503599627370495 and 4503599627370496 do not
# differ. With `tolerance=0` only what differs as a floating-point number is found. deepdiff and jsonpatch
# find every difference.
# Why it matters: A comparison of two states says that nothing changes when a target gets another numeric ID,
# or a deadline in nanoseconds moves. Compare IDs as strings.
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
tools/bin/pip install --quiet --disable-pip-version-check dictdiffer==0.10.0 deepdiff==9.1.0 jsonpatch==1.48

cat > run.py << 'EOF'
import dictdiffer
import jsonpatch
from deepdiff import DeepDiff

before = {"channel": 1234567890123456781, "deadline": 1760000000000000000}
after = {"channel": 1234567890123456799, "deadline": 1760000000000000300}
print("dictdiffer:", list(dictdiffer.diff(before, after)))
print("dictdiffer, tolerance=0:", [found[1] for found in dictdiffer.diff(before, after, tolerance=0)])
print("deepdiff:", len(DeepDiff(before, after).affected_paths))
print("jsonpatch:", [operation["path"] for operation in jsonpatch.make_patch(before, after)])
print("the smallest:", list(dictdiffer.diff({"n": 4503599627370495}, {"n": 4503599627370496})))
EOF
echo "== dictdiffer 0.10.0, deepdiff 9.1.0, jsonpatch 1.48"
tools/bin/python run.py | tee output
expect "dictdiffer: []"; expect "dictdiffer, tolerance=0: ['deadline']"; expect "deepdiff: 2"
expect "jsonpatch: ['/channel', '/deadline']"; expect "the smallest: []"
echo "As described."
