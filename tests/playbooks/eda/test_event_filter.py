# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event filter of Event-Driven Ansible."""

from __future__ import annotations

import copy
import importlib.util

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.playbooks import ROOT

FILTER = ROOT / "extensions" / "eda" / "plugins" / "event_filter" / "notification.py"


def load_filter():
    spec = importlib.util.spec_from_file_location("notification", FILTER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


main = load_filter().main
PAYLOAD = {
    "id": " 1 ",
    "title": "Connector failed",
    "message": "orders",
    "created_at": "2026-05-04T14:00:00.123+02:00",
}


def test_event_is_normalized():
    event = {"payload": {**PAYLOAD, "severity": "CRITICAL"}, "meta": {"headers": {}}}
    assert main(event) == {
        **event,
        "confluent_cloud": {
            "id": "1",
            "title": "Connector failed",
            "message": "orders",
            "created_at": "2026-05-04T12:00:00Z",
            "is_notification": True,
            "extra": {"severity": "CRITICAL"},
        },
    }
    assert main({"payload": PAYLOAD}, key="other")["other"]["title"] == "Connector failed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-05-04T12:00:00", "2026-05-04T12:00:00Z"), ("yesterday", "yesterday"), (None, ""), (5, "5")],
)
def test_invalid_time_is_unchanged(text, expected):
    assert main({"payload": {**PAYLOAD, "created_at": text}})["confluent_cloud"]["created_at"] == expected


keys = st.sampled_from(["payload", "id", "title", "created_at", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(anything)
def test_any_event_is_accepted_and_kept(event):
    before = copy.deepcopy(event)
    after = main(event)
    assert event == before

    notification = after.pop("confluent_cloud")
    assert after == (event if isinstance(event, dict) else {"payload": event}) or "confluent_cloud" in event
    assert all(isinstance(notification[name], str) for name in ("id", "title", "message", "created_at"))


braces = st.text("{}%#$ a", max_size=8) | st.sampled_from(
    [
        "{{ 7 * 7 }}",
        "$ANSIBLE_VAULT;1.1;AES256",
        "$$ANSIBLE_VAULT",
        "#",
        "#jinja2:",
        "#jin",
        "ja2:x",
        "jinja2:x",
    ]
)


@given(braces, braces, braces)
def test_no_text_is_a_template_even_if_texts_are_joined(title, message, extra):
    event = {"payload": {"title": title, "message": message, extra: [{extra: extra}]}}
    notification = main(event)["confluent_cloud"]
    joined = "".join((notification["title"], notification["message"], str(notification["extra"])))
    assert jinja2.Template(joined, keep_trailing_newline=True).render() == joined
    # A text with this header may have other delimiters than braces.
    assert "#jinja2:" not in joined


@given(braces)
def test_no_text_is_vaulted(text):
    notification = main({"payload": {"title": text, text: [text]}})["confluent_cloud"]
    assert "$ANSIBLE_VAULT" not in f"{notification['title']} {notification['extra']}"


def test_braces_of_json_are_kept():
    payload = {"message": '{"a": {"b": [{}]}}'}
    assert main({"payload": payload})["confluent_cloud"]["message"] == payload["message"]
