# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the probe in this process, against one emulator for all tests, and sees what is left."""

from __future__ import annotations

import contextlib
import functools
import io
import itertools
import pathlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from emulator.settings import policies
from probe import cli
from probe.cli import CONSENT, main
from probe.session import Pace, Session
from support.emulator import KEY, SECRET, Emulator

#: Types of the emulator's catalog: one that is subscribed to, one that must be, one without a subscription.
RECOMMENDED, REQUIRED, OPTIONAL = "Connector failed", "Payment failed", "Invoice available"
#: What no question answers, and why.
NOT_ANSWERABLE = {
    "topic_paths": "it would take a topic",
    "over_quota": "it would take as many integrations as the quota allows",
    "rate_limit_body": "it would take as many requests as the rate limit allows; known if that happens",
}
WEBHOOK_URL = "https://hooks.example.com/services/secret-path"

QUICK = Pace(timeout=2, wait=0.05, interval=0.01, attempts=3)
#: For lists that lag behind: they are watched for longer than the emulator's delay.
PATIENT = Pace(timeout=2, wait=1.0, interval=0.1, attempts=3)


@dataclass
class Run:
    """One run of the probe."""

    status: int
    output: str
    text: str

    @functools.cached_property
    def file(self) -> dict[str, Any]:
        return yaml.safe_load(self.text) or {}

    @property
    def answers(self) -> dict[str, str]:
        return {each["id"]: each.get("answer", each["state"]) for each in self.file["answers"]}

    @property
    def policies(self) -> dict[str, str]:
        return {name: value for name, value in self.file["settings"].items() if name in policies()}


class Probe:
    """The probe, its emulator, and a folder of its own."""

    def __init__(self, emulator: Emulator, folder: pathlib.Path) -> None:
        self.emulator = emulator
        self.output = folder / "probe.yml"
        self.environment = {
            "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
            "CONFLUENT_CLOUD_API_KEY": KEY,
            "CONFLUENT_CLOUD_API_SECRET": SECRET,
            "XDG_STATE_HOME": str(folder / "state"),
        }

    def run(self, *arguments: str, pace: Pace = QUICK, session_class: type[Session] = Session) -> Run:
        """Run it with these arguments only."""
        self.output.unlink(missing_ok=True)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
            status = main(["--output", str(self.output), *arguments], self.environment, pace, session_class)
        return Run(status, printed.getvalue(), self.output.read_text() if self.output.exists() else "")

    def ask(
        self, notification_type: str = "", pace: Pace = QUICK, session_class: type[Session] = Session
    ) -> Run:
        """Run it with consent, on a type."""
        arguments = [CONSENT, "--read-user-notifications", "--webhook-url", WEBHOOK_URL]
        if notification_type:
            arguments += ["--notification-type", notification_type]
        return self.run(*arguments, pace=pace, session_class=session_class)

    def clean(self, *arguments: str) -> Run:
        return self.run(CONSENT, "--clean", *arguments)

    def state(self) -> dict[str, Any]:
        """Everything that a client can change in the organization, times aside."""
        objects = self.emulator.control("GET", "objects/*")
        return {
            collection: [
                {name: value for name, value in each.items() if name != "metadata"} for each in listed
            ]
            for collection, listed in objects.items()
            if collection != "user-notifications"
        }

    def has_journal(self) -> bool:
        return any(pathlib.Path(self.environment["XDG_STATE_HOME"]).glob("*.json"))


@pytest.fixture(scope="module")
def trusting_emulator() -> Iterator[Emulator]:
    """The probe validates responses itself, so the emulator need not."""
    with Emulator.started("--trust-answers", "--list-delay-ms", "300") as emulator:
        yield emulator


@pytest.fixture
def probe(trusting_emulator: Emulator, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Probe:
    # With the same names in each test, responses are the same, and each is validated once.
    tokens = map("{:08}".format, itertools.count(1))
    monkeypatch.setattr(cli, "run_token", lambda: next(tokens))
    trusting_emulator.reset()
    return Probe(trusting_emulator, tmp_path)
