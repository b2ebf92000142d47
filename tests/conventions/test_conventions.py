# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conventions: every module has documentation, a target, tests and examples that run."""

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
    """A module's documented options, with those of the fragments that it extends."""
    options = dict(documentation.get("options", {}))
    for named in documentation["extends_documentation_fragment"]:
        name, _dot, part = named.replace("ccloud.notifications.", "", 1).partition(".")
        fragment = importlib.import_module(
            f"ansible_collections.ccloud.notifications.plugins.doc_fragments.{name}"
        )
        text = getattr(fragment.ModuleDocFragment, part.upper() or "DOCUMENTATION")
        options.update(yaml.safe_load(text).get("options", {}))
    return options


FACTS = ("type", "elements", "choices", "default", "required", "aliases")


def documented(options):
    """Documented options as an argument spec has them."""
    plain = {}
    for name, option in options.items():
        plain[name] = {key: option[key] for key in FACTS if key in option}
        if "suboptions" in option:
            plain[name]["options"] = documented(option["suboptions"])
    return plain


def spec(options):
    plain = {}
    for name, option in options.items():
        plain[name] = {key: option[key] for key in FACTS if key in option}
        if "options" in option:
            plain[name]["options"] = spec(option["options"])
    return plain


@pytest.mark.parametrize("module", MODULES)
def test_every_module_is_documented_as_it_is(module):
    code = loaded(module)
    documentation = yaml.safe_load(code.DOCUMENTATION)
    assert documentation["module"] == module
    assert documentation["version_added"] <= GALAXY["version"]
    assert "ccloud.notifications.connection" in documentation["extends_documentation_fragment"]
    assert documented(options_of(documentation)) == spec(code.ARGUMENTS.options)


@pytest.mark.parametrize("module", MODULES)
def test_every_secret_option_is_marked(module):
    def secrets(options):
        for name, option in options.items():
            if (
                re.search("secret|token$|url$|password", name)
                and option["type"] == "str"
                and "choices" not in option
            ):
                yield name, option.get("no_log")
            yield from secrets(option.get("options", {}))

    assert {name: marked for name, marked in secrets(loaded(module).ARGUMENTS.options) if not marked} == {}


@pytest.mark.parametrize("module", MODULES)
def test_every_module_has_a_target_and_is_in_the_action_group(module):
    assert (TARGETS / module / "tasks" / "main.yml").is_file()
    assert module in RUNTIME["action_groups"]["notifications"]
    # Links would be simpler, but antsibull-docs takes them for redirects of the modules.
    action_plugins = [PLUGINS / "action" / f"{name}.py" for name in (module, "integration")]
    assert action_plugins[0].read_text() == action_plugins[1].read_text()


@pytest.mark.parametrize("module", MODULES)
def test_every_option_is_tested(module):
    """Somewhere in the module's own target or tests, or, for the connection, in the tests of that."""
    files = [*(TARGETS / module).rglob("*.yml"), *(ROOT / "tests" / "modules").glob(f"test_{module}.py")]
    files += [ROOT / "tests" / "modules" / name for name in ("test_connection.py", "test_tls.py")]
    text = "\n".join(each.read_text() for each in files)
    untested = [
        name for name in loaded(module).ARGUMENTS.options if not re.search(rf"\b{name}\b[\"']?\s*[:=]", text)
    ]
    assert untested == []


def test_what_modules_share_in_their_return_values_is_the_same_everywhere():
    for shared in ("api", "error"):
        described = {module: yaml.safe_load(loaded(module).RETURN)[shared] for module in MODULES}
        assert all(each == described[MODULES[0]] for each in described.values()), shared


@pytest.mark.parametrize("module", MODULES)
def test_code_of_a_module_fits_on_a_screen(module):
    code = (PLUGINS / "modules" / f"{module}.py").read_text().partition("ARGUMENTS = ")[2]
    assert len(code.splitlines()) <= 90


def test_the_version_is_the_same_everywhere():
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import COLLECTION_VERSION

    assert GALAXY["version"] == COLLECTION_VERSION


@pytest.fixture
def organization(emulator):
    """An organization as the examples take it for."""
    emulator.reset(integrations=examples.integrations(emulator))
    return {"variables": examples.variables(emulator), "environment": examples.environment(emulator)}


def test_the_examples_of_every_module_run(organization, tmp_path):
    """In one process, for time's sake."""
    played = play(tmp_path, examples.of_every_module(), **organization)
    assert played.status == 0, played.output
    assert "WARNING" not in played.output
    assert all(f"PLAY [{module}]" in played.output for module in MODULES)


def test_ansible_test_gets_what_the_emulator_needs():
    """ansible-test reads no file that its requirements include."""

    def pins(path):
        return {line for line in (ROOT / path).read_text().splitlines() if line and not line.startswith("#")}

    assert pins("tests/emulator/requirements.txt") < pins("tests/integration/requirements.txt")
