# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every layer of tests shares: one emulator for each pytest process, reset before each test that uses it."""

from __future__ import annotations

import atexit
import os
import pathlib
import shutil
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings

# What tasks of one controller leave each other (creation locks) belongs to this run alone.
tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="ccloud-tests-")
atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from support.emulator import Emulator

# Ordinary modules run in the Python that runs the tests, not in whichever discovery finds on this machine.
os.environ["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable

# Examples are bounded by number, not by time, for machines are noisy; and they are the same on every run, so that a change
# is judged by what it changes. `HYPOTHESIS=random make test` looks further.
random = os.environ.get("HYPOTHESIS") == "random"
settings.register_profile(
    "project",
    deadline=None,
    max_examples=500 if random else 30,
    derandomize=not random,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("project")


@pytest.fixture(scope="session")
def running_emulator():
    with Emulator.started() as emulator:
        yield emulator


@pytest.fixture
def emulator(running_emulator):
    """An emulator in its first state. Every request that a test sent has to keep the contract, and so has every answer."""
    running_emulator.reset()
    yield running_emulator
    broken = [each for each in running_emulator.requests() if each["violations"]]
    assert broken == [], "requests or answers that break the contract"


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch):
    """No credential or endpoint of whoever runs the tests gets into them."""
    for name in ("API_KEY", "API_SECRET", "ENDPOINT", "API_ENDPOINT"):
        monkeypatch.delenv(f"CONFLUENT_{name}", raising=False)
        monkeypatch.delenv(f"CONFLUENT_CLOUD_{name}", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
