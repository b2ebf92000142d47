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


def test_rulebook_uses_the_filter_by_name():
    [rules] = yaml.safe_load(RULEBOOK.read_text())
    [source] = rules["sources"]
    assert list(source["filters"][0]) == ["ccloud.notifications.notification"]
    assert all("event.confluent_cloud." in rule["condition"] for rule in rules["rules"])


@pytest.mark.skipif(
    not (BIN / "ansible-rulebook").exists() or shutil.which("java") is None,
    reason="ansible-rulebook needs Java and large packages; `make eda` installs it and runs this test",
)
def test_rulebook_acts_on_a_notification(tmp_path):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    # ansible-rulebook includes the same source under another name; ansible.eda is on no package index.
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
                body = {**PAYLOAD, "title": "Test notification"}
                response = requests.post(url, json=body, headers=headers, timeout=5)
                break
            except requests.ConnectionError:
                assert process.poll() is None, process.stdout.read()
                time.sleep(0.5)  # Java takes a while to start
        assert response.status_code == 200
        time.sleep(3)  # wait until the rule has fired
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
        output = process.communicate(timeout=30)[0]
    assert "Test notification: orders" in output, output
