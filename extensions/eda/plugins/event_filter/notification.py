# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event filter for Event-Driven Ansible: adds a notification of Confluent Cloud in a normalized form."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
from typing import Any, Dict, Optional

DOCUMENTATION = r"""
---
short_description: Normalize a Confluent Cloud notification.
description:
  - An event filter for what the source webhook receives from a webhook integration of Confluent Cloud. It
    replaces the event by one of its own making, which has the member that C(key) names and nothing else that
    the sender chose.
  - The member has C(id), C(title), C(message) and C(created_at), all printable text of limited length, with
    C(dedup_key), which is equal for a notification that is delivered twice, and C(is_notification).
  - Rulebooks, playbooks and jobs use text of an event as a template, so a sender could run commands. The
    text in this member cannot be one. A space follows each brace with which a template would begin, and
    the beginning of a vaulted text is removed.
  - The service documents no signature, so have the source ask for a token.
options:
  key:
    description:
      - The member of the new event.
    type: str
    default: "confluent_cloud"
"""

EXAMPLES = r"""
- eda.builtin.webhook:
    host: 127.0.0.1
    port: 5000
    token: "{{ notifications_token }}"
  filters:
    - ccloud.notifications.notification:
"""

#: The members of a notification, with the greatest number of characters that is handed on.
#: Source: "What a webhook receives" in docs/certainty.md. The limits are ours.
LIMITS = {"id": 255, "title": 1024, "message": 16_384, "created_at": 64}

#: A brace with which a template begins, also if what follows it comes from another text.
_TEMPLATE = re.compile(r"\{(?=[{%#]|\Z)")
#: A header, or its beginning, with which Ansible lets a text choose other delimiters than braces.
_HEADER = re.compile(r"#(?=jinja2:|j?i?n?j?a?2?\Z)")
_VAULT = re.compile(r"\$+(?=ANSIBLE_VAULT)")


def main(event: Dict[str, Any], key: str = "confluent_cloud") -> Dict[str, Any]:
    """An event with the normalized notification as its only member."""
    payload = event.get("payload", event) if isinstance(event, dict) else None
    posted = payload if isinstance(payload, dict) else {}
    notification: Dict[str, Any] = {name: text(posted.get(name), limit) for name, limit in LIMITS.items()}
    notification["created_at"] = _time(notification["created_at"]) or notification["created_at"]
    notification["dedup_key"] = _dedup_key(notification)
    notification["is_notification"] = bool(notification["title"] or notification["message"])
    return {key: notification}


def text(value: Any, limit: int) -> str:
    """The first ``limit`` characters of a text or number, printable and without templates; empty for others.

    Spaces that make a template harmless are added to them.
    """
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    printable = "".join(
        character if character.isprintable() or character in "\n\t" else "\ufffd" for character in str(value)
    )
    return _VAULT.sub("", _HEADER.sub("# ", _TEMPLATE.sub("{ ", printable.strip()[:limit])))


def _dedup_key(notification: Dict[str, Any]) -> str:
    """The ID of a notification, else a digest of what it says and when."""
    if notification["id"]:
        return str(notification["id"])
    said = json.dumps([notification[name] for name in ("title", "message", "created_at")])
    return hashlib.sha256(said.encode()).hexdigest()


def _time(text: str) -> Optional[str]:
    """RFC 3339 in UTC to the second; None for a text that is not a time."""
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None
