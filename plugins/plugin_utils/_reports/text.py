# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: plans as text for a terminal, where a person reads what changes and nothing else."""

from __future__ import annotations

import re
import textwrap
from collections import Counter
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from ...module_utils._common import Object
from ...module_utils._redaction import HIDDEN, counted, listed, one_line, quoted

#: The symbol, the verb and the member of a summary for each action.
ACTIONS: Mapping[str, Tuple[str, str, str]] = {
    "create": ("+", "create", "to_create"),
    "update": ("~", "change", "to_change"),
    "delete": ("-", "delete", "to_delete"),
}
WIDTH = 80
#: So many equal changes become one group.
_GROUP = 3
#: A group with more lines of names than these shows only the first ones, unless everything is asked for.
_MAX_NAME_LINES, _NAME_LINES = 6, 3
#: The most subjects of a group of findings, beside the first one.
_MAX_SUBJECTS = 20
_INDENT = "    "
_NO_BREAK = "\u00a0"
#: Marks the ends of names while they are wrapped: a comma may be part of one. Names from the service have only
#: printable characters, and this is none.
_NAME_END = "\x1f"
#: Between two colons, it makes of a command a text. Nobody sees it.
_NOT_A_COMMAND = "\u2060"


def plan_lines(plan: Object, is_full: bool = False) -> List[str]:
    """A plan as lines: equal changes together, what each channel gains and loses, and the totals.

    With ``is_full``, every change has a line of its own.
    """
    if not plan["changes"]:
        return list(plan["text"])
    lines: List[str] = []
    for described, entries in change_groups(plan["changes"], is_full):
        if len(entries) == 1 or not described:
            lines += [line for entry in entries for line in _single(entry)]
        else:
            lines += _group(described, entries)
    lines += ["", *_channel_lines(plan["changes"])]
    if plan.get("silenced"):
        lines += _wrapped(f"Nobody receives afterwards: {', '.join(plan['silenced'])}.", "  ")
    summary = plan["summary"]
    totals = ", ".join(f"{summary[count]} to {verb}" for _symbol, verb, count in ACTIONS.values())
    lines.append(f"Plan: {totals}, {summary['unchanged']} unchanged.")
    if plan.get("unmanaged"):
        lines += _wrapped(f"Not managed: {', '.join(plan['unmanaged'])}.", "  ")
    requests = counted(plan["requests"], "request")
    return [*lines, f"Applying this plan takes {requests}. Checksum: {plan['checksum']}"]


def change_groups(entries: Sequence[Object], is_full: bool = False) -> List[Tuple[str, List[Object]]]:
    """The changes in their order, those that are equal together, with what changes; empty for a single one.

    Of integrations, only updates are grouped: what is created or deleted must be seen.
    """
    groups: Dict[Tuple[Any, ...], List[Object]] = {}
    for position, entry in enumerate(entries):
        is_alone = is_full or (entry["resource"] == "integration" and entry["action"] != "update")
        key = (position,) if is_alone else (entry["action"], entry["resource"], _change(entry))
        groups.setdefault(key, []).append(entry)
    named = []
    for key, members in groups.items():
        if len(members) >= _GROUP:
            named.append((str(key[-1]), members))
        else:
            named += [("", [member]) for member in members]
    return named


def _change(entry: Mapping[str, Any]) -> str:
    """What changes, without what stays: "+new-slack -old-slack"."""
    if entry["action"] == "create" and not entry["added"]:
        # Every new integration has a URL, which is hidden.
        return str(entry["text"]).replace(f"   {HIDDEN}", "")
    parts = [f"+{name}" for name in entry["added"]] + [f"-{name}" for name in entry["removed"]]
    if entry["action"] == "update":
        before, after = (str(entry[side]).partition("   ")[0] for side in ("before", "after"))
        if "current_state" in entry["changes"]:
            parts.insert(0, f"{before} -> {after}")
        parts += [
            f"{name.partition('.')[2] or name} changes" for name in entry["changes"] if name not in _LISTED
        ]
    elif entry["action"] == "create":
        parts = (
            [str(entry["after"]).partition("   ")[0], *parts] if "DISABLED" in str(entry["after"]) else parts
        )

    return " ".join(parts)


#: Changes that are shown as what they do.
_LISTED = ("integrations", "current_state", "notification_type")


