# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints the number of cases at the end."""

from __future__ import annotations


def pytest_terminal_summary(terminalreporter):
    reports = [*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")]
    count = sum(value for report in reports for name, value in report.user_properties if name == "cases")
    if count:
        terminalreporter.write_line(f"{count} cases of the fault matrix were run")
