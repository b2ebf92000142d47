# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The connection options, which are the same for every module."""

from __future__ import annotations

import pytest
import requests

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.options import CONNECTION
from support.emulator import EXTERNAL_TOKEN, KEY, SECRET, slack

NO_ENVIRONMENT = {}


def test_user_agent_names_the_collection_and_ansible_core(run, emulator):
    from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.connection import PROJECT_URL
    from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import COLLECTION_VERSION

    run.ok("integration_info")
    expected = f"ccloud.notifications/{COLLECTION_VERSION} ({PROJECT_URL}) ansible-core/2.99.0"
    assert emulator.requests()[0]["user_agent"] == expected


@pytest.mark.parametrize("family", ["CONFLUENT_CLOUD_", "CONFLUENT_"])
def test_api_key_is_read_from_the_environment(run, family):
    run.ok("integration_info", environ={family + "API_KEY": KEY, family + "API_SECRET": SECRET})


@pytest.mark.parametrize("variable", ["CONFLUENT_CLOUD_ENDPOINT", "CONFLUENT_API_ENDPOINT"])
def test_endpoint_is_read_from_the_environment(run, emulator, variable):
    environ = {"CONFLUENT_API_KEY": KEY, "CONFLUENT_API_SECRET": SECRET, variable: emulator.url}
    run.ok("integration_info", endpoint=None, environ=environ)
    assert len(emulator.requests()) == 1


def test_newer_variables_have_precedence(run):
    run.ok(
        "integration_info",
        environ={
            "CONFLUENT_CLOUD_API_KEY": KEY,
            "CONFLUENT_CLOUD_API_SECRET": SECRET,
            "CONFLUENT_API_KEY": "x",
            "CONFLUENT_API_SECRET": "x",
        },
    )


def test_options_have_precedence_over_the_environment(run, emulator):
    wrong = {"CONFLUENT_CLOUD_API_KEY": "x", "CONFLUENT_CLOUD_API_SECRET": "x"}
    run.ok("integration_info", api_key=KEY, api_secret=SECRET, environ=wrong)
    run.ok("integration_info", identity_pool_id="pool-1", external_token=EXTERNAL_TOKEN, environ=wrong)
    assert [request["authorization"] for request in emulator.requests()] == ["Basic", None, "Bearer"]


def test_white_space_around_credentials_is_removed(run):
    run.ok("integration_info", api_key=KEY, api_secret=f"{SECRET}\n")


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, "no credentials are given"),
        ({"api_key": "k"}, "`api_secret` is missing"),
        ({"api_secret": "s"}, "`api_key` is missing"),
        ({"identity_pool_id": "pool-1"}, "`external_token` is missing"),
        ({"external_token": "t"}, "`identity_pool_id` is missing"),
        (
            {"api_key": "k", "api_secret": "s", "api_token": "t"},
            "more than one authentication method is set",
        ),
        (
            {"api_token": "t", "identity_pool_id": "p", "external_token": "t"},
            "more than one authentication method is set",
        ),
        ({"api_key": "k", "identity_pool_id": "p"}, "more than one authentication method is set"),
        ({"api_token": "sec ret"}, "`api_token` contains whitespace or control characters"),
        ({"api_token": "sec\u00e9ret"}, "`api_token` contains characters that no token has"),
        (
            {"identity_pool_id": "p", "external_token": "sec\u00e9ret"},
            "`external_token` contains characters that no token has",
        ),
    ],
)
def test_exactly_one_authentication_method_is_required(run, emulator, params, expected):
    result = run.fails("integration_info", environ=NO_ENVIRONMENT, **params)
    assert expected in result["msg"]
    assert "sec ret" not in result["msg"]
    assert emulator.requests() == []


@pytest.mark.parametrize(
    ("params", "expected"),
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
        ({"timeout": 0}, "`timeout` must be from 1 to 86400 seconds, not 0"),
        ({"deadline": 10**400}, "`deadline` must be from 1 to 86400 seconds"),
        ({"ca_path": __file__}, "is not a bundle of certificate authorities"),
        ({"deadline": -1}, "`deadline` must be from 1 to 86400 seconds, not -1"),
        ({"ca_path": "/no/such/bundle.pem"}, "`ca_path` /no/such/bundle.pem does not exist"),
    ],
)
def test_invalid_connection_options_are_rejected(run, emulator, params, expected):
    result = run.fails("integration_info", **params)
    assert expected in result["msg"]
    assert "pa55" not in result["msg"]
    assert emulator.requests() == []


