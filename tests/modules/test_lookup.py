# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup integration_id: exact names, clear errors, and no secret in any of them."""

from __future__ import annotations

import pytest
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader

from support.emulator import EXTERNAL_TOKEN, KEY, SECRET, slack
from support.examples import environment
from support.playbooks import command

NAME = "ccloud.notifications.integration_id"


@pytest.fixture
def look_up(emulator):
    """Runs the lookup, by default with the credentials of the emulator."""
    emulator.reset(integrations=[slack("ops"), slack("pager"), slack("twin"), slack("twin")])

    def run(*names, **options):
        options = {"endpoint": emulator.url, **(options or {"api_key": KEY, "api_secret": SECRET})}
        return lookup_loader.get(NAME, loader=DataLoader()).run(list(names), variables={}, **options)

    return run


def test_ids_are_returned_in_the_order_of_the_names(look_up, emulator):
    ids = emulator.ids()
    assert look_up("pager", "ops", ids["ops"]) == [ids["pager"], ids["ops"], ids["ops"]]
    assert emulator.lines() == ["GET /integrations -> 200"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("pagr", "the integration 'pagr' does not exist. Did you mean 'pager' (i-"),
        ("Ops", "the integration 'Ops' does not exist. Did you mean 'ops' (i-"),
        ("twin", "2 integrations are named 'twin': i-"),
        ("", "an empty name is given for the integration"),
        (7, "the integration '7' does not exist"),
    ],
)
def test_missing_and_ambiguous_names_fail(look_up, name, expected):
    with pytest.raises(AnsibleLookupError) as raised:
        look_up("ops", name)
    assert str(raised.value).startswith("Could not look up the ID of an integration: ")
    assert expected in str(raised.value)


def test_identity_pool_is_an_option(look_up, emulator):
    ids = look_up("ops", identity_pool_id="pool-1", external_token=EXTERNAL_TOKEN)
    assert ids == [emulator.ids()["ops"]]
    assert emulator.requests()[-1]["authorization"] == "Bearer"


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"api_key": KEY, "api_secret": "wrong-secret"}, "Valid authentication credentials must be provided"),
        ({"api_key": KEY, "api_secrt": "wrong-secret"}, "Unknown option api_secrt. Did you mean api_secret?"),
        ({"api_key": KEY, "api_secret": "wrong-secret", "timeout": "soon"}, "timeout must be a whole number"),
        ({"api_token": "wrong-secret", "timeout": 0}, "`timeout` must be from 1 to 86400 seconds"),
    ],
)
def test_errors_name_the_problem_and_no_secret(look_up, options, expected):
    with pytest.raises(AnsibleLookupError) as raised:
        look_up("ops", **options)
    assert expected in str(raised.value)
    assert "wrong-secret" not in str(raised.value)


def test_credentials_come_from_the_environment_and_are_never_printed(look_up, emulator, tmp_path):
    message = "ID {{ lookup('" + NAME + "', 'pager') }}."
    process = command(
        tmp_path,
        *["ansible", "localhost", "-vvvv", "-m", "ansible.builtin.debug", "-a", f'msg="{message}"'],
        environment=environment(emulator),
    )
    assert process.status == 0, process.output
    assert f"ID {emulator.ids()['pager']}." in process.output
    assert SECRET not in process.output
