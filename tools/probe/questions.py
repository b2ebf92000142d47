# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""All questions, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Callable

from . import ask_integrations, ask_reads, ask_subscriptions
from .answers import Answer, counted
from .experiment import Experiment, NotAskedError, UnclearError
from .session import NoResponseError, StoppedError

ANSWERED, NOT_ASKED, UNCLEAR = "answered", "not asked", "unclear"


@dataclass(frozen=True)
class Question:
    """One question. If the emulator has a policy for it, the ID and the answers are those of the policy."""

    id: str
    text: str
    ask: Callable[[Experiment], Answer]


@dataclass(frozen=True)
class Result:
    """A question with its answer, or with the reason why there is none."""

    question: Question
    state: str
    answer: str = ""
    note: str = ""


# Answered by all responses of the run together


def _error_envelope(experiment: Experiment) -> Answer:
    return counted(experiment.session.observations.envelopes)


def _error_codes(experiment: Experiment) -> Answer:
    return counted(experiment.session.observations.error_codes)


def _response_headers(experiment: Experiment) -> Answer:
    observations = experiment.session.observations
    answer = counted(observations.rate_headers)
    limits = ", ".join(sorted(observations.rate_limits))
    return Answer(answer.value, answer.note or (f"limit {limits}" if limits else ""))


def _rate_limit_body(experiment: Experiment) -> Answer:
    if not experiment.session.observations.rate_limit_bodies:
        raise NotAskedError("the rate limit was not reached")
    return counted(experiment.session.observations.rate_limit_bodies)


def _redirects(experiment: Experiment) -> Answer:
    return counted(experiment.session.observations.redirects, absent="none")


# Not possible to ask


def _over_quota(_experiment: Experiment) -> Answer:
    raise NotAskedError("it would take as many integrations as the quota allows")


def _topic_paths(_experiment: Experiment) -> Answer:
    raise NotAskedError("it would take a topic")


def _flink_paths(_experiment: Experiment) -> Answer:
    raise NotAskedError("it would take a Flink compute pool and a statement")


READS, INTEGRATIONS, SUBSCRIPTIONS = ask_reads, ask_integrations, ask_subscriptions

QUESTIONS = (
    Question("next_links", "The query of a list's next link:", READS.next_links),
    Question("page_size", "Is page_size honored, up to 250?", READS.page_size),
    Question("resource_type", "Do notification types have a resource_type?", READS.resource_type),
    Question("resource_type_filter", "Can types be filtered by resource_type?", READS.resource_type_filter),
    Question("empty_lookup", "A lookup of resource subscriptions that finds none:", READS.empty_lookup),
    Question("empty_preference_lookup", "A lookup of a preference that finds none:", READS.preference_lookup),
    Question(
        "applied_quotas", "Does the Quotas API tell how many integrations are used?", READS.applied_quotas
    ),
    Question("early_access", "Access of the organization to user notifications:", READS.early_access),
    Question("include", "Is include honored for user notifications?", READS.include),
    Question("url_verification", "A URL that accepts nothing is:", INTEGRATIONS.url_verification),
    Question("write_answers", "Members in the response to a write:", INTEGRATIONS.write_answers),
    Question("new_objects", "When do lists show a new object?", INTEGRATIONS.new_objects),
    Question("read_answers", "Members in the response to a read:", INTEGRATIONS.read_answers),
    Question("webhook_urls", "How does a read return the webhook URL?", INTEGRATIONS.webhook_urls),
    Question("stored_urls", "How is a webhook URL stored?", INTEGRATIONS.stored_urls),
    Question("duplicate_names", "Two integrations with the same name:", INTEGRATIONS.duplicate_names),
    Question("kind_change", "A PATCH that changes the kind of a target:", INTEGRATIONS.kind_change),
    Question("stored_texts", "How are names and descriptions stored?", INTEGRATIONS.stored_texts),
    Question("empty_description", "What does an empty description do?", INTEGRATIONS.empty_description),
    Question("validation_errors", "Which violations does an error list?", INTEGRATIONS.validation_errors),
    Question("dead_url", "A test of a URL that does not resolve:", INTEGRATIONS.dead_url),
    Question("replaced_integrations", "Does a PATCH replace the integrations?", SUBSCRIPTIONS.replaced),
    Question("required_role_email", "E-mail of a REQUIRED type:", SUBSCRIPTIONS.required_role_email),
    Question("second_subscription", "A second subscription to a type:", SUBSCRIPTIONS.second_subscription),
    Question("delete_in_use", "Subscriptions of a deleted integration:", SUBSCRIPTIONS.delete_in_use),
    Question("deletion", "When do lists stop showing a deleted object?", INTEGRATIONS.deletion),
    Question("missing", "A request for an ID that does not exist:", READS.missing),
    Question("error_envelope", "Which envelope do errors have?", _error_envelope),
    Question("error_codes", "Do errors have a code?", _error_codes),
    Question("response_headers", "Rate-limit headers of a successful response:", _response_headers),
    Question("redirects", "Does the service redirect?", _redirects),
    Question("rate_limit_body", "Does a 429 have a body?", _rate_limit_body),
    Question("over_quota", "A request that exceeds the quota:", _over_quota),
    Question("topic_paths", "Does the path of a topic contain kafka=?", _topic_paths),
    Question("flink_paths", "What are the resource paths of Flink?", _flink_paths),
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
