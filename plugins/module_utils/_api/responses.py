# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a response of status 400 or more means: both error envelopes of the API, and that of OAuth."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional, Tuple, Type
from urllib.parse import unquote

from .._errors import ApiError, BadRequestError, ConflictError, ForbiddenError, NotFoundError
from .._redaction import one_line, quoted

#: The most characters of a foreign text that are read. It is cut further when it is shown, after secrets have
#: been hidden.
TEXT_LIMIT = 16_384
#: The most errors of one response that a message names.
ERRORS_SHOWN = 10

#: The class and the type of the error for each status; any other status is a server error.
_BY_STATUS: Mapping[int, Tuple[Type[ApiError], str]] = {
    400: (BadRequestError, "bad_request"),
    401: (ApiError, "unauthenticated"),
    402: (ApiError, "quota_exceeded"),
    403: (ForbiddenError, "forbidden"),
    404: (NotFoundError, "not_found"),
    405: (ApiError, "not_supported"),
    406: (ApiError, "not_supported"),
    409: (ConflictError, "conflict"),
    410: (NotFoundError, "not_found"),
    415: (ApiError, "not_supported"),
    422: (BadRequestError, "bad_request"),
    429: (ApiError, "rate_limited"),
}
_FORBIDDEN_NEXT_STEPS = {
    "GET": "The credentials are not allowed to read this. Check that they belong to this organization.",
    "POST": "The credentials are not allowed to write. Writing requires the role OrganizationAdmin.",
}
_INVALID_KEY = re.compile(
    r"invalid[ _-](?:cloud[ _-])?(?:api[ _-]?)?key|api[ _-]?key[^.]{0,40}(?:invalid|not valid|unknown)",
    re.IGNORECASE,
)
_ERROR_DESCRIPTION = re.compile(r'error_description="([^"]*)"')


@dataclass(frozen=True)
class ErrorBody:
    """The body of an error response.

    ``is_envelope`` is False for a body that is not the API's, such as a proxy's HTML.
    """

    is_envelope: bool = False
    code: Optional[str] = None
    detail: Optional[str] = None
    pointer: Optional[str] = None
    request_id: Optional[str] = None
    error_ids: Tuple[str, ...] = ()
    next_step: Optional[str] = None


def error_from_response(status: int, headers: Mapping[str, str], text: str, method: str) -> ApiError:
    """The error that a response of status 400 or more means. ``text`` is its body, in any form.

    Source: the contract's ``Failure`` schema (both envelopes) and its responses by status.
    """
    body = parse_error(text)
    error_class, error_type = _BY_STATUS.get(status, (ApiError, "server_error"))
    detail = body.detail or _challenge(headers)
    if detail is None:
        content_type = content_type_of(headers)
        detail = (
            f"the service answered with status {status} and a body without an explanation ({content_type})"
        )
    if status == 403 and _INVALID_KEY.search(f"{body.code} {detail}"):
        # Some APIs of the service answer a wrong key like this. It says nothing about an object.
        error_class, error_type = ApiError, "unauthenticated"
    if error_type == "quota_exceeded" or (status == 400 and "quota" in f"{body.code} {detail}".lower()):
        error_class, error_type = ApiError, "quota_exceeded"
        detail = f"over quota: {detail}"

    return error_class(
        detail,
        type=error_type,
        status=status,
        code=body.code,
        pointer=body.pointer,
        request_id=_text(headers.get("X-Request-Id")) or body.request_id,
        error_ids=body.error_ids,
        next_step=body.next_step or _next_step(error_type, method, headers),
        is_from_api=body.is_envelope,
    )


def _next_step(error_type: str, method: str, headers: Mapping[str, str]) -> Optional[str]:
    """What to do if that depends on the request or the response; None for the usual advice."""
    if error_type == "forbidden":
        return _FORBIDDEN_NEXT_STEPS.get(method)
    if error_type == "conflict" and headers.get("Location"):
        existing_id = id_from_location(headers)
        return f"The existing object is {quoted(existing_id)}. Choose another name, or manage that object."
    return None


def id_from_location(headers: Mapping[str, str]) -> str:
    """The ID at the end of the ``Location`` header, or an empty text without that header."""
    path = (_text(headers.get("Location")) or "").partition("?")[0]
    return unquote(path.rstrip("/").rpartition("/")[2])


def _challenge(headers: Mapping[str, str]) -> Optional[str]:
    match = _ERROR_DESCRIPTION.search(headers.get("WWW-Authenticate", "")[:TEXT_LIMIT])
    return _text(match.group(1)) if match else None


def parse_error(text: str) -> ErrorBody:
    """The error that a body describes. Every member of both envelopes is optional and may have any type."""
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

    # The form of OAuth (RFC 6749, 5.2), with which a token exchange may respond, and many other servers.
    detail = _text(body.get("error_description")) or _text(body.get("message"))
    return ErrorBody(code=_text(body.get("error")), detail=detail)


def _from_list(items: List[Dict[str, Any]]) -> ErrorBody:
    """``{"errors": [...]}``: several errors, for example one for each wrong member."""
    if not items:
        return ErrorBody(is_envelope=True)
    shown = items[:ERRORS_SHOWN]
    details = list(dict.fromkeys(filter(None, (_detail(item, len(items) > 1) for item in shown))))
    if len(items) > ERRORS_SHOWN:
        details.append(f"and {len(items) - ERRORS_SHOWN} more")
    first = items[0]
    return ErrorBody(
        is_envelope=True,
        code=_text(first.get("code")) or _text(first.get("error_code")),
        detail="; ".join(details) or None,
        pointer=_pointer(first.get("source")),
        error_ids=tuple(filter(None, (_text(item.get("id")) for item in shown))),
    )


def _detail(item: Mapping[str, Any], with_pointer: bool) -> Optional[str]:
    text = _text(item.get("detail")) or _text(item.get("message")) or _text(item.get("title"))
    pointer = _pointer(item.get("source"))
    return f"{text.rstrip('.')} ({pointer})" if text and pointer and with_pointer else text


def _from_object(body: Mapping[str, Any], error: Mapping[str, Any]) -> ErrorBody:
    """``{"status", "error": {...}, "requestId", "doc_url"}``, as the guide documents it."""
    message, details = _text(error.get("message")), error.get("details")
    if isinstance(details, list) and details and isinstance(details[0], dict):
        pointer = _pointer(details[0].get("source"))
    else:
        pointer = None
    details_text = _text(details)
    if message and details_text:
        detail: Optional[str] = f"{message.rstrip('.')}: {details_text}"
    else:
        detail = message or details_text

    next_step = _text(error.get("suggestion"))
    page = _text(body.get("doc_url"))
    if next_step and page:
        next_step = f"{next_step} See {page}."
    return ErrorBody(
        is_envelope=True,
        code=_text(error.get("code")),
        detail=detail,
        pointer=pointer,
        request_id=_text(body.get("requestId")),
        next_step=next_step,
    )


def _pointer(source: Any) -> Optional[str]:
    return _text(source.get("pointer") or source.get("parameter")) if isinstance(source, dict) else None


def _text(value: Any) -> Optional[str]:
    if not isinstance(value, (str, int)) or isinstance(value, bool) or value == "":
        return None
    return one_line(str(value), TEXT_LIMIT)


def content_type_of(headers: Mapping[str, str]) -> str:
    """The media type of a response, for a message."""
    value = headers.get("Content-Type")
    if not value:
        return "no content type"
    return quoted(one_line(value.partition(";")[0], TEXT_LIMIT)).strip("'")
