# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages and the Markdown that ``verify`` and ``plan`` write."""

from __future__ import annotations

import json
import re

import pytest
import requests
from markdown_it import MarkdownIt

from support.emulator import KEY, SECRET, slack
from support.pages import parse_page
from support.playbooks import command

HOSTILE = "x <script>alert(1)</script> & | `y`"
#: How a plan shows it.
SHOWN = HOSTILE
ORGANIZATION = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"


def environment(emulator):
    return {
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
    }


def assert_self_contained(page):
    """The page loads nothing, and has no link, no event handler and no script but its own."""
    loading = {"src", "href", "action", "srcset", "data", "background", "style"}
    for element in page.all():
        assert element.tag not in ("a", "link", "img", "iframe", "object", "base")
        assert not loading & set(element.attributes)
        assert not any(name.startswith("on") for name in element.attributes)
    style = page.one("style").text
    assert "url(" not in style
    assert "@import" not in style
    [policy] = [meta for meta in page.all("meta") if meta.attributes.get("http-equiv")]
    assert "default-src 'none'" in policy.attributes["content"]


def assert_usable_without_javascript(page):
    """The filter is hidden until the script shows it, and everything else is shown."""
    [form] = [element for element in page.all() if "hidden" in element.attributes]
    assert form.classes == ["filter"]
    label, *_switches = form.all("label")
    assert label.attributes["for"] == form.all("input")[0].attributes["id"]


# Routing report


@pytest.fixture
def routing_report(emulator, tmp_path):
    """A function that writes the routing report of the emulated organization, and returns its page."""

    def write(**variables):
        process = command(
            tmp_path,
            "ansible-playbook",
            "ccloud.notifications.verify",
            "-e",
            json.dumps({"verify_html": "routing.html", "verify_fail_on": [], **variables}),
            environment=environment(emulator),
        )
        assert process.status == 0, process.output[-4000:]
        return parse_page((tmp_path / "routing.html").read_text())

    return write


def test_routing_report_shows_all_types_and_channels(routing_report, emulator):
    unused = [slack(f"unused-{n}") for n in range(8)]
    emulator.reset(
        integrations=[*unused, slack("used"), slack(HOSTILE), slack("gone")], delete_in_use="dangling"
    )
    emulator.route("Connector failed", "Organization admins", "used", HOSTILE)
    emulator.route("API key created", "gone")
    path = f"/notifications/v1/integrations/{emulator.ids()['gone']}"
    requests.delete(emulator.url + path, auth=(KEY, SECRET), timeout=10).raise_for_status()

    page = routing_report()
    assert_self_contained(page)
    assert_usable_without_javascript(page)
    assert [page.one(tag).text for tag in ("title", "h1")] == ["Notification routing"] * 2
    facts = page.one("dl", "facts").text
    time = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"
    assert re.fullmatch(rf"Organization {ORGANIZATION} Endpoint {emulator.url} Time {time}", facts)

    channels = page.one("thead").all("th")[1:]
    names = [channel.one("button").text.rpartition(" ")[0] for channel in channels]
    counts = [int(channel.one("span", "count").text) for channel in channels]
    assert counts[1:] == [1, 1, *[0] * (len(channels) - 3)]
    # Columns that nothing uses are behind a switch, which only the script can turn off.
    assert ["idle" in channel.classes for channel in channels] == [count == 0 for count in counts]
    assert names[:3] == ["Organization admins", "used", HOSTILE]
    assert names[-8:] == [f"unused-{n}" for n in range(8)]
    assert {header.attributes["scope"] for header in page.one("thead").all("th")} == {"col"}

    drift = "✓ Drift: none not looked for, because no variables are given"
    assert page.one("ul", "findings").all("li")[0].text == drift
    words = {option.attributes["value"] for option in page.one("datalist").all("option")}
    assert {"CRITICAL", "SERVICE", *names} <= words

    rows = page.one("tbody").all("tr")
    assert len(rows) == len(emulator.objects("notification-types")) == 60
    assert {len(row.all("td")) for row in rows} == {len(channels)}
    assert {header.attributes["scope"] for row in rows for header in row.all("th")} == {"row"}

    [connector] = [row for row in rows if row.one("span", "name").text == "Connector failed"]
    recipients = ", ".join(names[:3])
    assert connector.one("th").text == f"CRITICAL Connector failed {recipients} SERVICE, RECOMMENDED"
    assert [cell.one("span", "to").text for cell in connector.all("td", "yes")] == names[:3]
    assert connector.classes == []
    [payment] = [row for row in rows if row.one("span", "name").text == "Payment failed"]
    assert payment.classes == ["gap"]
    assert payment.one("span", "why").text == "! reaches only e-mail"
    [key] = [row for row in rows if row.one("span", "name").text == "API key created"]
    assert key.one("th").text.endswith("OPTIONAL, no integration")