def _single(entry: Mapping[str, Any]) -> List[str]:
    symbol = ACTIONS[entry["action"]][0]
    scope = f" of {entry['scope']}" if entry["scope"] and entry["scope"] != entry["name"] else ""
    head = f"{symbol} {entry['resource']} {entry['label']}{scope}"
    change = _change(entry) if entry["action"] != "delete" else str(entry["before"] or "")
    if entry["action"] == "update" and entry["kept"] and (entry["added"] or entry["removed"]):
        change += f" (+{counted(len(entry['kept']), 'other')})"
    reason = {"purged": " (purge)", "detached": " (detached from a deleted integration)"}.get(
        entry["reason"], ""
    )
    line = f"{head}   {change}{reason}".rstrip()
    return [line] if len(line) <= WIDTH else [head, *_wrapped(f"{change}{reason}".strip(), _INDENT, _INDENT)]


def _group(described: str, entries: Sequence[Object]) -> List[str]:
    symbol = ACTIONS[entries[0]["action"]][0]
    noun = entries[0]["resource"]
    lines = _wrapped(f"{symbol} {counted(len(entries), noun)}: {described}", "    ")
    # A name is not broken between two lines.
    labels = [str(entry["label"]).replace(" ", _NO_BREAK) for entry in entries]
    names = _wrapped(f"{_NAME_END}, ".join(labels), _INDENT, _INDENT)
    if len(names) > _MAX_NAME_LINES:
        names = names[:_NAME_LINES]
        shown = sum(line.count(_NAME_END) for line in names)
        names.append(f"{_INDENT}and {len(entries) - shown} more (plan_full=true lists all)")
    names = [name.replace(_NO_BREAK, " ").replace(_NAME_END, "") for name in names]
    return [*lines, *names]


def _channel_lines(entries: Sequence[Object]) -> List[str]:
    """How many types each channel gains and loses."""
    gained: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for entry in entries:
        if entry["resource"] == "subscription":
            gained.update(entry["added"])
            lost.update(entry["removed"])
    names = sorted(set(gained) | set(lost))
    changes = [f"{name}: +{gained[name]} -{lost[name]}" for name in names]
    return _wrapped(f"Types per channel: {', '.join(changes)}.", "  ") if changes else []


def _wrapped(text: str, indent: str, first: str = "") -> List[str]:
    """A text as lines of the width. None of them begins a command of GitHub Actions, whatever a name says."""
    lines = textwrap.wrap(
        text,
        WIDTH,
        initial_indent=first,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [re.sub(r"\A(\s*):(?=:)", r"\1:" + _NOT_A_COMMAND, line) for line in lines]


def lint_lines(findings: Sequence[Mapping[str, Any]]) -> List[str]:
    """Findings of lint below an empty line, fit to the width, those that only differ in their subject together."""
    groups: Dict[Tuple[str, str], List[Mapping[str, Any]]] = {}
    for finding in findings:
        described = str(finding["text"]).replace(quoted(finding["subject"]), "")
        groups.setdefault((finding["code"], described), []).append(finding)
    lines: List[str] = []
    for members in groups.values():
        is_group = len(members) >= _GROUP
        lines += [_with_others(members)] if is_group else map(lint_line, members)
    return ["", *(wrapped for line in lines for wrapped in _wrapped(line, _INDENT))] if lines else []


def lint_line(finding: Mapping[str, Any]) -> str:
    """A finding of lint as a line."""
    return one_line(f"{finding['code']}: {finding['text']}")


def _with_others(findings: Sequence[Mapping[str, Any]]) -> str:
    """The first finding, and the subjects of the others."""
    names = [quoted(finding["subject"]) for finding in findings[1:]]
    return one_line(f"{lint_line(findings[0])}, and the same is true of {listed(names, _MAX_SUBJECTS)}")


def routing_test_lines(found: Mapping[str, Any]) -> List[str]:
    """The results of routing tests: failures first, then counts and the rules without a test."""
    lines: List[str] = []
    for name in found["failed"]:
        lines.append(f"failed: {one_line(name)}")
        of_test = [mismatch for mismatch in found["mismatches"] if mismatch["test"] == name]
        lines += [line for mismatch in of_test for line in _wrapped(mismatch["text"], "    ", "  ")]
    passed, failed = len(found["passed"]), len(found["failed"])
    lines.append(
        f"{counted(passed, 'test')} passed, {failed} failed; they exercise {found['coverage']} % of the rules"
    )
    if found["untested_rules"]:
        lines += _wrapped(f"No test is about {', '.join(found['untested_rules'])}.", "")
    return lines
