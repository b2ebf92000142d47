# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pipelines in docs/ci, and their program review.py: every script runs against an emulator.

A local server is in place of the platform. The emulator exchanges its identity token. The collection is
installed from the archive.
"""

from __future__ import annotations

import json
import os
import runpy
import shutil
import subprocess
import sys
from types import MappingProxyType

import pytest
import yaml

from support.archive import build_archive
from support.pipelines import (
    Step,
    conditions,
    github_steps,
    gitlab_steps,
    identity_token,
    run_job,
)
from support.playbooks import BIN, ROOT, run_process

CI = ROOT / "docs" / "ci"
REVIEW = ROOT / "extensions" / "pipelines" / "review.py"
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
def collections(tmp_path_factory):
    """The folder into which the pipelines install the collection from its archive."""
    folder = tmp_path_factory.mktemp("collections")
    archive = build_archive(tmp_path_factory.mktemp("build"))
    install = [str(BIN / "ansible-galaxy"), "collection", "install", str(archive), "-p", str(folder)]
    subprocess.run(
        install, check=True, capture_output=True, env={**os.environ, "ANSIBLE_COLLECTIONS_PATH": ""}
    )
    return folder


@pytest.fixture
def workspace(collections, tmp_path):
    """A user's repository, after the installation."""
    folder = tmp_path / "repository"
    folder.mkdir()
    for name in ("connection.yml", "requirements.txt"):
        shutil.copy(CI / name, folder)
    (folder / "collections").symlink_to(collections)
    (folder / "organization.yml").write_text(yaml.safe_dump(ORGANIZATION))
    (folder / "secrets.yml").write_text(yaml.safe_dump({"ops_slack_url": OPS_URL}))
    (tmp_path / "password").write_text(PASSWORD)
    encrypt = [str(BIN / "ansible-vault"), "encrypt", "--vault-password-file", str(tmp_path / "password")]
    subprocess.run([*encrypt, "secrets.yml"], cwd=folder, check=True, capture_output=True)
    return folder


