# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong: one type each, with what was attempted, what the service said, and what to do next.

Private to the collection.
"""

from __future__ import annotations

from typing import Any, Dict, Mapping, Optional, Tuple

from ._redaction import TEXT_LIMIT, one_line, quoted


class NotificationsError(Exception):
    """The one family of errors that a task turns into an Ansible failure.

    ``attempted`` completes "Could not ...". ``said`` is what was found or what the service answered, without its final
    period. ``status`` is the HTTP status, ``request_id`` the service's ``X-Request-Id``; both None when no answer came. ``sent``
    says that a request was on its way when this was found.
    """

    next_step = ""
    #: What the service calls this occurrence of each error.
    error_ids: Tuple[str, ...] = ()
    #: True where a request may have taken effect although no good answer came.
    fate_unclear = False
    #: Whether the API itself answered, in one of its envelopes, and not a proxy or another server in its place.
    is_from_api = False
    #: Seconds after which the service asked to come back, where it did.
    told_wait: Optional[float] = None

    def __init__(
        self,
        attempted: str,
        said: str,
        *,
        status: Optional[int] = None,
        code: Optional[str] = None,
        pointer: Optional[str] = None,
        request_id: Optional[str] = None,
        next_step: Optional[str] = None,
        sent: bool = False,
    ) -> None:
        super().__init__(said)
        self.attempted = attempted
        self.said = said
        self.status = status
        self.code = code
        self.pointer = pointer
        self.request_id = request_id
        self.sent = sent
        if next_step is not None:
            self.next_step = next_step

    def __str__(self) -> str:
        return self.said

    @property
    def message(self) -> str:
        """Full sentences for a person."""
        parts = [f"Could not {self.attempted}: {self.said.rstrip('.')}."]
        if self.next_step:
            parts.append(self.next_step)
        if self.request_id:
            parts.append(f"Request id: {self.request_id}.")
        return " ".join(parts)

    def as_result(self) -> Dict[str, Any]:
        """The ``error`` member of a failed task's result."""
        return {
            "attempted": self.attempted,
            "status": self.status,
            "code": self.code,
            "detail": self.said,
            "pointer": self.pointer,
            "request_id": self.request_id,
            "error_ids": list(self.error_ids),
        }


# Found before any write


class InvalidInput(NotificationsError):
    """The task's own options make no sense."""


class Ambiguous(NotificationsError):
    """A name stands for more than one object."""

    next_step = "Name the one that is meant by its id. Nothing was sent."


class NoSuchObject(NotificationsError):
    """The complete list does not have what was named."""

    next_step = "Check the spelling; names are case-sensitive. integration_info lists integrations."


class ReadOnlyKind(NotificationsError):
    """The API cannot manage this kind of object."""

    next_step = "Only integrations of kind Slack, MsTeams and Webhook can be managed. Nothing was written."


class TooManyDeletions(NotificationsError):
    """A purge would delete more than it may."""

    next_step = "Add what shall stay to the list or to keep, or raise purge_limit. Nothing was written."


class RequiredType(NotificationsError):
    """A type of priority REQUIRED is always heard of."""

    next_step = "Its integrations may be changed, as long as one is left. Nothing was written."


class NotInPlan(NotificationsError):
    """The organization's plan does not include a notification type."""

    next_step = "notification_type_info with included_in_plan: true lists what it includes. Nothing was written."


class NobodyLeft(NotificationsError):
    """Nobody would hear of a type any more, although it is to be heard of."""

    next_step = "Give another integration, or disable or delete the subscription. Nothing was written."


class InUse(NotificationsError):
    """An integration that is to go has subscriptions."""

    next_step = (
        "Route these types elsewhere first, or remove the integration from their subscriptions with when_in_use: detach. "
        "Nothing was changed."
    )


class HiddenUrl(NotificationsError):
    """A webhook URL is needed and only its mask is known."""

    next_step = "Give the URL itself in target.webhook_url."


# No good answer


class Unreachable(NotificationsError):
    """No connection came about, so nothing was sent."""

    next_step = "Check the endpoint, the network and the proxy settings."


class Untrusted(NotificationsError):
    """The server's certificate does not convince."""

    next_step = "Give the certificate authority that signed it in ca_path."


class ConnectionLost(NotificationsError):
    """The connection ended before the answer was whole."""

    next_step = "Run the task again."


class TimedOut(NotificationsError):
    """No answer came within the time-out of one request."""

    next_step = "Run the task again, with a larger timeout if the service is slow."


class Canceled(NotificationsError):
    """The task was told to stop before this request, or while it was under way."""

    next_step = "Run the task again."


class DeadlineExceeded(NotificationsError):
    """The time for the whole task is over."""

    next_step = "Run the task again, with a larger deadline if there is much to do."


class Unintelligible(NotificationsError):
    """An answer came that is not the API's: no JSON, a redirect, pages that go in circles."""

    next_step = "Check that the endpoint is the Confluent Cloud API and that no proxy answers in its place."


# The service answered with an error


class Rejected(NotificationsError):
    """400 or 422: the service does not accept the request."""

    next_step = "Correct the option that the service names."


class Unauthenticated(NotificationsError):
    """401."""

    next_step = "Check the API key and secret or the token, and that they belong to this organization."


class OverQuota(NotificationsError):
    """402, or 400 with a text about a quota."""

    next_step = "Delete what is no longer needed, or have the quota raised."


class Forbidden(NotificationsError):
    """403. It never proves that an object is missing, though a missing object may be answered so."""

    next_step = "Writing needs the role OrganizationAdmin; the service may answer in the same way if the object does not exist."
    reading = "The credentials may not read this. Check that they belong to this organization."
    creating = "The credentials may not write; that needs the role OrganizationAdmin."


class NotFound(NotificationsError):
    """404."""

    next_step = "It may have been deleted in the meantime; run the task again."


class Conflict(NotificationsError):
    """409; the message names what is in the way."""

    next_step = "Choose another name, or manage the object that is there."


class NotSupported(NotificationsError):
    """405, 406 or 415: the service does not know this request."""

    next_step = "Check the endpoint, and whether a proxy changes requests. If neither is wrong, the API has changed: update the collection."


class RateLimited(NotificationsError):
    """429 until the deadline."""

    next_step = "Raise the deadline, or run fewer tasks at once."


class ServerFailure(NotificationsError):
    """5xx, 408, or any other status that the contract does not have."""

    next_step = "Run the task again; if this persists, tell Confluent's support the request id."


# After a write


class StateUnknown(NotificationsError):
    """A create may or may not have taken effect, and looking did not tell."""

    next_step = "Look whether the object exists, then run the task again; nothing was sent a second time."


class NotAsAsked(NotificationsError):
    """The service accepted a change and did not make it."""


def content_type_of(headers: Mapping[str, str]) -> str:
    """What an answer says that it is, for a message."""
    return (
        quoted(one_line(headers["Content-Type"].partition(";")[0], TEXT_LIMIT)).strip("'")
        if headers.get("Content-Type")
        else "no content type"
    )


def printable(text: str) -> str:
    """A text that every stream can be written with: without halves of surrogate pairs."""
    return text.encode("utf-8", "replace").decode("utf-8")
