#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: the registered result of a module has the values of `no_log` options in clear.
#
# One would guess: As before, a value of a `no_log` option that a module returns is replaced in the registered
# variable.
# What happens: Up to 2.21 the variable, and every file made from it, has VALUE_SPECIFIED_IN_NO_LOG_PARAMETER.
# On 2.22 it has the value; only what is displayed is masked.
# Why it matters: A report written from registered results begins to contain secrets after an upgrade, while
# the screen looks masked. A module should not return what nobody may read.
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

for version in 2.21.5 2.22.0rc1; do
    python3.13 -m venv "core-$version"
    "core-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
done
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true ANSIBLE_PYTHON_INTERPRETER=auto_silent
export HOME=$folder

mkdir library
cat > library/channel.py << 'EOF'
from ansible.module_utils.basic import AnsibleModule

module = AnsibleModule(argument_spec={"url": {"type": "str", "no_log": True}})
module.exit_json(changed=True, target={"url": module.params["url"]})
EOF
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - channel: {url: "https://hooks.example/not-a-real-path"}
      register: result
    - debug: {msg: "displayed {{ result.target.url }}"}
    - copy: {content: "written {{ result.target.url }}\n", dest: ./report.txt, mode: "0600"}
EOF
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    rm -f report.txt
    { "core-$version/bin/ansible-playbook" play.yml | grep displayed; cat report.txt; } | tee output
    if [ "$version" = 2.21.5 ]; then
        expect "written VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
    else
        expect "displayed \$REDACTED\$"; expect "written https://hooks.example/not-a-real-path"
    fi
done
echo "As described."
