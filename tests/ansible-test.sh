# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# Run ansible-test on a copy of the tree, because it requires a certain path and follows no symbolic links.
# Usage: ansible-test.sh BIN sanity|integration [arguments of the command]
set -eu
bin=$(cd "$1" && pwd); command=$2; shift 2
copy=.cache/$command/ansible_collections/ccloud/notifications
rm -rf ".cache/$command" && mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null || true

# ansible-test downloads get-pip.py from its own server. The ensurepip of Python works as well.
cache=${HOME:?}/.ansible/test/cache
mkdir -p "$cache"
for version in $("$bin/python" -c '
import pathlib, re, ansible_test
text = (pathlib.Path(ansible_test.__file__).parent / "_internal" / "python_requirements.py").read_text()
print(" ".join(sorted({version.replace(".", "_") for version in re.findall(r"""["\x27](\d+\.\d+(?:\.\d+)?)["\x27]""", text)})))
'); do
    [ -e "$cache/get_pip_$version.py" ] || printf 'import ensurepip\n\nensurepip.bootstrap(upgrade=True, default_pip=True)\n' > "$cache/get_pip_$version.py"
done

cd "$copy"
# Without a Git repository, ansible-test would check every file.
git init --quiet . && git add --all
python=$("$bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
exec "$bin/ansible-test" "$command" --venv --python "$python" --color no "$@"
