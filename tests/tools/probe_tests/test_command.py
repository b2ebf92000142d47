# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: consent, what is printed, what is refused, and real processes with real signals."""

from __future__ import annotations

import os
import pathlib
import re
import signal
import subprocess
import sys
import time

import pytest

from emulator.settings import policies
from probe.cli import CONSENT
from probe.questions import QUESTIONS
from probe.session import Session
from support.emulator import KEY, SECRET, slack

from .conftest import NOT_ANSWERABLE, QUICK, RECOMMENDED, REQUIRED, WEBHOOK_URL, Probe

ROOT = pathlib.Path(__file__).resolve().parents[3]


def test_without_consent_nothing_is_sent(probe: Probe):
    run = probe.run("--notification-type", RECOMMENDED)
    assert run.status == 2
    assert f"Nothing is sent without {CONSENT}." in run.output
    assert probe.emulator.requests() == []


@pytest.mark.parametrize(
    ("environment", "arguments", "message"),
    [
        (
            {"CONFLUENT_CLOUD_API_SECRET": ""},
            [],
            "CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET are not set.",
        ),
        ({"CONFLUENT_CLOUD_ENDPOINT": "http://api.example.com"}, [], "must begin with https://"),
        (
            {"CONFLUENT_CLOUD_ENDPOINT": "https://user:word@api.example.com"},
            [],
            "must not contain credentials",
        ),
        (
            {"CONFLUENT_CLOUD_ENDPOINT": "https://api.example.com/path"},
            [],
            "must be like https://api.confluent.cloud",
        ),
        ({}, ["--prefix", "a"], "--prefix must have 6 to 35 characters."),
        ({}, ["--prefix", ""], "--prefix must have 6 to 35 characters."),
        ({}, ["--prefix", "", "--clean"], "--prefix must have 6 to 35 characters."),
        ({}, ["--prefix", "x" * 41], "--prefix must have 6 to 35 characters."),
        ({}, ["--output", "/nonexistent/probe.yml"], "The folder of --output does not exist."),
    ],
)
def test_what_would_do_harm_is_refused_before_any_request(probe: Probe, environment, arguments, message):
    probe.environment.update(environment)
    run = probe.run(CONSENT, *arguments)
    assert run.status == 2
    assert message in run.output
    assert "Nothing was changed." in run.output
    assert "user:word" not in run.output
    assert probe.emulator.requests() == []


def test_no_url_no_secret_and_no_name_of_theirs_is_shown(probe: Probe):
    """Neither on the terminal nor in the file, also where something is left."""
    theirs = "Payments on-call"
    texts = []
    for fault in (
        None,
        {"kind": "html", "status": 502},
        {"kind": "cut-after"},
        {"kind": "status", "status": 400},
    ):
        probe.emulator.reset(integrations=[slack(theirs)], webhook_urls="clear")
        probe.emulator.route(RECOMMENDED, theirs)
        if fault:
            probe.emulator.fault(**fault, skip=20, times=1_000_000)
        run = probe.ask(RECOMMENDED)
        texts.append(run.output + (probe.output.read_text() if probe.output.exists() else ""))
        probe.emulator.control("POST", "faults/clear")
        texts.append(probe.clean().output)

    text = "\n".join(texts)
    assert "://" not in text
    secrets = [KEY, SECRET, WEBHOOK_URL, "secret-path", "hooks.", "127.0.0.1"]
    names = [theirs, RECOMMENDED, "Organization admins", "Jordan Doe"]
    assert [word for word in secrets + names if word in text] == []


def test_file_has_one_entry_for_each_question_and_the_versions(probe: Probe):
    file = probe.ask(RECOMMENDED).file
    assert [each["id"] for each in file["answers"]] == [question.id for question in QUESTIONS]
    assert list(file) == ["format", "date", "versions", "settings", "answers", "deviations"]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", file["date"])
    assert set(file["versions"]) == {"collection", "contract", "python", "requests"}
    assert set(file["settings"]) < set(policies()) - set(NOT_ANSWERABLE)


def test_deviations_are_listed_by_operation_and_path_without_values(probe: Probe):
    secret = "value-of-theirs"
    integration = {
        "id": "i-1",
        "metadata": {},
        "display_name": secret * 10,
        "target": {"kind": "Slack", "webhook_url": secret},
    }
    page = {
        "api_version": secret,
        "kind": "IntegrationList",
        "metadata": {},
        "data": [integration, {**integration, "id": "i-2"}],
    }
    probe.emulator.fault("status", "GET", "*/integrations", status=200, body=page)
    probe.emulator.fault("status", "GET", "*/user-notifications", status=418, body={"errors": []})
    run = probe.ask()
    listed = [
        f"{each['operation']} ({each['status']}) {each['path']}: {each['problem']}"
        for each in run.file["deviations"]
    ]
    assert listed == [
        "GET /notifications/v1/integrations (200) $.api_version: not one of the published values",
        "GET /notifications/v1/integrations (200) $.data[*].display_name: longer than 64",
        "GET /notifications/v1/integrations (200) $.data[*].metadata: missing: self",
        "GET /notifications/v1/integrations (200) $.data[*].target.webhook_url: not in the format uri",
        "GET /notifications/v1/user-notifications (418) -: an unpublished status",
    ]
    assert all(f"  {line}\n" in run.output for line in listed)
    assert secret not in run.output


@pytest.mark.parametrize(
    ("location", "answer", "is_followed"),
    [
        ("/notifications/v1/user-notifications?page_size=1", "307", True),
        ("https://elsewhere.invalid/", "other-origin", False),
    ],
)
def test_redirects_are_followed_within_the_origin_only(probe: Probe, location, answer, is_followed):
    probe.emulator.fault("redirect", "GET", "*/user-notifications", location=location)
    run = probe.ask()
    assert run.answers["redirects"] == answer
    assert (run.answers["early_access"] == "granted") is is_followed


