# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the host of a webhook URL says about a channel: one table of retired and suspicious hosts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Optional, Tuple
from urllib.parse import parse_qs, urlsplit

SLACK, MS_TEAMS = "Slack", "MsTeams"

#: Codes of what is wrong with a URL.
RETIRED_HOST, SUSPICIOUS_URL = "retired-host", "suspicious-url"


@dataclass(frozen=True)
class HostRule:
    """URLs of a kind that probably do not work: those of these hosts (or below them) and these paths.

    ``lacks`` is a parameter of the query without which the URL is wrong. ``reason`` completes "its URL is ".
    """

    kind: str
    hosts: Tuple[str, ...]
    code: str
    reason: str
    paths: Tuple[str, ...] = ("",)
    lacks: str = ""

    def matches(self, kind: str, host: str, path: str, query: str) -> bool:
        return (
            kind == self.kind
            and any(host == name or host.endswith(f".{name}") for name in self.hosts)
            and path.startswith(self.paths)
            and not (self.lacks and self.lacks in parse_qs(query))
        )


_CONNECTOR_HOSTS = ("outlook.office.com", "outlook.office365.com")
_WORKFLOW_HOSTS = ("logic.azure.com", "api.powerplatform.com")
_SLACK_HOSTS = ("hooks.slack.com", "hooks.slack-gov.com")

#: Sources: the service's own page on Microsoft Teams (retired connectors); Slack's and Microsoft's
#: documentation of their webhooks.
HOST_RULES = (
    HostRule(
        MS_TEAMS,
        ("webhook.office.com",),
        RETIRED_HOST,
        "one of a Microsoft 365 connector, which Microsoft has retired",
    ),
    HostRule(
        MS_TEAMS,
        _CONNECTOR_HOSTS,
        RETIRED_HOST,
        "one of a Microsoft 365 connector, which Microsoft has retired",
        paths=("/webhook",),
    ),
    HostRule(
        SLACK,
        _SLACK_HOSTS,
        SUSPICIOUS_URL,
        "one of a Slack workflow, which expects the variables of the workflow and not a message",
        paths=("/triggers/", "/workflows/"),
    ),
    HostRule(MS_TEAMS, _SLACK_HOSTS, SUSPICIOUS_URL, "one of Slack, but its kind is MsTeams"),
    HostRule(
        SLACK,
        ("webhook.office.com", *_CONNECTOR_HOSTS, *_WORKFLOW_HOSTS),
        SUSPICIOUS_URL,
        "one of Microsoft Teams, but its kind is Slack",
    ),
    HostRule(
        MS_TEAMS,
        _WORKFLOW_HOSTS,
        SUSPICIOUS_URL,
        "one of a Teams workflow without its signature (sig), so it was cut or is not the whole one",
        lacks="sig",
    ),
)


def host_rule(kind: str, url: str) -> Optional[HostRule]:
    """The first rule that a URL of a channel of this kind matches, or None."""
    try:
        parts = urlsplit(url)
    except ValueError:  # a masked URL need not be one
        return None
    host = (parts.hostname or "").lower()
    return next((rule for rule in HOST_RULES if rule.matches(kind, host, parts.path, parts.query)), None)
