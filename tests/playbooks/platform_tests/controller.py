# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A recorder in place of Automation Platform's controller: validates and keeps what is written.

It runs nothing. controller_api.yml says what is valid. A violation is answered with 400, as the controller
does, and kept. Some rules are stricter than those of the controller: no unknown field, no unused input.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Iterator, Optional
from urllib.parse import parse_qsl, urlsplit

import yaml

API = yaml.safe_load((pathlib.Path(__file__).parent / "controller_api.yml").read_text())
ENCRYPTED = "$encrypted$"
MAX_NAME = 512
#: The collections whose objects a schedule or a node of a workflow can run.
RUNNABLE = ("job_templates", "workflow_job_templates", "projects", "workflow_approval_templates")
TYPES = {"job_templates": "job_template", "workflow_approval_templates": "workflow_approval"}
#: Also the answer to a log-in, whose token is not compared.
PROJECT_UPDATE = {
    "id": 1,
    "token": "recorder",
    "url": "/api/v2/project_updates/1/",
    "status": "successful",
    "finished": "2026-01-01T00:00:00Z",
    "failed": False,
    "scm_revision": "0123456789",
}
JSON_TYPES = {"text": str, "bool": bool, "int": int}
QUESTION_TYPES = ("text", "textarea", "password", "integer", "float", "multiplechoice", "multiselect")
_RRULE = re.compile(r"DTSTART(;TZID=[\w/]+:\d{8}T\d{6}|:\d{8}T\d{6}Z) RRULE:FREQ=\w+;INTERVAL=\d+")


class Violation(Exception):
    """A request that the controller refuses, or should."""


