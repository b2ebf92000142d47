# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event source for Event-Driven Ansible: receives notifications, and relays each to PagerDuty.

A notification is a file in a folder, the spool, before its sender gets an answer, and until PagerDuty has
accepted it. Whatever happens to this process, the next one goes on with the files.
"""

from __future__ import annotations

import asyncio
import contextlib
import email.utils
import fcntl
import hashlib
import json
import logging
import os
import random
import re
import runpy
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Awaitable, Callable, Dict, List, Mapping, Optional, Set

import aiohttp

DOCUMENTATION = r"""
---
short_description: Relay Confluent Cloud notifications to PagerDuty (Events API v2).
description:
  - Listens like the source C(eda.builtin.webhook), and posts each notification to PagerDuty. What it has
    accepted is kept in files until PagerDuty has accepted it too, so a restart, a crash or an outage loses
    nothing. A notification may be delivered twice; PagerDuty drops the second one by its C(dedup_key).
  - What the token's holders post and is no notification of the known form is relayed as well, with what was
    posted as its text.
  - A status of 429, 408 or 5xx and a lost connection are tried again, later and later, and not before the
    time in C(Retry-After). Another status of 4xx moves the file to the folder C(failed) with the reason, and
    so does the end of O(give_up_after). To try such a file again, move it back.
  - Each minute, and after deliveries and failures, an event says how the relay is doing. Its member C(relay)
    has C(state) (C(ok), C(late) or C(failed)), C(waiting), C(oldest_seconds), C(failed), C(delivered) and
    C(last_delivered_at) (seconds since 1970; 0 for never). The file C(status.json) in the folder says the
    same, with the time.
options:
  host:
    description: [The address to listen on.]
    type: str
    default: 127.0.0.1
  port:
    description: [The port to listen on.]
    type: int
    required: true
  token:
    description: [The bearer token that requests must have.]
    type: str
    required: true
  folder:
    description:
      - The folder of the spool, for this relay alone. It is created, and only its owner can read what is in
        it.
    type: path
    required: true
  routing_key:
    description: [The integration key of a PagerDuty service.]
    type: str
    required: true
  severity:
    description: [One of critical, error, warning and info. A notification does not contain its own.]
    type: str
    default: critical
  url:
    description: [The URL to which events are posted.]
    type: str
    default: https://events.pagerduty.com/v2/enqueue
  give_up_after:
    description: [After so many hours without success, a notification counts as failed.]
    type: float
    default: 24
  late_after:
    description: [After so many seconds without success, the state is late.]
    type: float
    default: 300
"""

EXAMPLES = r"""
- ccloud.notifications.pagerduty:
    port: "{{ notifications_port }}"
    token: "{{ notifications_token }}"
    folder: /var/lib/notifications
    routing_key: "{{ pagerduty_routing_key }}"
