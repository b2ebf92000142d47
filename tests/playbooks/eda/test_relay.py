# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The event source that relays to PagerDuty, without ansible-rulebook: what becomes of each notification."""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import email.utils
import importlib.util
import json
import os
import pathlib
import stat
import sys
import tempfile
import threading

import pytest

from support.playbooks import ROOT

ROUTING_KEY = "r" * 32
SOURCE = ROOT / "extensions" / "eda" / "plugins" / "event_source" / "pagerduty.py"


def load_source():
    spec = importlib.util.spec_from_file_location("pagerduty_source", SOURCE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


source = load_source()


def notification(number, **members):
    created_at = "2026-05-04T12:00:00Z"
    return {
        "id": str(number),
        "title": "Connector failed",
        "message": "m",
        "created_at": created_at,
        **members,
    }


class Running:
    """A relay that runs in the event loop of a test, with a clock of its own. No pause takes time."""

    def __init__(self, folder, url, **args):
        self.folder = folder
        self.now = 1_000_000.0
        #: By how much the clock of the machine was changed.
        self.jump = 0.0
        self.pauses = []
        self.events = []
        self.args = {"token": "t", "folder": folder, "routing_key": ROUTING_KEY, "url": url, **args}

    async def sleep(self, seconds):
        if seconds == source.INTERVAL:
            # Only news, and no time, leads to the next report.
            await asyncio.Event().wait()
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    async def put(self, event):
        """Takes the place of ansible-rulebook's queue."""
        self.events.append(event["relay"])

    async def __aenter__(self):
        self.relay = source.Relay(self.args, self.sleep, lambda: self.now + self.jump, lambda: self.now)
        self.task = asyncio.ensure_future(self.relay.run(self))
        return self

    async def __aexit__(self, *_error):
        self.task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.task
        # The end of a process closes its files, also if the relay never ran.
        self.relay.spool.close()

    async def post(self, *notifications):
        for posted in notifications:
            await self.relay.put({"payload": posted, "meta": {"headers": {}}})

    async def until(self, condition):
        async with asyncio.timeout(60):
            while not condition():
                assert not self.task.done(), self.task.result()
                await asyncio.sleep(0.005)

    @property
    def waiting(self):
        return sorted(path.name for path in self.folder.glob("*.json") if path.name != "status.json")

    @property
    def failed(self):
        return [json.loads(path.read_text()) for path in sorted((self.folder / "failed").iterdir())]


@pytest.fixture
def start(tmp_path):
    return lambda receiver, **args: Running(tmp_path / "spool", f"{receiver.url}/v2/enqueue", **args)


def keys(receiver, status=202):
    return [sent["body"]["dedup_key"] for sent in receiver.received if sent["status"] == status]


def answers(*statuses):
    """Answers with these statuses in turn, and the last one for ever."""
    left = list(statuses)
    return lambda *_request: left.pop(0) if len(left) > 1 else left[0]


OK = (202, {})


def test_a_notification_is_on_the_disk_before_its_sender_has_an_answer(start, receive):
    is_released = threading.Event()

    def respond(*_request):
        is_released.wait(60)
        return OK

    receiver = receive(respond)

    async def play():
        async with start(receiver) as running:
            await running.post(notification(1))
            [name] = running.waiting
            kept = json.loads((running.folder / name).read_text())
            assert kept["notification"]["title"] == "Connector failed"
            assert stat.S_IMODE((running.folder / name).stat().st_mode) == 0o600
            assert {
                stat.S_IMODE(path.stat().st_mode) for path in (running.folder, running.folder / "failed")
            } == {0o700}
            is_released.set()
            await running.until(lambda: not running.waiting)
            assert running.relay.delivered == 1

    asyncio.run(play())
    assert keys(receiver) == ["1"]


def in_an_hour():
    return email.utils.format_datetime(
        datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
    )


@pytest.mark.parametrize(
    ("answer", "pause"),
    [
        ((429, {}, {"Retry-After": "90"}), 90),
        ((429, {}, {"Retry-After": in_an_hour()}), 1800),
        ((429, {}, {"Retry-After": "soon"}), 4),
        ((500, {}), 4),
        ((503, {}, {"Retry-After": "120"}), 120),
        ((408, {}), 4),
        ((200, {}), 4),
        ((302, {}, {"Location": "/elsewhere"}), 4),
    ],
)
def test_what_may_pass_is_tried_again_after_a_pause(start, receive, answer, pause):
    receiver = receive(answers(answer, answer, OK))

    async def play():
        async with start(receiver) as running:
            await running.post(notification(1))
            await running.until(lambda: running.relay.delivered == 1)
            return running.pauses

    pauses = asyncio.run(play())
    assert len(pauses) == 2
    assert all(found >= pause for found in pauses)
    assert pauses[1] > pauses[0] or pause > 10
    assert keys(receiver) == ["1"]


def test_pauses_grow_up_to_a_limit(start, receive):
    receiver = receive(answers(*[(500, {})] * 12, OK))

    async def play():
        async with start(receiver) as running:
            await running.post(notification(1))
            await running.until(lambda: running.relay.delivered == 1)
            return running.pauses

    pauses = asyncio.run(play())
    assert 4 <= pauses[0] <= 5
    assert 240 <= pauses[-1] <= 300
    assert max(pauses) <= source.LONGEST_PAUSE


@pytest.mark.parametrize("status", [400, 401, 403, 404, 413])
def test_what_is_refused_for_good_is_kept_with_the_reason_and_without_the_key(start, receive, status):
    def respond(_method, _path, _headers, body):
        if body["dedup_key"] == "bad":
            return status, {"status": "invalid", "message": f"no service has {ROUTING_KEY}"}
        return OK

    receiver = receive(respond)

    async def play():
        async with start(receiver) as running:
            await running.post(notification("good"))
            await running.until(lambda: running.relay.delivered == 1)
            await running.post(notification("bad"))
            await running.until(lambda: running.events[-1]["state"] == "failed")
            [failed] = running.failed
            assert failed["notification"]["id"] == "bad"
            assert f"status {status}" in failed["reason"]
            assert "no service has ********" in failed["reason"]
            assert running.events[-1] == {
                "state": "failed",
                "waiting": 0,
                "oldest_seconds": 0,
                "failed": 1,
                "delivered": 1,
                "last_delivered_at": round(running.now),
            }
            assert json.loads((running.folder / "status.json").read_text()) == {
                **running.events[-1],
                "time": running.now,
            }
            return "".join(path.read_text() for path in running.folder.rglob("*.json"))

    assert ROUTING_KEY not in asyncio.run(play())


def test_a_failed_notification_that_is_moved_back_is_tried_again(start, receive):
    receiver = receive(answers((400, {}), OK))

    async def play():
        async with start(receiver) as running:
            await running.post(notification(1))
            await running.until(lambda: running.failed)
            [failed] = (running.folder / "failed").iterdir()
        failed.rename(running.folder / failed.name)
        async with start(receiver) as again:
            await again.until(lambda: again.relay.delivered == 1)
            assert again.failed == []

    asyncio.run(play())


def test_after_hours_without_success_it_counts_as_failed(start, receive):
    receiver = receive(answers((503, {}, {"Retry-After": "3600"})))

    async def play():
        async with start(receiver, give_up_after=6) as running:
            await running.post(notification(1))
            await running.until(lambda: running.failed)
            assert len(running.pauses) == 6
            assert running.failed[0]["reason"].startswith("given up, status 503")

    asyncio.run(play())


def test_no_restart_loses_what_waits(start, receive):
    receiver = receive(answers((503, {})))

    async def play():
        for number in range(5):
            async with start(receiver) as running:
                await running.post(notification(number))
                await running.until(lambda: receiver.received)
            receiver.received.clear()
        receiver.respond = answers(OK)
        async with start(receiver) as running:
            await running.until(lambda: not running.waiting)

    asyncio.run(play())
    # Twice is harmless.
    assert set(keys(receiver)) == set("01234")


def test_a_slow_answer_delays_nobody_else(start, receive):
    is_released = threading.Event()

    def respond(_method, _path, _headers, body):
        if body["dedup_key"] == "slow":
            is_released.wait(60)
        return OK

    receiver = receive(respond)

    async def play():
        async with start(receiver) as running:
            await running.post(notification("slow"), *map(notification, range(20)))
            await running.until(lambda: running.relay.delivered == 20)
            is_released.set()
            await running.until(lambda: running.relay.delivered == 21)

    asyncio.run(play())


def test_what_is_posted_twice_waits_once_and_other_incidents_do_not(start, receive):
    receiver = receive(answers((503, {})))

    async def play():
        async with start(receiver) as running:
            await running.post(notification(1), notification(1))
            assert len(running.waiting) == 1
            # Nobody promises that an ID belongs to one text.
            await running.post(notification(1, title="Connector degraded"))
            assert len(running.waiting) == 2
            anonymous = notification("", created_at="2026-05-04T13:00:00Z")
            await running.post(notification(""), notification(""), anonymous)
            assert len(running.waiting) == 4

    asyncio.run(play())


class CrashError(BaseException):
    """Stands for kill -9: nothing that follows happens."""


class Crash:
    """Stops at one call of a function, and at all that follow."""

    def __init__(self, function, point):
        self.function = function
        self.point = point
        self.calls = 0

    def __call__(self, *args, **options):
        self.calls += 1
        if self.has_happened:
            raise CrashError
        return self.function(*args, **options)

    @property
    def has_happened(self):
        return self.calls >= self.point


@pytest.mark.parametrize("point", range(1, 10))
@pytest.mark.parametrize(
    ("module", "function"), [(os, "fsync"), (os, "replace"), (tempfile, "mkstemp"), (os, "unlink")]
)
def test_a_crash_at_any_point_loses_nothing_that_was_accepted(
    start, receive, monkeypatch, module, function, point
):
    receiver = receive(answers((400, {}), OK, (500, {}), OK))
    crash = Crash(getattr(module, function), point)
    accepted = []

    async def play():
        async with start(receiver) as running:
            for number in range(3):
                await running.post(notification(number))
                accepted.append(str(number))
            await running.until(lambda: crash.has_happened or not running.waiting)

    async def go_on():
        async with start(receiver) as running:
            await running.until(lambda: not running.waiting)
            return [failed["notification"]["id"] for failed in running.failed]

    with monkeypatch.context() as patch:
        patch.setattr(module, function, crash)
        with contextlib.suppress(CrashError):
            asyncio.run(play())
    failed = asyncio.run(go_on())
    assert set(accepted) <= {*keys(receiver), *failed}


def test_a_full_disk_is_an_error_for_the_sender(start, receive, monkeypatch):
    receiver = receive(answers(OK))

    def full(*_args, **_options):
        raise OSError(28, "No space left on device")

    async def play():
        async with start(receiver) as running:
            await running.until(lambda: running.events)
            monkeypatch.setattr(os, "fsync", full)
            with pytest.raises(OSError, match="No space left"):
                await running.post(notification(1))
            assert list(running.folder.glob("*.part")) == []

    asyncio.run(play())


def test_a_file_that_cannot_be_read_is_put_aside_as_it_is(start, receive):
    receiver = receive(answers(OK))
    contents = {f"{'a' * 64}.json": "{", f"{'b' * 64}.json": '{"notification": []}'}

    async def play():
        running = start(receiver)
        running.folder.mkdir()
        for name, content in contents.items():
            (running.folder / name).write_text(content)
        async with running:
            await running.post(notification(1))
            await running.until(lambda: running.relay.delivered == 1 and not running.waiting)
            failed = running.folder / "failed"
            assert {path.name: path.read_text() for path in failed.glob("*.json")} == contents
            assert all((failed / f"{name}.reason").read_text() for name in contents)
            assert running.relay._report()["failed"] == 2

    asyncio.run(play())


@pytest.mark.parametrize("name", ["config.json", "notes.txt", "upload.part", ".profile"])
def test_a_folder_of_others_is_refused_and_left_as_it_is(start, receive, name):
    running = start(receive(answers(OK)))
    running.folder.mkdir(mode=0o755)
    (running.folder / name).write_text("mine")
    with pytest.raises(ValueError, match=f"files that are not the relay's, such as {name}"):
        source.Relay(running.args)
    assert [path.name for path in running.folder.iterdir()] == [name]
    assert (running.folder / name).read_text() == "mine"
    assert stat.S_IMODE(running.folder.stat().st_mode) == 0o755


def test_two_relays_never_share_a_folder(start, receive):
    running = start(receive(answers(OK)))

    async def play():
        async with running:
            (running.folder / "relay-x.part").write_text("{")
            with pytest.raises(ValueError, match="which another relay uses"):
                source.Relay(running.args)
            assert (running.folder / "relay-x.part").exists()
        async with running:
            assert not (running.folder / "relay-x.part").exists()

    asyncio.run(play())


@pytest.mark.parametrize(
    "posted",
    [[notification(1)], {"data": notification(1)}, {"summary": "Connector failed"}, "text", {}, None],
)
def test_what_is_posted_in_an_unknown_form_is_not_lost(start, receive, posted):
    receiver = receive(answers(OK))

    async def play():
        async with start(receiver) as running:
            await running.post(posted, posted)
            await running.until(lambda: running.relay.delivered)

    asyncio.run(play())
    payload = receiver.received[0]["body"]["payload"]
    assert payload["summary"] == "Notification of an unknown form"
    assert json.loads(payload["custom_details"]["message"].replace("{ ", "{")) == posted


def test_each_start_has_as_many_hours(start, receive):
    """A machine that was off for two days has no network when it starts."""
    receiver = receive(answers((503, {})))

    async def play():
        async with start(receiver, give_up_after=24) as running:
            await running.post(notification(1))
        running.now += 48 * 3600
        receiver.respond = answers((503, {}), (503, {}), OK)
        async with running:
            await running.until(lambda: running.relay.delivered == 1)

    asyncio.run(play())


def test_a_notification_that_waits_too_long_is_late(start, receive):
    receiver = receive(answers((503, {}, {"Retry-After": "3600"})))

    async def play():
        async with start(receiver, late_after=60) as running:
            await running.post(notification(1))
            await running.until(lambda: running.pauses)
            running.now = pathlib.Path(running.folder / running.waiting[0]).stat().st_mtime + 61
            report = running.relay._report()
            assert (report["state"], report["waiting"], report["oldest_seconds"]) == ("late", 1, 61)

    asyncio.run(play())


@pytest.mark.parametrize(
    ("severity", "sent"),
    [("Critical", "critical"), (" WARN ", "warning"), ("info", "info"), ("", "critical")],
)
def test_severity_is_read_in_any_case(tmp_path, severity, sent):
    receiver = source.PagerDuty({"routing_key": "k", "severity": severity})
    event = receiver.event({**notification(1), "dedup_key": "1"}, 0)
    assert event["payload"]["severity"] == sent


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ({"severity": "fatal"}, "severity must be one of critical, error, warning, info, not 'fatal'."),
        ({"routing_key": ""}, "routing_key is missing"),
        ({"token": " "}, "token is missing"),
        ({"token": 20260504}, "token looks like a number"),
        ({"token": "a b"}, "token has white space inside"),
        ({"routing_key": 1.2e40}, "routing_key looks like a number"),
        ({"folder": ""}, "folder is missing"),
    ],
)
def test_wrong_arguments_are_refused_before_it_listens(tmp_path, args, message):
    given = {"token": "t", "folder": str(tmp_path / "spool"), "routing_key": "k", **args}
    with pytest.raises(ValueError, match=message):
        source.Relay(given)


