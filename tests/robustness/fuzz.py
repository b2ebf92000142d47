# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make fuzz`: a coverage-guided fuzzer (atheris, which is libFuzzer) in the service's place, on every module in turn.

The bytes that it invents are cut into a module's number and answers: a status, a few headers, a body. What has to hold is what holds in the
property tests (canned.py). An input that breaks it is kept, and ``python tests/robustness/fuzz.py FILE`` runs it again.
"""

from __future__ import annotations

import json
import pathlib
import sys

import atheris

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / ".cache" / "tree")]

with atheris.instrument_imports(include=["ansible_collections.ccloud.notifications"]):
    from robustness.canned import ASKED, Canned, run
    from support.examples import MODULES, loaded

    for each in MODULES:
        loaded(each)

STATUSES = (200, 201, 204, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503, 302, 200, 200)
HEADERS = ("Retry-After", "X-RateLimit-Reset", "X-Request-Id", "Location", "Content-Type")
#: Words that a fuzzer would take long to invent.
WORDS = (
    '{"data": [{"id": "i-1", "display_name": "ops", "target": {"kind": "Slack", "webhook_url": "https://h.example/x"}}], "metadata": {}}',
    '{"data": [{"id": "nt-1", "display_name": "a", "severity": "CRITICAL", "subscription_priority": "REQUIRED"}], "metadata": {}}',
    '{"data": [{"id": "s-1", "notification_type": {"id": "nt-1"}, "integrations": [{"id": "i-1"}]}], "metadata": {}}',
    '{"errors": [{"code": "x", "detail": "https://h.example/x", "source": {"pointer": "/a"}}]}',
    '{"data": [], "metadata": {"next": "https://api.confluent.cloud/?page_token=x"}}',
)


def one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    module = MODULES[provider.ConsumeIntInRange(0, len(MODULES) - 1)]
    answers = []
    for _answer in range(provider.ConsumeIntInRange(1, 4)):
        status = STATUSES[provider.ConsumeIntInRange(0, len(STATUSES) - 1)]
        headers = {}
        if provider.ConsumeBool():
            name = HEADERS[provider.ConsumeIntInRange(0, len(HEADERS) - 1)]
            headers[name] = provider.ConsumeBytes(20).decode("latin-1").replace("\r", "").replace("\n", "")
        begin = (
            WORDS[provider.ConsumeIntInRange(0, len(WORDS) - 1)].encode() if provider.ConsumeBool() else b""
        )
        body = provider.ConsumeBytes(provider.ConsumeIntInRange(0, 400))
        if begin:
            # Part of a proper answer, overwritten in one place.
            at = provider.ConsumeIntInRange(0, len(begin))
            body = begin[:at] + body + begin[at + len(body) :]
        answers.append(Canned(status, body, headers))
    run(module, ASKED[module], lambda _request: answers.pop(0) if len(answers) > 1 else answers[0])


def main() -> None:
    corpus = ROOT / ".cache" / "fuzz"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, word in enumerate(WORDS):
        (corpus / f"word-{number}").write_bytes(json.dumps(word).encode())
    arguments = (
        sys.argv if any(not each.startswith("-") for each in sys.argv[1:]) else [*sys.argv, str(corpus)]
    )
    atheris.Setup([*arguments, f"-artifact_prefix={corpus}/found-", "-timeout=10"], one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