"""

SEVERITIES = ("critical", "error", "warning", "info")
#: Notifications that are posted at the same time, so that a slow answer delays nobody else.
PARALLEL = 10
#: Seconds: for one request, for the second attempt, and the longest pauses that we and a receiver may choose.
TIMEOUT, FIRST_PAUSE, LONGEST_PAUSE, LONGEST_RETRY_AFTER = 30.0, 5.0, 300.0, 3600.0
#: Seconds between two events about the state.
INTERVAL = 60.0
FAILED, STATUS, LOCK = "failed", "status.json", "lock"
#: The files of notifications, and those that are not finished yet.
NAME, PART = re.compile(r"[0-9a-f]{64}\.json"), re.compile(r"relay-.*\.part")
#: What is kept of a notification.
MEMBERS = ("id", "title", "message", "created_at", "dedup_key")

# ansible-rulebook runs each plugin as a file of its own, so the filter cannot be imported.
_FILTER = Path(__file__).parents[1] / "event_filter" / "notification.py"
_filter = runpy.run_path(str(_FILTER))
_normalized, _text, _LIMITS = _filter["main"], _filter["text"], _filter["LIMITS"]
_logger = logging.getLogger(__name__)

Notification = Mapping[str, Any]
#: A time that PagerDuty accepts (RFC 3339, in UTC).
_TIME = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z")
#: The year 2286, in seconds since 1970.
_FAR_FUTURE = 1e10


class Spool:
    """Notifications in files: one each, complete or not there, in a folder that only its owner can read.

    Raises ValueError for a folder that another relay uses, or that has files of others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.failed = folder / FAILED
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._refuse_other_files()
        self._lock = open(folder / LOCK, "w", encoding="utf-8")  # noqa: SIM115, it is held until close()
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            self._lock.close()
            raise ValueError(f"folder is {folder}, which another relay uses. Give each its own.") from None
        self.failed.mkdir(mode=0o700, exist_ok=True)
        self.folder.chmod(0o700)
        for unfinished in (*folder.glob("*.part"), *self.failed.glob("*.part")):
            unfinished.unlink()

    def _refuse_other_files(self) -> None:
        own = (FAILED, STATUS, LOCK)
        for path in self.folder.iterdir():
            if not (path.name in own or NAME.fullmatch(path.name) or PART.fullmatch(path.name)):
                raise ValueError(
                    f"folder is {self.folder}, which has files that are not the relay's, such as {path.name}. "
                    "Choose an empty folder, or one that does not exist."
                )

    def close(self) -> None:
        """Let another relay use the folder."""
        self._lock.close()

    def add(self, notification: Notification, now: float) -> str:
        """Write a notification, unless it is there already. Returns the name of its file.

        Nobody promises that an ID is never used for another text, so both of them count.
        """
        content = json.dumps(notification, sort_keys=True, default=str)
        name = hashlib.sha256(content.encode()).hexdigest() + ".json"
        if not (self.folder / name).exists():
            _write(self.folder / name, {"received": now, "notification": notification})
        return name

    def names(self) -> List[str]:
        """The files of the notifications that wait, the oldest first."""
        paths = [path for path in self.folder.iterdir() if NAME.fullmatch(path.name)]
        return [path.name for path in sorted(paths, key=_modified)]

    def read(self, name: str) -> Dict[str, Any]:
        """The content of a file. Raises ValueError for what is no notification."""
        content = json.loads((self.folder / name).read_text(encoding="utf-8"))
        found = content.get("notification") if isinstance(content, dict) else None
        if not isinstance(found, dict):
            raise ValueError("the file has no notification")
        received = content.get("received") or 0
        if not isinstance(received, (int, float)) or not 0 <= received < _FAR_FUTURE:
            raise ValueError("the file has no time of receipt")
        notification = {member: str(found.get(member, "")) for member in MEMBERS}
        return {**content, "received": received, "notification": notification}

    def remove(self, name: str) -> None:
        """Forget a notification that was delivered."""
        (self.folder / name).unlink(missing_ok=True)

    def fail(self, name: str, content: Mapping[str, Any], reason: str) -> None:
        """Move a notification to the folder of those that were not delivered, with the reason."""
        self.failed.mkdir(mode=0o700, exist_ok=True)
        _write(self.failed / name, {**content, "reason": reason})
        self.remove(name)

    def set_aside(self, name: str, reason: str) -> None:
        """Move a file that cannot be read, as it is, to the folder of those that were not delivered."""
        self.failed.mkdir(mode=0o700, exist_ok=True)
        target = self.failed / name
        if target.exists():
            # One that can be read is worth more.
            target = self.failed / f"{name[:-5]}.{time.time_ns()}.json"
        _write_text(self.failed / f"{target.name}.reason", reason)
        os.replace(self.folder / name, target)

    def failed_count(self) -> int:
        return sum(1 for _path in self.failed.glob("*.json"))

    def oldest(self, now: float) -> float:
        """The age in seconds of the notification that has waited longest; 0 if none does."""
        names = self.names()
        return max(0.0, now - _modified(self.folder / names[0])) if names else 0.0


