# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors: what failed, why, and what to do next.

An error is never changed after it is raised. ``replace`` makes a copy that says more, and ``operation`` adds
what was attempted to every error that is raised within it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterable, Iterator, List, Mapping, Optional, Sequence, Tuple

#: The most problems that one message shows.
PROBLEMS_SHOWN = 20

#: Every value of ``error.type`` in a failed result, with its meaning. docs/errors.md lists the same; a test
#: compares them.
ERROR_TYPES: Mapping[str, str] = {
    # Found before the first write
    "invalid_option": "An option has an invalid value.",
    "ambiguous_name": "A name matches several objects.",
    "unknown_name": "No object has this name or ID.",
    "silence_limit_exceeded": "More types would lose their last channel than `silence_limit` allows.",
    "change_limit_exceeded": "More objects would be changed or deleted than `change_limit` allows.",
    "policy_violated": "The planned routing violates one of the `policies`.",
    "routing_test_failed": "The planned routing is not what `tests` expect, or they exercise too few rules.",
    "lint_failed": "Lint found something, and `plan_fail_on` or `test_fail_on` of the role has `lint`.",
    "plan_changed": "The plan differs from the one in `expected_checksum` or `expected_plan`.",
    "wrong_organization": "The credentials belong to another organization, or to an unknown one.",
    "other_owner": "The integration belongs to another `owner`.",
    "read_only_kind": "The API cannot manage integrations of this kind.",
    "purge_limit_exceeded": "A purge would delete more than `purge_limit` allows.",
    "required_type": "The subscription to a REQUIRED notification type cannot be disabled or deleted.",
    "not_included": "The organization does not pay for a plan that includes the notification type.",
    "no_integration_left": "An enabled subscription would have no integration left.",
    "in_use": "Subscriptions use an integration that would be deleted.",
    "kind_change": "`on_kind_change: fail` forbids the change.",
    "incomplete_list": "The service counts more objects than it lists, so some may be hidden.",
    "masked_url": "A webhook URL is required, but only its mask is known.",
    # No usable response
    "not_connected": "No connection was made, so nothing was sent.",
    "untrusted_certificate": "Certificate verification failed.",
    "connection_lost": "The connection ended before the response was complete.",
    "timed_out": "No response arrived within `timeout`.",
    "deadline_exceeded": "The task reached its `deadline`.",
    "canceled": "The task was stopped.",
    "invalid_response": "The response is not a valid response of this API.",
    # The service answered with an error
    "bad_request": "400 or 422: the service does not accept the request.",
    "unauthenticated": "401: the credentials are not valid.",
    "quota_exceeded": "402, or 400 that mentions a quota: the quota is exceeded.",
    "forbidden": "403: the credentials do not allow this, or the object does not exist.",
    "not_found": "404 or 410: the object does not exist.",
    "not_supported": "405, 406 or 415: the service does not support this request.",
    "conflict": "409: an object already exists, or it was changed in the meantime.",
    "rate_limited": "429: the rate limit was still exceeded at the deadline.",
    "server_error": "5xx, 408, or an unknown status.",
    # After a write
    "outcome_unknown": "A creation may or may not have taken effect, and the list does not show which.",
    "change_not_applied": "The service accepted a change and did not make it.",
    "dependency_failed": "An object that this one refers to was not created.",
    # At any time
    "internal_error": "An error in the collection. The result says what had been written before it.",
}

#: Closes the message of every refusal.
NOTHING_CHANGED = "Nothing was changed."
#: The same for what writes files, and for a playbook that does not begin.
NOTHING_WRITTEN, NOTHING_DONE = "Nothing was written.", "Nothing was done."

