# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan and its steps resulted in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterable, List, Optional, Tuple

from .._common import Object
from .._errors import NotificationsError
from .plan import Action, Plan, Reason, Step

_OUTCOMES = {
    Action.CREATE: "created",
    Action.UPDATE: "changed",
    Action.DELETE: "deleted",
    Action.KEEP: "unchanged",
}


@dataclass(frozen=True)
class StepResult:
    """The result of one step.

    ``after`` is the object as the service has it, or in check mode as it would have it. ``changed`` is True
    for a change before an ``error``, and for a write whose outcome is unknown. ``attempted`` is False for a
    step that was skipped because of an earlier failure.
    """

    step: Step
    after: Optional[Object] = None
    changed: bool = False
    attempted: bool = True
    error: Optional[NotificationsError] = None
    warnings: Tuple[str, ...] = ()

    @property
    def outcome(self) -> str:
        """The member of a summary that counts this result."""
        if self.error:
            return "failed"
        if not self.attempted:
            return "not_attempted"
        return _OUTCOMES[self.step.action] if self.changed else "unchanged"


@dataclass(frozen=True)
class PlanResult:
    """The results of a plan's steps, in the plan's order."""

    results: Tuple[StepResult, ...]

    @classmethod
    def predict(cls, plan: Plan) -> PlanResult:
        """The predicted results, as if every step succeeded."""
        return cls(
            tuple(
                StepResult(step, after=step.after, changed=step.is_change, warnings=step.warnings)
                for step in plan.steps
            )
        )

    @property
    def managed(self) -> List[StepResult]:
        return self._with_reason(Reason.MANAGED)

    @property
    def purged(self) -> List[StepResult]:
        return self._with_reason(Reason.PURGED)

    @property
    def detached(self) -> List[StepResult]:
        return self._with_reason(Reason.DETACHED)

    def _with_reason(self, reason: Reason) -> List[StepResult]:
        return [result for result in self.results if result.step.reason is reason]

    @property
    def changed(self) -> bool:
        return any(result.changed for result in self.results)

    @property
    def warnings(self) -> List[str]:
        return [warning for result in self.results for warning in result.warnings]

    def succeeded(self, plan: Plan, steps: Iterable[Step]) -> List[Step]:
        """Those of a plan's steps that were carried out, whatever became of the others."""
        done = {
            id(step)
            for step, result in zip(plan.steps, self.results)
            if result.attempted and not result.error
        }
        return [step for step in steps if id(step) in done]

    @property
    def summary(self) -> Dict[str, int]:
        """The number of managed and purged objects for each outcome."""
        return self.count(self.managed + self.purged)

    @staticmethod
    def count(results: Iterable[StepResult]) -> Dict[str, int]:
        """The number of results for each outcome."""
        counts = dict.fromkeys([*_OUTCOMES.values(), "failed", "not_attempted"], 0)
        for result in results:
            counts[result.outcome] += 1
        return counts

    def failure(self) -> Optional[NotificationsError]:
        """The first error, with a summary of the other steps; None if all succeeded."""
        errors = [result.error for result in self.results if result.error is not None]
        if not errors:
            return None
        if len(self.managed) + len(self.purged) == 1:
            return errors[0]

        total = len(self.results)
        skipped = sum(not result.attempted for result in self.results)
        succeeded = total - len(errors) - skipped
        summary = (
            f"Of {total} objects, {succeeded} succeeded, {len(errors)} failed, "
            f"and {skipped} were not attempted."
        )
        return errors[0].replace(next_step=f"{errors[0].next_step} {summary}".strip())