def _modified(path: Path) -> float:
    """When a file was written; the far future for one that is no longer there."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return float("inf")


def _write(path: Path, content: Mapping[str, Any]) -> None:
    _write_text(path, json.dumps(content))


def _write_text(path: Path, text: str) -> None:
    """Write a file that is complete and on the disk, or not there at all."""
    descriptor, part = tempfile.mkstemp(prefix="relay-", suffix=".part", dir=path.parent)
    try:
        with open(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError:
        os.unlink(part)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


@dataclass(frozen=True)
class Attempt:
    """What became of one request: accepted, refused for good, or to be tried again."""

    is_accepted: bool = False
    is_final: bool = False
    reason: str = ""
    retry_after: float = 0.0


class PagerDuty:
    """The receiver. Source: POST /v2/enqueue of the Events API v2."""

    def __init__(self, args: Mapping[str, Any]) -> None:
        self.url = str(args.get("url") or "https://events.pagerduty.com/v2/enqueue")
        self._routing_key = _key(
            args, "routing_key", "routing_key is missing. It is the integration key of a PagerDuty service."
        )
        severity = str(args.get("severity") or "critical").strip().lower()
        self._severity = "warning" if severity == "warn" else severity
        if self._severity not in SEVERITIES:
            raise ValueError(f"severity must be one of {', '.join(SEVERITIES)}, not {severity!r}.")

    def event(self, notification: Notification, received: float) -> Dict[str, Any]:
        """What is posted for a notification that was received at this time, in seconds since 1970."""
        title = str(notification["title"] or notification["message"])
        created_at = str(notification["created_at"])
        if not _TIME.fullmatch(created_at):
            created_at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(received))
        return {
            "routing_key": self._routing_key,
            "event_action": "trigger",
            "dedup_key": str(notification["dedup_key"])[:255],
            "client": "Confluent Cloud",
            "payload": {
                "summary": title[:1024],
                "source": "confluent.cloud",
                "severity": self._severity,
                "timestamp": created_at,
                "custom_details": {"id": notification["id"], "message": notification["message"]},
            },
        }

    async def post(self, session: aiohttp.ClientSession, event: Mapping[str, Any]) -> Attempt:
        """Post an event once."""
        try:
            async with session.post(self.url, json=event, allow_redirects=False) as response:
                body = await response.content.read(4096)
        except (aiohttp.ClientError, asyncio.TimeoutError, OSError) as error:
            return Attempt(reason=f"no answer ({type(error).__name__})")
        if response.status == 202:
            return Attempt(is_accepted=True)
        said = body.decode("utf-8", "replace").replace(self._routing_key, "********")
        text = "".join(character if character.isprintable() else " " for character in said)
        reason = f"status {response.status}: {text[:500]}"
        is_final = 400 <= response.status < 500 and response.status not in (408, 429)
        return Attempt(False, is_final, reason, _seconds(response.headers.get("Retry-After")))


def _seconds(retry_after: Optional[str]) -> float:
    """The pause that a receiver asks for: a number of seconds or a time (RFC 9110, 10.2.3)."""
    text = (retry_after or "").strip()
    if text.isdecimal():
        return min(float(text), LONGEST_RETRY_AFTER)
    with contextlib.suppress(ValueError, TypeError):
        moment = email.utils.parsedate_to_datetime(text)
        return min(max(0.0, moment.timestamp() - time.time()), LONGEST_RETRY_AFTER)
    return 0.0


def _unknown(event: Mapping[str, Any]) -> Dict[str, Any]:
    """A notification for something else that was posted: somebody should see it."""
    posted = json.dumps(event.get("payload"), sort_keys=True, default=str)
    digest = hashlib.sha256(posted.encode()).hexdigest()
    title = "Notification of an unknown form"
    return {"title": title, "message": _text(posted, _LIMITS["message"]), "dedup_key": digest}


def _key(args: Mapping[str, Any], name: str, missing: str) -> str:
    """A token or key. Raises ValueError.

    ansible-rulebook makes a number of a text that looks like one, and a number has lost its zeros.
    """
    value = args.get(name)
    if not isinstance(value, (str, type(None))):
        raise ValueError(
            f"{name} looks like a number, and ansible-rulebook has made one of it. Use another one."
        )
    text = (value or "").strip()
    if not text:
        raise ValueError(missing)
    if any(character.isspace() for character in text):
        raise ValueError(f"{name} has white space inside. Copy it again.")
    return text


class Relay:
    """Receives notifications into a spool, and delivers what is in it.

    ``sleep``, ``now`` and ``monotonic`` are asyncio.sleep, time.time and time.monotonic, or stand for them in tests.
    """

    def __init__(
        self,
        args: Mapping[str, Any],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        missing = "token is missing. Without one, everybody who reaches the port could page you."
        self.token = _key(args, "token", missing)
        if not str(args.get("folder") or "").strip():
            raise ValueError("folder is missing. It keeps what was not delivered yet.")
        self.receiver = PagerDuty(args)
        self.spool = Spool(Path(str(args["folder"])).expanduser())
        self.delivered = 0
        self._last_delivered_at = 0.0
        self._give_up_after = float(args.get("give_up_after") or 24) * 3600
        self._late_after = float(args.get("late_after") or 300)
        self._sleep = sleep
        self._now = now
        self._monotonic = monotonic
        self._started: Dict[str, asyncio.Task[None]] = {}
        self._slots = asyncio.Semaphore(PARALLEL)
        self._has_news = asyncio.Event()
        self._session: Optional[aiohttp.ClientSession] = None

    async def put(self, event: Mapping[str, Any]) -> None:
        """Accept what was posted. The sender gets its answer afterwards, and an error if this raises.

        The source webhook takes this object for a queue.
        """
        notification = _normalized(event)["confluent_cloud"]
        if not notification["is_notification"]:
            notification = _unknown(event)
        name = await asyncio.to_thread(self.spool.add, notification, self._now())
        self._start(name)

    async def run(self, queue: Any) -> None:
        """Deliver what is in the spool, and put events about the state into a queue, until canceled."""
        timeout = aiohttp.ClientTimeout(total=TIMEOUT)
        async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as self._session:
            try:
                while True:
                    self._has_news.clear()
                    for name in self.spool.names():
                        self._start(name)
                    await queue.put({"relay": self._report()})
                    await self._pause()
            finally:
                for task in self._started.values():
                    task.cancel()
                self.spool.close()

    async def _pause(self) -> None:
        """Wait for the next report: a minute, or until a notification was delivered or failed."""
        waits: Set[asyncio.Future[Any]] = {
            asyncio.ensure_future(self._sleep(INTERVAL)),
            asyncio.ensure_future(self._has_news.wait()),
        }
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    def _start(self, name: str) -> None:
        if self._session is not None and name not in self._started:
            task = asyncio.ensure_future(self._deliver(name))
            self._started[name] = task
            task.add_done_callback(lambda task: self._end(name, task))

    def _end(self, name: str, task: asyncio.Task[None]) -> None:
        """Forget a delivery that ended. If the disk was full, for example, the next report starts it again."""
        self._started.pop(name, None)
        if not task.cancelled() and task.exception():
            _logger.error("%s could not be handled: %r", name[:12], task.exception())

    async def _deliver(self, name: str) -> None:
        """Post a notification until it is accepted, refused or too old."""
        try:
            content = self.spool.read(name)
        except FileNotFoundError:
            return None
        except ValueError as error:
            self.spool.set_aside(name, str(error))
            return self._note_failure(name, str(error))
        # After a restart, or once a file was moved back, there is as much time again.
        give_up_at = self._monotonic() + self._give_up_after
        event = self.receiver.event(content["notification"], content["received"])
        pause = FIRST_PAUSE
        while True:
            async with self._slots:
                attempt = await self.receiver.post(self._session, event)
            if attempt.is_accepted:
                self.spool.remove(name)
                self.delivered += 1
                self._last_delivered_at = self._now()
                return self._has_news.set()
            if attempt.is_final:
                return self._give_up(name, content, attempt.reason)
            if self._monotonic() >= give_up_at:
                return self._give_up(name, content, f"given up, {attempt.reason}")

            delay = max(attempt.retry_after, pause * random.uniform(0.8, 1.0))
            pause = min(pause * 2, LONGEST_PAUSE)
            _logger.warning("%s is tried again in %.0f s: %s", name[:12], delay, attempt.reason)
            await self._sleep(delay)

    def _give_up(self, name: str, content: Mapping[str, Any], reason: str) -> None:
        self.spool.fail(name, content, reason)
        self._note_failure(name, reason)

    def _note_failure(self, name: str, reason: str) -> None:
        _logger.error("%s was not delivered: %s", name[:12], reason)
        self._has_news.set()

    def _report(self) -> Dict[str, Any]:
        """The state, which is also written to a file."""
        now = self._now()
        oldest, failed = self.spool.oldest(now), self.spool.failed_count()
        state = "failed" if failed else "late" if oldest > self._late_after else "ok"
        report = {
            "state": state,
            "waiting": len(self.spool.names()),
            "oldest_seconds": round(oldest),
            "failed": failed,
            "delivered": self.delivered,
            "last_delivered_at": round(self._last_delivered_at),
        }
        try:
            _write(self.spool.folder / STATUS, {**report, "time": round(now)})
        except OSError as error:
            _logger.error("The state of the relay could not be written: %s", error)
        return report


async def main(queue: Any, args: Dict[str, Any]) -> None:
    """Listen, and relay."""
    from ansible_rulebook.event_source import webhook

    relay = Relay(args)
    listening = {"host": args.get("host") or "127.0.0.1", "port": args["port"], "token": relay.token}
    tasks = [asyncio.ensure_future(work) for work in (webhook.main(relay, listening), relay.run(queue))]
    try:
        await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
