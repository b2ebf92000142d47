# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A module's own ``run``, validated and performed as ansible-core would, in this process and against a real server."""

from __future__ import annotations

import importlib
from typing import Any, Mapping, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests.adapters import HTTPAdapter

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible import context as adapter
from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import Connection, Session

from .clock import FakeClock
from .emulator import KEY, SECRET, Emulator

MODULES = "ansible_collections.ccloud.notifications.plugins.modules."


class SingleTransport:
    """Sessions for tasks, a new one for each, over one transport of requests' own kind."""

    def __init__(self, transport: HTTPAdapter) -> None:
        self._transport = transport

    def get(self, connection: Connection) -> Session:
        session = Session(connection)
        for scheme in ("http://", "https://"):
            session.http.mount(scheme, self._transport)
        return session


class Runner:
    """Runs modules against one emulator, with the credentials that may write unless told otherwise."""

    def __init__(self, emulator: Emulator, sessions: Optional[SingleTransport] = None) -> None:
        self.emulator = emulator
        self.sessions = sessions
        self.clock = FakeClock(emulator)
        self.warnings: list[str] = []

    def __call__(
        self,
        module: str,
        check_mode: bool = False,
        environ: Optional[Mapping[str, str]] = None,
        **params: Any,
    ) -> dict[str, Any]:
        """The result of one task; ``warnings`` of it are kept beside."""
        loaded = importlib.import_module(MODULES + module)
        if environ is None:
            environ = {"CONFLUENT_CLOUD_API_KEY": KEY, "CONFLUENT_CLOUD_API_SECRET": SECRET}
        params = {"endpoint": self.emulator.url, **params}
        problem = loaded.ARGUMENTS.find_problem(params)
        if problem:
            return {"failed": True, "changed": False, "msg": problem}
        validated = ArgumentSpecValidator(**loaded.ARGUMENTS.as_keywords()).validate(params)
        if validated.error_messages:
            return {"failed": True, "changed": False, "msg": "; ".join(validated.error_messages)}
        self.warnings = []
        task = adapter.ModuleContext(
            validated.validated_parameters,
            check_mode,
            self.warnings.append,
            "2.99.0",
            environ,
            secrets=validated._no_log_values,
            clock=self.clock,
            sessions=self.sessions,
        )
        return adapter.run_module(loaded.run, task)

    def ok(self, module: str, **params: Any) -> dict[str, Any]:
        """The result of a task that has to succeed."""
        result = self(module, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def fails(self, module: str, **params: Any) -> dict[str, Any]:
        """The result of a task that has to fail."""
        result = self(module, **params)
        assert result.get("failed"), f"it did not fail: {result}"
        return result


def comparable(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result without what only the server can make and what only a real run sends."""
    kept = {name: value for name, value in result.items() if name not in ("api", "invocation", "warnings")}
    whole = kept.get("integration")
    if isinstance(whole, dict):
        kept["integration"] = {name: value for name, value in whole.items() if name not in ("id", "metadata")}
    return kept
