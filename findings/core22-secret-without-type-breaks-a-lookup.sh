#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: `secret: true` in the documentation of a lookup without a type makes the lookup fail to load.
#
# One would guess: An option without a type is a text, as everywhere in the documentation of plugins, so the
# new key hides it.
# What happens: 2.22 cannot enable `secret` without a type and refuses the whole plugin. 2.21 ignores the key.
# Why it matters: Write `type: str` beside `secret: true`, and try the plugin on 2.22 before it is released.
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

python3.13 -m venv core-2.21.5
core-2.21.5/bin/pip install --quiet --disable-pip-version-check ansible-core==2.21.5
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder
mkdir lookup_plugins
cat > lookup_plugins/keyed.py << 'EOF'
from ansible.plugins.lookup import LookupBase

DOCUMENTATION = '''
name: keyed
short_description: An example
description: An example.
options:
  key:
    description: A key.
    secret: true
'''


class LookupModule(LookupBase):
    def run(self, terms, variables=None, **kwargs):
        self.set_options(var_options=variables, direct=kwargs)
        return ["found"]
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: "{{ lookup('keyed', key='example') }}"}
EOF
core-2.21.5/bin/ansible-playbook play.yml > output 2>&1
expect '"msg": "found"'
! core-2.22.0rc1/bin/ansible-playbook play.yml > output 2>&1
printf '== ansible-core 2.22.0rc1\n'; grep -i "secret" output | head -3
expect "cannot enable 'secret'"
echo "As described."
