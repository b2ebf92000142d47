# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pure: what became of many organizations, in a few lines: failures first, and nothing about what is as expected."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Tuple

from ...module_utils._redaction import counted, listed

#: The most lines, whatever the number of organizations.
MAX_LINES = 40
#: The most names in one line.
_NAMES = 8

#: A status that needs nobody's attention.
_EXPECTED = ("unchanged", "ok")
#: The words of the first line for each status, in their order.
_WORDS: Mapping[str, str] = {
    "failed": "failed",
    "findings": "with findings",
    "refused": "refused",
    "changed": "changed",
    "unchanged": "unchanged",
    "ok": "ok",
}

#: What one host handed on: status, error, counts and findings.
Stats = Mapping[str, Any]


def summary_lines(stats: Mapping[str, Optional[Stats]]) -> List[str]:
    """The summary of organizations by the names of their hosts. None is a host without a result."""
    by_status: Dict[str, List[Tuple[str, Stats]]] = {}
    for host, of_host in stats.items():
        found = of_host or {"status": "failed", "error": "no result"}
        by_status.setdefault(str(found.get("status")), []).append((host, found))
    totals = ", ".join(
        f"{len(by_status[status])} {words}" for status, words in _WORDS.items() if status in by_status
    )
    lines = [f"{counted(len(stats), 'organization')}: {totals}."]

    lines += _failures(by_status.pop("failed", []))
    for status in [status for status in _WORDS if status not in _EXPECTED]:
        lines += [f"{_WORDS[status]}: {host}{_details(found)}" for host, found in by_status.get(status, ())]
    if len(lines) > MAX_LINES:
        more = len(lines) - MAX_LINES + 1
        lines = [
            *lines[: MAX_LINES - 1],
            f"and {more} more; each host's result is in the variables of the next job",
        ]
    return lines


def _failures(failed: List[Tuple[str, Stats]]) -> List[str]:
    """One line for each type of error, the most frequent first."""
    by_error: Dict[str, List[str]] = {}
    for host, found in failed:
        by_error.setdefault(str(found.get("error") or "internal_error"), []).append(host)
    return [
        f"failed, {error}: {listed(hosts, _NAMES)}"
        for error, hosts in sorted(by_error.items(), key=lambda item: (-len(item[1]), item[0]))
    ]


def _details(found: Stats) -> str:
    """What differs, in counts: those of a plan, or those of findings."""
    names = {"to_create": "to create", "to_change": "to change", "to_delete": "to delete"}
    counts = found.get("counts") or {}
    parts = [
        f"{counts[count]} {names.get(count, count)}"
        for count in counts
        if counts[count] and count != "unchanged"
    ]
    error = found.get("error")
    return f": {', '.join(parts)}{f' ({error})' if error else ''}" if parts or error else ""
