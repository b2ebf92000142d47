#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: an event with an empty list of hosts starts the playbook without a limit.
#
# One would guess: An alert that names no host acts on the hosts of the ruleset, or on none.
# What happens: The filter `insert_hosts_to_meta` turns an empty list into an empty limit, which is no limit,
# so a playbook with `hosts: all` runs on the whole inventory. If the key is missing, the hosts of the ruleset
# count.
# Why it matters: An alert about a whole cluster names no instance. Name the hosts in the playbook, and
# compare `event.meta.hosts` in the condition.
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

for host in web1 web2 db1; do
    printf '%s ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n' $host
done > inventory

cat > act.yml << 'EOF'
- hosts: all
  gather_facts: false
  tasks: [{debug: {msg: "{{ ansible_eda.event.alert }}: acts on {{ inventory_hostname }}"}}]
EOF
cat > rules.yml << 'EOF'
- name: alerts
  hosts: web1
  sources:
    - eda.builtin.generic:
        event_delay: 1
        shutdown_after: 5
        payload: [{alert: no member}, {alert: one host, instances: [web1]}, {alert: no host, instances: []}]
      filters: [{eda.builtin.insert_hosts_to_meta: {host_path: instances, log_error: false}}]
  rules:
    - {name: act, condition: event.alert is defined, action: {run_playbook: {name: act.yml}}}
EOF
ansible-rulebook -r rules.yml -i inventory > output 2>&1
grep -o '"[a-z ]*: acts on [a-z0-9]*' output
for alert in "no member" "one host"; do
    expect "$alert: acts on web1"; reject "$alert: acts on web2"; reject "$alert: acts on db1"
done
for host in web1 web2 db1; do expect "no host: acts on $host"; done
echo "As described."
