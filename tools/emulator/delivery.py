# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Delivers test notifications to loopback URLs; deliveries to other URLs are recorded and not sent."""

from __future__ import annotations

import ipaddress
import uuid
from dataclasses import dataclass
from typing import Any, Optional
from urllib.parse import urlsplit

import aiohttp


@dataclass(frozen=True)
class Delivery:
    """One notification that was sent, or would have been."""

    display_name: str
    kind: str
    url: str
    body: dict[str, str]
    sent: bool
    status: Optional[int] = None
    error: Optional[str] = None

    @property
    def is_accepted(self) -> bool:
        """Whether the target accepted the notification, as far as is known."""
        if not self.sent:
            return not leads_nowhere(self.url)
        return self.status is not None and self.status < 400


def is_loopback(url: str) -> bool:
    """Whether a URL can only lead to this machine. A name other than ``localhost`` is not resolved."""
    try:
        host = urlsplit(url).hostname or ""
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def leads_nowhere(url: str) -> bool:
    """Whether the host of a URL is under ``.invalid``, a domain that never exists (RFC 6761)."""
    try:
        return (urlsplit(url).hostname or "").endswith(".invalid")
    except ValueError:
        return False


async def deliver(integration: dict[str, Any], now: str) -> Delivery:
    """Post the generic webhook's JSON to an integration's target; never raises, never leaves this machine."""
    name, target = integration["display_name"], integration["target"]
    url: str = target.get("url") or target.get("webhook_url") or ""
    body = {
        "id": str(uuid.uuid4()),
        "title": "Test notification",
        "message": f"This is a test of the integration {name!r}.",
        "created_at": now,
    }

    if not is_loopback(url):
        return Delivery(name, target["kind"], url, body, sent=False)

    try:
        timeout = aiohttp.ClientTimeout(total=2)
        async with (
            aiohttp.ClientSession(timeout=timeout, trust_env=False) as session,
            session.post(url, json=body, allow_redirects=False) as response,
        ):
            return Delivery(name, target["kind"], url, body, sent=True, status=response.status)
    except (aiohttp.ClientError, TimeoutError, ValueError) as error:
        return Delivery(name, target["kind"], url, body, sent=True, error=type(error).__name__)
