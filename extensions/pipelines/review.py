# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands a reviewed plan from a pull request to its merge, in jobs of GitHub Actions and GitLab CI.

  review.py token                      get an identity token (GitHub; GitLab has it in a variable)
  review.py record plan.json plan.md   post the plan, and record its checksum for the commit that is reviewed
  review.py checksum                   print the checksum that was recorded for the merged commit before its approval

It reads the variables of the platform, and EXPECTED_CHECKSUM, which takes precedence over a recorded one. On GitHub
it needs GITHUB_TOKEN, and on GitLab PLAN_TOKEN.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from abc import ABC, abstractmethod
from datetime import datetime
from pathlib import Path
from typing import Any, Dict, Iterable, List, Mapping, Optional, Sequence
from urllib.parse import quote, urlsplit

import requests

#: The name under which a checksum is recorded.
CONTEXT = "notifications/plan"
TIMEOUT = 30
#: The most pages of a list.
_MOST_PAGES = 100
#: The permissions of those whose approvals count on GitHub.
_WRITERS = ("admin", "write")
#: The states of reviews that decide something. A comment does not.
_DECISIONS = ("APPROVED", "CHANGES_REQUESTED", "DISMISSED")
_CHECKSUM = re.compile(r"[0-9a-f]{64}")


class ReviewError(Exception):
    """The job cannot go on. The message is a whole sentence, without secrets."""


