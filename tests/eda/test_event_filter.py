# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event filter and the rulebook of Event-Driven Ansible."""

from __future__ import annotations

import copy
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import time

import pytest
import requests
import yaml
from hypothesis import given
from hypothesis import strategies as st

from support.playbooks import BIN, ROOT

FILTER = ROOT / "extensions" / "eda" / "plugins" / "event_filter" / "notification.py"
RULEBOOK = ROOT / "extensions" / "eda" / "rulebooks" / "notifications.yml"


def loaded():
    spec = importlib.util.spec_from_file_location("notification", FILTER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


main = loaded().main
SENT = {
    "id": " 1 ",
    "title": "Connector failed",
    "message": "orders",
    "created_at": "2026-05-04T14:00:00.123+02:00",
}


def test_what_arrives_gets_one_form():
    event = {"payload": {**SENT, "severity": "CRITICAL"}, "meta": {"headers": {}}}
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
    assert main({"payload": SENT}, key="said")["said"]["title"] == "Connector failed"


@pytest.mark.parametrize(
    ("text", "time_"),
    [("2026-05-04T12:00:00", "2026-05-04T12:00:00Z"), ("yesterday", "yesterday"), (None, ""), (5, "5")],
)
def test_a_time_that_is_none_stays_as_it_is(text, time_):
    assert main({"payload": {**SENT, "created_at": text}})["confluent_cloud"]["created_at"] == time_


members = st.sampled_from(["payload", "id", "title", "created_at", "x"])
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(members, inner, max_size=4),
    max_leaves=12,
)


@given(anything)
def test_nothing_breaks_it_and_nothing_is_lost(event):
    before = copy.deepcopy(event)
    after = main(event)
    assert event == before
    said = after.pop("confluent_cloud")
    assert after == (event if isinstance(event, dict) else {"payload": event}) or "confluent_cloud" in event
    assert all(isinstance(said[name], str) for name in ("id", "title", "message", "created_at"))


def test_the_rulebook_uses_the_filter_by_its_name():
    [rules] = yaml.safe_load(RULEBOOK.read_text())
    [source] = rules["sources"]
    assert list(source["filters"][0]) == ["ccloud.notifications.notification"]
    assert all("event.confluent_cloud." in rule["condition"] for rule in rules["rules"])


@pytest.mark.skipif(
    not (BIN / "ansible-rulebook").exists() or shutil.which("java") is None,
    reason="ansible-rulebook needs Java and much beside; `make eda` installs it and runs this",
)
def test_a_real_rulebook_acts_on_a_real_notification(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # ansible-rulebook brings the same source itself, and the collection that has it by its own name is on no package index.
    text = (
        RULEBOOK.read_text()
        .replace("host: 0.0.0.0", "host: 127.0.0.1")
        .replace("ansible.eda.webhook", "eda.builtin.webhook")
    )
    (tmp_path / "rulebook.yml").write_text(text)
    (tmp_path / "vars.yml").write_text(
        yaml.safe_dump({"notifications_port": port, "notifications_token": "token"})
    )
    (tmp_path / "inventory.yml").write_text("all: {hosts: {localhost: {ansible_connection: local}}}\n")
    command = [
        str(BIN / "ansible-rulebook"),
        "--rulebook",
        "rulebook.yml",
        "--vars",
        "vars.yml",
        "-i",
        "inventory.yml",
        "--verbose",
    ]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
        "PATH": f"{BIN}:{os.environ['PATH']}",
    }
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        url, headers = f"http://127.0.0.1:{port}/endpoint", {"Authorization": "Bearer token"}
        for _attempt in range(60):
            try:
                answer = requests.post(
                    url, json={**SENT, "title": "Test notification"}, headers=headers, timeout=5
                )
                break
            except requests.ConnectionError:
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.5)  # a Java machine starts; nothing tells when
        assert answer.status_code == 200
        time.sleep(3)  # nothing tells when a rule has fired either
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        output = process.communicate(timeout=30)[0]
    assert "Test notification: orders" in output, output
