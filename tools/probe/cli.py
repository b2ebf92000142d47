# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: asks for consent, asks the questions, undoes everything, and reports."""

from __future__ import annotations

import argparse
import contextlib
import datetime
import os
import pathlib
import secrets
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Optional

from .changes import MAX_INTEGRATIONS, Changes, Journal, full_prefix
from .cleanup import clean, undo
from .experiment import Experiment, Options
from .questions import ask_all, not_reached
from .report import Report, row, versions
from .session import Pace, Session, StoppedError
from .validation import default_validator

CONSENT = "--consent-to-temporary-changes"
ENDPOINT = "https://api.confluent.cloud"
#: Names under .invalid never lead anywhere (RFC 6761).
WEBHOOK_URL = "https://ccloud-probe.invalid/services/this-goes-nowhere"
MAX_PREFIX = 35
MIN_PREFIX = 6

WHAT_HAPPENS = f"""\
The probe asks your organization what the published contract leaves open. It

- reads notification types, integrations and subscriptions;
- creates at most {MAX_INTEGRATIONS} integrations, whose names begin with --prefix, and deletes them;
- asks the service for one test notification to a URL that does not resolve;
- with --notification-type: adds one of these integrations to the subscription of that type, and restores
  the subscription. If the type has none, it creates one or two that go to the probe only, and deletes them.
  A REQUIRED type loses its e-mail for a few seconds. An OPTIONAL type without subscription is safest.

Nothing is sent without {CONSENT}.
"""


def main(
    arguments: Optional[Sequence[str]] = None,
    environment: Optional[Mapping[str, str]] = None,
    pace: Optional[Pace] = None,
    session_class: type[Session] = Session,
) -> int:
    """Run the probe.

    Returns 0 if everything was undone, 1 if something is left or the run was not finished, 2 for a wrong
    call, and 130 after an interruption.
    """
    options = _parse(arguments)
    environment = os.environ if environment is None else environment
    if not options.consent:
        say(WHAT_HAPPENS)
        return 2

    try:
        session, journal = _connect(options, environment, pace, session_class)
        _check(options, journal)
    except ValueError as error:
        say(f"{error} Nothing was changed.")
        return 2

    if options.clean:
        return _clean(session, options.prefix, journal)
    with _interruptions(session):
        return _probe(session, options, journal)


def say(text: str) -> None:
    """Print a line. A terminal that is gone must not keep changes from being undone."""
    with contextlib.suppress(OSError, ValueError):
        print(text, flush=True)


def run_token() -> str:
    """The part of names that differs from run to run."""
    return secrets.token_hex(4)


def _parse(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="probe",
        description=WHAT_HAPPENS,
        epilog="The credentials come from the environment variables CONFLUENT_CLOUD_API_KEY and "
        "CONFLUENT_CLOUD_API_SECRET. CONFLUENT_CLOUD_ENDPOINT is optional.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        CONSENT, dest="consent", action="store_true", help="allow the changes that are described above"
    )
    parser.add_argument(
        "--clean", action="store_true", help=f"with {CONSENT}: ask nothing; remove what an earlier run left"
    )
    parser.add_argument(
        "--prefix", default="ccloud-probe-", help="what names begin with; they always contain ccloud-probe-"
    )
    parser.add_argument(
        "--webhook-url",
        "--receiver-url",
        default=WEBHOOK_URL,
        help="the URL of the integrations (default: one that leads nowhere)",
    )
    parser.add_argument(
        "--notification-type",
        default="",
        metavar="NAME_OR_ID",
        help="the type whose subscription may be changed",
    )
    parser.add_argument(
        "--read-user-notifications",
        action="store_true",
        help="also read the caller's notifications, which may add an in-app integration for good",
    )
    parser.add_argument(
        "--output",
        type=pathlib.Path,
        default=pathlib.Path("probe.yml"),
        help="the file to write (default: %(default)s)",
    )
    parser.add_argument("--wait", type=_seconds, default=30.0, help="seconds to wait for lists (default: 30)")
    parser.add_argument(
        "--timeout", type=_seconds, default=20.0, help="seconds to wait for a response (default: 20)"
    )
    return parser.parse_args(arguments)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 < seconds <= 3600:
        raise argparse.ArgumentTypeError("seconds are more than 0 and at most 3600")
    return seconds


