# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API does with a request that keeps the contract: the engine behind every described resource."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional
from urllib.parse import urlencode

from . import delivery
from .clock import Clock
from .organization import seed
from .resources import RESOURCES, URL_FIELDS, Context, Query, Refusal, Resource, reference
from .settings import Settings
from .store import Object, Store

API = "/notifications/v1/"
#: The parts of an object that a list leaves out.
EVERYTHING = frozenset(("integrations", "recommended_actions"))
TOKEN_PATH = "/sts/v1/oauth2/token"


@dataclass(frozen=True)
class Answer:
    """What a handled request is answered with."""

    status: int
    body: Optional[dict[str, Any]] = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class User:
    """Whom the credentials name."""

    name: str
    may_write: bool


class Service:
    """One organization with its settings."""

    def __init__(self, settings: Settings, clock: Clock, base_url: str, integrations: list[dict[str, Any]]):
        self.settings = settings
        self.clock = clock
        self.base_url = base_url
        self.store = Store(clock)
        self.deliveries: list[delivery.Delivery] = []
        self._context = Context(self.store, settings, clock)
        self._tokens: dict[str, float] = {}
        seed(self.store, base_url, integrations)

    def route(self, type_name: str, integration_names: list[str], state: str) -> Object:
        """Subscribe a type to integrations of these names, past every policy. Raises ValueError for an unknown name."""

        def named(collection: str, name: str) -> Object:
            for each in self.store.objects(collection):
                if each["display_name"] == name:
                    return each
            raise ValueError(f"there is no {name!r} in {collection}")

        content = {
            "notification_type": reference(named("notification-types", type_name)),
            "integrations": [reference(named("integrations", each)) for each in integration_names],
            "current_state": state,
        }
        for each in self.store.objects("subscriptions"):
            if each["notification_type"] == content["notification_type"]:
                return self.store.change("subscriptions", each["id"], content)
        return self.store.add("subscriptions", "Subscription", "s", self.base_url, content, age=86_400.0)

    # Who is asking

    def user(self, scheme: str, credentials: tuple[str, str]) -> Optional[User]:
        """The user behind an API key and secret (Basic) or a token (Bearer), None where there is none."""
        settings = self.settings
        if scheme == "Basic":
            if credentials == (settings.api_key, settings.api_secret):
                return User(settings.api_key, may_write=True)
            if credentials == (settings.reader_key, settings.reader_secret):
                return User(settings.reader_key, may_write=False)
        if scheme == "Bearer" and self._tokens.get(credentials[0], 0.0) > self.clock.monotonic():
            return User("identity-pool", may_write=True)
        return None

    def exchange(self, form: Mapping[str, str]) -> Answer:
        """The token exchange."""
        if form["subject_token"] != self.settings.external_token:
            raise Refusal(400, "invalid_grant", "Bad Request", "The subject_token is not valid.")
        seconds = min(int(form.get("expires_in", 900)), self.settings.token_lifetime)
        token = f"sts-{secrets.token_urlsafe(24)}"
        self._tokens[token] = self.clock.monotonic() + seconds
        issued = {
            "access_token": token,
            "issued_token_type": "urn:ietf:params:oauth:token-type:access_token",
            "token_type": "Bearer",
            "expires_in": seconds,
        }
        return Answer(200, issued)

    def expire_tokens(self) -> None:
        """No token that was given out is good any more."""
        self._tokens.clear()

    # What is asked

    async def handle(self, method: str, path: str, query: Query, body: Any) -> Answer:
        """Carry out a request that was found to keep the contract; raises Refusal."""
        if path == TOKEN_PATH:
            return self.exchange(body)
        name, _slash, rest = path[len(API) :].partition("/")
        collection, _colon, verb = name.partition(":")
        resource = RESOURCES[collection]
        if collection == "user-notifications" and self.settings.early_access == "withheld":
            raise Refusal(403, "user_unauthorized", "Forbidden", "The organization has no access to this preview.")
        if name == "integrations:test":
            return await self._test(body)
        if verb:
            return self._verbs[name](resource, query, body)
        if not rest:
            return self._list(resource, query) if method == "GET" else self._create(resource, body)
        there = self.store.find(collection, rest)
        if there is None:
            raise self._missing(resource, repr(rest))
        if method == "PATCH":
            fields = resource.accept(self._context, there, _writable(resource, body))
            return Answer(200, self._written(resource, self.store.change(collection, rest, fields)))
        if method == "DELETE":
            resource.release(self._context, there)
            self.store.remove(collection, rest)
            return Answer(204)
        return Answer(200, resource.show(self._context, there, EVERYTHING))

    def _missing(self, resource: Resource, named: str) -> Refusal:
        status = int(self.settings.missing)
        code = "resource_not_found" if status == 404 else "user_unauthorized"
        title = "Not Found" if status == 404 else "Forbidden"
        return Refusal(status, code, title, f"There is no {resource.kind} {named}, or you may not see it.")

    def _create(self, resource: Resource, body: Object) -> Answer:
        fields = resource.accept(self._context, None, _writable(resource, body))
        whole = self.store.add(resource.collection, resource.kind, resource.prefix, self.base_url, fields)
        return Answer(201, self._written(resource, whole), {"Location": whole["metadata"]["self"]})

    def _written(self, resource: Resource, whole: Object) -> Object:
        """The answer to a write: the whole object, or only what the contract requires of it."""
        shown = resource.show(self._context, whole, EVERYTHING)
        if self.settings.write_answers == "full":
            return shown
        return {name: value for name, value in shown.items() if name not in ("description", "current_state", "api_version", "kind")}

    def _list(self, resource: Resource, query: Query, verb: str = "") -> Answer:
        first = {name: values[0] for name, values in query.items()}
        size = int(first.get("page_size", 100))
        hidden_for = self.settings.list_delay_ms / 1000 if self.settings.new_objects == "delayed" else 0.0
        lingers_for = self.settings.list_delay_ms / 1000 if self.settings.deletion == "lingering" else 0.0
        newest_first = False
        if resource.collection == "user-notifications":
            newest_first = first.get("sort", "-received_at") == "-received_at"
            if not newest_first and first["sort"] != "received_at":
                raise Refusal(400, "invalid_sort", "Bad Request", "sort is received_at or -received_at.", parameter="sort")
        wanted = resource.select(self._context, query)
        try:
            page = self.store.page(resource.collection, size, first.get("page_token"), hidden_for, lingers_for, wanted, newest_first)
        except ValueError as error:
            raise Refusal(400, "invalid_page_token", "Bad Request", str(error), parameter="page_token") from error
        here = f"{self.base_url}{API}{resource.collection}{verb}?"
        asked = {name: values for name, values in query.items() if name not in ("page_size", "page_token")}
        asked["page_size"] = [str(size)]
        metadata: dict[str, Any] = {"first": here + urlencode(asked, doseq=True), "total_size": page.total}
        if page.next_token:
            metadata["next"] = here + urlencode({**asked, "page_token": page.next_token}, doseq=True)
        parts = frozenset(part for values in query.get("include", []) for part in values.split(","))
        listed = {
            "api_version": "notifications/v1",
            "kind": f"{resource.kind}List",
            "metadata": metadata,
            "data": [resource.show(self._context, each, parts) for each in page.objects],
        }
        return Answer(200, listed)

    # Verbs

    @property
    def _verbs(self) -> dict[str, Callable[[Resource, Query, Any], Answer]]:
        return {
            "resource-preferences:lookup": self._look_up_one,
            "resource-subscriptions:lookup": self._look_up_list,
            "user-notifications:mark-all": self._mark_all,
            "user-notifications:summary": self._summarize,
        }

    def _selected(self, resource: Resource, query: Query) -> list[Object]:
        return list(filter(resource.select(self._context, query), self.store.objects(resource.collection)))

    def _look_up_one(self, resource: Resource, query: Query, _body: Any) -> Answer:
        for each in self._selected(resource, query):
            return Answer(200, resource.show(self._context, each, EVERYTHING))
        raise self._missing(resource, f"of {query['resource'][0]!r}")

    def _look_up_list(self, resource: Resource, query: Query, _body: Any) -> Answer:
        if self.settings.empty_lookup == "missing" and not self._selected(resource, query):
            raise self._missing(resource, f"of {query['resource'][0]!r}")
        return self._list(resource, query, ":lookup")

    def _mark_all(self, resource: Resource, query: Query, body: Any) -> Answer:
        for each in self._selected(resource, query):
            if each["read"] is not body["read"]:
                self.store.change(resource.collection, each["id"], resource.accept(self._context, each, _writable(resource, body)))
        return Answer(204)

    def _summarize(self, resource: Resource, _query: Query, _body: Any) -> Answer:
        unread = Counter(each["severity"] for each in self.store.objects(resource.collection) if not each["read"])
        severities = [{"severity": severity, "count": count} for severity, count in sorted(unread.items())]
        return Answer(200, {"unread_count": unread.total(), "severities": severities})

    async def _test(self, body: Object) -> Answer:
        if body["target"]["kind"] not in URL_FIELDS:
            raise Refusal(400, "invalid_target", "Bad Request", "Only Slack, MsTeams and Webhook can be tested.")
        done = await delivery.deliver(body, self.clock.timestamp())
        self.deliveries.append(done)
        if not done.accepted and self.settings.dead_url == "400":
            raise Refusal(400, "delivery_failed", "Bad Request", "The target did not accept the test notification.")
        return Answer(204)


def _writable(resource: Resource, body: Object) -> Object:
    """What of a body may be written; unknown and read-only fields are ignored, as the API guide says."""
    return {name: body[name] for name in resource.writable if name in body}
