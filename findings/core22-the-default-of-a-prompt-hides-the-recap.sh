#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: the default answers of `vars_prompt` are masked everywhere, in the recap as well.
#
# One would guess: A default that stands in the playbook is no secret.
# What happens: Prompts are private unless they say otherwise, and private answers are registered as secrets,
# also if nobody is asked because there is no terminal. With the default 1, the recap says
# `changed=$REDACTED$`.
# Why it matters: Jobs that read counts from the output break. Set `private: false` for what is no secret.
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

cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  vars_prompt:
    - {name: stage, prompt: "Which stage?", default: dev}
    - {name: parallel, prompt: "How many at once?", default: "1"}
  tasks:
    - debug: {msg: "developers of {{ stage }}"}
    - command: "true"
EOF
for version in 2.21.5 2.22.0rc1; do
    echo "== ansible-core $version"
    "core-$version/bin/ansible-playbook" play.yml < /dev/null 2> /dev/null | grep -E '"msg"|ok=' | tee output
    if [ "$version" = 2.21.5 ]; then
        expect "developers of dev"; expect "changed=1 "
    else
        expect "\$REDACTED\$elopers of"; expect "changed=\$REDACTED\$"
    fi
done
echo "As described."
