#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: with `gather_facts`, a ruleset for one host acts on all hosts, and other rulesets get the
# facts as well.
#
# One would guess: A ruleset with `hosts: web1` gathers the facts of web1, and its playbooks run on web1.
# What happens: The facts of every host of the inventory go to every ruleset of the rulebook. A rule that
# compares a fact fires once for each host, and its playbook runs on the host of the fact.
# Why it matters: A condition such as `fact.ansible_system == "Linux"` moves an action to hosts that nobody
# named. Compare `fact.meta.hosts` too.
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
  tasks: [{debug: {msg: "acts on {{ inventory_hostname }}"}}]
EOF
cat > rules.yml << 'EOF'
- name: with facts
  hosts: web1
  gather_facts: true
  sources: [{eda.builtin.generic: {payload: [{alert: 1}], shutdown_after: 8}}]
  rules:
    - name: act
      condition: {all: [event.alert == 1, fact.ansible_system == "Linux"]}
      action: {run_playbook: {name: act.yml}}
- name: without facts
  hosts: web1
  sources: [{eda.builtin.generic: {payload: [{alert: 1}], shutdown_after: 8}}]
  rules:
    - name: tell
      condition: {all: [event.alert == 1, fact.ansible_system == "Linux"]}
      action: {debug: {msg: "another rule set: facts of {{ events.m_1.meta.hosts }}."}}
EOF
ansible-rulebook -r rules.yml -i inventory > output 2>&1
grep -oE 'acts on [a-z0-9]+|^another.*' output
for host in web1 web2 db1; do expect "acts on $host"; expect "another rule set: facts of $host."; done
echo "As described."
