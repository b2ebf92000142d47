#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pagerduty: if the payload has `custom_details`, the details of one alert appear in all later alerts that use
# that payload.
#
# One would guess: `payload` is a template, and `custom_details` counts for one call. The documentation says
# that it overrides the property of the payload.
# What happens: The details are merged into the caller's own mapping, which keeps them. The next alert with
# that payload shows those of all earlier ones.
# Why it matters: An incident shows the host or the customer of another one. Give each call a deep copy of the
# payload.
set -euo pipefail
folder=$(mktemp -d)
trap 'status=$?; [ "$status" = 0 ] || cat output 2> /dev/null; rm -rf "$folder"' EXIT
cd "$folder"

# What the output must contain; otherwise the behavior has changed.
expect() {
    grep -qF -- "$1" output || { echo "CHANGED: the output does not contain: $1"; exit 1; }
}
reject() {
    ! grep -qF -- "$1" output || { echo "CHANGED: the output contains: $1"; exit 1; }
}

python3.12 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check pagerduty==7.2.0
echo "== pagerduty 7.2.0"

cat > alerts.py.txt << 'EOF'
import httpx2
import pagerduty


class Client(pagerduty.EventsApiV2Client):
    def post(self, url, json):  # shows what would be sent, and answers as the service does
        print(json["payload"]["summary"], json["payload"]["custom_details"])
        return httpx2.Response(202, json={"status": "success", "dedup_key": "k"})


client = Client("a" * 32)
TEMPLATE = {"component": "kafka", "custom_details": {"team": "platform"}}
client.trigger("disk", "web1", payload=TEMPLATE, custom_details={"customer": "A"})
client.trigger("lag", "web2", payload=TEMPLATE, custom_details={"lag": 900})
client.trigger("down", "web3", payload=TEMPLATE)
EOF
tools/bin/python alerts.py.txt | tee output
expect "disk {'team': 'platform', 'customer': 'A'}"
expect "lag {'team': 'platform', 'customer': 'A', 'lag': 900}"
expect "down {'team': 'platform', 'customer': 'A', 'lag': 900}"
echo "As described."
