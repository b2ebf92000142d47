# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One case of the fault matrix: an operation, a harm, the request it is aimed at, and what has to hold afterwards.

1. What is on the server is what was wanted or what was there (of many objects: each of them), and the result says which.
2. No object is there twice, unless somebody else made the other one or the failure names both.
3. Nothing was sent to another origin, no secret is in the result, and nobody waited for longer than the task's deadline.
4. The same task again, unharmed, leads to what was wanted, and once more changes nothing.
"""

from __future__ import annotations

import json
import re
import socket
import threading
from dataclasses import dataclass
from typing import Any, Callable, Iterator, Mapping, Optional

import requests
from requests.adapters import HTTPAdapter

from support.emulator import EXTERNAL_TOKEN, KEY, SECRET, Emulator
from support.tasks import Runner, SingleTransport

from .harm import HURRIED, REFUSED, Harm, acts
from .operations import CANARY, START, Operation

DEADLINE = 300
HARD_LIMIT = 30
#: After these a write that failed may have taken effect, so the result says that something may have changed.
CLEAR = ("400", "401", "403", "404", "409", "418", "422", "429", "refused", "somebody", "quota", "token")
WRITTEN = {
    "integrations": ("display_name", "description", "target"),
    "subscriptions": ("notification_type", "integrations", "current_state"),
    "resource-preferences": ("resource", "resource_type", "current_state"),
    "resource-subscriptions": ("resource", "notification_type", "integrations", "current_state"),
    "user-notifications": ("read",),
}

Key = tuple[str, str]
State = dict[Key, str]


class Transport(HTTPAdapter):
    """requests' own transport that can be refused a connection, or be in a hurry, from its n-th request on."""

    def __init__(self) -> None:
        super().__init__(pool_maxsize=16)
        self.calm()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._closed = f"127.0.0.1:{free.getsockname()[1]}"

    def calm(self) -> None:
        self.harm, self._begin, self._end, self._count = "", 0, 0, 0

    def trouble(self, harm: str, begin: int, times: int) -> None:
        self.calm()
        self.harm, self._begin, self._end = harm, begin, begin + times

    def send(self, request: Any, timeout: Any = None, **more: Any) -> Any:
        now, self._count = self._count, self._count + 1
        if self._begin <= now < self._end:
            if self.harm == REFUSED:
                origin = "/".join(request.url.split("/", 3)[:3])
                request.url = request.url.replace(origin, f"http://{self._closed}", 1)
            elif self.harm == HURRIED:
                timeout = 0.03
        return super().send(request, timeout=timeout, **more)


@dataclass(frozen=True)
class Case:
    """What is run: ``position`` counts requests from 0, ``policies`` are settings of the emulator."""

    operation: Operation
    harm: Harm
    position: int
    policies: tuple[tuple[str, Any], ...] = ()

    def __str__(self) -> str:
        policies = ", ".join(f"{name}={value}" for name, value in self.policies) or "first sides"
        return f"{self.operation.name}; {self.harm.name} at request {self.position}; {policies}"


@dataclass
class Seen:
    """What a task said and what was on the server afterwards."""

    result: Mapping[str, Any]
    state: State
    requests: list[str]
    warnings: list[str]

    @property
    def positions(self) -> list[int]:
        """Its requests, by their numbers; of many that are alike, such as pages, the first and the last."""
        alike: dict[str, list[int]] = {}
        for number, line in enumerate(self.requests):
            method, path = line.split()[:2]
            alike.setdefault(f"{method} {path.split('/')[1]} {path.count('/')}", []).append(number)
        return sorted({edge for numbers in alike.values() for edge in (numbers[0], numbers[-1])})

    @property
    def failed(self) -> bool:
        return bool(self.result.get("failed"))

    def warned(self, words: str) -> bool:
        return any(words in each for each in self.warnings)


