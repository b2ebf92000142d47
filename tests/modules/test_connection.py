# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options, the same for every module."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.options import CONNECTION
from support.emulator import EXTERNAL_TOKEN, KEY, SECRET, slack

NOWHERE = {}


def test_the_user_agent_names_the_collection_and_ansible_core(run, emulator):
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import COLLECTION_VERSION

    run.ok("integration_info")
    assert (
        emulator.requests()[0]["user_agent"]
        == f"ccloud.notifications/{COLLECTION_VERSION} ansible-core/2.99.0"
    )


@pytest.mark.parametrize("family", ["CONFLUENT_CLOUD_", "CONFLUENT_"])
def test_key_and_secret_come_from_the_environment(run, family):
    run.ok("integration_info", environ={family + "API_KEY": KEY, family + "API_SECRET": SECRET})


@pytest.mark.parametrize("variable", ["CONFLUENT_CLOUD_ENDPOINT", "CONFLUENT_API_ENDPOINT"])
def test_the_endpoint_comes_from_the_environment(run, emulator, variable):
    environ = {"CONFLUENT_API_KEY": KEY, "CONFLUENT_API_SECRET": SECRET, variable: emulator.url}
    run.ok("integration_info", endpoint=None, environ=environ)
    assert len(emulator.requests()) == 1


def test_the_newer_variables_go_before_the_older_ones(run):
    run.ok(
        "integration_info",
        environ={
            "CONFLUENT_CLOUD_API_KEY": KEY,
            "CONFLUENT_CLOUD_API_SECRET": SECRET,
            "CONFLUENT_API_KEY": "x",
            "CONFLUENT_API_SECRET": "x",
        },
    )


def test_what_the_task_says_goes_before_the_environment(run, emulator):
    wrong = {"CONFLUENT_CLOUD_API_KEY": "x", "CONFLUENT_CLOUD_API_SECRET": "x"}
    run.ok("integration_info", api_key=KEY, api_secret=SECRET, environ=wrong)
    run.ok("integration_info", identity_pool_id="pool-1", external_token=EXTERNAL_TOKEN, environ=wrong)
    assert [each["authorization"] for each in emulator.requests()] == ["Basic", None, "Bearer"]


def test_white_space_around_a_credential_is_not_part_of_it(run):
    run.ok("integration_info", api_key=KEY, api_secret=f"{SECRET}\n")


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "no credentials are given"),
        ({"api_key": "k"}, "`api_secret` is missing"),
        ({"api_secret": "s"}, "`api_key` is missing"),
        ({"identity_pool_id": "pool-1"}, "`external_token` is missing"),
        ({"external_token": "t"}, "`identity_pool_id` is missing"),
        (
            {"api_key": "k", "api_secret": "s", "api_token": "t"},
            "more than one method of authentication is given",
        ),
        (
            {"api_token": "t", "identity_pool_id": "p", "external_token": "t"},
            "more than one method of authentication is given",
        ),
        ({"api_key": "k", "identity_pool_id": "p"}, "more than one method of authentication is given"),
        ({"api_token": "sec ret"}, "`api_token` contains white space or control characters"),
        ({"api_token": "sec\u00e9ret"}, "`api_token` contains characters that no token has"),
        (
            {"identity_pool_id": "p", "external_token": "sec\u00e9ret"},
            "`external_token` contains characters that no token has",
        ),
    ],
)
def test_exactly_one_way_of_authentication(run, emulator, params, said):
    result = run.fails("integration_info", environ=NOWHERE, **params)
    assert said in result["msg"]
    assert "sec ret" not in result["msg"]
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({"endpoint": "api.confluent.cloud"}, "the endpoint that is given is not an http or https URL"),
        (
            {"endpoint": "https://user:pa55@api.example"},
            "the endpoint 'https://api.example' contains a user or a password",
        ),
        ({"endpoint": "user:pa55@api.example"}, "the endpoint that is given is not an http or https URL"),
        (
            {"endpoint": "https://key:ab/pa55@api.example"},
            "the endpoint 'https://api.example' contains a user or a password",
        ),
        ({"endpoint": "pa55-token-pasted-here"}, "the endpoint that is given is not an http or https URL"),
        ({"endpoint": "https://api.example?x=1"}, "is not an http or https URL"),
        ({"endpoint": "https://api.example/notifications/v1"}, "contains the path /notifications/v1"),
        ({"endpoint": "https://["}, "is not an http or https URL"),
        (
            {"endpoint": "https://hooks.example/pa55?x=1"},
            "the endpoint 'https://hooks.example' is not an http or https URL",
        ),
        ({"endpoint": "http://api.example"}, "the endpoint 'http://api.example' is not encrypted"),
        ({"endpoint": "http://127.0.0.1.evil.example"}, "is not encrypted"),
        ({"endpoint": "http://localhost.evil.example"}, "is not encrypted"),
        ({"timeout": 0}, "`timeout` is 0"),
        ({"deadline": 10**400}, "Give seconds, from 1 to 86400."),
        ({"ca_path": __file__}, "is not a bundle of certificate authorities"),
        ({"deadline": -1}, "`deadline` is -1"),
        ({"ca_path": "/no/such/bundle.pem"}, "`ca_path` /no/such/bundle.pem does not exist"),
    ],
)
def test_a_connection_that_makes_no_sense_is_refused(run, emulator, params, said):
    result = run.fails("integration_info", **params)
    assert said in result["msg"]
    assert "pa55" not in result["msg"]
    assert emulator.requests() == []


