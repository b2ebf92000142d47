# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What questions share: the throw-away integrations, the subscription that changes, and waiting."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Callable, Optional

from .changes import MAX_INTEGRATIONS, Changes, Object
from .cleanup import PAGE, integration_ids, restore_subscription
from .session import Response, Session, StoppedError, member

DESCRIPTION = "A throw-away integration of the probe"


class NotAskedError(Exception):
    """A question that is not asked, with the reason."""


class UnclearError(Exception):
    """A question that was asked and has no clear answer, with what happened."""


@dataclass(frozen=True)
class Watch:
    """What the last look at something gave, and the seconds until then; 0 if the first look was enough."""

    value: Any
    seconds: float


@dataclass(frozen=True)
class Options:
    """What the user allows."""

    webhook_url: str
    dead_url: str
    notification_type: str = ""
    user_notifications: bool = False


@dataclass
class Experiment:
    """One run: its objects in the organization, made when the first question needs them."""

    session: Session
    options: Options
    changes: Changes
    first_response: Optional[Response] = None
    #: Seconds until a list showed the first integration; 0 for at once.
    listing_delay: float = 0.0
    #: Seconds until a list no longer showed a deleted integration, for each deletion; 0 for at once.
    deletion_delays: list[float] = field(default_factory=list)
    #: Whether a list showed a deleted integration with ``deleted_at``.
    marks_deleted: bool = False
    _first: str = ""
    #: Milliseconds by which lists lag behind.
    list_delay_ms: int = 0
    _types: list[Object] = field(default_factory=list)
    _type: Optional[Object] = None
    #: The subscription of the named type, and whether the run created it.
    _subscription: str = ""

    # Integrations

    def first_integration(self) -> str:
        """The ID of an integration that is created once and used by most questions."""
        if self._first and self._first in self.changes.integrations:
            return self._first
        if self.changes.created:
            raise NotAskedError("its integration does not exist")

        response = self.create_integration(self.target("Webhook"), description=DESCRIPTION)
        self.first_response = response
        if response.status == 403:
            raise NotAskedError("the API key may not create integrations (403)")
        if response.status in (400, 422):
            raise NotAskedError(
                f"the service refused the integration ({response.status}); try a --webhook-url of your own"
            )
        expect(response, 201, "the creation")
        self._first = next(iter(self.changes.integrations))
        return self._first

    def second_integration(self) -> str:
        """The ID of the integration of equal name, empty where there is none."""
        return next((each for each in self.changes.integrations if each != self._first), "")

    def create_integration(
        self, target: Mapping[str, str], suffix: str = "", description: str = ""
    ) -> Response:
        """Try to create an integration; at most three times in a run."""
        if self.changes.created >= MAX_INTEGRATIONS:
            raise NotAskedError(f"{MAX_INTEGRATIONS} integrations were created, and no more are")
        is_first = not self.changes.created
        name = self.changes.name + suffix
        body: dict[str, Any] = {"display_name": name, "target": target}
        if description:
            body["description"] = description

        self.changes.created += 1
        self.changes.unknown_integrations += 1
        response = self.session.call("POST", "/integrations", body=body)
        if response.is_definite and response.status >= 400:
            self.changes.unknown_integrations -= 1
        if response.status == 201:
            self._note_integration(response.object_id, name, is_first)
        return response

    def _note_integration(self, integration: str, name: str, is_first: bool) -> None:
        """Note a created integration. Watch the list for the first one, and for one whose ID is not known."""
        known = set(self.changes.integrations) | self.changes.deleted
        if integration:
            self.changes.integrations[integration] = name
            self.changes.unknown_integrations -= 1
        if integration and not is_first:
            return

        watch = self.wait_until(lambda: self._find_listed(integration, name, known))
        if is_first:
            self.listing_delay = watch.seconds
        if not integration:
            if not watch.value:
                raise UnclearError("the response has no ID, and the integration was never listed")
            self.changes.integrations[watch.value] = name
            self.changes.unknown_integrations -= 1

    def _find_listed(self, integration: str, name: str, known: set[str]) -> str:
        """The ID if an integration with it is listed; without ID, that of a new one with this name."""
        for each in self.session.list_all("/integrations", PAGE):
            is_new = each.get("display_name") == name and each["id"] not in known
            if each["id"] == integration or (not integration and is_new):
                return str(each["id"])
        return ""

    def target(self, kind: str) -> dict[str, str]:
        """A target of a kind, with the URL that the user gave."""
        return {"kind": kind, "url" if kind == "Webhook" else "webhook_url": self.options.webhook_url}

    def read_integration(self, integration: str) -> Object:
        """An integration as a single read shows it."""
        response = self.session.call("GET", "/integrations/{id}", id=integration)
        return expect(response, 200, "reading the integration")

    def listed_integration(self, integration: str) -> Optional[Object]:
        """An integration as the list shows it, None if it does not."""
        for each in self.session.list_all("/integrations", PAGE):
            if each["id"] == integration:
                return each
        return None

    def delete_integration(self, integration: str) -> Response:
        """Try to delete an integration, and watch how long lists show it after that."""
        if not self.wait_until(lambda: self.listed_integration(integration)).value:
            raise UnclearError("the integration was never listed")
        response = self.session.call("DELETE", "/integrations/{id}", id=integration)
        if response.status != 204:
            return response

        self.changes.integrations.pop(integration, None)
        self.changes.deleted.add(integration)
        watch = self.wait_until(lambda: self._is_gone(integration))
        self.deletion_delays.append(watch.seconds)
        return response

    def _is_gone(self, integration: str) -> bool:
        """Whether the list no longer shows a deleted integration; notes whether it has ``deleted_at``."""
        listed = self.listed_integration(integration)
        if listed and member(listed.get("metadata"), "deleted_at"):
            self.marks_deleted = True
        return listed is None

    def wait_until(self, condition: Callable[[], Any]) -> Watch:
        """Look until a condition holds, or the time to wait is over."""
        begin = time.monotonic()
        is_first = True
        while True:
            value = condition()
            seconds = time.monotonic() - begin
            if value or seconds >= self.session.pace.wait:
                return Watch(value, 0.0 if value and is_first else seconds)
            is_first = False
            self.session.pause(self.session.pace.interval)

    # The notification type that the user names, and its subscription

    def types(self) -> list[Object]:
        """All notification types."""
        if not self._types:
            self._types = self.session.list_all("/notification-types", PAGE)
        return self._types

    def notification_type(self) -> Object:
        """The named type. Raises NotAskedError where none was named, or where it cannot be subscribed to."""
        wanted = self.options.notification_type
        if not wanted:
            raise NotAskedError("no --notification-type was given")
        if self._type is None:
            found = [each for each in self.types() if wanted in (each["id"], each.get("display_name"))]
            if len(found) != 1:
                raise NotAskedError(f"--notification-type matches {len(found)} types")
            self._type = found[0]
        if self._type.get("is_included_in_plan") is False:
            raise NotAskedError("the plan does not include the type")
        return self._type

    def is_required(self) -> bool:
        """Whether the named type is REQUIRED. Raises NotAskedError where none was named."""
        return self.notification_type().get("subscription_priority") == "REQUIRED"

    def subscription(self) -> str:
        """The ID of the subscription to change: the type's own, or a new one that goes to the probe only."""
        if self._subscription:
            return self._subscription
        if self.changes.subscription_unknown:
            raise NotAskedError("it is not known which subscriptions exist")
        notification_type = self.notification_type()
        integration = self.first_integration()
        listed = self.session.list_all("/subscriptions", PAGE)
        current = [each for each in listed if _type_id(each) == notification_type["id"]]
        if current:
            self._refuse_dangling(current[0])
            self._subscription = current[0]["id"]
        elif self.is_required():
            raise NotAskedError(
                "the type is REQUIRED and has no subscription; a new one could not be deleted again"
            )
        else:
            response, self._subscription = self.subscribe(integration)
            expect(response, 201, "the creation of a subscription")
        return self._subscription

    def _refuse_dangling(self, subscription: Object) -> None:
        """A subscription that could not be restored exactly is left alone."""
        before = integration_ids(subscription)
        listed = {each["id"] for each in self.session.list_all("/integrations", PAGE)}
        if not before or not listed.issuperset(before):
            raise NotAskedError(
                "the subscription could not be restored: it has no integration, or one that does not exist"
            )

    @property
    def is_own_subscription(self) -> bool:
        """Whether the run created the subscription."""
        return self._subscription in self.changes.new_subscriptions

    def _note_subscription(self) -> None:
        """Note what a subscription of the user goes to, before it changes."""
        if self._subscription and not self.is_own_subscription and not self.changes.subscription:
            try:
                self.changes.change_subscription(self._subscription, self.subscription_integrations())
            except OSError as error:
                self.changes.subscription = ""
                raise NotAskedError(
                    f"what has to be undone cannot be written to a file: {error.strerror}"
                ) from error

    def subscribe(self, integration: str) -> tuple[Response, str]:
        """Try to create a subscription to the named type; returns the response and the ID of what it made."""
        if self.changes.subscription_unknown:
            raise NotAskedError("it is not known which subscriptions exist")
        known = {each["id"] for each in self.session.list_all("/subscriptions", PAGE)}
        # A service may change the subscription that exists instead of creating another one.
        self._note_subscription()
        self.changes.subscription_unknown = True
        body = {
            "notification_type": {"id": self.notification_type()["id"]},
            "integrations": [{"id": integration}],
        }
        response = self.session.call("POST", "/subscriptions", body=body)
        if response.is_definite:
            self.changes.subscription_unknown = response.status < 400
        if response.status != 201:
            return response, ""

        subscription = response.object_id
        if not subscription:
            subscription = self.wait_until(lambda: self._new_subscription(integration, known)).value
        if not subscription:
            raise UnclearError("the response has no ID, and the subscription was never listed")
        if subscription not in known:
            self.changes.add_subscription(subscription)
        self.changes.subscription_unknown = False
        return response, subscription

    def _new_subscription(self, integration: str, known: set[str]) -> str:
        """The ID of a listed subscription that is new and goes to an integration only, empty if none is."""
        for each in self.session.list_all("/subscriptions", PAGE):
            if each["id"] not in known and integration_ids(each) == [integration]:
                return str(each["id"])
        return ""

    def set_integrations(self, integrations: list[str]) -> Response:
        """Try to change what the subscription goes to."""
        subscription = self.subscription()
        self._note_subscription()
        body = {"integrations": [{"id": each} for each in integrations]}
        self.changes.change_unknown = True
        response = self.session.call("PATCH", "/subscriptions/{id}", id=subscription, body=body)
        self.changes.change_unknown = not response.is_definite
        return response

    def subscription_integrations(self) -> list[str]:
        """The IDs of the integrations that the subscription goes to."""
        response = self.session.call("GET", "/subscriptions/{id}", id=self.subscription())
        return integration_ids(expect(response, 200, "reading the subscription"))

    def use_first_integration(self) -> None:
        """Add the first integration to the subscription."""
        integration = self.first_integration()
        current = self.subscription_integrations()
        if integration not in current:
            response = self.set_integrations([*current, integration])
            expect(response, 200, "adding an integration to the subscription")
            if integration not in self.subscription_integrations():
                raise UnclearError("the integration was not added to the subscription")

    def restore(self) -> None:
        """Give the subscription its integrations back. If that fails, stop and undo everything at once."""
        if restore_subscription(self.session, self.changes):
            raise StoppedError("The subscription was not restored.")

    def release(self) -> None:
        """Make sure that no subscription uses the integrations."""
        self.restore()
        for subscription in list(self.changes.new_subscriptions):
            if self.session.call("DELETE", "/subscriptions/{id}", id=subscription).status == 204:
                self.changes.new_subscriptions.remove(subscription)


def _type_id(subscription: Object) -> object:
    return member(subscription.get("notification_type"), "id")


def expect(response: Response, status: int, attempt: str) -> Object:
    """The body of a response of the expected status. Raises UnclearError for any other."""
    if response.status != status or not isinstance(response.body, dict):
        raise UnclearError(f"{attempt} was answered with status {response.status}")
    return response.body
