#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-runner: a run is canceled up to five seconds after `cancel_callback` says so.
#
# One would guess: The callback is called with each event, or many times a second.
# What happens: It is called once for each `pexpect_timeout`, which is 5 seconds by default.
# Why it matters: A canceled job keeps making changes for up to five seconds. Set `pexpect_timeout` to a fraction
# of a second in the settings of the run.
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
import sys
import time

import ansible_runner

project = pathlib.Path("data/project")
project.mkdir(parents=True)
(project / "play.yml").write_text("- hosts: all\n  gather_facts: false\n  tasks: [{ansible.builtin.command: sleep 12}]\n")
host = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
for settings in ({}, {"pexpect_timeout": 0.2}):
    asked, started = [], time.monotonic()

    def cancel():
        asked.append(time.monotonic() - started)
        return len(asked) >= 2

    result = ansible_runner.run(
        private_data_dir="data",
        playbook="play.yml",
        inventory={"all": {"hosts": {"here": host}}},
        settings=settings,
        cancel_callback=cancel,
        quiet=True,
    )
    print(f"{settings}: {result.status}, asked twice in {'more' if asked[1] > 9 else 'less'} than 9 seconds")
EOF
echo "== ansible-runner 2.4.3"
tools/bin/python run.py | tee output
expect "{}: canceled, asked twice in more than 9 seconds"
expect "{'pexpect_timeout': 0.2}: canceled, asked twice in less than 9 seconds"
echo "As described."
