# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a task's options to what is wanted: checked against the contract's limits before any request, in the API's own form.

Private to the collection.
"""

from __future__ import annotations

from typing import Any, Callable, List, Mapping, Optional, Tuple
from urllib.parse import urlsplit

from ._redaction import is_hidden, quoted
from .errors import InvalidInput
from .plan import Wish
from .resources import DISABLED, ENABLED, INTEGRATION, RESOURCE_PARTS, RESOURCE_TYPES, URL_FIELDS, Object, fits_path

A_RESOURCE = "A resource is such as environment=env-456xy/cloud-cluster=lkc-df123."


def integration_wish(params: Mapping[str, Any]) -> Wish:
    """What one integration shall be, from the options in arguments.INTEGRATION_ITEM. Raises InvalidInput."""
    attempted = f"manage the integration {quoted(params['display_name'])}"
    if params["display_name"] is None:
        attempted = f"manage the integration {params['id']}"
    for option in ("id", "display_name"):
        if params[option] == "":
            raise InvalidInput(attempted, f"{option} is empty", next_step="Give the id or the display_name.")
    return Wish(
        present=params["state"] == "present",
        id=params["id"],
        key=params["display_name"],
        fields=integration_fields(params, attempted),
        secrets=params["update_webhook_url"],
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
            raise InvalidInput(attempted, said, next_step="Give the full URL, including https://.")
        fields["target"] = {"kind": kind, **({URL_FIELDS[kind]: url} if url else {})}
    return fields


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in ("http", "https") and bool(host) and url.isascii() and url.isprintable() and " " not in url


def texts(params: Mapping[str, Any], option: str, attempted: str) -> Optional[List[str]]:
    """The texts of an option that takes one or several; None where it is omitted. A comma within a text stays there."""
    value = params[option]
    several = [value] if isinstance(value, str) else value
    if several is not None and not (isinstance(several, list) and all(isinstance(each, str) and each for each in several)):
        said = f"{option} is neither a text nor a list of texts, none of them empty"
        raise InvalidInput(attempted, said, next_step=f"Give one or several, or omit {option}.")
    return several


def resource_of(params: Mapping[str, Any], attempted: str, warn: Callable[[str], None]) -> Tuple[str, str]:
    """The path and the type of the resource that a task is about, from the options in arguments.OF_RESOURCE.

    ``resource`` is the API's own path, or a mapping of RESOURCE_PARTS. A stated type is taken as it is, for there may be more types than
    were published; if it does not look like the path, ``warn`` is told. Raises InvalidInput.
    """
    given, stated = params["resource"], params["resource_type"]
    parts = _resource_parts(given, attempted)
    for name, value in parts:
        if not (name and isinstance(value, str) and value and "/" not in value and value == value.strip()):
            said = f"{quoted(name)} of resource is not given as a text without slashes and without white space around it"
            raise InvalidInput(attempted, said, next_step=A_RESOURCE)
    if not parts:
        raise InvalidInput(attempted, "resource is empty", next_step=A_RESOURCE)
    usual = next((kind for part, kind in RESOURCE_PARTS.values() if kind and part == parts[-1][0]), None)
    if usual is None and stated is None:
        said = f"the resource type of {quoted(parts[-1][0])} is not known"
        raise InvalidInput(attempted, said, next_step=f"Set resource_type. Published values: {', '.join(RESOURCE_TYPES)}.")
    if usual is not None and stated is not None and not fits_path(stated, usual):
        warn(f"resource_type is {quoted(stated)}, but a resource that ends in {quoted(parts[-1][0])} is usually of type {usual}.")
    return "/".join(f"{name}={value}" for name, value in parts), stated or str(usual)


def _resource_parts(given: Any, attempted: str) -> List[Tuple[str, Any]]:
    """The parts of a resource's path, outermost first."""
    if isinstance(given, str):
        return [(name, value) for name, _equals, value in (part.partition("=") for part in given.split("/"))]
    if not isinstance(given, dict):
        raise InvalidInput(attempted, "resource is neither a text nor a mapping", next_step=A_RESOURCE)
    unknown = sorted(map(str, set(given) - set(RESOURCE_PARTS)))
    if unknown:
        said = f"resource has {', '.join(map(quoted, unknown))}; it may have {', '.join(RESOURCE_PARTS)}"
        raise InvalidInput(attempted, said, next_step="Give the API's own path for anything else.")
    return [(RESOURCE_PARTS[name][0], given[name]) for name in RESOURCE_PARTS if given.get(name) is not None]


def preference_wish(params: Mapping[str, Any], resource: str, resource_type: str) -> Wish:
    """What the preference of one resource shall be."""
    if params["state"] == "absent":
        return Wish(present=False, key=resource)
    fields: Object = {"resource": resource, "resource_type": resource_type}
    if params["enabled"] is not None:
        fields["current_state"] = ENABLED if params["enabled"] else DISABLED
    return Wish(key=resource, fields=fields)
