# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``_redaction``: what is hidden, and what is not damaged."""

from __future__ import annotations

import base64
import html
import json
import sys
import threading
import time
import tracemalloc
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.ccloud.notifications.plugins.module_utils._redaction import (
    HIDDEN,
    Redactor,
    is_hidden,
    one_line,
    quoted,
    redact_options,
    shortened,
    without_userinfo,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._resources.integrations import INTEGRATIONS

ENDPOINT = "https://api.confluent.cloud"
secrets = st.text(st.characters(codec="utf-8", exclude_characters="*"), min_size=6).filter(
    lambda s: s.strip() == s
)


@given(secrets, st.text(), st.text())
def test_a_secret_is_hidden_wherever_it_stands(secret, before, after):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    assert secret not in redactor.redact(before + secret + after).replace(HIDDEN, "\0")


@given(secrets)
def test_a_secret_is_hidden_in_every_form_of_an_echo(secret):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    for form in (secret, quote(secret, safe=""), json.dumps(secret)[1:-1], secret.replace("/", "\\/")):
        assert form not in redactor.redact(f"echo: {form}!").replace(HIDDEN, "\0")


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
    redactor = Redactor(ENDPOINT)
    if known:
        redactor.add("https://hooks.slack.com/services/T0/B0/topsecret")
    if known or "http" in text:
        assert "topsecret" not in redactor.redact(text)


@pytest.mark.parametrize("before", ["", "1", "x", "a+b.c-", "é", "://", " (", "url="])
def test_a_url_is_hidden_whatever_stands_before_it(before):
    assert "topsecret" not in Redactor(ENDPOINT).redact(f"{before}https://hooks.slack.example/topsecret")


def test_the_time_for_a_text_grows_with_its_length_only():
    """With the square of it, this one would take an hour."""
    assert Redactor(ENDPOINT).redact("x" * 60_000 + " ") == "x" * 60_000 + " "


def test_hostile_text_and_urls_cost_little_time_and_memory():
    """Encoded again and again, and one URL of a million parts."""
    redactor = Redactor(ENDPOINT)
    tracemalloc.start()
    begun = time.process_time()
    redactor.add("https://hooks.example/" + "/".join(f"part-number-{n:08}" for n in range(100_000)))
    assert len(redactor.redact("%25" * 5_000_000)) <= 65_536
    assert time.process_time() - begun < 5
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_a_url_that_only_the_service_knows_is_hidden_and_the_apis_own_is_not():
    redactor = Redactor(ENDPOINT)
    text = (
        f"cannot post to https://example.org/topsecret; see {ENDPOINT}/notifications/v1/integrations/i-12345."
    )
    assert redactor.redact(text) == (
        f"cannot post to https://******** see {ENDPOINT}/notifications/v1/integrations/i-12345."
    )
    assert "topsecret" not in redactor.redact(f"{ENDPOINT}.evil.example/topsecret")


@given(st.from_regex(r"[a-z0-9 .,'()-]{0,80}", fullmatch=True))
def test_a_text_without_secrets_stays_as_it_is(text):
    redactor = Redactor(ENDPOINT)
    redactor.add("Top/Secret", None, "", "i-1")
    assert redactor.redact(text) == text


@pytest.mark.parametrize(
    "value", [None, "", HIDDEN, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "https://h.example/****"]
)
def test_masks_are_recognised(value):
    assert is_hidden(value)


@given(st.from_regex(r"https://[a-z]{1,9}\.example/[A-Za-z0-9/*]{0,2}[a-z]{0,9}", fullmatch=True))
def test_a_url_is_no_mask(url):
    assert not is_hidden(url)


@pytest.mark.parametrize("glue", [",", "?u=", ";", "&x=", "/", "=", "'", "%2C"])
def test_a_url_that_is_glued_to_the_apis_own_is_hidden(glue):
    for url in (
        "https://hooks.slack.example/topsecret",
        quote("https://hooks.slack.example/topsecret", safe=""),
    ):
        assert "topsecret" not in Redactor(ENDPOINT).redact(
            f"see {ENDPOINT}/notifications/v1/integrations/i-1{glue}{url}"
        )


def test_a_decoded_echo_is_hidden():
    redactor = Redactor(ENDPOINT)
    redactor.add("https://prod.example/invoke?sig=Zm9v%2BYmFy%2Fc2VjcmV0%3D")
    assert "c2VjcmV0" not in redactor.redact("bad signature Zm9v+YmFy/c2VjcmV0=")


ALL_ESCAPES = [
    lambda text: quote(text, safe=""),
    lambda text: quote(text, safe="").lower(),
    lambda text: quote(quote(text, safe=""), safe=""),
    lambda text: json.dumps(text)[1:-1],
    lambda text: text.replace("/", "\\/"),
    lambda text: "".join(f"\\u{ord(character):04x}" for character in text),
    lambda text: "".join(f"\\u{ord(character):04X}" for character in text),
    lambda text: "".join(f"&#{ord(character)};" for character in text),
    lambda text: "".join(f"&#x{ord(character):X};" for character in text),
    html.escape,
    lambda text: base64.b64encode(text.encode()).decode(),
    lambda text: base64.urlsafe_b64encode(f"x:{text}:y".encode()).decode(),
    lambda text: base64.b64encode(f"xy{text}".encode()).decode(),
]


@pytest.mark.parametrize("escape", ALL_ESCAPES)
@pytest.mark.parametrize(
    "secret", ["https://hooks.slack.example/services/T0/B0/topsecret-token?a=b&c", "s3cr3t/api+secret='\"<x>"]
)
def test_secret_is_hidden_however_it_is_escaped(escape, secret):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    echo = escape(secret)
    shown = redactor.redact(f"echo: {echo}!")
    longest = max(
        (
            size
            for size in range(len(echo))
            for at in range(len(echo) - size)
            if echo[at : at + size] in shown
        ),
        default=0,
    )
    assert longest < len(echo) - 10
    assert "topsecret" not in shown
    assert "s3cr3t/api" not in shown
    assert shown.startswith("echo: ")


def test_many_one_line_texts_are_redacted_each_for_itself():
    redactor = Redactor(ENDPOINT)
    redactor.add("topsecret")
    assert redactor.redact_all(["a", "b topsecret", "", "topsecret"]) == ["a", f"b {HIDDEN}", "", HIDDEN]
    assert redactor.redact_all([]) == []


def test_proxy_authorization_is_hidden_however_the_proxy_echoes_it():
    redactor = Redactor(ENDPOINT)
    redactor.add("http://proxyuser:S3cr%40tPassw0rd@proxy.example:3128")
    basic = base64.b64encode(b"proxyuser:S3cr@tPassw0rd").decode()
    for echo in ("proxyuser:S3cr@tPassw0rd", "S3cr@tPassw0rd", "S3cr%40tPassw0rd", f"Basic {basic}"):
        shown = redactor.redact(f"Tunnel connection failed: 407 {echo}")
        assert "Passw0rd" not in shown
        assert basic not in shown


def test_proxy_password_is_hidden_alone():
    redactor = Redactor(ENDPOINT)
    redactor.add("http://someone:pr0xy-pass@proxy.example:3128")
    assert "pr0xy-pass" not in redactor.redact("407 for someone with pr0xy-pass")


def test_foreign_text_is_one_printable_line():
    assert one_line("a\r\nok: [prod]\x1b[31m\u202eb") == "a  ok: [prod] [31m b"
    assert len(one_line("x" * 100_000)) == 2_000
    assert shortened(quoted("n" * 300)) == f"'{'n' * 76}...'"
    assert shortened(f"{quoted('n' * 300)} and {quoted('short')}") == f"'{'n' * 76}...' and 'short'"


@pytest.mark.parametrize("secret", ["s" * 90 + "ecret", "https://hooks.example/" + "x" * 120])
def test_cut_hides_no_secret_from_the_redactor(secret):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    for padding in range(0, 80, 7):
        shown = shortened(redactor.redact(f"said {quoted('p' * padding + secret)}."))
        assert "sss" not in shown
        assert "xxx" not in shown


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://u:p@h.example/x", "https://h.example/x"),
        ("https://h.example", "https://h.example"),
        ("u:p@h.example", "h.example"),
        ("https://KEY:ab/cd@h.example/x", "https://h.example/x"),
    ],
)
def test_userinfo_is_not_shown(url, shown):
    assert without_userinfo(url) == shown


