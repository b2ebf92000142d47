# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookups of docs/guides/secrets.md, run against local servers. They print no secret."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time

import pytest
import requests
import yaml

from support.emulator import KEY, SECRET
from support.markdown_pages import files
from support.playbooks import ROOT, command, free_port

PROGRAMS = ROOT / ".cache" / "secrets" / "bin"
PAGE = files(ROOT / "docs" / "guides" / "secrets.md")
OPS_URL = "https://hooks.slack.example/services/not-a-real-secret-0123456789"
STORED = {"api_key": KEY, "api_secret": SECRET, "ops_slack_url": OPS_URL}
STORE_TOKEN = "store-token-not-a-real-one"

pytestmark = pytest.mark.skipif(
    not (PROGRAMS / "ansible-playbook").exists(),
    reason="the lookups need large packages; `make secrets` installs them and runs this test",
)


@pytest.fixture
def check(emulator, tmp_path):
    """Plays the page's playbook with one of its variables files: once with success, once without."""
    for name, text in PAGE.items():
        (tmp_path / name).write_text(text)

    def run(name, **environment):
        environment = {
            "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
            "ANSIBLE_PYTHON_INTERPRETER": str(PROGRAMS / "python"),
            **environment,
        }
        arguments = ["ansible-playbook", "channels.yml", "-e", f"@{name}", "-vvvv"]
        succeeded = command(tmp_path, *arguments, environment=environment, programs=PROGRAMS)
        assert succeeded.status == 0, succeeded.output
        assert emulator.made()["ops-slack"]["target"]["webhook_url"] == OPS_URL

        emulator.fault("status", "GET", status=403)
        failed = command(tmp_path, *arguments, environment=environment, programs=PROGRAMS)
        assert failed.status == 2, failed.output
        for secret in (OPS_URL, SECRET, STORE_TOKEN):
            assert secret not in succeeded.output + failed.output

    return run


def test_hashicorp_vault(check, receive):
    def vault(_method, path, headers, _body):
        if path != "/v1/secret/data/notifications" or headers["X-Vault-Token"] != STORE_TOKEN:
            return 403, {"errors": ["permission denied"]}
        return 200, {"data": {"data": STORED, "metadata": {"version": 1}}}

    check("hashicorp-vault.yml", VAULT_ADDR=receive(vault).url, VAULT_TOKEN=STORE_TOKEN)


@pytest.fixture
def aws():
    """The environment of a server in place of AWS, which has the secret."""
    url = f"http://127.0.0.1:{free_port()}"
    environment = {
        "AWS_ACCESS_KEY_ID": "not-a-real-key",
        "AWS_SECRET_ACCESS_KEY": STORE_TOKEN,
        "AWS_ENDPOINT_URL": url,
    }
    with subprocess.Popen(
        [str(PROGRAMS / "moto_server"), "-p", url.rpartition(":")[2]],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as process:
        while True:
            try:
                requests.get(url, timeout=60)
                break
            except requests.ConnectionError:
                assert process.poll() is None
                time.sleep(0.1)
        create = (
            "import boto3, sys; client = boto3.client('secretsmanager', region_name='eu-central-1'); "
            "client.create_secret(Name='notifications', SecretString=sys.argv[1])"
        )
        subprocess.run(
            [str(PROGRAMS / "python"), "-c", create, json.dumps(STORED)],
            env={**os.environ, **environment},
            check=True,
        )
        yield environment
        process.terminate()


def test_aws_secrets_manager(check, aws):
    check("aws.yml", **aws)


@pytest.mark.skipif(shutil.which("gpg") is None, reason="gpg makes the key")
def test_sops(check, tmp_path):
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    environment = {"GNUPGHOME": str(home), "PATH": f"{PROGRAMS}{os.pathsep}{os.environ['PATH']}"}
    generate = ["gpg", "--batch", "--quiet", "--passphrase", "", "--quick-generate-key", "test@example.org"]

    def run(*command, check=True):
        process_environment = {**os.environ, **environment}
        process = subprocess.run(
            command, env=process_environment, cwd=tmp_path, check=check, capture_output=True, text=True
        )
        return process.stdout

    run(*generate, "default", "default", "never")
    keys = run("gpg", "--list-keys", "--with-colons")
    fingerprint = next(line.split(":")[9] for line in keys.splitlines() if line.startswith("fpr:"))

    (tmp_path / "notifications.sops.yml").write_text(yaml.safe_dump(STORED))
    run("sops", "--encrypt", "--in-place", "--pgp", fingerprint, "notifications.sops.yml")
    assert OPS_URL not in (tmp_path / "notifications.sops.yml").read_text()
    try:
        check("sops.yml", **environment)
    finally:
        run("gpgconf", "--kill", "gpg-agent", check=False)
