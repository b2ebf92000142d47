# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``tools/contract_differences`` lists each place where two documents differ, and says it once."""

from __future__ import annotations

import sys

import pytest
import yaml
from contract_differences.__main__ import CONTRACT, Document, differences, main

PATH = "/notifications/v1/integrations"
TEXT = CONTRACT.read_text(encoding="utf-8")


def changed(change):
    """The contract of this project after a change."""
    root = yaml.safe_load(TEXT)
    change(root)
    return Document(yaml.safe_dump(root))


def listed(change):
    return list(differences(Document(TEXT), changed(change)))


def test_document_is_equal_to_itself():
    assert listed(lambda root: None) == []


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda root: root["paths"].pop(f"{PATH}:test"), f"POST {PATH}:test: only in ours"),
        (
            lambda root: root["paths"].update({f"{PATH}:new": {"get": {"responses": {"200": {}}}}}),
            f"GET {PATH}:new: only in the published document",
        ),
        (
            lambda root: root["paths"][PATH]["get"]["responses"].pop("404"),
            f"GET {PATH} 404: only in ours",
        ),
        (
            lambda root: root["paths"][PATH]["get"]["parameters"].append(
                {"name": "q", "in": "query", "schema": {"type": "string"}}
            ),
            f"GET {PATH} query q: only in the published document",
        ),
    ],
)
def test_operation_status_or_parameter_is_named_once(change, line):
    assert [found for found in listed(change) if PATH in found] == [line]


def schema(name, **members):
    return lambda root: root["components"]["schemas"][name].update(members)


@pytest.mark.parametrize(
    ("change", "lines"),
    [
        (
            schema("DisplayName", maxLength=65),
            [f"POST {PATH} body display_name: maxLength is 64 in ours, and 65 in the published document"],
        ),
        (
            schema("NewIntegration", required=["display_name", "target", "description"]),
            [f"POST {PATH} body description: required is True in the published document, and None in ours"],
        ),
        # A document of version 3.0 says the same in another way.
        (schema("PageLink", type="string", nullable=True), []),
    ],
)
def test_fact_about_a_member_is_shown_with_both_values(change, lines):
    assert [found for found in listed(change) if found.startswith(f"POST {PATH} body")] == lines
    assert bool(listed(change)) == bool(lines)


def test_parameter_of_a_path_and_type_of_a_body_are_compared():
    def change(root):
        path = root["paths"][PATH]
        path["parameters"] = [{"name": "org", "in": "query", "required": True, "schema": {"type": "string"}}]
        content = root["components"]["requestBodies"]["NewIntegration"]["content"]
        content["application/xml"] = content.pop("application/json")

    lines = listed(change)
    assert f"GET {PATH} query org: only in the published document" in lines
    assert f"POST {PATH} body of type application/xml: only in the published document" in lines


def test_schema_that_refers_to_itself_ends():
    def change(root):
        schemas = root["components"]["schemas"]
        schemas["IntegrationList"]["properties"]["more"] = {"$ref": "#/components/schemas/IntegrationList"}

    assert f"GET {PATH} 200 more: only in the published document" in listed(change)


def test_members_that_are_never_sent_are_no_difference():
    def add(root):
        properties = root["components"]["schemas"]["NewIntegration"]["properties"]
        properties["id"] = {"type": "string", "readOnly": True}

    assert listed(add) == []


def test_differences_are_counted(tmp_path, monkeypatch, capsys):
    document = tmp_path / "published.yaml"
    document.write_text(TEXT.replace("maxLength: 128", "maxLength: 129"))
    monkeypatch.setattr(sys, "argv", ["contract_differences", str(document)])
    main()
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == f"{len(lines) - 1} differences."
    assert any("maxLength is 128 in ours, and 129 in the published document" in line for line in lines)
