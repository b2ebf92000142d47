# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared fixtures: one emulator per pytest process, reset before every test that uses it."""

from __future__ import annotations

import atexit
import contextlib
import os
import pathlib
import shutil
import sys
import tempfile

import pytest
from hypothesis import HealthCheck, settings

# Creation locks, which tasks of one controller share, must not outlive this test run.
tempfile.tempdir = os.environ["TMPDIR"] = tempfile.mkdtemp(prefix="ccloud-tests-")
atexit.register(shutil.rmtree, tempfile.tempdir, ignore_errors=True)

TESTS = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(TESTS), str(TESTS / "modules"), str(TESTS / "playbooks"), str(TESTS.parent / "tools")]

from support import collection_path

collection_path.install()

from support.emulator import Emulator
from support.receiver import Receiver

# Ordinary modules run in the Python that runs the tests, not in a discovered one.
os.environ["ANSIBLE_PYTHON_INTERPRETER"] = sys.executable

# The number of examples is limited, not their time, because machines differ. All runs use the same ones, so
# that failures are reproducible. `HYPOTHESIS=random make test` tries other and more examples.
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
    """An emulator in its initial state. All requests and responses of the test must follow the contract."""
    running_emulator.reset()
    yield running_emulator
    violations = [request for request in running_emulator.requests() if request["violations"]]
    assert violations == [], "requests or responses that violate the contract"


@pytest.fixture
def receive():
    """Starts receivers; returns each one."""
    with contextlib.ExitStack() as stack:
        yield lambda respond: stack.enter_context(Receiver(respond).serving())


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch):
    """Hide the credentials, endpoint and proxies of the user who runs the tests."""
    for name in ("API_KEY", "API_SECRET", "ENDPOINT", "API_ENDPOINT"):
        monkeypatch.delenv(f"CONFLUENT_{name}", raising=False)
        monkeypatch.delenv(f"CONFLUENT_CLOUD_{name}", raising=False)
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
