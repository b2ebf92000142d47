# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of docs/architecture.md: who may import whom, and what the engine must not know."""

from __future__ import annotations

import ast
import pathlib
import re
import sys

import pytest

from support.playbooks import ROOT

PLUGINS = ROOT / "plugins"
UTILS = PLUGINS / "module_utils"
SHARED = {"_common", "_errors", "_masking", "_redaction"}
#: The packages that each package may import, beside the shared files.
MAY_IMPORT = {
    "_common": set(),
    "_errors": set(),
    "_masking": set(),
    "_redaction": set(),
    "_api": set(),
    "_engine": set(),
    "_resources": {"_api", "_engine"},
    "_organization": {"_engine", "_resources"},
    "_ansible": {"_api", "_engine", "_resources", "_organization"},
}


def module_name(path: pathlib.Path) -> str:
    """``_engine.plan`` for ``_engine/plan.py``."""
    return ".".join(path.relative_to(UTILS).with_suffix("").parts)


def imports(path: pathlib.Path, base: pathlib.Path) -> set[str]:
    """The files in ``module_utils`` that a file imports, as dotted names. ``base`` is the file's package."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue

        folder = base
        for _level in range(node.level - 1):
            folder = folder.parent
        target = folder.joinpath(*node.module.split(".")) if node.module else folder

        candidates = [target.with_suffix(".py"), *(target / f"{alias.name}.py" for alias in node.names)]
        found.update(module_name(file) for file in candidates if file.is_file() and UTILS in file.parents)
    return found


FILES = sorted(path for path in UTILS.rglob("*.py") if path.name != "__init__.py")
GRAPH = {module_name(path): imports(path, path.parent) for path in FILES}


def package(name: str) -> str:
    return name.partition(".")[0]


@pytest.mark.parametrize("name", GRAPH)
def test_package_imports_only_lower_packages(name):
    own = package(name)
    allowed = {own, *MAY_IMPORT[own], *SHARED}
    assert {imported for imported in GRAPH[name] if package(imported) not in allowed} == set()


def test_imports_have_no_cycle():
    finished: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, f"import cycle: {' -> '.join((*path, name))}"
        if name not in finished:
            for imported in GRAPH[name]:
                visit(imported, (*path, name))
            finished.add(name)

    for name in GRAPH:
        visit(name, ())


def test_private_files_begin_with_underscore():
    for folder in (UTILS, PLUGINS / "plugin_utils"):
        names = {path.name for path in folder.iterdir() if path.name not in ("__init__.py", "__pycache__")}
        assert {name for name in names if not name.startswith("_")} == set()


@pytest.mark.parametrize(
    "path", [path for path in FILES if "_engine" in path.parts], ids=lambda path: path.name
)
def test_engine_file_names_no_resource(path):
    code = re.sub(r'""".*?"""|#.*', "", path.read_text(), flags=re.DOTALL)
    assert (
        re.findall(r"integration|subscription|webhook|/notifications/v1/|preference", code, re.IGNORECASE)
        == []
    )


def test_only_api_uses_requests_and_only_adapter_uses_ansible():
    for path in FILES:
        text = path.read_text()
        assert "import requests" not in text or "_api" in path.parts, path
        assert "from ansible." not in text or "_ansible" in path.parts, path


def test_plugins_import_only_stdlib_ansible_and_requests():
    # ansible-core requires Jinja on the controller anyway.
    allowed = set(sys.stdlib_module_names) | {"ansible", "requests", "urllib3", "jinja2"}
    imported = set()
    for path in PLUGINS.rglob("*.py"):
        for line in path.read_text().splitlines():
            found = re.match(r"\s*(?:from (\w+)[\w.]* import|import (\w+))", line)
            if found:
                imported.add((found.group(1) or found.group(2), path.parent.name))
    # ansible-core requires PyYAML on the controller anyway.
    assert {name for name in imported if name[0] not in allowed} == {
        ("yaml", "plugin_utils"),
        ("yaml", "_reports"),
    }


def test_errors_are_never_changed_after_raise():
    assignment = re.compile(r"^\s*(?:error|failed|caught|lost|conflict|\w*_error)\.\w+ = ", re.MULTILINE)
    for path in PLUGINS.rglob("*.py"):
        assert assignment.findall(path.read_text()) == [], path


def test_one_file_has_the_text_nothing_was_changed():
    texts = ("Nothing was changed", "Nothing was written", "Nothing was sent")
    mentions = [path.name for path in PLUGINS.rglob("*.py") for text in texts if text in path.read_text()]
    assert set(mentions) == {"_errors.py"}
