# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: the main job, twice, on real processes, told to a person."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from support.emulator import KEY, SECRET, Emulator

PLAYBOOK = "ccloud.notifications.bootstrap"
VARIABLES = ["-e", "@playbooks/vars/organization.yml", "-e", "@playbooks/vars/secrets.example.yml"]


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def play(emulator: Emulator, *flags: str) -> str:
    """Run the playbook, show what it prints, and give its recap."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
    }
    if sys.stdout.isatty():
        environment["ANSIBLE_FORCE_COLOR"] = "true"
    # The pager's notifications go where they can be seen arriving.
    pager = ["-e", json.dumps({"pager_url": emulator.inbox_url("pager")})]
    command = [
        str(pathlib.Path(sys.executable).parent / "ansible-playbook"),
        PLAYBOOK,
        *VARIABLES,
        *pager,
        *flags,
    ]
    print(f"$ ansible-playbook {PLAYBOOK} {' '.join([*VARIABLES, *flags])}", flush=True)
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    lines = []
    for line in process.stdout:
        print(line, end="", flush=True)
        lines.append(line)
    if process.wait():
        sys.exit(f"The demo failed: ansible-playbook ended with status {process.returncode}.")
    return re.sub(r"\x1b\[[0-9;]*m", "", "".join(lines)).partition("PLAY RECAP")[2]


def main() -> int:
    with Emulator.started() as emulator:
        say(f"An emulator of the Confluent Cloud Notifications API listens on {emulator.url}.")
        say("The plan: what playbooks/vars/organization.yml would change. Nothing is written.")
        play(emulator, "--check", "--diff")

        say("First run: it creates integrations, routes notification types to them, and tests what is new.")
        play(emulator)

        say("What the organization has now (URLs hidden):")
        for each in emulator.objects():
            print(f"  {each['id']}  {each['display_name']:24} {each['target']['kind']}")
        say("Where critical notification types go:")
        routes = emulator.routes()
        for each in emulator.objects("notification-types"):
            if each["severity"] == "CRITICAL" and each["display_name"] in routes:
                print(f"  {each['display_name']:42} {', '.join(routes[each['display_name']])}")
        say("The test notification, as the pager's webhook received it:")
        for received in emulator.inbox("pager"):
            print(json.dumps(received["body"], indent=2))

        say("Second run: nothing changes.")
        recap = play(emulator)
        if "changed=0 " not in recap or len(emulator.inbox("pager")) != 1:
            sys.exit(
                "The demo failed: the second run changed something, or not one test notification arrived."
            )

    say("The same playbook against the real service:")
    print(
        "  export CONFLUENT_CLOUD_API_KEY=...  CONFLUENT_CLOUD_API_SECRET=...   # of a user with the role OrganizationAdmin"
    )
    print(
        "  pip install ansible-core requests && make build && ansible-galaxy collection install dist/*.tar.gz"
    )
    print(
        "  cp playbooks/vars/organization.yml organization.yml                  # which notifications go where"
    )
    print("  cp playbooks/vars/secrets.example.yml secrets.yml                    # put your URLs in, then:")
    print("  ansible-vault encrypt secrets.yml")
    print(
        f"  ansible-playbook {PLAYBOOK} -e @organization.yml -e @secrets.yml --ask-vault-pass --check --diff"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
