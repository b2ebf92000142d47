# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of docs/architecture.md: allowed imports, and what the engine must not depend on."""

from __future__ import annotations

import ast
import pathlib
import re
import sys

import pytest

from support.playbooks import ROOT

PLUGINS = ROOT / "plugins"
UTILS = PLUGINS / "module_utils"
SHARED = {"_errors", "_redaction"}
#: The packages that each package may import, besides the shared files.
MAY_IMPORT = {
    "_errors": set(),
    "_redaction": set(),
    "_api": set(),
    "_engine": set(),
    "_resources": {"_api", "_engine"},
    "_ansible": {"_api", "_engine", "_resources"},
}
MODULES_IMPORT = {*MAY_IMPORT, *SHARED}


def module_name(path: pathlib.Path) -> str:
    """``_engine.plan`` for ``_engine/plan.py``."""
    return ".".join(path.relative_to(UTILS).with_suffix("").parts)


def imports(path: pathlib.Path, base: pathlib.Path) -> set[str]:
    """The files in ``module_utils`` that a file imports, as dotted names; `base` is its package."""
    imported = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        folder = base
        for _up in range(node.level - 1):
            folder = folder.parent
        target = folder.joinpath(*(node.module or "").split(".")) if node.module else folder
        for file in [target.with_suffix(".py"), *(target / f"{alias.name}.py" for alias in node.names)]:
            if file.is_file() and UTILS in file.parents:
                imported.add(module_name(file))
    return imported


FILES = sorted(path for path in UTILS.rglob("*.py") if path.name != "__init__.py")
GRAPH = {module_name(path): imports(path, path.parent) for path in FILES}


def package(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize("name", GRAPH)
def test_packages_only_import_lower_packages(name):
    own = package(name)
    allowed = {own, *MAY_IMPORT[own], *SHARED}
    assert {imported for imported in GRAPH[name] if package(imported) not in allowed} == set()


def test_there_is_no_import_cycle():
    finished: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"import cycle: {' -> '.join((*path, name))}"
        if name not in finished:
            for imported in GRAPH[name]:
                visit(imported, (*path, name))
            finished.add(name)

    for name in GRAPH:
        visit(name, ())


def test_private_files_begin_with_an_underscore():
    for folder in (UTILS, PLUGINS / "plugin_utils"):
        names = {path.name for path in folder.iterdir() if path.name not in ("__init__.py", "__pycache__")}
        assert {name for name in names if not name.startswith("_")} == set()


@pytest.mark.parametrize(
    "path", [path for path in FILES if "_engine" in path.parts], ids=lambda path: path.name
)
def test_engine_names_no_resource(path):
    code = re.sub(r'""".*?"""|#.*', "", path.read_text(), flags=re.DOTALL)
    pattern = r"integration|subscription|webhook|/notifications/v1/|preference"
    assert re.findall(pattern, code, re.IGNORECASE) == []


def test_only_api_imports_requests_and_only_adapter_imports_ansible():
    for path in FILES:
        text = path.read_text()
        assert "import requests" not in text or "_api" in path.parts, path
        assert "from ansible." not in text or "_ansible" in path.parts, path


def test_plugins_only_depend_on_ansible_core_and_requests():
    allowed = set(sys.stdlib_module_names) | {"ansible", "requests", "urllib3"}
    imported = set()
    for path in PLUGINS.rglob("*.py"):
        for line in path.read_text().splitlines():
            match = re.match(r"\s*(?:from (\w+)[\w.]* import|import (\w+))", line)
            if match:
                imported.add((match.group(1) or match.group(2), path.parent.name))
    # ansible-core itself requires PyYAML on the controller.
    assert {name for name in imported if name[0] not in allowed} == {("yaml", "plugin_utils")}


def test_errors_are_never_mutated():
    assignment = re.compile(r"^\s*(?:error|failed|caught|lost|conflict|\w*_error)\.\w+ = ", re.MULTILINE)
    for path in PLUGINS.rglob("*.py"):
        assert assignment.findall(path.read_text()) == [], path


def test_nothing_was_changed_is_appended_in_one_place():
    texts = ("Nothing was changed", "Nothing was written", "Nothing was sent")
    mentions = [path.name for path in PLUGINS.rglob("*.py") for text in texts if text in path.read_text()]
    assert mentions == ["_errors.py"]
