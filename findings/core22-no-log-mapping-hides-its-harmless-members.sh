#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-core 2.22: `no_log` on a mapping of a role's argument specification hides its kind and its numbers in later plays.
#
# One would guess: The values of the option are hidden where the option is shown.
# What happens: Every text and number inside the mapping becomes a secret of the whole run. With `{kind:
# Slack, retries: 2, url: ...}`, a later play shows `$REDACTED$, $REDACTED$0$REDACTED$6` for `Slack, 2026`. Up
# to 2.21 nothing is hidden.
# Why it matters: Put `no_log` on the member that is a secret (the URL), and not on the mapping around it.
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
mkdir -p roles/channel/meta roles/channel/tasks
cat > roles/channel/meta/argument_specs.yml << 'EOF'
argument_specs: {main: {options: {channel_target: {type: dict, required: true, no_log: true}}}}
EOF
echo '[]' > roles/channel/tasks/main.yml
cat > play.yml << 'EOF'
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: channel}
      vars:
        channel_target: {kind: Slack, retries: 2, url: "https://hooks.example.com/T0/B0"}
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {msg: "Later play, Slack, 2026"}
EOF
for version in 2.21.5 2.22.0rc1; do
    "core-$version/bin/ansible-playbook" play.yml > output 2>&1
    printf '== ansible-core %s\n' "$version"; grep '"msg"' output
    if [ "$version" = 2.21.5 ]; then expect "Later play, Slack, 2026"; else expect '$REDACTED$, $REDACTED$0$REDACTED$6'; fi
done
echo "As described."