class Platform:
    """What both platforms have: merged requests, and statuses of commits."""

    def __init__(self, emulator, receive):
        self.emulator = emulator
        self.environment = {"CONFLUENT_CLOUD_ENDPOINT": emulator.url}
        self.requests = [REVIEWED]
        self.target_branch = "main"
        #: Whether somebody whose approval counts has approved the reviewed commit.
        self.is_approved = True
        #: When GitLab received the reviewed commit.
        self.pushed_at = "2026-05-04T09:00:00Z"
        #: The newest commit of the branch.
        self.head = MERGED
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
    template = CI / "github-actions.yml"
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
        allowed = self.permissions
        if (method, path) == ("POST", self.comment_path) and allowed.get("pull-requests") == "write":
            return 201, {"id": 1}
        if (method, path) == ("POST", self.status_path) and allowed.get("statuses") == "write":
            self.add_status(body["description"], self.author)
            return 201, self.statuses[0]
        if path == f"/repos/acme/notifications/commits/{MERGED}/pulls?per_page=100" and allowed.get(
            "pull-requests"
        ):
            pulls = [
                {
                    "number": 7,
                    "merge_commit_sha": MERGED,
                    "merged_at": "2026-05-04T12:00:00Z",
                    "head": {"sha": commit},
                    "base": {"ref": self.target_branch},
                }
                for commit in self.requests
            ]
            # Other pull requests contain the commit as well.
            return 200, [{"merge_commit_sha": "c" * 40, "merged_at": None, "head": {"sha": "d" * 40}}, *pulls]
        if path == "/repos/acme/notifications/pulls/7/reviews?per_page=100" and allowed.get("pull-requests"):
            review = {"commit_id": REVIEWED, "user": {"login": "writer"}, "submitted_at": APPROVAL}
            late = {"submitted_at": "2026-05-04T11:59:00Z"}
            return 200, [
                {**review, **late, "state": "COMMENTED"},
                # None of these says anything about this plan.
                {**review, **late, "state": "APPROVED", "commit_id": "e" * 40, "user": {"login": "admin"}},
                {**review, **late, "state": "APPROVED", "user": {"login": "reader"}},
                {**review, **late, "state": "APPROVED", "user": None},
                {**review, "state": "APPROVED", "user": {"login": "admin2"}},
                {**review, **late, "state": "DISMISSED", "user": {"login": "admin2"}},
                *([{**review, "state": "APPROVED"}] if self.is_approved else []),
            ]
        if path.startswith("/repos/acme/notifications/collaborators/"):
            return 200, {"permission": "read" if "/reader/" in path else "write"}
        if path == "/repos/acme/notifications/branches/main":
            return 200, {"commit": {"sha": self.head}}
        if path == f"/repos/acme/notifications/commits/{REVIEWED}/statuses?per_page=100" and allowed.get(
            "statuses"
        ):
            return 200, self.statuses
        return 403, {"message": f"Resource not accessible: {method} {path}"}

    def add_status(self, checksum, author, created_at=BEFORE_APPROVAL):
        status = {
            "context": "notifications/plan",
            "state": "success",
            "description": checksum,
            "created_at": created_at,
        }
        self.statuses.insert(0, {**status, "id": len(self.statuses), "creator": dict(author)})

    def run(self, workspace, job, event, checksum=""):
        self.permissions = yaml.safe_load(self.template.read_text())["jobs"][job]["permissions"]
        pull_request = {"number": 7, "head": {"sha": REVIEWED}}
        event_file = workspace / ".event.json"
        event_file.write_text(json.dumps({"pull_request": pull_request} if event == "pull_request" else {}))
        values = {
            "github.token": PLATFORM_TOKEN,
            "vars.READER_POOL_ID": "pool-reader",
            "vars.ADMIN_POOL_ID": "pool-admin",
            "secrets.VAULT_PASSWORD": PASSWORD,
            "inputs.expected_checksum": checksum,
        }
        environment = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": f"{self.server.url}/api",
            "GITHUB_REPOSITORY": "acme/notifications",
            "GITHUB_EVENT_PATH": str(event_file),
            "GITHUB_SHA": MERGED,
            "GITHUB_REF_NAME": "main",
            **self.environment,
        }
        if self.permissions.get("id-token") == "write":
            environment["ACTIONS_ID_TOKEN_REQUEST_TOKEN"] = "request-token"
            environment["ACTIONS_ID_TOKEN_REQUEST_URL"] = f"{self.server.url}/identity?version=1"
        skipped = () if event == "pull_request" else ("github.event_name == 'pull_request'",)
        return run_job(workspace, self.steps(job, values), environment, skipped)

    def steps(self, job, values):
        return github_steps(self.template, job, values)

    def review(self, workspace):
        return self.run(workspace, "plan", "pull_request")

    def merge(self, workspace):
        return self.run(workspace, "apply", "push")

    def by_hand(self, workspace, checksum=""):
        return self.run(workspace, "apply" if checksum else "plan", "workflow_dispatch", checksum)

    def every_morning(self, workspace):
        return self.run(workspace, "verify", "schedule")


