# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The seam to Ansible: parameters, check mode and warnings in; an outcome out. Errors become failures here and nowhere else.

Private to the collection.
"""

from __future__ import annotations

import json
import os
import ssl
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterable, List, Mapping, NoReturn, Optional, Sequence, Set
from urllib.parse import urlsplit

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from . import errors
from ._api.session import COLLECTION_VERSION, DEFAULT_ENDPOINT, MAX_CONCURRENCY, REQUESTS_IMPORT_ERROR, Connection, SessionCache
from ._redaction import HIDDEN, MESSAGE_LIMIT, Redactor, one_line, origin_of, quoted, redact_options, shortened
from .apply import Carried, Done, Manner
from .arguments import UNEXPECTED, Arguments
from .client import Client, Clock, is_loopback
from .credentials import choose, from_environment
from .directory import Directory
from .plan import Plan, difference, difference_of_one
from .resources import Resource

#: The service's errors refer to its pages.
DOCUMENTATION = "https://docs.confluent.io"
#: A shorter credential is not looked for in results: it may be part of an innocent word.
SHORTEST_CREDENTIAL = 8
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
    """One task as a module sees it.

    ``emit_warning`` shows a sentence to the user at the end, ``emit_progress`` at once (True: even without -v). ``secrets`` are the
    values of options that are secret. ``sessions`` keeps connections for the tasks that follow in the same process. ``is_orphaned``
    tells whether whoever started this task is gone.
    """

    params: Mapping[str, Any]
    check_mode: bool
    emit_warning: Callable[[str], None]
    ansible_version: str = "unknown"
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    secrets: Iterable[str] = ()
    clock: Any = Clock
    sessions: Optional[SessionCache] = None
    emit_progress: Callable[[str, bool], None] = lambda sentence, important: None
    is_orphaned: Callable[[], bool] = lambda: False
    redactor: Redactor = field(default_factory=lambda: Redactor(DEFAULT_ENDPOINT, DOCUMENTATION))
    _clients: List[Client] = field(default_factory=list)
    _warned: Set[str] = field(default_factory=set)
    _credentials: List[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.redactor.add(*map(str, self.secrets))
        names = ("api_secret", "api_token", "external_token")
        self._credentials = [str(self.params[name]).strip() for name in names if self.params.get(name)]

    def connect(self) -> Client:
        """A client as the connection options say. Raises InvalidInput."""
        # Also an endpoint that is refused is shown.
        self.redactor.allow(origin_of(_endpoint(self.params, self.environ)) or DEFAULT_ENDPOINT)
        where = connection(self.params, self.environ, self.ansible_version)
        client = Client(
            where,
            clock=self.clock,
            report=self._report_wait,
            warn=self.warn_once,
            session=self.sessions.get(where) if self.sessions else None,
            redactor=self.redactor,
            is_orphaned=self.is_orphaned,
        )
        if urlsplit(client.endpoint).scheme == "http" and not is_loopback(client.endpoint):
            self.warn_once(f"The endpoint {client.endpoint} is not encrypted, so others can read the credentials.")
        self._clients.append(client)
        self._credentials += client.credentials
        return client

    def without_credentials(self, value: Any) -> Any:
        """A result in which no text of the service echoes a credential. Everything else is hidden by its place, not by likeness."""
        known = [each for each in dict.fromkeys(self._credentials) if len(each) >= SHORTEST_CREDENTIAL]
        text = json.dumps(value, default=str)
        if not any(json.dumps(each)[1:-1] in text for each in known):
            return value
        return _replace_in(value, known)

    def sentence(self, text: str) -> str:
        """A text as it may leave the task: without secrets, on one line, and not too long."""
        return one_line(shortened(self.redactor.redact(text)))

    def warn_once(self, text: str) -> None:
        """Show a warning, unless this task has shown it before."""
        sentence = self.sentence(text)
        if sentence not in self._warned:
            self._warned.add(sentence)
            self.emit_warning(sentence)

    def report_progress(self, text: str, important: bool = True) -> None:
        """Show a line at once; without ``important``, only with -v."""
        self.emit_progress(self.sentence(text), important)

    def manner(self) -> Manner:
        """How a bulk module carries its plan out, from the options in arguments.MANY. Raises InvalidInput."""
        concurrency = self.params["concurrency"]
        if not 1 <= concurrency <= MAX_CONCURRENCY:
            raise errors.InvalidInput("work on many at once", f"concurrency is {concurrency}", next_step="Give 1 to 16.")
        return Manner(self.check_mode, concurrency, self.params["continue_on_error"], self.report_progress)

    def _report_wait(self, text: str, seconds: float) -> None:
        self.report_progress(text, seconds > LONG_WAIT)
        if seconds > LONG_WAIT:
            self.warn_once(text)

    def close(self) -> Dict[str, Any]:
        """Close what was opened; the ``api`` member of the result, empty where no client was made."""
        for client in self._clients:
            client.close()
        return {"api": self._clients[0].tally.as_result(self.redactor)} if self._clients else {}

    def cancel(self) -> None:
        """Stop sending requests, because the task was interrupted."""
        writes = 0
        for client in self._clients:
            client.cancel()
            writes += client.tally.writes
        if writes:
            self.report_progress(f"Interrupted after {writes} write requests. What they changed is not undone.")

    def failure(self, error: errors.NotificationsError) -> Dict[str, Any]:
        """``msg`` and ``error`` of a result, without any secret of this task."""
        details = {name: self.sentence(value) if isinstance(value, str) else value for name, value in error.as_result().items()}
        return {"msg": one_line(shortened(self.redactor.redact(error.message)), 2 * MESSAGE_LIMIT), "error": details}

    @property
    def coming(self) -> Optional[Sequence[str]]:
        """Which integrations may be missing, as Directory.integration_ids wants it: in check mode, what earlier tasks create."""
        expected: Optional[Sequence[str]] = self.params["expected_integrations"]
        return expected if self.check_mode else ()

    def warn_of_expected(self, directory: Directory) -> None:
        """Say which integrations were taken as existing in check mode although nobody announced them."""
        for said in filter(None, directory.expected.values()):
            self.warn_once(f"In this check {said}. The real run fails, unless an earlier task creates it.")

    def warn_of_dangling(self, directory: Directory) -> None:
        """Name the integrations that no longer exist and that are dropped from subscriptions."""
        if directory.dangling:
            ids = ", ".join(map(quoted, sorted(directory.dangling)))
            self.warn_once(f"Subscriptions refer to integrations that no longer exist: {ids}. They are removed from what is written.")

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
            "diff": difference((each.resource, done.step) for each, one in zip(plans, carried) for done in one.managed),
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


def _replace_in(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {_replace_in(name, secrets): _replace_in(inner, secrets) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace_in(inner, secrets) for inner in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
    return value


def _member(resource: Resource) -> str:
    return resource.noun.replace(" ", "_")


Run = Callable[[Task], Outcome]


def _endpoint(params: Mapping[str, Any], environ: Mapping[str, str]) -> str:
    return (from_environment("endpoint", params["endpoint"], environ) or DEFAULT_ENDPOINT).strip()


def connection(params: Mapping[str, Any], environ: Mapping[str, str], ansible_version: str) -> Connection:
    """Where to, as whom and how patiently, from the connection options. Raises InvalidInput."""
    attempted = "connect"
    endpoint = _endpoint(params, environ)
    shown = quoted(origin_of(endpoint)) if origin_of(endpoint) else "that is given"
    default = f"The service's own endpoint is {DEFAULT_ENDPOINT}."
    try:
        parts = urlsplit(endpoint)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or True)
    except ValueError:
        good = False
    if "://" in endpoint and "@" in endpoint:
        said = f"the endpoint {shown} is given with a user or a password"
        raise errors.InvalidInput(attempted, said, next_step="Give credentials in options of their own, such as api_key and api_secret.")
    if not good or parts.query or parts.fragment:
        said = f"the endpoint {shown} is not an http or https URL with a host and without query or fragment"
        raise errors.InvalidInput(attempted, said, next_step=default)
    if "/notifications/v1" in parts.path:
        said = f"the endpoint {shown} has the path /notifications/v1 in it, which is added to it"
        raise errors.InvalidInput(attempted, said, next_step=default)
    if parts.scheme == "http" and not is_loopback(endpoint) and params["validate_certs"]:
        said = f"the endpoint {shown} is not encrypted, so others could read the credentials"
        raise errors.InvalidInput(attempted, said, next_step="Use https, or accept that with validate_certs: false.")
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
    except BaseException:
        # Ansible's time-out, an interruption, or a bug: nothing more may be sent.
        task.cancel()
        raise
    result: Dict[str, Any] = {"changed": False, **outcome.result, **task.close()}
    if outcome.error is not None:
        result.update(failed=True, **task.failure(outcome.error))
    hidden: Dict[str, Any] = task.without_credentials(result)
    return hidden


def refused_options(problem: str) -> str:
    """The message of a task whose options were refused before anything was sent."""
    return f"{problem} Nothing was sent."


class _Module(AnsibleModule):  # type: ignore[misc]
    """An AnsibleModule that explains what is wrong with options, and does not repeat options that it refuses.

    ansible-core does not know then which of them are secret: a misspelt ``webhook_url`` is not declared as one.
    """

    _accepted = False
    _problem: Optional[str] = None

    def __init__(self, arguments: Arguments) -> None:
        self._arguments = arguments
        try:
            super().__init__(supports_check_mode=True, **arguments.as_keywords())
        except UNEXPECTED:
            self.fail_json(CANNOT_READ)
        if self._problem is not None:
            self.fail_json(self._problem)
        self._accepted = True

    def _load_params(self) -> None:
        super()._load_params()
        given = {name: value for name, value in self.params.items() if not str(name).startswith("_ansible_")}
        self._problem = self._arguments.find_problem(given)

    def fail_json(self, msg: str, **result: Any) -> NoReturn:
        if not self._accepted:
            msg = refused_options(self._problem or redact_options(msg, self.params))
            self.params: Dict[str, Any] = {}
        self._hide_userinfo()
        super().fail_json(msg, **result)
        raise SystemExit(1)  # which it has done by now

    def exit_json(self, **result: Any) -> NoReturn:
        self._hide_userinfo()
        super().exit_json(**result)
        raise SystemExit(0)  # which it has done by now

    def _hide_userinfo(self) -> None:
        """The result repeats the options, and nobody declared that an endpoint may hold a password."""
        if self.params.get("endpoint"):
            self.params["endpoint"] = origin_of(str(self.params["endpoint"]))


#: The message where ansible-core's validator fails instead of refusing.
CANNOT_READ = "The options cannot be read."


def _is_orphaned() -> bool:
    """Whether whoever started this process is gone, so that the init process took its place."""
    return os.getppid() == 1


def main(arguments: Arguments, run: Run) -> None:
    """Be an ordinary Ansible module."""
    module = _Module(arguments)
    if REQUESTS_IMPORT_ERROR is not None:
        module.fail_json(msg=missing_required_lib("requests"), exception=REQUESTS_IMPORT_ERROR)
    task = Task(
        module.params, module.check_mode, module.warn, module.ansible_version, secrets=module.no_log_values, is_orphaned=_is_orphaned
    )
    result = perform(run, task)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)
