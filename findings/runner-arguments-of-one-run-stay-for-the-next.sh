#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-runner: what one run was given as arguments also applies to later runs that are not given it.
#
# One would guess: Inventory, variables and environment in `run(...)` count for that run.
# What happens: They are written to the private data directory, which later runs read: a second run without
# arguments uses the inventory and the variables of the first. `envvars` of a file even win over those of a
# later run in one case and lose in the other (extravars).
# Why it matters: A job for one organization runs with another one's variables. Give each run a directory of
# its own.
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
task = "debug: {msg: \"{{ inventory_hostname }} {{ cluster | default('none') }} {{ lookup('env', 'TOKEN') or 'none' }}\"}"
(project / "play.yml").write_text(f"- hosts: all\n  gather_facts: false\n  tasks: [{{{task}}}]\n")


def run(title, **arguments):
    result = ansible_runner.run(private_data_dir="data", playbook="play.yml", quiet=True, **arguments)
    messages = [event["event_data"]["res"]["msg"] for event in result.events if event["event"] == "runner_on_ok"]
    print(f"{title}: {messages}")


def hosts(name):
    return {"all": {"hosts": {name: {"ansible_connection": "local"}}}}


run("first", inventory=hosts("one"), extravars={"cluster": "lkc-1"}, envvars={"TOKEN": "a"})
run("second, without arguments")
run("third", inventory=hosts("three"), extravars={"cluster": "lkc-3"}, envvars={"TOKEN": "c"})
EOF
echo "== ansible-runner 2.4.3"
tools/bin/python run.py | tee output
expect "second, without arguments: ['one lkc-1 a']"
expect "third: ['three lkc-3 "
echo "As described."
