#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# OpenAPI: two generators ignore `style: deepObject`, and one overwrites another parameter.
#
# One would guess: `filter` with the property `org` is sent as `filter[org]=prod`, as the style says, or the
# generator fails.
# What happens: openapi-generator sends the object as JSON, `filter={"org": ...}`. openapi-python-client sends
# its properties as parameters of their own, `org=prod`, and a property `severity` replaces the parameter
# `severity`.
# Why it matters: A server that follows the document sees no filter: the rules of one organization become
# those of all. Test what a generated client sends.
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
tools/bin/pip install --quiet --disable-pip-version-check openapi-generator-cli==7.26.0 pydantic==2.14.4 python-dateutil==2.9.0.post0 urllib3==2.8.0 openapi-python-client==0.29.1 httpx==0.28.1

export PATH="$folder/tools/bin:$PATH"
cat > api.yaml << 'EOF'
openapi: 3.0.3
info: {title: Notify, version: "1"}
paths:
  /rules:
    get:
      operationId: listRules
      tags: [rules]
      parameters:
        - {name: severity, in: query, schema: {type: string}}
        - {name: filter, in: query, style: deepObject, explode: true, schema: {type: object, properties: {org: {type: string}, severity: {type: string}}}}
      responses: {"200": {description: ok}}
EOF
echo "== openapi-generator 7.26.0 (needs Java 11), openapi-python-client 0.29.1"
openapi-generator-cli generate -i api.yaml -g python -o one > log 2>&1 || { cat log; exit 1; }
openapi-python-client generate --path api.yaml --output-path two --meta none > log 2>&1 || true
cat > run.py << 'EOF'
import sys
from urllib.parse import unquote, urlsplit

sys.path[:0] = ["one", "."]
import httpx
from openapi_client import ApiClient, Configuration, RulesApi
from openapi_client.models import ListRulesFilterParameter
from two.api.rules.list_rules import _get_kwargs
from two.models import ListRulesFilter

api = RulesApi(ApiClient(Configuration(host="http://api.test")))
wanted = {"org": "prod", "severity": "high"}
private = {"_request_auth": None, "_content_type": None, "_headers": None, "_host_index": 0}
url = api._list_rules_serialize(severity="low", filter=ListRulesFilterParameter(**wanted), **private)[1]
print("openapi-generator:", unquote(urlsplit(url).query))
request = httpx.Client(base_url="http://api.test").build_request(**_get_kwargs(severity="low", filter_=ListRulesFilter(**wanted)))
print("openapi-python-client:", unquote(urlsplit(str(request.url)).query))
EOF
python run.py | tee output
expect 'openapi-generator: severity=low&filter={"org": "prod", "severity": "high"}'
expect "openapi-python-client: severity=high&org=prod"
echo "As described."
