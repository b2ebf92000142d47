#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: `debug` masks some variables before it evaluates a template, so the result differs from
# other actions.
#
# One would guess: A template gives the same in `debug` and in `post_event`.
# What happens: In `debug`, strings from --vars whose name contains a word such as key are replaced by stars,
# `partition_key` for example. This happens before the template is evaluated, so a comparison takes the other
# branch.
# Why it matters: A template that was tried with `debug` does something else in the action. Try it with
# `post_event`.
set -euo pipefail
folder=$(mktemp -d)
trap 'status=$?; [ "$status" = 0 ] || cat output 2> /dev/null; rm -rf "$folder"' EXIT
cd "$folder"

# What the output must contain; otherwise the behavior has changed.
expect() {
    grep -qF -- "$1" output || { echo "CHANGED: the output does not contain: $1"; exit 1; }
}
reject() {
    ! grep -qF -- "$1" output || { echo "CHANGED: the output contains: $1"; exit 1; }
}

python3.12 -m venv eda
eda/bin/pip install --quiet --disable-pip-version-check ansible-rulebook==1.3.2 drools_jpy==0.4.1 ansible-core==2.21.5 ansible-runner==2.4.3 aiohttp==3.14.5
export PATH="$folder/eda/bin:$PATH" HOME=$folder ANSIBLE_NOCOLOR=1
echo "== ansible-rulebook 1.3.2 (needs Java 17)"

cat > rules.yml << 'EOF'
- name: alerts
  hosts: localhost
  sources: [{eda.builtin.generic: {payload: [{alert: 1}], shutdown_after: 10}}]
  rules:
    - name: act
      condition: event.alert == 1
      actions:
        - debug: {msg: "debug: {{ partition_key }} {{ 'orders' if partition_key == 'topic' else 'the rest' }}"}
        - post_event: {event: {out: "{{ partition_key }} {{ 'orders' if partition_key == 'topic' else 'the rest' }}"}}
    - {name: show, condition: event.out is defined, action: {debug: {msg: "post_event: {{ event.out }}"}}}
EOF
printf 'partition_key: topic\n' > vars.yml
ansible-rulebook -r rules.yml --vars vars.yml > output 2>&1
grep -E "^(debug|post_event)" output
expect "debug: ****** the rest"; expect "post_event: topic orders"
echo "As described."