#: What to do about an error that does not say so itself.
_NEXT_STEPS: Mapping[str, str] = {
    "not_connected": "Check the endpoint, the network and the proxy settings.",
    "untrusted_certificate": "Set `ca_path` to the certificate authority that signed it.",
    "connection_lost": "Run the task again.",
    "timed_out": "Run the task again, with a larger `timeout` if the service is slow.",
    "deadline_exceeded": "Run the task again, with a larger `deadline` if there are many changes.",
    "canceled": "Run the task again.",
    "invalid_response": (
        "Check that the endpoint is the Confluent Cloud API and that no proxy responds in its place."
    ),
    "bad_request": "Correct the option that the service names.",
    "unauthenticated": (
        "Check the API key and secret or the token, and that they belong to this organization."
    ),
    "quota_exceeded": "Delete what is no longer needed, or ask Confluent to raise the quota.",
    "forbidden": (
        "Writing requires the role OrganizationAdmin. "
        "The service may also respond like this if the object does not exist."
    ),
    "not_found": "It may have been deleted in the meantime. Run the task again.",
    "not_supported": (
        "Check the endpoint, and whether a proxy changes requests. Otherwise update the collection."
    ),
    "conflict": "Choose another name, or manage the existing object.",
    "rate_limited": "Increase `deadline`, or run fewer tasks at once.",
    "server_error": ("Run the task again. If the error persists, send the request ID to Confluent support."),
    "outcome_unknown": (
        "Check whether the object exists, then run the task again. The request was not sent a second time."
    ),
    "dependency_failed": "Fix the cause, then run the task again.",
}