def _connect(
    options: argparse.Namespace,
    environment: Mapping[str, str],
    pace: Optional[Pace],
    session_class: type[Session],
) -> tuple[Session, Journal]:
    """The session and the journal of the organization. Raises ValueError."""
    key, secret = (environment.get(f"CONFLUENT_CLOUD_API_{name}", "") for name in ("KEY", "SECRET"))
    if not (key and secret):
        raise ValueError("CONFLUENT_CLOUD_API_KEY and CONFLUENT_CLOUD_API_SECRET are not set.")
    endpoint = environment.get("CONFLUENT_CLOUD_ENDPOINT") or ENDPOINT
    pace = pace or Pace(timeout=options.timeout, wait=options.wait, interval=min(1.0, options.wait / 20))
    session = session_class(endpoint, key, secret, pace, default_validator(), versions()["collection"])
    return session, Journal.default(endpoint, environment)


def _check(options: argparse.Namespace, journal: Journal) -> None:
    """Refuse what would do harm, or fail at the end. Raises ValueError."""
    if not MIN_PREFIX <= len(options.prefix) <= MAX_PREFIX:
        raise ValueError(f"--prefix must have {MIN_PREFIX} to {MAX_PREFIX} characters.")
    if options.clean:
        return
    if journal.path.exists():
        raise ValueError("An earlier run did not undo its changes. Run the probe with --clean first.")
    if not options.output.absolute().parent.is_dir():
        raise ValueError("The folder of --output does not exist.")


@contextlib.contextmanager
def _interruptions(session: Session) -> Iterator[None]:
    """Let signals end the run between two requests, so that the outcome of each request is known."""

    def interrupt(_number: int, _frame: object) -> None:
        session.interrupted.set()
        # print() must not be called while it may be running.
        with contextlib.suppress(OSError, ValueError):
            os.write(sys.stderr.fileno(), b"Interrupted; changes are undone after the current request.\n")

    numbers = [signal.SIGINT, signal.SIGTERM] + ([signal.SIGHUP] if hasattr(signal, "SIGHUP") else [])
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _clean(session: Session, prefix: str, journal: Journal) -> int:
    changes = Changes(name=full_prefix(prefix), journal=journal)
    try:
        journal.read(changes)
        left = clean(session, changes)
    except (OSError, ValueError):
        say(f"{journal.path} is not readable. Restore the subscription by hand, and delete the file.")
        return 1
    except KeyboardInterrupt:
        say("Interrupted. Run it again.")
        return 130
    say(f"{changes.removed} integrations were removed.")
    return _say_left(left)


def _probe(session: Session, options: argparse.Namespace, journal: Journal) -> int:
    changes = Changes(name=full_prefix(options.prefix) + run_token(), journal=journal)
    allowed = Options(
        options.webhook_url, WEBHOOK_URL, options.notification_type, options.read_user_notifications
    )
    experiment = Experiment(session, allowed, changes)
    try:
        report, stopped = _ask(experiment)
    finally:
        # Also after an unexpected error.
        status = _say_left(undo(session, changes))

    for line in report.summary():
        say(line)
    if session.interrupted.is_set():
        say("Interrupted; no file was written.")
        return status or 130
    try:
        report.write(options.output, datetime.datetime.now(datetime.timezone.utc).date())
    except OSError as error:
        say(f"The file was not written: {error.strerror}.")
        return 1
    say(f"The answers are in {options.output}.")
    return 1 if stopped else status


def _ask(experiment: Experiment) -> tuple[Report, bool]:
    """Ask everything and print each answer; returns the report, and whether the run stopped early."""
    results = []
    stopped = False
    try:
        for result in ask_all(experiment):
            results.append(result)
            say(row(result))
    except StoppedError as error:
        stopped = True
        say(f"{error} Undoing the changes ...")
        results += not_reached(len(results), error)
    deviations = sorted(experiment.session.observations.deviations)
    return Report(results, deviations, experiment.list_delay_ms), stopped


def _say_left(left: Sequence[str]) -> int:
    if not left:
        say("Everything is undone.")
        return 0
    say(f"{len(left)} things are left:")
    for each in left:
        say(f"  {each}")
    return 1
