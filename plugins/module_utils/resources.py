# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each resource is: path, identity, fields, secrets, and what may be written. The engine reads it, and knows no more.

Private to the collection.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterable, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from .errors import HiddenUrl
from .secrets import HIDDEN, HIDDEN_CHANGED, hide_within, is_hidden

Object = Dict[str, Any]

#: When a secret that can be written but perhaps not read is written: the values of ``update_webhook_url``.
ON_CHANGE, ON_CREATE, ALWAYS = "on_change", "on_create", "always"

#: The kinds of integration that may be created, changed and deleted, with the member that holds their URL.
URL_FIELDS = {"Slack": "webhook_url", "MsTeams": "webhook_url", "Webhook": "url"}

#: All kinds that there were when this was written; there may be more.
_KINDS_WITHOUT_SECRETS = ("RoleEmail", "UserEmail", "InApp")
KINDS = (*URL_FIELDS, *_KINDS_WITHOUT_SECRETS)


@dataclass(frozen=True)
class Comparison:
    """How one field differs: dotted names of what does, and of what cannot be compared because the service masks it."""

    differs: Tuple[str, ...] = ()
    masked: Tuple[str, ...] = ()


@dataclass(frozen=True)
class Field:
    """One member that may be written.

    ``compare`` takes what is wanted, what is there, and when secrets are written; ``write`` makes what is sent from what is
    wanted. ``limit`` is the longest text in characters. ``needed`` is what to tell someone who leaves it out of a new
    object, empty where that is allowed.
    """

    name: str
    compare: Callable[[Any, Any, str], Comparison]
    write: Callable[[Any], Any] = lambda wanted: wanted
    limit: Optional[int] = None
    needed: str = ""


@dataclass(frozen=True)
class Resource:
    """One collection of the API. ``name_field`` and ``id`` identify an object; ``kind`` and ``is_writable`` judge one.

    ``secrets`` yields what an object holds and nobody may see; ``show`` gives a copy without that, the secrets that are
    among the given dotted names marked as changing.
    """

    noun: str
    path: str
    api_kind: str
    name_field: str
    fields: Tuple[Field, ...]
    kind: Callable[[Object], str]
    is_writable: Callable[[Object], bool]
    secrets: Callable[[Object], Iterable[str]]
    show: Callable[[Object, Tuple[str, ...]], Object]

    def name(self, whole: Mapping[str, Any]) -> str:
        """An object's name; empty where it has none."""
        value = whole.get(self.name_field)
        return value if isinstance(value, str) else ""

    def field(self, name: str) -> Field:
        return next(each for each in self.fields if each.name == name)


def _compare_text(name: str) -> Callable[[Any, Any, str], Comparison]:
    """Missing, null and empty are the same."""

    def compare(wanted: Any, there: Any, _secrets: str) -> Comparison:
        return Comparison() if (wanted or "") == (there or "") else Comparison(differs=(name,))

    return compare


# Integrations


def target_kind(integration: Mapping[str, Any]) -> str:
    """``target.kind``, or empty where what came is no target."""
    target = integration.get("target")
    kind = target.get("kind") if isinstance(target, dict) else None
    return kind if isinstance(kind, str) else ""


def webhook_url(target: Any) -> Optional[str]:
    """The URL of a target of a writable kind; None where there is none or only a mask of it."""
    if not isinstance(target, dict):
        return None
    kind = target.get("kind")
    value = target.get(URL_FIELDS.get(kind, "")) if isinstance(kind, str) else None
    return value if isinstance(value, str) and not is_hidden(value) else None


def _compare_target(wanted: Any, there: Any, secrets: str) -> Comparison:
    url_name = "target." + URL_FIELDS[wanted["kind"]]
    if not isinstance(there, dict) or wanted["kind"] != there.get("kind"):
        return Comparison(differs=("target.kind", url_name))
    wanted_url = webhook_url(wanted)
    if wanted_url is None or secrets == ON_CREATE:
        return Comparison()
    if secrets == ALWAYS:
        return Comparison(differs=(url_name,))
    there_url = webhook_url(there)
    if there_url is None:
        return Comparison(masked=(url_name,))
    return Comparison() if _same_url(wanted_url, there_url) else Comparison(differs=(url_name,))


def _same_url(one: str, other: str) -> bool:
    """Equal but for what no server distinguishes: the case of scheme and host, and an empty path."""
    return one == other or bool(_comparable(one) == _comparable(other))


def _comparable(url: str) -> Any:
    try:
        parts = urlsplit(url)
        user, at, host = parts.netloc.rpartition("@")
        return (parts.scheme.lower(), user, at, host.lower(), parts.path or "/", parts.query, parts.fragment)
    except ValueError:
        return url


def _write_target(wanted: Any) -> Any:
    """A sent target is whole: its kind and its URL."""
    url = webhook_url(wanted)
    if url is None:
        raise HiddenUrl(f"write a target of kind {wanted['kind']}", "a target is sent whole, and its URL is not given")
    return {"kind": wanted["kind"], URL_FIELDS[wanted["kind"]]: url}


def _show_integration(integration: Object, changing: Tuple[str, ...]) -> Object:
    if "target" not in integration or target_kind(integration) in _KINDS_WITHOUT_SECRETS:
        return dict(integration)
    changes = any(name in changing for name in ("target.url", "target.webhook_url"))
    # A kind that is not known yet may hold a secret under any name.
    return {**integration, "target": hide_within(integration["target"], HIDDEN_CHANGED if changes else HIDDEN)}


def _integration_secrets(integration: Object) -> Iterable[str]:
    url = webhook_url(integration.get("target"))
    return () if url is None else (url,)


INTEGRATION = Resource(
    noun="integration",
    path="/notifications/v1/integrations",
    api_kind="Integration",
    name_field="display_name",
    fields=(
        Field("display_name", _compare_text("display_name"), limit=64),
        Field("description", _compare_text("description"), limit=128),
        Field("target", _compare_target, _write_target, needed="Give target.kind and target.webhook_url."),
    ),
    kind=target_kind,
    is_writable=lambda integration: target_kind(integration) in URL_FIELDS,
    secrets=_integration_secrets,
    show=_show_integration,
)
TEST_PATH = INTEGRATION.path + ":test"
