#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-lint: `--tags` with an unknown rule passes, and with an opt-in rule it finds nothing unless the rule
# is also enabled.
#
# One would guess: A misspelled rule is an error, and `--tags RULE` checks that rule.
# What happens: `--tags no-change-when` (misspelled) exits 0 with `0 failure(s)`, even with `--strict`, for a
# file that violates no-changed-when. `--tags no-log-password` finds nothing either, because opt-in rules must
# be enabled as well. Once enabled, it reports a warning and exits 0.
# Why it matters: A pipeline step that checks one rule can be green forever. Make it fail once on purpose.
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

python3.12 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check ansible-lint==26.10.1 ansible-core==2.21.5
export PATH="$folder/tools/bin:$PATH" HOME=$folder NO_COLOR=1
git init -q .
cat > site.yml << 'EOF'
---
- name: Site
  hosts: all
  tasks:
    - name: Create users
      ansible.builtin.user:
        name: "{{ item.name }}"
        password: "{{ item.password }}"
      loop: "{{ users }}"
    - name: Say hello
      ansible.builtin.shell: echo hi
EOF
echo "== ansible-lint 26.10.1"
for options in "--tags no-changed-when" "--tags no-change-when" "--strict --tags no-change-when" "--tags no-log-password" "--enable-list no-log-password --tags no-log-password"; do
    status=0
    # shellcheck disable=SC2086
    ansible-lint --offline $options site.yml > log 2>&1 || status=$?
    echo "$options: status $status, $(grep -oE '[0-9]+ failure\(s\), [0-9]+ warning\(s\)' log)" | tee -a output
done
expect "--tags no-changed-when: status 2, 1 failure(s)"
expect "--tags no-change-when: status 0, 0 failure(s), 0 warning(s)"
expect "--strict --tags no-change-when: status 0, 0 failure(s), 0 warning(s)"
expect "--tags no-log-password: status 0, 0 failure(s), 0 warning(s)"
expect "--enable-list no-log-password --tags no-log-password: status 0, 0 failure(s), 1 warning(s)"
echo "As described."
