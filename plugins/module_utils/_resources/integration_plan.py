# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: the plan of integrations. An integration whose kind changes can be recreated.

A recreation creates the new integration under a temporary name, changes the subscriptions to it, deletes the
old integration, and gives its name to the new one. The temporary name depends only on the name, so the next
run finishes a recreation that was interrupted.

Private to the collection.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from typing import Container, Dict, List, Optional, Sequence, Set, Tuple

from .._common import Object
from .._engine.model import (
    ALWAYS,
    Collection,
    DesiredState,
    Purge,
    Reference,
    Snapshot,
)
from .._engine.plan import DELETE, RECREATE, REPLACEMENT, UPDATE, Plan, Step
from .._engine.planner import make_plan, plan_step
from .._errors import RefusedError
from .._redaction import name_with_id, quoted
from .catalog import Catalog, IntegrationReference, PlannedIntegrations
from .integrations import INTEGRATIONS, target_kind

#: The values of ``on_kind_change``.
UPDATE_KIND, RECREATE_KIND, REFUSE_KIND = "update", "recreate", "fail"

#: A temporary name has at most 64 characters.
_NAME_LENGTH = 40
_REPLACEMENT_NAME = re.compile(r" \(replacement [0-9a-f]{8}\)$")


def replacement_name(name: str) -> str:
    """The temporary name of the integration that replaces another one."""
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    return f"{name[:_NAME_LENGTH]} (replacement {digest})"


def plan_integrations(
    desired_states: Sequence[DesiredState],
    integrations: Collection,
    on_kind_change: str = UPDATE_KIND,
    purge: Optional[Purge] = None,
) -> Plan:
    """The plan that leads to the desired integrations.

    ``on_kind_change`` says what to do if ``target.kind`` changes. Raises RefusedError.
    """
    leftovers = {
        obj["display_name"]: obj for obj in integrations if _REPLACEMENT_NAME.search(INTEGRATIONS.name(obj))
    }
    if leftovers:
        desired_states, purge = _resume(desired_states, purge, integrations, leftovers)
    plan = make_plan(desired_states, Snapshot([integrations]), purge)

    steps: List[Step] = []
    for step in plan.steps:
        if step.action == UPDATE and "target.kind" in step.changes and on_kind_change != UPDATE_KIND:
            _validate_kind_change(step, on_kind_change)
            steps += _plan_recreation(step, integrations)
        else:
            steps.append(_with_leftover_warning(step, leftovers))
    return replace(plan, steps=tuple(steps))


def _resume(
    desired_states: Sequence[DesiredState],
    purge: Optional[Purge],
    integrations: Collection,
    leftovers: Dict[str, Object],
) -> Tuple[List[DesiredState], Optional[Purge]]:
    """Rename a replacement whose old integration is already deleted, and purge no replacement."""
    resumed: List[DesiredState] = []
    kept: List[str] = []
    for desired in desired_states:
        leftover = leftovers.get(replacement_name(desired.key)) if desired.key is not None else None
        if leftover is not None:
            kept.append(leftover["id"])
            if desired.id is None and not integrations.by_key(desired.key or ""):
                key = desired.key if desired.present else None
                desired = replace(desired, id=leftover["id"], key=key)
        resumed.append(desired)
    return resumed, purge and replace(purge, keep=(*purge.keep, *kept))


def _with_leftover_warning(step: Step, leftovers: Dict[str, Object]) -> Step:
    leftover = leftovers.get(replacement_name(step.name)) if leftovers else None
    if leftover is None or leftover is step.before:
        return step
    warning = (
        f"{name_with_id(leftover['display_name'], leftover['id'])} is left from an interrupted recreation of "
        f"{quoted(step.name)}. Delete it when no subscription uses it."
    )
    return replace(step, warnings=(*step.warnings, warning))


def _validate_kind_change(step: Step, on_kind_change: str) -> None:
    """Raise RefusedError if the integration must not or cannot be recreated."""
    kinds = f"its kind is {target_kind(step.before or {})}, and the desired kind is {target_kind(step.body)}"
    if on_kind_change == REFUSE_KIND:
        raise _refusal(step, kinds, "Set `on_kind_change: recreate` to replace it with a new integration.")
    if step.desired.id is not None:
        detail = f"{kinds}. Recreating it would give it another ID"
        raise _refusal(step, detail, "Omit `id`, so that the task finds the new integration by its name.")


def _plan_recreation(step: Step, integrations: Collection) -> List[Step]:
    before = step.before or {}
    temporary_name = replacement_name(step.name)
    fields = {**step.desired.fields, "display_name": temporary_name}
    if before.get("description"):
        fields.setdefault("description", before["description"])
    # An interrupted run may have created it with another URL.
    desired = DesiredState(INTEGRATIONS, key=temporary_name, fields=fields, write_secrets=ALWAYS)
    prepared = plan_step(desired, integrations)
    if prepared.before is not None and "target.kind" in prepared.changes:
        kind = target_kind(prepared.before)
        existing = name_with_id(temporary_name, prepared.before["id"])
        detail = f"its replacement {existing} exists and is of kind {kind}"
        raise _refusal(step, detail, "Route notifications away from it, and delete it.")
    replacement: IntegrationReference = Reference(INTEGRATIONS.path, step.name)
    if prepared.before is not None:
        replacement = prepared.before["id"]
    after = {**(prepared.after or {}), "display_name": step.name}
    return [
        replace(prepared, origin=REPLACEMENT, alias=step.name),
        replace(
            step,
            action=RECREATE,
            after=after,
            body={"display_name": step.name},
            replacement=replacement,
        ),
    ]


def _refusal(step: Step, detail: str, next_step: str) -> RefusedError:
    return RefusedError(detail, type="kind_change", operation=step.operation, next_step=next_step)


# What exists after the plan


def planned_catalog(current: Catalog, plan: Plan, affected_ids: Container[str]) -> Catalog:
    """The notification types, and the integrations as they will be after a plan.

    ``affected_ids`` has the IDs of removed integrations whose subscriptions must change.
    """
    existing = {obj["id"]: obj for obj in current.integrations}
    created: Set[str] = set()
    removed: Dict[str, Object] = {}
    replacements: Dict[str, Optional[IntegrationReference]] = {}
    for step in plan.steps:
        if not step.is_change or step.resource.address != INTEGRATIONS.address:
            continue
        if step.before is not None and step.action in (DELETE, RECREATE):
            integration_id = step.before["id"]
            # It may have been deleted since the plan was made.
            removed[integration_id] = existing.pop(integration_id, step.before)
            if integration_id in affected_ids:
                replacements[integration_id] = step.replacement or None
        if step.after is not None and "id" in step.after:
            existing[step.after["id"]] = step.after
        elif step.after is not None and step.origin != REPLACEMENT:
            created.add(step.name)
    planned = PlannedIntegrations(frozenset(created), removed, replacements)
    return current.with_integrations(existing.values(), planned)
