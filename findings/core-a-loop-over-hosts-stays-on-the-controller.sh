#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.21 and newer: once an item of a loop with `delegate_to` is localhost, later items also run on
# the controller.
#
# One would guess: Each item of `loop: "{{ ['localhost'] + groups.lb }}"` with `delegate_to: "{{ item }}"`
# connects to its own host.
# What happens: The connection plugin of one item stays for the next ones that state none. The tasks of lb1
# and lb2 run on the controller, the screen says `localhost -> lb1`, and hosts that cannot be reached are no
# failure. Up to 2.20, each item has its own connection.
# Why it matters: A task for all load balancers is green and reaches none of them. Set `ansible_connection:
# ssh` for the hosts, or put localhost last; the script tries both.
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

python3.12 -m venv core-2.20.10
core-2.20.10/bin/pip install --quiet --disable-pip-version-check ansible-core==2.20.10
python3.12 -m venv core-2.21.5
core-2.21.5/bin/pip install --quiet --disable-pip-version-check ansible-core==2.21.5
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

cat > inventory << 'EOF'
[lb]
lb1
lb2
[lb:vars]
ansible_host=127.0.0.1
ansible_port=1
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - command: touch {{ playbook_dir }}/reload-{{ item }}
      delegate_to: "{{ item }}"
      loop: "{{ ['localhost'] + groups.lb }}"
EOF
for version in 2.20.10 2.21.5 2.22.0rc1; do
    rm -f reload-*
    status=0
    "core-$version/bin/ansible-playbook" -i inventory play.yml > log 2>&1 || status=$?
    echo "== ansible-core $version: status $status; files on the controller: $(echo reload-*)" | tee output
    grep -E "^(changed|fatal|failed)" log | cut -c1-80
    if [ "$version" = 2.20.10 ]; then expect "status 4; files on the controller: reload-localhost"; reject "reload-lb1"
    else
        expect "status 0; files on the controller: reload-lb1 reload-lb2 reload-localhost"
        # The remedies: localhost last, and a connection for the hosts.
        sed "s/\['localhost'\] + groups.lb/groups.lb + ['localhost']/" play.yml > last.yml
        sed 's/ansible_port=1/&\nansible_connection=ssh/' inventory > stated
        for remedy in "-i inventory last.yml" "-i stated play.yml"; do
            rm -f reload-*
            # shellcheck disable=SC2086
            "core-$version/bin/ansible-playbook" $remedy > log 2>&1 && { echo "CHANGED: $remedy"; exit 1; }
            [ "$(echo reload-*)" = reload-localhost ] || { echo "CHANGED: $remedy"; exit 1; }
        done
    fi
done
echo "As described."