class NotificationsError(Exception):
    """A failure that a task reports.

    ``detail`` says what was found or what the service answered, without its final period. ``operation``
    completes "Could not ...". ``type`` is a key of ERROR_TYPES. ``status``, ``code``, ``pointer``,
    ``request_id`` and ``error_ids`` are those of the response, if one arrived; ``retry_after`` is in seconds.
    ``is_from_api`` is True for a response in one of the API's envelopes, and False for that of a proxy.
    ``outcome_unknown`` is True if a write may have taken effect.
    """

    default_type = "server_error"

    def __init__(
        self,
        detail: str,
        *,
        type: str = "",
        operation: str = "",
        next_step: Optional[str] = None,
        status: Optional[int] = None,
        code: Optional[str] = None,
        pointer: Optional[str] = None,
        request_id: Optional[str] = None,
        error_ids: Tuple[str, ...] = (),
        retry_after: Optional[float] = None,
        is_from_api: bool = False,
        outcome_unknown: bool = False,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.type = type or self.default_type
        self.operation = operation
        self.next_step = _NEXT_STEPS.get(self.type, "") if next_step is None else next_step
        self.status = status
        self.code = code
        self.pointer = pointer
        self.request_id = request_id
        self.error_ids = error_ids
        self.retry_after = retry_after
        self.is_from_api = is_from_api
        self.outcome_unknown = outcome_unknown

    def replace(self, **changes: Any) -> NotificationsError:
        """A copy of the same class with other values for some members."""
        copy = self.__class__(**{**vars(self), **changes})
        copy.__cause__ = self.__cause__
        return copy

    @property
    def message(self) -> str:
        """What failed, why, and what to do: full sentences for a person."""
        parts = [
            f"Could not {self.operation or 'complete the task'}: {self.detail.rstrip('.')}.",
            self.next_step,
            self.closing,
        ]
        if self.request_id:
            parts.append(f"Request ID: {self.request_id}.")
        return " ".join(filter(None, parts))

    @property
    def lines(self) -> List[str]:
        """The message; errors of several problems have a line for each."""
        return [self.message]

    @property
    def closing(self) -> str:
        """What the error means for the organization; empty if it says nothing about that."""
        return ""

    def as_result(self) -> Dict[str, Any]:
        """The ``error`` member of a failed task's result."""
        return {
            "type": self.type,
            "operation": self.operation,
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "pointer": self.pointer,
            "request_id": self.request_id,
            "error_ids": list(self.error_ids),
        }


class RefusedError(NotificationsError):
    """The collection refuses: an option is wrong, a name is ambiguous, or a safety rule forbids the plan."""

    default_type = "invalid_option"

    @property
    def closing(self) -> str:
        return NOTHING_CHANGED


class SeveralRefusedError(RefusedError):
    """Several reasons to refuse a task. ``problems`` has their details, each with the next step."""

    def __init__(self, detail: str, *, problems: Sequence[Tuple[str, str]] = (), **members: Any) -> None:
        super().__init__(detail, **members)
        self.problems = tuple(problems)

    @property
    def lines(self) -> List[str]:
        shown = self.problems[:PROBLEMS_SHOWN]
        more = len(self.problems) - len(shown)
        return [
            f"Could not {self.operation}, for {len(self.problems)} reasons:",
            *(f"- {detail}. {next_step}".rstrip() for detail, next_step in shown),
            *([f"- and {more} more"] if more else ()),
            self.closing,
        ]


class Refusals:
    """Collects the refusals of several items, so that all of them are shown at once.

    ``verb`` and ``items`` complete "Could not ...", such as "apply" and "the rules". Without them, that is left to an
    operation around.
    """

    def __init__(self, verb: str = "", items: str = "") -> None:
        self._verb = verb
        self._items = items
        self._found: List[Tuple[str, RefusedError]] = []

    @contextmanager
    def collect(self, label: str) -> Iterator[None]:
        """Keep the refusal of one item for later."""
        try:
            with operation(f"{self._verb} {label}"):
                yield
        except SeveralRefusedError as several:
            self._found += [
                (f"{label}: ", RefusedError(detail, type=several.type, next_step=next_step))
                for detail, next_step in several.problems
            ]
        except RefusedError as error:
            self._found.append((f"{label}: ", error))

    def add(self, errors: Iterable[RefusedError]) -> None:
        """Keep refusals that need no label."""
        self._found += [("", error) for error in errors]

    def combined(self) -> Optional[RefusedError]:
        """One error for all; None if there is none."""
        found = {f"{label}{error.detail.rstrip('.')}": error for label, error in self._found}
        if len(found) < 2:
            return self._found[0][1] if self._found else None
        return SeveralRefusedError(
            "; ".join(found),
            type=self._found[0][1].type,
            operation=f"{self._verb} {self._items}".strip(),
            next_step="",
            problems=[(text, error.next_step) for text, error in found.items()],
        )

    def raise_any(self) -> None:
        """Raise what was collected."""
        combined = self.combined()
        if combined is not None:
            raise combined


class UnknownNameError(RefusedError):
    """The complete list has no object of a name or an ID."""

    default_type = "unknown_name"


class RefusedLaterError(NotificationsError):
    """A plan that was made again during the run, because the organization had changed, was refused."""


class TransportError(NotificationsError):
    """No usable response arrived."""

    default_type = "invalid_response"


class ApiError(NotificationsError):
    """The service answered with an error."""


class BadRequestError(ApiError):
    """400 or 422."""

    default_type = "bad_request"


class ForbiddenError(ApiError):
    """403. It never proves that an object is missing, although a missing object may be answered like this."""

    default_type = "forbidden"


class NotFoundError(ApiError):
    """404 or 410."""

    default_type = "not_found"


class ConflictError(ApiError):
    """409."""

    default_type = "conflict"


class OutcomeUnknownError(NotificationsError):
    """A creation may or may not have taken effect."""

    default_type = "outcome_unknown"


class ChangeNotAppliedError(NotificationsError):
    """The service accepted a change and did not make it."""

    default_type = "change_not_applied"


class DependencyFailedError(NotificationsError):
    """An object that a step refers to was not created."""

    default_type = "dependency_failed"


@contextmanager
def operation(text: str) -> Iterator[None]:
    """Add what was attempted to every error raised within.

    ``text`` completes "Could not ..."; the innermost one is kept.
    """
    try:
        yield
    except NotificationsError as error:
        if error.operation:
            raise
        raise error.replace(operation=text) from error.__cause__