class Controller:
    """The objects that were written, and the violations."""

    def __init__(self, project_files: list[str]) -> None:
        self.url = ""
        self.project_files = project_files
        self.violations: list[str] = []
        self.objects: dict[str, dict[int, dict[str, Any]]] = {collection: {} for collection in API}
        self.objects["organizations"] = {1: {"id": 1, "name": "Default"}, 3: {"id": 3, "name": "Second"}}
        vault = {"fields": [{"id": "vault_password", "secret": True}, {"id": "vault_id"}]}
        self.objects["credential_types"][2] = {
            "name": "Vault",
            "kind": "vault",
            "inputs": vault,
            "injectors": {},
        }
        for collection in ("organizations", "credential_types"):
            for number, obj in self.objects[collection].items():
                obj.update(id=number, url=f"/api/v2/{collection}/{number}/")
        self.surveys: dict[int, dict[str, Any]] = {}
        self.links: dict[tuple[str, int, str], list[int]] = {}
        self._last_id = 10

    @classmethod
    @contextlib.contextmanager
    def started(cls, project_files: list[str]) -> Iterator[Controller]:
        controller = cls(project_files)
        handler = type("Handler", (_Handler,), {"controller": controller})
        server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        controller.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield controller
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def by_name(self, collection: str) -> dict[str, dict[str, Any]]:
        """The objects of a collection, by name or identifier."""
        return {obj.get("name") or obj["identifier"]: obj for obj in self.objects[collection].values()}

    def linked(self, collection: str, name: str, link: str) -> list[str]:
        """The names of the objects in a list of an object."""
        number = self.by_name(collection)[name]["id"]
        of_link = self.objects[API[collection]["links"][link]]
        ids = self.links.get((collection, number, link), [])
        return [of_link[each].get("name") or of_link[each]["identifier"] for each in ids]

    # Requests

    def handle(self, method: str, target: str, body: Any) -> tuple[int, Any]:
        """The status and the body of the response."""
        parts = urlsplit(target)
        segments = parts.path.strip("/").split("/")[2:]
        if segments[0] in ("tokens", "ping", "project_updates"):
            return (201 if method == "POST" else 204 if method == "DELETE" else 200), PROJECT_UPDATE
        if len(segments) == 1 and method == "GET":
            return 200, self._page(self._search(segments[0], dict(parse_qsl(parts.query))))
        if len(segments) == 1 and method == "POST":
            return 201, self._shown(segments[0], self._create(segments[0], body))
        number = int(segments[1])
        if len(segments) == 2:
            return 200, self._shown(
                segments[0], self._update(segments[0], number, body if method == "PATCH" else {})
            )
        return self._handle_part(method, segments[0], number, segments[2], body)

    def _handle_part(
        self, method: str, collection: str, number: int, part: str, body: Any
    ) -> tuple[int, Any]:
        if part == "survey_spec":
            if method == "POST":
                _validate_survey(body)
                self.surveys[number] = body
            return 200, self.surveys.get(number, {})
        if part == "update":
            return 202, PROJECT_UPDATE
        if part == "create_approval_template":
            approval = self._create("workflow_approval_templates", body)
            self.objects[collection][number]["unified_job_template"] = approval["id"]
            return 201, self._shown("workflow_approval_templates", approval)

        of_link = API[collection].get("links", {}).get(part)
        if of_link is None:
            raise Violation(f"{collection} have no {part}")
        ids = self.links.setdefault((collection, number, part), [])
        if method == "POST":
            self._find(of_link, body["id"])
            ids.append(body["id"])
            return 204, None
        return 200, self._page([self._shown(of_link, self.objects[of_link][each]) for each in ids])

    def _search(self, collection: str, query: dict[str, str]) -> list[dict[str, Any]]:
        collections = RUNNABLE if collection == "unified_job_templates" else (collection,)
        found = []
        for each in collections:
            for obj in self.objects[each].values():
                shown = {**self._shown(each, obj), "type": TYPES.get(each, each.rstrip("s"))}
                if _matches(shown, query):
                    found.append(shown)
        return found

    def _page(self, results: list[dict[str, Any]]) -> dict[str, Any]:
        return {"count": len(results), "next": None, "previous": None, "results": results}

    def _shown(self, collection: str, obj: dict[str, Any]) -> dict[str, Any]:
        """An object as a read returns it: secrets are hidden, and a text has what was sent as a mapping."""
        shown = {**API.get(collection, {}).get("constant", {}), **obj}
        for name in API.get(collection, {}).get("secret", []):
            shown[name] = dict.fromkeys(obj.get(name) or {}, ENCRYPTED)
        related = {"survey_spec": f"{obj['url']}survey_spec/", "update": f"{obj['url']}update/"}
        related["create_approval_template"] = f"{obj['url']}create_approval_template/"
        if collection == "projects":
            shown["scm_revision"] = PROJECT_UPDATE["scm_revision"]
        if collection == "workflow_job_template_nodes" and obj.get("unified_job_template"):
            related["unified_job_template"] = self._runnable(obj["unified_job_template"])["url"]
        return {**shown, "related": related, "summary_fields": {}}

    # Writes

    def _create(self, collection: str, fields: dict[str, Any]) -> dict[str, Any]:
        description = API[collection]
        required = [name for name, kind in description["fields"].items() if str(kind).endswith("!")]
        missing = [
            name for name in required + description.get("required", []) if fields.get(name) in (None, "")
        ]
        if missing:
            raise Violation(f"{collection} without {', '.join(missing)}")
        self._validate(collection, fields)
        if collection == "execution_environments" and fields["name"] in self.by_name(collection):
            raise Violation(f"execution_environments: the name {fields['name']} exists")
        self._last_id += 1
        obj = {
            "id": self._last_id,
            "url": f"/api/v2/{collection}/{self._last_id}/",
            **self._stored(collection, fields),
        }
        self.objects[collection][self._last_id] = obj
        return obj

    def _update(self, collection: str, number: int, fields: dict[str, Any]) -> dict[str, Any]:
        obj = self._find(collection, number)
        self._validate(collection, {**obj, **fields})
        obj.update(self._stored(collection, fields))
        return obj

    def _stored(self, collection: str, fields: dict[str, Any]) -> dict[str, Any]:
        """The fields as they are kept: without ignored ones, and null for a kind is an empty text."""
        kept = {name: value for name, value in fields.items() if name not in _ignored(collection)}
        return {name: "" if name == "kind" and value is None else value for name, value in kept.items()}

    def _find(self, collection: str, number: int) -> dict[str, Any]:
        if number not in self.objects[collection]:
            raise Violation(f"{collection} has no object {number}")
        return self.objects[collection][number]

    def _runnable(self, number: int) -> dict[str, Any]:
        for collection in RUNNABLE:
            if number in self.objects[collection]:
                return self.objects[collection][number]
        raise Violation(f"nothing to run has the ID {number}")

    # Validation

    def _validate(self, collection: str, fields: dict[str, Any]) -> None:
        for name, value in fields.items():
            if name not in ("id", "url", "description", *_ignored(collection)):
                self._validate_field(collection, name, value)
        if len(str(fields.get("name", ""))) > MAX_NAME:
            raise Violation(f"{collection}: a long name")
        check = getattr(self, f"_validate_{collection}", None)
        if check:
            check(fields)

    def _validate_field(self, collection: str, name: str, value: Any) -> None:
        kind = API[collection]["fields"].get(name)
        where = f"{collection}.{name}"
        if kind is None:
            raise Violation(f"{where}: unknown field")
        if isinstance(kind, list):
            valid = value in kind or (value is None and "" in kind)
        elif "->" in kind:
            referenced = kind.strip("->! ")
            valid = value is None or (isinstance(value, int) and self._refers_to(referenced, value))
        elif kind.rstrip("!") == "json":
            valid = isinstance(value, (dict, str))
        else:
            expected = JSON_TYPES[kind.rstrip("!?")]
            valid = has_type(value, expected) or (value is None and kind.endswith("?"))
        if not valid:
            raise Violation(f"{where}: {value!r} is not {kind}")

    def _refers_to(self, collection: str, number: int) -> bool:
        if collection == "unified_job_templates":
            return bool(self._runnable(number))
        return number in self.objects[collection]

    def _validate_credential_types(self, fields: dict[str, Any]) -> None:
        inputs = {field["id"]: field for field in fields["inputs"]["fields"]}
        if not set(fields["inputs"]["required"]) <= set(inputs):
            raise Violation("credential_types.inputs: a required field does not exist")
        for field in inputs.values():
            if not set(field) <= {
                "id",
                "type",
                "label",
                "help_text",
                "secret",
                "default",
                "multiline",
                "choices",
            }:
                raise Violation(f"credential_types.inputs: {field}")
        texts = [text for part in fields["injectors"].values() for text in part.values()]
        used = {name for text in texts for name in re.findall(r"{{ (\w+) }}", text)}
        if used != set(inputs) or not set(fields["injectors"]) <= {"env", "extra_vars", "file"}:
            raise Violation(
                f"credential_types.injectors: {fields['injectors']} does not use {sorted(inputs)}"
            )

    def _validate_credentials(self, fields: dict[str, Any]) -> None:
        inputs = self.objects["credential_types"][fields["credential_type"]]["inputs"]
        unknown = set(fields["inputs"]) - {field["id"] for field in inputs["fields"]}
        if unknown:
            raise Violation(f"credentials.inputs: unknown {sorted(unknown)}")

    def _validate_projects(self, fields: dict[str, Any]) -> None:
        if fields.get("scm_type") and not fields.get("scm_url"):
            raise Violation("projects.scm_url is required")

    def _validate_inventory_sources(self, fields: dict[str, Any]) -> None:
        if fields["source_path"] not in self.project_files:
            raise Violation(f"inventory_sources.source_path: {fields['source_path']} does not exist")

    def _validate_job_templates(self, fields: dict[str, Any]) -> None:
        if fields["playbook"] not in self.project_files:
            raise Violation(f"job_templates.playbook: {fields['playbook']} does not exist")

    def _validate_schedules(self, fields: dict[str, Any]) -> None:
        if not _RRULE.match(fields["rrule"]):
            raise Violation(f"schedules.rrule: {fields['rrule']}")


