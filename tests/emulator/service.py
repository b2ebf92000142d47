# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API does with a request that keeps the contract: the engine behind every described resource."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Mapping, Optional
from urllib.parse import urlencode

from . import delivery
from .clock import Clock
from .organization import seed
from .resources import RESOURCES, URL_FIELDS, Context, Refusal, Resource
from .settings import Settings
from .store import Object, Store

API = "/notifications/v1/"
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
        self._context = Context(self.store, settings)
        self._tokens: dict[str, float] = {}
        seed(self.store, base_url, integrations)

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

    # What is asked

    async def handle(self, method: str, path: str, query: Mapping[str, str], body: Any) -> Answer:
        """Carry out a request that was found to keep the contract; raises Refusal."""
        if path == TOKEN_PATH:
            return self.exchange(body)
        name, _slash, rest = path[len(API) :].partition("/")
        collection, _colon, verb = name.partition(":")
        resource = RESOURCES.get(collection)
        if resource is None:
            raise Refusal(501, "not_emulated", "Not Emulated", f"The emulator does not serve {collection} yet.")
        if verb == "test":
            return await self._test(body)
        if not rest:
            return self._list(resource, query) if method == "GET" else self._create(resource, body)
        there = self.store.find(collection, rest)
        if there is None:
            status = int(self.settings.missing)
            code = "resource_not_found" if status == 404 else "user_unauthorized"
            title = "Not Found" if status == 404 else "Forbidden"
            raise Refusal(status, code, title, f"There is no {resource.kind} {rest!r}, or you may not see it.")
        if method == "PATCH":
            fields = resource.accept(self._context, there, _writable(resource, body))
            there = self.store.change(collection, rest, fields)
        elif method == "DELETE":
            resource.release(self._context, there)
            self.store.remove(collection, rest)
            return Answer(204)
        return Answer(200, resource.show(self._context, there))

    def _create(self, resource: Resource, body: Object) -> Answer:
        fields = resource.accept(self._context, None, _writable(resource, body))
        whole = self.store.add(resource.collection, resource.kind, resource.prefix, self.base_url, fields)
        return Answer(201, resource.show(self._context, whole), {"Location": whole["metadata"]["self"]})

    def _list(self, resource: Resource, query: Mapping[str, str]) -> Answer:
        size = int(query.get("page_size", 100))
        hidden_for = self.settings.list_delay_ms / 1000 if self.settings.new_objects == "delayed" else 0.0
        try:
            page = self.store.page(resource.collection, size, query.get("page_token"), hidden_for, lambda _each: True)
        except ValueError as error:
            raise Refusal(400, "invalid_page_token", "Bad Request", str(error), parameter="page_token") from error
        here = f"{self.base_url}{API}{resource.collection}"
        metadata: dict[str, Any] = {"first": f"{here}?{urlencode({'page_size': size})}", "total_size": page.total}
        if page.next_token:
            metadata["next"] = f"{here}?{urlencode({'page_size': size, 'page_token': page.next_token})}"
        listed = {
            "api_version": "notifications/v1",
            "kind": f"{resource.kind}List",
            "metadata": metadata,
            "data": [resource.show(self._context, each) for each in page.objects],
        }
        return Answer(200, listed)

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
