# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event filter for Event-Driven Ansible: adds a notification of Confluent Cloud in a normalized form."""

from __future__ import annotations

import datetime
import re
from typing import Any, Dict, Optional

DOCUMENTATION = r"""
---
short_description: Normalize a Confluent Cloud notification.
description:
  - An event filter for what the source webhook receives from a webhook integration of Confluent Cloud. Adds
    the member that C(key) names to the event, with C(id), C(title), C(message) and C(created_at), all text,
    with C(is_notification), and with C(extra), which has the members that this filter does not know. The
    event itself is not changed.
  - Rulebooks, playbooks and jobs use text of an event as a template, so a sender could run commands. The
    text in the added member cannot be one. A space follows each brace with which a template would begin, and
    the beginning of a vaulted text is removed. Use this member in actions, and never C(event.payload).
  - The service documents no signature, so have the source ask for a token.
options:
  key:
    description:
      - The member to add.
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

KNOWN = ("id", "title", "message", "created_at")

#: A brace with which a template begins, also if what follows it comes from another text.
_TEMPLATE = re.compile(r"\{(?=[{%#]|\Z)")
#: A header, or its beginning, with which Ansible lets a text choose other delimiters than braces.
_HEADER = re.compile(r"#(?=jinja2:|j?i?n?j?a?2?\Z)")
_VAULT = re.compile(r"\$+(?=ANSIBLE_VAULT)")


def main(event: Dict[str, Any], key: str = "confluent_cloud") -> Dict[str, Any]:
    """The event with one more member, which says whether the event is a notification."""
    payload = event.get("payload", event) if isinstance(event, dict) else None
    if not isinstance(payload, dict):
        payload = {}
    normalized: Dict[str, Any] = {name: _text(payload.get(name)) for name in KNOWN}
    normalized["created_at"] = _time(normalized["created_at"]) or normalized["created_at"]
    normalized["is_notification"] = bool(normalized["title"] or normalized["message"])
    normalized["extra"] = _inert(
        {name: value for name, value in payload.items() if name not in KNOWN and name != "meta"}
    )
    return {**event, key: normalized} if isinstance(event, dict) else {"payload": event, key: normalized}


def _text(value: Any) -> str:
    """A text without the white space around it, and without templates; empty for None."""
    return "" if value is None else _inert(str(value).strip())


def _inert(value: Any) -> Any:
    """A value in which no text is a template or vaulted."""
    if isinstance(value, str):
        return _VAULT.sub("", _HEADER.sub("# ", _TEMPLATE.sub("{ ", value)))
    if isinstance(value, list):
        return [_inert(item) for item in value]
    if isinstance(value, dict):
        return {_inert(name): _inert(inner) for name, inner in value.items()}
    return value


def _time(text: str) -> Optional[str]:
    """RFC 3339 in UTC to the second; None for a text that is not a time."""
    try:
        moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=datetime.timezone.utc)
        return moment.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (ValueError, OverflowError):
        return None
