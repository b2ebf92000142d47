# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoes what a run changed, and removes what an earlier run left behind."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from .changes import FIXED_PART, WRITABLE_KINDS, Changes, Object
from .session import NoResponseError, Session, member

PAGE = {"page_size": "100"}


def undo(session: Session, changes: Changes) -> list[str]:
    """Undo everything that a run did; returns one sentence for each thing that is left."""
    with _undoing(session):
        left = restore_subscription(session, changes)
        if changes.created:
            left += _remove(session, changes)
    return left


def clean(session: Session, changes: Changes) -> list[str]:
    """Remove what an earlier run left behind; returns one sentence for each thing that is left.

    ``changes`` has the prefix as its name, and what the journal says.
    """
    with _undoing(session):
        left = restore_subscription(session, changes)
        left += _remove(session, changes, needs_list=True)
    return left


@contextmanager
def _undoing(session: Session) -> Iterator[None]:
    was_undoing, session.undoing = session.undoing, True
    try:
        yield
    finally:
        session.undoing = was_undoing


# The subscription that was changed


def restore_subscription(session: Session, changes: Changes) -> list[str]:
    """Give the changed subscription its integrations back; keep what somebody else added meanwhile."""
    if not changes.subscription:
        return []
    try:
        is_restored = _restore(session, changes)
    except NoResponseError:
        is_restored = False

    if is_restored:
        changes.forget_subscription()
        return []
    ids = ", ".join(changes.before)
    return [
        f"Subscription {changes.subscription} was not restored. Run the probe with --clean later, "
        f"or give it exactly these integrations again: {ids}."
    ]


def _restore(session: Session, changes: Changes) -> bool:
    current = _read_integration_ids(session, changes.subscription)
    deadline = time.monotonic() + session.pace.wait
    while changes.change_unknown and current == changes.before and time.monotonic() < deadline:
        # A change whose response was lost may take effect late.
        session.pause(session.pace.interval)
        current = _read_integration_ids(session, changes.subscription)

    wanted = changes.before + _added_by_others(session, changes, current)
    if current == wanted:
        return True
    body = {"integrations": [{"id": each} for each in wanted]}
    session.call("PATCH", "/subscriptions/{id}", id=changes.subscription, body=body)
    return set(_read_integration_ids(session, changes.subscription)) == set(wanted)


def _added_by_others(session: Session, changes: Changes, current: list[str]) -> list[str]:
    """The integrations of a subscription that it did not have before, that exist, and are not the probe's."""
    own = set(changes.integrations) | changes.deleted
    added = [each for each in current if each not in changes.before and each not in own]
    if not added:
        return []
    listed = session.list_all("/integrations", PAGE)
    others = {each["id"] for each in listed if not is_own(each, changes.name)}
    return [each for each in added if each in others]


def _read_integration_ids(session: Session, subscription: str) -> list[str]:
    response = session.call("GET", "/subscriptions/{id}", id=subscription)
    if response.status != 200 or not isinstance(response.body, dict):
        raise NoResponseError(f"the subscription was not readable (status {response.status})")
    return integration_ids(response.body)


def integration_ids(subscription: Object) -> list[str]:
    """The IDs of the integrations that a subscription goes to."""
    references = subscription.get("integrations")
    if not isinstance(references, list):
        return []
    return [each["id"] for each in references if isinstance(each, dict) and "id" in each]


# What was created


def is_own(integration: Object, prefix: str) -> bool:
    """Whether an integration can be one of the probe's: by its name and its kind.

    A name is the prefix with its fixed part, eight hexadecimal digits, which a run includes in its prefix,
    and an ending. Without the digits it is the name of somebody else.
    """
    name = str(integration.get("display_name", ""))
    digits = "" if _RUN.search(prefix) else "[0-9a-f]{8}"
    names = re.compile(re.escape(prefix) + digits + r"(?:-slack|-dead|-*)")
    return bool(names.fullmatch(name)) and kind_of(integration) in WRITABLE_KINDS


_RUN = re.compile(re.escape(FIXED_PART) + "[0-9a-f]{8}$")


def kind_of(integration: Object) -> str:
    """The kind of an integration's target, empty if it has none."""
    return str(member(integration.get("target"), "kind") or "")


