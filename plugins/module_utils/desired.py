# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a task's options to wishes: checked against the contract's limits before any request, in the API's own form.

Private to the collection.
"""

from __future__ import annotations

from typing import Any, Mapping
from urllib.parse import urlsplit

from .errors import InvalidInput
from .plan import Wish
from .resources import INTEGRATION, URL_FIELDS, Object
from .secrets import is_hidden


def integration_wish(params: Mapping[str, Any]) -> Wish:
    """What one integration shall be, from the options in arguments.INTEGRATION_ITEM. Raises InvalidInput."""
    attempted = f"manage the integration {params['display_name']!r}"
    if params["display_name"] is None:
        attempted = f"manage the integration {params['id']}"
    for option in ("id", "display_name"):
        if params[option] == "":
            raise InvalidInput(attempted, f"{option} is empty", next_step="Give the id or the display_name.")
    return Wish(
        present=params["state"] == "present",
        id=params["id"],
        name=params["display_name"],
        fields=integration_fields(params, attempted),
        secrets=params["update_webhook_url"],
        replace=params["replace"],
    )


def integration_fields(params: Mapping[str, Any], attempted: str) -> Object:
    """The fields that a task states, in the API's own form; what is omitted is not in it.

    Raises InvalidInput for what the contract does not allow, before any request. ``params`` has ``display_name``,
    ``description`` and ``target`` (``kind``, ``webhook_url``), each None where it was omitted.
    """
    fields: Object = {}
    for field in INTEGRATION.fields:
        value = params.get(field.name)
        if value is None:
            continue
        if field.limit is not None and any("\ud800" <= character <= "\udfff" for character in value):
            raise InvalidInput(attempted, f"{field.name} has half of a surrogate pair in it, which is no character")
        if field.limit is not None and len(value) > field.limit:
            said = f"{field.name} has {len(value)} characters, and at most {field.limit} are allowed"
            raise InvalidInput(attempted, said, next_step="Shorten it.")
        fields[field.name] = value
    if "target" in fields:
        kind, url = fields["target"]["kind"], fields["target"].get("webhook_url")
        if url and not is_hidden(url) and not _is_web_url(url):
            # The URL itself is a secret, however wrong it is.
            said = "target.webhook_url is not an http or https URL with a host"
            raise InvalidInput(attempted, said, next_step="Give the whole URL, from https:// on.")
        fields["target"] = {"kind": kind, **({URL_FIELDS[kind]: url} if url else {})}
    return fields


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(host) and url.isascii() and url.isprintable() and " " not in url
