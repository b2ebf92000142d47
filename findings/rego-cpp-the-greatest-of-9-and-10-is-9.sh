#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# regopy (rego-cpp): `max([9, 10])` is 9, and `"7" < 5` is true.
#
# One would guess: `max` and `sort` order numbers by their value, and strings rank above numbers, as in OPA.
# What happens: Both compare the digits: the greatest of 9 and 10 is 9, and sorted they are `[10, 9]`. The
# string `"7"` is less than 5. regorus, another engine for the same language, says 10, `[9, 10]` and
# undefined.
# Why it matters: A rule about the greatest of several counts is evaluated for another count. Compare each
# number by itself.
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
tools/bin/pip install --quiet --disable-pip-version-check regopy==1.5.2 hobofan-regorus==0.2.5

cat > run.py << 'EOF'
import json

import hobofan_regorus as regorus
import regopy

POLICY = """package gate
import rego.v1
most := max([n | some n in input.deletes])
order := sort([n | some n in input.deletes])
few if input.limit < 5
"""
PLAN = {"deletes": [9, 10], "limit": "7"}
for rule in ("most", "order", "few"):
    first = regopy.Interpreter()
    first.add_module("gate", POLICY)
    first.set_input(PLAN)
    found = str(first.query(f"data.gate.{rule}"))
    one = found if found == "undefined" else json.loads(found)["expressions"][0]
    second = regorus.Engine()
    second.add_policy("gate.rego", POLICY)
    second.set_input_json(json.dumps(PLAN))
    found = second.eval_query(f"data.gate.{rule}")["result"]
    two = found[0]["expressions"][0]["value"] if found else "undefined"
    print(f"{rule}: rego-cpp {one}, regorus {two}")
EOF
echo "== regopy 1.5.2, regorus 0.2.5"
tools/bin/python run.py | tee output
expect "most: rego-cpp 9, regorus 10"; expect "order: rego-cpp [10, 9], regorus [9"; expect "few: rego-cpp True, regorus undefined"
echo "As described."