def _remove(session: Session, changes: Changes, needs_list: bool = False) -> list[str]:
    """Delete created subscriptions and integrations: known ones, and those that a lost response hid.

    A run knows what it created without the lists, unless it never learned the outcome of a creation.
    """
    left: list[str] = changes.kept
    try:
        _find_integrations(session, changes)
        _find_subscriptions(session, changes)
    except NoResponseError as error:
        if needs_list or changes.unknown_integrations or changes.subscription_unknown:
            left.append(
                f"There may be integrations whose names begin with {changes.name}: {error}. "
                "Run the probe with --clean later."
            )

    for subscription in list(changes.new_subscriptions):
        if _delete(session, "subscriptions", subscription):
            changes.new_subscriptions.remove(subscription)
        else:
            left.append(_not_deleted("Subscription", "subscriptions", subscription))
    changes.save_if_possible()

    for integration, name in list(changes.integrations.items()):
        if _delete(session, "integrations", integration):
            del changes.integrations[integration]
            changes.removed += 1
        else:
            left.append(_not_deleted(f"Integration {name}", "integrations", integration))
    return left


def _not_deleted(what: str, collection: str, object_id: str) -> str:
    return (
        f"{what} ({object_id}) was not deleted. Run the probe with --clean later, "
        f"or send DELETE /notifications/v1/{collection}/{object_id}."
    )


def _find_integrations(session: Session, changes: Changes) -> None:
    """Note the integrations that the list shows; wait for those whose creation has an unknown outcome."""
    deadline = time.monotonic() + session.pace.wait
    known = set(changes.integrations) | changes.deleted
    while True:
        listed = session.list_all("/integrations", PAGE)
        new = [each for each in listed if is_own(each, changes.name) and each["id"] not in known]
        if len(new) >= changes.unknown_integrations or time.monotonic() > deadline:
            break
        session.pause(session.pace.interval)
    changes.integrations.update({each["id"]: each["display_name"] for each in new})


def _find_subscriptions(session: Session, changes: Changes) -> None:
    """Note subscriptions that go to the probe's integrations only; take these out of all others."""
    own = set(changes.integrations)
    if not own:
        return
    deadline = time.monotonic() + session.pace.wait
    known = [changes.subscription, *changes.new_subscriptions]
    while True:
        listed = session.list_all("/subscriptions", PAGE)
        using = [each for each in listed if own.intersection(integration_ids(each))]
        unknown = [each for each in using if each["id"] not in known]
        new = [each["id"] for each in unknown if own.issuperset(integration_ids(each))]
        if new or not changes.subscription_unknown or time.monotonic() > deadline:
            break
        session.pause(session.pace.interval)

    if changes.subscription_unknown:
        changes.new_subscriptions += new
    else:
        # Only the journal says which subscriptions are the probe's. The others keep their last recipient.
        last = {integration for each in unknown if each["id"] in new for integration in integration_ids(each)}
        for integration in last & own:
            name = changes.integrations.pop(integration)
            changes.kept.append(
                f"Integration {name} ({integration}) is the last recipient of a subscription that the probe "
                "did not create, so it was not deleted. Give the subscription another recipient first."
            )
    for subscription in using:
        others = [each for each in integration_ids(subscription) if each not in own]
        if others:
            body = {"integrations": [{"id": each} for each in others]}
            session.call("PATCH", "/subscriptions/{id}", id=subscription["id"], body=body)


def _delete(session: Session, collection: str, object_id: str) -> bool:
    """Delete an object; returns whether it does not exist any more."""
    try:
        status: Optional[int] = session.call("DELETE", f"/{collection}/{{id}}", id=object_id).status
    except NoResponseError:
        status = None
    if status in (204, 404):
        return True

    # A 403 may mean that an earlier attempt deleted the object, so the list decides.
    deadline = time.monotonic() + (session.pace.wait if status == 403 else 0.0)
    while True:
        try:
            if all(each["id"] != object_id for each in session.list_all(f"/{collection}", PAGE)):
                return True
        except NoResponseError:
            return False
        if time.monotonic() >= deadline:
            return False
        session.pause(session.pace.interval)
