# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbooks as jobs of Automation Platform, which are runs of ansible-runner.

Each test runs on the ansible-core for which it matters most, with `make test-all/platform` on both.
"""

from __future__ import annotations

import json
import os
import sys
import time

import ansible_runner
import pytest

from support.cores import CACHE
from support.emulator import KEY, SECRET, slack
from support.playbooks import BIN, process_environment

CANARY = "canary-5e0a"
#: The one of the control plane, and that of this environment.
CORES = {"2.16": CACHE / "smoke-2.16" / "bin", "this core": BIN}
COMPLETE = os.environ.get("PLATFORM") == "all"
#: The most bytes of events for one organization that matches its variables.
MOST_BYTES = 36_000


class Jobs:
    """Runs playbooks of the collection with ansible-runner, for one host in an inventory."""

    def __init__(self, folder, programs, emulator):
        self.folder = folder
        self.programs = programs
        variables = {
            "bootstrap_endpoint": emulator.url,
            "bootstrap_api_key": KEY,
            "bootstrap_api_secret": SECRET,
            "ops_url": f"https://hooks.slack.example/{CANARY}-url",
        }
        (folder / "inventory").mkdir()
        hosts = {"all": {"hosts": {"production": variables}}}
        (folder / "inventory" / "hosts.json").write_text(json.dumps(hosts))

    def run(self, playbook, variables, cmdline="", **settings):
        """The runner after the job, whose artifacts are in a folder of their own."""
        environment = process_environment(self.folder)
        environment["PATH"] = f"{self.programs}{os.pathsep}{environment['PATH']}"
        environment["ANSIBLE_PYTHON_INTERPRETER"] = str(self.programs / "python")
        return ansible_runner.run(
            private_data_dir=str(self.folder),
            project_dir=str(self.folder),
            playbook=f"ccloud.notifications.{playbook}",
            extravars={"bootstrap_hosts": "all", **variables},
            cmdline=cmdline or None,
            envvars=environment,
            quiet=True,
            ident=f"{playbook}-{time.monotonic_ns()}",
            **settings,
        )

    def artifacts(self):
        return b"".join(
            path.read_bytes() for path in (self.folder / "artifacts").rglob("*") if path.is_file()
        ).decode()


def statistics(runner):
    """What the last event hands to the next job of a workflow."""
    [last] = [event for event in runner.events if event["event"] == "playbook_on_stats"]
    return last["event_data"]["artifact_data"]


def bytes_of_host(runner):
    """The size of the events that every further organization of a job adds."""
    events = [event for event in runner.events if event["event"].startswith("runner_")]
    return sum(len(json.dumps(event)) for event in events)


VARIABLES = {
    "bootstrap_integrations": [
        {"display_name": "ops", "target": {"kind": "Slack", "webhook_url": "{{ ops_url }}"}},
        {"display_name": "data-lake", "target": {"kind": "Slack", "webhook_url": "{{ ops_url }}"}},
    ],
    "bootstrap_subscriptions": [{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops"]}],
    "bootstrap_policies": [
        {
            "name": "critical types reach ops",
            "select": {"severities": ["CRITICAL"]},
            "require": {"any_of": ["ops"]},
        }
    ],
}
OTHER_RULES = [{"select": {"severities": ["CRITICAL", "WARN"]}, "integrations": ["ops"]}]


@pytest.fixture(params=CORES if COMPLETE else ["2.16"])
def jobs(request, emulator, tmp_path):
    if not CORES[request.param].exists():
        pytest.skip("this machine has no Python for ansible-core 2.16")
    return Jobs(tmp_path, CORES[request.param], emulator)


def test_workflow_of_plan_bootstrap_and_verify(jobs, emulator):
    """As in the workflow that configure.yml creates: each job receives what the job before handed on."""
    emulator.refuse_writes()
    plan = jobs.run(
        "plan", {**VARIABLES, "plan_markdown": "plan.md", "bootstrap_files_as_stats": "plan_markdown"}
    )
    assert plan.status == "successful"
    handed_on = statistics(plan)
    reviewed = handed_on["notifications_plan"]["production"]
    assert reviewed["status"] == "changed"
    assert reviewed["counts"]["to_create"] >= 2
    plan_markdown = handed_on["notifications_files"]["production"]["plan_markdown"]
    assert plan_markdown.startswith("## Plan for production")
    emulator.refuse_writes(False)

    other = jobs.run("bootstrap", {**VARIABLES, **handed_on, "bootstrap_subscriptions": OTHER_RULES})
    assert other.status == "failed"
    failed = statistics(other)["notifications_bootstrap"]["production"]
    assert (failed["status"], failed["error"]) == ("failed", "plan_changed")
    unknown = {"notifications_plan": {"staging": reviewed}}
    assert jobs.run("bootstrap", {**VARIABLES, **unknown}).status == "failed"
    assert emulator.writes() == []

    bootstrap = jobs.run("bootstrap", {**VARIABLES, **handed_on}, cmdline="--diff")
    assert bootstrap.status == "successful"
    result = statistics(bootstrap)["notifications_bootstrap"]["production"]
    assert (result["status"], result["checksum"]) == ("changed", reviewed["checksum"])

    verify = jobs.run("verify", VARIABLES, cmdline="--diff")
    assert verify.status == "successful"
    found = statistics(verify)["notifications_verify"]["production"]
    assert found["status"] == "ok"
    assert {name: count for name, count in found["counts"].items() if count} == {"unused": 1, "lint": 1}
    assert bytes_of_host(verify) < MOST_BYTES
    check = jobs.run("bootstrap", VARIABLES, cmdline="--check --diff")
    assert statistics(check)["notifications_bootstrap"]["production"]["status"] == "unchanged"

    # The secrets file is no artifact of the job.
    export = jobs.run(
        "export", {"export_secrets_to": "urls.yml", "bootstrap_files_as_stats": ["export_to"]}, "-v"
    )
    assert "bootstrap_integrations:" in statistics(export)["notifications_files"]["production"]["export_to"]
    assert CANARY in (jobs.folder / "urls.yml").read_text()
    artifacts = jobs.artifacts()
    assert "notifications_verify" in artifacts
    assert CANARY not in artifacts
    assert SECRET not in artifacts


def test_drift_is_told_from_a_failure_to_look(jobs, emulator):
    jobs.run("bootstrap", VARIABLES)
    emulator.route("Connector failed", "data-lake")
    drifted = jobs.run("verify", VARIABLES, cmdline="--diff")
    assert (drifted.status, drifted.rc) == ("failed", 2)
    found = statistics(drifted)["notifications_verify"]["production"]
    assert found["status"] == "findings"
    assert {name: count for name, count in found["counts"].items() if count} == {
        "drift": 1,
        "violations": 1,
        "lint": 1,
    }
    assert found["findings"]["violations"] == ["critical types reach ops: Connector failed"]
    assert len(found["checksum"]) == 64
    message = "production: 1 object differs from the variables (drift); policies are violated: "
    assert any(message in event["stdout"] for event in drifted.events)

    # With nothing to fail on, only a failure to look fails the job, so a workflow can tell the two apart.
    looked = jobs.run("verify", {**VARIABLES, "verify_fail_on": "[]"})
    assert looked.status == "successful"
    assert statistics(looked)["notifications_verify"]["production"]["counts"]["drift"] == 1
    for _attempt in range(8):
        emulator.fault("status", "GET", "*/subscriptions", status=403)
    failed = jobs.run("verify", {**VARIABLES, "verify_fail_on": "[]"})
    assert (failed.status, failed.rc) == ("failed", 2)
    found = statistics(failed)["notifications_verify"]["production"]
    assert (found["status"], found["error"], found["counts"]) == ("failed", "forbidden", {})


MANY = {
    "bootstrap_integrations": [
        {"display_name": f"channel-{n}", "target": slack(f"channel-{n}")["target"]} for n in range(900)
    ],
    "bootstrap_concurrency": 2,
}


@pytest.mark.skipif(sys.platform == "darwin", reason="direct execution is off")
@pytest.mark.parametrize("jobs", CORES if COMPLETE else ["this core"], indirect=True)
@pytest.mark.parametrize("stop", ["cancel", "timeout"])
def test_stopped_job_stops_writing_at_once(jobs, emulator, stop):
    """ansible-runner kills the process group, in which since 2.19 the workers are not."""
    emulator.reset(latency_ms=50)

    def cancel():
        return stop == "cancel" and len(emulator.writes()) >= 3

    # The runner looks so often whether it should stop.
    settings = {"job_timeout": 3 if stop == "timeout" else 0, "pexpect_timeout": 0.2}
    runner = jobs.run("bootstrap", MANY, settings=settings, cancel_callback=cancel)
    assert runner.status == {"cancel": "canceled", "timeout": "timeout"}[stop]

    time.sleep(0.3)  # for requests that are already sent
    written = len(emulator.writes())
    time.sleep(0.4)
    assert len(emulator.writes()) == written
    assert written < 900
    assert stop == "timeout" or written >= 3
