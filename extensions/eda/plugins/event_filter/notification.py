# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event filter of Event-Driven Ansible: makes one form of what a webhook of Confluent Cloud received."""

from __future__ import annotations

import datetime
from typing import Any, Dict, Optional

DOCUMENTATION = r"""
---
short_description: Normalize a Confluent Cloud notification.
description:
  - An event filter for what ansible.eda.webhook receives from a webhook integration of Confluent Cloud. It
    adds the member that C(key) names to the event, with C(id), C(title), C(message) and C(created_at), all
    text, with C(is_notification), and with C(extra), which holds what this filter does not know. Nothing of
    the event is changed or lost.
  - The service documents no signature, so have the source ask for a token.
options:
  key:
    description:
      - The member to add.
    type: str
    default: "confluent_cloud"
"""

EXAMPLES = r"""
- ansible.eda.webhook:
    host: 0.0.0.0
    port: 5000
  filters:
    - ccloud.notifications.notification:
"""

KNOWN = ("id", "title", "message", "created_at")


def main(event: Dict[str, Any], key: str = "confluent_cloud") -> Dict[str, Any]:
    """The event with one member more; an event that holds no notification says so there."""
    payload = event.get("payload", event) if isinstance(event, dict) else None
    if not isinstance(payload, dict):
        payload = {}
    normalized: Dict[str, Any] = {name: _text(payload.get(name)) for name in KNOWN}
    normalized["created_at"] = _time(normalized["created_at"]) or normalized["created_at"]
    normalized["is_notification"] = bool(normalized["title"] or normalized["message"])
    normalized["extra"] = {
        name: value for name, value in payload.items() if name not in KNOWN and name != "meta"
    }
    return {**event, key: normalized} if isinstance(event, dict) else {"payload": event, key: normalized}


def _text(value: Any) -> str:
    """A text without the white space around it; empty for nothing."""
    return "" if value is None else str(value).strip()


def _time(text: str) -> Optional[str]:
    """RFC 3339 in UTC to the second; None for what is no time."""
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None
