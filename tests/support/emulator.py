# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator process, and a client for its control API."""

from __future__ import annotations

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
from typing import Any, Iterator

import requests

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "tools" / "emulator"
KEY, SECRET = "emulator-key", "emulator-secret"
READER_KEY, READER_SECRET = "reader-key", "reader-secret"
EXTERNAL_TOKEN = "emulator-external-token"


class NotStartedError(AssertionError):
    """The emulator has said why on the standard error stream."""


class Emulator:
    """A running emulator."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    @classmethod
    @contextlib.contextmanager
    def started(cls, *flags: str, folder: pathlib.Path = FOLDER) -> Iterator[Emulator]:
        """Start the emulator in ``folder`` on a free port, and stop it at the end."""
        # Measuring the coverage of the emulator would only take time.
        environment = {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}
        command = [sys.executable, str(folder), "--port", "0", *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            line = process.stdout.readline()
            if not line.startswith("listening on "):
                raise NotStartedError(f"the emulator did not start: {line!r}")
            yield cls(line.split()[-1])
        finally:
            process.terminate()
            process.communicate(timeout=10)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """Send a request to the control API."""
        response = self._session.request(method, f"{self.url}/_emulator/{name}", json=body, timeout=10)
        assert response.status_code == 200, response.text
        return response.json()

    def reset(self, *, integrations: Any = (), read_only: bool = False, **settings: Any) -> None:
        """Return to the initial state, with these settings, and these integrations or this number of them."""
        created = integrations if isinstance(integrations, int) else list(integrations)
        self.control("POST", "reset", {"integrations": created, "read_only": read_only, "settings": settings})
        # The IDs of objects begin anew, so what tasks have noted about creations is about other objects.
        noted = pathlib.Path(tempfile.gettempdir()) / f"ccloud-notifications-{os.getuid()}"
        shutil.rmtree(noted, ignore_errors=True)

    def refuse_writes(self, enabled: bool = True) -> None:
        self.control("POST", "read-only", {"enabled": enabled})

    def fault(self, kind: str, method: str = "*", path: str = "*", **members: Any) -> None:
        """Queue a fault. tools/emulator/faults.py describes the kinds."""
        self.control("POST", "faults", {"kind": kind, "method": method, "path": path, **members})

    def meanwhile(self, method: str, path: str, other_method: str, other_path: str, body: Any = None) -> None:
        """Have another client send a request just before a matching request is handled."""
        other_request = {"method": other_method, "path": other_path, "body": body}
        self.fault("meanwhile", method, path, body=other_request)

    def ids(self, collection: str = "integrations") -> dict[str, str]:
        """The IDs of the stored objects, by name."""
        return {obj["display_name"]: obj["id"] for obj in self.objects(collection)}

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def requests(self) -> list[dict[str, Any]]:
        """Every request to the API since the last reset."""
        return self.control("GET", "requests")

    def lines(self) -> list[str]:
        """The requests as ``METHOD path -> status``, without the API's common prefix."""
        return [
            f"{request['method']} {request['path'].replace('/notifications/v1', '')} -> {request['status']}"
            for request in self.requests()
        ]

    def writes(self) -> list[str]:
        """The requests other than GET, as in ``lines``."""
        return [line for line in self.lines() if not line.startswith("GET")]

    def objects(self, collection: str = "integrations") -> list[dict[str, Any]]:
        """The stored objects, with their secrets."""
        return self.control("GET", f"objects/{collection}")

    def made(self) -> dict[str, dict[str, Any]]:
        """The integrations that users created, by name. Two with the same name fail the test."""
        made = [
            integration
            for integration in self.objects()
            if integration["target"]["kind"] in ("Slack", "MsTeams", "Webhook")
        ]
        names = [integration["display_name"] for integration in made]
        assert len(set(names)) == len(names), f"two integrations share a name: {names}"
        return dict(zip(names, made))

    def route(self, type_name: str, *integration_names: str, state: str = "ENABLED") -> dict[str, Any]:
        """Create a subscription from names, without adding to the log of requests."""
        return self.control(
            "POST",
            "routes",
            {"notification_type": type_name, "integrations": integration_names, "current_state": state},
        )

    def routes(self) -> dict[str, list[str]]:
        """The names of the integrations of each enabled subscription, by the name of its type."""
        named = self.objects() + self.objects("notification-types")
        names = {obj["id"]: obj["display_name"] for obj in named}

        routes = {}
        for subscription in self.objects("subscriptions"):
            if subscription["current_state"] == "ENABLED":
                routes[names[subscription["notification_type"]["id"]]] = [
                    names.get(reference["id"], "gone") for reference in subscription["integrations"]
                ]
        return routes

    def states(self) -> dict[str, str]:
        """The state of each subscription, by the name of its type."""
        names = {obj["id"]: obj["display_name"] for obj in self.objects("notification-types")}
        return {
            names[subscription["notification_type"]["id"]]: subscription["current_state"]
            for subscription in self.objects("subscriptions")
        }

    def deliveries(self) -> list[dict[str, Any]]:
        return self.control("GET", "deliveries")

    def inbox(self, name: str = "") -> list[dict[str, Any]]:
        """The messages that ``inbox_url(name)`` received."""
        return self.control("GET", f"inbox/{name}")

    def inbox_url(self, name: str) -> str:
        return f"{self.url}/_emulator/inbox/{name}"


def slack(name: str, url: str = "", description: str = "") -> dict[str, Any]:
    """A Slack integration, for ``reset``."""
    url = url or f"https://hooks.slack.example/services/{name.replace(' ', '-')}"
    return {"display_name": name, "description": description, "target": {"kind": "Slack", "webhook_url": url}}


def webhook(name: str, url: str, description: str = "") -> dict[str, Any]:
    """A generic webhook, for ``reset``."""
    return {"display_name": name, "description": description, "target": {"kind": "Webhook", "url": url}}