def test_routing_report_summarizes_findings_first(routing_report, emulator):
    emulator.reset(integrations=[slack("used"), slack(HOSTILE)])
    emulator.route("Connector failed", "used")
    page = routing_report(
        bootstrap_subscriptions=[{"notification_type": "Connector failed", "integrations": [HOSTILE]}],
        bootstrap_policies=[{"name": "no <b>", "forbid": {"integrations": ["use*"]}}],
    )
    findings = page.one("ul", "findings")
    lines = [line.text for line in findings.all("li") if line.all("b")]
    assert lines[0].startswith(
        "! Drift: 1 objects that differ from the variables ~ subscription Connector failed"
    )
    assert lines[1] == "! Violations: 1 policies that are violated no <b>: Connector failed"
    assert lines[2] == "✓ Tests: none routing tests that failed"
    assert lines[3].startswith(
        "! Gaps: 18 critical types that notify nobody, or only by e-mail Cloud Service"
    )
    assert lines[4] == "✓ Dangling: none subscriptions to integrations that no longer exist"
    assert lines[5] == f"! Unused: 1 integrations without a subscription {HOSTILE}"
    assert lines[6].startswith("! Lint: 1 what is probably wrong single-channel: 1 critical type reaches")
    # A long list is closed.
    assert [("open" in details.attributes) for details in findings.all("details")] == [
        True,
        True,
        False,
        True,
        True,
    ]


# Plan


@pytest.fixture
def plan_files(emulator, tmp_path):
    """A function that writes the plan of a task as HTML and Markdown, and returns both."""

    def write(**options):
        variables = {f"bootstrap_{name}": value for name, value in options.items()}
        variables.update(plan_html="plan.html", plan_markdown="plan.md")
        process = command(
            tmp_path,
            "ansible-playbook",
            "ccloud.notifications.plan",
            "-e",
            json.dumps(variables),
            environment=environment(emulator),
        )
        assert process.status == 0, process.output[-4000:]
        return parse_page((tmp_path / "plan.html").read_text()), (tmp_path / "plan.md").read_text()

    return write


def channel(name, kind="Slack", **options):
    return {
        "display_name": name,
        "target": {"kind": kind, "webhook_url": f"https://hooks.example/{kind}"},
        **options,
    }


def rows_of(page):
    return [
        [cell.text for cell in row.all() if cell.tag in ("th", "td")] for row in page.one("tbody").all("tr")
    ]


