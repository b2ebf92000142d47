# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs modules in this process against a real server, with the validation of ansible-core."""

from __future__ import annotations

import importlib
from typing import Any, Mapping, Optional

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from requests.adapters import HTTPAdapter

from ansible_collections.ccloud.notifications.plugins.module_utils._ansible.context import (
    ModuleContext,
    run_module,
)
from ansible_collections.ccloud.notifications.plugins.module_utils._api.session import Connection, Session

from .clock import FakeClock
from .emulator import KEY, SECRET, Emulator

MODULES = "ansible_collections.ccloud.notifications.plugins.modules."


class SingleTransport:
    """A new session for each task, all over one transport adapter of requests."""

    def __init__(self, transport: HTTPAdapter) -> None:
        self._transport = transport

    def get(self, connection: Connection) -> Session:
        session = Session(connection)
        for scheme in ("http://", "https://"):
            session.http.mount(scheme, self._transport)
        return session


class Runner:
    """Runs modules against one emulator, by default with credentials that may write."""

    def __init__(self, emulator: Emulator, sessions: Any = None) -> None:
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
        """The result of one task. Its warnings are in ``warnings``."""
        code = importlib.import_module(MODULES + module)
        if environ is None:
            environ = {"CONFLUENT_CLOUD_API_KEY": KEY, "CONFLUENT_CLOUD_API_SECRET": SECRET}
        params = {"endpoint": self.emulator.url, **params}

        problem = code.ARGUMENTS.find_problem(params)
        if problem:
            return {"failed": True, "changed": False, "msg": problem}
        validated = ArgumentSpecValidator(**code.ARGUMENTS.as_keywords()).validate(params)
        if validated.error_messages:
            return {"failed": True, "changed": False, "msg": "; ".join(validated.error_messages)}

        self.warnings = []
        ctx = ModuleContext(
            validated.validated_parameters,
            check_mode,
            self.warnings.append,
            "2.99.0",
            environ,
            secrets=validated._no_log_values,
            clock=self.clock,
            sessions=self.sessions,
        )
        return run_module(code.run, ctx)

    def ok(self, module: str, **params: Any) -> dict[str, Any]:
        """The result of a task that must succeed."""
        result = self(module, **params)
        assert not result.get("failed"), result["msg"]
        return result

    def fails(self, module: str, **params: Any) -> dict[str, Any]:
        """The result of a task that must fail."""
        result = self(module, **params)
        assert result.get("failed"), f"the task did not fail: {result}"
        return result


def comparable(result: Mapping[str, Any]) -> dict[str, Any]:
    """A result without what only the server generates and what only a real run returns."""
    kept = {name: value for name, value in result.items() if name not in ("api", "invocation", "warnings")}
    integration = kept.get("integration")
    if isinstance(integration, dict):
        kept["integration"] = {
            name: value for name, value in integration.items() if name not in ("id", "metadata")
        }
    return kept
