#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenAPI: Python clients of openapi-generator and openapi-python-client send the default of each unset
# property in a PATCH.
#
# One would guess: A partial update sends what was set, and an object that is read and written again is what
# was read.
# What happens: With `default: true` for `enabled` in the document, both generators send `enabled: true` with
# a new name. openapi-generator also adds it to an object that it read without it.
# Why it matters: Renaming a rule that was switched off switches it on. Give the schema of a PATCH no
# defaults, or send the JSON yourself.
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
tools/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0 pydantic==2.14.4 python-dateutil==2.9.0.post0 urllib3==2.8.0 openapi-python-client==0.29.1

export PATH="$folder/tools/bin:$PATH"
cat > api.yaml << 'EOF'
openapi: 3.0.3
info: {title: Notify, version: "1"}
paths:
  /rules/{id}:
    patch:
      operationId: patchRule
      tags: [rules]
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: "#/components/schemas/Rule"}}}}
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Rule"}}}}}
components:
  schemas:
    Rule:
      type: object
      properties: {name: {type: string}, enabled: {type: boolean, default: true}}
EOF
echo "== openapi-generator 7.26.0 (needs Java 11), openapi-python-client 0.29.1"
openapi-generator-cli generate -i api.yaml -g python -o one > log 2>&1 || { cat log; exit 1; }
openapi-python-client generate --path api.yaml --output-path two --meta none > log 2>&1 || true
cat > run.py << 'EOF'
import sys

sys.path[:0] = ["one", "."]
from openapi_client import ApiClient, Configuration, Rule, RulesApi
from two.models import Rule as Two

api = RulesApi(ApiClient(Configuration(host="http://api.test")))
private = {"_request_auth": None, "_content_type": None, "_headers": None, "_host_index": 0}
print("openapi-generator sends:", api._patch_rule_serialize(id="1", rule=Rule(name="pager"), **private)[3])
print("openapi-generator, read and written:", Rule.from_dict({"name": "pager"}).to_dict())
print("openapi-python-client sends:", Two(name="pager").to_dict())
print("openapi-python-client, read and written:", Two.from_dict({"name": "pager"}).to_dict())
EOF
python run.py | tee output
both="{'name': 'pager', 'enabled': True}"
expect "openapi-generator sends: $both"; expect "openapi-generator, read and written: $both"
expect "openapi-python-client sends: $both"; expect "openapi-python-client, read and written: {'name': 'pager'}"
echo "As described."
