# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret in anything that is written, by real processes; and nothing but secrets is hidden.

Every operation of the fault matrix is played: in check mode, for real, in a loop, refused with an answer that echoes what was sent,
cut off, with wrong options, as an asynchronous job; in place and as ordinary modules. Afterwards everything that was printed and every
file that was left is searched.
"""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import replace
from urllib.parse import quote

import pytest
import yaml

from faults.operations import CANARY, OPERATIONS, START, url
from support.emulator import KEY
from support.playbooks import command, play, plays, recording

SECRET = f"{CANARY}-api-secret-0123456789"
EXTERNAL = f"{CANARY}-external-token-0123456789"
TOKEN = f"{CANARY}-token-0123456789"
#: What an access token of the emulator's own looks like; nobody is told one.
ISSUED = re.compile(r"sts-[A-Za-z0-9_-]{20,}")
#: As ordinary modules, which cost a process each: those that are handed secrets or meet them.
HEAVY = ("create", "test a url", "many, whatever fails")


def forms(*secrets):
    """Each secret in the forms in which it may be written."""
    for secret in secrets:
        yield from (
            secret,
            quote(secret, safe=""),
            secret.replace("/", "\\/"),
            base64.b64encode(f"{KEY}:{secret}".encode()).decode(),
        )


def leaked(text):
    return [each for each in forms(CANARY, SECRET) if each in text] + ISSUED.findall(text)


def without_secrets(value, secrets):
    """Parameters whose secrets stand in variables; the variables are added to ``secrets``."""
    if isinstance(value, dict):
        return {name: without_secrets(each, secrets) for name, each in value.items()}
    if isinstance(value, list):
        return [without_secrets(each, secrets) for each in value]
    if isinstance(value, str) and CANARY in value:
        name = "secret_" + re.sub(r"\W", "_", value.rpartition("/")[2])
        secrets[name] = value
        return "{{ " + name + " }}"
    return value


def tasks(operations, secrets):
    """Each operation predicted, done, and done again; whatever fails is passed over."""
    for operation in operations:
        task = {
            f"ccloud.notifications.{operation.module}": without_secrets(dict(operation.params), secrets),
            "ignore_errors": True,
        }
        yield {"name": f"{operation.name}, predicted", **task, "check_mode": True}
        yield {"name": operation.name, **task, "register": "done"}
        yield {"name": f"{operation.name}, shown", "ansible.builtin.debug": {"var": "done"}}


def special(secrets):
    """What only some tasks meet: loops, jobs in the background, wrong options, wrong credentials, a time-out in the middle."""
    module = "ccloud.notifications.integration"
    secrets.update(secret_one=url("one"), secret_two=url("two"), secret_token=TOKEN, secret_external=EXTERNAL)
    one = {"kind": "Slack", "webhook_url": "{{ secret_one }}"}
    looped = {
        "display_name": "{{ item }}",
        "target": {"kind": "Slack", "webhook_url": "{{ lookup('vars', 'secret_' ~ item) }}"},
    }
    yield {module: looped, "loop": ["one", "two"]}
    yield {module: {"display_name": "one", "target": one, "nonsense": 1}}
    yield {module: {"display_name": "one", "target": {**one, "kind": "Carrier"}}}
    yield {module: {"display_name": "one", "target": "{{ secret_one }}"}}
    yield {module: {"display_name": "one", "target": {"kind": "Slack", "webhok_url": "{{ secret_one }}"}}}
    yield {module: {"display_name": "one", "target": {"kind": "{{ secret_one }}", "webhook_url": "Slack"}}}
    yield {module: {"display_name": "one", "target": "kind=Slack {{ secret_one }}"}}
    yield {module: {"display_name": "one", "target": ["{{ [one_channel] }}"]}, "vars": {"one_channel": one}}
    yield {
        module + "s": {"integrations": ["{{ [one_channel] }}"]},
        "vars": {"one_channel": {"display_name": "one", "target": one}},
    }
    yield {module: {"display_name": "one", "target": one, "state": "{{ secret_one }}"}}
    yield {module: {"display_name": "one", "target": one, "ca_path": "{{ secret_one }}"}}
    yield {module: {"display_name": "one", "target": one, "api_secrte": "{{ the_secret }}"}}
    yield {module: {"display_name": "one", "target": one, "deadline": "{{ secret_one }}"}}
    yield {module: {"display_name": "one", "target": one, "endpoint": "{{ secret_one }}", "deadline": 1}}
    yield {module: {"display_name": "in the background", "target": one}, "async": 30, "poll": 1}


def logins():
    """Tasks that are given other credentials than the rest."""
    for login in (
        {"api_token": "{{ secret_token }}"},
        {"identity_pool_id": "pool-1", "external_token": "{{ secret_external }}"},
    ):
        task = {"ccloud.notifications.integration_info": {"api_key": None, "api_secret": None, **login}}
        yield {**task, "ignore_errors": True}


def written(folder, inputs):
    """Every file that a run left in a folder, and its text."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name not in inputs:
            yield path, path.read_bytes().decode("utf-8", "replace")


