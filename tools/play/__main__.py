# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make play`: an emulator with the example organization in it, which stays up, and commands to try."""

from __future__ import annotations

import argparse
import os
import pathlib
import shlex
import signal
import subprocess
import sys
from typing import Mapping

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

from support.emulator import KEY, SECRET, Emulator, NotStartedError

BIN = pathlib.Path(sys.executable).parent
FILES = "-e @organization.yml -e @secrets.yml"
#: Commands to try, with what they show.
STEPS = (
    ("Nothing differs from the file yet.", f"ansible-playbook ccloud.notifications.plan {FILES}"),
    (
        "Change the file: security-slack also receives security notifications of severity INFO.",
        "sed -i.before 's/integrations: \\[siem\\]/integrations: [siem, security-slack]/' organization.yml",
    ),
    ("Plan the change.", f"ansible-playbook ccloud.notifications.plan {FILES}"),
    ("Apply it.", f"ansible-playbook ccloud.notifications.bootstrap {FILES}"),
    (
        "Check that nothing differs. routing.html shows which types go where; open it in a browser.",
        f"ansible-playbook ccloud.notifications.verify {FILES} -e verify_html=routing.html",
    ),
)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make play", description=__doc__)
    parser.add_argument("--port", default="8123", help="the port of the emulator (default %(default)s)")
    parser.add_argument(
        "--folder", type=pathlib.Path, default=ROOT / ".cache" / "play", help="where the files are written"
    )
    return parser.parse_args()


def write_files(folder: pathlib.Path, emulator: Emulator) -> None:
    """Copy the example organization. Notifications of its pager go to an inbox of the emulator."""
    folder.mkdir(parents=True, exist_ok=True)
    examples = ROOT / "playbooks" / "vars"
    (folder / "organization.yml").write_text((examples / "organization.yml").read_text())

    secrets = (examples / "secrets.example.yml").read_text().splitlines()[2:]
    kept = [line for line in secrets if not line.startswith("pager_url:")]
    (folder / "secrets.yml").write_text(
        "\n".join(["---", f"pager_url: {emulator.inbox_url('pager')}", *kept]) + "\n"
    )


def exports(emulator: Emulator) -> dict[str, str]:
    """The environment variables of the commands."""
    return {
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
        "ANSIBLE_LOCALHOST_WARNING": "False",
        "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
    }


def bootstrap(folder: pathlib.Path, environment: Mapping[str, str]) -> None:
    """Create the organization of the files."""
    command = [str(BIN / "ansible-playbook"), "ccloud.notifications.bootstrap", *FILES.split()]
    process = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if process.returncode:
        sys.exit(f"The example organization was not created:\n{process.stdout}")


def show(folder: pathlib.Path, emulator: Emulator, environment: Mapping[str, str]) -> None:
    print(
        f"An emulator of Confluent Cloud is listening on {emulator.url}. "
        "Its organization is that of organization.yml."
    )
    print("In another terminal, run:\n")
    print(f"  cd {shlex.quote(str(folder))}")
    print(f'  export PATH={shlex.quote(str(BIN))}:"$PATH"')
    for name, value in environment.items():
        print(f"  export {name}={shlex.quote(value)}")
    for comment, command in STEPS:
        print(f"\n  # {comment}\n  {command}")
    print(f"\nRequests: curl -s {emulator.url}/_emulator/requests")
    print(f"Test notifications of the pager: curl -s {emulator.inbox_url('pager')}")
    print("Press Ctrl+C to stop the emulator.", flush=True)


def main() -> int:
    options = parse()
    folder = options.folder.resolve()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    try:
        with Emulator.started("--port", options.port) as emulator:
            environment = exports(emulator)
            write_files(folder, emulator)
            bootstrap(folder, environment)
            show(folder, emulator, environment)
            signal.pause()
    except KeyboardInterrupt:
        print("\nThe emulator has stopped.")
    except NotStartedError:
        sys.exit('Choose another port: make play ARGS="--port 8124"')
    return 0


if __name__ == "__main__":
    sys.exit(main())
