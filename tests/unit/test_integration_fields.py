# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``_resources.integrations``: options and fields of an integration."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._engine.model import ON_CHANGE
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import is_hidden
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import (
    INTEGRATIONS,
    fields_from_options,
    is_manageable,
    target_kind,
)
from support.errors import raises

OMITTED = {"display_name": None, "description": None, "target": None}


def test_omitted_options_give_no_fields():
    assert fields_from_options(OMITTED) == {}


@pytest.mark.parametrize(
    ("kind", "field"), [("Slack", "webhook_url"), ("MsTeams", "webhook_url"), ("Webhook", "url")]
)
def test_url_is_sent_in_the_field_of_the_kind(kind, field):
    target = {"kind": kind, "webhook_url": "https://example.org/x"}
    fields = fields_from_options({**OMITTED, "target": target})
    assert fields == {"target": {"kind": kind, field: "https://example.org/x"}}


@given(st.text(min_size=65))
def test_name_length_is_counted_in_characters(name):
    with raises("invalid_option", match=f"has {len(name)} characters"):
        fields_from_options({**OMITTED, "display_name": name})


@given(st.text())
def test_invalid_url_is_rejected_without_showing_it(text):
    secret = f"topsecret{text}"
    assume(not is_hidden(secret))
    with raises("invalid_option") as caught:
        fields_from_options({**OMITTED, "target": {"kind": "Slack", "webhook_url": secret}})
    assert "topsecret" not in caught.value.message


anything = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.lists(st.text())
    | st.dictionaries(st.text(), st.text())
)


@given(anything, st.dictionaries(st.sampled_from(["kind", "url", "webhook_url"]), anything))
def test_objects_of_any_shape_are_handled(target, members):
    for obj in ({"target": target}, {"target": members}, {}):
        assert isinstance(target_kind(obj), str)
        assert isinstance(is_manageable(obj), bool)
        assert isinstance(INTEGRATIONS.name(obj), str)
        assert all(isinstance(secret, str) for secret in INTEGRATIONS.secrets(obj))
        desired = {"kind": "Slack", "webhook_url": "https://example.org/x"}
        INTEGRATIONS.field("target").compare(desired, obj.get("target"), ON_CHANGE)