def test_token_of_a_file_with_a_line_end_is_the_token(tmp_path):
    relay = source.Relay({"token": " t\n", "folder": str(tmp_path / "spool"), "routing_key": "k"})
    assert relay.token == "t"
    relay.spool.close()


@pytest.mark.parametrize("received", ["abc", 1e400, -1, [1]])
def test_file_without_a_time_is_set_aside_and_replaces_no_other(start, receive, received):
    name = f"{'a' * 64}.json"
    kept = {"received": 1, "notification": {"title": "kept"}, "reason": "status 400"}

    async def play():
        running = start(receive(lambda *_request: OK))
        (running.folder / "failed").mkdir(parents=True)
        (running.folder / "failed" / name).write_text(json.dumps(kept))
        damaged = {"received": received, "notification": {"title": "t"}}
        (running.folder / name).write_text(json.dumps(damaged))
        async with running:
            await running.until(lambda: not running.waiting)

    asyncio.run(play())
    folder = start(receive(lambda *_request: OK)).folder
    assert json.loads((folder / "failed" / name).read_text()) == kept
    assert len(list((folder / "failed").glob("*.json"))) == 2


def test_changed_clock_gives_nothing_up(start, receive):
    receiver = receive(answers((503, {}), (503, {}), OK))

    async def play():
        async with start(receiver) as running:
            running.jump = 25 * 3600.0
            await running.post(notification(1))
            await running.until(lambda: running.relay.delivered == 1)
            assert running.failed == []

    asyncio.run(play())


def test_folder_of_failures_that_was_removed_is_made_again(start, receive):
    receiver = receive(lambda *_request: (400, {}))

    async def play():
        async with start(receiver) as running:
            (running.folder / "failed").rmdir()
            await running.post(notification(1))
            await running.until(lambda: not running.waiting)
            assert len(running.failed) == 1

    asyncio.run(play())


@pytest.mark.parametrize("created_at", ["helloZ", "1796-01-28T23:45:00Z", "2026-05-04T12:00:00+00:00"])
def test_time_that_no_receiver_accepts_is_that_of_the_receipt(created_at):
    receiver = source.PagerDuty({"routing_key": "k"})
    event = receiver.event({**notification(1, created_at=created_at), "dedup_key": "1"}, 1_800_000_000)
    assert event["payload"]["timestamp"] == "2027-01-15T08:00:00Z"
