# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: listens on loopback, prints the URL, and serves until it receives SIGINT or SIGTERM."""

from __future__ import annotations

import argparse
import asyncio
import pathlib
import signal
import sys
from typing import Optional, Sequence

from aiohttp import web

from . import __version__
from .probe_file import read_settings
from .server import Emulator
from .settings import Settings, add_flags, from_flags

#: How to call it: by its command if it is installed, or else by its folder.
PROGRAM = "python tools/emulator" if __package__ == "emulator" else "ccloud-notifications-emulator"
DESCRIPTION = """\
An emulator of the Confluent Cloud Notifications API. It listens on loopback only, prints its URL, and serves
until it receives Ctrl+C.

A policy is a question that the published contract leaves open, such as whether a read returns a webhook URL
in clear. The emulator can play each answer. The first value of a policy is the default.
"""
EXAMPLES = f"""\
examples:
  %(prog)s --port 8123
      Plays a service that returns URLs in clear and allows two integrations with one name.

  %(prog)s --port 8123 --webhook-urls masked
      Plays a service that hides URLs. A task cannot compare them, and warns. Test whether your playbooks
      need `update_webhook_url: always`.

  %(prog)s --port 8123 --duplicate-names refused --quota 3
      Answers 409 to a name that exists, and 402 to the fourth integration.

  %(prog)s --port 8123 --delete-in-use refused --new-objects delayed --list-delay-ms 2000
      Refuses to delete an integration that a subscription uses, and lists new objects after two seconds.

  %(prog)s --port 8123 --rate-limit 10 --rate-window 5
      Answers 429 to the eleventh request of a user within five seconds.

  %(prog)s --port 8123 --external-token "$JWT"
      Exchanges this token of an identity provider for an access token, and no other.

  %(prog)s --port 8123 --read-only
      Refuses and records every write, so a write in check mode fails the play.

  curl --json '{{"settings": {{"webhook_urls": "masked"}}, "integrations": 20}}' \\
      http://127.0.0.1:8123/_emulator/reset
      Starts over with another policy and twenty integrations. GET /_emulator/help lists all control
      requests.

The credentials are {Settings.api_key} and {Settings.api_secret}, or {Settings.reader_key} and \
{Settings.reader_secret} to read only.
"""


def _port(text: str) -> int:
    if not (text.isdecimal() and int(text) < 65_536):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port; ports are 0 to 65535")
    return int(text)


def _parse(arguments: Optional[Sequence[str]]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog=PROGRAM,
        usage="%(prog)s [--port PORT] [--POLICY VALUE] [--SETTING VALUE] ...",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"ccloud-notifications-emulator {__version__}")
    parser.add_argument(
        "--port", type=_port, default=0, help="the port to listen on; 0 (the default) is any free port"
    )
    parser.add_argument("--read-only", action="store_true", help="refuse and record every write")
    parser.add_argument(
        "--trust-answers",
        action="store_true",
        help="do not validate the emulator's own responses, which takes time",
    )
    parser.add_argument(
        "--as",
        dest="probes",
        action="append",
        default=[],
        type=pathlib.Path,
        metavar="FILE",
        help="behave like the organization in this probe.yml; of several files, the last one wins, and "
        "flags win over files",
    )
    add_flags(parser)
    for path in parser.parse_args(arguments).probes:
        try:
            parser.set_defaults(**read_settings(path))
        except (OSError, ValueError) as error:
            parser.error(f"--as {path}: {getattr(error, 'strerror', None) or error}")
    return parser.parse_args(arguments)


async def _serve(options: argparse.Namespace) -> None:
    emulator = Emulator(from_flags(options), options.read_only, options.trust_answers)
    runner = web.AppRunner(emulator.application(), access_log=None, shutdown_timeout=0.2)
    await runner.setup()

    site = web.TCPSite(runner, "127.0.0.1", options.port)
    await site.start()

    emulator.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    emulator.reset({})
    print(f"listening on {emulator.base_url}", flush=True)

    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    await runner.cleanup()


def main(arguments: Optional[Sequence[str]] = None) -> int:
    """Run the emulator; returns the exit status."""
    options = _parse(arguments)
    try:
        asyncio.run(_serve(options))
    except OSError as error:
        print(f"The emulator cannot listen on port {options.port}: {error.strerror}.", file=sys.stderr)
        return 1
    return 0
