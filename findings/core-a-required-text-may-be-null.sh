#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core after 2.19.0: a required string may be null, and a module receives an empty string.
#
# One would guess: `required: true` with `type: str` refuses null, in modules and in the argument
# specifications of roles. It does up to 2.19.0.
# What happens: Modules get an empty string: `replace` with `regexp: null` writes its replacement before,
# between and after all characters of the file. A role's specification accepts null for a required string, and
# as an item of a list of strings.
# Why it matters: A line such as `pattern:` without a value was an error, and now changes a file. Test what
# must not be empty, for example with `length > 0`.
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

python3.12 -m venv core-2.19.0
core-2.19.0/bin/pip install --quiet --disable-pip-version-check ansible-core==2.19.0
python3.12 -m venv core-2.19.14
core-2.19.14/bin/pip install --quiet --disable-pip-version-check ansible-core==2.19.14
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

mkdir -p roles/channel/tasks roles/channel/meta
cat > roles/channel/meta/argument_specs.yml << 'EOF'
argument_specs: {main: {options: {url: {type: str, required: true}, names: {type: list, elements: str}}}}
EOF
echo '- debug: {msg: "the role ran: url is null {{ url is none }}, names {{ names }}"}' > roles/channel/tasks/main.yml
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}", pattern: null}
  tasks:
    - copy: {content: "abc", dest: "{{ playbook_dir }}/file", mode: "0600"}
    - replace: {path: "{{ playbook_dir }}/file", regexp: "{{ pattern }}", replace: X}
      ignore_errors: true
    - debug: {msg: "the file is {{ lookup('file', playbook_dir ~ '/file') }}"}
    - block: [{include_role: {name: channel}, vars: {url: null, names: [null]}}]
      rescue: [{debug: {msg: "the role was refused"}}]
EOF
for version in 2.19.0 2.19.14 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    echo "== ansible-core $version"; grep -E '"msg": "the' output
    if [ "$version" = 2.19.0 ]; then expect "the file is abc"; expect "the role was refused"
    else expect "the file is XaXbXcX"; expect "the role ran: url is null True, names [None]"; fi
done
echo "As described."