def test_plan_page_has_one_line_for_each_change(plan_files, emulator):
    emulator.reset(integrations=[slack("kind"), slack("ops"), slack(HOSTILE)], kind_change="refused")
    emulator.route("Connector failed", "Organization admins", "ops", "kind")
    page, _markdown = plan_files(
        integrations=[channel("kind", "Webhook"), channel("ops", description="<b>, -5 min"), channel("new")],
        subscriptions=[{"notification_type": "Connector failed", "integrations": ["new"]}],
        purge=True,
    )
    assert_self_contained(page)
    assert page.one("h1").text == "Plan"
    facts = page.one("dl", "facts").text
    assert re.search(r"Cost \d+ requests Checksum [0-9a-f]{64}$", facts)

    assert page.one("ul", "counts").text == "+ 1 to create ~ 3 to change - 1 to delete 0 unchanged"
    assert [item.text for item in page.one("section", "note").all("li")] == [
        f"integration {SHOWN} (purge)",
    ]
    rows = {row[2]: row for row in rows_of(page)}
    assert rows["kind"][:2] == ["~ change", "integration"]
    assert rows["new"] == ["+ create", "integration", "new", "Slack ********", ""]
    assert rows[SHOWN][:2] == ["- delete", "integration"]
    assert rows["ops"][3].startswith("description, target.webhook_url:")
    assert rows["ops"][3].endswith("<b>, -5 min")
    change = "integrations: +new -kind -ops (+1 other)"
    assert rows["Connector failed"] == ["~ change", "subscription", "Connector failed", change, "1"]
    assert [element.text for element in page.all("ins")] == ["+new"]
    assert [element.text for element in page.all("del")] == ["-kind", "-ops"]
    assert {header.attributes["scope"] for header in page.one("thead").all("th")} == {"col"}
    assert {header.attributes["scope"] for header in page.one("tbody").all("th")} == {"row"}


def test_equal_changes_are_one_row(plan_files, emulator):
    emulator.reset(integrations=[slack("ops", "https://hooks.example/Slack")])
    types = emulator.objects("notification-types")
    names = sorted(
        obj["display_name"]
        for obj in types
        if obj["display_name"] not in emulator.states() and obj["is_included_in_plan"]
    )[:3]
    rules = [{"notification_type": name, "integrations": ["ops"]} for name in names]
    page, markdown = plan_files(integrations=[channel("ops")], subscriptions=rules)
    [row] = rows_of(page)
    assert row[:2] == ["+ create", "subscription"]
    assert row[2].startswith("3 subscriptions ")
    assert sorted(item.text for item in page.one("tbody").all("li")) == names
    assert row[3:] == ["+ops", "1, 2, 3"]
    assert "| 3 subscriptions: " in markdown


def test_plan_page_says_that_nothing_changes(plan_files, emulator):
    emulator.reset(integrations=[slack("ops", "https://hooks.example/Slack")])
    page, markdown = plan_files(integrations=[channel("ops")])
    assert "No changes. The organization matches the variables." in page.one("main").text
    assert page.all("table") == []
    assert page.all("section") == []
    assert markdown.splitlines()[2] == "1 unchanged. Applying it takes 3 requests."
    assert "|" not in markdown


def test_plan_is_a_good_comment_on_a_pull_request(plan_files, emulator):
    emulator.reset(integrations=[slack(HOSTILE), slack("@all #1 www.evil.example")])
    emulator.route("Connector failed", HOSTILE)
    page, markdown = plan_files(
        integrations=[channel("new", description="# not a heading")],
        subscriptions=[{"notification_type": "Connector failed", "integrations": ["new"]}],
        purge=True,
    )
    checksum = page.one("dl", "facts").one("code").text
    assert f"`-e bootstrap_expected_checksum={checksum}`" in markdown
    assert markdown.startswith(f"## Plan for organization {ORGANIZATION}\n")
    assert "> [!CAUTION]\n> This plan deletes:\n> - integration " in markdown
    assert "hooks.slack.example" not in markdown

    rendered = MarkdownIt("gfm-like", {"linkify": False}).render(markdown)
    shown = parse_page(rendered)
    assert [heading.text for heading in shown.all("h2")] == [f"Plan for organization {ORGANIZATION}"]
    assert [item.text for item in shown.one("blockquote").all("li")] == [
        'integration "@\u200ball #\u200b1 www.evil.example" (purge)',
        f"integration {SHOWN} (purge)",
    ]
    table = rows_of(shown)
    assert {len(row) for row in table} == {5}
    assert [row[:3] for row in table] == [
        ["+", "integration", "new"],
        ["~", "subscription", "Connector failed"],
        ["-", "integration", '"@\u200ball #\u200b1 www.evil.example"'],
        ["-", "integration", SHOWN],
    ]
    assert not {element.tag for element in shown.all()} & {"a", "img", "h1", "h3", "script"}
