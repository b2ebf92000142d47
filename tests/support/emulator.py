# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real emulator process and its remote control."""

from __future__ import annotations

import contextlib
import os
import pathlib
import subprocess
import sys
from typing import Any, Iterator

import requests

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "emulator"
KEY, SECRET = "emulator-key", "emulator-secret"
READER_KEY, READER_SECRET = "reader-key", "reader-secret"
EXTERNAL_TOKEN = "emulator-external-token"


class Emulator:
    """What a test says to an emulator and sees of it."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    @classmethod
    @contextlib.contextmanager
    def started(cls, *flags: str, folder: pathlib.Path = FOLDER) -> Iterator[Emulator]:
        """Start an emulator on a free port; stop it at the end. ``folder`` is where it lies."""
        # Coverage is measured of what is tested; in the emulator it would only cost time.
        environment = {name: value for name, value in os.environ.items() if name != "COVERAGE_PROCESS_CONFIG"}
        command = [sys.executable, str(folder), "--port", "0", *flags]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
        try:
            line = process.stdout.readline()
            assert line.startswith("listening on "), f"the emulator did not start: {line!r}"
            yield cls(line.split()[-1])
        finally:
            process.terminate()
            process.communicate(timeout=10)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        answer = self._session.request(method, f"{self.url}/_emulator/{name}", json=body, timeout=10)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def reset(self, *, integrations: Any = (), read_only: bool = False, **settings: Any) -> None:
        """Back to the first state, with these integrations beside the service's own, and these settings."""
        made = integrations if isinstance(integrations, int) else list(integrations)
        self.control("POST", "reset", {"integrations": made, "read_only": read_only, "settings": settings})

    def refuse_writes(self, enabled: bool = True) -> None:
        self.control("POST", "read-only", {"enabled": enabled})

    def fault(self, kind: str, method: str = "*", path: str = "*", **more: Any) -> None:
        """Queue a fault; the kinds are those of tests/emulator/faults.py."""
        self.control("POST", "faults", {"kind": kind, "method": method, "path": path, **more})

    def meanwhile(self, method: str, path: str, act_method: str, act_path: str, body: Any = None) -> None:
        """Have somebody else act just before a request is handled."""
        self.fault("meanwhile", method, path, body={"method": act_method, "path": act_path, "body": body})

    def ids(self, collection: str = "integrations") -> dict[str, str]:
        """The ids of what is stored, by name."""
        return {each["display_name"]: each["id"] for each in self.objects(collection)}

    def advance(self, seconds: float) -> None:
        self.control("POST", "clock", {"advance": seconds})

    def requests(self) -> list[dict[str, Any]]:
        """Every request to the API since the last reset."""
        return self.control("GET", "requests")

    def lines(self) -> list[str]:
        """The requests as ``METHOD path -> status``, the API's common prefix left out."""
        return [
            f"{each['method']} {each['path'].replace('/notifications/v1', '')} -> {each['status']}"
            for each in self.requests()
        ]

    def writes(self) -> list[str]:
        """The requests that are no reads, as in ``lines``."""
        return [line for line in self.lines() if not line.startswith("GET")]

    def objects(self, collection: str = "integrations") -> list[dict[str, Any]]:
        """What is stored, unmasked."""
        return self.control("GET", f"objects/{collection}")

    def made(self) -> dict[str, dict[str, Any]]:
        """The stored integrations that the service did not make itself, by name; two of a name fail the test."""
        made = [each for each in self.objects() if each["target"]["kind"] in ("Slack", "MsTeams", "Webhook")]
        by_name = {each["display_name"]: each for each in made}
        assert len(by_name) == len(made), (
            f"two integrations share a name: {[each['display_name'] for each in made]}"
        )
        return by_name

    def route(self, type_name: str, *integration_names: str, state: str = "ENABLED") -> dict[str, Any]:
        """Subscribe a type to integrations, by names, past everything that is tested; the log of requests is not changed."""
        return self.control(
            "POST",
            "routes",
            {"notification_type": type_name, "integrations": integration_names, "current_state": state},
        )

    def routes(self) -> dict[str, list[str]]:
        """Where each type goes that is subscribed to and enabled: the names of its integrations, in their order."""
        names = {
            each["id"]: each["display_name"] for each in self.objects() + self.objects("notification-types")
        }
        return {
            names[each["notification_type"]["id"]]: [
                names.get(reference["id"], "gone") for reference in each["integrations"]
            ]
            for each in self.objects("subscriptions")
            if each["current_state"] == "ENABLED"
        }

    def deliveries(self) -> list[dict[str, Any]]:
        return self.control("GET", "deliveries")

    def inbox(self, name: str = "") -> list[dict[str, Any]]:
        """What arrived at ``inbox_url(name)``."""
        return self.control("GET", f"inbox/{name}")

    def inbox_url(self, name: str) -> str:
        return f"{self.url}/_emulator/inbox/{name}"


def slack(name: str, url: str = "", description: str = "") -> dict[str, Any]:
    """A Slack integration to begin with."""
    url = url or f"https://hooks.slack.example/services/{name.replace(' ', '-')}"
    return {"display_name": name, "description": description, "target": {"kind": "Slack", "webhook_url": url}}


def webhook(name: str, url: str, description: str = "") -> dict[str, Any]:
    """A generic webhook to begin with."""
    return {"display_name": name, "description": description, "target": {"kind": "Webhook", "url": url}}
