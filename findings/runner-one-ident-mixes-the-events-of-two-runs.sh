#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-runner: a second run with the same `ident` has the events of the first one as well.
#
# One would guess: The second run replaces the first one, or is refused.
# What happens: Status and return code are those of the second run, and `events` also has the failures of the
# first.
# Why it matters: A report made from the events shows failures that did not happen. Use a new ident for each
# run.
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

python3.12 -m venv tools
tools/bin/pip install --quiet --disable-pip-version-check ansible-runner==2.4.3 ansible-core==2.21.5
export PATH="$folder/tools/bin:$PATH" HOME=$folder
cat > run.py << 'EOF'
import pathlib

import ansible_runner

project = pathlib.Path("data/project")
project.mkdir(parents=True)
for name, task in (("bad", 'fail: {msg: "old failure"}'), ("good", 'debug: {msg: "all is well"}')):
    (project / f"{name}.yml").write_text(f"- hosts: localhost\n  gather_facts: false\n  tasks: [{{{task}}}]\n")
    inventory = {"all": {"hosts": {"localhost": {"ansible_connection": "local"}}}}
    result = ansible_runner.run(
        private_data_dir="data", playbook=f"{name}.yml", ident="apply", quiet=True, inventory=inventory
    )
    kinds = ("runner_on_ok", "runner_on_failed")
    messages = sorted(event["event_data"]["res"]["msg"] for event in result.events if event["event"] in kinds)
    print(f"{name}: {result.status} {messages}")
EOF
echo "== ansible-runner 2.4.3"
tools/bin/python run.py | tee output
expect "good: successful ['all is well', 'old failure']"
echo "As described."
