#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `post_events` posts the last `set_stats` of the last host only.
#
# One would guess: The event has everything that `set_stats` collected, as `CUSTOM STATS` of ansible-playbook
# has. A module that ran on three hosts gives three results.
# What happens: Each task and each host replaces what was there. Two tasks give the data of the second one,
# and three hosts the data of one. `run_module` on three hosts posts one result.
# Why it matters: A report names one cluster of three, and the ID that the first task set is undefined.
# Collect everything in one task with `run_once` at the end.
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

cat > two.yml << 'EOF'
- hosts: web1
  gather_facts: false
  tasks:
    - {set_stats: {data: {ticket: T-1}}}
    - {set_stats: {data: {state: applied}}}
- hosts: all
  gather_facts: false
  serial: 1
  tasks: [{set_stats: {data: "{{ {inventory_hostname: 'applied'} }}"}, when: per_host | default(false)}]
EOF
cat > rules.yml << 'EOF'
- name: alerts
  hosts: all
  sources: [{eda.builtin.generic: {payload: [{n: 1}, {n: 2}, {n: 3}], shutdown_after: 60}}]
  rules:
    - {name: tasks, condition: event.n == 1, action: {run_playbook: {name: two.yml, post_events: true}}}
    - {name: hosts, condition: event.n == 2, action: {run_playbook: {name: two.yml, post_events: true, extra_vars: {per_host: true}}}}
    - {name: module, condition: event.n == 3, action: {run_module: {name: ansible.builtin.ping, post_events: true}}}
    - {name: posted, condition: event.meta.source.type == "internal", action: {debug: {msg: "posted by {{ event.meta.source.name }}: {% for key in event if key != 'meta' %}{{ key }}={{ event[key] }} {% endfor %}"}}}
EOF
ANSIBLE_SHOW_CUSTOM_STATS=1 ansible-playbook -i inventory two.yml -e '{"per_host": true}' > stats 2> errors
grep RUN: stats
ansible-rulebook -r rules.yml -i inventory > output 2>&1
grep "^posted" output
grep -q '"ticket": "T-1"' stats && grep -q '"web2": "applied"' stats || { echo "CHANGED: CUSTOM STATS"; exit 1; }
expect "posted by run_playbook: state=applied"; expect "posted by run_playbook: db1=applied"
reject "ticket="; reject "web1=applied"
[ "$(grep -c '^posted by run_module' output)" = 1 ] || { echo "CHANGED: not one event of the module"; exit 1; }
echo "As described."
