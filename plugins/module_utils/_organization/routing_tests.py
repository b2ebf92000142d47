# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests of routing: which channels notification types are expected to reach after a plan."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Dict, List, Mapping, Optional, Sequence, Set, Tuple

from .._common import Object, noop
from .._errors import RefusedError, operation
from .._redaction import counted, quoted, quoted_names
from .._resources.catalog import IntegrationReference
from .._resources.notification_types import refuse_unmatched_values, select_included_types
from .._resources.resource_settings import resource_path_from_options
from .routing import Recipient, Routing
from .rules import Rule, Selection

#: More failures than these are counted, not listed, in a message.
_MAX_FAILURES = 5


@dataclass(frozen=True)
class RoutingTest:
    """One test, from the options in ROUTING_TEST.

    Each type that it is about must reach ``expected`` and no other channel, or with ``at_least`` also others,
    and none of ``unexpected``. With ``resource``, the path of a single one, its own subscriptions count.
    E-mail and other recipients that the API cannot manage count only if named.
    """

    name: str
    notification_type: Optional[str]
    select: Optional[Mapping[str, Any]]
    expected: Tuple[str, ...]
    at_least: bool
    unexpected: Tuple[str, ...]
    resource: Optional[str] = None

    @classmethod
    def from_options(cls, params: Mapping[str, Any]) -> RoutingTest:
        """Raises RefusedError for a test that every routing would pass."""
        test = cls(
            params["name"],
            params["notification_type"],
            params["select"],
            tuple(params["expect"]),
            params["at_least"],
            tuple(params["not"] or ()),
            _resource_path(params),
        )

        if test.at_least and not test.expected and not test.unexpected:
            raise RefusedError(
                f"the test {quoted(test.name)} expects nothing, so every routing would pass it",
                operation="read the options",
                next_step="Name channels in `expect` or `not`, or omit `at_least`.",
            )
        return test

    def types(self, routing: Routing) -> List[Object]:
        """The types that the test is about. Raises RefusedError if there are none."""
        catalog = routing.catalog
        if self.notification_type is not None:
            return [catalog.types.resolve(self.notification_type)]
        select = self.select or {}
        refuse_unmatched_values(catalog.types, select, "Correct it.")
        selected = select_included_types(catalog.types.sorted(), select, catalog.types_by_resource)
        if not selected:
            raise RefusedError("its `select` matches no notification type", next_step="Correct or widen it.")
        return selected


