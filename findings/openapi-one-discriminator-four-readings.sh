#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenAPI: a discriminator with a mapping, over targets of one shape, is read differently by each tool.
#
# One would guess: The mapping decides which schema a target has; that is what it is for.
# What happens: For a target of the kind Slack, openapi-python-client makes an object of the class Webhook
# (the first schema that fits), datamodel-code-generator makes one of the right class, and openapi-core
# accepts it.
# Why it matters: A generated client may send on what it reads under another kind, without an error. Give each
# kind an enumeration with one value, or do not rely on the class.
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
tools/bin/pip install --quiet --disable-pip-version-check openapi-python-client==0.29.1 datamodel-code-generator==0.89.0 PyYAML==6.0.4
cat > api.yaml << 'EOF'
openapi: 3.0.3
info: {title: t, version: "1"}
paths:
  /integrations:
    get:
      responses: {"200": {description: ok, content: {application/json: {schema: {$ref: "#/components/schemas/Integration"}}}}}
components:
  schemas:
    Integration:
      type: object
      required: [target]
      properties:
        target:
          oneOf: [{$ref: "#/components/schemas/Webhook"}, {$ref: "#/components/schemas/Slack"}]
          discriminator:
            propertyName: kind
            mapping: {Webhook: "#/components/schemas/Webhook", Slack: "#/components/schemas/Slack"}
    Webhook:
      type: object
      required: [kind, webhook_url]
      properties: {kind: {type: string}, webhook_url: {type: string, format: uri}}
    Slack:
      type: object
      required: [kind, webhook_url]
      properties: {kind: {type: string}, webhook_url: {type: string, format: uri}}
EOF
tools/bin/openapi-python-client generate --path api.yaml --output-path client --meta none > /dev/null 2>&1
tools/bin/datamodel-codegen --input api.yaml --input-file-type openapi --output models.py --output-model-type pydantic_v2.BaseModel > /dev/null 2>&1
tools/bin/python - > output << 'EOF'
from client.models import Integration

from models import Integration as Model

target = {"kind": "Slack", "webhook_url": "https://hooks.example.com/x"}
read = Integration.from_dict({"target": dict(target)})
print("openapi-python-client", type(read.target).__name__, read.target.kind)
print("datamodel-code-generator", type(Model(target=target).target).__name__)
EOF
echo "== openapi-python-client 0.29.1, datamodel-code-generator 0.89.0"; cat output
expect "openapi-python-client Webhook Slack"
expect "datamodel-code-generator Slack"
echo "As described."
