#!/usr/bin/env bash
# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
#
# ansible-test: the sanity test of shebangs refuses `#!/usr/bin/env python3`, and wants `python`.
#
# One would guess: The line that the documentation of Python and of most systems recommends is accepted.
# What happens: The test accepts `#!/usr/bin/env python` and refuses `python3` in a file that is no module, with
# ansible-core 2.16 and 2.21.
# Why it matters: Only the sanity tests report this, and they take minutes. A script that is called with an
# interpreter needs no such line.
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

mkdir -p scripts
printf '#!/usr/bin/env python3\nprint("hello")\n' > scripts/three.py
printf '#!/usr/bin/env python\nprint("hello")\n' > scripts/any.py
chmod +x scripts/*.py
for version in 2.16.19 2.21.5; do
    python3.12 -m venv "core-$version"
    "core-$version/bin/pip" install --quiet --disable-pip-version-check "ansible-core==$version"
    check=$(echo core-"$version"/lib/python3.12/site-packages/ansible_test/_util/controller/sanity/code-smell/shebang.py)
    "core-$version/bin/python" "$check" scripts/three.py scripts/any.py > output
    echo "== ansible-core $version"
    cat output
    expect "scripts/three.py:1:1: unexpected non-module shebang"
    reject "scripts/any.py"
done
echo "As described."