def test_redirect_never_repeats_a_post_as_a_get(probe: Probe):
    probe.emulator.fault(
        "redirect", "POST", "*/integrations", location="/notifications/v1/integrations", status=302
    )
    run = probe.ask()
    assert (run.answers["url_verification"], run.answers["redirects"]) == ("unclear", "302")
    assert "POST /integrations -> 302" in probe.emulator.lines()


def test_refused_key_stops_the_run(probe: Probe):
    probe.environment["CONFLUENT_CLOUD_API_SECRET"] = "wrong"
    run = probe.ask()
    assert run.status == 1
    assert "The service refuses the API key (401)." in run.output
    assert len(probe.emulator.requests()) == 1


def test_key_that_may_only_read_answers_what_can_be_read(probe: Probe):
    probe.emulator.reset(read_only=True)
    run = probe.ask(RECOMMENDED)
    assert run.status == 0
    assert "the API key may not create integrations (403)" in run.output
    assert (run.answers["empty_lookup"], run.answers["webhook_urls"]) == ("empty", "not asked")


def test_service_that_does_not_respond_is_given_up(probe: Probe):
    probe.emulator.fault("cut-before", times=1_000_000)
    run = probe.ask(RECOMMENDED)
    assert run.status == 1
    assert "The service does not respond." in run.output
    assert len(probe.emulator.requests()) == 3 * QUICK.attempts


def test_netrc_does_not_replace_the_credentials(probe: Probe, tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert probe.ask().status == 0


def test_user_notifications_are_not_read_unless_allowed(probe: Probe):
    """A first read may add an integration that cannot be deleted."""
    run = probe.run(CONSENT)
    assert (run.answers["early_access"], run.answers["include"]) == ("not asked", "not asked")
    assert not any("user-notifications" in line for line in probe.emulator.lines())


def test_url_that_the_service_refuses_for_slack_does_not_pass_for_a_refused_change(probe: Probe):
    refused = {"errors": [{"status": "422"}]}
    probe.emulator.fault("status", "PATCH", "*/integrations/*", status=422, body=refused)
    # Other changes come before that of the kind. The creations are those of a dead URL and of an equal name, and
    # the fourth that of the kind Slack.
    probe.emulator.control("POST", "faults/clear")
    probe.emulator.fault("status", "PATCH", "*/integrations/*", status=422, body=refused, skip=1)
    probe.emulator.fault("status", "POST", "*/integrations", status=422, body=refused, skip=3)
    run = probe.ask()
    assert run.answers["kind_change"] == "unclear"
    assert "try a --webhook-url of Slack" in run.output


class UpdatingSession(Session):
    """A service that changes the subscription that exists instead of creating a second one."""

    def call(self, method, path, **options):
        response = super().call(method, path, **options)
        if (method, path) == ("POST", "/subscriptions") and response.status == 409:
            found = next(
                each
                for each in self.list_all("/subscriptions")
                if each["notification_type"] == self.named(options)
            )
            body = {"integrations": options["body"]["integrations"]}
            changed = super().call("PATCH", "/subscriptions/{id}", id=found["id"], body=body)
            return type(response)(201, response.headers, changed.body)
        return response

    def named(self, options):
        wanted = options["body"]["notification_type"]["id"]
        return next(
            each["notification_type"]
            for each in self.list_all("/subscriptions")
            if each["notification_type"]["id"] == wanted
        )


def test_subscription_that_is_changed_instead_of_created_is_restored(probe: Probe):
    before = probe.state()
    run = probe.ask(RECOMMENDED, QUICK, UpdatingSession)
    assert run.answers["second_subscription"] == "updated"
    assert probe.state() == before


# Real processes


def start(probe: Probe, *arguments: str) -> subprocess.Popen[str]:
    environment = {**os.environ, **probe.environment}
    command = [sys.executable, "tools/probe", "--output", str(probe.output), *arguments]
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def test_command_runs_as_the_makefile_runs_it(probe: Probe):
    recipe = subprocess.run(
        ["make", "--dry-run", "probe", "ARGS=--clean"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    # Under `make test`, make also prints the folders that it enters.
    assert ".venv/bin/python tools/probe --clean" in map(str.strip, recipe.stdout.splitlines())

    before = probe.state()
    process = start(probe, CONSENT, "--notification-type", RECOMMENDED)
    output, _none = process.communicate(timeout=60)
    assert process.returncode == 0, output
    assert "  detached       Subscriptions of a deleted integration:" in output
    assert probe.output.is_file()
    assert probe.state() == before


def wait_for_change(probe: Probe, admins: str) -> None:
    """Wait until e-mail is taken from the REQUIRED type."""
    for _look in range(500):
        if admins not in probe.emulator.routes()[REQUIRED]:
            return
        time.sleep(0.02)
    raise AssertionError("the subscription was not changed")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_signal_leaves_nothing_behind(probe: Probe, number):
    """While a REQUIRED type goes to the probe only, the worst moment. After SIGKILL, --clean restores it."""
    before = probe.state()
    probe.emulator.fault("delay", "PATCH", "*/subscriptions/*", delay_ms=400, applied=True, skip=2)
    process = start(probe, CONSENT, "--notification-type", REQUIRED)
    wait_for_change(probe, "Organization admins")
    process.send_signal(number)
    output, _none = process.communicate(timeout=60)

    if number == signal.SIGKILL:
        assert probe.state() != before
        assert probe.clean().status == 0
    else:
        assert (process.returncode, "Everything is undone." in output) == (130, True), output
    assert probe.state() == before
