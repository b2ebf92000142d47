#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `run_playbook` skips plays on localhost, although the hosts of the ruleset are `all`.
#
# One would guess: With `hosts: all`, the playbook runs as ansible-playbook runs it: all plays, on the hosts
# that each one names.
# What happens: The hosts of the ruleset become a limit, even if they are `all`, and a localhost that is not
# in the inventory is not one of `all`. Its plays are skipped, and the run is a success.
# Why it matters: The play on localhost is typically the one that notifies someone. Use `delegate_to:
# localhost`, or put localhost into the inventory.
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
- hosts: web1
  gather_facts: false
  tasks: [{debug: {msg: "repaired on {{ inventory_hostname }}"}}]
- hosts: localhost
  gather_facts: false
  tasks: [{debug: {msg: "reported by {{ inventory_hostname }}"}}]
EOF
cat > rules.yml << 'EOF'
- name: alerts
  hosts: all
  sources: [{eda.builtin.generic: {payload: [{alert: 1}], shutdown_after: 4}}]
  rules:
    - name: act
      condition: event.alert == 1
      actions: [{run_playbook: {name: act.yml}}]
EOF
{
    echo "ansible-playbook: $(ansible-playbook -i inventory act.yml 2>&1 | grep -oE '(repaired on|reported by) [a-z0-9]+' | xargs)"
    echo "ansible-rulebook: $(ansible-rulebook -r rules.yml -i inventory 2>&1 | grep -oE '(repaired on|reported by) [a-z0-9]+|ERROR.*' | xargs)"
} | tee output
expect "ansible-playbook: repaired on web1 reported by localhost"
grep -qx "ansible-rulebook: repaired on web1" output || { echo "CHANGED: localhost was reached"; exit 1; }
echo "As described."
