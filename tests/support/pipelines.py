# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the scripts of jobs of GitHub Actions and GitLab CI in bash.

What the platforms themselves do is replaced: the checkout, the Python, and the values of expressions.
"""

from __future__ import annotations

import base64
import json
import pathlib
import re
from dataclasses import dataclass
from typing import Any, Mapping

import yaml

from .playbooks import run_process, shell_environment

#: Commands that install packages.
INSTALL = ("pip install ", "ansible-galaxy collection install ")


@dataclass(frozen=True)
class Step:
    """One script of a job, its variables, and the condition under which it runs."""

    script: str
    variables: Mapping[str, str]
    condition: str = ""


@dataclass
class JobResult:
    """What a job printed, and whether it succeeded."""

    succeeded: bool
    output: str
    summary: str = ""


def github_steps(path: pathlib.Path, job: str, values: Mapping[str, str]) -> list[Step]:
    """The scripts of a job of GitHub Actions. ``values`` has the value of each expression that it may use."""
    workflow = yaml.safe_load(path.read_text())
    assert workflow["permissions"] == {}
    assert workflow["defaults"] == {"run": {"shell": "bash"}}

    def interpolated(variables: Mapping[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], value)
            for name, value in variables.items()
        }

    shared = interpolated({**workflow["env"], **workflow["jobs"][job]["env"]})
    steps = []
    for step in workflow["jobs"][job]["steps"]:
        if "uses" in step:
            # Pinned by commit.
            assert re.fullmatch(r"actions/(checkout|setup-python)@[0-9a-f]{40}", step["uses"])
            continue
        assert "${{" not in step["run"], "an expression in a script is code that others can write"
        variables = {**shared, **interpolated(step.get("env", {}))}
        steps.append(Step(step["run"], variables, step.get("if", "")))
    return steps


def gitlab_steps(path: pathlib.Path, job: str, values: Mapping[str, str]) -> list[Step]:
    """The script of a job of GitLab CI, with that of the job which it extends."""
    configuration = yaml.safe_load(path.read_text())
    own = configuration[job]
    base = configuration[own["extends"]]
    variables = {
        name: re.sub(r"\A\$(\w+)\Z", lambda match: values[match[1]], value)
        for name, value in {**base["variables"], **own["variables"]}.items()
    }
    return [Step("\n".join(base["before_script"] + own["script"]), variables)]


def run_job(
    workspace: pathlib.Path, steps: list[Step], environment: Mapping[str, str], skipped: tuple[str, ...] = ()
) -> JobResult:
    """Run the steps of a job, except those with a condition in ``skipped``, up to the first that fails.

    Packages are installed already, and a step runs after a failure only if it always does.
    """
    summary, exported = workspace / ".summary", workspace / ".exported"
    summary.write_text("")
    exported.write_text("")
    platform = {"GITHUB_STEP_SUMMARY": str(summary), "GITHUB_ENV": str(exported)}
    succeeded, output = True, ""
    for step in steps:
        if step.condition in skipped or not (succeeded or step.condition == "always()"):
            continue
        script = "\n".join(line for line in step.script.splitlines() if not line.startswith(INSTALL))
        handed_on = dict(line.split("=", 1) for line in exported.read_text().splitlines())
        merged = shell_environment(workspace, {**environment, **platform, **handed_on, **step.variables})
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        process = run_process(workspace, command, merged)
        succeeded, output = succeeded and process.status == 0, output + process.output
    return JobResult(succeeded, output, summary.read_text())


def conditions(path: pathlib.Path) -> dict[str, Any]:
    """The conditions of all jobs, without line ends."""
    jobs = yaml.safe_load(path.read_text())
    found = {}
    for name, job in jobs.get("jobs", jobs).items():
        if isinstance(job, dict) and ("if" in job or "rules" in job):
            texts = [job["if"]] if "if" in job else [rule["if"] for rule in job["rules"]]
            found[name] = [" ".join(text.split()) for text in texts]
    return found


def identity_token() -> str:
    """A token in the form of a JWT, as a platform issues it."""
    claims = {"iss": "https://token.ci.example", "aud": "confluent", "sub": "repo:acme/notifications"}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    return ".".join((*encoded, "not-a-real-signature"))
