# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Undoes what a run changed, and removes what an earlier run left behind."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Optional

from .changes import WRITABLE_KINDS, Changes, Journal, Object
from .session import NoResponseError, Session

PAGE = {"page_size": "100"}


def undo(session: Session, changes: Changes) -> list[str]:
    """Undo everything that a run did; returns one sentence for each thing that is left."""
    with _undoing(session):
        left = restore_subscription(session, changes)
        if changes.created:
            left += _remove(session, changes)

    if not left:
        changes.journal.remove()
    return left


def clean(session: Session, prefix: str, journal: Journal) -> tuple[int, list[str]]:
    """Remove what begins with a prefix, and undo what the journal of a killed run says.

    Returns how many integrations were removed, and one sentence for each thing that is left.
    """
    changes = Changes(name=prefix, journal=journal)
    earlier = journal.read()
    if earlier:
        changes.subscription, changes.before = earlier["subscription"], list(earlier["integrations"])
        changes.new_subscriptions = list(earlier["new_subscriptions"])

    with _undoing(session):
        left = restore_subscription(session, changes)
        left += _remove(session, changes, needs_list=True)

    if not left:
        journal.remove()
    return changes.removed, left


@contextmanager
def _undoing(session: Session) -> Iterator[None]:
    was_undoing, session.undoing = session.undoing, True
    try:
        yield
    finally:
        session.undoing = was_undoing


# The subscription that was changed


def restore_subscription(session: Session, changes: Changes) -> list[str]:
    """Give the changed subscription the integrations that it had; what somebody else added meanwhile stays."""
    if not changes.subscription:
        return []
    try:
        is_restored = _restore(session, changes)
    except NoResponseError:
        is_restored = False
    if not is_restored:
        ids = ", ".join(changes.before)
        return [
            f"Subscription {changes.subscription} was not restored. Run the probe with --clean later, "
            f"or give it exactly these integrations again: {ids}."
        ]

    changes.subscription, changes.before, changes.change_unknown = "", [], False
    if changes.new_subscriptions:
        changes.save()
    else:
        changes.journal.remove()
    return []


def _restore(session: Session, changes: Changes) -> bool:
    own = set(changes.integrations) | changes.deleted | set(_own_integrations(session, changes.name))
    current = _read_integration_ids(session, changes.subscription)
    deadline = time.monotonic() + session.pace.wait
    while changes.change_unknown and current == changes.before and time.monotonic() < deadline:
        # A change whose response was lost may take effect late.
        session.pause(session.pace.interval)
        current = _read_integration_ids(session, changes.subscription)
    wanted = changes.before + [each for each in current if each not in changes.before and each not in own]
    if current == wanted:
        return True

    body = {"integrations": [{"id": each} for each in wanted]}
    session.call("PATCH", "/subscriptions/{id}", id=changes.subscription, body=body)
    return set(_read_integration_ids(session, changes.subscription)) == set(wanted)


def _read_integration_ids(session: Session, subscription: str) -> list[str]:
    response = session.call("GET", "/subscriptions/{id}", id=subscription)
    if response.status != 200 or not isinstance(response.body, dict):
        raise NoResponseError(f"the subscription was not readable (status {response.status})")
    return integration_ids(response.body)


def integration_ids(subscription: Object) -> list[str]:
    """The IDs of the integrations that a subscription goes to."""
    references = subscription.get("integrations")
    return [each["id"] for each in references if isinstance(each, dict) and "id" in each] if isinstance(references, list) else []


# What was created


def _own_integrations(session: Session, prefix: str) -> dict[str, str]:
    """ID and name of the integrations whose name begins with the prefix."""
    return {
        each["id"]: str(each["display_name"])
        for each in session.list_all("/integrations", PAGE)
        if str(each.get("display_name", "")).startswith(prefix) and kind_of(each) in WRITABLE_KINDS
    }


def kind_of(integration: Object) -> str:
    """The kind of an integration's target, empty where it has none."""
    target = integration.get("target")
    return str(target.get("kind", "")) if isinstance(target, dict) else ""


def _remove(session: Session, changes: Changes, needs_list: bool = False) -> list[str]:
    """Delete created subscriptions and integrations: known ones, and those that a lost response hid.

    Without the lists, a run knows what it created, unless it never learned the outcome of a creation.
    """
    left: list[str] = []
    try:
        _find_integrations(session, changes)
        _find_subscriptions(session, changes)
    except NoResponseError as error:
        if needs_list or changes.integration_unknown or changes.subscription_unknown:
            left.append(
                f"Not everything could be listed ({error}), so there may be integrations whose names begin with {changes.name}. "
                "Run the probe with --clean later."
            )

    for subscription in list(changes.new_subscriptions):
        if _delete(session, "/subscriptions", subscription):
            changes.new_subscriptions.remove(subscription)
        else:
            left.append(f"Subscription {subscription} was not deleted. {_by_hand('subscriptions', subscription)}")

    for integration, name in list(changes.integrations.items()):
        if _delete(session, "/integrations", integration):
            del changes.integrations[integration]
            changes.removed += 1
        else:
            left.append(f"Integration {name} ({integration}) was not deleted. {_by_hand('integrations', integration)}")
    return left


def _by_hand(collection: str, object_id: str) -> str:
    return f"Run the probe with --clean later, or send DELETE /notifications/v1/{collection}/{object_id}."


def _find_integrations(session: Session, changes: Changes) -> None:
    """Note the integrations that the list shows; wait for one whose creation has an unknown outcome."""
    deadline = time.monotonic() + session.pace.wait
    while True:
        listed = _own_integrations(session, changes.name)
        new = {key: name for key, name in listed.items() if key not in changes.integrations and key not in changes.deleted}
        if new or not changes.integration_unknown or time.monotonic() > deadline:
            break
        session.pause(session.pace.interval)
    changes.integrations.update(new)


def _find_subscriptions(session: Session, changes: Changes) -> None:
    """Note the subscriptions that go to the probe's integrations only; take its integrations out of all others."""
    deadline = time.monotonic() + session.pace.wait
    own = set(changes.integrations)
    while own:
        using = [each for each in session.list_all("/subscriptions", PAGE) if own.intersection(integration_ids(each))]
        known = [changes.subscription, *changes.new_subscriptions]
        new = [each["id"] for each in using if each["id"] not in known and own.issuperset(integration_ids(each))]
        if new or not changes.subscription_unknown or time.monotonic() > deadline:
            break
        session.pause(session.pace.interval)
    else:
        return

    changes.new_subscriptions += new
    for subscription in using:
        others = [each for each in integration_ids(subscription) if each not in own]
        if others:
            body = {"integrations": [{"id": each} for each in others]}
            session.call("PATCH", "/subscriptions/{id}", id=subscription["id"], body=body)


def _delete(session: Session, collection: str, object_id: str) -> bool:
    """Delete an object; returns whether it does not exist any more."""
    try:
        status: Optional[int] = session.call("DELETE", f"{collection}/{{id}}", id=object_id).status
    except NoResponseError:
        status = None
    if status in (204, 404):
        return True

    # A 403 may mean that an earlier attempt deleted the object, so the list decides.
    deadline = time.monotonic() + (session.pace.wait if status == 403 else 0.0)
    while True:
        try:
            if all(each["id"] != object_id for each in session.list_all(collection, PAGE)):
                return True
        except NoResponseError:
            return False
        if time.monotonic() >= deadline:
            return False
        session.pause(session.pace.interval)