class Bench:
    """Where cases are run: an emulator, a transport, and what is known of unharmed runs."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.transport = Transport()
        self._known: dict[Any, Seen] = {}
        self._before: dict[Any, State] = {}

    # What is there

    def prepare(self, operation: Operation, settings: Mapping[str, Any]) -> None:
        """The state before an operation."""
        self.transport.calm()
        self.emulator.reset(integrations=START, **{**operation.settings, **settings})
        for name, to in operation.routes.items():
            self.emulator.route(name, *to)
        if operation.resources:
            ids = {**self.emulator.ids(), **self.emulator.ids("notification-types")}
            for path, body in operation.resources:
                sent = dict(body)
                if "notification_type" in body:
                    sent["notification_type"] = {"id": ids[body["notification_type"]]}
                    sent["integrations"] = [{"id": ids[each]} for each in body["integrations"]]
                self._somebody({"method": "POST", "path": path, "body": sent})
            self.emulator.advance(60)  # whatever was there before is listed

    def _somebody(self, act: Mapping[str, Any]) -> None:
        url = f"{self.emulator.url}/notifications/v1{act['path']}"
        requests.request(act["method"], url, json=act["body"], auth=(KEY, SECRET), timeout=10)

    def state(self) -> State:
        """Everything that can be written, by collection and id, or name where the service made the id during the case."""
        there = self.emulator.control("GET", "objects/*")
        names = {
            each["id"]: each["display_name"] for each in there["integrations"] + there["notification-types"]
        }

        def plain(name: str, value: Any) -> Any:
            if name == "integrations":
                return sorted(names.get(each["id"], each["id"]) for each in value)
            return names.get(value["id"]) if name == "notification_type" else value

        found: State = {}
        for collection, members in WRITTEN.items():
            for each in there[collection]:
                written = {
                    name: plain(name, each[name]) for name in members if each.get(name) not in (None, "")
                }
                key = (collection, self._identity(collection, each, written))
                while key in found:
                    key = (collection, key[1] + " again")
                found[key] = json.dumps(written, sort_keys=True)
        return found

    @staticmethod
    def _identity(collection: str, whole: Mapping[str, Any], written: Mapping[str, Any]) -> str:
        if collection == "user-notifications":
            return str(whole["id"])
        return " of ".join(
            str(written[name])
            for name in ("display_name", "notification_type", "resource")
            if name in written
        )

    # What is done

    def run(self, operation: Operation, exchange: bool = False) -> Seen:
        runner = Runner(self.emulator, SingleTransport(self.transport))
        params: dict[str, Any] = {**operation.params, "deadline": DEADLINE}
        environ = None
        if exchange:
            params.update(identity_pool_id="pool-1", external_token=EXTERNAL_TOKEN)
            environ = {}
        before = len(self.emulator.lines())
        result = self._within_hard_limit(lambda: runner(operation.module, environ=environ, **params))
        assert sum(runner.clock.sleeps) <= DEADLINE, f"it slept for {sum(runner.clock.sleeps)} s"
        return Seen(result, self.state(), self.emulator.lines()[before:], runner.warnings)

    @staticmethod
    def _within_hard_limit(run: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Real seconds: time is simulated, so a task that takes this long waits for something that never comes."""
        results: list[dict[str, Any]] = []
        thread = threading.Thread(target=lambda: results.append(run()), daemon=True)
        thread.start()
        thread.join(HARD_LIMIT)
        assert results, f"no result after {HARD_LIMIT} s of real time"
        return results[0]

    def unharmed(self, operation: Operation, settings: Mapping[str, Any], *, exchange: bool = False) -> Seen:
        """What the operation does where nothing happens to it."""
        key = (operation.name, tuple(sorted(settings.items())), exchange)
        if key not in self._known:
            self.prepare(operation, settings)
            self._before[key] = self.state()
            self._known[key] = self.run(operation, exchange)
        return self._known[key]

    def before(self, operation: Operation, settings: Mapping[str, Any]) -> State:
        self.unharmed(operation, settings)
        return self._before[operation.name, tuple(sorted(settings.items())), False]

    def with_somebody(self, case: Case, settings: Mapping[str, Any]) -> Iterator[State]:
        """The states that somebody else's acts can lead to: before, and after, the operation; and without it."""
        for first in (True, False):
            self.prepare(case.operation, settings)
            steps = acts(case.harm.somebody, self.emulator)
            if not first:
                self.run(case.operation)
            for act in steps:
                self._somebody(act)
            if first:
                yield self.state()
                self.run(case.operation)
            yield self.state()

    def try_case(self, case: Case) -> None:
        """Run one case; raises AssertionError for what does not hold."""
        operation, harm = case.operation, case.harm
        settings = {**dict(case.policies), **harm.settings}
        exchange = harm.exchange
        before = self.before(operation, settings)
        clean = self.unharmed(operation, settings, exchange=exchange)
        allowed = [before, clean.state]
        unchanged = [before]
        if harm.somebody:
            # An act that is refused leaves a part undone, so each object is looked at for itself.
            others = list(self.with_somebody(case, settings))
            allowed += others
            unchanged.append(others[0])
        self.prepare(operation, settings)
        self._inflict(case)
        seen = self.run(operation, exchange)
        self.transport.calm()
        self.emulator.control("POST", "faults/clear")
        text = json.dumps(seen.result)
        assert CANARY not in text, "a secret is in the result"
        _judge(case, seen, clean, before, allowed, unchanged)
        if not clean.failed:
            self._again(case, seen, clean, allowed)

    def _inflict(self, case: Case) -> None:
        harm = case.harm
        times = harm.fault.get("times", 1)
        if harm.transport:
            self.transport.trouble(harm.transport, case.position, times)
        if "kind" in harm.fault:
            self.emulator.control("POST", "faults", {**harm.fault, "skip": case.position})
        if harm.somebody:
            fault = {"kind": "meanwhile", "skip": case.position, "body": acts(harm.somebody, self.emulator)}
            self.emulator.control("POST", "faults", fault)

    def _again(self, case: Case, seen: Seen, clean: Seen, allowed: list[State]) -> None:
        """Unharmed, it leads to what was wanted, and then changes nothing; or it says which two are in the way."""
        self.emulator.advance(60)  # nobody runs it again before the lists are up to date
        again = self.run(case.operation, case.harm.exchange)
        if again.failed:
            said = again.result["msg"]
            says_why = _names_two(said) or any(
                words in said for words in ("quota", "there is no", "does not exist")
            )
            may_fail = case.harm.somebody or case.harm.settings or case.operation.steps
            assert says_why, f"once more, it failed: {said}"
            assert may_fail, f"once more, it failed: {said}"
            return
        said = seen.result.get("msg", "")
        if not case.harm.somebody:
            assert again.state == clean.state, f"once more, it led to {_difference(clean.state, again.state)}"
        else:
            assert _pieces(again.state, allowed), "once more, it led to something that was neither"
        if again.result["changed"] and case.operation.module != "integration_test":
            third = self.run(case.operation, case.harm.exchange)
            assert not third.failed, third.result["msg"]
            assert third.result["changed"] is False, "it never comes to rest"


