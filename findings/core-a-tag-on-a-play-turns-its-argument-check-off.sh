#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.20 and newer: after a play gets a tag, runs with another tag do not check its arguments
# (`validate_argspec`).
#
# One would guess: The arguments of a play are checked whatever tags are asked for, as those of a role are.
# What happens: The check has the tag `always` only if the play has no tags. With `tags: notifications` on the
# play, `--tags apply` runs the tasks with that tag and skips the check.
# Why it matters: Someone adds a tag to a play for convenience, and wrong arguments are no longer reported.
# Add an `assert` with the tag `always`.
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
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

cat > plain.yml << 'EOF'
- name: deploy
  hosts: localhost
  gather_facts: false
  validate_argspec: true
  tasks:
    - {debug: {msg: "applies mode {{ mode }}"}, tags: apply}
EOF
sed 's/^  gather_facts.*/&\n  tags: notifications/' plain.yml > tagged.yml
for play in plain tagged; do
    echo 'argument_specs: {deploy: {options: {mode: {type: str, required: true, choices: [add, replace]}}}}' > "$play.meta.yml"
done
for version in 2.20.10 2.22.0rc1; do
    for play in plain tagged; do
        status=0
        "core-$version/bin/ansible-playbook" "$play.yml" -e mode=wrong --tags apply > log 2>&1 || status=$?
        echo "== ansible-core $version, $play.yml: status $status, $(grep -o 'applies mode wrong' log || echo refused)" | tee output
        if [ "$play" = plain ]; then expect "status 2, refused"; else expect "status 0, applies mode wrong"; fi
    done
done
echo "As described."
