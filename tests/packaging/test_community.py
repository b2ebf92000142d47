# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the community index and Automation Hub require of the repository: CI, README, metadata."""

from __future__ import annotations

import re

import pytest
import yaml

from matrix.ansible_test import cells_of, results_of
from support.cores import CORES, TARGETS
from support.playbooks import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
#: The sections that reviewers look for.
SECTIONS = (
    "Installation",
    "Use cases",
    "Requirements",
    "Testing",
    "Support",
    "Contributing",
    "Communication",
    "Code of Conduct",
    "Versioning",
    "Release notes",
    "License",
)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_pins_actions_and_can_only_read(workflow):
    text = workflow.read_text()
    actions = re.findall(r"uses: (.+)", text)
    pinned = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
    assert [action for action in actions if not pinned.fullmatch(action)] == []

    content = yaml.safe_load(text)
    assert content["permissions"] == {"contents": "read"}
    assert [name for name, job in content["jobs"].items() if "permissions" in job] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.name)
def test_workflow_keeps_no_credentials_and_runs_regularly(workflow):
    content = yaml.safe_load(workflow.read_text())
    steps = [step for job in content["jobs"].values() for step in job["steps"]]
    checkouts = [step for step in steps if step.get("uses", "").startswith("actions/checkout@")]
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)
    assert {"pull_request", "push", "schedule"} <= set(content["on"])


def sanity_branches(workflow):
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / workflow).read_text())["jobs"]
    return jobs["sanity"]["strategy"]["matrix"]["ansible"]


def test_ci_runs_sanity_tests_of_every_supported_core():
    stable = [f"stable-{core.name}" for core in CORES]
    assert sanity_branches("ci.yml") == [*stable, "devel"]
    assert set(sanity_branches("certification.yml")) <= set(stable)

    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text())["jobs"]
    assert jobs["sanity"]["continue-on-error"] == "${{ matrix.ansible == 'devel' }}"
    assert jobs["matrix"]["strategy"]["matrix"]["core"] == [core.name for core in CORES]


def test_readme_has_the_sections_of_reviewers_and_the_supported_versions():
    text = (ROOT / "README.md").read_text()
    headings = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert [section for section in SECTIONS if section not in headings] == []

    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text())
    assert runtime["requires_ansible"] == f">={CORES[0].name}.0"
    requirements = text.partition("## Requirements")[2].partition("\n## ")[0]
    controllers = sorted({version for core in CORES for version in core.controllers}, key=TARGETS.index)
    assert f"{CORES[0].name} to {CORES[-1].name}" in requirements
    assert f"{controllers[0]} to {controllers[-1]}" in requirements
    assert f"{TARGETS[0]} to {TARGETS[-1]}" in requirements


def test_docs_ansible_com_has_the_guides_of_the_site():
    index = (ROOT / "docs" / "index.md").read_text()
    sections = []
    for caption, pages in re.findall(r"```{toctree}\n:maxdepth: 1\n:caption: (.+)\n\n((?:.+\n)+)```", index):
        paths = [re.sub(r".* <(.+)>", r"\1", line) for line in pages.splitlines()]
        names = [path.replace("/", "_") for path in paths if (ROOT / "docs" / f"{path}.md").is_file()]
        sections.append({"title": caption, "toctree": names})

    extra_docs = yaml.safe_load((ROOT / "docs" / "docsite" / "extra-docs.yml").read_text())
    assert extra_docs["sections"] == [section for section in sections if section["title"] != "Development"]


def test_start_page_of_the_site_has_the_table_of_the_readme():
    def table(path):
        text = (ROOT / path).read_text().replace("(docs/", "(")
        return re.search(r"\| you want to \| guide \|\n(?:\|.+\n)+", text)[0]

    assert table("docs/index.md") == table("README.md")


def test_extensions_are_declared():
    plugins = ROOT / "extensions" / "eda" / "plugins"
    found = {f"eda/plugins/{path.name}" for path in plugins.iterdir() if any(path.glob("*.py"))}
    declared = yaml.safe_load((ROOT / "meta" / "extensions.yml").read_text())["extensions"]
    assert {extension["args"]["ext_dir"] for extension in declared} == found


REPORT = '<testsuites><testsuite><testcase classname="sanity" name="x">{}</testcase></testsuite></testsuites>'


def test_table_of_sanity_tests_shows_failures_and_missing_results(tmp_path, monkeypatch):
    monkeypatch.setattr("matrix.ansible_test.interpreter", lambda version: version != "3.13" or None)
    reports = tmp_path / "tests" / "output" / "junit"
    reports.mkdir(parents=True)
    for name, content in (
        ("compile-python-3.9", ""),
        ("import-python-3.9", ""),
        ("compile-python-3.10", ""),
        ("import-python-3.10", "<failure/>"),
        ("compile-python-3.11", ""),
        ("compile-python-3.12", "<skipped/>"),
        ("import-python-3.12", "<skipped/>"),
        ("pep8", ""),
        ("validate-modules", ""),
        ("shellcheck-python-3.13", "<skipped/>"),
    ):
        (reports / f"ansible-test-sanity-{name}.xml").write_text(REPORT.format(content))

    core = next(core for core in CORES if core.name == "2.18")
    results = results_of(tmp_path)
    assert cells_of(core, results) == {
        "3.9": "passed",
        "3.10": "FAILED",
        "3.11": "FAILED: not run",
        "3.12": "FAILED",
        "3.13": "no interpreter",
        "3.14": "not supported",
        "other tests": "2 passed",
    }
    failed = {**results, ("pep8", ""): "FAILED"}
    assert cells_of(core, failed)["other tests"] == "FAILED: 1 of 3"


@pytest.mark.parametrize("role", sorted((ROOT / "roles").iterdir()), ids=lambda role: role.name)
def test_role_has_a_description(role):
    metadata = yaml.safe_load((role / "meta" / "main.yml").read_text())
    assert metadata["galaxy_info"]["description"]
