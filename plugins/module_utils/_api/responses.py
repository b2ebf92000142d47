# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a response of status 400 or more means: both error envelopes of the API, and OAuth's own.

Private to the collection.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type

from .. import errors
from .._redaction import one_line, quoted

#: The most characters of a foreign text that are read. What is shown of it is cut further, once secrets are hidden in it.
TEXT_LIMIT = 16_384
#: The most errors of one response that a message names.
ERRORS_SHOWN = 10

_BY_STATUS: Mapping[int, Type[errors.NotificationsError]] = {
    400: errors.Rejected,
    401: errors.Unauthenticated,
    402: errors.OverQuota,
    403: errors.Forbidden,
    404: errors.NotFound,
    405: errors.NotSupported,
    406: errors.NotSupported,
    409: errors.Conflict,
    410: errors.NotFound,
    415: errors.NotSupported,
    422: errors.Rejected,
    429: errors.RateLimited,
}
_ERROR_DESCRIPTION = re.compile(r'error_description="([^"]*)"')


@dataclass(frozen=True)
class ErrorBody:
    """The body of an error response. ``is_envelope`` is False for a body that is none of the API's, such as a proxy's HTML."""

    is_envelope: bool = False
    code: Optional[str] = None
    detail: Optional[str] = None
    pointer: Optional[str] = None
    request_id: Optional[str] = None
    error_ids: Tuple[str, ...] = ()
    next_step: Optional[str] = None


def error_from_response(
    attempted: str, status: int, headers: Mapping[str, str], text: str, method: str = "PATCH"
) -> errors.NotificationsError:
    """The error that a response of status 400 or more means; ``text`` is its body, of whatever form.

    Source: the contract's ``Failure`` schema (both envelopes) and its responses by status.
    """
    body = read_error(text)
    kind = _BY_STATUS.get(status, errors.ServerFailure)
    detail = body.detail or _challenge(headers)
    if detail is None:
        content_type = errors.content_type_of(headers)
        detail = f"the service answered with status {status} and a body that says nothing ({content_type})"
    if status == 400 and "quota" in f"{body.code} {detail}".lower():
        kind = errors.OverQuota
    if kind is errors.OverQuota:
        detail = f"over quota: {detail}"
    error = kind(
        attempted,
        detail,
        status=status,
        code=body.code,
        pointer=body.pointer,
        request_id=_text(headers.get("X-Request-Id")) or body.request_id,
        next_step=body.next_step or _next_step(kind, method, headers),
    )
    error.is_from_api = body.is_envelope
    error.error_ids = body.error_ids
    return error


def _next_step(kind: Type[errors.NotificationsError], method: str, headers: Mapping[str, str]) -> Optional[str]:
    """What to do, where that depends on the request or the response; None for the kind's own advice."""
    if kind is errors.Forbidden:
        return {"GET": errors.Forbidden.reading, "POST": errors.Forbidden.creating}.get(method)
    if kind is errors.Conflict and headers.get("Location"):
        existing_id = (_text(headers["Location"]) or "").partition("?")[0].rstrip("/").rpartition("/")[2]
        return f"The existing object is {quoted(existing_id)}. {errors.Conflict.next_step}"
    return None


def _challenge(headers: Mapping[str, str]) -> Optional[str]:
    match = _ERROR_DESCRIPTION.search(headers.get("WWW-Authenticate", "")[:TEXT_LIMIT])
    return _text(match.group(1)) if match else None


def read_error(text: str) -> ErrorBody:
    """The error that a body describes. Every member of both envelopes is optional and may be of any type."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return ErrorBody()
    if not isinstance(body, dict):
        return ErrorBody()
    if isinstance(body.get("errors"), list):
        return _from_list([item for item in body["errors"] if isinstance(item, dict)])
    if isinstance(body.get("error"), dict):
        return _from_object(body, body["error"])
    # OAuth's own form (RFC 6749, 5.2), which a token exchange may answer.
    code = _text(body.get("error"))
    return ErrorBody(code is not None, code, _text(body.get("error_description")) or _text(body.get("message")))


def _from_list(items: List[Dict[str, Any]]) -> ErrorBody:
    """``{"errors": [...]}``: several errors, for example one for each wrong member."""
    if not items:
        return ErrorBody(is_envelope=True)
    details = list(dict.fromkeys(filter(None, (_detail(item, len(items) > 1) for item in items[:ERRORS_SHOWN]))))
    if len(items) > ERRORS_SHOWN:
        details.append(f"and {len(items) - ERRORS_SHOWN} more")
    first = items[0]
    return ErrorBody(
        is_envelope=True,
        code=_text(first.get("code")) or _text(first.get("error_code")),
        detail="; ".join(details) or None,
        pointer=_pointer(first.get("source")),
        error_ids=tuple(filter(None, (_text(item.get("id")) for item in items[:ERRORS_SHOWN]))),
    )


def _detail(item: Mapping[str, Any], with_pointer: bool) -> Optional[str]:
    text = _text(item.get("detail")) or _text(item.get("message")) or _text(item.get("title"))
    pointer = _pointer(item.get("source"))
    return f"{text.rstrip('.')} ({pointer})" if text and pointer and with_pointer else text


def _from_object(body: Mapping[str, Any], error: Mapping[str, Any]) -> ErrorBody:
    """``{"status", "error": {...}, "requestId", "doc_url"}``, as the guide documents it."""
    message, details = _text(error.get("message")), error.get("details")
    pointer = None
    if isinstance(details, list) and details and isinstance(details[0], dict):
        pointer = _pointer(details[0].get("source"))
    more = _text(details)
    suggestion, page = _text(error.get("suggestion")), _text(body.get("doc_url"))
    see = f"See {page}." if page else None
    return ErrorBody(
        is_envelope=True,
        code=_text(error.get("code")),
        detail=": ".join(part for part in (message and message.rstrip(".") if more else message, more) if part) or None,
        pointer=pointer,
        request_id=_text(body.get("requestId")),
        next_step=" ".join(part for part in (suggestion, see if suggestion else None) if part) or None,
    )


def _pointer(source: Any) -> Optional[str]:
    return _text(source.get("pointer") or source.get("parameter")) if isinstance(source, dict) else None


def _text(value: Any) -> Optional[str]:
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
        return None
    return one_line(str(value), TEXT_LIMIT)
