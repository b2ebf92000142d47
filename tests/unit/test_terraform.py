# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is no Terraform state, or no catalog for one. tests/playbooks/test_review.py imports one that is."""

from __future__ import annotations

import json

import pytest

from ansible_collections.ccloud.notifications.plugins.plugin_utils._console import Console
from ansible_collections.ccloud.notifications.plugins.plugin_utils._exports import ImportTerraform
from ansible_collections.ccloud.notifications.plugins.plugin_utils._reports.files import FileError
from ansible_collections.ccloud.notifications.plugins.plugin_utils._role import VariableError

TARGET = [{"webhook_url": "https://hooks.slack.example/services/x"}]


def state_of(**values):
    """A state with one integration."""
    resource = {"mode": "managed", "type": "confluent_notifications_integration", "values": values}
    return json.dumps({"values": {"root_module": {"resources": [resource]}}})


def refused(folder, state, catalog=None):
    (folder / "state.json").write_text(state)
    variables = {"terraform_state": str(folder / "state.json"), "export_to": str(folder / "imported.yml")}
    if catalog is not None:
        (folder / "catalog.json").write_text(catalog)
        variables["import_catalog"] = str(folder / "catalog.json")
    with pytest.raises((VariableError, FileError)) as caught:
        ImportTerraform(Console("", is_quiet=True), "localhost").prepare(variables, None, [])
    return str(caught.value)


@pytest.mark.parametrize("catalog", ["[]", "{}", '{"notification_types": [1]}', '{"notification_types": {}}'])
def test_what_is_no_catalog_is_refused(tmp_path, catalog):
    state = state_of(id="i-1", display_name="x", slack_target=TARGET)
    assert "import_catalog is no catalog" in refused(tmp_path, state, catalog)


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("{}", "The file is no state."),
        ("[", "is no valid JSON"),
        ('{"values": {"root_module": {}}}', "has no resource"),
        (state_of(id="i-1", display_name="x"), "has no target with a URL"),
        (state_of(id="i-1", display_name="x", slack_target=[{}]), "has no target with a URL"),
        (state_of(display_name="x", slack_target=TARGET), "has no id"),
        ('{"values": {"root_module": {"resources": [1]}}}', "is no mapping"),
    ],
)
def test_what_is_no_state_is_refused(tmp_path, state, message):
    assert message in refused(tmp_path, state)