def _judge(
    case: Case, seen: Seen, clean: Seen, before: State, allowed: list[State], unchanged: list[State]
) -> None:
    result, state = seen.result, seen.state
    said = result.get("msg", "it went well")
    if clean.failed:
        assert seen.failed or case.harm.somebody, "it failed without harm, and not with it"
        return
    for key in before:
        assert key in state or any(key not in each for each in allowed) or _renamed(key, state), (
            f"{key} is lost; {said}"
        )
    if "again" in " ".join(key[1] for key in state):
        doubled = [key for key in state if key[1].endswith(" again")]
        by_somebody = case.harm.somebody and any(key in each for key in doubled for each in allowed)
        named = seen.failed and _names_two(said)
        assert by_somebody or named, f"{doubled} is there twice; {said}"
        looked = any(line.startswith("GET /integrations ") for line in seen.requests[case.position :])
        told = seen.failed or seen.warned("Another task or user created another")
        assert told or not looked, f"{doubled} is there twice, and nothing is said of it"
    if not seen.failed:
        assert state in allowed or (case.harm.somebody and _pieces(state, allowed)), (
            f"it went well with {_difference(clean.state, state)}"
        )
        if not result["changed"]:
            assert state in unchanged or case.harm.somebody, (
                f"unchanged, it says, with {_difference(before, state)}"
            )
        if "list" in case.operation.name and not case.harm.somebody:
            assert _listing(result) == _listing(clean.result), "a list that is not the whole one"
        return
    assert case.operation.steps or _pieces(state, allowed), (
        f"neither of the two: {_difference(before, state)}; {said}"
    )
    if not result["changed"]:
        assert state in unchanged or case.harm.somebody, (
            f"it says unchanged: {_difference(before, state)}; {said}"
        )
    elif not case.operation.many and not case.operation.steps and case.harm.name.startswith(CLEAR):
        assert state not in unchanged, f"it says changed, and nothing is; {said}"
    for member in case.operation.many:
        _judge_each(case, result.get(member, []), before, state, clean)


def _judge_each(
    case: Case, entries: list[Mapping[str, Any]], before: State, state: State, clean: Seen
) -> None:
    """What became of each of many objects is what is said of it."""
    if case.harm.somebody:
        return
    for entry in entries:
        for key in {*before, *state}:
            if key[1] != _called(entry):
                continue
            there, was, wanted = state.get(key), before.get(key), clean.state.get(key)
            if not entry["changed"]:
                assert there == was, f"{key} is said to be unchanged and is not"
            elif "error" not in entry:
                assert there == wanted, f"{key} is said to be as wanted and is not"


def _called(entry: Mapping[str, Any]) -> str:
    """An entry of a result as Bench._identity calls its object."""
    if "notification_type" in entry:
        return str(entry["notification_type"]["display_name"])
    if "resource" in entry and entry["display_name"] != entry["resource"]:
        return f"{entry['display_name']} of {entry['resource']}"
    return str(entry["display_name"])


def _names_two(said: str) -> bool:
    return len(set(re.findall(r"\b[a-z]+-\d+", said))) >= 2


def _pieces(state: State, allowed: list[State]) -> bool:
    """Whether each object is as in one of the allowed states."""
    pieces = {(key[0], content) for each in allowed for key, content in each.items()}
    return all((key[0], content) in pieces for key, content in state.items())


def _renamed(key: Key, state: State) -> bool:
    return any(other[0] == key[0] and other[1].startswith(f"{key[1]} (to be replaced)") for other in state)


def _listing(result: Mapping[str, Any]) -> Any:
    """What an info module lists, without what differs from one organization to the next."""
    listed = {name: value for name, value in result.items() if name != "api"}
    if "summary" in listed:
        listed["summary"] = {
            name: value for name, value in listed["summary"].items() if name != "metadata"
        }  # a fault may add it
    return re.sub(r"\d{4}-\d\d-\d\dT[0-9:.]+Z", "*", json.dumps(listed, sort_keys=True))


def _difference(wanted: State, state: State) -> Optional[dict[str, Any]]:
    keys = sorted({*wanted, *state})
    return {
        " ".join(key): (wanted.get(key), state.get(key)) for key in keys if wanted.get(key) != state.get(key)
    }
