# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that need integrations."""

from __future__ import annotations

import time

from . import answers
from .answers import Answer
from .experiment import Experiment, NotAskedError, UnclearError, expect

INVALID = (400, 409, 422)


def write_answers(experiment: Experiment) -> Answer:
    experiment.first_integration()
    assert experiment.first_response is not None
    return answers.write_response({"description"}, experiment.first_response.body)


def new_objects(experiment: Experiment) -> Answer:
    integration = experiment.first_integration()
    looks = experiment.wait_until(lambda: experiment.is_listed(integration))
    delay = 0.0 if looks == 1 else time.monotonic() - experiment.created_at
    experiment.list_delay_ms = max(experiment.list_delay_ms, round(delay * 1000))
    return answers.list_delay("at-once", "delayed", delay, experiment.session.pace.wait)


def webhook_urls(experiment: Experiment) -> Answer:
    target = experiment.read_integration(experiment.first_integration())["target"]
    return answers.webhook_url_shown(experiment.options.webhook_url, target.get("url"))


def duplicate_names(experiment: Experiment) -> Answer:
    experiment.first_integration()
    response = experiment.create_integration(experiment.target("Webhook"))
    if response.status == 201:
        return Answer("allowed")
    if response.status == 409:
        has_location = "Location" in response.headers
        return Answer("refused", "" if has_location else "409 without Location")
    raise UnclearError(f"a second integration of the name was answered with status {response.status}")


def kind_change(experiment: Experiment) -> Answer:
    integration = experiment.first_integration()
    slack = experiment.target("Slack")
    response = experiment.session.call("PATCH", "/integrations/{id}", id=integration, body={"target": slack})
    if response.status in INVALID:
        return _refused_change(experiment, response.status)
    expect(response, 200, "the change")

    kind = experiment.read_integration(integration)["target"]["kind"]
    return (
        Answer("allowed")
        if kind == "Slack"
        else Answer("ignored", "answered with 200, and the kind is the old one")
    )


def _refused_change(experiment: Experiment, status: int) -> Answer:
    """The URL may be what is refused, so a new integration of that kind and URL is tried."""
    control = experiment.create_integration(experiment.target("Slack"), suffix="-slack")
    if control.status != 201:
        raise UnclearError(
            f"the service refuses this URL for Slack ({control.status}); try a --webhook-url of Slack"
        )
    return Answer("refused", f"answered with status {status}")


def empty_description(experiment: Experiment) -> Answer:
    integration = experiment.first_integration()
    before = experiment.read_integration(integration).get("description")
    if not before:
        raise UnclearError("the service did not keep the description")
    response = experiment.session.call(
        "PATCH", "/integrations/{id}", id=integration, body={"description": ""}
    )
    if response.status in INVALID:
        return Answer("refused", f"answered with status {response.status}")
    expect(response, 200, "the change")
    return answers.kept_description(before, experiment.read_integration(integration).get("description"))


def dead_url(experiment: Experiment) -> Answer:
    target = {"kind": "Webhook", "url": experiment.options.dead_url}
    body = {"display_name": experiment.changes.name, "target": target}
    response = experiment.session.call("POST", "/integrations:test", body=body)
    if response.status in (204, 400):
        return Answer(str(response.status))
    raise UnclearError(f"answered with status {response.status}")


def deletion(experiment: Experiment) -> Answer:
    """Deletes an integration that nothing uses, unless another question deleted one already."""
    if not experiment.lingering:
        candidates = list(experiment.changes.integrations)
        if not candidates:
            raise NotAskedError("no integration was created")
        experiment.release()
        response = experiment.delete_integration(candidates[-1])
        if response.status != 204:
            raise UnclearError(f"the deletion was answered with status {response.status}")

    delay = max(experiment.lingering)
    experiment.list_delay_ms = max(experiment.list_delay_ms, round(delay * 1000))
    return answers.list_delay("at-once", "lingering", delay, experiment.session.pace.wait)
