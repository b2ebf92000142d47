# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Integrations: the channels that notifications are sent to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple
from urllib.parse import urlsplit

from .._common import Object, without_match
from .._engine.model import (
    ALWAYS,
    ON_CREATE,
    Comparison,
    DesiredState,
    DiffLine,
    Field,
    NameField,
    Purge,
    Resource,
    TextField,
    format_id,
)
from .._engine.plan import Plan
from .._engine.planner import is_kept
from .._errors import BadRequestError, NotificationsError, RefusedError, operation
from .._redaction import HIDDEN, HIDDEN_CHANGED, is_hidden, name_with_id, quoted, quoted_names, redact_object
from .owners import owner_of, with_mark, without_mark
from .webhook_hosts import RETIRED_HOST, host_rule

#: The kinds that can be created, changed and deleted, with the member that holds their URL.
URL_FIELDS = {"Slack": "webhook_url", "MsTeams": "webhook_url", "Webhook": "url"}
READ_ONLY_KINDS = ("RoleEmail", "UserEmail", "InApp")
#: All published kinds. There may be more.
KINDS = (*URL_FIELDS, *READ_ONLY_KINDS)

#: Source: ``Integration.description`` of the contract.
DESCRIPTION_LENGTH = 128

#: Members of read-only targets that are never redacted; a user's ``related`` is a link to the API.
_PUBLIC_MEMBERS = {"kind", "role_name"}
_PUBLIC_USER_MEMBERS = {"id", "related", "resource_name"}

#: Half of a surrogate pair: not a character.
_SURROGATE = re.compile("[\\ud800-\\udfff]")

_MANAGEABLE = "Only integrations of kind Slack, MsTeams and Webhook can be {}."


class TargetField(Field):
    """Where an integration sends to: its kind and its URL, which the service may mask."""

    def compare(self, desired: Any, current: Any, write_secrets: str) -> Comparison:
        url_name = "target.webhook_url"
        if not isinstance(current, dict) or desired["kind"] != current.get("kind"):
            return Comparison(differs=("target.kind", url_name))
        desired_url = webhook_url(desired)
        if desired_url is None or write_secrets == ON_CREATE:
            return Comparison()
        if write_secrets == ALWAYS:
            return Comparison(differs=(url_name,))
        current_url = webhook_url(current)
        if current_url is None:
            return Comparison(masked=(url_name,))
        return Comparison() if is_same_url(desired_url, current_url) else Comparison(differs=(url_name,))

    def serialize(self, desired: Any) -> Any:
        """A target is sent whole: its kind and its URL."""
        url = webhook_url(desired)
        if url is None:
            raise RefusedError(
                "a target can only be sent with its URL, which is not set",
                type="masked_url",
                next_step="Set `target.webhook_url`.",
            )
        return {"kind": desired["kind"], URL_FIELDS[desired["kind"]]: url}


#: It is not known whether the service verifies a URL with a test notification, as the console does.
_URL_REJECTED = (
    "Correct the option that the service names. If the service tests a URL before it saves it, it could not "
    "reach this one: check that the URL accepts a test notification (integration_test with `target`)."
)


