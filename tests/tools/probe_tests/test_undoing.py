# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever fails, and whenever the run is interrupted, nothing stays behind, or the probe says what does."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from probe.session import Pace, Session
from support.emulator import slack

from .conftest import OPTIONAL, QUICK, RECOMMENDED, REQUIRED, Probe

#: What goes wrong with a request. ``applied`` faults happen after the request took effect.
FAULTS = {
    "500": {"kind": "status", "status": 500},
    "500 after the effect": {"kind": "status", "status": 500, "applied": True},
    "401": {"kind": "status", "status": 401},
    "connection cut": {"kind": "cut-before"},
    "connection cut after the effect": {"kind": "cut-after"},
    "no response in time": {"kind": "delay", "delay_ms": 400, "applied": True},
    "half a body": {"kind": "truncated"},
}
HASTY = Pace(timeout=0.25, wait=0.05, interval=0.005, attempts=3)
#: All faults at all requests take minutes (`make test-all/faults`); otherwise writes and some reads meet one or two.
ALL = os.environ.get("FAULTS") == "all"


@dataclass(frozen=True)
class Case:
    """A fault at one request of a run: the one of this number among those of its method."""

    notification_type: str
    method: str
    number: int
    fault: str

    def __str__(self) -> str:
        return f"{self.notification_type}: {self.fault} at {self.method} {self.number}"


def requests_of(probe: Probe, notification_type: str) -> list[str]:
    """The methods of all requests of an undisturbed run."""
    probe.emulator.reset()
    probe.ask(notification_type)
    return [each["method"] for each in probe.emulator.requests()]


def cases(probe: Probe, notification_type: str) -> Iterator[Case]:
    methods = requests_of(probe, notification_type)
    for number, method in enumerate(methods):
        for fault in FAULTS if ALL else some_faults(notification_type, method, number):
            yield Case(notification_type, method, methods[:number].count(method), fault)


def some_faults(notification_type: str, method: str, number: int) -> list[str]:
    """Faults for one request: those of creations on any type, one for other requests on a REQUIRED type."""
    if method == "POST":
        # What is created unnoticed is the hardest to find.
        return ["500", "connection cut after the effect"]
    if notification_type == REQUIRED and (method != "GET" or number % 6 == 0):
        return [list(FAULTS)[number % len(FAULTS)]]
    return []


@pytest.mark.parametrize("notification_type", [REQUIRED, RECOMMENDED, OPTIONAL])
def test_nothing_stays_behind_after_a_fault_at_any_request(probe: Probe, notification_type):
    before = probe.state()
    for case in list(cases(probe, notification_type)):
        probe.emulator.reset()
        # A read is sent again, so it fails for good only if every attempt does.
        times = HASTY.attempts if case.method == "GET" else 1
        probe.emulator.fault(**FAULTS[case.fault], method=case.method, skip=case.number, times=times)
        run = probe.ask(notification_type, HASTY)
        assert probe.state() == before, f"{case}\n{run.output}"
        assert "Everything is undone." in run.output, f"{case}\n{run.output}"
        assert not probe.has_journal(), case


def test_request_that_takes_effect_after_its_time_out_is_undone(probe: Probe):
    """The service goes on with a request that the client gave up."""
    before = probe.state()
    late = Pace(timeout=0.1, wait=0.6, interval=0.05, attempts=3)
    for method, path in (
        ("POST", "*/integrations"),
        ("POST", "*/subscriptions"),
        ("PATCH", "*/subscriptions/*"),
    ):
        probe.emulator.reset()
        probe.emulator.fault("delay", method, path, delay_ms=300)
        run = probe.ask(OPTIONAL if path == "*/subscriptions" else REQUIRED, late)
        assert probe.state() == before, f"{method} {path}\n{run.output}"


def test_required_type_gets_its_email_back_at_once(probe: Probe):
    """Although the response to the change that took it away was lost."""
    admins = probe.emulator.ids()["Organization admins"]
    probe.emulator.fault("cut-after", "PATCH", "*/subscriptions/*", skip=2)
    probe.ask(REQUIRED)
    writes = [each for each in probe.emulator.requests() if each["method"] != "GET"]
    number = next(number for number, each in enumerate(writes) if each["status"] is None)
    lost, following = (
        [reference["id"] for reference in each["body"]["integrations"]]
        for each in writes[number : number + 2]
    )
    assert admins not in lost
    assert following == [admins]


def leftovers(probe: Probe, before) -> list[str]:
    """The IDs of what is in the organization and was not, and of what was changed."""
    now = probe.state()
    return [each["id"] for collection in now for each in now[collection] if each not in before[collection]]


@pytest.mark.parametrize("notification_type", [REQUIRED, RECOMMENDED, OPTIONAL])
@pytest.mark.parametrize("number", range(8, 50) if ALL else [20, 35])
def test_what_cannot_be_undone_is_named_and_removed_later(probe: Probe, notification_type, number):
    """The service fails for good after some requests."""
    before = probe.state()
    probe.emulator.fault("status", status=500, skip=number, times=1_000_000)
    run = probe.ask(notification_type, HASTY)
    left = leftovers(probe, before)
    hidden = "There may be integrations whose names begin with ccloud-probe-" in run.output
    assert [
        each for each in left if each not in run.output and not (hidden and each.startswith("i-"))
    ] == [], run.output
    assert (run.status, "--clean" in run.output) == (1, True) if left else True

    probe.emulator.control("POST", "faults/clear")
    cleaned = probe.clean()
    assert (cleaned.status, probe.state()) == (0, before), f"{run.output}\n{cleaned.output}"


