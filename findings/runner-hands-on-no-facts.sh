#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-runner 2.4.3 with ansible-core 2.21 and 2.22: `get_fact_cache` returns `{}`, and `set_fact_cache`
# has no effect.
#
# One would guess: The runner and ansible-core agree on the file in which facts are kept.
# What happens: They use different files. The status is `successful`, the facts are `{}`, and what was set is
# undefined in the play. With 2.18 it works. On 2.22, ANSIBLE_CACHE_JSONFILE_PERSIST_METADATA=false makes both
# work again.
# Why it matters: Programs that pass facts from job to job pass on nothing, and every job is green.
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
python3.12 -m venv core-2.21.5
core-2.21.5/bin/pip install --quiet --disable-pip-version-check ansible-core==2.21.5
python3.13 -m venv core-2.22.0rc1
core-2.22.0rc1/bin/pip install --quiet --disable-pip-version-check ansible-core==2.22.0rc1
export ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false ANSIBLE_NOCOLOR=true
export ANSIBLE_DEPRECATION_WARNINGS=false ANSIBLE_PYTHON_INTERPRETER=auto_silent HOME=$folder

mkdir -p data/project data/inventory
cat > data/project/play.yml << 'EOF'
- hosts: all
  gather_facts: false
  tasks:
    - debug: {msg: "owner {{ owner | default('is undefined') }}"}
    - set_fact: {cacheable: true, cluster: lkc-1}
EOF
echo 'localhost ansible_connection=local' > data/inventory/hosts
cat > run.py << 'EOF'
import os
import shutil

import ansible_runner


def run():
    settings = {"fact_cache_type": "jsonfile", "fact_cache": "fact_cache"}
    return ansible_runner.run(private_data_dir="data", playbook="play.yml", ident="one", quiet=True, settings=settings)


result = run()
print(result.status, "get_fact_cache:", result.get_fact_cache("localhost"))
shutil.rmtree("data/artifacts")
os.makedirs("data/artifacts/one/fact_cache")
result.set_fact_cache("localhost", {"owner": "team-a"})
messages = [event["event_data"]["res"].get("msg") for event in run().events if event["event"] == "runner_on_ok"]
print("set_fact_cache:", messages[0])
shutil.rmtree("data/artifacts")
EOF
try() {
    "core-$1/bin/pip" install --quiet --disable-pip-version-check ansible-runner==2.4.3
    PATH="$folder/core-$1/bin:$PATH" "core-$1/bin/python" run.py > output
    echo "== ansible-core $1, ansible-runner 2.4.3"; cat output
}
try 2.18.19; expect "get_fact_cache: {'cluster': 'lkc-1'}"; expect "set_fact_cache: owner team-a"
for version in 2.21.5 2.22.0rc1; do
    try "$version"; expect "successful get_fact_cache: {}"; expect "set_fact_cache: owner is undefined"
done
export ANSIBLE_CACHE_JSONFILE_PERSIST_METADATA=false
try 2.22.0rc1; expect "get_fact_cache: {'cluster': 'lkc-1'}"; expect "set_fact_cache: owner team-a"
echo "As described."
