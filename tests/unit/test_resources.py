# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``resources``: what the descriptions say about fields."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils import errors
from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import is_hidden
from ansible_collections.ccloud.notifications.plugins.module_utils.desired import integration_fields
from ansible_collections.ccloud.notifications.plugins.module_utils.resources import INTEGRATION, ON_CHANGE, is_manageable, target_kind

OMITTED = {"display_name": None, "description": None, "target": None}


def test_what_is_omitted_is_no_field():
    assert integration_fields(OMITTED, "x") == {}


@pytest.mark.parametrize(("kind", "member"), [("Slack", "webhook_url"), ("MsTeams", "webhook_url"), ("Webhook", "url")])
def test_each_kind_has_its_own_name_for_the_url(kind, member):
    target = {"kind": kind, "webhook_url": "https://example.org/x"}
    fields = integration_fields({**OMITTED, "target": target}, "x")
    assert fields == {"target": {"kind": kind, member: "https://example.org/x"}}


@given(st.text(min_size=65))
def test_limits_count_characters(name):
    with pytest.raises(errors.InvalidInput, match=f"has {len(name)} characters"):
        integration_fields({**OMITTED, "display_name": name}, "x")


@given(st.text())
def test_a_url_is_refused_without_being_shown_or_is_a_url(text):
    secret = f"topsecret{text}"
    assume(not is_hidden(secret))
    with pytest.raises(errors.InvalidInput) as caught:
        integration_fields({**OMITTED, "target": {"kind": "Slack", "webhook_url": secret}}, "x")
    assert "topsecret" not in caught.value.message


anything = st.none() | st.booleans() | st.integers() | st.text() | st.lists(st.text()) | st.dictionaries(st.text(), st.text())


@given(anything, st.dictionaries(st.sampled_from(["kind", "url", "webhook_url"]), anything))
def test_no_object_is_too_strange_to_be_judged(target, members):
    for whole in ({"target": target}, {"target": members}, {}):
        assert isinstance(target_kind(whole), str)
        assert isinstance(is_manageable(whole), bool)
        assert isinstance(INTEGRATION.name(whole), str)
        assert all(isinstance(each, str) for each in INTEGRATION.secrets(whole))
        wanted = {"kind": "Slack", "webhook_url": "https://example.org/x"}
        INTEGRATION.field("target").compare(wanted, whole.get("target"), ON_CHANGE)
