# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seam to Ansible: parameters, check mode and warnings in; an outcome out. Errors become failures here and nowhere else.

Private to the collection.
"""

from __future__ import annotations

import os
import ssl
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, Set
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from . import errors
from .apply import Carried, Done, Manner
from .arguments import UNEXPECTED, Arguments
from .client import COLLECTION_VERSION, DEFAULT_ENDPOINT, REQUESTS_IMPORT_ERROR, Client, Clock, Connection, Links
from .credentials import choose, from_environment
from .directory import Directory
from .plan import Plan, difference_of_each, difference_of_one
from .resources import Resource
from .secrets import without_given

#: A wait longer than this many seconds is a warning.
LONG_WAIT = 5.0
#: The most seconds that a task or a request may take: a day.
LONGEST = 86_400


@dataclass(frozen=True)
class Outcome:
    """What a module found or did: the members of its result and, where it failed, why."""

    result: Mapping[str, Any] = field(default_factory=dict)
    error: Optional[errors.NotificationsError] = None


@dataclass
class Task:
    """One task as a module sees it. ``warn`` shows a sentence to the user at the end, ``tell`` at once (True: even without -v).

    ``links`` keeps connections for the tasks that follow in the same process.
    """

    params: Mapping[str, Any]
    check_mode: bool
    warn: Callable[[str], None]
    ansible_version: str = "unknown"
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    clock: Any = Clock
    links: Optional[Links] = None
    tell: Callable[[str, bool], None] = lambda sentence, important: None
    _clients: List[Client] = field(default_factory=list)
    _warned: Set[str] = field(default_factory=set)

    def connect(self) -> Client:
        """A client as the connection options say. Raises InvalidInput."""
        where = connection(self.params, self.environ, self.ansible_version)
        link = self.links.get(where) if self.links else None
        client = Client(where, clock=self.clock, report=self._report, link=link)
        if urlsplit(client.endpoint).scheme == "http" and not client.is_loopback:
            self.warn(f"The endpoint {client.endpoint} is not encrypted, so credentials can be read on the way.")
        self._clients.append(client)
        return client

    def warn_once(self, sentence: str) -> None:
        """Show a warning, unless this task has shown it before."""
        if sentence not in self._warned:
            self._warned.add(sentence)
            self.warn(sentence)

    def manner(self) -> Manner:
        """How a bulk module carries its plan out, from the options in arguments.MANY. Raises InvalidInput."""
        concurrency = self.params["concurrency"]
        if not 1 <= concurrency <= 16:
            raise errors.InvalidInput("work on many at once", f"concurrency is {concurrency}", next_step="Give 1 to 16.")
        return Manner(self.check_mode, concurrency, self.params["continue_on_error"], lambda line: self.tell(line, True))

    def _report(self, sentence: str, seconds: float) -> None:
        self.tell(sentence, seconds > LONG_WAIT)
        if seconds > LONG_WAIT:
            self.warn_once(sentence)

    def close(self) -> Dict[str, Any]:
        """Close what was opened; the ``api`` member of the result, empty where no client was made."""
        for client in self._clients:
            client.close()
        return {"api": self._clients[0].tally.as_result()} if self._clients else {}

    def failure(self, error: errors.NotificationsError) -> Dict[str, Any]:
        """``msg`` and ``error`` of a result, without any secret of this task."""

        def veiled(text: str) -> str:
            for client in self._clients:
                text = client.veil.text(text)
            return text

        details = {name: veiled(value) if isinstance(value, str) else value for name, value in error.as_result().items()}
        return {"msg": veiled(error.message), "error": details}

    @property
    def coming(self) -> Optional[Sequence[str]]:
        """Which integrations may be missing, as Directory.integration_ids wants it: in check mode, what earlier tasks create."""
        expected: Optional[Sequence[str]] = self.params["expected_integrations"]
        return expected if self.check_mode else ()

    def warn_of_expected(self, directory: Directory) -> None:
        """Say which integrations were taken as existing in check mode although nobody announced them."""
        for said in filter(None, directory.expected.values()):
            self.warn_once(f"In this check {said}. The real run fails, unless an earlier task creates it.")

    def outcome_of_one(self, carried: Carried, resource: Resource) -> Outcome:
        """What became of a plan with one wish."""
        for warning in carried.warnings:
            self.warn_once(warning)
        [done] = carried.managed
        result = {
            "changed": carried.changed,
            "changes": list(done.step.changes),
            _member(resource): None if done.after is None else resource.show(done.after, ()),
            "diff": difference_of_one(resource, done.step),
        }
        return Outcome(result, carried.failure())

    def outcome_of_each(
        self, member: str, plans: Sequence[Plan], carried: Sequence[Carried], order: Optional[Sequence[int]] = None
    ) -> Outcome:
        """What became of several plans: one entry of ``member`` for each wish, ``order`` naming the plan of each item in turn."""
        entries = [
            [{"resource": (each.resource.look_up or {}).get("resource"), **self.described(each.resource, done)} for done in one.managed]
            for each, one in zip(plans, carried)
        ]
        together = Carried([done for one in carried for done in one.managed], [])
        for warning in together.warnings:
            self.warn_once(warning)
        result = {
            "changed": together.changed,
            member: [entries[position].pop(0) for position in (range(len(entries)) if order is None else order)],
            "summary": together.summary,
            "diff": difference_of_each((each.resource, [done.step for done in one.managed]) for each, one in zip(plans, carried)),
        }
        return Outcome(result, together.failure())

    def described(self, resource: Resource, done: Done) -> Dict[str, Any]:
        """What became of one of several objects, as a member of a result."""
        return {
            "display_name": done.step.name,
            "id": (done.after or done.step.before or {}).get("id"),
            _member(resource): None if done.after is None else resource.show(done.after, ()),
            "changed": done.changed,
            "changes": list(done.step.changes) if done.attempted else [],
            "attempted": done.attempted,
            **(self.failure(done.error) if done.error else {}),
        }


def _member(resource: Resource) -> str:
    return resource.noun.replace(" ", "_")


Run = Callable[[Task], Outcome]


def connection(params: Mapping[str, Any], environ: Mapping[str, str], ansible_version: str) -> Connection:
    """Where to, as whom and how patiently, from the connection options. Raises InvalidInput."""
    attempted = "connect"
    endpoint = (from_environment("endpoint", params["endpoint"], environ) or DEFAULT_ENDPOINT).strip()
    try:
        parts = urlsplit(endpoint)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or True)
    except ValueError:
        good = False
    if not good or parts.query or parts.fragment or "@" in parts.netloc:
        said = "the endpoint is not an http or https URL with a host and without user, query or fragment"
        raise errors.InvalidInput(attempted, said, next_step=f"The service's own endpoint is {DEFAULT_ENDPOINT}.")
    if "/notifications/v1" in parts.path:
        said = "the endpoint has the path /notifications/v1 in it, which is added to it"
        raise errors.InvalidInput(attempted, said, next_step=f"The service's own endpoint is {DEFAULT_ENDPOINT}.")
    for option in ("timeout", "deadline"):
        if not 1 <= params[option] <= LONGEST:
            next_step = f"Give seconds, from 1 to {LONGEST}."
            raise errors.InvalidInput(attempted, f"{option} is {params[option]}", next_step=next_step)
    verify: Any = params["validate_certs"]
    if verify and params["ca_path"]:
        verify = params["ca_path"]
        if not os.path.exists(verify):
            raise errors.InvalidInput(attempted, f"ca_path {verify} does not exist on the machine that runs the module")
        try:
            ssl.create_default_context(**{"capath" if os.path.isdir(verify) else "cafile": verify})
        except OSError as error:
            said = f"ca_path {verify} is no bundle of certificate authorities ({error.strerror or error})"
            raise errors.InvalidInput(attempted, said, next_step="Give a file of PEM certificates.") from None
    return Connection(
        choose(params, environ),
        endpoint=endpoint.rstrip("/"),
        timeout=float(params["timeout"]),
        deadline=float(params["deadline"]),
        verify=verify,
        user_agent=f"ccloud.notifications/{COLLECTION_VERSION} ansible-core/{ansible_version}",
    )


def perform(run: Run, task: Task) -> Dict[str, Any]:
    """Run a module's ``run`` and give its whole result; ``failed`` is in it where it failed."""
    try:
        outcome = run(task)
    except errors.NotificationsError as error:
        outcome = Outcome(error=error)
    result: Dict[str, Any] = {"changed": False, **outcome.result, **task.close()}
    if outcome.error is not None:
        result.update(failed=True, **task.failure(outcome.error))
    return result


class _Module(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule that does not repeat options which it refuses: ansible-core does not know then which of them are secret.

    A misspelt ``webhook_url`` is not declared as one, and options of a wrong type keep it from finding any.
    """

    _accepted = False

    def __init__(self, arguments: Arguments) -> None:
        try:
            super().__init__(supports_check_mode=True, **arguments.as_keywords())
        except UNEXPECTED as error:
            self.fail_json(arguments.explain(self.params, error))
        self._accepted = True

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if not self._accepted:
            msg = without_given(msg, self.params)
            self.params: Dict[str, Any] = {}
        super().fail_json(msg, **result)
        raise SystemExit(1)  # which it has done by now


def main(arguments: Arguments, run: Run) -> None:
    """Be an ordinary Ansible module."""
    module = _Module(arguments)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    task = Task(module.params, module.check_mode, module.warn, module.ansible_version)
    result = perform(run, task)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
