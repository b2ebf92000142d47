# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says at the end how many cases were run."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter):
    reports = [each for outcome in ("passed", "failed") for each in terminalreporter.getreports(outcome)]
    count = sum(value for each in reports for name, value in each.user_properties if name == "cases")
    if count:
        terminalreporter.write_line(f"{count} cases of the fault matrix were run")
