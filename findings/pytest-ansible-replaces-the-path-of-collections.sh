#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# pytest-ansible: in a folder with a galaxy.yml, ANSIBLE_COLLECTIONS_PATH of the user is dropped.
#
# One would guess: The collection under test is added to the path that the environment names.
# What happens: The variable is replaced by two folders of its own choice. A collection that `ansible-
# playbook` finds by the variable is not found by the fixtures, nor by programs that the tests start. Without
# galaxy.yml the variable stays.
# Why it matters: Tests that use a second collection fail in a repository of a collection only. `--ansible-
# unit-inject-only` leaves the variable as it is.
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
tools/bin/pip install --quiet --disable-pip-version-check pytest-ansible==26.10.0 pytest==9.1.1 ansible-core==2.21.5
export PATH="$folder/tools/bin:$PATH" HOME=$folder ANSIBLE_LOCALHOST_WARNING=false ANSIBLE_INVENTORY_UNPARSED_WARNING=false

mkdir -p repository elsewhere/ansible_collections/acme/other/plugins/modules
printf 'namespace: acme\nname: own\nversion: 1.0.0\n' > repository/galaxy.yml
cat > repository/test_path.py << 'EOF'
import os


def test_path():
    print("path:", os.environ["ANSIBLE_COLLECTIONS_PATH"])
EOF
export ANSIBLE_COLLECTIONS_PATH=$folder/elsewhere
cd repository
echo "== pytest-ansible 26.10.0"
for option in "" --ansible-unit-inject-only; do
    # shellcheck disable=SC2086
    pytest -q -s -p no:cacheprovider $option test_path.py | grep "^path" | sed "s#$folder#FOLDER#g" | tee output
    if [ -z "$option" ]; then reject "FOLDER/elsewhere"; else expect "FOLDER/elsewhere"; fi
done
echo "As described."
