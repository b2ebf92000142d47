#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core, all versions: a role's argument specification accepts `"no"` as a boolean, and the role sees a text that is true.
#
# One would guess: What `argument_specs.yml` validates arrives in the role with its type and with the defaults
# of suboptions.
# What happens: The values are converted for the check alone. `"no"` passes for `bool` and is true in a
# condition, `"ops,dev"` passes for a list and a loop goes through its letters, and a suboption with a default
# is undefined.
# Why it matters: Answers of surveys and `-e name=value` are texts. Convert in the role (`| bool`), or read
# the variables in a module.
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

mkdir -p roles/notify/tasks roles/notify/meta
cat > roles/notify/meta/argument_specs.yml << 'EOF'
argument_specs:
  main:
    options:
      channels: {type: list, elements: str, required: true}
      enabled: {type: bool, required: true}
      target: {type: dict, options: {kind: {type: str, default: Slack}}}
EOF
cat > roles/notify/tasks/main.yml << 'EOF'
- debug:
    msg: "{{ 'on' if enabled else 'off' }} {% for channel in channels %}[{{ channel }}]{% endfor %} {{ target.kind | default('undefined') }}"
EOF
printf -- '- hosts: localhost\n  gather_facts: false\n  roles: [{role: notify, channels: "a,b", enabled: "no", target: {}}]\n' > play.yml
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    "core-$version/bin/ansible-playbook" play.yml 2> /dev/null | grep -E '"msg": "o' | tee output
    expect "on [a][,][b] undefined"
done
echo "As described."
