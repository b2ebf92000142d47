# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that change the subscription of the notification type that the user names."""

from __future__ import annotations

from .answers import Answer
from .cleanup import PAGE, integration_ids, kind_of
from .experiment import Experiment, NotAskedError, UnclearError, expect

INVALID = (400, 409, 422)


def replaced(experiment: Experiment) -> Answer:
    """Whether a sent list of integrations replaces the one before."""
    first = experiment.first_integration()
    before = [each for each in experiment.subscription_integrations() if each != first]
    others = before or [each for each in [experiment.second_integration()] if each]
    if not others:
        raise NotAskedError("the new subscription has one integration only")
    try:
        experiment.use_first_integration()
        expect(experiment.set_integrations(others), 200, "the change")
        is_replaced = first not in experiment.subscription_integrations()
    finally:
        experiment.restore()
    return Answer("yes") if is_replaced else Answer("no", "integrations are added to those before")


def required_role_email(experiment: Experiment) -> Answer:
    """Whether e-mail can be taken from a REQUIRED type; gives it back at once."""
    if not experiment.is_required():
        raise NotAskedError("the type of --notification-type is not REQUIRED")
    first = experiment.first_integration()
    current = experiment.subscription_integrations()
    emails = set(current) & _role_emails(experiment)
    if not emails:
        raise NotAskedError("the subscription has no RoleEmail integration")

    others = [each for each in current if each not in emails and each != first]
    try:
        response = experiment.set_integrations([first, *others])
        if response.status in INVALID:
            return Answer("kept", f"answered with status {response.status}")
        expect(response, 200, "the change")
        is_kept = bool(emails.intersection(experiment.subscription_integrations()))
        return Answer("kept", "answered with 200") if is_kept else Answer("droppable")
    finally:
        experiment.restore()


def _role_emails(experiment: Experiment) -> set[str]:
    listed = experiment.session.list_all("/integrations", PAGE)
    return {each["id"] for each in listed if kind_of(each) == "RoleEmail"}


def second_subscription(experiment: Experiment) -> Answer:
    """Whether a type can be subscribed to twice; not asked for REQUIRED types."""
    if experiment.is_required():
        raise NotAskedError("a second subscription to a REQUIRED type could not be deleted again")
    first = experiment.first_integration()
    existing = experiment.subscription()
    response, created = experiment.subscribe(first)
    if response.status == 409:
        return Answer("refused", "" if "Location" in response.headers else "409 without Location")
    if response.status != 201:
        raise UnclearError(f"answered with status {response.status}")
    if created == existing:
        experiment.restore()
        return Answer("updated", "the existing subscription was changed instead")
    return Answer("allowed")


def delete_in_use(experiment: Experiment) -> Answer:
    """What becomes of a subscription when one of its integrations is deleted."""
    if experiment.changes.subscription_unknown:
        raise NotAskedError("it is not known which subscriptions exist")
    first = experiment.first_integration()
    try:
        experiment.use_first_integration()
        response = experiment.delete_integration(first)
        if response.status in INVALID:
            return Answer("refused", f"answered with status {response.status}")
        if response.status != 204:
            raise UnclearError(f"answered with status {response.status}")
        is_detached = experiment.wait_until(lambda: first not in _left(experiment)).value
        return Answer("detached" if is_detached else "dangling")
    finally:
        experiment.restore()


def _left(experiment: Experiment) -> list[str]:
    """What the subscription goes to; nothing where the service deleted it too."""
    response = experiment.session.call("GET", "/subscriptions/{id}", id=experiment.subscription())
    if response.status in (403, 404) and experiment.is_own_subscription:
        return []
    return integration_ids(expect(response, 200, "reading the subscription"))