def _matches(shown: dict[str, Any], query: dict[str, str]) -> bool:
    """Whether an object fits a search. Of the parameters that begin with ``or__``, one must fit."""
    alternatives = {name[4:]: value for name, value in query.items() if name.startswith("or__")}
    others = {name: value for name, value in query.items() if not name.startswith("or__")}
    is_one = not alternatives or any(str(shown.get(name)) == value for name, value in alternatives.items())
    return is_one and all(str(shown.get(name)) == value for name, value in others.items())


def _ignored(collection: str) -> list[str]:
    return [*API[collection].get("ignored", ()), *API[collection].get("constant", ())]


def has_type(value: Any, expected: type) -> bool:
    """Whether a JSON value has a type. True and false are no numbers, although Python says so."""
    return isinstance(value, expected) and isinstance(value, bool) == (expected is bool)


def _validate_survey(survey: dict[str, Any]) -> None:
    for name in ("name", "description", "spec"):
        if name not in survey:
            raise Violation(f"a survey without {name}")
    for question in survey["spec"]:
        for name in ("question_name", "variable", "type", "required"):
            if name not in question:
                raise Violation(f"a question without {name}: {question}")
        if question["type"] not in QUESTION_TYPES or not isinstance(question["required"], bool):
            raise Violation(f"a question of an unknown kind: {question}")
        if "default" not in question:
            continue
        default = question["default"]
        if question["type"] == "multiplechoice" and default not in question["choices"]:
            raise Violation(f"a default that is no choice: {question}")
        if question["type"] == "integer" and not has_type(default, int):
            raise Violation(f"a default that is no integer: {question}")


class _Handler(BaseHTTPRequestHandler):
    controller: Controller
    protocol_version = "HTTP/1.1"

    def _respond(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        text = self.rfile.read(length)
        status: int
        body: Optional[Any]
        try:
            status, body = self.controller.handle(self.command, self.path, json.loads(text) if text else {})
        except Violation as violation:
            self.controller.violations.append(str(violation))
            status, body = 400, {"detail": str(violation)}
        content = b"" if status == 204 else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("X-API-Product-Name", "AWX")
        self.send_header("X-API-Product-Version", "24.6.1")
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PATCH = do_DELETE = _respond

    def log_message(self, format: str, *arguments: Any) -> None:
        """Nothing is logged."""
