#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-rulebook: variables in the arguments of a filter are not replaced.
#
# One would guess: `{{ name }}` works in the arguments of a filter as it does in those of its source, a line
# above.
# What happens: The filter receives the braces and the name as a text. Only the arguments of sources and the
# parts of rules are templates.
# Why it matters: A path or a threshold of a filter cannot come from `--vars`. Let the filter read an
# environment variable, or do the work in a source.
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

python3.12 -m venv eda
eda/bin/pip install --quiet --disable-pip-version-check ansible-rulebook==1.3.2 drools_jpy==0.4.1 ansible-core==2.21.5 ansible-runner==2.4.3 aiohttp==3.14.5
export PATH="$folder/eda/bin:$PATH" HOME=$folder
printf 'localhost ansible_connection=local ansible_python_interpreter={{ansible_playbook_python}}\n' > inventory
echo "== ansible-rulebook 1.3.2 (needs Java 17)"


mkdir event_filter
cat > event_filter/show.py << 'EOF'
def main(event, limit):
    return {**event, "limit": repr(limit)}
EOF
cat > rules.yml << 'EOF'
- name: filters
  hosts: all
  sources:
    - eda.builtin.generic:
        payload: [{id: "{{ limit }}"}]
      filters: [{show: {limit: "{{ limit }}"}}]
  rules:
    - {name: any, condition: event.id is defined, action: {debug: {msg: "source {{ event.id }}, rule {{ limit }}, filter {{ event.limit }}"}}}
EOF
printf 'limit: 7\n' > vars.yml
ansible-rulebook -r rules.yml --vars vars.yml > log 2>&1
grep "^source" log | tee output
expect "source 7, rule 7"; reject "filter 7"
echo "As described."
