# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One organization: what the API answers to a request that is valid, authenticated and within the limits."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, Callable, Mapping, Optional
from urllib.parse import urlencode

from . import delivery
from .clock import Clock
from .contract import Contract
from .organization import INITIAL_AGE, seed
from .resources import (
    OPTIONAL_PARTS,
    QUOTA,
    RESOURCES,
    URL_FIELDS,
    ApiError,
    Context,
    Query,
    Resource,
    reference,
    writable_integrations,
)
from .settings import Settings
from .store import Object, Store, Visibility

API = "/notifications/v1/"
TOKEN_PATH = "/sts/v1/oauth2/token"
QUOTAS_PATH = "/service-quota/v1/applied-quotas"
#: The members of a token exchange that have one valid value.
TOKEN_TYPES = {
    "grant_type": "urn:ietf:params:oauth:grant-type:token-exchange",
    "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
    "requested_token_type": "urn:ietf:params:oauth:token-type:access_token",
}
MAX_PAGE_SIZE = 250
#: Members of a read response that a lean one omits.
REDUNDANT_MEMBERS = ("api_version", "kind", "metadata")


@dataclass(frozen=True)
class Response:
    """The answer to a request."""

    status: int
    body: Optional[dict[str, Any]] = None
    headers: dict[str, str] = field(default_factory=dict)
    #: False for a response that plays a service which does not keep the contract.
    keeps_contract: bool = True


@dataclass(frozen=True)
class User:
    """The user whom the credentials belong to."""

    name: str
    may_write: bool


