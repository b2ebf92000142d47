# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines in docs/ci: every script runs against an emulator.

A local server is in place of the platform. The emulator exchanges its identity token. The collection is
installed from the archive.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from types import MappingProxyType

import pytest
import yaml

from support.archive import build_archive
from support.pipelines import GitHubActions, GitLabCI, identity_token
from support.playbooks import BIN, ROOT

CI = ROOT / "docs" / "ci"
REVIEWED, MERGED = "a" * 40, "b" * 40
BEFORE_APPROVAL, APPROVAL, AFTER_APPROVAL = (f"2026-05-04T{time}:00Z" for time in ("10:00", "11:00", "11:30"))
OPS_URL = "https://hooks.slack.example/services/ops-not-a-real-secret"
PASSWORD = "vault-password-not-a-real-one"
PLATFORM_TOKEN = "platform-token-not-a-real-one"
TOKEN = identity_token()
ORGANIZATION = {
    "bootstrap_integrations": [
        {"display_name": "ops-slack", "target": {"kind": "Slack", "webhook_url": "{{ ops_slack_url }}"}}
    ],
    "bootstrap_subscriptions": [{"select": {"severities": ["CRITICAL"]}, "integrations": ["ops-slack"]}],
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return build_archive(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def collections(tmp_path_factory):
    """Where the pipelines install the collection."""
    return tmp_path_factory.mktemp("collections")


@pytest.fixture(scope="module")
def installed():
    """The commands that pipelines have run to install packages."""
    return set()


@pytest.fixture
def workspace(archive, tmp_path):
    """A user's repository."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("connection.yml", "requirements.txt"):
        shutil.copy(CI / name, folder)
    (folder / "requirements.yml").write_text(
        yaml.safe_dump({"collections": [{"name": str(archive), "type": "file"}]})
    )
    (folder / "organization.yml").write_text(yaml.safe_dump(ORGANIZATION))
    (folder / "secrets.yml").write_text(yaml.safe_dump({"ops_slack_url": OPS_URL}))
    (tmp_path / "password").write_text(PASSWORD)
    encrypt = [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(tmp_path / "password")]
    subprocess.run([*encrypt, "secrets.yml"], cwd=folder, check=True, capture_output=True)
    return folder


class Platform:
    """What both platforms have: merged requests, and statuses of commits."""

    def __init__(self, emulator, receive, environment, installed):
        self.emulator = emulator
        self.installed = installed
        self.environment = {**environment, "CONFLUENT_CLOUD_ENDPOINT": emulator.url}
        self.requests = [REVIEWED]
        self.statuses = []
        self.server = receive(self.respond)
        emulator.reset(external_token=TOKEN)

    def exchanged_pools(self):
        """The identity pools for which tokens were exchanged."""
        exchanges = [sent["body"] for sent in self.emulator.requests() if sent["path"].startswith("/sts/")]
        return {body.partition("identity_pool_id=")[2].partition("&")[0] for body in exchanges}

    def changes(self):
        """The requests that changed the organization."""
        harmless = ("POST /sts/", "POST /integrations:test")
        return [line for line in self.emulator.writes() if not line.startswith(harmless)]

    def written(self, path):
        """The bodies of the writes to the platform with this path."""
        return [
            sent["body"] for sent in self.server.received if sent["body"] is not None and path in sent["path"]
        ]

    def check_no_secret(self, result):
        printed = [line for line in result.output.splitlines() if not line.startswith("::add-mask::")]
        posted = json.dumps([sent["body"] for sent in self.server.received])
        for secret in (OPS_URL, PASSWORD, PLATFORM_TOKEN, TOKEN):
            assert secret not in "\n".join(printed)
            assert secret not in result.summary
            assert secret not in posted


class GitHub(Platform):
    author, stranger = (
        MappingProxyType({"login": "github-actions[bot]"}),
        MappingProxyType({"login": "somebody"}),
    )
    status_path = f"/repos/acme/notifications/statuses/{REVIEWED}"
    comment_path = "/repos/acme/notifications/issues/7/comments"

    def respond(self, method, path, headers, body):
        path = path.removeprefix("/api")
        if path == "/identity?version=1&audience=confluent":
            assert headers["Authorization"] == "Bearer request-token"
            return 200, {"value": TOKEN}

        assert headers["Authorization"] == f"Bearer {PLATFORM_TOKEN}"
        allowed = self.actions.permissions
        if (method, path) == ("POST", self.comment_path) and allowed.get("pull-requests") == "write":
            return 201, {"id": 1}
        if (method, path) == ("POST", self.status_path) and allowed.get("statuses") == "write":
            self.statuses.insert(0, {**body, "creator": dict(self.author), "created_at": BEFORE_APPROVAL})
            return 201, self.statuses[0]
        if path == f"/repos/acme/notifications/commits/{MERGED}/pulls" and allowed.get("pull-requests"):
            pulls = [
                {
                    "number": 7,
                    "merge_commit_sha": MERGED,
                    "merged_at": "2026-05-04T12:00:00Z",
                    "head": {"sha": commit},
                }
                for commit in self.requests
            ]
            # Other pull requests contain the commit as well.
            return 200, [{"merge_commit_sha": "c" * 40, "merged_at": None, "head": {"sha": "d" * 40}}, *pulls]
        if path == "/repos/acme/notifications/pulls/7/reviews?per_page=100" and allowed.get("pull-requests"):
            reviews = [{"state": "COMMENTED", "submitted_at": "2026-05-04T11:59:00Z"}]
            return 200, [*reviews, {"state": "APPROVED", "submitted_at": APPROVAL}]
        if path == f"/repos/acme/notifications/commits/{REVIEWED}/statuses?per_page=100" and allowed.get(
            "statuses"
        ):
            return 200, self.statuses
        return 403, {"message": f"Resource not accessible: {method} {path}"}

    def add_status(self, checksum, author, created_at=BEFORE_APPROVAL):
        status = {"context": "notifications/plan", "description": checksum, "created_at": created_at}
        self.statuses.insert(0, {**status, "creator": dict(author)})

    def run(self, workspace, event, fork=False, checksum=""):
        head = {"sha": REVIEWED, "repo": {"full_name": "somebody/fork" if fork else "acme/notifications"}}
        pull_request = {"number": 7, "head": head}
        self.actions = GitHubActions(
            CI / "github-actions.yml",
            {
                "github": {
                    "event_name": event,
                    "repository": "acme/notifications",
                    "token": PLATFORM_TOKEN,
                    "event": {"pull_request": pull_request} if event == "pull_request" else {},
                },
                "vars": {"READER_POOL_ID": "pool-reader", "ADMIN_POOL_ID": "pool-admin"},
                "secrets": {"VAULT_PASSWORD": PASSWORD},
                "inputs": {"expected_checksum": checksum} if event == "workflow_dispatch" else {},
            },
            {
                "GITHUB_API_URL": f"{self.server.url}/api",
                "GITHUB_REPOSITORY": "acme/notifications",
                "GITHUB_SHA": MERGED,
                **self.environment,
            },
            {
                "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "request-token",
                "ACTIONS_ID_TOKEN_REQUEST_URL": f"{self.server.url}/identity?version=1",
            },
            self.installed,
        )
        return self.actions.run(workspace)

    def review(self, workspace, **options):
        return self.run(workspace, "pull_request", **options)

    def merge(self, workspace):
        return self.run(workspace, "push")

    def by_hand(self, workspace, checksum=""):
        return self.run(workspace, "workflow_dispatch", checksum=checksum)

    def every_morning(self, workspace):
        return self.run(workspace, "schedule")


class GitLab(Platform):
    author, stranger = MappingProxyType({"id": 42}), MappingProxyType({"id": 13})
    status_path = f"/api/projects/5/statuses/{REVIEWED}"
    comment_path = "/api/projects/5/merge_requests/7/notes"

    def respond(self, method, path, headers, body):
        assert headers["Private-Token" if "Private-Token" in headers else "PRIVATE-TOKEN"] == PLATFORM_TOKEN
        if (method, path) == ("POST", self.comment_path):
            return 201, {"id": 1}
        if (method, path) == ("POST", self.status_path):
            assert body["pipeline_id"] == 99
            self.add_status(body["description"], self.author)
            return 201, self.statuses[-1]
        if path == f"/api/projects/5/repository/commits/{MERGED}/merge_requests":
            merged = [
                {
                    "iid": 7,
                    "state": "merged",
                    "merged_at": "2026-05-04T12:00:00Z",
                    "sha": commit,
                    "merge_commit_sha": MERGED,
                    "squash_commit_sha": None,
                }
                for commit in self.requests
            ]
            other = {"state": "opened", "sha": "d" * 40, "merge_commit_sha": None, "squash_commit_sha": None}
            return 200, [other, *merged]
        if path == "/api/projects/5/merge_requests/7/approvals":
            return 200, {"approved_by": [{"user": {"id": 1}, "approved_at": APPROVAL}]}
        if path == "/api/user":
            return 200, {"id": 42, "username": "project_5_bot"}
        if path == f"/api/projects/5/repository/commits/{REVIEWED}/statuses?all=true&per_page=100":
            return 200, self.statuses
        return 404, {"message": f"404 Not Found: {method} {path}"}

    def add_status(self, checksum, author, created_at=BEFORE_APPROVAL):
        number = len(self.statuses) + 1
        status = {
            "id": number,
            "name": "notifications/plan",
            "description": checksum,
            "created_at": created_at,
        }
        self.statuses.append({**status, "author": dict(author)})

    def run(self, workspace, **variables):
        return GitLabCI(
            CI / "gitlab-ci.yml",
            {
                "CI_API_V4_URL": f"{self.server.url}/api",
                "CI_PROJECT_ID": "5",
                "CI_PIPELINE_ID": "99",
                "CI_DEFAULT_BRANCH": "main",
                "CI_COMMIT_SHA": MERGED,
                "PLAN_TOKEN": PLATFORM_TOKEN,
                "VAULT_PASSWORD": PASSWORD,
                "READER_POOL_ID": "pool-reader",
                "ADMIN_POOL_ID": "pool-admin",
                **self.environment,
                **variables,
            },
            TOKEN,
            self.installed,
        ).run(workspace)

    def review(self, workspace, fork=False):
        return self.run(
            workspace,
            CI_PIPELINE_SOURCE="merge_request_event",
            CI_MERGE_REQUEST_IID="7",
            CI_MERGE_REQUEST_SOURCE_PROJECT_ID="6" if fork else "5",
            CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=REVIEWED,
        )

    def merge(self, workspace):
        return self.run(workspace, CI_PIPELINE_SOURCE="push", CI_COMMIT_BRANCH="main")

    def by_hand(self, workspace, checksum=""):
        given = {"EXPECTED_CHECKSUM": checksum} if checksum else {}
        return self.run(workspace, CI_PIPELINE_SOURCE="web", CI_COMMIT_BRANCH="main", **given)

    def every_morning(self, workspace):
        return self.run(workspace, CI_PIPELINE_SOURCE="schedule", CI_COMMIT_BRANCH="main")


@pytest.fixture(params=[GitHub, GitLab])
def platform(request, emulator, receive, collections, installed):
    environment = {"ANSIBLE_COLLECTIONS_PATH": str(collections)}
    return request.param(emulator, receive, environment, installed)


def test_reviewed_plan_is_posted_applied_and_verified(platform, workspace):
    [(name, planned)] = platform.review(workspace).items()
    assert name == "plan"
    assert planned.succeeded, planned.output
    assert platform.exchanged_pools() == {"pool-reader"}
    assert platform.changes() == []

    [comment] = platform.written(platform.comment_path)
    [status] = platform.written(platform.status_path)
    assert comment["body"].startswith(f"Plan for commit {REVIEWED}\n\n## Plan for organization ")
    assert "ops-slack" in comment["body"]
    assert status["description"] in comment["body"]
    # What lint finds is shown beside the lines of the file.
    report = workspace / "code-quality.json"
    assert "single-channel" in (report.read_text() if report.exists() else planned.output)

    [(name, applied)] = platform.merge(workspace).items()
    assert name == "apply"
    assert applied.succeeded, applied.output
    assert platform.exchanged_pools() == {"pool-reader", "pool-admin"}
    assert "ops-slack" in platform.emulator.made()

    [(name, verified)] = platform.every_morning(workspace).items()
    assert name == "verify"
    assert verified.succeeded, verified.output

    platform.emulator.route("Connector failed", "Organization admins")
    before = platform.changes()
    drifted = platform.every_morning(workspace)["verify"]
    assert not drifted.succeeded
    assert "Connector failed" in (workspace / "report.md").read_text()
    # The plan is another one now, so the reviewed one is not applied again.
    repeated = platform.merge(workspace)["apply"]
    assert not repeated.succeeded
    assert "plan" in repeated.output
    assert platform.changes() == before
    for result in (planned, applied, verified, drifted, repeated):
        platform.check_no_secret(result)


def test_plan_that_was_shown_by_hand_is_applied_by_its_checksum(platform, workspace):
    [(name, planned)] = platform.by_hand(workspace).items()
    assert (name, planned.succeeded) == ("plan", True), planned.output
    assert platform.server.received == [] or isinstance(platform, GitHub)
    assert platform.written(platform.status_path) == []
    checksum = json.loads((workspace / "plan.json").read_text())["plan"]["checksum"]

    [(name, applied)] = platform.by_hand(workspace, checksum).items()
    assert (name, applied.succeeded) == ("apply", True), applied.output
    assert "ops-slack" in platform.emulator.made()


def add_foreign_status(platform):
    platform.add_status("f" * 64, platform.stranger)


def add_strange_checksum(platform):
    platform.add_status("-e bootstrap_purge=true", platform.author)


def add_status_after_approval(platform):
    platform.add_status("f" * 64, platform.author, AFTER_APPROVAL)


def forget_request(platform):
    platform.requests = []
    platform.add_status("f" * 64, platform.author)


@pytest.mark.parametrize(
    "prepare", [add_foreign_status, add_strange_checksum, add_status_after_approval, forget_request]
)
def test_commit_without_a_reviewed_plan_is_not_applied(platform, workspace, prepare):
    prepare(platform)
    [(name, result)] = platform.merge(workspace).items()
    assert (name, result.succeeded) == ("apply", False)
    assert "Nobody reviewed a plan for this commit." in result.output
    assert platform.emulator.requests() == []


def test_fork_gets_neither_secrets_nor_a_token(platform, workspace):
    assert platform.review(workspace, fork=True) == {}
