# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs jobs of GitHub Actions and GitLab CI: their conditions, their environment, and each script in bash.

Only what the platforms themselves do is replaced: the checkout, the Python, and the packages of an image.
"""

from __future__ import annotations

import base64
import json
import pathlib
import re
from dataclasses import dataclass, field
from typing import Any, Mapping

import yaml

from .playbooks import run_process, shell_environment


@dataclass
class JobResult:
    """What a job printed, and whether it succeeded."""

    succeeded: bool
    output: str
    summary: str = ""


class _Context(dict):
    """A context of expressions; what is missing is empty."""

    def __getattr__(self, name: str) -> Any:
        value = self.get(name, "")
        return _Context(value) if isinstance(value, dict) else value


#: Commands that install packages.
_INSTALL = ("pip install ", "ansible-galaxy collection install ")


def _run_script(
    workspace: pathlib.Path, script: str, environment: Mapping[str, str], installed: set[str]
) -> tuple[bool, str]:
    """Run a script of a job. What an earlier job installed is not installed again, to save time."""
    lines = [line for line in script.splitlines() if line not in installed]
    installed.update(line for line in lines if line.startswith(_INSTALL))
    merged = shell_environment(workspace, environment)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", "\n".join(lines)]
    process = run_process(workspace, command, merged)
    return process.status == 0, process.output


@dataclass
class GitHubActions:
    """A workflow, and the platform's environment.

    ``contexts`` has `github`, `vars`, `secrets` and `inputs`; ``environment`` the variables of each job, and
    ``identity_environment`` those of jobs that may request an identity token. ``installed`` has the commands
    that earlier jobs ran to install packages.
    """

    path: pathlib.Path
    contexts: dict[str, Any]
    environment: dict[str, str]
    identity_environment: dict[str, str]
    installed: set[str]
    permissions: dict[str, str] = field(default_factory=dict)

    def run(self, workspace: pathlib.Path) -> dict[str, JobResult]:
        """Run the jobs whose condition holds, and return their results."""
        workflow = yaml.safe_load(self.path.read_text())
        assert workflow["permissions"] == {}
        assert self.contexts["github"]["event_name"] in workflow["on"]
        return {
            name: self._run_job(workflow, job, workspace)
            for name, job in workflow["jobs"].items()
            if self._evaluate(job["if"])
        }

    def _run_job(self, workflow: dict[str, Any], job: dict[str, Any], workspace: pathlib.Path) -> JobResult:
        assert workflow["defaults"] == {"run": {"shell": "bash"}}
        self.permissions = job["permissions"]
        summary, variables = workspace / ".summary", workspace / ".environment"
        summary.write_text("")
        variables.write_text("")
        environment = {
            **self.environment,
            **(self.identity_environment if job["permissions"].get("id-token") == "write" else {}),
            "GITHUB_STEP_SUMMARY": str(summary),
            "GITHUB_ENV": str(variables),
            **self._interpolate(workflow["env"]),
            **self._interpolate(job["env"]),
        }
        succeeded, output = True, ""
        for step in job["steps"]:
            if not self._evaluate(step.get("if", "success()"), succeeded):
                continue
            if "uses" in step:
                # Pinned by commit.
                assert re.fullmatch(r"actions/(checkout|setup-python)@[0-9a-f]{40}", step["uses"])
                continue
            assert "${{" not in step["run"], "an expression in a script is code that others can write"
            exported = dict(line.split("=", 1) for line in variables.read_text().splitlines())
            step_environment = {**environment, **exported, **self._interpolate(step.get("env", {}))}
            step_succeeded, step_output = _run_script(
                workspace, step["run"], step_environment, self.installed
            )
            succeeded, output = succeeded and step_succeeded, output + step_output
        return JobResult(succeeded, output, summary.read_text())

    def _interpolate(self, values: Mapping[str, str]) -> dict[str, str]:
        return {
            name: re.sub(r"\$\{\{(.*?)\}\}", lambda match: str(self._evaluate(match[1])), value)
            for name, value in values.items()
        }

    def _evaluate(self, expression: str, succeeded: bool = True) -> Any:
        """The value of an expression of GitHub Actions, of which Python's operators are a superset."""
        python = expression.replace("&&", " and ").replace("||", " or ").replace("\n", " ").strip()
        names = {name: _Context(context) for name, context in self.contexts.items()}
        functions = {"always": lambda: True, "success": lambda: succeeded}
        return eval(python, {"__builtins__": {}}, {**names, **functions})


@dataclass
class GitLabCI:
    """A configuration of GitLab CI, and the variables that the platform gives to each job.

    ``installed`` has the commands that earlier jobs ran to install packages.
    """

    path: pathlib.Path
    variables: dict[str, str]
    identity_token: str
    installed: set[str]

    def run(self, workspace: pathlib.Path) -> dict[str, JobResult]:
        """Run the jobs of which a rule holds, and return their results."""
        configuration = yaml.safe_load(self.path.read_text())
        results = {}
        for stage in configuration["stages"]:
            for name, job in configuration.items():
                if not name.startswith(".") and isinstance(job, dict) and job["stage"] == stage:
                    job = _merged(configuration[job["extends"]], job)
                    if any(self._evaluate(rule["if"]) for rule in job["rules"]):
                        results[name] = self._run_job(job, workspace)
        return results

    def _run_job(self, job: dict[str, Any], workspace: pathlib.Path) -> JobResult:
        # The packages of the image are those of this machine.
        lines = [line for line in job["before_script"] + job["script"] if not line.startswith("apt-get ")]
        own = {name: self._expand(value) for name, value in job["variables"].items()}
        tokens = dict.fromkeys(job["id_tokens"], self.identity_token)
        environment = {**self.variables, **own, **tokens}
        succeeded, output = _run_script(workspace, "\n".join(lines), environment, self.installed)
        for path in job.get("artifacts", {}).get("paths", []):
            assert not succeeded or (workspace / path).is_file(), f"the artifact {path} does not exist"
        return JobResult(succeeded, output)

    def _expand(self, value: str) -> str:
        return re.sub(r"\$(\w+)", lambda match: self.variables.get(match[1], ""), value)

    def _evaluate(self, rule: str) -> bool:
        """Whether a condition of a rule holds."""
        python = re.sub(r"\$(\w+)", lambda match: repr(self.variables.get(match[1])), rule)
        python = python.replace("&&", " and ").replace("||", " or ")
        return bool(eval(python, {"__builtins__": {}}, {"null": None}))


def _merged(base: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, Any]:
    """A job with what it extends; mappings are merged."""
    merged = dict(base)
    for name, value in job.items():
        both_are_mappings = isinstance(value, dict) and isinstance(base.get(name), dict)
        merged[name] = {**base[name], **value} if both_are_mappings else value
    return merged


def identity_token() -> str:
    """A token in the form of a JWT, as a platform issues it."""
    claims = {"iss": "https://token.ci.example", "aud": "confluent", "sub": "repo:acme/notifications"}
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256", "typ": "JWT"}, claims)]
    encoded = [base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts]
    return ".".join((*encoded, "not-a-real-signature"))
