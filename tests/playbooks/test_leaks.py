# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real processes write no secret anywhere, and hide nothing but secrets.

All operations of the fault matrix run in check mode and for real, in loops and as asynchronous jobs, with
rejections that echo what was sent, with invalid responses and with invalid options, directly and as ordinary
modules. Afterwards, everything that was printed and every file that was written is searched.
"""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest
import yaml

from faults.operations import CANARY, INITIAL_INTEGRATIONS, OPERATIONS, webhook_url
from support.emulator import KEY
from support.playbooks import command, play, plays, recording

SECRET = f"{CANARY}-api-secret-0123456789"
EXTERNAL_TOKEN = f"{CANARY}-external-token-0123456789"
API_TOKEN = f"{CANARY}-token-0123456789"
#: The form of the access tokens that the emulator issues. No output may contain any.
ISSUED_TOKEN = re.compile(r"sts-[A-Za-z0-9_-]{20,}")
#: Differs from run to run: request IDs, times and rate limits.
VOLATILE = re.compile(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[0-9:.]+Z|\"rate_limit\": {[^}]*}")
#: More requests than any play sends.
ALWAYS = 999


def encodings(*secrets):
    """Each secret in the encodings in which it may be written."""
    for secret in secrets:
        yield from (
            secret,
            quote(secret, safe=""),
            secret.replace("/", "\\/"),
            base64.b64encode(f"{KEY}:{secret}".encode()).decode(),
        )


def find_secrets(text):
    return [encoded for encoded in encodings(CANARY, SECRET) if encoded in text] + ISSUED_TOKEN.findall(text)


def written_files(folder, inputs):
    """The paths and texts of the files in a folder, except its inputs."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in inputs:
            yield path, path.read_bytes().decode("utf-8", "replace")


# Tasks


def replace_secrets(value, variables):
    """Parameters with variables in place of secrets. Adds the variables to ``variables``."""
    if isinstance(value, dict):
        return {name: replace_secrets(inner, variables) for name, inner in value.items()}
    if isinstance(value, list):
        return [replace_secrets(inner, variables) for inner in value]
    if isinstance(value, str) and CANARY in value:
        name = "secret_" + re.sub(r"\W", "_", value.rpartition("/")[2])
        variables[name] = value
        return "{{ " + name + " }}"
    return value


@dataclass(frozen=True)
class OperationTasks:
    """The tasks of one operation. The play continues after a failure."""

    operation: Any
    params: dict[str, Any]

    @property
    def run(self):
        return {"name": self.operation.name, **self._task, "register": "result"}

    @property
    def all(self):
        """The operation in check mode, for real, and its result."""
        name = self.operation.name
        check = {"name": f"{name}, check mode", **self._task, "check_mode": True}
        show = {"name": f"{name}, result", "ansible.builtin.debug": {"var": "result"}}
        return [check, self.run, show]

    @property
    def _task(self):
        return {f"ccloud.notifications.{self.operation.module}": self.params, "ignore_errors": True}


def operation_tasks(operations, variables):
    return [
        OperationTasks(operation, replace_secrets(dict(operation.params), variables))
        for operation in operations
    ]


def loop_task():
    looped = {
        "display_name": "{{ item }}",
        "target": {"kind": "Slack", "webhook_url": "{{ lookup('vars', 'secret_' ~ item) }}"},
    }
    return {"ccloud.notifications.integration": looped, "loop": ["one", "two"]}


def invalid_option_tasks():
    """Tasks whose options are invalid in ways that bring secrets to unexpected places."""
    module = "ccloud.notifications.integration"
    target = {"kind": "Slack", "webhook_url": "{{ secret_one }}"}
    valid = {"display_name": "one", "target": target}
    for invalid in (
        {"nonsense": 1},
        {"target": {**target, "kind": "Carrier"}},
        {"target": "{{ secret_one }}"},
        {"target": {"kind": "Slack", "webhok_url": "{{ secret_one }}"}},
        {"target": {"kind": "{{ secret_one }}", "webhook_url": "Slack"}},
        {"target": "kind=Slack {{ secret_one }}"},
        {"state": "{{ secret_one }}"},
        {"ca_path": "{{ secret_one }}"},
        {"api_secrte": "{{ the_secret }}"},
        {"deadline": "{{ secret_one }}"},
        {"endpoint": "{{ secret_one }}", "deadline": 1},
    ):
        yield {module: {**valid, **invalid}}

    nested_list = ["{{ [one_channel] }}"]
    yield {module: {**valid, "target": nested_list}, "vars": {"one_channel": target}}
    yield {f"{module}s": {"integrations": nested_list}, "vars": {"one_channel": valid}}


def background_task():
    params = {
        "display_name": "in the background",
        "target": {"kind": "Slack", "webhook_url": "{{ secret_one }}"},
    }
    return {"ccloud.notifications.integration": params, "async": 30, "poll": 1}


def other_credentials_tasks():
    """Tasks with other credentials than the rest of the play."""
    for credentials in (
        {"api_token": "{{ secret_token }}"},
        {"identity_pool_id": "pool-1", "external_token": "{{ secret_external }}"},
    ):
        yield {"ccloud.notifications.integration_info": {"api_key": None, "api_secret": None, **credentials}}


def special_tasks():
    tasks = [loop_task(), *invalid_option_tasks(), background_task(), *other_credentials_tasks()]
    return [{**task, "ignore_errors": True} for task in tasks]


# Plays


def status_fault(status, body, **members):
    return {"kind": "status", "status": status, "body": body, "times": ALWAYS, **members}


