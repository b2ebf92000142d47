# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An emulator as a process of its own, for tests that start one."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import urllib.request
from typing import Any, Iterator

from .settings import Settings

#: Proxies are for other machines.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class EmulatorProcess:
    """A running emulator, and its control requests."""

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    @contextlib.contextmanager
    def started(cls, *flags: str) -> Iterator[EmulatorProcess]:
        """Start an emulator on a free port with these flags, and stop it at the end."""
        command = [sys.executable, "-m", __name__.rpartition(".")[0], "--port", "0", *flags]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
            try:
                line = process.stdout.readline() if process.stdout else ""
                if not line.startswith("listening on "):
                    raise RuntimeError("The emulator did not start.")
                yield cls(line.split()[-1])
            finally:
                process.terminate()

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables with which modules and playbooks use this emulator."""
        return {
            "CONFLUENT_CLOUD_ENDPOINT": self.url,
            "CONFLUENT_CLOUD_API_KEY": Settings.api_key,
            "CONFLUENT_CLOUD_API_SECRET": Settings.api_secret,
        }

    def control(self, name: str, body: Any = None) -> Any:
        """Send a control request: POST with a body, GET without one."""
        request = urllib.request.Request(f"{self.url}/_emulator/{name}")
        if body is not None:
            request.data = json.dumps(body).encode()
            request.add_header("Content-Type", "application/json")
        with _OPENER.open(request, timeout=10) as response:
            return json.load(response)

    def reset(self, integrations: Any = (), read_only: bool = False, **settings: Any) -> None:
        """Start over, with these integrations (or this number of them) and these settings."""
        created = integrations if isinstance(integrations, int) else list(integrations)
        self.control("reset", {"integrations": created, "read_only": read_only, "settings": settings})

    def refuse_writes(self, enabled: bool = True) -> None:
        """Refuse and record every write, as check mode must send none."""
        self.control("read-only", {"enabled": enabled})

    def requests(self) -> Any:
        """Every request to the API since the last reset."""
        return self.control("requests")

    def writes(self) -> list[str]:
        """The method and the path of every request that is not a GET."""
        return [f"{sent['method']} {sent['path']}" for sent in self.requests() if sent["method"] != "GET"]

    def objects(self, collection: str = "integrations") -> Any:
        """The objects of a collection, with their secrets."""
        return self.control(f"objects/{collection}")

    def inbox_url(self, name: str) -> str:
        """A webhook URL whose notifications ``inbox`` returns."""
        return f"{self.url}/_emulator/inbox/{name}"

    def inbox(self, name: str) -> Any:
        """The notifications that ``inbox_url`` received."""
        return [message["body"] for message in self.control(f"inbox/{name}")]