def test_message_about_refused_options_repeats_no_value():
    given = {"a": [{"b": "topsecret-1", "c": 12345678}], "d": {"e": "topsecret-2"}}
    assert (
        redact_options("bad topsecret-1, 12345678 and topsecret-2", given)
        == f"bad {HIDDEN}, {HIDDEN} and {HIDDEN}"
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=30)
@given(st.dictionaries(st.text(), anything), st.sampled_from(["url", "webhook_url"]), st.text(min_size=1))
def test_showing_an_object_hides_its_url_and_nothing_else(whole, member, url):
    for kind in ("Slack", "MsTeams", "Webhook", "Carrier"):
        shown = INTEGRATIONS.to_output({**whole, "target": {"kind": kind, member: url, "other": 1}}, ())
        name = "webhook_url" if kind == "Webhook" else member
        assert shown == {**whole, "target": {"kind": kind, name: HIDDEN, "other": 1}}


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        (
            {"kind": "PagerDuty", "endpoint": "https://pd/x", "integration_key": "k3y", "region": "eu"},
            {"kind": "PagerDuty", "endpoint": HIDDEN, "integration_key": HIDDEN, "region": "eu"},
        ),
        (
            {"kind": "New", "webhook": {"url": "x", "tries": [3]}},
            {"kind": "New", "webhook": {"url": HIDDEN, "tries": [3]}},
        ),
        (
            {"kind": "New", "credentials": {"user": "u", "n": [1]}},
            {"kind": "New", "credentials": {"user": HIDDEN, "n": [HIDDEN]}},
        ),
        (
            {"kind": "New", "headers": {"Authorization": "Bearer x"}},
            {"kind": "New", "headers": {"Authorization": HIDDEN}},
        ),
        ({"kind": "New", "security": "high", "keyword": "ops", "requires_token": True},) * 2,
        ("https://example.org/secret", HIDDEN),
        (
            {
                "kind": "UserEmail",
                "user": {"id": "u-1", "related": "https://api/u-1", "resource_name": "crn://x"},
            },
        )
        * 2,
        ({"kind": "UserEmail", "user": "u-1"},) * 2,
        ({"kind": "RoleEmail", "role_name": "OrganizationAdmin"},) * 2,
        (
            {"kind": "InApp", "user": {"id": "u-1", "token": "t"}},
            {"kind": "InApp", "user": {"id": "u-1", "token": HIDDEN}},
        ),
        (
            {"kind": "InApp", "webhookUrl": "h.example/x", "user": "u-1"},
            {"kind": "InApp", "webhookUrl": HIDDEN, "user": "u-1"},
        ),
    ],
)
def test_a_kind_that_is_not_known_shows_nothing_that_may_be_a_secret(target, shown):
    assert INTEGRATIONS.to_output({"id": "i-1", "target": target}, ()) == {"id": "i-1", "target": shown}


def test_texts_are_hidden_while_other_threads_learn_secrets():
    redactor = Redactor(ENDPOINT)
    stop = threading.Event()

    def learn():
        for number in range(100_000):
            redactor.add(f"secret-number-{number % 200}")
            if stop.is_set():
                return
            if number % 200 == 0:
                redactor._secrets.clear()  # so that it is learnt again and again
                redactor._forms.clear()

    learner = threading.Thread(target=learn)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    learner.start()
    try:
        for _text in range(20):
            assert redactor.redact("nothing of the kind") == "nothing of the kind"
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        learner.join()


@settings(max_examples=30)
@given(st.dictionaries(st.text(), anything))
def test_showing_never_fails(whole):
    INTEGRATIONS.to_output(whole, ("target.webhook_url",))
    INTEGRATIONS.to_output({"target": whole}, ("target.webhook_url",))
