#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenAPI: a read-only member that is sent back passes one checker untested, and can never pass another.
#
# One would guess: Both ignore it, or both check its type.
# What happens: openapi-core refuses a body with the right ID (`Tried to write read-only property`), and does
# not raise: the body of its result is None. Prism answers 201 even if the ID is a number where a text is
# published.
# Why it matters: Get, edit, put works against one mock and fails against another, whatever the service does.
# Send only what is writable.
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
tools/bin/pip install --quiet --disable-pip-version-check openapi-core==0.23.1 PyYAML==6.0.4
npm install --silent --no-fund --no-audit @stoplight/prism-cli@5.14.2 > /dev/null 2>&1
cat > api.yaml << 'EOF'
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /integrations:
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Integration"}}}}
      responses: {"201": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Integration"}}}}}
components:
  schemas:
    Integration:
      type: object
      required: [display_name]
      properties: {id: {type: string, readOnly: true}, display_name: {type: string}}
EOF
cat > core.py << 'EOF'
import json

import yaml
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest

api = OpenAPI.from_dict(yaml.safe_load(open("api.yaml")))
body = json.dumps({"id": "i-1", "display_name": "ops"}).encode()
result = api.unmarshal_request(
    MockRequest("http://localhost", "post", "/integrations", data=body, content_type="application/json")
)
print("openapi-core", result.body, result.errors[0].__cause__.schema_errors[0].message)
EOF
tools/bin/python core.py > output 2> /dev/null
npx prism mock -p 40217 api.yaml > prism.log 2>&1 &
prism=$!
trap 'kill "$prism" 2> /dev/null; rm -rf "$folder"' EXIT
until curl --silent --output /dev/null http://127.0.0.1:40217/; do kill -0 "$prism"; done
curl --silent --output /dev/null --write-out 'Prism %{http_code}\n' --json '{"id": 5, "display_name": "ops"}' \
    http://127.0.0.1:40217/integrations >> output
echo "== openapi-core 0.23.1, Prism 5.14.2"; cat output
expect "openapi-core None Tried to write read-only property"
expect "Prism 201"
echo "As described."
