# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the notifications in a Terraform state, as the service would list them.

Source: the output of ``terraform show -json``, and the resources of the provider ``confluentinc/confluent``: the
integration as merged in September 2026, the subscription as in its open pull request.
"""

from __future__ import annotations

from typing import Any, Dict, Iterator, List, Mapping, Sequence, Tuple

from ...module_utils._common import Object

INTEGRATION = "confluent_notifications_integration"
SUBSCRIPTION = "confluent_notifications_subscription"
#: The kind and the member with the URL, by the block of a target.
_TARGETS: Mapping[str, Tuple[str, str]] = {
    "slack_target": ("Slack", "webhook_url"),
    "ms_teams_target": ("MsTeams", "webhook_url"),
    "webhook_target": ("Webhook", "url"),
}


class StateError(ValueError):
    """A state has no notifications, or is none. The message is a whole sentence."""


def state_objects(state: Any, types: Sequence[Object] = ()) -> Tuple[List[Object], List[Object]]:
    """The notification types with their subscriptions, and the integrations, as an export takes them.

    ``types`` are those of a catalog: without them, a type has an ID and no name. Raises StateError.
    """
    resources = list(_resources(_root(state)))
    integrations = [_integration(values) for kind, values in resources if kind == INTEGRATION]
    if not integrations:
        raise StateError(f"The state has no resource of the type {INTEGRATION}.")
    by_type: Dict[str, Object] = {obj["id"]: {**obj, "subscriptions": []} for obj in types}
    names = {integration["id"]: integration["display_name"] for integration in integrations}
    for kind, values in resources:
        if kind == SUBSCRIPTION:
            type_id = _first(values.get("notification_type")).get("id")
            entry = by_type.setdefault(str(type_id), {"id": str(type_id), "subscriptions": []})
            entry["subscriptions"].append(_subscription(values, names))
    return list(by_type.values()), integrations


def _root(state: Any) -> Mapping[str, Any]:
    values = state.get("values") if isinstance(state, Mapping) else None
    root = values.get("root_module") if isinstance(values, Mapping) else None
    if not isinstance(root, Mapping):
        raise StateError("The file is no state. Write it with: terraform show -json > state.json.")
    return root


def _resources(module: Mapping[str, Any]) -> Iterator[Tuple[str, Mapping[str, Any]]]:
    """The type and the values of each managed resource, those of child modules included."""
    for resource in module.get("resources") or ():
        if not isinstance(resource, Mapping):
            raise StateError("A resource of the state is no mapping.")
        if resource.get("mode") == "managed" and isinstance(resource.get("values"), Mapping):
            yield str(resource.get("type")), resource["values"]
    for child in module.get("child_modules") or ():
        yield from _resources(child)


def _integration(values: Mapping[str, Any]) -> Object:
    for block, (kind, member) in _TARGETS.items():
        target = _first(values.get(block))
        if target.get(member):
            shown = {"kind": kind, member: target[member]}
            break
    else:
        raise StateError(f"The integration {values.get('display_name')!r} has no target with a URL.")
    if not values.get("id") or not values.get("display_name"):
        raise StateError("An integration has no id or no display_name. Apply it with Terraform first.")
    return {
        "id": str(values["id"]),
        "display_name": str(values["display_name"]),
        "description": str(values.get("description") or ""),
        "target": shown,
    }


def _subscription(values: Mapping[str, Any], names: Mapping[str, str]) -> Object:
    ids = [str(_first([item]).get("id")) for item in values.get("integrations") or ()]
    return {
        "current_state": values.get("current_state") or "ENABLED",
        # Integrations that Terraform does not manage, such as e-mail, have no name here.
        "integrations": [{"id": object_id, "display_name": names.get(object_id)} for object_id in ids],
    }


def _first(block: Any) -> Mapping[str, Any]:
    """The content of a block, which a state shows as a list of one mapping; empty if it is missing."""
    items = block if isinstance(block, list) else [block]
    return items[0] if items and isinstance(items[0], Mapping) else {}