def connection(**options):
    from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.connection import (
        connection_from_options,
    )

    defaults = {**dict.fromkeys(CONNECTION.options), "timeout": 5, "deadline": 7, "validate_certs": True}
    return connection_from_options({**defaults, "api_key": "k", "api_secret": "s", **options}, {}, "2.19")


def test_ca_path_and_validate_certs_set_verify():
    bundle = requests.certs.where()
    assert connection(ca_path=bundle).verify == bundle
    assert connection().verify is True
    assert connection(ca_path=bundle, validate_certs=False).verify is False

    default = connection()
    assert (default.endpoint, default.timeout, default.deadline) == ("https://api.confluent.cloud", 5.0, 7.0)


def test_http_to_another_host_requires_validate_certs_false(run):
    result = run.fails(
        "integration_info", endpoint="http://emulator.invalid", timeout=1, deadline=1, validate_certs=False
    )
    assert "Could not list the integrations: no connection" in result["msg"]
    assert run.warnings == [
        "The endpoint http://emulator.invalid is not encrypted, so others can read the credentials."
    ]


def test_endpoint_may_have_a_path(run, emulator):
    result = run.fails("integration_info", endpoint=f"{emulator.url}/gateway/")
    assert result["error"]["status"] == 404
    assert (
        "It must not contain /notifications/v1. The default is https://api.confluent.cloud." in result["msg"]
    )
    assert emulator.requests()[0]["path"] == "/gateway/notifications/v1/integrations"
    emulator.reset()


def test_wrong_credentials_explain_what_to_check(run, emulator):
    result = run.fails("integration_info", api_key=KEY, api_secret="wrong-secret")
    assert result["error"]["status"] == 401
    assert "Check the API key and secret" in result["msg"]
    assert "wrong-secret" not in str(result)
    assert result["api"]["requests"] == 1


def test_long_wait_is_a_warning_and_all_waits_are_reported(run, emulator):
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "2"})
    emulator.fault("status", "GET", status=429, headers={"Retry-After": "20"})
    result = run.ok("integration_info")
    [wait] = result["api"]["waits"]
    assert wait.startswith("Waited 22.0 s in 2 waits: GET /notifications/v1/integrations: ")
    assert [warning.split(":")[0] for warning in run.warnings] == ["Waiting 20.0 s"]
    assert run.clock.sleeps == [2.0, 20.0]


def test_credential_echoed_in_a_result_is_redacted(run, emulator):
    """A description is shown, except for the API secret in it."""
    emulator.reset(integrations=[{**slack("ops"), "description": f"your secret is {SECRET}, nice"}])
    [integration] = run.ok("integration_info", display_name="ops")["integrations"]
    assert integration["description"] == "your secret is ********, nice"


@pytest.mark.parametrize("has_option", [True, False])
def test_refused_credentials_say_where_they_came_from(run, emulator, has_option):
    wrong = {"CONFLUENT_API_KEY": "WRONGKEY", "CONFLUENT_API_SECRET": "wrong-secret"}
    options = {"api_key": "WRONGKEY", "api_secret": "wrong-secret"} if has_option else {}

    result = run.fails("integration_info", **options, environ={} if has_option else wrong)
    assert result["error"]["status"] == 401
    source = "`api_key`" if has_option else "the environment variable CONFLUENT_API_KEY"
    assert f"{emulator.url} received the API key 'WRONGKEY' from {source}." in result["msg"]
    assert "wrong-secret" not in str(result)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"api_token": "wrong-token"}, "received the token from `api_token`."),
        ({"identity_pool_id": "pool-2", "external_token": "wrong"}, "Check `external_token`"),
    ],
)
def test_refused_tokens_name_their_option(run, options, expected):
    result = run.fails("integration_info", **options, environ=NO_ENVIRONMENT)
    assert expected in result["msg"]
    assert options.get("api_token", "wrong") not in result["msg"]