@dataclass(frozen=True)
class Mismatch:
    """One type whose planned channels are not those that a test expects.

    ``rules`` are the labels of the rules that select the type.
    """

    test: str
    notification_type: str
    missing: Tuple[str, ...]
    unexpected: Tuple[str, ...]
    channels: Tuple[str, ...]
    rules: Tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The mismatch in one sentence, without the name of the test and without a full stop."""
        reached = f"reaches {quoted_names(self.channels)}" if self.channels else "reaches no channel"
        parts = []
        if self.missing:
            parts.append(f"not {quoted_names(self.missing)}")
        if self.unexpected:
            parts.append(f"{quoted_names(self.unexpected)} must not receive it")
        by = f"by {' and '.join(self.rules)}" if self.rules else "by no rule"
        return f"{quoted(self.notification_type)} {reached} ({by}), {', and '.join(parts)}"


@dataclass(frozen=True)
class RoutingTestResults:
    """What the tests of a plan found.

    ``errors`` are those of tests that match no type, or name an integration that will not exist.
    ``untested`` are the labels of the rules that select no type of any test, and ``coverage`` is the
    percentage of the others, rounded down.
    """

    passed: Tuple[str, ...] = ()
    mismatches: Tuple[Mismatch, ...] = ()
    errors: Tuple[RefusedError, ...] = ()
    untested: Tuple[str, ...] = ()
    coverage: int = 100
    fail_under: Optional[int] = None

    @property
    def failed(self) -> List[str]:
        """The names of the tests that failed."""
        return list(dict.fromkeys(mismatch.test for mismatch in self.mismatches))

    @property
    def refusals(self) -> List[RefusedError]:
        """The errors for tests that failed, and for rules without a test."""
        refusals = list(self.errors)
        if self.mismatches:
            shown = "; ".join(
                f"{quoted(mismatch.test)}: {mismatch.text}" for mismatch in self.mismatches[:_MAX_FAILURES]
            )
            more = len(self.mismatches) - _MAX_FAILURES
            detail = f"{counted(len(self.failed), 'routing test')} failed: {shown}"
            refusals.append(
                RefusedError(
                    f"{detail}; and {more:,} more" if more > 0 else detail,
                    type="routing_test_failed",
                    operation="apply the plan",
                    next_step="Change the rules, or the tests.",
                )
            )
        if self.fail_under is not None and self.coverage < self.fail_under:
            refusals.append(
                RefusedError(
                    f"the routing tests exercise {self.coverage} % of the rules, but `tests_fail_under` is "
                    f"{self.fail_under}: no test is about {' and '.join(self.untested)}",
                    type="routing_test_failed",
                    operation="apply the plan",
                    next_step="Add tests, or lower `tests_fail_under`.",
                )
            )

        return refusals


def _resource_path(params: Mapping[str, Any]) -> Optional[str]:
    if params["resource"] is None:
        return None
    with operation(f"read the routing test {quoted(params['name'])}"):
        return resource_path_from_options(params, noop)[0]


def run_routing_tests(
    tests: Sequence[RoutingTest],
    routing: Routing,
    resources: Mapping[str, Routing],
    selection: Selection,
    rules: Sequence[Rule],
    fail_under: Optional[int] = None,
) -> RoutingTestResults:
    """Compare a planned routing with what tests expect. ``resources`` has that of single resources, by path."""
    labels = {rule.position: rule.label for rule in rules}
    exercised: Set[int] = set()
    passed: List[str] = []
    mismatches: List[Mismatch] = []
    errors: List[RefusedError] = []
    for test in tests:
        try:
            with operation(f"run the routing test {quoted(test.name)}"):
                tested = routing if test.resource is None else _of_resource(test.resource, resources)
                types = test.types(tested)
                found = _mismatches(test, types, tested)
        except RefusedError as error:
            errors.append(error)
            continue
        if test.resource is not None:
            mismatches += [replace(mismatch, rules=("its own subscriptions",)) for mismatch in found.values()]
        else:
            for notification_type in types:
                exercised.update(selection.rules_of(notification_type["id"]))
            mismatches += [
                replace(mismatch, rules=tuple(labels[position] for position in selection.rules_of(type_id)))
                for type_id, mismatch in found.items()
            ]
        if not found:
            passed.append(test.name)

    return RoutingTestResults(
        tuple(passed),
        tuple(mismatches),
        tuple(errors),
        tuple(label for position, label in labels.items() if position not in exercised),
        len(exercised) * 100 // len(labels) if labels else 100,
        fail_under,
    )


def _of_resource(path: str, resources: Mapping[str, Routing]) -> Routing:
    if path in resources:
        return resources[path]
    raise RefusedError(
        f"no entry of `resource_subscriptions` is about {quoted(path)}, and the service cannot list such subscriptions",
        next_step="Add an entry, or omit `resource`.",
    )


def _mismatches(test: RoutingTest, types: Sequence[Object], routing: Routing) -> Dict[str, Mismatch]:
    """What a test finds, by the type's ID. Raises UnknownNameError for an integration that will not exist."""
    expected, forbidden = _resolved(routing, test.expected), _resolved(routing, test.unexpected)
    mismatches = {}
    for notification_type in types:
        type_id = notification_type["id"]
        found = routing.recipients_by_reference(type_id)
        missing = [name for reference, name in expected.items() if reference not in found]
        unexpected = [
            recipient.name
            for reference, recipient in found.items()
            if reference in forbidden or _is_surplus(test, recipient, reference in expected)
        ]
        if missing or unexpected:
            channels = [recipient.name for recipient in found.values() if recipient.is_channel]
            label = routing.catalog.type_label(type_id)
            mismatches[type_id] = Mismatch(
                test.name, label, tuple(missing), tuple(unexpected), tuple(channels)
            )

    return mismatches


def _resolved(routing: Routing, names: Sequence[str]) -> Dict[IntegrationReference, str]:
    """The integrations with these names. Raises UnknownNameError: a misspelled name would protect nothing."""
    return {
        reference: name
        for name in names
        for reference in routing.catalog.resolve_integrations([name]).references
    }


def _is_surplus(test: RoutingTest, recipient: Recipient, is_expected: bool) -> bool:
    """Whether a type reaches a channel that an exact test does not name."""
    return not test.at_least and not is_expected and recipient.is_channel


def fail_under_from_option(value: Optional[int]) -> Optional[int]:
    """The percentage in the option ``tests_fail_under``. Raises RefusedError."""
    if value is None or 0 <= value <= 100:
        return value
    raise RefusedError(
        f"`tests_fail_under` is {value}",
        operation="read the options",
        next_step="Set it to a percentage from 0 to 100.",
    )


def refuse_equal_names(names: Sequence[str]) -> None:
    """Raise RefusedError if two tests have one name, so that a failure would not say which failed."""
    repeated = {name for name, count in Counter(names).items() if count > 1}
    if repeated:
        raise RefusedError(
            f"`tests` has several tests named {quoted_names(sorted(repeated))}",
            operation="read the options",
            next_step="Give each test a name of its own.",
        )