def leak_plays(operations, variables, direct_execution):
    """The tasks and the emulator's faults of each play, by its name. Adds to ``variables``."""
    tasks = operation_tasks(operations, variables)
    variables.update(
        secret_one=webhook_url("one"),
        secret_two=webhook_url("two"),
        secret_token=API_TOKEN,
        secret_external=EXTERNAL_TOKEN,
    )
    sent_secrets = [value for value in variables.values() if value not in (API_TOKEN, EXTERNAL_TOKEN)]
    echoed = " and ".join([*sent_secrets, *encodings(SECRET, *sent_secrets)])
    echo = {"errors": [{"status": "400", "detail": echoed}]}
    rejected_writes = [status_fault(400, echo, method=method) for method in ("POST", "PATCH", "DELETE")]

    every_task = [task for operation in tasks for task in operation.all]
    every_run = [operation.run for operation in tasks]
    # A rejection is reported in the same way by all operations of a module.
    one_run_per_module = list({operation.operation.module: operation.run for operation in tasks}.values())

    all_plays = {
        "no fault": ([*every_task, *special_tasks()], []),
        "writes are rejected": (every_run if direct_execution else one_run_per_module, rejected_writes),
    }
    if direct_execution:
        all_plays["reads are rejected"] = (one_run_per_module, [status_fault(400, echo)])
        all_plays["responses are invalid"] = (
            one_run_per_module,
            [{"kind": "html", "status": 401, "times": ALWAYS}],
        )
    return all_plays


@pytest.mark.parametrize(
    ("direct_execution", "result_format"), [(True, "json"), (False, "yaml")], ids=["true-json", "false-yaml"]
)
def test_output_and_files_contain_no_secret(emulator, tmp_path, direct_execution, result_format):
    if not direct_execution and os.environ.get("PLAYS") != "all":
        pytest.skip("each ordinary module takes a process; make test-all/matrix runs them")

    operations = [operation for operation in OPERATIONS if direct_execution or operation.handles_secrets]
    variables = {"the_secret": SECRET}
    plays_by_name = leak_plays(operations, variables, direct_execution)

    (tmp_path / "secrets.yml").write_text(yaml.safe_dump(variables))
    (tmp_path / "password").write_text("vault-password\n")
    vault = ["--vault-password-file", "password"]
    encrypted = command(tmp_path, "ansible-vault", "encrypt", "secrets.yml", *vault)
    assert encrypted.status == 0, encrypted.output

    connection = {"endpoint": emulator.url, "api_key": KEY, "api_secret": "{{ the_secret }}", "deadline": 20}
    environment = {
        "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": str(direct_execution).lower(),
        "ANSIBLE_CALLBACK_RESULT_FORMAT": result_format,
        "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
        "ANSIBLE_KEEP_REMOTE_FILES": "true",
        "ANSIBLE_REMOTE_TMP": str(tmp_path / "remote"),
        "ANSIBLE_INJECT_INVOCATION": "true",
    }
    outputs = {}
    for name, (tasks, faults) in plays_by_name.items():
        emulator.reset(integrations=INITIAL_INTEGRATIONS, api_secret=SECRET, external_token=EXTERNAL_TOKEN)
        emulator.control("POST", "faults", faults)
        played = play(
            tmp_path,
            plays(connection, *tasks),
            *("-e", "@secrets.yml", *vault, "-vvvv", "--diff"),
            environment=environment,
        )
        assert played.status == 0, played.output[-3000:]
        outputs[name] = played.output
    assert {name: find_secrets(output) for name, output in outputs.items() if find_secrets(output)} == {}

    inputs = {"secrets.yml", "password", "play.yml"}
    leaking = {path.name for path, text in written_files(tmp_path, inputs) if find_secrets(text)}
    # ansible-core puts the parameters into the program that it sends, which it deletes by default.
    programs = {name for name in leaking if name.startswith("AnsiballZ_")}
    assert leaking == programs
    if direct_execution:
        assert programs == {"AnsiballZ_integration.py"}, "only the asynchronous job runs as a program"
    else:
        assert programs


def recorded_results(emulator, folder, url_path, secret):
    """The results of all operations, with this path in webhook URLs and this API secret."""
    folder.mkdir()
    initial = json.loads(json.dumps(INITIAL_INTEGRATIONS).replace(f"services/{CANARY}", url_path))
    variables: dict[str, str] = {}
    # IDs are assigned in the order of requests, so they are sent one after the other.
    sequential = [replace(operation, params=operation.sequential_params) for operation in OPERATIONS]
    tasks = [operation.run for operation in operation_tasks(sequential, variables)]
    for name, value in variables.items():
        variables[name] = f"https://hooks.slack.example/{url_path}/{value.rpartition('/')[2]}"

    emulator.reset(integrations=initial, api_secret=secret)
    connection = {"endpoint": emulator.url, "api_key": KEY, "api_secret": "{{ the_secret }}"}
    played = play(
        folder,
        plays(connection, *tasks),
        variables={**variables, "the_secret": secret},
        environment={**recording(folder / "results"), "ANSIBLE_INJECT_INVOCATION": "true"},
    )
    assert played.status == 0, played.output[-3000:]

    text = (folder / "results").read_text()
    assert '"id": "i-10001"' in text
    return VOLATILE.sub("*", text).splitlines()


def test_results_do_not_depend_on_secrets(emulator, tmp_path):
    """Secrets are hidden by their place, so secrets that look like names and IDs hide nothing else."""
    plain = recorded_results(emulator, tmp_path / "plain", "a/b/c", "x" * 40)
    similar = recorded_results(
        emulator, tmp_path / "similar", "ops/i-10001/new/Channel/ops/100", "ops-i-10001-true-100-secret"
    )
    assert len(plain) == len(similar) >= len(OPERATIONS)
    assert [pair for pair in zip(plain, similar) if pair[0] != pair[1]] == []
