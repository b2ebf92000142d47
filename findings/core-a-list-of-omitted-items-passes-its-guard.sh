#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core: an assertion that a list is not empty passes, and the module receives an empty list.
#
# One would guess: An omitted item is gone before anything looks at the list, or it stays what it is for the
# assertion and for the module.
# What happens: Since 2.19 an omitted item counts in a template (`length` is one) and vanishes when the
# arguments of a task are made, so the module receives `[]`. Up to 2.18 the module receives the placeholder
# `__omit_place_holder__...` as a text.
# Why it matters: For a module that makes a list authoritative, `[]` may mean `remove everything`. The guard
# belongs in the module or its action plugin.
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

python3.12 -m venv core-2.16.19
core-2.16.19/bin/pip install --quiet --disable-pip-version-check ansible-core==2.16.19
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder
mkdir library
cat > library/listed.py << 'EOF'
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule({"names": {"type": "list", "elements": "str"}})
module.exit_json(received=module.params["names"])
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  vars:
    channels: ["{{ primary_channel | default(omit) }}"]
  tasks:
    - ansible.builtin.assert: {that: channels | length > 0}
    - listed: {names: "{{ channels }}"}
      register: result
    - ansible.builtin.debug: {msg: "received {{ result.received | to_json }}"}
EOF
for version in 2.16.19 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    printf '== ansible-core %s\n' "$version"; grep -E 'All assertions|"msg": "received' output
    expect "All assertions passed"
    if [ "$version" = 2.16.19 ]; then expect "__omit_place_holder__"; else expect 'received []'; fi
done
echo "As described."