class Platform(ABC):
    """The API of a platform, for the repository of the job."""

    #: The greatest number of characters of a comment.
    comment_limit: int
    headers: Mapping[str, str]

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.environment = environment

    @property
    @abstractmethod
    def url(self) -> str:
        """The URL with which all paths begin."""

    @abstractmethod
    def commit(self) -> str:
        """The commit that is reviewed."""

    @abstractmethod
    def comment(self, text: str) -> None:
        """Post a comment to the request of this job."""

    @abstractmethod
    def record(self, commit: str, checksum: str) -> None:
        """Record a checksum for a commit."""

    @abstractmethod
    def recorded(self) -> Optional[str]:
        """The checksum that was recorded for the merged commit of this job before its approval, if there is one."""

    def request(self, method: str, url: str, body: Any = None) -> requests.Response:
        """The response to a request. Raises ReviewError unless it succeeded."""
        try:
            response = requests.request(
                method,
                url,
                json=body,
                # A redirection could lead to another host, and a .netrc would replace the token.
                auth=self._authenticate,
                allow_redirects=False,
                timeout=TIMEOUT,
            )
        except requests.RequestException as error:
            raise ReviewError(f"{method} {url} got no answer ({type(error).__name__}).") from None
        if not 200 <= response.status_code < 300:
            raise ReviewError(f"{method} {url} was answered with status {response.status_code}.")
        return response

    def _authenticate(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers.update(self.headers)
        return request

    def post(self, path: str, body: Any) -> None:
        self.request("POST", f"{self.url}/{path}", body)

    def get(self, path: str) -> Any:
        return self.request("GET", f"{self.url}/{path}").json()

    def list(self, path: str) -> List[Dict[str, Any]]:
        """All pages of a list. Raises ReviewError for pages elsewhere, which would get the token, and for too many."""
        items: List[Dict[str, Any]] = []
        url = f"{self.url}/{path}"
        for _page in range(_MOST_PAGES):
            response = self.request("GET", url)
            items += response.json()
            url = response.links.get("next", {}).get("url") or ""
            if not url:
                return items
            if urlsplit(url)[:2] != urlsplit(self.url)[:2]:
                raise ReviewError(f"The next page of {path} is on another host.")
        raise ReviewError(f"{path} has more than {_MOST_PAGES} pages.")


class GitHub(Platform):
    """Source: the REST API of GitHub, version 2022-11-28: pulls, reviews, commit statuses, issue comments."""

    comment_limit = 65_536

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self.headers = {"Authorization": f"Bearer {environment.get('GITHUB_TOKEN', '')}"}

    @property
    def url(self) -> str:
        return f"{self.environment['GITHUB_API_URL']}/repos/{self.environment['GITHUB_REPOSITORY']}"

    def _pull_request(self) -> Dict[str, Any]:
        event = json.loads(Path(self.environment["GITHUB_EVENT_PATH"]).read_text(encoding="utf-8"))
        found: Dict[str, Any] = event["pull_request"]
        return found

    def commit(self) -> str:
        return str(self._pull_request()["head"]["sha"])

    def comment(self, text: str) -> None:
        self.post(f"issues/{self._pull_request()['number']}/comments", {"body": text})

    def record(self, commit: str, checksum: str) -> None:
        self.post(f"statuses/{commit}", {"state": "success", "context": CONTEXT, "description": checksum})

    def recorded(self) -> Optional[str]:
        merged = self.environment["GITHUB_SHA"]
        requests_of_commit = [
            pull
            for pull in self.list(f"commits/{merged}/pulls?per_page=100")
            if pull["merge_commit_sha"] == merged
            and pull["merged_at"]
            and pull["base"]["ref"] == self.environment["GITHUB_REF_NAME"]
        ]
        if not requests_of_commit:
            return None
        self._refuse_outdated(merged)
        pull = only(requests_of_commit)
        reviews = self.list(f"pulls/{pull['number']}/reviews?per_page=100")
        decided = sorted((review for review in reviews if review["state"] in _DECISIONS), key=_submitted)
        latest = {(review["user"] or {}).get("login"): review for review in decided}
        # An approval of an earlier commit, or by somebody who may not write, is none of this plan.
        approvals = [
            review["submitted_at"]
            for login, review in latest.items()
            if review["state"] == "APPROVED"
            and review["commit_id"] == pull["head"]["sha"]
            and self._may_write(login)
        ]
        if decided and not approvals:
            return None
        statuses = self.list(f"commits/{pull['head']['sha']}/statuses?per_page=100")
        # Only this workflow's own status counts.
        own = [
            status
            for status in statuses
            if status["context"] == CONTEXT
            and status["state"] == "success"
            and (status["creator"] or {}).get("login") == "github-actions[bot]"
        ]
        return newest_before(own, approvals or [pull["merged_at"]])

    def _may_write(self, login: Optional[str]) -> bool:
        """Whether somebody may write to the repository. The account may be gone."""
        permission = (
            self.get(f"collaborators/{quote(login, safe='')}/permission")["permission"] if login else ""
        )
        return permission in _WRITERS

    def _refuse_outdated(self, merged: str) -> None:
        """Raise ReviewError if this job runs once more, and the branch has gone on: it would undo what came later."""
        if int(self.environment.get("GITHUB_RUN_ATTEMPT") or 1) < 2:
            return
        branch = quote(self.environment["GITHUB_REF_NAME"], safe="")
        if self.get(f"branches/{branch}")["commit"]["sha"] != merged:
            raise ReviewError(
                "The branch has a newer commit, so this job would undo it. Run the newest job again."
            )

    def write_token(self) -> None:
        """Get an identity token, hide it in the log, and hand it to the steps that follow as IDENTITY_TOKEN."""
        self.headers = {"Authorization": f"Bearer {self.environment['ACTIONS_ID_TOKEN_REQUEST_TOKEN']}"}
        url = f"{self.environment['ACTIONS_ID_TOKEN_REQUEST_URL']}&audience=confluent"
        token = self.request("GET", url).json()["value"]
        print(f"::add-mask::{token}")
        with open(self.environment["GITHUB_ENV"], "a", encoding="utf-8") as variables:
            variables.write(f"IDENTITY_TOKEN={token}\n")


class GitLab(Platform):
    """Source: the REST API of GitLab, version 4: merge requests, approvals, commit statuses, notes."""

    comment_limit = 1_000_000

    def __init__(self, environment: Mapping[str, str]) -> None:
        super().__init__(environment)
        self.headers = {"PRIVATE-TOKEN": environment.get("PLAN_TOKEN", "")}

    @property
    def url(self) -> str:
        return f"{self.environment['CI_API_V4_URL']}/projects/{self.environment['CI_PROJECT_ID']}"

    def commit(self) -> str:
        # In a pipeline for merged results, CI_COMMIT_SHA is another commit.
        return self.environment.get("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") or self.environment["CI_COMMIT_SHA"]

    def comment(self, text: str) -> None:
        self.post(f"merge_requests/{self.environment['CI_MERGE_REQUEST_IID']}/notes", {"body": text})

    def record(self, commit: str, checksum: str) -> None:
        status: Dict[str, Any] = {"state": "success", "name": CONTEXT, "description": checksum}
        if commit == self.environment["CI_COMMIT_SHA"]:
            # Of a pipeline for merged results, GitLab knows another commit, and answers 404.
            status["pipeline_id"] = int(self.environment["CI_PIPELINE_ID"])
        self.post(f"statuses/{commit}", status)

    def recorded(self) -> Optional[str]:
        merged = self.environment["CI_COMMIT_SHA"]
        requests_of_commit = [
            request
            for request in self.list(f"repository/commits/{merged}/merge_requests?per_page=100")
            if request["state"] == "merged"
            and request["target_branch"] == self.environment["CI_COMMIT_BRANCH"]
            and merged in (request["merge_commit_sha"], request["squash_commit_sha"], request["sha"])
        ]
        if not requests_of_commit:
            return None
        request = only(
            [
                request
                for request in requests_of_commit
                if merged in (request["merge_commit_sha"], request["squash_commit_sha"])
            ]
            or requests_of_commit
        )
        approved_by = self.get(f"merge_requests/{request['iid']}/approvals").get("approved_by") or ()
        approvals = [approval.get("approved_at") for approval in approved_by]
        if not all(approvals):
            raise ReviewError(
                "This GitLab does not say when a merge request was approved (`approved_at`), so it is unknown which "
                "plan was. Update it, or apply a plan by its checksum."
            )
        # GitLab may keep the approvals of earlier commits.
        versions = self.list(f"merge_requests/{request['iid']}/versions?per_page=100")
        pushed = [
            _moment(version["created_at"])
            for version in versions
            if version["head_commit_sha"] == request["sha"]
        ]
        counting = [approval for approval in approvals if pushed and _moment(approval) >= max(pushed)]
        if approvals and not counting:
            return None
        # Only a status that the owner of the token has set counts.
        user = self.request("GET", f"{self.environment['CI_API_V4_URL']}/user").json()["id"]
        statuses = self.list(f"repository/commits/{request['sha']}/statuses?all=true&per_page=100")
        own = [
            status
            for status in statuses
            if status["name"] == CONTEXT
            and status["status"] == "success"
            and (status["author"] or {}).get("id") == user
        ]
        return newest_before(own, counting or [request["merged_at"]])


def only(requests_of_commit: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    """The only request that was merged as a commit. Raises ReviewError if it is not clear which one was."""
    if len(requests_of_commit) > 1:
        raise ReviewError("Several requests were merged as this commit. Apply a plan by its checksum.")
    return requests_of_commit[0]


def newest_before(statuses: Iterable[Mapping[str, Any]], approvals: Iterable[str]) -> Optional[str]:
    """The checksum in the newest status that is not newer than the last approval.

    A plan that was recorded after the approval is not the one that was approved.
    """
    approved = max(map(_moment, approvals))
    reviewed = [status for status in statuses if _moment(status["created_at"]) <= approved]
    newest = max(reviewed, key=lambda status: (_moment(status["created_at"]), status["id"]), default=None)
    return None if newest is None else str(newest["description"])


def _submitted(review: Mapping[str, Any]) -> datetime:
    return _moment(review["submitted_at"])


def _moment(text: str) -> datetime:
    """A time in the form of RFC 3339."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def platform_of(environment: Mapping[str, str]) -> Platform:
    """The platform on which this job runs. Raises ReviewError."""
    if environment.get("GITHUB_ACTIONS") == "true":
        return GitHub(environment)
    if environment.get("GITLAB_CI") == "true":
        return GitLab(environment)
    raise ReviewError(
        "This is no job of GitHub Actions or GitLab CI: neither GITHUB_ACTIONS nor GITLAB_CI is true."
    )


def record_plan(platform: Platform, plan: Path, markdown: Path) -> None:
    """Post a plan, and record its checksum."""
    commit = platform.commit()
    text = f"Plan for commit {commit}\n\n{markdown.read_text(encoding='utf-8')}"
    cut = "\n\n**The plan is cut here.** The whole plan is in the job that made it.\n"
    if len(text) > platform.comment_limit:
        text = text[: platform.comment_limit - len(cut)] + cut
    platform.comment(text)
    platform.record(commit, json.loads(plan.read_text(encoding="utf-8"))["plan"]["checksum"])


def reviewed_checksum(platform: Platform) -> str:
    """The checksum that somebody gave, or that was reviewed. Raises ReviewError."""
    checksum = platform.environment.get("EXPECTED_CHECKSUM") or platform.recorded() or ""
    if not _CHECKSUM.fullmatch(checksum):
        raise ReviewError(
            "Nobody reviewed a plan for this commit. Run the pipeline by hand, first without and then with a checksum."
        )
    return checksum


def main() -> None:
    """Run one command, and end with status 1 and a message if it fails."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("token", help="get an identity token (GitHub)")
    record = commands.add_parser("record", help="post a plan, and record its checksum")
    record.add_argument("plan", type=Path, help="the JSON file of the playbook plan")
    record.add_argument("markdown", type=Path, help="its Markdown file")
    commands.add_parser("checksum", help="print the checksum that was reviewed")
    arguments = parser.parse_args()
    try:
        platform = platform_of(os.environ)
        if arguments.command == "record":
            record_plan(platform, arguments.plan, arguments.markdown)
        elif arguments.command == "checksum":
            print(reviewed_checksum(platform))
        elif isinstance(platform, GitHub):
            platform.write_token()
    except ReviewError as error:
        sys.exit(str(error))
    except KeyError as error:
        sys.exit(f"The platform's {error} is missing, which this job needs.")
    except (TypeError, ValueError, AttributeError) as error:
        sys.exit(f"The platform gave an answer that cannot be read ({type(error).__name__}).")


if __name__ == "__main__":
    main()