class Service:
    """One organization with its settings."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        contract: Contract,
        base_url: str,
        integrations: list[dict[str, Any]],
    ):
        self.settings = settings
        self.clock = clock
        self.base_url = base_url
        self.store = Store(clock, settings.organization_id)
        self.deliveries: list[delivery.Delivery] = []
        self._contract = contract
        self._context = Context(self.store, settings, clock)
        self._tokens: dict[str, float] = {}
        seed(self.store, base_url, integrations)

    def route(self, type_name: str, integration_names: list[str], state: str) -> Object:
        """Subscribe a type to the integrations with these names, regardless of all policies.

        Raises ValueError for an unknown name.
        """
        content = {
            "notification_type": reference(self._named("notification-types", type_name)),
            "integrations": [reference(self._named("integrations", name)) for name in integration_names],
            "current_state": state,
        }
        for subscription in self.store.objects("subscriptions"):
            if subscription["notification_type"] == content["notification_type"]:
                return self.store.change("subscriptions", subscription["id"], content)

        return self.store.add("subscriptions", "Subscription", "s", self.base_url, content, age=INITIAL_AGE)

    def _named(self, collection: str, name: str) -> Object:
        for obj in self.store.objects(collection):
            if obj["display_name"] == name:
                return obj
        raise ValueError(f"{name!r} does not exist in {collection}")

    # Authentication

    def user(self, scheme: str, credentials: tuple[str, str]) -> Optional[User]:
        """The user of an API key and secret (Basic) or of a token (Bearer), None for invalid credentials."""
        settings = self.settings
        if scheme == "Basic":
            if credentials == (settings.api_key, settings.api_secret):
                return User(settings.api_key, may_write=True)
            if credentials == (settings.reader_key, settings.reader_secret):
                return User(settings.reader_key, may_write=False)

        if scheme == "Bearer" and self._tokens.get(credentials[0], 0.0) > self.clock.monotonic():
            return User("identity-pool", may_write=True)
        return None

    def exchange(self, form: Mapping[str, str]) -> Response:
        """Exchange an identity provider's token for an access token."""
        for name, valid in TOKEN_TYPES.items():
            if form[name] != valid:
                raise ApiError(400, "invalid_request", "Bad Request", f"The {name} must be {valid}.")
        if form["subject_token"] != self.settings.external_token:
            raise ApiError(400, "invalid_grant", "Bad Request", "The subject_token is not valid.")
        seconds = min(int(form.get("expires_in", 900)), self.settings.token_lifetime)
        if seconds < 1:
            raise ApiError(400, "invalid_request", "Bad Request", "The expires_in must be at least 1.")

        token = f"sts-{secrets.token_urlsafe(24)}"
        self._tokens[token] = self.clock.monotonic() + seconds
        body = {
            "access_token": token,
            "issued_token_type": TOKEN_TYPES["requested_token_type"],
            "token_type": "Bearer",
            "expires_in": seconds,
        }
        return Response(200, body)

    def expire_tokens(self) -> None:
        """Make all issued tokens invalid."""
        self._tokens.clear()

    # Requests

    async def handle(self, method: str, path: str, query: Query, body: Any) -> Response:
        """Carry out a valid request; raises ApiError. ``body`` is None if the request has none."""
        if path == TOKEN_PATH:
            return self.exchange(_required_body(body))
        if path == QUOTAS_PATH:
            return self._applied_quotas(query)

        name, _slash, object_id = path[len(API) :].partition("/")
        collection, _colon, action = name.partition(":")
        resource = RESOURCES[collection]

        if collection == "user-notifications" and self.settings.early_access == "withheld":
            detail = "The organization has no access to this preview."
            raise ApiError(403, "user_unauthorized", "Forbidden", detail)

        if name == "integrations:test":
            return await self._test(_required_body(body))
        is_saved = collection == "integrations" and method in ("POST", "PATCH") and "target" in (body or {})
        if is_saved and self.settings.url_verification == "refused":
            await self._verify_url(body)
        if action:
            return self._actions[name](resource, query, body)
        if not object_id:
            if method == "POST":
                return self._create(path, resource, _required_body(body))
            return self._list(path, resource, query)
        if method == "GET":
            return self._read(path, resource, object_id)

        current = self.store.find(collection, object_id)
        if current is None:
            raise self._missing(resource, repr(object_id))
        if method == "PATCH":
            return self._update(path, resource, current, body or {})
        return self._delete(resource, current)

    def _applied_quotas(self, query: Query) -> Response:
        """The one quota that this emulator has."""
        policy = self.settings.applied_quotas
        if policy == "403":
            raise ApiError(403, "user_unauthorized", "Forbidden", "The user may not read quotas.")
        limit = self.settings.quota
        quota: Object = {
            "id": QUOTA,
            "metadata": {"self": f"{self.base_url}{QUOTAS_PATH}/{QUOTA}"},
            "scope": "ORGANIZATION",
            "display_name": "Integrations per organization",
            "default_limit": limit,
            "applied_limit": limit,
        }
        if policy == "usage":
            quota["usage"] = writable_integrations(self._context)
        is_selected = query["scope"] == ["ORGANIZATION"] and query.get("id", [QUOTA]) == [QUOTA]
        quotas = [quota] if is_selected else []
        body = {"api_version": "service-quota/v1", "kind": "AppliedQuotaList", "metadata": {}, "data": quotas}
        return Response(200, body)

    def _create(self, path: str, resource: Resource, body: Object) -> Response:
        fields = resource.prepare(self._context, None, _writable(resource, body))
        obj = self.store.add(resource.collection, resource.kind, resource.prefix, self.base_url, fields)
        headers = {"Location": obj["metadata"]["self"]}
        return Response(201, self._write_view("POST", path, 201, resource, obj), headers)

    def _read(self, path: str, resource: Resource, object_id: str) -> Response:
        obj = self.store.find(resource.collection, object_id)
        if obj is None and self.settings.deletion == "marked":
            obj = self.store.find_deleted(resource.collection, object_id, self._visibility())
        if obj is None:
            raise self._missing(resource, repr(object_id))
        return Response(200, self._read_view(path, resource, obj))

    def _update(self, path: str, resource: Resource, current: Object, body: Object) -> Response:
        fields = resource.prepare(self._context, current, _writable(resource, body))
        obj = self.store.change(resource.collection, current["id"], fields)
        return Response(200, self._write_view("PATCH", path, 200, resource, obj))

    def _delete(self, resource: Resource, current: Object) -> Response:
        resource.before_delete(self._context, current)
        self.store.remove(resource.collection, current["id"])
        return Response(204)

    def _missing(self, resource: Resource, name: str, policy: str = "missing") -> ApiError:
        """The error for an object that does not exist."""
        status = int(self.settings.missing if policy == "missing" else policy)
        detail = f"The {resource.kind} {name} does not exist, or you may not see it."
        if status == 404:
            return ApiError(404, "resource_not_found", "Not Found", detail)
        return ApiError(403, "user_unauthorized", "Forbidden", detail)

    # Members of responses

    def _write_view(self, method: str, path: str, status: int, resource: Resource, obj: Object) -> Object:
        """The object in the response to a write."""
        view = resource.view(self._context, obj, OPTIONAL_PARTS)
        if self.settings.write_answers == "full":
            return view

        members = set(self._contract.required_members(method, path, status))
        if self.settings.write_answers == "lean":
            members.add("id")
        return {name: value for name, value in view.items() if name in members}

    def _read_view(self, path: str, resource: Resource, obj: Object) -> Object:
        """The object in the response to the read of one."""
        view = resource.view(self._context, obj, OPTIONAL_PARTS)
        if self.settings.read_answers == "full":
            return view
        return _lean(view, self._contract.required_members("GET", path, 200))

    def _item_view(self, path: str, resource: Resource, obj: Object, parts: frozenset[str]) -> Object:
        """The object in a list."""
        view = resource.view(self._context, obj, parts)
        if self.settings.read_answers == "full":
            return view

        members = ("self", "deleted_at")
        metadata = {name: view["metadata"][name] for name in members if name in view["metadata"]}
        return _lean({**view, "metadata": metadata}, self._contract.required_item_members(path))

    # Lists

    def _visibility(self) -> Visibility:
        settings = self.settings
        delay = settings.list_delay_ms / 1000
        return Visibility(
            hidden_for=delay if settings.new_objects == "delayed" else 0.0,
            lingers_for=0.0 if settings.deletion == "at-once" else delay,
            marks_deleted=settings.deletion == "marked",
        )

    def _list(self, path: str, resource: Resource, query: Query) -> Response:
        size = int(query.get("page_size", ["100"])[0])
        if not 1 <= size <= MAX_PAGE_SIZE:
            detail = f"The page_size must be 1 to {MAX_PAGE_SIZE}."
            raise ApiError(400, "invalid_page_size", "Bad Request", detail, parameter="page_size")

        try:
            page = self.store.page(
                resource.collection,
                size,
                query.get("page_token", [None])[0],
                selects=resource.select(self._context, query),
                visibility=self._visibility(),
                sort_key=resource.sort_key(query),
            )
        except ValueError as error:
            raise ApiError(
                400, "invalid_page_token", "Bad Request", str(error), parameter="page_token"
            ) from error

        parts = frozenset(part for values in query.get("include", []) for part in values.split(","))
        body = {
            "api_version": "notifications/v1",
            "kind": f"{resource.kind}List",
            "metadata": self._list_metadata(path, query, size, page.next_token, page.total),
            "data": [self._item_view(path, resource, obj, parts) for obj in page.objects],
        }
        return Response(200, body)

    def _list_metadata(
        self, path: str, query: Query, size: int, next_token: Optional[str], total: int
    ) -> Object:
        url = f"{self.base_url}{path}?"
        parameters = {
            name: values for name, values in query.items() if name not in ("page_size", "page_token")
        }
        parameters["page_size"] = [str(size)]

        metadata: Object = {}
        if self.settings.read_answers == "full":
            metadata = {"first": url + urlencode(parameters, doseq=True), "total_size": total}
        if next_token and self.settings.next_links == "token":
            metadata["next"] = url + urlencode({"page_token": next_token})
        elif next_token:
            metadata["next"] = url + urlencode({**parameters, "page_token": next_token}, doseq=True)
        return metadata

    # Actions

    @property
    def _actions(self) -> dict[str, Callable[[Resource, Query, Any], Response]]:
        return {
            "resource-preferences:lookup": self._look_up_preference,
            "resource-subscriptions:lookup": self._look_up_subscriptions,
            "user-notifications:mark-all": self._mark_all,
            "user-notifications:summary": self._summarize,
        }

    def _selected(self, resource: Resource, query: Query) -> list[Object]:
        is_selected = resource.select(self._context, query)
        return [obj for obj in self.store.objects(resource.collection) if is_selected(obj)]

    def _look_up_preference(self, resource: Resource, query: Query, _body: Any) -> Response:
        for preference in self._selected(resource, query):
            return Response(200, self._read_view(f"{API}resource-preferences:lookup", resource, preference))

        policy = self.settings.empty_preference_lookup
        if policy == "empty":
            return Response(200, {}, keeps_contract=False)
        raise self._missing(resource, f"of {query['resource'][0]!r}", policy)

    def _look_up_subscriptions(self, resource: Resource, query: Query, _body: Any) -> Response:
        policy = self.settings.empty_lookup
        if policy != "empty" and not self._selected(resource, query):
            raise self._missing(resource, f"of {query['resource'][0]!r}", policy)
        return self._list(f"{API}resource-subscriptions:lookup", resource, query)

    def _mark_all(self, resource: Resource, query: Query, body: Any) -> Response:
        body = _required_body(body)
        for notification in self._selected(resource, query):
            if notification["read"] is not body["read"]:
                fields = resource.prepare(self._context, notification, _writable(resource, body))
                self.store.change(resource.collection, notification["id"], fields)
        return Response(204)

    def _summarize(self, resource: Resource, _query: Query, _body: Any) -> Response:
        notifications = self.store.objects(resource.collection)
        counts = Counter(obj["severity"] for obj in notifications if not obj["read"])
        body = {
            "api_version": "notifications/v1",
            "kind": "Summary",
            "unread_count": counts.total(),
            "severities": [{"severity": name, "count": count} for name, count in sorted(counts.items())],
        }
        return Response(200, body)

    async def _verify_url(self, body: Object) -> None:
        result = await delivery.deliver({"display_name": "", **body}, self.clock.timestamp())
        self.deliveries.append(result)
        if not result.is_accepted:
            detail = "The webhook URL did not accept a test notification."
            raise ApiError(400, "invalid_target", "Bad Request", detail, pointer="/target")

    async def _test(self, body: Object) -> Response:
        if body["target"]["kind"] not in URL_FIELDS:
            detail = "Only integrations of kind Slack, MsTeams and Webhook can be tested."
            raise ApiError(400, "invalid_target", "Bad Request", detail)

        result = await delivery.deliver(body, self.clock.timestamp())
        self.deliveries.append(result)
        if not result.is_accepted and self.settings.dead_url == "400":
            detail = "The target did not accept the test notification."
            raise ApiError(400, "delivery_failed", "Bad Request", detail)
        return Response(204)


def _required_body(body: Any) -> Any:
    if body is None:
        raise ApiError(400, "invalid_request", "Bad Request", "The request has no body.")
    return body


def _writable(resource: Resource, body: Object) -> Object:
    """The writable members of a body. Unknown and read-only ones are ignored, as the API guide says."""
    return {name: body[name] for name in resource.writable if name in body}


def _lean(obj: Object, required: frozenset[str]) -> Object:
    """An object without the optional members that are redundant or empty."""
    lean = {}
    for name, value in obj.items():
        if name in required or (name not in REDUNDANT_MEMBERS and value not in (None, "")):
            lean[name] = value
    return lean
