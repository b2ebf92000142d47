# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conventions: every module has documentation, an integration target, tests, and working examples."""

from __future__ import annotations

import importlib
import re

import pytest
import yaml

from support import examples
from support.examples import MODULES, loaded
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


SPEC_KEYS = ("type", "elements", "choices", "default", "required", "aliases")


def documented(options):
    """The documented options, in the form of an argument spec."""
    result = {}
    for name, option in options.items():
        result[name] = {key: option[key] for key in SPEC_KEYS if key in option}
        if "suboptions" in option:
            result[name]["options"] = documented(option["suboptions"])
    return result


def spec(options):
    """The documented keys of an argument spec."""
    result = {}
    for name, option in options.items():
        result[name] = {key: option[key] for key in SPEC_KEYS if key in option}
        if "options" in option:
            result[name]["options"] = spec(option["options"])
    return result


@pytest.mark.parametrize("module", MODULES)
def test_documentation_matches_the_argument_spec(module):
    code = loaded(module)
    documentation = yaml.safe_load(code.DOCUMENTATION)
    assert documentation["module"] == module
    assert documentation["version_added"] <= GALAXY["version"]
    assert "ccloud.notifications.connection" in documentation["extends_documentation_fragment"]
    assert documented(options_of(documentation)) == spec(code.ARGUMENTS.options)


@pytest.mark.parametrize("module", MODULES)
def test_every_secret_option_has_no_log(module):
    def secrets(options):
        for name, option in options.items():
            looks_secret = re.search("secret|token$|url$|password", name)
            if looks_secret and option["type"] == "str" and "choices" not in option:
                yield name, option.get("no_log")
            yield from secrets(option.get("options", {}))

    assert {name: no_log for name, no_log in secrets(loaded(module).ARGUMENTS.options) if not no_log} == {}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_target_and_an_action_plugin(module):
    assert (TARGETS / module / "tasks" / "main.yml").is_file()
    assert module in RUNTIME["action_groups"]["notifications"]
    # Links would be simpler, but antsibull-docs takes them for redirects of the modules.
    action_plugins = [PLUGINS / "action" / f"{name}.py" for name in (module, "integration")]
    assert action_plugins[0].read_text() == action_plugins[1].read_text()


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_tested(module):
    """In the module's own target or tests, or in the tests of the connection options."""
    files = [*(TARGETS / module).rglob("*.yml"), *(ROOT / "tests" / "modules").glob(f"test_{module}.py")]
    files += [ROOT / "tests" / "modules" / name for name in ("test_connection.py", "test_tls.py")]
    text = "\n".join(file.read_text() for file in files)
    options = loaded(module).ARGUMENTS.options
    assert [name for name in options if not re.search(rf"\b{name}\b[\"']?\s*[:=]", text)] == []


def test_shared_return_values_are_documented_identically():
    for name in ("api", "error"):
        documentation = {module: yaml.safe_load(loaded(module).RETURN)[name] for module in MODULES}
        assert all(entry == documentation[MODULES[0]] for entry in documentation.values()), name


@pytest.mark.parametrize("module", MODULES)
def test_code_of_every_module_is_short(module):
    code = (PLUGINS / "modules" / f"{module}.py").read_text().partition("ARGUMENTS = ")[2]
    assert len(code.splitlines()) <= 90


def test_version_is_the_same_everywhere():
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import COLLECTION_VERSION

    assert GALAXY["version"] == COLLECTION_VERSION


@pytest.fixture
def organization(emulator):
    """The organization that the examples expect."""
    emulator.reset(integrations=examples.integrations(emulator))
    return {"variables": examples.variables(emulator), "environment": examples.environment(emulator)}


def test_examples_of_every_module_run(organization, tmp_path):
    """In one process, to save time."""
    process = play(tmp_path, examples.of_every_module(), **organization)
    assert process.status == 0, process.output
    assert "WARNING" not in process.output
    assert all(f"PLAY [{module}]" in process.output for module in MODULES)


def test_integration_requirements_include_those_of_the_emulator():
    """ansible-test does not read requirements files that include others."""

    def pins(path):
        return {line for line in (ROOT / path).read_text().splitlines() if line and not line.startswith("#")}

    assert pins("tests/emulator/requirements.txt") < pins("tests/integration/requirements.txt")
