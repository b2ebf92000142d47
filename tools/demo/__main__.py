# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: run the bootstrap playbook twice against an emulator, with explanations."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

from support.emulator import KEY, SECRET, Emulator

PLAYBOOK = "ccloud.notifications.bootstrap"
VARIABLES = ["-e", "@playbooks/vars/organization.yml", "-e", "@playbooks/vars/secrets.example.yml"]
NEXT_STEPS = f"""\
  # Install the collection.
  pip install ansible-core requests
  make build && ansible-galaxy collection install dist/*.tar.gz

  # Use an API key of a user with the role OrganizationAdmin.
  export CONFLUENT_CLOUD_API_KEY=... CONFLUENT_CLOUD_API_SECRET=...

  # Begin with the organization as it is, or with the example: playbooks/vars/organization.yml and secrets.example.yml.
  ansible-playbook ccloud.notifications.export -e export_to=organization.yml -e export_secrets_to=secrets.yml

  # Adapt the routing and the URLs, review what would change, and apply it.
  $EDITOR organization.yml secrets.yml
  ansible-vault encrypt secrets.yml
  ansible-playbook ccloud.notifications.plan -e @organization.yml -e @secrets.yml --ask-vault-pass
  ansible-playbook {PLAYBOOK} -e @organization.yml -e @secrets.yml --ask-vault-pass"""


def say(text: str) -> None:
    print(f"\n\033[1m{text}\033[0m" if sys.stdout.isatty() else f"\n{text}", flush=True)


def play(emulator: Emulator, *flags: str) -> str:
    """Run the playbook, show its output, and return its recap."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
    }
    if sys.stdout.isatty():
        environment["ANSIBLE_FORCE_COLOR"] = "true"
    # The notifications of the pager go to an inbox of the emulator.
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
        say(f"An emulator of the Confluent Cloud Notifications API is listening on {emulator.url}.")
        say("Check mode: show what playbooks/vars/organization.yml would change. Nothing is written.")
        play(emulator, "--check", "--diff")

        say(
            "First run: create integrations, route notification types to them, and test the new integrations."
        )
        play(emulator)

        say("Integrations of the organization (URLs hidden):")
        for integration in emulator.objects():
            kind = integration["target"]["kind"]
            print(f"  {integration['id']}  {integration['display_name']:24} {kind}")

        say("Routes of critical notification types:")
        routes = emulator.routes()
        for notification_type in emulator.objects("notification-types"):
            name = notification_type["display_name"]
            if notification_type["severity"] == "CRITICAL" and name in routes:
                print(f"  {name:42} {', '.join(routes[name])}")

        say("The test notification that the webhook 'pager' received:")
        for notification in emulator.inbox("pager"):
            print(json.dumps(notification["body"], indent=2))

        say("Second run: nothing changes and nothing is tested again.")
        recap = play(emulator)
        if "changed=0 " not in recap:
            sys.exit("The demo failed: the second run changed something.")
        if len(emulator.inbox("pager")) != 1:
            sys.exit("The demo failed: the webhook 'pager' did not receive exactly one test notification.")

    say("To run the same playbook against Confluent Cloud:")
    print(NEXT_STEPS)
    return 0


if __name__ == "__main__":
    sys.exit(main())
