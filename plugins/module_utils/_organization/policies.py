# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies: what notification types must be routed to, and what they must not be routed to."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Iterable, List, Mapping, Optional, Sequence, Tuple

from .._common import Object, matches_any
from .._errors import RefusedError, operation
from .._redaction import quoted
from .._resources.catalog import Catalog
from .._resources.integrations import KINDS, URL_FIELDS, target_kind
from .._resources.notification_types import (
    TypesByResource,
    refuse_unmatched_values,
    select_included_types,
    select_types,
)
from .routing import Recipient, Routing


@dataclass(frozen=True)
class Policy:
    """What notification types must be routed to, and what they must not be routed to.

    Empty members demand nothing. ``select`` selects the types, as in a rule.
    """

    name: str
    select: Mapping[str, Any] = field(default_factory=dict)
    any_of: Tuple[str, ...] = ()
    kinds: Tuple[str, ...] = ()
    at_least: int = 0
    not_only: Tuple[str, ...] = ()
    forbidden: Tuple[str, ...] = ()

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> Policy:
        """A policy from the options in POLICY. Raises RefusedError for one that demands nothing."""
        require, forbid = params.get("require") or {}, params.get("forbid") or {}
        select = params.get("select") or {}
        demands = [*require.values(), *forbid.values()]
        at_least = require.get("at_least")
        if not any(demands) or [] in (*demands, *select.values()) or (at_least is not None and at_least < 1):
            raise RefusedError(
                f"the policy {quoted(params['name'])} has an empty list or requires nothing",
                operation="read the options",
                next_step="Any routing would fulfill it. Set at least one requirement, and no empty list.",
            )

        return cls(
            params["name"],
            select,
            any_of=tuple(require.get("any_of") or ()),
            kinds=tuple(require.get("kinds") or ()),
            at_least=at_least or 0,
            not_only=tuple(require.get("not_only") or ()),
            forbidden=tuple(forbid.get("integrations") or ()),
        )

    def violations(
        self, routing: Routing, resources: Mapping[str, Routing] = MappingProxyType({})
    ) -> List[str]:
        """The names of the types that violate the policy, those of single resources with the path.

        ``resources`` has the routing of single resources by path. Their subscriptions are checked for what is
        forbidden only: what is required may come from those of the organization. Raises RefusedError for a
        policy that is about no type, or has a value that no type or integration has.
        """
        catalog = routing.catalog
        with operation(f"check the policy {quoted(self.name)}"):
            refuse_unmatched_values(catalog.types, self.select, "Correct it.")
            self._refuse_unknown_kinds(catalog)
            if not self._selects_any(catalog):
                raise RefusedError(
                    "its `select` matches no notification type", next_step="Correct or widen it."
                )

        selected_ids = self._selected_ids(catalog)
        return [
            *self.violating_types(routing),
            *(
                f"{catalog.type_label(type_id)} ({path})"
                for path, of_resource in resources.items()
                for type_id in selected_ids
                if any(map(self._is_forbidden, of_resource.recipients(type_id)))
            ),
        ]

    def violating_types(self, routing: Routing) -> List[str]:
        """The names of the organization's types that violate the policy, whether it is about any type or not."""
        return [
            routing.catalog.type_label(type_id)
            for type_id in self._selected_ids(routing.catalog)
            if not self.is_met(routing.recipients(type_id))
        ]

    def _selected_ids(self, catalog: Catalog) -> List[str]:
        return [obj["id"] for obj in self.selected_types(catalog.types.sorted(), catalog.types_by_resource)]

    def _selects_any(self, catalog: Catalog) -> bool:
        """Whether the policy is about any type, those included that the organization does not pay for."""
        names = self.select.get("display_names")
        return not self.select or bool(
            select_types(catalog.types, self.select, names, catalog.types_by_resource)
        )

    def _refuse_unknown_kinds(self, catalog: Catalog) -> None:
        known = {*KINDS, *map(target_kind, catalog.integrations)}
        unknown = [kind for kind in self.not_only if kind not in known]
        if unknown:
            raise RefusedError(
                f"`not_only` has {quoted(unknown[0])}, which is not a kind of integration",
                next_step=f"Use one of {', '.join(KINDS)}.",
            )

    def selected_types(
        self, notification_types: Iterable[Object], found: Optional[TypesByResource] = None
    ) -> List[Object]:
        """The types of the organization's plan that the policy is about. ``found`` is as for select_types."""
        return select_included_types(notification_types, self.select, found)

    def is_met(self, recipients: Sequence[Recipient]) -> bool:
        """Whether a type that these integrations receive fulfills the policy."""
        return (
            self._has_any_of(recipients)
            and self._has_enough_of_kinds(recipients)
            and self._has_other_than(recipients)
            and not any(map(self._is_forbidden, recipients))
        )

    def _has_any_of(self, recipients: Sequence[Recipient]) -> bool:
        return not self.any_of or any(
            recipient.name in self.any_of or recipient.id in self.any_of for recipient in recipients
        )

    def _has_enough_of_kinds(self, recipients: Sequence[Recipient]) -> bool:
        if not self.kinds:
            return len(recipients) >= self.at_least
        count = sum(recipient.kind in self.kinds for recipient in recipients)
        return count >= max(self.at_least, 1)

    def _has_other_than(self, recipients: Sequence[Recipient]) -> bool:
        return not self.not_only or any(recipient.kind not in self.not_only for recipient in recipients)

    def _is_forbidden(self, recipient: Recipient) -> bool:
        return any(matches_any(text, self.forbidden) for text in (recipient.name, recipient.id) if text)


#: The built-in policy behind ``gaps``.
NO_GAPS = Policy("critical types reach a channel", {"severities": ["CRITICAL"]}, kinds=tuple(URL_FIELDS))
