# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
# ansible-test sanity on a copy of what git tracks, for ansible-test insists on its own path and works on no symbolic links.
# Usage: run.sh BIN [arguments of ansible-test sanity]
set -eu
bin=$(cd "$1" && pwd); shift
copy=.cache/sanity/ansible_collections/ccloud/notifications
rm -rf .cache/sanity && mkdir -p "$copy"
git ls-files -z --cached --others --exclude-standard | xargs -0 cp --parents -t "$copy" 2>/dev/null || true

# ansible-test fetches pip's bootstrap from a host of its own; the one that Python ships does as well.
cache=${HOME:?}/.ansible/test/cache
mkdir -p "$cache"
for version in $("$bin/python" -c '
import pathlib, re, ansible_test
text = (pathlib.Path(ansible_test.__file__).parent / "_internal" / "python_requirements.py").read_text()
print(" ".join(sorted({each.replace(".", "_") for each in re.findall(r"""["\x27](\d+\.\d+(?:\.\d+)?)["\x27]""", text)})))
'); do
    [ -e "$cache/get_pip_$version.py" ] || printf 'import ensurepip\n\nensurepip.bootstrap(upgrade=True, default_pip=True)\n' > "$cache/get_pip_$version.py"
done

cd "$copy"
# ansible-test needs a git repository, or looks at every file there is.
git init --quiet . && git add --all
python=$("$bin/python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
exec "$bin/ansible-test" sanity --venv --python "$python" --color no "$@"
