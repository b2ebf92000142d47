# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The questions that only read."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from . import answers
from .answers import Answer
from .experiment import Experiment, NotAskedError, UnclearError, expect

#: A path of the documented form whose environment does not exist.
NO_RESOURCE = {"resource": "environment=env-0probe0", "resource_type": "ENVIRONMENT"}
RESOURCE_TYPES = ("CLUSTER", "CONNECTOR")
NOT_FOUND = (403, 404)
QUOTAS_API, QUOTA = "/service-quota/v1", "integrations_per_org"


def page_size(experiment: Experiment) -> Answer:
    session = experiment.session
    one = expect(session.call("GET", "/notification-types", query={"page_size": "1"}), 200, "a page of 1")
    many = session.call("GET", "/notification-types", query={"page_size": "250"})
    if many.status == 400:
        return Answer("refused", "page_size=250 was answered with status 400")
    body = expect(many, 200, "a page of 250")
    return answers.page_sizes(
        len(one["data"]), len(body["data"]), bool((body.get("metadata") or {}).get("next"))
    )


def next_links(experiment: Experiment) -> Answer:
    """Which query a next link has: the whole one, or the token alone."""
    response = experiment.session.call("GET", "/notification-types", query={"page_size": "1"})
    link = (expect(response, 200, "a page of 1").get("metadata") or {}).get("next")
    if not link:
        raise NotAskedError("there is one page only")
    names = set(parse_qs(urlsplit(link).query))
    return Answer("token" if names == {"page_token"} else "full")


def resource_type(experiment: Experiment) -> Answer:
    types = experiment.types()
    having = sum(each.get("resource_type") is not None for each in types)
    return Answer("present" if having else "absent", f"in {having} of {len(types)} types")


def resource_type_filter(experiment: Experiment) -> Answer:
    session = experiment.session
    all_types = experiment.types()
    found = {}
    for wanted in RESOURCE_TYPES:
        response = session.call(
            "GET", "/notification-types", query={"resource_type": wanted, "page_size": "100"}
        )
        if response.status == 400:
            return Answer("refused", "answered with status 400")
        found[wanted] = len(expect(response, 200, "the filtered list")["data"])
    return answers.resource_type_filter(found, len(all_types))


def empty_lookup(experiment: Experiment) -> Answer:
    response = experiment.session.call("GET", "/resource-subscriptions:lookup", query=NO_RESOURCE)
    if response.status in NOT_FOUND:
        return Answer(str(response.status))
    found = expect(response, 200, "the lookup")["data"]
    return Answer("empty") if not found else Answer("other", "something was found")


def preference_lookup(experiment: Experiment) -> Answer:
    response = experiment.session.call("GET", "/resource-preferences:lookup", query=NO_RESOURCE)
    if response.status in NOT_FOUND:
        return Answer(str(response.status))
    body = expect(response, 200, "the lookup")
    return Answer("other", "something was found") if body.get("id") else Answer("empty", "an empty object")


def applied_quotas(experiment: Experiment) -> Answer:
    """Whether the Quotas API tells how many integrations the organization may have, and has."""
    query = {"scope": "ORGANIZATION", "id": QUOTA}
    response = experiment.session.call("GET", "/applied-quotas", query=query, api=QUOTAS_API)
    if response.status in NOT_FOUND:
        return Answer(str(response.status))
    found = [each for each in expect(response, 200, "the quotas")["data"] if each["id"] == QUOTA]
    if not found:
        return Answer("other", f"{QUOTA} is not listed")
    return Answer("usage" if "usage" in found[0] else "limit", f"limit {found[0]['applied_limit']}")


def early_access(experiment: Experiment) -> Answer:
    _allow_reading(experiment)
    response = experiment.session.call("GET", "/user-notifications", query={"page_size": "1"})
    if response.status in NOT_FOUND:
        return Answer("withheld", f"answered with status {response.status}")
    expect(response, 200, "the list")
    return Answer("granted")


def include(experiment: Experiment) -> Answer:
    _allow_reading(experiment)
    query = {"page_size": "1", "include": "integrations,recommended_actions"}
    response = experiment.session.call("GET", "/user-notifications", query=query)
    if response.status in NOT_FOUND:
        raise NotAskedError("user notifications cannot be read")
    if response.status == 400:
        return Answer("refused", "answered with status 400")
    found = expect(response, 200, "the list")["data"]
    if not found:
        raise NotAskedError("there is no user notification")
    absent = [name for name in ("integrations", "recommended_actions") if name not in found[0]]
    return Answer("ignored", f"missing: {', '.join(absent)}") if absent else Answer("honored")


def _allow_reading(experiment: Experiment) -> None:
    if not experiment.options.user_notifications:
        raise NotAskedError(
            "a first read may add an in-app integration for good; allow it with --read-user-notifications"
        )


def missing(experiment: Experiment) -> Answer:
    """Reads an integration that was deleted before: its ID is certainly of the right form."""
    for integration in sorted(experiment.changes.deleted):
        response = experiment.session.call("GET", "/integrations/{id}", id=integration)
        if response.status in NOT_FOUND:
            return Answer(str(response.status))
        raise UnclearError(f"reading a deleted integration was answered with status {response.status}")
    raise NotAskedError("no integration was deleted")
