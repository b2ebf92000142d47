#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core: null in `environment` becomes the string `None`; since 2.19, so does `default(none)`.
#
# One would guess: Null means that the variable is not set, or empty, as for the options of modules.
# What happens: The process sees `https_proxy=None`. A null in the playbook gives this in all versions. `{{
# proxy | default(none) }}` gave an empty string up to 2.18. With `default(omit)`, 2.19 and newer leave the
# variable unset.
# Why it matters: `No proxy here` becomes a proxy that is called None. Use `default(omit)`.
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

python3.12 -m venv core-2.18.19
core-2.18.19/bin/pip install --quiet --disable-pip-version-check ansible-core==2.18.19
python3.12 -m venv core-2.19.14
core-2.19.14/bin/pip install --quiet --disable-pip-version-check ansible-core==2.19.14
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  vars: {ansible_python_interpreter: "{{ ansible_playbook_python }}", proxy: null}
  tasks:
    - {shell: 'echo "[$https_proxy]"', environment: {https_proxy: null}, register: a}
    - {shell: 'echo "[$https_proxy]"', environment: {https_proxy: "{{ proxy }}"}, register: b}
    - {shell: 'echo "[$https_proxy]"', environment: {https_proxy: "{{ missing | default(none) }}"}, register: c}
    - {shell: 'echo "[$https_proxy]"', environment: {https_proxy: "{{ missing | default(omit) }}"}, register: d}
    - debug: {msg: "null {{ a.stdout }}, a variable that is null {{ b.stdout }}, default(none) {{ c.stdout }}, omitted {{ d.stdout[:5] }}"}
EOF
for version in 2.18.19 2.19.14 2.22.0rc1; do
    env -u https_proxy "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    echo "== ansible-core $version"; grep '"msg": "null' output
    expect "null [None], a variable that is null [None]"
    if [ "$version" = 2.18.19 ]; then expect "default(none) []"; else expect "default(none) [None]"; expect "omitted []"; fi
done
echo "As described."