class GitLab(Platform):
    template = CI / "gitlab-ci.yml"
    author, stranger = MappingProxyType({"id": 42}), MappingProxyType({"id": 13})
    status_path = f"/api/projects/5/statuses/{REVIEWED}"
    comment_path = "/api/projects/5/merge_requests/7/notes"

    def respond(self, method, path, headers, body):
        assert headers["Private-Token" if "Private-Token" in headers else "PRIVATE-TOKEN"] == PLATFORM_TOKEN
        if (method, path) == ("POST", self.comment_path):
            return 201, {"id": 1}
        if (method, path) == ("POST", self.status_path):
            # GitLab knows the pipeline for merged results by another commit.
            assert "pipeline_id" not in body
            self.add_status(body["description"], self.author)
            return 201, self.statuses[-1]
        if path == f"/api/projects/5/repository/commits/{MERGED}/merge_requests?per_page=100":
            merged = [
                {
                    "iid": 7,
                    "state": "merged",
                    "target_branch": self.target_branch,
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
            approval = {"user": {"id": 1}}
            return 200, {
                "approved_by": [{**approval, "approved_at": APPROVAL} if self.is_approved else approval]
            }
        if path == "/api/projects/5/merge_requests/7/versions?per_page=100":
            return 200, [
                {"head_commit_sha": "e" * 40, "created_at": "2026-05-04T08:00:00Z"},
                {"head_commit_sha": REVIEWED, "created_at": self.pushed_at},
            ]
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
            "status": "success",
            "description": checksum,
            "created_at": created_at,
        }
        self.statuses.append({**status, "author": dict(author)})

    def run(self, workspace, job, **variables):
        values = {
            "GITLAB_CI": "true",
            "CI_API_V4_URL": f"{self.server.url}/api",
            "CI_PROJECT_ID": "5",
            "CI_PIPELINE_ID": "99",
            "CI_COMMIT_SHA": MERGED,
            "CI_COMMIT_BRANCH": "main",
            "PLAN_TOKEN": PLATFORM_TOKEN,
            "VAULT_PASSWORD": PASSWORD,
            "READER_POOL_ID": "pool-reader",
            "ADMIN_POOL_ID": "pool-admin",
            "IDENTITY_TOKEN": TOKEN,
            **self.environment,
            **variables,
        }
        return run_job(workspace, gitlab_steps(self.template, job, values), values)

    def review(self, workspace):
        request = {"CI_MERGE_REQUEST_IID": "7", "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA": REVIEWED}
        return self.run(workspace, "plan", **request)

    def merge(self, workspace):
        return self.run(workspace, "apply")

    def by_hand(self, workspace, checksum=""):
        return (
            self.run(workspace, "apply", EXPECTED_CHECKSUM=checksum)
            if checksum
            else self.run(workspace, "plan")
        )

    def every_morning(self, workspace):
        return self.run(workspace, "verify")


@pytest.fixture(params=[GitHub, GitLab])
def platform(request, emulator, receive):
    return request.param(emulator, receive)


def test_reviewed_plan_is_posted_applied_and_verified(platform, workspace):
    planned = platform.review(workspace)
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

    applied = platform.merge(workspace)
    assert applied.succeeded, applied.output
    assert platform.exchanged_pools() == {"pool-reader", "pool-admin"}
    assert "ops-slack" in platform.emulator.made()

    verified = platform.every_morning(workspace)
    assert verified.succeeded, verified.output

    platform.emulator.route("Connector failed", "Organization admins")
    before = platform.changes()
    drifted = platform.every_morning(workspace)
    assert not drifted.succeeded
    assert "Connector failed" in (workspace / "report.md").read_text()
    # The plan is another one now, so the reviewed one is not applied again.
    repeated = platform.merge(workspace)
    assert not repeated.succeeded
    assert "plan" in repeated.output
    assert platform.changes() == before
    for result in (planned, applied, verified, drifted, repeated):
        platform.check_no_secret(result)


def test_plan_that_was_shown_by_hand_is_applied_by_its_checksum(platform, workspace):
    planned = platform.by_hand(workspace)
    assert planned.succeeded, planned.output
    assert platform.server.received == [] or isinstance(platform, GitHub)
    assert platform.written(platform.status_path) == []
    checksum = json.loads((workspace / "plan.json").read_text())["plan"]["checksum"]

    applied = platform.by_hand(workspace, checksum)
    assert applied.succeeded, applied.output
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


def add_anonymous_status(platform):
    platform.add_status("f" * 64, {})
    platform.statuses[0].update(creator=None, author=None)


def fail_the_plan(platform):
    platform.add_status("f" * 64, platform.author)
    platform.statuses[0].update(state="failure", status="failed")


def merge_elsewhere(platform):
    platform.target_branch = "develop"
    platform.add_status("f" * 64, platform.author)


@pytest.mark.parametrize(
    "prepare",
    [
        *(add_foreign_status, add_strange_checksum, add_status_after_approval),
        *(forget_request, add_anonymous_status, merge_elsewhere, fail_the_plan),
    ],
)
def test_commit_without_a_reviewed_plan_is_not_applied(platform, workspace, prepare):
    prepare(platform)
    result = platform.merge(workspace)
    assert not result.succeeded
    assert "Nobody reviewed a plan for this commit." in result.output
    assert platform.emulator.requests() == []


def test_approval_that_does_not_count_is_none(platform, workspace):
    """On GitHub, that of another commit or by anybody; on GitLab, one without a time."""
    platform.is_approved = False
    platform.add_status("f" * 64, platform.author)
    result = platform.merge(workspace)
    assert not result.succeeded
    expected = {GitHub: "Nobody reviewed a plan", GitLab: "does not say when a merge request was approved"}
    assert expected[type(platform)] in result.output
    assert platform.emulator.requests() == []


@pytest.mark.parametrize("platform", [GitLab], indirect=True)
def test_approval_before_the_last_push_is_none(platform, workspace):
    """GitLab may keep it, and a commit that was pushed twice has a plan from before."""
    platform.pushed_at = "2026-05-04T11:30:00Z"
    platform.add_status("f" * 64, platform.author)
    result = platform.merge(workspace)
    assert "Nobody reviewed a plan for this commit." in result.output
    assert platform.emulator.requests() == []


def test_commit_of_several_requests_is_not_applied(platform, workspace):
    platform.requests = [REVIEWED, "d" * 40]
    platform.add_status("f" * 64, platform.author)
    result = platform.merge(workspace)
    assert "Several requests were merged as this commit." in result.output
    assert platform.emulator.requests() == []


@pytest.mark.parametrize("platform", [GitHub], indirect=True)
@pytest.mark.parametrize("attempt", ["1", "2"])
def test_old_job_that_runs_again_does_not_undo_what_came_later(platform, workspace, attempt):
    platform.environment["GITHUB_RUN_ATTEMPT"] = attempt
    platform.head = "9" * 40
    platform.add_status("f" * 64, platform.author)
    result = platform.merge(workspace)
    assert ("The branch has a newer commit" in result.output) is (attempt == "2")


@pytest.mark.parametrize("platform", [GitHub], indirect=True)
def test_plan_that_is_too_long_for_a_comment_says_so(platform, workspace, monkeypatch):
    """GitHub takes 65,536 characters."""
    (workspace / "plan.json").write_text(json.dumps({"plan": {"checksum": "a" * 64}}))
    (workspace / "plan.md").write_text("é" * 100_000)
    variables = {"GITHUB_TOKEN": PLATFORM_TOKEN}
    record = Step(f"python {REVIEW} record plan.json plan.md", variables)
    monkeypatch.setattr(platform, "steps", lambda *_: [record])
    assert platform.review(workspace).succeeded
    [comment] = platform.written(platform.comment_path)
    assert len(comment["body"]) == 65_536
    assert "**The plan is cut here.**" in comment["body"]


review = runpy.run_path(str(REVIEW))


@pytest.mark.parametrize(
    ("times", "approvals", "expected"),
    [
        (["2026-05-04T10:00:00Z", "2026-05-04T10:30:00Z"], ["2026-05-04T11:00:00Z"], "1"),
        (["2026-05-04T10:30:00Z", "2026-05-04T10:00:00Z"], ["2026-05-04T11:00:00Z"], "0"),
        # The last approval counts.
        (["2026-05-04T10:30:00Z"], ["2026-05-04T10:00:00Z", "2026-05-04T11:00:00Z"], "0"),
        (["2026-05-04T11:00:01Z"], ["2026-05-04T11:00:00Z"], None),
        # GitLab writes milliseconds, and the time zone of the server.
        (["2026-05-04T11:00:00Z"], ["2026-05-04T11:00:00.355Z"], "0"),
        (["2026-05-04T13:30:00.000+02:00"], ["2026-05-04T11:00:00.000Z"], None),
        (["2026-05-04T12:30:00.000+02:00"], ["2026-05-04T11:00:00.000Z"], "0"),
        # Of two in one second, the one that was made later.
        (["2026-05-04T10:00:00Z", "2026-05-04T10:00:00Z"], ["2026-05-04T11:00:00Z"], "1"),
        ([], ["2026-05-04T11:00:00Z"], None),
    ],
)
def test_newest_plan_before_the_approval_counts(times, approvals, expected):
    statuses = [
        {"id": number, "description": str(number), "created_at": created_at}
        for number, created_at in enumerate(times)
    ]
    assert review["newest_before"](statuses, approvals) == expected


def test_all_pages_of_a_list_are_read(receive):
    def respond(_method, path, _headers, _body):
        page = int(path.rpartition("=")[2])
        links = {} if page == 3 else {"Link": f'<{server.url}/api/repos/a/b/x?page={page + 1}>; rel="next"'}
        return 200, [{"page": page}], links

    server = receive(respond)
    platform = review["GitHub"]({"GITHUB_API_URL": f"{server.url}/api", "GITHUB_REPOSITORY": "a/b"})
    assert [item["page"] for item in platform.list("x?page=1")] == [1, 2, 3]


@pytest.mark.parametrize("link", ["http://elsewhere.invalid/x", "https://127.0.0.1/x", "LOOP"])
def test_pages_elsewhere_and_without_end_are_refused(receive, link):
    def respond(_method, path, _headers, _body):
        url = f"{server.url}{path}" if link == "LOOP" else link
        return 200, [], {"Link": f'<{url}>; rel="next"'}

    server = receive(respond)
    platform = review["GitHub"]({"GITHUB_API_URL": f"{server.url}/api", "GITHUB_REPOSITORY": "a/b"})
    with pytest.raises(review["ReviewError"], match=r"another host|more than 100 pages"):
        platform.list("x")


@pytest.mark.parametrize("status", [302, 401, 500])
def test_token_goes_to_the_platform_alone(receive, tmp_path, status):
    other = receive(lambda *_: (200, []))
    server = receive(lambda *_: (status, {}, {"Location": f"{other.url}/api"}))
    variables = {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": server.url,
        "CI_PROJECT_ID": "5",
        "CI_COMMIT_SHA": MERGED,
        "PLAN_TOKEN": PLATFORM_TOKEN,
    }
    ended = run_process(tmp_path, [sys.executable, str(REVIEW), "checksum"], {**os.environ, **variables})
    assert ended.status == 1
    assert f"was answered with status {status}." in ended.output
    assert PLATFORM_TOKEN not in ended.output
    assert other.received == []


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({}, "This is no job of GitHub Actions or GitLab CI"),
        ({"GITLAB_CI": "true"}, "The platform's 'CI_COMMIT_SHA' is missing"),
        ({"GITHUB_ACTIONS": "true", "EXPECTED_CHECKSUM": "-e x=y"}, "Nobody reviewed a plan"),
    ],
)
def test_job_without_what_it_needs_says_so(tmp_path, variables, message):
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("CI", "GITHUB", "GITLAB"))
    }
    ended = run_process(tmp_path, [sys.executable, str(REVIEW), "checksum"], {**environment, **variables})
    assert (ended.status, message in ended.output) == (1, True), ended.output


