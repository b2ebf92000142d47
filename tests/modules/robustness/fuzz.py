# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make test-all/fuzz`: a coverage-guided fuzzer (atheris, based on libFuzzer) in place of the service.

Each input selects an operation and defines responses: a status, a header and a body. The checks are those of
the property tests (fake_service.py). An input that fails is kept, and
``python tests/modules/robustness/fuzz.py FILE`` runs it again.
"""

from __future__ import annotations

import json
import pathlib
import sys

import atheris

ROOT = pathlib.Path(__file__).resolve().parents[3]
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "tests" / "modules"), str(ROOT / ".cache" / "tree")]

with atheris.instrument_imports(include=["ansible_collections.ccloud.notifications"]):
    from faults.operations import COLLECTIONS
    from robustness.fake_service import CannedResponse, operations_of, respond_in_turn, run
    from support.examples import MODULES, load_module

    for module_name in MODULES:
        load_module(module_name)

STATUSES = (200, 201, 204, 400, 401, 402, 403, 404, 409, 422, 429, 500, 503, 302, 200, 200)
HEADERS = ("Retry-After", "X-RateLimit-Reset", "X-Request-Id", "Location", "Content-Type")
MAX_BODY_LENGTH = 400
#: Bodies that a fuzzer would take long to find.
BODIES = (
    *({"data": [collection.sample], "metadata": {}} for collection in COLLECTIONS),
    {"errors": [{"code": "x", "detail": "https://h.example/x", "source": {"pointer": "/a"}}]},
    {"data": [], "metadata": {"next": "https://api.confluent.cloud/?page_token=x"}},
)
SEEDS = tuple(json.dumps(body).encode() for body in BODIES)


def consume_item(provider: atheris.FuzzedDataProvider, items):
    return items[provider.ConsumeIntInRange(0, len(items) - 1)]


def consume_body(provider: atheris.FuzzedDataProvider) -> bytes:
    """Arbitrary bytes, or a valid body that is overwritten with them in one place."""
    seed = consume_item(provider, SEEDS) if provider.ConsumeBool() else b""
    body = provider.ConsumeBytes(provider.ConsumeIntInRange(0, MAX_BODY_LENGTH))
    if not seed:
        return body

    position = provider.ConsumeIntInRange(0, len(seed))
    return seed[:position] + body + seed[position + len(body) :]


def consume_response(provider: atheris.FuzzedDataProvider) -> CannedResponse:
    status = consume_item(provider, STATUSES)
    headers = {}
    if provider.ConsumeBool():
        name = consume_item(provider, HEADERS)
        value = provider.ConsumeBytes(20).decode("latin-1")
        headers[name] = value.replace("\r", "").replace("\n", "")
    return CannedResponse(status, consume_body(provider), headers)


def test_one_input(data: bytes) -> None:
    provider = atheris.FuzzedDataProvider(data)
    module = consume_item(provider, MODULES)
    operation = consume_item(provider, operations_of(module))
    responses = [consume_response(provider) for _number in range(provider.ConsumeIntInRange(1, 4))]
    run(module, operation.sequential_params, respond_in_turn(responses))


def main() -> None:
    corpus = ROOT / ".cache" / "fuzz"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(SEEDS):
        (corpus / f"seed-{number}").write_bytes(seed)

    has_files = any(not argument.startswith("-") for argument in sys.argv[1:])
    arguments = sys.argv if has_files else [*sys.argv, str(corpus)]
    atheris.Setup([*arguments, f"-artifact_prefix={corpus}/found-", "-timeout=10"], test_one_input)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
