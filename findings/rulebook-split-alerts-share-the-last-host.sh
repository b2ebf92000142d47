#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: if `event_splitter` copies `meta` into each event, all events get the host of the last
# one.
#
# One would guess: Each event has its own copy of `meta`, into which `insert_hosts_to_meta` writes its own
# host.
# What happens: With `attributes_key_map: {meta: meta}`, all events share one mapping, and all filters run
# before the first event is sent. So each event has the host of the last one, and the same `meta.uuid`.
# Why it matters: The playbook for web1 would run on web3. A test with one alert passes. Copy single strings,
# such as `endpoint: meta.endpoint`.
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
  hosts: all
  sources:
    - eda.builtin.generic:
        shutdown_after: 2
        payload:
          - meta: {endpoint: prod}
            payload: {alerts: [{id: 1, host: web1}, {id: 2, host: web2}, {id: 3, host: web3}]}
      filters:
        - eda.builtin.event_splitter: {splitter_key: payload.alerts, attributes_key_map: {meta: meta}}
        - eda.builtin.insert_hosts_to_meta: {host_path: host}
  rules:
    - name: act
      condition: event.id is defined
      action: {debug: {msg: "alert {{ event.id }} of {{ event.host }} would run on {{ event.meta.hosts[0] }}, uuid {{ event.meta.uuid }}"}}
EOF
ansible-rulebook -r rules.yml > output 2>&1
grep "^alert" output
for id in 1 2 3; do expect "alert $id of web$id would run on web3"; done
[ "$(grep -o 'uuid .*' output | sort -u | wc -l)" = 1 ] || { echo "CHANGED: the uuids differ"; exit 1; }
echo "As described."
