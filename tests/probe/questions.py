# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All questions, in the order in which they are asked, and the emulator setting that each of them answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Callable, Optional

from . import ask_integrations, ask_reads, ask_subscriptions
from .answers import Answer, counted
from .experiment import Experiment, NotAskedError, UnclearError
from .session import NoResponseError, StoppedError

ANSWERED, NOT_ASKED, UNCLEAR = "answered", "not asked", "unclear"


@dataclass(frozen=True)
class Question:
    """One question. ``setting`` is the emulator's policy; ``values`` translates answers into its values."""

    id: str
    text: str
    ask: Callable[[Experiment], Answer]
    setting: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """A question with its answer, or with the reason why there is none."""

    question: Question
    state: str
    answer: str = ""
    note: str = ""

    @property
    def setting_value(self) -> Optional[str]:
        """The value of the emulator's setting, None where there is no answer or no setting."""
        if self.state != ANSWERED or not self.question.setting:
            return None
        return self.question.values.get(self.answer, self.answer)


def _not_asked(reason: str) -> Callable[[Experiment], Answer]:
    def ask(_experiment: Experiment) -> Answer:
        raise NotAskedError(reason)

    return ask


def _error_envelope(experiment: Experiment) -> Answer:
    return counted(experiment.session.observations.envelopes)


def _error_codes(experiment: Experiment) -> Answer:
    return counted(experiment.session.observations.error_codes)


def _rate_headers(experiment: Experiment) -> Answer:
    observations = experiment.session.observations
    answer = counted(observations.rate_headers)
    limits = ", ".join(sorted(observations.rate_limits))
    return Answer(answer.value, answer.note or (f"limit {limits}" if limits else ""))


def _redirects(experiment: Experiment) -> Answer:
    return counted(experiment.session.observations.redirects, absent="none")


QUESTIONS = (
    Question("page_size", "Is page_size honored, up to 250?", ask_reads.page_size),
    Question("resource_type", "Do notification types have a resource_type?", ask_reads.resource_type_member),
    Question(
        "resource_type_filter",
        "Can notification types be filtered by resource_type?",
        ask_reads.resource_type_query,
    ),
    Question(
        "empty_lookup",
        "How does resource-subscriptions:lookup answer where there is nothing?",
        ask_reads.subscription_lookup,
        "empty_lookup",
        {"404": "missing", "403": "missing"},
    ),
    Question(
        "preference_lookup",
        "How does resource-preferences:lookup answer where there is nothing?",
        ask_reads.preference_lookup,
    ),
    Question(
        "early_access",
        "Has the organization access to user notifications?",
        ask_reads.early_access,
        "early_access",
    ),
    Question("include", "Is include honored for user notifications?", ask_reads.include_values),
    Question(
        "write_answers",
        "Does the response to a write have all members, or the required ones?",
        ask_integrations.write_answers,
        "write_answers",
    ),
    Question("new_objects", "When do lists show a new object?", ask_integrations.new_objects, "new_objects"),
    Question(
        "webhook_urls", "Does a read return the webhook URL?", ask_integrations.webhook_urls, "webhook_urls"
    ),
    Question(
        "duplicate_names",
        "Can two integrations have the same name?",
        ask_integrations.duplicate_names,
        "duplicate_names",
    ),
    Question(
        "kind_change", "Can PATCH change the kind of a target?", ask_integrations.kind_change, "kind_change"
    ),
    Question(
        "empty_description",
        "Does an empty description clear it?",
        ask_integrations.empty_description,
        "empty_description",
    ),
    Question("dead_url", "How is a test of a dead URL answered?", ask_integrations.dead_url, "dead_url"),
    Question(
        "replaced_integrations",
        "Does a PATCH of integrations replace the whole list?",
        ask_subscriptions.replaced_integrations,
    ),
    Question(
        "required_role_email",
        "Can e-mail be removed from the subscription to a REQUIRED type?",
        ask_subscriptions.required_role_email,
        "required_role_email",
    ),
    Question(
        "second_subscription",
        "Can a type have a second subscription?",
        ask_subscriptions.second_subscription,
        "second_subscription",
    ),
    Question(
        "delete_in_use",
        "What happens if an integration in use is deleted?",
        ask_subscriptions.delete_in_use,
        "delete_in_use",
    ),
    Question(
        "deletion", "When do lists stop showing a deleted object?", ask_integrations.deletion, "deletion"
    ),
    Question("missing", "How is a missing ID answered?", ask_reads.missing_id, "missing"),
    # The following are answered by all responses together.
    Question("error_envelope", "Which envelope do errors have?", _error_envelope, "error_envelope"),
    Question("error_codes", "Do errors have a code?", _error_codes, "error_codes"),
    Question("rate_headers", "Do successful responses have rate-limit headers?", _rate_headers),
    Question("redirects", "Does the service redirect?", _redirects),
    # The following cannot be asked.
    Question(
        "over_quota",
        "How is going over the quota answered?",
        _not_asked("it would take as many integrations as the quota allows"),
        "over_quota",
    ),
    Question(
        "flink_paths",
        "What are the resource paths of Flink?",
        _not_asked("it would take a Flink compute pool and a statement"),
    ),
)


def ask_all(experiment: Experiment) -> Iterator[Result]:
    """Ask every question. After an interruption, or where the service cannot be used, raises StoppedError."""
    for question in QUESTIONS:
        yield _ask(question, experiment)


def _ask(question: Question, experiment: Experiment) -> Result:
    """Ask one question."""
    try:
        answer = question.ask(experiment)
    except NotAskedError as error:
        return Result(question, NOT_ASKED, note=str(error))
    except (UnclearError, NoResponseError) as error:
        return Result(question, UNCLEAR, note=str(error))
    except (KeyError, TypeError, AttributeError):
        return Result(question, UNCLEAR, note="a response does not have the published form")
    if not answer.value:
        return Result(question, UNCLEAR, note="nothing was observed that answers it")
    return Result(question, ANSWERED, answer.value, answer.note)


def not_reached(asked: int, error: StoppedError) -> list[Result]:
    """The questions that a stopped run did not reach."""
    return [Result(question, NOT_ASKED, note=str(error)) for question in QUESTIONS[asked:]]
