# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: plans and findings as HTML, Markdown, JSON and JUnit."""

from __future__ import annotations

import datetime
import functools
import html
import json
import pathlib
import re
from typing import Any, Callable, Mapping

import jinja2

from ...module_utils._redaction import counted
from .annotations import code_quality, github_annotations
from .markdown import markdown_text
from .text import ACTIONS, change_groups

_FOLDER = pathlib.Path(__file__).parent
#: What XML 1.0 cannot contain. Source: the production "Char".
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

Report = Mapping[str, Any]


def _xml_text(value: Any) -> str:
    """A text for XML, with a replacement character for what XML cannot contain."""
    return html.escape(_NO_XML.sub("\ufffd", str(value)))


@functools.cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_FOLDER),
        trim_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(markdown=markdown_text, xml=_xml_text)
    environment.globals.update(actions=ACTIONS, counted=counted, change_groups=change_groups)
    return environment


def _rendered(template: str, report: Report, now: datetime.datetime) -> str:
    time = now.strftime("%Y-%m-%d %H:%M UTC")
    return _environment().get_template(template).render(**report, time=time, subject=subject(report))


def subject(report: Report) -> str:
    """What a report is about: the name of the organization, else its host or, for localhost, its ID."""
    if report.get("name"):
        return str(report["name"])
    organization_id = report["organization"].get("id")
    is_localhost = report["host"] == "localhost"
    return f"organization {organization_id}" if is_localhost and organization_id else str(report["host"])


def _json(members: Mapping[str, Any]) -> str:
    return json.dumps(members, indent=4, sort_keys=True) + "\n"


def plan_json(report: Report, _now: datetime.datetime) -> str:
    """A plan as JSON. Its schema is playbooks/vars/plan.schema.json."""
    members = {"plan": report["plan"], "refusal": report["refusal"], "lint": list(report["lint"])}
    return _json({"organization": report["host"], **members})


def findings_json(report: Report, _now: datetime.datetime) -> str:
    """Findings and the routing table as JSON. Its schema is playbooks/vars/report.schema.json."""
    members = {"findings": report["findings"], "routing": report["table"]}
    return _json({"organization": report["host"], **members})


def lint_github(report: Report, _now: datetime.datetime) -> str:
    """Findings of lint as annotations of GitHub."""
    return github_annotations(report["lint"], report["source"])


def lint_gitlab(report: Report, _now: datetime.datetime) -> str:
    """Findings of lint as a Code Quality report of GitLab."""
    return code_quality(report["lint"], report["source"])


#: What makes the content of a file from a report and the time, by the variable that asks for the file.
DOCUMENTS: Mapping[str, Callable[[Report, datetime.datetime], str]] = {
    "lint_github": lint_github,
    "lint_gitlab": lint_gitlab,
    "plan_html": functools.partial(_rendered, "plan.html.j2"),
    "plan_markdown": functools.partial(_rendered, "plan.md.j2"),
    "plan_json": plan_json,
    "test_junit": functools.partial(_rendered, "routing_tests.xml.j2"),
    "verify_html": functools.partial(_rendered, "routing.html.j2"),
    "verify_markdown": functools.partial(_rendered, "routing.md.j2"),
    "verify_json": findings_json,
    "verify_junit": functools.partial(_rendered, "routing.xml.j2"),
}