def test_refused_deletions_are_named_one_by_one(probe: Probe):
    probe.emulator.fault("status", "DELETE", status=500, times=1_000_000)
    run = probe.ask(OPTIONAL)
    assert run.status == 1
    assert sorted(probe.emulator.ids()) != []
    made = [each for each in probe.emulator.objects() if each["display_name"].startswith("ccloud-probe-")]
    assert len(made) == 3
    for integration in made:
        request = f"DELETE /notifications/v1/integrations/{integration['id']}"
        assert (
            f"Integration {integration['display_name']} ({integration['id']}) was not deleted." in run.output
        )
        assert f"Run the probe with --clean later, or send {request}." in run.output
    assert "4 things are left:" in run.output
    refused = probe.ask(OPTIONAL)
    assert (refused.status, "Run the probe with --clean first." in refused.output) == (2, True)


class InterruptedSession(Session):
    """A session that is interrupted before or after one of its requests."""

    number = 0
    after = False

    def _send(self, *arguments):
        is_due = self.observations.requests == self.number
        if is_due and not self.after:
            self.interrupted.set()
        response = super()._send(*arguments)
        if is_due:
            self.interrupted.set()
        return response


def test_nothing_stays_behind_after_an_interrupt_at_any_request(probe: Probe):
    before = probe.state()
    methods = requests_of(probe, REQUIRED)
    for number in range(methods.index("POST"), len(methods)):
        if methods[number] == "GET" and number % 5 and not ALL:
            continue
        session_class = type("Session", (InterruptedSession,), {"number": number, "after": number % 2})
        probe.emulator.reset()
        run = probe.ask(REQUIRED, QUICK, session_class)
        assert (run.status, probe.state()) == (130, before), f"{number}\n{run.output}"
        assert "Everything is undone." in run.output
        assert run.file == {}


class BrokenSession(Session):
    """A session with a defect of our own at one request."""

    def call(self, *arguments, **options):
        if self.observations.requests == 20 and not self.undoing:
            raise RuntimeError("a defect")
        return super().call(*arguments, **options)


def test_nothing_stays_behind_after_a_defect_of_the_probe(probe: Probe):
    before = probe.state()
    with pytest.raises(RuntimeError, match="a defect"):
        probe.ask(REQUIRED, QUICK, BrokenSession)
    assert probe.emulator.writes() != []
    assert probe.state() == before


OWN = "ccloud-probe-0123abcd"


def test_clean_removes_only_what_has_a_name_of_the_probe(probe: Probe):
    names = ("ops", "Ccloud-probe-0123abcd", f"my {OWN}", "ccloud-prob", "ccloud-probe-1", f"{OWN}-pager")
    theirs = [slack(name) for name in names]
    probe.emulator.reset(integrations=theirs)
    before = probe.state()
    probe.emulator.reset(integrations=[*theirs, slack(OWN), slack(f"{OWN}-slack")])
    run = probe.clean()
    assert (run.status, "2 integrations were removed." in run.output) == (0, True)
    assert {each["display_name"] for each in probe.emulator.made().values()} == set(names)
    assert probe.state() == before


def test_clean_takes_its_integrations_out_of_the_subscriptions_of_others(probe: Probe):
    probe.emulator.reset(integrations=[slack("ops"), slack(OWN)], delete_in_use="refused")
    probe.emulator.route(RECOMMENDED, "ops", OWN)
    assert probe.clean().status == 0
    assert probe.emulator.routes()[RECOMMENDED] == ["ops"]


def test_clean_takes_another_prefix(probe: Probe):
    own = f"trial-run-{OWN}"
    theirs = [slack(OWN), slack("trial-run-0123abcd"), slack("trial-run-pager"), slack("trial-run-")]
    probe.emulator.reset(integrations=[*theirs, slack(own)])
    assert probe.clean("--prefix", "trial-run-").status == 0
    assert set(probe.emulator.made()) == {integration["display_name"] for integration in theirs}


def test_clean_needs_consent(probe: Probe):
    probe.emulator.reset(integrations=[slack(OWN)])
    assert probe.run("--clean").status == 2
    assert probe.emulator.requests() == []


def test_clean_never_takes_the_last_recipient_of_a_subscription(probe: Probe):
    """Without its journal, the probe cannot know which subscriptions it has created."""
    probe.emulator.reset(integrations=[slack(OWN)])
    probe.emulator.route(REQUIRED, OWN)
    cleaned = probe.clean()
    assert cleaned.status == 1
    assert "is the last recipient of a subscription that the probe did not create" in cleaned.output
    assert probe.emulator.routes()[REQUIRED] == [OWN]


def test_what_somebody_else_adds_meanwhile_stays(probe: Probe):
    probe.emulator.reset(integrations=[slack("ops")])
    admins, ops = (probe.emulator.ids()[name] for name in ("Organization admins", "ops"))
    wanted = probe.emulator.ids("notification-types")[REQUIRED]
    subscriptions = probe.emulator.objects("subscriptions")
    subscription = next(each["id"] for each in subscriptions if each["notification_type"]["id"] == wanted)

    body = {"integrations": [{"id": admins}, {"id": ops}]}
    probe.emulator.meanwhile("DELETE", "*/integrations/*", "PATCH", f"/subscriptions/{subscription}", body)
    run = probe.ask(REQUIRED)
    assert run.status == 0, run.output
    assert probe.emulator.routes()[REQUIRED] == ["Organization admins", "ops"]
