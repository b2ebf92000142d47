# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every target as a real playbook, by real processes."""

from __future__ import annotations

import pytest
from support.playbooks import TARGETS, play

NAMES = sorted(each.name for each in TARGETS.iterdir() if (each / "meta").is_dir())


@pytest.mark.parametrize("target", NAMES)
def test_target(running_emulator, tmp_path, target):
    running_emulator.reset()
    plays = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "roles": [target]}]
    played = play(tmp_path, plays, "--diff", "-v", variables={"emulator_url": running_emulator.url})
    assert played.status == 0, played.output[-6000:]
    assert "failed=0" in played.output
