# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""``_redaction``: what is redacted, and what stays readable."""

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
def test_secret_is_redacted_at_any_position(secret, before, after):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    assert secret not in redactor.redact(before + secret + after).replace(HIDDEN, "\0")


@given(secrets)
def test_secret_is_redacted_in_every_escaped_form(secret):
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
def test_known_url_is_redacted_in_any_form_and_unknown_url_as_a_url(text, known):
    redactor = Redactor(ENDPOINT)
    if known:
        redactor.add("https://hooks.slack.com/services/T0/B0/topsecret")
    if known or "http" in text:
        assert "topsecret" not in redactor.redact(text)


@pytest.mark.parametrize("before", ["", "1", "x", "a+b.c-", "é", "://", " (", "url="])
def test_url_is_redacted_after_any_prefix(before):
    assert "topsecret" not in Redactor(ENDPOINT).redact(f"{before}https://hooks.slack.example/topsecret")


def test_redaction_time_is_linear_in_text_length():
    """Quadratic time would be about an hour for this text."""
    assert Redactor(ENDPOINT).redact("x" * 60_000 + " ") == "x" * 60_000 + " "


def test_hostile_text_and_urls_cost_little_time_and_memory():
    """Text that is encoded many times, and a URL of 100,000 parts."""
    redactor = Redactor(ENDPOINT)
    tracemalloc.start()
    start = time.process_time()
    redactor.add("https://hooks.example/" + "/".join(f"part-number-{n:08}" for n in range(100_000)))
    assert len(redactor.redact("%25" * 5_000_000)) <= 65_536
    assert time.process_time() - start < 5
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()


def test_unknown_url_is_redacted_but_not_the_endpoint():
    redactor = Redactor(ENDPOINT)
    text = (
        f"cannot post to https://example.org/topsecret; see {ENDPOINT}/notifications/v1/integrations/i-12345."
    )
    assert redactor.redact(text) == (
        f"cannot post to https://******** see {ENDPOINT}/notifications/v1/integrations/i-12345."
    )
    assert "topsecret" not in redactor.redact(f"{ENDPOINT}.evil.example/topsecret")


@given(st.from_regex(r"[a-z0-9 .,'()-]{0,80}", fullmatch=True))
def test_text_without_secrets_is_unchanged(text):
    redactor = Redactor(ENDPOINT)
    redactor.add("Top/Secret", None, "", "i-1")
    assert redactor.redact(text) == text


@pytest.mark.parametrize(
    "value", [None, "", HIDDEN, "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "https://h.example/****"]
)
def test_masks_are_recognized(value):
    assert is_hidden(value)


@given(st.from_regex(r"https://[a-z]{1,9}\.example/[A-Za-z0-9/*]{0,2}[a-z]{0,9}", fullmatch=True))
def test_url_is_not_a_mask(url):
    assert not is_hidden(url)


@pytest.mark.parametrize("separator", [",", "?u=", ";", "&x=", "/", "=", "'", "%2C"])
def test_url_appended_to_the_endpoint_is_redacted(separator):
    for url in (
        "https://hooks.slack.example/topsecret",
        quote("https://hooks.slack.example/topsecret", safe=""),
    ):
        assert "topsecret" not in Redactor(ENDPOINT).redact(
            f"see {ENDPOINT}/notifications/v1/integrations/i-1{separator}{url}"
        )


def test_decoded_form_of_an_encoded_secret_is_redacted():
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
def test_secret_is_redacted_however_it_is_escaped(escape, secret):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    echo = escape(secret)
    shown = redactor.redact(f"echo: {echo}!")
    longest = max(
        (
            size
            for size in range(len(echo))
            for start in range(len(echo) - size)
            if echo[start : start + size] in shown
        ),
        default=0,
    )
    assert longest < len(echo) - 10
    assert "topsecret" not in shown
    assert "s3cr3t/api" not in shown
    assert shown.startswith("echo: ")


def test_redact_all_redacts_every_text_separately():
    redactor = Redactor(ENDPOINT)
    redactor.add("topsecret")
    assert redactor.redact_all(["a", "b topsecret", "", "topsecret"]) == ["a", f"b {HIDDEN}", "", HIDDEN]
    assert redactor.redact_all([]) == []


def test_proxy_authorization_is_redacted_in_every_echo():
    redactor = Redactor(ENDPOINT)
    redactor.add("http://proxyuser:S3cr%40tPassw0rd@proxy.example:3128")
    basic = base64.b64encode(b"proxyuser:S3cr@tPassw0rd").decode()
    for echo in ("proxyuser:S3cr@tPassw0rd", "S3cr@tPassw0rd", "S3cr%40tPassw0rd", f"Basic {basic}"):
        shown = redactor.redact(f"Tunnel connection failed: 407 {echo}")
        assert "Passw0rd" not in shown
        assert basic not in shown


def test_proxy_password_alone_is_redacted():
    redactor = Redactor(ENDPOINT)
    redactor.add("http://someone:pr0xy-pass@proxy.example:3128")
    assert "pr0xy-pass" not in redactor.redact("407 for someone with pr0xy-pass")


def test_foreign_text_becomes_one_printable_line():
    assert one_line("a\r\nok: [prod]\x1b[31m\u202eb") == "a  ok: [prod] [31m b"
    assert len(one_line("x" * 100_000)) == 2_000
    assert shortened(quoted("n" * 300)) == f"'{'n' * 76}...'"
    assert shortened(f"{quoted('n' * 300)} and {quoted('short')}") == f"'{'n' * 76}...' and 'short'"


@pytest.mark.parametrize("secret", ["s" * 90 + "ecret", "https://hooks.example/" + "x" * 120])
def test_shortening_keeps_no_part_of_a_secret(secret):
    redactor = Redactor(ENDPOINT)
    redactor.add(secret)
    for padding in range(0, 80, 7):
        shown = shortened(redactor.redact(f"got {quoted('p' * padding + secret)}."))
        assert "sss" not in shown
        assert "xxx" not in shown


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://u:p@h.example/x", "https://h.example/x"),
        ("https://h.example", "https://h.example"),
        ("u:p@h.example", "h.example"),
        ("https://KEY:ab/cd@h.example/x", "https://h.example/x"),
    ],
)
def test_userinfo_is_not_shown(url, expected):
    assert without_userinfo(url) == expected


