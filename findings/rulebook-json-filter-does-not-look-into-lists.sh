#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `json_filter` removes a key at every depth except inside lists.
#
# One would guess: `exclude_keys: [note]` removes the key wherever it is, as `dashes_to_underscores` renames
# keys wherever they are.
# What happens: It follows mappings only. The items of a list, such as the alerts of Alertmanager, keep the
# key at every depth.
# Why it matters: What should be dropped stays in the part of the event that has most of it. Split the event
# first, and filter after that.
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

python3.12 -m venv eda
eda/bin/pip install --quiet --disable-pip-version-check ansible-rulebook==1.3.2 drools_jpy==0.4.1 ansible-core==2.21.5 ansible-runner==2.4.3 aiohttp==3.14.5
export PATH="$folder/eda/bin:$PATH" HOME=$folder ANSIBLE_NOCOLOR=1
echo "== ansible-rulebook 1.3.2 (needs Java 17)"

cat > rules.yml << 'EOF'
- name: alerts
  hosts: localhost
  sources:
    - eda.builtin.generic:
        shutdown_after: 2
        payload: [{note: t0, labels: {note: t1, a-b: 1}, alerts: [{note: t2, a-b: 2, labels: {note: t3}}]}]
      filters:
        - eda.builtin.json_filter: {exclude_keys: [note]}
        - eda.builtin.dashes_to_underscores:
  rules:
    - {name: show, condition: event.labels is defined, action: {debug: {msg: "labels {{ event.labels }}, alerts {{ event.alerts }}, top {{ event.note is defined }}"}}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep "^labels" output
expect "labels {'a_b': 1}"; expect "top False"; expect "'note': 't2'"; expect "'note': 't3'"; expect "'a_b': 2"
echo "As described."
