#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# JMESPath: `!spec.enabled` is `(!spec).enabled`, which is always null.
#
# One would guess: `rules[?!spec.enabled]` finds the rules that are off, as `rules[?!enabled]` does.
# What happens: The exclamation mark binds before the dot and before a filter, in the libraries for Python and
# JavaScript. So the first expression finds nothing in any data, and `!rules[?name=='x']` is null whether
# there are such rules or not. Parentheses help: `!(spec.enabled)`.
# Why it matters: A check for whatever is switched off is green forever. Ansible's `json_query` uses this
# language too.
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
cat > run.py << 'EOF'
import json

import jmespath

PLAN = {"rules": [{"name": "pager", "spec": {"enabled": False}}, {"name": "chat", "spec": {"enabled": True}}]}
json.dump(PLAN, open("plan.json", "w"))
for expression in ("rules[?!spec.enabled].name", "rules[?!(spec.enabled)].name", "!rules[?name=='nobody']", "!rules[?name=='pager']", "!(rules[?name=='nobody'])"):
    print("Python", expression, json.dumps(jmespath.search(expression, PLAN)))
EOF
echo "== jmespath 1.1.0 (Python), 0.16.0 (JavaScript)"
{
    tools/bin/python run.py
    node -e 'const j = require("jmespath"), plan = require("./plan.json")
for (const e of ["rules[?!spec.enabled].name", "rules[?!(spec.enabled)].name", "!rules[?name==`nobody`]", "!rules[?name==`pager`]"]) console.log("JavaScript", e, JSON.stringify(j.search(plan, e)))'
} | tee output
for language in Python JavaScript; do
    expect "$language rules[?!spec.enabled].name []"; expect "$language rules[?!(spec.enabled)].name [\"pager\"]"
done
expect "Python !rules[?name=='nobody'] null"; expect "Python !rules[?name=='pager'] null"
expect 'JavaScript !rules[?name==`nobody`] null'; expect 'JavaScript !rules[?name==`pager`] null'
expect "Python !(rules[?name=='nobody']) true"
echo "As described."
