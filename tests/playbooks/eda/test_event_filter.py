# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event filter of Event-Driven Ansible."""

from __future__ import annotations

import copy
import json
import runpy

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.playbooks import ROOT

FILTERS = ROOT / "extensions" / "eda" / "plugins" / "event_filter"


def load_filter(name):
    return runpy.run_path(str(FILTERS / f"{name}.py"))["main"]


main, verification = load_filter("notification"), load_filter("verification")
PAYLOAD = {
    "id": " 1 ",
    "title": "Connector failed",
    "message": "orders",
    "created_at": "2026-05-04T14:00:00.123+02:00",
}


def test_event_is_replaced_by_the_normalized_notification():
    event = {"payload": {**PAYLOAD, "severity": "CRITICAL"}, "meta": {"headers": {}}}
    assert main(event) == {
        "confluent_cloud": {
            "id": "1",
            "title": "Connector failed",
            "message": "orders",
            "created_at": "2026-05-04T12:00:00Z",
            "dedup_key": "1",
            "is_notification": True,
        },
    }
    assert main({"payload": PAYLOAD}, key="other")["other"]["title"] == "Connector failed"


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2026-05-04T12:00:00", "2026-05-04T12:00:00Z"), ("yesterday", "yesterday"), (None, ""), (5, "5")],
)
def test_invalid_time_is_unchanged(text, expected):
    assert main({"payload": {**PAYLOAD, "created_at": text}})["confluent_cloud"]["created_at"] == expected


def test_without_an_id_what_is_said_and_when_identifies_a_notification():
    """A second incident of a kind is not the first one."""

    def key(**members):
        return main({**PAYLOAD, "id": None, **members})["confluent_cloud"]["dedup_key"]

    assert key() == key()
    others = ({"title": "x"}, {"message": "x"}, {"created_at": "2026-05-05T00:00:00Z"})
    assert len({key(), *(key(**members) for members in others)}) == 4


keys = st.sampled_from(["payload", "id", "title", "created_at", "findings", "drift", "organization", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=4),
    max_leaves=12,
)


@given(anything)
def test_any_event_becomes_bounded_strict_json(event):
    before = copy.deepcopy(event)
    notification = main(event)
    assert repr(event) == repr(before)
    assert {name: type(value) for name, value in notification["confluent_cloud"].items()} == {
        **dict.fromkeys(("id", "title", "message", "created_at", "dedup_key"), str),
        "is_notification": bool,
    }
    report = verification(event)["report"]
    assert set(report["findings"]) == {"drift", "violations", "tests", "gaps", "unused", "lint"}
    for result in (notification, report):
        assert json.loads(json.dumps(result, allow_nan=False).encode()) == result


def test_long_and_unprintable_texts_are_cut_and_replaced():
    posted = {"id": "i" * 1000, "title": "t" * 5000, "message": f"a\x00\u202eb{chr(0xD800)}\n" + "m" * 50_000}
    notification = main({"payload": posted})["confluent_cloud"]
    assert (len(notification["id"]), len(notification["title"])) == (255, 1024)
    assert notification["message"].startswith("a\ufffd\ufffdb\ufffd\nmmm")
    assert len(notification["message"]) == 16_384


def test_a_report_keeps_its_findings():
    report = {
        "organization": "production",
        "findings": {"drift": ["~ integration ops"], "other": [1]},
        "routing": {},
    }
    assert verification({"payload": report}) == {
        "report": {
            "organization": "production",
            "findings": {
                **{kind: [] for kind in ("violations", "tests", "gaps", "unused", "lint")},
                "drift": ["~ integration ops"],
            },
        }
    }


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
def test_no_text_is_a_template_even_if_texts_are_joined(title, message, finding):
    notification = main({"payload": {"title": title, "message": message}})["confluent_cloud"]
    report = verification({"organization": title, "findings": {"drift": [finding]}})["report"]
    for texts in (
        (notification["title"], notification["message"], str(notification)),
        (report["organization"], *report["findings"]["drift"], str(report)),
    ):
        joined = "".join(texts)
        assert jinja2.Template(joined, keep_trailing_newline=True).render() == joined
        # A text with this header may have other delimiters than braces.
        assert "#jinja2:" not in joined


@given(braces)
def test_no_text_is_vaulted(text):
    notification = main({"payload": {"title": text, "id": text}})["confluent_cloud"]
    report = verification({"findings": {"gaps": [text]}})["report"]
    assert "$ANSIBLE_VAULT" not in f"{notification} {report}"


def test_braces_of_json_are_kept():
    payload = {"message": '{"a": {"b": [{}]}}'}
    assert main({"payload": payload})["confluent_cloud"]["message"] == payload["message"]
