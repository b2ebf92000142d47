# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An event filter for Event-Driven Ansible: the JSON report of the playbook verify in a normalized form."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any, Dict

DOCUMENTATION = r"""
---
short_description: Normalize a report of the playbook verify.
description:
  - An event filter for what the source webhook receives from a run of the playbook verify that posts its
    JSON report. It replaces the event by one with the member that C(key) names and nothing else.
  - The member has C(organization), the host that was verified, and C(findings), a mapping of C(drift),
    C(violations), C(tests), C(gaps), C(unused) and C(lint) to lists of texts. A report contains names from
    the service. As with the filter C(ccloud.notifications.notification), no text can be a template, and each
    has a limited length.
options:
  key:
    description:
      - The member of the new event.
    type: str
    default: "report"
"""

EXAMPLES = r"""
- eda.builtin.webhook:
    host: 127.0.0.1
    port: 5000
    token: "{{ notifications_token }}"
  filters:
    - ccloud.notifications.verification:
"""

#: The kinds of findings, as plugin_utils/_reports/verification.py has them.
KINDS = ("drift", "violations", "tests", "gaps", "unused", "lint")
#: The greatest number of findings of one kind, and of characters in one, that are handed on.
FINDINGS, CHARACTERS = 100, 1024

# ansible-rulebook runs each plugin as a file of its own, so the other filter cannot be imported.
_text = runpy.run_path(str(Path(__file__).with_name("notification.py")))["text"]


def main(event: Dict[str, Any], key: str = "report") -> Dict[str, Any]:
    """An event with the normalized report as its only member."""
    payload = event.get("payload", event) if isinstance(event, dict) else None
    posted = payload if isinstance(payload, dict) else {}
    findings = posted.get("findings")
    by_kind = findings if isinstance(findings, dict) else {}
    return {
        key: {
            "organization": _text(posted.get("organization"), CHARACTERS),
            "findings": {kind: _texts(by_kind.get(kind)) for kind in KINDS},
        }
    }


def _texts(value: Any) -> list[str]:
    return [_text(item, CHARACTERS) for item in value[:FINDINGS]] if isinstance(value, list) else []
