#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# NO_PROXY: entries with which requests and urllib, which `ansible.builtin.uri` uses, do the opposite of each other.
#
# One would guess: An address, with its port or in brackets, is excluded from the proxy by both or by neither.
# What happens: `[::1]` and an IPv4 address with a port are honored by urllib and ignored by requests. `::1`
# and a range of addresses are honored by requests and ignored by urllib. A name with a port is honored by
# both.
# Why it matters: A play that mixes `ansible.builtin.uri` and a module that is built on requests needs both
# forms.
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
tools/bin/pip install --quiet --disable-pip-version-check requests==2.34.2
cat > proxies.py << 'EOF'
import os
import urllib.request
from urllib.parse import urlsplit

from requests.utils import should_bypass_proxies

for entry, url in [
    ("[::1]", "http://[::1]:8080/"),
    ("::1", "http://[::1]:8080/"),
    ("10.1.2.3:8080", "http://10.1.2.3:8080/"),
    ("10.0.0.0/8", "http://10.1.2.3:8080/"),
    ("api.example:8080", "http://api.example:8080/"),
]:
    os.environ["NO_PROXY"] = os.environ["no_proxy"] = entry
    requests_bypasses = bool(should_bypass_proxies(url, None))
    urllib_bypasses = bool(urllib.request.proxy_bypass_environment(urlsplit(url).netloc))
    print(f"NO_PROXY={entry} requests={requests_bypasses} urllib={urllib_bypasses}")
EOF
tools/bin/python proxies.py > output
echo "== requests 2.34.2, Python $(tools/bin/python -c 'import sys; print(sys.version.split()[0])')"; cat output
expect "NO_PROXY=[::1] requests=False urllib=True"
expect "NO_PROXY=::1 requests=True urllib=False"
expect "NO_PROXY=10.1.2.3:8080 requests=False urllib=True"
expect "NO_PROXY=10.0.0.0/8 requests=True urllib=False"
expect "NO_PROXY=api.example:8080 requests=True urllib=True"
echo "As described."
