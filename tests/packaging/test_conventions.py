# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each module has matching documentation, a target, tests, and examples that run.

The modules are those in plugins/modules.
"""

from __future__ import annotations

import ast
import importlib
import re

import pytest
import yaml

from faults.operations import OPERATIONS
from support import examples
from support.examples import LOOKUPS, MODULES, load_module
from support.playbooks import ROOT, TARGETS, play

PLUGINS = ROOT / "plugins"
GALAXY = yaml.safe_load((ROOT / "galaxy.yml").read_text())
RUNTIME = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())


def options_of(documentation):
    """The documented options of a module, including those of its documentation fragments."""
    options = dict(documentation.get("options", {}))
    for reference in documentation["extends_documentation_fragment"]:
        name, _dot, part = reference.replace("ccloud.notifications.", "", 1).partition(".")
        fragment = importlib.import_module(
            f"ansible_collections.ccloud.notifications.plugins.doc_fragments.{name}"
        )
        text = getattr(fragment.ModuleDocFragment, part.upper() or "DOCUMENTATION")
        options.update(yaml.safe_load(text).get("options", {}))
    return options


COMPARED_KEYS = ("type", "elements", "choices", "default", "required", "aliases")


def documented(options):
    """Documented options in the form of an argument spec."""
    plain = {}
    for name, option in options.items():
        plain[name] = {key: option[key] for key in COMPARED_KEYS if key in option}
        if "suboptions" in option:
            plain[name]["options"] = documented(option["suboptions"])
    return plain


def spec(options):
    """The compared part of an argument spec."""
    plain = {}
    for name, option in options.items():
        plain[name] = {key: option[key] for key in COMPARED_KEYS if key in option}
        if "options" in option:
            plain[name]["options"] = spec(option["options"])
    return plain


@pytest.mark.parametrize("module", MODULES)
def test_documentation_matches_argument_spec(module):
    code = load_module(module)
    documentation = yaml.safe_load(code.DOCUMENTATION)
    assert documentation["module"] == module
    assert documentation["version_added"] <= GALAXY["version"]
    assert "ccloud.notifications.connection" in documentation["extends_documentation_fragment"]
    assert documented(options_of(documentation)) == spec(code.ARGUMENTS.options)


@pytest.mark.parametrize("module", MODULES)
def test_secret_options_are_marked_no_log(module):
    def find_secret_options(options):
        for name, option in options.items():
            if (
                re.search("secret|token$|url$|password", name)
                and option["type"] == "str"
                and "choices" not in option
            ):
                yield name, option.get("no_log")
            yield from find_secret_options(option.get("options", {}))

    options = load_module(module).ARGUMENTS.options
    assert [name for name, no_log in find_secret_options(options) if not no_log] == []


@pytest.mark.parametrize("module", MODULES)
def test_module_has_target_action_plugin_and_action_group(module):
    assert (TARGETS / module / "tasks" / "main.yml").is_file()
    assert module in RUNTIME["action_groups"]["notifications"]
    # Links would be simpler, but antsibull-docs takes them for redirects of the modules.
    action_plugins = [PLUGINS / "action" / f"{name}.py" for name in (module, "integration")]
    assert action_plugins[0].read_text() == action_plugins[1].read_text()


def test_every_module_has_operations_for_the_fault_matrix():
    assert {operation.module for operation in OPERATIONS} == set(MODULES)


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_tested(module):
    """In the module's target, or in tests that run the module or any one."""
    texts = [file.read_text() for file in (TARGETS / module).rglob("*.yml")]
    for file in (ROOT / "tests" / "modules").glob("test_*.py"):
        text = file.read_text()
        if f'"{module}"' in text or file.name in ("test_connection.py", "test_tls.py"):
            texts.append(text)
    text = "\n".join(texts)
    untested = [
        name
        for name in load_module(module).ARGUMENTS.options
        if not re.search(rf"\b{name}\b[\"']?\s*[:=]", text)
    ]
    assert untested == []


def test_shared_return_values_have_equal_documentation():
    for shared in ("api", "error"):
        documentation = {module: yaml.safe_load(load_module(module).RETURN)[shared] for module in MODULES}
        first = documentation[MODULES[0]]
        assert [module for module in MODULES if documentation[module] != first] == [], shared


@pytest.mark.parametrize("module", MODULES)
def test_module_code_has_at_most_90_lines(module):
    code = (PLUGINS / "modules" / f"{module}.py").read_text().partition("ARGUMENTS = ")[2]
    assert len(code.splitlines()) <= 90


def test_versions_in_galaxy_yml_and_code_are_equal():
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import COLLECTION_VERSION

    assert GALAXY["version"] == COLLECTION_VERSION


@pytest.fixture
def organization(emulator):
    """The organization in which the examples run."""
    emulator.reset(integrations=examples.integrations(emulator))
    return {"variables": examples.variables(emulator), "environment": examples.environment(emulator)}


def test_examples_of_all_modules_run(organization, tmp_path):
    """In one process, which is faster."""
    played = play(tmp_path, examples.example_plays(), **organization)
    assert played.status == 0, played.output
    warnings = [line for line in played.output.splitlines() if "WARNING" in line]
    # Examples delete integrations, replace those of types, and keep those of others, which the emulator does not have.
    expected = (
        "cannot list the subscriptions of single",
        "lose integrations",
        "which matches no integration",
    )
    assert [line for line in warnings if not any(text in line for text in expected)] == []
    assert all(f"PLAY [{name}]" in played.output for name in (*MODULES, *LOOKUPS))


def test_integration_requirements_include_those_of_the_emulator():
    """ansible-test does not follow includes in a requirements file."""

    def pins(path):
        return {line for line in (ROOT / path).read_text().splitlines() if line and not line.startswith("#")}

    assert pins("tools/emulator/requirements.txt") < pins("tests/integration/requirements.txt")


def test_long_functions_have_a_blank_line_between_steps():
    dense = []
    for file in sorted(PLUGINS.glob("*_utils/**/*.py")):
        text = file.read_text()
        lines = text.splitlines()
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef) and node.end_lineno - node.body[0].lineno > 15:
                body = lines[node.body[0].lineno - 1 : node.end_lineno]
                if all(line.strip() for line in body):
                    dense.append(f"{file.name}: {node.name}")
    assert dense == []
