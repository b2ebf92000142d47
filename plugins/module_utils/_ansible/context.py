# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The context of one task, and the one place where errors become failures."""

from __future__ import annotations

import json
import os
import traceback
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, Iterable, List, Mapping, Optional, Sequence, Set
from urllib.parse import urlsplit

from .._api.client import Client, Clock
from .._api.session import DEFAULT_ENDPOINT, SessionCache
from .._common import noop
from .._errors import NotificationsError, RefusedError, operation
from .._redaction import HIDDEN, MESSAGE_LIMIT, Redactor, counted, one_line, origin_of, shortened
from . import secret_registry
from .connection import SECRET_OPTIONS, connection_from_options, endpoint_from_options, is_loopback

#: The service's errors refer to its documentation.
DOCUMENTATION = "https://docs.confluent.io"
#: Shorter credentials are not searched for in results: they may be part of an innocent word.
MIN_CREDENTIAL_LENGTH = 8
#: A wait of more than this many seconds is a warning.
LONG_WAIT = 5.0


@dataclass(frozen=True)
class ModuleResult:
    """What a module found or did: the members of its result and, if it failed, the error."""

    members: Mapping[str, Any] = field(default_factory=dict)
    error: Optional[NotificationsError] = None


@dataclass
class ModuleContext:
    """The context of one task.

    ``emit_warning`` shows a sentence at the end of the task, ``emit_progress`` at once (True: even without
    -v). ``secrets`` are the values of secret options. ``sessions`` keeps connections for the next items of
    a loop. ``is_orphaned`` says whether the process that started this task is gone.
    """

    params: Mapping[str, Any]
    check_mode: bool
    emit_warning: Callable[[str], None]
    ansible_version: str = "unknown"
    environ: Mapping[str, str] = field(default_factory=lambda: os.environ)
    secrets: Iterable[str] = ()
    clock: Any = Clock
    sessions: Optional[SessionCache] = None
    emit_progress: Callable[[str, bool], None] = noop
    is_orphaned: Callable[[], bool] = lambda: False
    redactor: Redactor = field(default_factory=lambda: Redactor(DEFAULT_ENDPOINT, DOCUMENTATION))
    _clients: List[Client] = field(default_factory=list)
    _warned: Set[str] = field(default_factory=set)
    _credentials: List[str] = field(default_factory=list)
    _done: Dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.redactor.add(*map(str, self.secrets))
        self._credentials = [
            str(self.params[name]).strip() for name in SECRET_OPTIONS if self.params.get(name)
        ]

    # The API

    def connect(self) -> Client:
        """A client for the connection that the options describe. Raises RefusedError."""
        endpoint = endpoint_from_options(self.params, self.environ)
        # Messages about a refused endpoint show its origin.
        self.redactor.allow(origin_of(endpoint) or DEFAULT_ENDPOINT)
        with operation("connect"):
            connection = connection_from_options(self.params, self.environ, self.ansible_version)

        client = Client(
            connection,
            clock=self.clock,
            on_wait=self._report_wait,
            warn=self.warn_once,
            session=self.sessions.get(connection) if self.sessions else None,
            redactor=self.redactor,
            is_orphaned=self.is_orphaned,
        )
        if urlsplit(client.endpoint).scheme == "http" and not is_loopback(client.endpoint):
            self.warn_once(
                f"The endpoint {client.endpoint} is not encrypted, so others can read the credentials."
            )
        self._clients.append(client)
        return client

    def close(self) -> Dict[str, Any]:
        """Close the connections. Returns the ``api`` member of the result, if a client was made."""
        for client in self._clients:
            client.close()
            self._credentials += client.credentials
        # Credentials of the environment, exchanged tokens, and URLs that the result shows.
        shows_urls = bool(self.params.get("reveal_webhook_urls"))
        secret_registry.register([*self._credentials, *(self.redactor.secrets if shows_urls else ())])
        return {"api": self._clients[0].stats.as_result(self.redactor)} if self._clients else {}

    def cancel(self) -> None:
        """Send nothing more, because the task was interrupted."""
        writes = 0
        for client in self._clients:
            client.cancel()
            writes += client.stats.writes
        if writes:
            self.report_progress(
                f"Interrupted after {counted(writes, 'write request')}. What they changed was not undone."
            )

    # Options

    def string_list(self, option: str) -> Optional[List[str]]:
        """The value of an option that takes one text or several; None if it is omitted. Raises RefusedError.

        A comma is part of the text.
        """
        value = self.params[option]
        texts = [value] if isinstance(value, str) else value
        if texts is None:
            return None
        if not (isinstance(texts, list) and all(isinstance(text, str) and text for text in texts)):
            raise RefusedError(
                f"`{option}` must be a non-empty string or a list of non-empty strings",
                operation="read the options",
                next_step=f"Set one or more strings, or omit `{option}`.",
            )
        return texts

    # What was done

    def report_done(self, changed: bool, **members: Any) -> None:
        """Keep what a task has done, for the result of a task that fails afterwards."""
        self._done = {"changed": changed, **members}

    def unexpected_failure(self, error: Exception) -> ModuleResult:
        """The result of a task that met an error in this collection, with what was done before it."""
        writes = sum(client.stats.writes for client in self._clients)
        done = self._done or {"changed": writes > 0}
        sent = f"{counted(writes, 'write request')} had been sent before" if writes else "nothing was written"
        where = traceback.extract_tb(error.__traceback__)[-1]
        detail = (
            f"an unexpected error in {os.path.basename(where.filename)}, line {where.lineno} "
            f"({type(error).__name__}: {error}); {sent}"
        )
        failure = NotificationsError(
            detail, type="internal_error", next_step="Please report this error of the collection."
        )
        return ModuleResult(done, failure)

    # What the user sees

    def sentence(self, text: str) -> str:
        """A text as it may leave the task: without secrets, on one line, and not too long."""
        return one_line(shortened(self.redactor.redact(text)))

    def warn_once(self, text: str) -> None:
        """Show a warning, unless this task has already shown it."""
        sentence = self.sentence(text)
        if sentence not in self._warned:
            self._warned.add(sentence)
            self.emit_warning(sentence)

    def report_progress(self, text: str, is_important: bool = True) -> None:
        """Show a line at once, or only with -v if it is not important."""
        self.emit_progress(self.sentence(text), is_important)

    def _report_wait(self, text: str, seconds: float) -> None:
        self.report_progress(text, seconds > LONG_WAIT)
        if seconds > LONG_WAIT:
            self.warn_once(text)

    def failure(self, error: NotificationsError) -> Dict[str, Any]:
        """The members ``msg`` and ``error`` of a result, without secrets."""
        details = {name: self._redact(value) for name, value in error.as_result().items()}
        lines = [one_line(shortened(self.redactor.redact(line)), 2 * MESSAGE_LIMIT) for line in error.lines]
        message = "\n".join(lines)
        return {"msg": message, "error": details}

    def _redact(self, value: Any) -> Any:
        if isinstance(value, str):
            return self.sentence(value)
        return list(map(self._redact, value)) if isinstance(value, list) else value

    def without_credentials(self, result: Any) -> Any:
        """A result in which no text of the service echoes a credential.

        All other secrets are hidden by their place.
        """
        credentials = [
            credential
            for credential in dict.fromkeys(self._credentials)
            if len(credential) >= MIN_CREDENTIAL_LENGTH
        ]
        text = json.dumps(result, default=str)
        if not any(json.dumps(credential)[1:-1] in text for credential in credentials):
            return result
        return _replace_in(result, credentials)


def _replace_in(value: Any, secrets: Sequence[str]) -> Any:
    if isinstance(value, dict):
        return {_replace_in(name, secrets): _replace_in(inner, secrets) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_replace_in(inner, secrets) for inner in value]
    if isinstance(value, str):
        for secret in secrets:
            value = value.replace(secret, HIDDEN)
    return value


Run = Callable[[ModuleContext], ModuleResult]


def run_module(run: Run, ctx: ModuleContext) -> Dict[str, Any]:
    """Call a module's ``run`` and return its whole result, with ``failed`` if it failed.

    This is the one place where errors become failures.
    """
    try:
        result = run(ctx)
    except NotificationsError as error:
        result = ModuleResult(error=error)
    except Exception as error:  # noqa: BLE001 - this is the one place where errors become failures
        ctx.cancel()
        result = ctx.unexpected_failure(error)
    except BaseException:
        # Ansible's timeout, an interruption, or a bug: nothing more may be sent.
        ctx.cancel()
        raise
    members: Dict[str, Any] = {"changed": False, **result.members, **ctx.close()}
    if result.error is not None:
        members.update(failed=True, **ctx.failure(result.error))
    hidden: Dict[str, Any] = ctx.without_credentials(members)
    return hidden