def test_jobs_run_for_whom_the_guide_says():
    """The platforms evaluate these conditions. A fork gets neither secrets nor a token."""
    assert conditions(GitHub.template) == {
        "plan": [
            "(github.event_name == 'pull_request' && github.event.pull_request.head.repo.full_name == "
            "github.repository) || (github.event_name == 'workflow_dispatch' && inputs.expected_checksum == '')"
        ],
        "apply": [
            "github.ref == 'refs/heads/main' && (github.event_name == 'push' || (github.event_name == "
            "'workflow_dispatch' && inputs.expected_checksum != ''))"
        ],
        "verify": ["github.event_name == 'schedule'"],
    }
    assert conditions(GitLab.template) == {
        "plan": [
            '$CI_PIPELINE_SOURCE == "merge_request_event" && $CI_MERGE_REQUEST_SOURCE_PROJECT_ID == $CI_PROJECT_ID',
            '$CI_PIPELINE_SOURCE == "web" && ($EXPECTED_CHECKSUM == null || $EXPECTED_CHECKSUM == "")',
        ],
        "apply": [
            '$CI_PIPELINE_SOURCE == "push" && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
            '$CI_PIPELINE_SOURCE == "web" && $EXPECTED_CHECKSUM && $CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH',
        ],
        "verify": ['$CI_PIPELINE_SOURCE == "schedule"'],
    }