@pytest.mark.parametrize(("controller_side", "form"), [("true", "json"), ("false", "yaml")])
def test_no_secret_is_in_anything_that_is_written(emulator, tmp_path, controller_side, form):
    if controller_side == "false" and os.environ.get("BOTH_WAYS") != "all":
        pytest.skip("ordinary modules cost a process each; make matrix plays them")
    operations = [each for each in OPERATIONS if controller_side == "true" or each.name in HEAVY]
    secrets = {"the_secret": SECRET}
    connection = {"endpoint": emulator.url, "api_key": KEY, "api_secret": "{{ the_secret }}", "deadline": 20}
    listed = [*tasks(operations, secrets), *({**each, "ignore_errors": True} for each in special(secrets))]
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump(secrets))
    (tmp_path / "password").write_text("vault-password\n")
    assert (
        command(
            tmp_path, "ansible-vault", "encrypt", "secrets.yml", "--vault-password-file", "password"
        ).status
        == 0
    )
    environment = {
        "CCLOUD_NOTIFICATIONS_DIRECT_EXECUTION": controller_side,
        "ANSIBLE_CALLBACK_RESULT_FORMAT": form,
        "ANSIBLE_LOG_PATH": str(tmp_path / "ansible.log"),
        "ANSIBLE_KEEP_REMOTE_FILES": "true",
        "ANSIBLE_REMOTE_TMP": str(tmp_path / "remote"),
        "ANSIBLE_INJECT_INVOCATION": "true",
    }
    flags = ["-e", "@secrets.yml", "--vault-password-file", "password", "-vvvv", "--diff"]
    secrets_sent = [each for each in secrets.values() if each not in (TOKEN, EXTERNAL)]
    echo = {
        "errors": [{"status": "400", "detail": " and ".join([*secrets_sent, *forms(SECRET, *secrets_sent)])}]
    }
    # Each module once, in earnest; and the ordinary way, for what is said of a refusal does not depend on where it is said.
    each_module = {f"ccloud.notifications.{each.module}": each for each in operations}.values()
    brief = list(tasks(each_module, secrets))[1::3]
    writes = [
        {"kind": "status", "status": 400, "body": echo, "method": each, "times": 999}
        for each in ("POST", "PATCH", "DELETE")
    ]
    passes = {
        "nothing is refused": ([*listed, *logins()], []),
        "writes are refused": (
            listed[1 : 3 * len(operations) : 3] if controller_side == "true" else brief,
            writes,
        ),
    }
    if controller_side == "true":
        passes["reads are refused"] = (brief, [{"kind": "status", "status": 400, "body": echo, "times": 999}])
        passes["nothing is understood"] = (brief, [{"kind": "html", "status": 401, "times": 999}])
    printed = {}
    for name, (played_tasks, faults) in passes.items():
        emulator.reset(integrations=START, api_secret=SECRET, external_token=EXTERNAL)
        emulator.control("POST", "faults", faults)
        played = play(tmp_path, plays(connection, *played_tasks), *flags, environment=environment)
        assert played.status == 0, played.output[-3000:]
        printed[name] = played.output
    for name, output in printed.items():
        assert leaked(output) == [], name
    inputs = {"secrets.yml", "password", "play.yml"}
    # ansible-core's own: it puts a module's parameters into the program that it sends, and removes that unless told to keep it.
    own = [
        path
        for path, text in written(tmp_path, inputs)
        if leaked(text) and not path.name.startswith("AnsiballZ_")
    ]
    assert own == []
    kept = [path for path, text in written(tmp_path, inputs) if leaked(text)]
    # In place, only the job in the background was sent as a program.
    assert {path.name for path in kept} == {"AnsiballZ_integration.py"} if controller_side == "true" else kept


def test_a_result_does_not_depend_on_secrets(emulator, tmp_path):
    """Not even on ones that look like names, ids and numbers: what is hidden is hidden by its place, and nothing else is."""
    seen = []
    for one, secret in (
        ("a/b/c", "x" * 40),
        ("ops/i-10001/new/Channel/ops/100", "ops-i-10001-true-100-secret"),
    ):

        def told(name, one=one):
            return f"https://hooks.slack.example/{one}/{name}"

        start = json.loads(json.dumps(START).replace(f"services/{CANARY}", one))
        variables: dict[str, str] = {}
        # One after the other, for ids are given in the order in which requests arrive.
        in_turn = (
            replace(each, params={**each.params, "concurrency": 1}) if each.many else each
            for each in OPERATIONS
        )
        listed = list(tasks(in_turn, variables))[1::3]
        variables = {name: told(value.rpartition("/")[2]) for name, value in variables.items()}
        emulator.reset(integrations=start, api_secret=secret)
        connection = {"endpoint": emulator.url, "api_key": KEY, "api_secret": "{{ the_secret }}"}
        folder = tmp_path / str(len(seen))
        folder.mkdir()
        environment = {**recording(folder / "results"), "ANSIBLE_INJECT_INVOCATION": "true"}
        played = play(
            folder,
            plays(connection, *listed),
            variables={**variables, "the_secret": secret},
            environment=environment,
        )
        assert played.status == 0, played.output[-3000:]
        text = (folder / "results").read_text()
        seen.append(
            re.sub(r"[0-9a-f]{32}|\d{4}-\d\d-\d\dT[0-9:.]+Z|\"rate_limit\": {[^}]*}", "*", text).splitlines()
        )
        assert '"id": "i-10001"' in text
    assert len(seen[0]) == len(seen[1]) >= len(OPERATIONS)
    assert [pair for pair in zip(*seen) if pair[0] != pair[1]] == []
