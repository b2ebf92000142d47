#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# JMESPath: if `deletes` is missing, `deletes < 5` is true in the JavaScript library and null in the Python
# library.
#
# One would guess: One specification and one set of compliance tests give one answer.
# What happens: The same holds for null. For the string `"10"`, `deletes > 5` is true in JavaScript and a
# TypeError in Python. `sort` in JavaScript orders numbers as strings: the last of 10, 9 and 2 is 9.
# Why it matters: A plan without the key passes in an action that is written in JavaScript, and is held back
# in Python. Test first that the key is there.
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
tools/bin/pip install --quiet --disable-pip-version-check jmespath==1.1.0

npm install --silent --no-fund --no-audit jmespath@0.16.0 > /dev/null
cat > cases.json << 'EOF'
[["deletes < `5`", {}], ["deletes < `5`", {"deletes": null}], ["deletes > `5`", {"deletes": "10"}], ["sort(deletes)[-1]", {"deletes": [10, 9, 2]}]]
EOF
cat > run.py << 'EOF'
import json

import jmespath

for number, (expression, data) in enumerate(json.load(open("cases.json"))):
    try:
        print(f"case {number}, Python: {json.dumps(jmespath.search(expression, data))}")
    except TypeError:
        print(f"case {number}, Python: TypeError")
EOF
echo "== jmespath 1.1.0 (Python), 0.16.0 (JavaScript)"
{
    cat cases.json
    tools/bin/python run.py
    node -e 'const j = require("jmespath")
require("./cases.json").forEach(([e, data], n) => console.log(`case ${n}, JavaScript: ${JSON.stringify(j.search(data, e))}`))'
} | tee output
number=0
for answer in null:true null:true TypeError:true 10:9; do
    expect "case $number, Python: ${answer%:*}"; expect "case $number, JavaScript: ${answer#*:}"; number=$((number + 1))
done
echo "As described."
