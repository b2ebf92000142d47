#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# openapi-typescript: a YAML alias in place of a copy gives every kind of target the last kind.
#
# One would guess: Anchors and aliases are gone after parsing, so the types are the same.
# What happens: The generator writes the kind into the one schema that the aliases share. Written out, the
# three types have the kinds Webhook, Slack and MsTeams; with an alias, all three have MsTeams.
# Why it matters: Removing repetition from a document, without a change of its meaning, breaks the generated
# types without an error.
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

npm install --silent --no-fund --no-audit openapi-typescript@7.13.0 typescript@5.9.3 > /dev/null
cat > alias.yaml << 'EOF'
openapi: 3.0.3
info: {title: t, version: "1"}
paths: {}
components:
  schemas:
    Integration:
      type: object
      properties:
        target:
          oneOf: [{$ref: "#/components/schemas/Webhook"}, {$ref: "#/components/schemas/Slack"}, {$ref: "#/components/schemas/MsTeams"}]
          discriminator:
            propertyName: kind
            mapping: {Webhook: "#/components/schemas/Webhook", Slack: "#/components/schemas/Slack", MsTeams: "#/components/schemas/MsTeams"}
    Webhook: &target
      type: object
      required: [kind]
      properties: {kind: {type: string}}
    Slack: *target
    MsTeams: *target
EOF
sed 's/ &target//; s/\*target/{type: object, required: [kind], properties: {kind: {type: string}}}/' alias.yaml > plain.yaml
for name in plain alias; do
    npx openapi-typescript "$name.yaml" 2> /dev/null | grep -o 'kind: "[A-Za-z]*"' | tr '\n' ' ' > "$name"
    echo "$name: $(cat "$name")"
done
cp plain output; expect 'kind: "Webhook" kind: "Slack" kind: "MsTeams"'
cp alias output; expect 'kind: "MsTeams" kind: "MsTeams" kind: "MsTeams"'
echo "As described."
