#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# deepdiff: with `group_by`, only the last item of each group is compared.
#
# One would guess: `group_by="kind"` makes a list of each kind.
# What happens: Items with the same value replace each other without a warning. A channel that changed, or was
# removed, is no difference if another item of its kind follows. With `group_by_sort_key` there are lists.
# Why it matters: A comparison of two lists of channels by kind says that nothing changed. Group by a unique
# key.
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
tools/bin/pip install --quiet --disable-pip-version-check deepdiff==9.1.0

cat > run.py << 'EOF'
from deepdiff import DeepDiff

before = [{"kind": "Slack", "channel": "ops"}, {"kind": "Slack", "channel": "dev"}, {"kind": "Webhook", "channel": "pager"}]
after = [{"kind": "Slack", "channel": "all"}, *before[1:]]
print("plain:", bool(DeepDiff(before, after)))
print("group_by:", DeepDiff(before, after, group_by="kind"))
print("group_by, one removed:", DeepDiff(before, before[1:], group_by="kind"))
print("group_by_sort_key:", bool(DeepDiff(before, after, group_by="kind", group_by_sort_key="channel")))
EOF
echo "== deepdiff 9.1.0"
tools/bin/python -W always run.py 2>&1 | tee output
reject "Warning"; expect "plain: True"; expect "group_by: {}"; expect "group_by, one removed: {}"; expect "group_by_sort_key: True"
echo "As described."
