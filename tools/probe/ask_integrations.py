# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that need integrations."""

from __future__ import annotations

from urllib.parse import urlsplit

from . import answers
from .answers import Answer
from .experiment import Experiment, NotAskedError, UnclearError, expect
from .session import member

INVALID = (400, 409, 422)


def url_verification(experiment: Experiment) -> Answer:
    """Tries to save a URL that nothing accepts. Asked first, because the answer decides what else is possible."""
    dead = {"kind": "Webhook", "url": experiment.options.dead_url}
    experiment.first_integration()
    response = experiment.create_integration(dead, suffix="-dead")
    if response.status == 201:
        return Answer("saved")
    if response.status in INVALID:
        return Answer("refused", f"answered with status {response.status}")
    raise UnclearError(f"answered with status {response.status}")


def stored_urls(experiment: Experiment) -> Answer:
    """Sends a URL with its default port, and looks whether it comes back like that."""
    integration = experiment.first_integration()
    parts = urlsplit(experiment.options.webhook_url)
    port = {"https": 443, "http": 80}.get(parts.scheme)
    if parts.port or port is None:
        raise NotAskedError("the --webhook-url has a port")
    sent = parts._replace(netloc=f"{parts.netloc}:{port}").geturl()
    target = {"kind": "Webhook", "url": sent}
    response = experiment.session.call("PATCH", "/integrations/{id}", id=integration, body={"target": target})
    expect(response, 200, "the change")
    shown = experiment.read_integration(integration)["target"].get("url")
    if shown == sent:
        return Answer("as-sent")
    return Answer("normalized") if shown == experiment.options.webhook_url else _not_shown()


def _not_shown() -> Answer:
    raise UnclearError("the URL is masked, or another one")


def stored_texts(experiment: Experiment) -> Answer:
    """Sends a description that ends with a line end, as a block of YAML does."""
    integration = experiment.first_integration()
    sent = "A throw-away integration of the probe\n"
    response = experiment.session.call(
        "PATCH", "/integrations/{id}", id=integration, body={"description": sent}
    )
    expect(response, 200, "the change")
    shown = experiment.read_integration(integration).get("description")
    if shown == sent:
        return Answer("as-sent")
    return Answer("trimmed") if shown == sent.strip() else Answer("other", "the description is another one")


def write_answers(experiment: Experiment) -> Answer:
    experiment.first_integration()
    assert experiment.first_response is not None
    return answers.write_response(experiment.first_response.body)


def new_objects(experiment: Experiment) -> Answer:
    experiment.first_integration()
    delay = experiment.listing_delay
    experiment.list_delay_ms = max(experiment.list_delay_ms, round(delay * 1000))
    return answers.list_delay("at-once", "delayed", delay, experiment.session.pace.wait)


def read_answers(experiment: Experiment) -> Answer:
    integration = experiment.first_integration()
    single = experiment.read_integration(integration)
    listed = experiment.listed_integration(integration)
    if listed is None:
        raise UnclearError("the integration is not listed")
    return answers.read_response(single, listed)


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


def validation_errors(experiment: Experiment) -> Answer:
    """Sends a change with two violations of the published limits."""
    integration = experiment.first_integration()
    body = {"display_name": (experiment.changes.name + "-" * 65)[:65], "description": "x" * 129}
    response = experiment.session.call("PATCH", "/integrations/{id}", id=integration, body=body)
    if response.status == 200:
        return Answer("accepted", "the published limits are not enforced")
    if response.status not in INVALID:
        raise UnclearError(f"answered with status {response.status}")
    errors = member(response.body, "errors")
    if not isinstance(errors, list):
        raise UnclearError("the envelope has room for one error only")
    return Answer("all" if len(errors) > 1 else "first", f"answered with status {response.status}")


def dead_url(experiment: Experiment) -> Answer:
    target = {"kind": "Webhook", "url": experiment.options.dead_url}
    body = {"display_name": experiment.changes.name, "target": target}
    response = experiment.session.call("POST", "/integrations:test", body=body)
    if response.status in (204, 400):
        return Answer(str(response.status))
    raise UnclearError(f"answered with status {response.status}")


def deletion(experiment: Experiment) -> Answer:
    """Deletes an integration that nothing uses, unless another question deleted one already."""
    if not experiment.deletion_delays:
        candidates = list(experiment.changes.integrations)
        if not candidates:
            raise NotAskedError("no integration was created")
        experiment.release()
        response = experiment.delete_integration(candidates[-1])
        if response.status != 204:
            raise UnclearError(f"the deletion was answered with status {response.status}")

    delay = max(experiment.deletion_delays)
    experiment.list_delay_ms = max(experiment.list_delay_ms, round(delay * 1000))
    later = "marked" if experiment.marks_deleted else "lingering"
    return answers.list_delay("at-once", later, delay, experiment.session.pace.wait)