class Integrations(Resource):
    """The integrations of an organization."""

    noun = "integration"
    path = "/notifications/v1/integrations"
    api_kind = "Integration"
    fields = (
        NameField("display_name", max_length=64),
        TextField("description", max_length=DESCRIPTION_LENGTH),
        TargetField("target", required_hint="Set `target.kind` and `target.webhook_url`."),
    )
    name_field = "display_name"
    is_referenced = True
    list_hint = "Names are case-sensitive; integration_info lists the integrations."
    mask_hint = "Set `update_webhook_url: always` to write it on every run."

    def note(self, obj: Mapping[str, Any]) -> str:
        return f" ({target_kind(obj) or 'unknown kind'})"

    def secrets(self, obj: Mapping[str, Any]) -> Iterable[str]:
        url = webhook_url(obj.get("target"))
        return () if url is None else (url,)

    def validate_change(self, before: Optional[Object], after: Optional[Object]) -> Optional[RefusedError]:
        if before is None or is_manageable(before):
            return None
        change = "deleted" if after is None else "changed"
        kind = target_kind(before) or "unknown"
        detail = f"{before['id']} is of kind {kind}, which cannot be {change} through this API"
        return RefusedError(detail, type="read_only_kind", next_step=_MANAGEABLE.format("managed"))

    def rejection_hint(
        self, error: NotificationsError, before: Object, body: Mapping[str, Any], changes: Sequence[str]
    ) -> Optional[str]:
        if not body:
            return (
                "If single resources have subscriptions that use it, "
                "remove it from them first (resource_subscription)."
            )
        if not before or "target.kind" not in changes:
            is_about_url = isinstance(error, BadRequestError) and "target" in body
            return _URL_REJECTED if is_about_url else None
        return (
            f"If the service does not let {target_kind(before)} become {target_kind(body)}, create an "
            "integration with another name, and delete this one with `state: absent`."
        )

    def to_output(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> Object:
        if "target" not in obj:
            return dict(obj)
        target = obj["target"]
        mark = HIDDEN_CHANGED if "target.webhook_url" in changes else HIDDEN
        shown = redact_object(target, mark)
        if isinstance(target, dict) and target_kind(obj) not in KINDS:
            # A kind that is not known may hold a secret under any name.
            shown = {name: value if name == "kind" else mark for name, value in target.items()}
        if target_kind(obj) in READ_ONLY_KINDS:
            shown.update((name, target[name]) for name in _PUBLIC_MEMBERS & set(target))
            user = target.get("user")
            if isinstance(user, dict):
                shown["user"].update((name, user[name]) for name in _PUBLIC_USER_MEMBERS & set(user))
        return {**obj, "target": _rename_url(shown)}

    def diff_line(self, obj: Mapping[str, Any], changes: Sequence[str] = ()) -> DiffLine:
        target = self.to_output(obj, changes).get("target")
        parts: List[Any] = [target.get("kind"), target.get("webhook_url")] if isinstance(target, dict) else []
        return DiffLine("   ".join(str(part) for part in [*parts, obj.get("description")] if part))

    def canonical(self, obj: Mapping[str, Any]) -> Object:
        return super().canonical({**obj, "target": {"kind": target_kind(obj)}})


INTEGRATIONS = Integrations()
TEST_PATH = INTEGRATIONS.path + ":test"


# Targets


def target_kind(integration: Mapping[str, Any]) -> str:
    """``target.kind``; empty if there is no valid target."""
    target = integration.get("target")
    kind = target.get("kind") if isinstance(target, dict) else None
    return kind if isinstance(kind, str) else ""


def is_manageable(integration: Mapping[str, Any]) -> bool:
    """Whether the API can create, change and delete integrations of this kind."""
    return target_kind(integration) in URL_FIELDS


def webhook_url(target: Any) -> Optional[str]:
    """The URL of a target of a manageable kind; None if it is missing or only a mask."""
    if not isinstance(target, dict):
        return None
    kind = target.get("kind")
    if not isinstance(kind, str) or kind not in URL_FIELDS:
        return None
    value = target.get(URL_FIELDS[kind]) or target.get("webhook_url")
    return value if isinstance(value, str) and not is_hidden(value) else None


def _rename_url(target: Any) -> Any:
    """A target with the option's name for its URL: the API's name for the URL of a Webhook is ``url``."""
    if not isinstance(target, dict) or target.get("kind") != "Webhook":
        return target
    if "url" not in target or "webhook_url" in target:
        return target
    return {("webhook_url" if name == "url" else name): value for name, value in target.items()}


def reveal_webhook_url(integration: Object) -> Object:
    """An integration for results with its URL unmasked, which the user asked for."""
    if "target" not in integration:
        return integration
    return {**integration, "target": _rename_url(integration["target"])}


_DEFAULT_PORTS = {"http": 80, "https": 443}
_PERCENT_ESCAPE = re.compile("%[0-9a-fA-F]{2}")
#: Characters that mean the same whether they are escaped or not. Source: RFC 3986, 2.3.
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def is_same_url(url: str, other: str) -> bool:
    """Whether two URLs are equivalent, so that a service may store one for the other.

    Source: RFC 3986, 6.2.2 and 6.2.3.
    """
    return url == other or bool(_normalize_url(url) == _normalize_url(other))


def _normalize_url(url: str) -> Any:
    """A URL without what no server distinguishes.

    These are the case of scheme, host and percent-escapes, escapes that are not needed, the default port, and
    an empty path.
    """
    try:
        parts = urlsplit(url)
        scheme, host, port = parts.scheme.lower(), parts.hostname or "", parts.port
    except ValueError:
        return url
    user, separator, _host = parts.netloc.rpartition("@")
    other_port = None if port == _DEFAULT_PORTS.get(scheme) else port
    rest = (_normalize_escapes(part) for part in (parts.path or "/", parts.query, parts.fragment))
    return (scheme, user, separator, host, other_port, *rest)


def _normalize_escapes(text: str) -> str:
    def normalize(match: re.Match[str]) -> str:
        character = chr(int(match.group()[1:], 16))
        return character if character in _UNRESERVED else match.group().upper()

    return _PERCENT_ESCAPE.sub(normalize, text)


# Options

#: The values of ``on_kind_change``.
UPDATE_KIND, REFUSE_KIND = "update", "fail"


@dataclass(frozen=True)
class IntegrationLimits:
    """The options that may forbid to change an integration.

    ``keep`` has names, IDs and patterns of integrations that no run changes. With ``owner``, a run changes
    only what carries its mark.
    """

    on_kind_change: str = UPDATE_KIND
    keep: Tuple[str, ...] = ()
    owner: Optional[str] = None


@dataclass(frozen=True)
class IntegrationState(DesiredState):
    """Desired state of an integration. ``takes_over`` lets it change what another owner holds."""

    limits: IntegrationLimits = IntegrationLimits()
    takes_over: bool = False

    def resolve_fields(self, current: Optional[Object]) -> Mapping[str, Any]:
        """The stated members, with the mark of the owner in the description.

        A run without an owner leaves the mark of another one as it is.
        """
        existing = current or {}
        holder = owner_of(existing)
        owner = self.limits.owner or (None if self.takes_over else holder)
        given = self.fields.get("description")
        if given is None and owner == holder:
            return self.fields
        text = str(existing.get("description") or "") if given is None else given
        if owner is not None and owner == holder and _says_the_same(text, existing["description"]):
            return {**self.fields, "description": existing["description"]}
        if owner is not None:
            return {**self.fields, "description": with_mark(text, owner, DESCRIPTION_LENGTH)}
        if self.takes_over and current is not None:
            return {**self.fields, "description": without_mark(text)}
        return self.fields

    def validate_change(self, before: Object, changes: Sequence[str]) -> None:
        self._refuse_other_owner(before)
        if "target.kind" in changes and self.limits.on_kind_change == REFUSE_KIND:
            raise RefusedError(
                f"its kind is {target_kind(before)}, and the desired kind is "
                f"{target_kind(self.fields)}, which `on_kind_change: fail` forbids",
                type="kind_change",
                next_step=(
                    "Set `on_kind_change: update`, or create an integration with another name and delete "
                    "this one with `state: absent`."
                ),
            )

        if is_kept(INTEGRATIONS, self.limits.keep, before):
            raise RefusedError(
                f"{name_with_id(INTEGRATIONS.name(before), before['id'])} matches `keep`, but an item would "
                "change it",
                next_step="Remove it from the items, or from `keep`.",
            )

    def _refuse_other_owner(self, before: Object) -> None:
        owner = owner_of(before)
        if self.limits.owner in (None, owner) or self.takes_over:
            return
        held = f"belongs to {owner}" if owner else "belongs to nobody"
        raise RefusedError(
            f"{name_with_id(INTEGRATIONS.name(before), before['id'])} {held}, and `owner` is "
            f"{self.limits.owner}",
            type="other_owner",
            next_step="Choose another name, or set `take_over: true` for this item.",
        )


def _says_the_same(text: str, description: Any) -> bool:
    """Whether a description differs from a text in the mark of its owner alone, which may be written by hand."""
    return without_mark(text).strip() == without_mark(str(description or "")).strip()


def integration_from_options(
    params: Mapping[str, Any], limits: IntegrationLimits = IntegrationLimits()
) -> DesiredState:
    """The desired state of one integration, from the options in INTEGRATION_ITEM. Raises RefusedError."""
    name, object_id = params["display_name"], params["id"]
    subject = quoted(name) if name is not None else format_id(object_id)
    with operation(f"manage the integration {subject}"):
        for option in ("id", "display_name"):
            if params[option] == "":
                raise RefusedError(f"`{option}` is empty", next_step="Set `id` or `display_name`.")

        _refuse_needless_previous_name(params)
        return IntegrationState(
            resource=INTEGRATIONS,
            present=params["state"] == "present",
            id=object_id,
            key=name,
            fields=fields_from_options(params),
            write_secrets=params["update_webhook_url"],
            warnings=_retired_connector_warnings(subject, params["target"] or {}),
            previous_key=params["previous_name"],
            limits=limits,
            takes_over=bool(params.get("take_over")),
        )


def _refuse_needless_previous_name(params: Mapping[str, Any]) -> None:
    previous = params["previous_name"]
    if previous is None:
        return
    if (
        params["state"] == "absent"
        or params["display_name"] is None
        or previous in ("", params["display_name"])
    ):
        raise RefusedError(
            f"`previous_name` is {quoted(previous)}, which no integration can be renamed from here",
            next_step="Set it to the other name of an integration whose new name is in `display_name`.",
        )


def _retired_connector_warnings(subject: str, target: Mapping[str, Any]) -> Tuple[str, ...]:
    """A warning about the URL of a Microsoft Teams connector, which Microsoft has probably retired."""
    rule = host_rule(target.get("kind") or "", target.get("webhook_url") or "")
    if rule is None or rule.code != RETIRED_HOST:
        return ()
    return (
        f"The webhook URL of {subject} is one of a Microsoft 365 connector. Microsoft has retired these, so "
        "notifications may not arrive. Use the URL of a Teams Workflows webhook.",
    )


def fields_from_options(params: Mapping[str, Any]) -> Object:
    """The members that a task states, in the API's form, without those that it omits.

    ``params`` has ``display_name``, ``description`` and ``target`` (``kind``, ``webhook_url``), None if
    omitted. Raises RefusedError for what the contract does not allow.
    """
    fields: Object = {}
    for field in INTEGRATIONS.fields:
        value = params.get(field.name)
        if value is None:
            continue
        if isinstance(field, TextField):
            if field.name != INTEGRATIONS.name_field:
                # A block of YAML ends with a line end, which a service may trim.
                value = value.strip()
            _validate_text(field, value)
        fields[field.name] = value
    if "target" in fields:
        fields["target"] = _target_from_options(fields["target"])
    return fields


def _validate_text(field: TextField, value: str) -> None:
    if _SURROGATE.search(value):
        raise RefusedError(f"`{field.name}` contains an unpaired surrogate, which is not a character")
    if len(value) > field.max_length:
        detail = f"`{field.name}` has {len(value)} characters; the maximum is {field.max_length}"
        raise RefusedError(detail, next_step="Shorten it.")


def _target_from_options(target: Mapping[str, Any]) -> Object:
    kind, given = target["kind"], target.get("webhook_url")
    if given is None or is_hidden(given):
        return {"kind": kind}
    # A file in a vault may end with a line end.
    url = given.strip()
    if not url:
        raise RefusedError(
            "`target.webhook_url` is empty",
            next_step="Check its variable, or omit the option to keep the current URL.",
        )
    if not _is_web_url(url):
        # Even an invalid URL may be a secret, so it is not repeated.
        detail = "`target.webhook_url` is not an http or https URL with a host"
        raise RefusedError(detail, next_step="Set it to the full URL, with its scheme and host.")
    return {"kind": kind, URL_FIELDS[kind]: url}


def _is_web_url(url: str) -> bool:
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError:
        return False
    is_printable = url.isascii() and url.isprintable() and " " not in url
    return parts.scheme.lower() in ("http", "https") and bool(host) and is_printable


def purge_from_options(params: Mapping[str, Any], owner: Optional[str] = None) -> Optional[Purge]:
    """The purge that the options in PURGE ask for, None for none. Raises RefusedError.

    With an owner, only what it owns is deleted.
    """

    def is_spared(integration: Object) -> bool:
        return owner is not None and owner_of(integration) != owner

    with operation("purge integrations"):
        if params["purge_limit"] < 0:
            raise RefusedError(f"`purge_limit` must not be negative, but is {params['purge_limit']}")
        if not params["purge"]:
            return None
        if all(item["state"] == "absent" for item in params["integrations"]):
            raise RefusedError(
                "the list names no integration to keep, so all that `keep` does not match would be deleted",
                next_step="List the integrations to delete with `state: absent`.",
            )
        return Purge(INTEGRATIONS, params["purge_limit"], tuple(params["keep"] or ()), is_spared)


def unmatched_keep(keep: Sequence[str], plan: Plan, integrations: Iterable[Object]) -> Tuple[str, ...]:
    """A warning about what protects no integration from a plan that deletes some; empty if there is none."""
    existing = [text for obj in integrations for text in (INTEGRATIONS.name(obj), obj["id"])]
    unmatched = without_match(keep, existing)
    if not unmatched or not any(step.resource is INTEGRATIONS for step in plan.removals()):
        return ()
    match = "matches" if len(unmatched) == 1 else "match"
    return (
        f"`keep` has {quoted_names(unmatched)}, which {match} no integration, and this run deletes integrations. "
        "Check the spelling.",
    )


# Tests


def target_to_test(obj: Mapping[str, Any]) -> Tuple[str, Object]:
    """The name and the target to test, of an existing integration. Raises RefusedError.

    Source: ``integrations:test`` of the contract takes an integration and not an ID.
    """
    if not is_manageable(obj):
        detail = f"{obj['id']} is of kind {target_kind(obj) or 'unknown'}"
        raise RefusedError(detail, type="read_only_kind", next_step=_MANAGEABLE.format("tested"))
    if webhook_url(obj["target"]) is None:
        detail = f"the service masks the webhook URL of {obj['id']}"
        raise RefusedError(detail, type="masked_url", next_step="Set `target.webhook_url`.")
    return INTEGRATIONS.name(obj), obj["target"]