def connection(**options):
    from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.connection import (
        connection_from_options,
    )

    usual = {**dict.fromkeys(CONNECTION.options), "timeout": 5, "deadline": 7, "validate_certs": True}
    return connection_from_options({**usual, "api_key": "k", "api_secret": "s", **options}, {}, "2.19")


def test_ca_path_and_validate_certs_are_passed_on():
    bundle = requests.certs.where()
    assert connection(ca_path=bundle).verify == bundle
    assert connection().verify is True
    assert connection(ca_path=bundle, validate_certs=False).verify is False
    assert (connection().endpoint, connection().timeout, connection().deadline) == (
        "https://api.confluent.cloud",
        5.0,
        7.0,
    )


def test_plain_http_to_another_machine_takes_validate_certs_false(run):
    result = run.fails(
        "integration_info", endpoint="http://emulator.invalid", timeout=1, deadline=1, validate_certs=False
    )
    assert "Could not list the integrations: no connection" in result["msg"]
    assert run.warnings == [
        "The endpoint http://emulator.invalid is not encrypted, so others can read the credentials."
    ]


def test_an_endpoint_may_have_a_path(run, emulator):
    result = run.fails("integration_info", endpoint=f"{emulator.url}/gateway/")
    assert result["error"]["status"] == 404
    assert "without /notifications/v1. The default is https://api.confluent.cloud." in result["msg"]
    assert emulator.requests()[0]["path"] == "/gateway/notifications/v1/integrations"
    emulator.reset()


def test_wrong_credentials_say_what_to_check(run, emulator):
    result = run.fails("integration_info", api_key=KEY, api_secret="wrong-secret")
    assert result["error"]["status"] == 401
    assert "Check the API key and secret" in result["msg"]
    assert "wrong-secret" not in str(result)
    assert result["api"]["requests"] == 1


def test_a_long_wait_is_a_warning_and_every_wait_is_reported(run, emulator):
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "2"})
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "20"})
    result = run.ok("integration_info")
    [wait] = result["api"]["waits"]
    assert wait.startswith("Waited 22.0 s in 2 waits: GET /notifications/v1/integrations: ")
    assert [warning.split(":")[0] for warning in run.warnings] == ["Waiting 20.0 s"]
    assert run.clock.sleeps == [2.0, 20.0]


def test_credential_that_the_service_echoes_is_hidden_in_results_too(run, emulator):
    """The description of a good answer is shown; with the API secret in it, it is not."""
    emulator.reset(integrations=[{**slack("ops"), "description": f"your secret is {SECRET}, nice"}])
    [shown] = run.ok("integration_info", display_name="ops")["integrations"]
    assert shown["description"] == "your secret is ********, nice"
