# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients that generators make of our contract read what the service sends, and what later versions may send."""

from __future__ import annotations

import json
import shutil
import subprocess

import pytest
import requests

from support.emulator import KEY, SECRET, slack, webhook
from support.playbooks import ROOT

CONTRACT = ROOT / "contract" / "notifications-v1.openapi.yaml"
PROGRAMS = ROOT / ".cache" / "clients" / "bin"
#: What each generator is called with, and how its list of objects is read from JSON.
GENERATORS = {
    "openapi-generator": (
        ["openapi-generator-cli", "generate", "-i", CONTRACT, "-g", "python", "-o", "."],
        "from openapi_client.models import {model}; read = {model}.from_dict; write = {model}.to_dict",
    ),
    "openapi-python-client": (
        [
            "openapi-python-client",
            "generate",
            "--path",
            CONTRACT,
            "--output-path",
            "client",
            "--meta",
            "none",
        ],
        "from client.models import {model}; read = {model}.from_dict; write = {model}.to_dict",
    ),
    "datamodel-code-generator": (
        ["datamodel-codegen", "--input", CONTRACT, "--input-file-type", "openapi", "--output", "client.py"]
        + ["--output-model-type", "pydantic_v2.BaseModel"],
        "from client import {model}; read = {model}.model_validate; "
        "write = lambda page: page.model_dump(mode='json', by_alias=True, exclude_unset=True)",
    ),
}
#: Some generated code does not write members that are read-only, such as IDs.
PRINT = (
    "ids = [getattr(each.id, 'root', each.id) for each in page.data]; "
    "print(json.dumps({'ids': ids, 'data': write(page)['data']}, default=str))"
)
USER = {
    "id": "u-1",
    "related": "https://api.confluent.cloud/iam/v2/users/u-1",
    "resource_name": "crn://x/user=u-1",
}
#: Targets that the emulator never sends: an older form, and a kind of the future.
STRANGE = [{"kind": "UserEmail", "user": "u-1"}, {"kind": "UserEmail", "user": USER}, {"kind": "PagerDuty"}]

pytestmark = pytest.mark.skipif(
    not (PROGRAMS.parent / "ready").exists() or shutil.which("java") is None,
    reason="the generators are large, and one needs Java; `make test-all/clients` installs them and runs this test",
)


@pytest.fixture(scope="module", params=GENERATORS)
def read_and_write(request, tmp_path_factory):
    """Reads a page as a model of a generated client, and writes it again."""
    arguments, code = GENERATORS[request.param]
    folder = tmp_path_factory.mktemp(request.param)
    command = [str(PROGRAMS / arguments[0]), *map(str, arguments[1:])]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)

    def convert(model, page):
        program = f"import json, sys; {code.format(model=model)}; page = read(json.load(sys.stdin)); {PRINT}"
        ended = subprocess.run(
            [str(PROGRAMS / "python"), "-c", program],
            cwd=folder,
            input=json.dumps(page),
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    return convert


def pages(emulator):
    """A page of each list, by the name of its model."""
    emulator.reset(integrations=[slack("one"), webhook("two", "https://receiver.example/two")])
    emulator.control(
        "POST", "routes", {"notification_type": "Connector failed", "integrations": ["one", "two"]}
    )
    for model, path in (
        ("IntegrationList", "integrations"),
        ("NotificationTypeList", "notification-types"),
        ("SubscriptionList", "subscriptions"),
    ):
        response = requests.get(f"{emulator.url}/notifications/v1/{path}", auth=(KEY, SECRET), timeout=10)
        yield model, response.json()


def test_generated_client_reads_every_list(read_and_write, emulator):
    for model, page in pages(emulator):
        written = read_and_write(model, page)
        assert written["ids"] == [each["id"] for each in page["data"]]
        names = ("severity", "category", "subscription_priority", "current_state", "display_name")
        for read, sent in zip(written["data"], page["data"]):
            assert {name: read.get(name) for name in names} == {name: sent.get(name) for name in names}


def test_generated_client_keeps_the_kind_of_every_target(read_and_write, emulator):
    page = dict(pages(emulator))["IntegrationList"]
    for number, target in enumerate(STRANGE):
        page["data"].append({**page["data"][0], "id": f"i-strange-{number}", "target": target})
    written = read_and_write("IntegrationList", page)
    kinds = [each["target"]["kind"] for each in written["data"]]
    assert kinds == [each["target"]["kind"] for each in page["data"]]
    assert {"RoleEmail", "Slack", "Webhook", "UserEmail", "PagerDuty"} <= set(kinds)
    urls = [each["target"].get("webhook_url") or each["target"].get("url") for each in written["data"]]
    assert urls == [each["target"].get("webhook_url") or each["target"].get("url") for each in page["data"]]


def test_generated_client_reads_values_of_the_future(read_and_write, emulator):
    page = dict(pages(emulator))["NotificationTypeList"]
    future = {"severity": "EMERGENCY", "category": "WEATHER", "subscription_priority": "DESIRED", "new": [1]}
    page["data"] = [{**page["data"][0], **future}]
    [written] = read_and_write("NotificationTypeList", page)["data"]
    assert {name: written[name] for name in future if name != "new"} == {
        name: value for name, value in future.items() if name != "new"
    }
