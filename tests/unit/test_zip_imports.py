# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Imports from an archive, as ansible-core sends a module."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import zipfile

import pytest

ZIP_IMPORTS = (
    pathlib.Path(__file__).resolve().parents[2] / "plugins" / "module_utils" / "_ansible" / "zip_imports.py"
)
#: Python warns of it whenever it compiles the file.
INVALID_ESCAPE = '"\\d"\n'


@pytest.fixture
def archive(tmp_path):
    """An archive with a package ``parts`` in which ``before`` imports before, and the others after."""
    path = tmp_path / "payload.zip"
    with zipfile.ZipFile(path, "w") as written:
        written.writestr("parts/__init__.py", "")
        written.writestr("parts/zip_imports.py", ZIP_IMPORTS.read_text())
        written.writestr("parts/inner/__init__.py", INVALID_ESCAPE)
        written.writestr("parts/inner/module.py", INVALID_ESCAPE + "from . import other\n")
        written.writestr("parts/inner/other.py", "")
    return path


def run_python(path, source):
    environment = {**os.environ, "PYTHONPATH": str(path), "PYTHONWARNINGS": "always"}
    command = [sys.executable, "-c", source]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


PRINT_FILES = """
import json, sys
from parts.inner import module
files = {name: loaded.__file__ for name, loaded in sys.modules.items() if name.startswith("parts.inner")}
print(json.dumps(files))
"""


def test_file_in_an_archive_is_compiled_once(archive):
    compile_once = "from parts import zip_imports\nzip_imports.compile_once()\n"
    usual, once = run_python(archive, PRINT_FILES), run_python(archive, compile_once + PRINT_FILES)
    assert once.stderr.count("invalid escape sequence") == 2

    files = json.loads(once.stdout)
    assert files == json.loads(usual.stdout)
    assert files["parts.inner"] == str(archive / "parts" / "inner" / "__init__.py")
    assert files["parts.inner.module"] == str(archive / "parts" / "inner" / "module.py")


def test_missing_file_in_an_archive_is_an_import_error(archive):
    source = (
        "from parts import zip_imports\n"
        "zip_imports.compile_once()\n"
        "try:\n"
        "    import parts.missing\n"
        "except ModuleNotFoundError as error:\n"
        "    print(error)\n"
    )
    assert run_python(archive, source).stdout == "No module named 'parts.missing'\n"


def test_outside_an_archive_imports_remain_unchanged(tmp_path):
    (tmp_path / "zip_imports.py").write_text(ZIP_IMPORTS.read_text())
    source = (
        "import sys, zip_imports\n"
        "hooks = list(sys.path_hooks)\n"
        "zip_imports.compile_once()\n"
        "print(sys.path_hooks == hooks)\n"
    )
    assert run_python(tmp_path, source).stdout == "True\n"
