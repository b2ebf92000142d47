#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# apprise: the query of a `json://` webhook is not sent, and the notification counts as delivered.
#
# One would guess: `json://host/hook?channel=ops` posts to `/hook?channel=ops`.
# What happens: Names in the query are settings of apprise, and unknown ones are dropped. Only names that
# begin with a dash stay in the query, without the dash.
# Why it matters: A webhook loses its channel or key on the way, and a receiver that answers 200 to everything
# hides it. Write `?-channel=ops`.
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
tools/bin/pip install --quiet --disable-pip-version-check apprise==2.3.0
echo "== apprise 2.3.0"

cat > send.py.txt << 'EOF'
import http.server
import threading

import apprise


class Receiver(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        print("received", self.path)
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args):
        pass


server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=server.serve_forever, daemon=True).start()
for query in ("?token=abc&channel=ops", "?-token=abc&-channel=ops"):
    notifier = apprise.Apprise()
    added = notifier.add(f"json://127.0.0.1:{server.server_port}/hook{query}")
    print(query, "added", added, "delivered", bool(notifier.notify(title="t", body="b")))
EOF
tools/bin/python send.py.txt | tee output
grep -qx "received /hook" output || { echo "CHANGED: the query was sent"; exit 1; }
expect "?token=abc&channel=ops added True delivered True"
expect "received /hook?token=abc&channel=ops"
echo "As described."
