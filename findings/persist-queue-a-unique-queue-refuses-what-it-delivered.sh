#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# persist-queue: a unique queue with acknowledgements never takes an item again that was acknowledged.
#
# One would guess: `UniqueAckQ` keeps an item from waiting twice. Once it is acknowledged, the same item can
# come again.
# What happens: `put` does nothing, without an error, also after the queue was opened again, until
# `clear_acked_data` removes the row. `UniqueQ`, without acknowledgements, takes it again.
# Why it matters: The second incident of a kind is never reported. Give items an ID of their own.
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
tools/bin/pip install --quiet --disable-pip-version-check persist-queue==1.1.0
cat > queue.py.txt << 'EOF'
import persistqueue

for name in ("UniqueQ", "UniqueAckQ"):
    queue = getattr(persistqueue, name)(f"data/{name}", auto_commit=True)
    for turn in (1, 2):
        queue.put("the cluster is down")
        waiting = queue.size
        if waiting:
            item = queue.get()
            if name == "UniqueAckQ":
                queue.ack(item)
        print(f"{name}: put {turn}, {waiting} to deliver")
EOF
echo "== persist-queue 1.1.0"
tools/bin/python queue.py.txt | tee output
expect "UniqueQ: put 2, 1 to deliver"; expect "UniqueAckQ: put 2, 0 to deliver"
echo "As described."
