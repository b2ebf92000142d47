# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads what the probe wrote (``probe.yml``), so that the emulator behaves like the organization it asked."""

from __future__ import annotations

import pathlib
from typing import Any

import yaml

from .settings import Settings, policies

FORMAT = 1
KEYS = ("format", "date", "versions", "settings", "answers", "deviations")
#: The settings that the probe can find out.
SETTINGS = (*policies(), "list_delay_ms")


def read_settings(path: pathlib.Path) -> dict[str, Any]:
    """The settings in a file. Raises OSError, and ValueError for a file that the probe did not write."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError:
        raise ValueError("the file is not YAML") from None

    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(f"not a file of the probe, or one of another version: it needs `format: {FORMAT}`")
    for key in content:
        if key not in KEYS:
            raise ValueError(f"unknown key {key!r}; valid keys: {', '.join(KEYS)}")

    settings = content.get("settings")
    if not isinstance(settings, dict):
        raise ValueError("`settings` is missing, or not a mapping")
    for name in settings:
        if name not in SETTINGS:
            raise ValueError(f"unknown setting {name!r}; valid settings: {', '.join(SETTINGS)}")

    Settings().changed(settings)
    return settings
