# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``secrets``: what is hidden, and what is not damaged."""

from __future__ import annotations

import json
import sys
import threading
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils.resources import INTEGRATION
from ansible_collections.ccloud.notifications.plugins.module_utils.secrets import HIDDEN, Veil, is_hidden, without_given

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
@pytest.mark.parametrize("known", [True, False])
def test_a_known_url_is_hidden_in_every_form_and_an_unknown_one_where_it_is_one(text, known):
    veil = Veil(ENDPOINT)
    if known:
        veil.learn("https://hooks.slack.com/services/T0/B0/topsecret")
    if known or "http" in text:
        assert "topsecret" not in veil.text(text)


@pytest.mark.parametrize("before", ["", "1", "x", "a+b.c-", "é", "://", " (", "url="])
def test_a_url_is_hidden_whatever_stands_before_it(before):
    assert "topsecret" not in Veil(ENDPOINT).text(f"{before}https://hooks.slack.example/topsecret")


def test_the_time_for_a_text_grows_with_its_length_only():
    """With the square of it, this one would take an hour."""
    assert Veil(ENDPOINT).text("x" * 1_000_000 + " ") == "x" * 1_000_000 + " "


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


@pytest.mark.parametrize("glue", [",", "?u=", ";", "&x=", "/", "=", "'", "%2C"])
def test_a_url_that_is_glued_to_the_apis_own_is_hidden(glue):
    for url in ("https://hooks.slack.example/topsecret", quote("https://hooks.slack.example/topsecret", safe="")):
        assert "topsecret" not in Veil(ENDPOINT).text(f"see {ENDPOINT}/notifications/v1/integrations/i-1{glue}{url}")


def test_a_decoded_echo_is_hidden():
    veil = Veil(ENDPOINT)
    veil.learn("https://prod.example/invoke?sig=Zm9v%2BYmFy%2Fc2VjcmV0%3D")
    assert "c2VjcmV0" not in veil.text("bad signature Zm9v+YmFy/c2VjcmV0=")


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ({"target": {"kind": "https://h.example/x/topsecret"}}, "value of kind must be one of: Slack, got: https://h.example/x/topsecret"),
        ({"target": {"kind": "topsecret-topsecret"}}, "value of kind must be one of: Slack, got: topsecret-topsecret found in target"),
        ({"target": {"https://h.example/topsecret": None}}, "Unsupported parameters: target.https://h.example/topsecret. Supported: kind"),
        ({"api_secret": "topsecret", "state": "x"}, "state is topsecret"),
        ({"l": [[{"url": "https://h.example/topsecret"}]]}, "Value '[{'url': 'https://h.example/topsecret'}]' must be a list"),
    ],
)
def test_what_is_said_of_refused_options_shows_none_that_may_be_a_secret(given, text):
    said = without_given(text, given)
    assert "topsecret" not in said
    assert said.split()[:2] == text.split()[:2] or said.startswith("Value ")


def test_what_is_said_of_refused_options_is_otherwise_left():
    given = {"display_name": "ops", "target": {"kind": "Carrier", "webhok_url": "https://h.example/x"}}
    text = "value of kind must be one of: Slack, MsTeams, Webhook, got: Carrier found in target. Unsupported: target.webhok_url"
    assert without_given(text, given) == text


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
)


@settings(max_examples=30)
@given(st.dictionaries(st.text(), anything), st.sampled_from(["url", "webhook_url"]), st.text(min_size=1))
def test_showing_an_object_hides_its_url_and_nothing_else(whole, member, url):
    for kind in ("Slack", "MsTeams", "Webhook", "Carrier"):
        shown = INTEGRATION.show({**whole, "target": {"kind": kind, member: url, "other": 1}}, ())
        assert shown == {**whole, "target": {"kind": kind, member: HIDDEN, "other": 1}}


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (
            {"kind": "PagerDuty", "endpoint": "https://pd/x", "integration_key": "k3y", "region": "eu"},
            {"kind": "PagerDuty", "endpoint": HIDDEN, "integration_key": HIDDEN, "region": "eu"},
        ),
        ({"kind": "New", "webhook": {"url": "x", "tries": [3]}}, {"kind": "New", "webhook": {"url": HIDDEN, "tries": [3]}}),
        ({"kind": "New", "credentials": {"user": "u", "n": [1]}}, {"kind": "New", "credentials": {"user": HIDDEN, "n": [HIDDEN]}}),
        ({"kind": "New", "headers": {"Authorization": "Bearer x"}}, {"kind": "New", "headers": {"Authorization": HIDDEN}}),
        ({"kind": "New", "security": "high", "keyword": "ops", "requires_token": True},) * 2,
        ("https://example.org/secret", HIDDEN),
        ({"kind": "UserEmail", "user": {"id": "u-1", "related": "https://api/u-1"}},) * 2,
    ],
)
def test_a_kind_that_is_not_known_shows_nothing_that_may_be_a_secret(target, shown):
    assert INTEGRATION.show({"id": "i-1", "target": target}, ()) == {"id": "i-1", "target": shown}


def test_texts_are_hidden_while_other_threads_learn_secrets():
    veil = Veil(ENDPOINT)
    stop = threading.Event()

    def learn():
        for number in range(100_000):
            veil.learn(f"secret-number-{number % 200}")
            if stop.is_set():
                return
            if number % 200 == 0:
                veil._secrets.clear()  # so that it is learnt again and again
                veil._forms.clear()

    learner = threading.Thread(target=learn)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    learner.start()
    try:
        for _text in range(100):
            assert veil.text("nothing of the kind") == "nothing of the kind"
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        learner.join()


@settings(max_examples=30)
@given(st.dictionaries(st.text(), anything))
def test_showing_never_fails(whole):
    INTEGRATION.show(whole, ("target.url",))
    INTEGRATION.show({"target": whole}, ("target.url",))
