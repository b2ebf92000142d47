#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Prism: an enumeration that may be null turns off the checks of the whole request body.
#
# One would guess: `enum: [on, off, null]` with `nullable: true` allows null for this member, as OpenAPI 3.0
# demands.
# What happens: Prism accepts every body of that operation, also without required members and with wrong
# types, and logs nothing. Without null in the list it checks the body, and accepts null as well.
# Why it matters: Tests against such a mock prove nothing and stay green. Send one wrong body first, and
# expect 422.
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

printf '{"private": true}' > package.json
npm install --silent --no-audit --no-fund @stoplight/prism-cli@5.14.2 > /dev/null 2>&1
cat > make.py << 'EOF'
import json

for name, values in (("without", ["on", "off"]), ("with", ["on", "off", None])):
    state = {"type": "string", "enum": values, "nullable": True}
    properties = {"kind": {"type": "string", "enum": ["Slack", "Webhook"]}, "state": state}
    schema = {"type": "object", "required": ["kind"], "properties": properties}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    responses = {"201": {"description": "created"}, "422": {"description": "refused"}}
    paths = {"/things": {"post": {"requestBody": body, "responses": responses}}}
    document = {"openapi": "3.0.3", "info": {"title": "things", "version": "1"}, "paths": paths}
    with open(f"{name}.json", "w") as file:
        json.dump(document, file)
EOF
python3 make.py
echo "== Prism 5.14.2"
for name in without with; do
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    node_modules/.bin/prism mock -p "$port" "$name.json" > log 2>&1 &
    until curl --silent --output /dev/null "http://127.0.0.1:$port/"; do sleep 0.2; done
    for body in '{"kind": "Pigeon"}' '{}' '{"kind": "Slack", "state": null}'; do
        status=$(curl --silent --output /dev/null --write-out '%{http_code}' --json "$body" "http://127.0.0.1:$port/things")
        echo "$name null in the list: $body is answered $status" | tee -a output
    done
    kill %%; wait %% 2> /dev/null || true
done
expect 'without null in the list: {"kind": "Pigeon"} is answered 422'
expect 'without null in the list: {"kind": "Slack", "state": null} is answered 201'
expect 'with null in the list: {"kind": "Pigeon"} is answered 201'
expect 'with null in the list: {} is answered 201'
echo "As described."
