# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``secrets``: what is hidden, and what is not damaged."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils.resources import INTEGRATION
from ansible_collections.ccloud.notifications.plugins.module_utils.secrets import HIDDEN, Veil, is_hidden

ENDPOINT = "https://api.confluent.cloud"
secrets = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=6).filter(lambda s: s.strip() == s)


@given(secrets, st.text(), st.text())
def test_a_secret_is_hidden_wherever_it_stands(secret, before, after):
    veil = Veil(ENDPOINT)
    veil.learn(secret)
    assert secret not in veil.text(before + secret + after).replace(HIDDEN, "\0")


@given(secrets)
def test_a_secret_is_hidden_in_every_form_of_an_echo(secret):
    veil = Veil(ENDPOINT)
    veil.learn(secret)
    for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/")):
        assert form not in veil.text(f"echo: {form}!").replace(HIDDEN, "\0")


@pytest.mark.parametrize(
    "text",
    [
        "POST https://hooks.slack.com/services/T0/B0/topsecret failed",
        "no route to /services/T0/B0/topsecret",
        "services/T0/B0/topsecret",
        '{"url": "https:\\/\\/hooks.slack.com\\/services\\/T0\\/B0\\/topsecret"}',
        "https%3A%2F%2Fhooks.slack.com%2Fservices%2FT0%2FB0%2Ftopsecret",
    ],
)
def test_a_known_url_is_hidden_in_every_form(text):
    veil = Veil(ENDPOINT)
    veil.learn("https://hooks.slack.com/services/T0/B0/topsecret")
    assert "topsecret" not in veil.text(text)


def test_a_url_that_only_the_service_knows_is_hidden_and_the_apis_own_is_not():
    veil = Veil(ENDPOINT)
    text = f"cannot post to https://example.org/topsecret; see {ENDPOINT}/notifications/v1/integrations/i-12345."
    assert veil.text(text) == (f"cannot post to https://******** see {ENDPOINT}/notifications/v1/integrations/i-12345.")
    assert "topsecret" not in veil.text(f"{ENDPOINT}.evil.example/topsecret")


@given(st.from_regex(r"[a-z0-9 .,'()-]{0,80}", fullmatch=True))
def test_a_text_without_secrets_stays_as_it_is(text):
    veil = Veil(ENDPOINT)
    veil.learn("Top/Secret", None, "", "i-1")
    assert veil.text(text) == text


@pytest.mark.parametrize("value", [None, "", HIDDEN, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "https://h.example/****"])
def test_masks_are_recognised(value):
    assert is_hidden(value)


@given(st.from_regex(r"https://[a-z]{1,9}\.example/[A-Za-z0-9/*]{0,2}[a-z]{0,9}", fullmatch=True))
def test_a_url_is_no_mask(url):
    assert not is_hidden(url)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@given(st.dictionaries(st.text(), anything), anything, st.sampled_from(["url", "webhook_url"]), st.text(min_size=1))
def test_showing_an_object_hides_its_url_and_nothing_else(whole, kind, member, url):
    shown = INTEGRATION.show({**whole, "target": {"kind": kind, member: url, "other": 1}}, ())
    assert shown == {**whole, "target": {"kind": kind, member: HIDDEN, "other": 1}}


@given(st.dictionaries(st.text(), anything))
def test_showing_never_fails(whole):
    INTEGRATION.show(whole, ("target.url",))
    INTEGRATION.show({"target": whole}, ("target.url",))
