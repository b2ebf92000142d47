# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook ``test``: tests of routing without credentials and without a request."""

from __future__ import annotations

import json
from xml.etree import ElementTree

import pytest
import yaml

from emulator.catalogue import NAMES_NOT_IN_PLAN
from support import examples
from support.emulator import slack
from support.playbooks import ROOT, command

EXAMPLES = ROOT / "playbooks" / "vars"
EXAMPLE = ("-e", f"@{EXAMPLES}/organization.yml", "-e", f"@{EXAMPLES}/routing-tests.yml")


def play(folder, playbook, *flags, status=0, **environment):
    process = command(
        folder, "ansible-playbook", f"ccloud.notifications.{playbook}", *flags, environment=environment
    )
    assert process.status == status, process.output[-5000:]
    return process.output


@pytest.fixture
def organization(emulator, tmp_path):
    """A folder with the catalog of an organization, which no longer answers."""
    emulator.reset(integrations=[slack("existing")])
    play(tmp_path, "export", "-e", "export_catalog_to=catalog.json", **examples.environment(emulator))
    emulator.reset()
    return tmp_path


def test_catalog_has_no_url_and_no_subscription(organization):
    catalog = json.loads((organization / "catalog.json").read_text())
    assert {"id", "display_name", "kind"} == set(catalog["integrations"][0])
    assert "existing" in {obj["display_name"] for obj in catalog["integrations"]}
    included = {obj["display_name"]: obj["is_included_in_plan"] for obj in catalog["notification_types"]}
    assert {name for name, is_included in included.items() if not is_included} == set(NAMES_NOT_IN_PLAN)
    assert "hooks" not in (organization / "catalog.json").read_text()


def test_example_passes_without_credentials_urls_and_requests(organization, emulator):
    output = play(organization, "test", *EXAMPLE, "-e", "test_junit=routing.xml")
    assert "12 tests passed, 0 failed; they exercise 88 % of the rules" in output
    assert "No test is about rule 9." in output
    assert emulator.requests() == []
    suite = ElementTree.parse(organization / "routing.xml").getroot()[0]
    assert suite.attrib["tests"] == "13"
    assert suite.attrib["failures"] == "0"


def test_a_wrong_rule_is_named_in_the_output_and_in_junit(organization):
    variables = yaml.safe_load((EXAMPLES / "organization.yml").read_text())
    variables["bootstrap_subscriptions"][1]["integrations"].append("pager")
    (organization / "wrong.yml").write_text(yaml.safe_dump(variables))
    flags = ("-e", "@wrong.yml", "-e", f"@{EXAMPLES}/routing-tests.yml", "-e", "test_junit=routing.xml")
    output = play(organization, "test", *flags, status=2)
    assert "failed: a busy cluster does not page" in output
    assert "  'Cluster load is high' reaches 'ops-slack', 'pager' (by rule 2)" in output
    root = ElementTree.parse(organization / "routing.xml").getroot()
    failed = {case.attrib["name"] for case in root.iter("testcase") if case.find("failure") is not None}
    assert failed == {
        "a busy cluster does not page",
        "a degraded connector does not page",
        "the plan as a whole",
    }


def test_policies_are_checked_as_well(organization):
    policy = {
        "name": "invoices reach two channels",
        "select": {"categories": ["BILLING_LICENSING"]},
        "require": {"at_least": 2},
    }
    flags = ("-e", json.dumps({"bootstrap_policies": [policy]}), "-e", "test_junit=routing.xml")
    output = play(organization, "test", *EXAMPLE, *flags, status=2)
    assert "would violate the policy 'invoices reach two channels'" in output
    assert 'failures="1"' in (organization / "routing.xml").read_text()


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("-e", f"@{EXAMPLES}/organization.yml"), "bootstrap_tests is not defined"),
        ((*EXAMPLE, "-e", "test_catalog=missing.json"), "test_catalog is missing.json, which cannot be read"),
        ((*EXAMPLE, "-e", "test_catalog=broken.json"), "no valid JSON"),
        ((*EXAMPLE, "-e", "test_catalog=strange.json"), "catalog"),
    ],
)
def test_a_missing_test_or_catalog_is_an_error(tmp_path, flags, message):
    (tmp_path / "broken.json").write_text("{")
    (tmp_path / "strange.json").write_text("[]")
    assert message in play(tmp_path, "test", *flags, status=2)


def test_plan_and_bootstrap_run_the_tests(emulator, tmp_path):
    flags = (*EXAMPLE, "-e", f"@{EXAMPLES}/secrets.example.yml")
    wrong = [{"name": "nobody is paged", "notification_type": "Connector failed", "expect": []}]
    failing = (*flags, "-e", json.dumps({"bootstrap_tests": wrong}))
    assert "nobody is paged" in play(tmp_path, "plan", *failing, **examples.environment(emulator))
    assert "1 routing test failed" in play(
        tmp_path, "bootstrap", *failing, status=2, **examples.environment(emulator)
    )
    assert emulator.writes() == []