def test_message_about_invalid_options_repeats_no_value():
    options = {"a": [{"b": "topsecret-1", "c": 12345678}], "d": {"e": "topsecret-2"}}
    assert (
        redact_options("bad topsecret-1, 12345678 and topsecret-2", options)
        == f"bad {HIDDEN}, {HIDDEN} and {HIDDEN}"
    )


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=30)
@given(st.dictionaries(st.text(), anything), st.sampled_from(["url", "webhook_url"]), st.text(min_size=1))
def test_output_redacts_only_the_url_of_an_object(obj, field, url):
    for kind in ("Slack", "MsTeams", "Webhook"):
        output = INTEGRATIONS.to_output({**obj, "target": {"kind": kind, field: url, "other": 1}}, ())
        name = "webhook_url" if kind == "Webhook" else field
        assert output == {**obj, "target": {"kind": kind, name: HIDDEN, "other": 1}}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (
            {"kind": "PagerDuty", "endpoint": "https://pd/x", "integration_key": "k3y", "region": "eu"},
            {"kind": "PagerDuty", "endpoint": HIDDEN, "integration_key": HIDDEN, "region": HIDDEN},
        ),
        (
            {"kind": "New", "webhook": {"url": "x", "tries": [3]}, "active": True},
            {"kind": "New", "webhook": HIDDEN, "active": HIDDEN},
        ),
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
def test_unknown_target_shows_nothing_that_may_be_a_secret(target, expected):
    assert INTEGRATIONS.to_output({"id": "i-1", "target": target}, ()) == {"id": "i-1", "target": expected}


def test_redaction_works_while_other_threads_add_secrets():
    redactor = Redactor(ENDPOINT)
    stop = threading.Event()

    def add_secrets():
        for number in range(100_000):
            redactor.add(f"secret-number-{number % 200}")
            if stop.is_set():
                return
            if number % 200 == 0:
                redactor._secrets.clear()  # so that it is added again

    thread = threading.Thread(target=add_secrets)
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    thread.start()
    try:
        for _attempt in range(20):
            assert redactor.redact("no secret here") == "no secret here"
    finally:
        sys.setswitchinterval(interval)
        stop.set()
        thread.join()


@settings(max_examples=30)
@given(st.dictionaries(st.text(), anything))
def test_output_never_fails(obj):
    INTEGRATIONS.to_output(obj, ("target.webhook_url",))
    INTEGRATIONS.to_output({"target": obj}, ("target.webhook_url",))
