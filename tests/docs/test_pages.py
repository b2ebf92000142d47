# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that the README and the guides show is done as it stands there, in order, against an emulator.

A YAML block whose first line is a comment with a file's name is that file; one without is played at once. Each line of a console block
that begins with ``$`` is a command of one shell session, which has to succeed. A page begins with three integrations (support/examples.py)
and with a file of secrets.
"""

from __future__ import annotations

import os
import pathlib
import re
import shlex

import pytest
import yaml
from markdown_it import MarkdownIt

from support import examples
from support.emulator import EXTERNAL_TOKEN, Emulator
from support.playbooks import BIN, ROOT, plays, process_environment, run_process

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("**/*.md")),
    *sorted((ROOT / "roles").glob("*/README.md")),
]
PAGES = [each for each in PAGES if "build" not in each.relative_to(ROOT).parts]
#: What is not done here, and why.
ELSEWHERE = {
    "git clone ": "there is no network in a test",
    "make ": "every target is run for itself",
    "pip install ": "it is installed, or this test would not run",
    "ansible-galaxy collection install -r": "the same",
    "ansible-galaxy collection install git+https": "there is no network in a test; test_archive.py installs the archive",
    "ansible-builder build ": "it needs a container engine; tests/conventions/test_platform.py runs all but that",
    "cp dist/": "the same",
    "cd extensions/automation_platform": "it needs an Automation Platform; tests/conventions/test_platform.py checks the play",
    "ansible-playbook configure.yml": "the same",
}
#: What an author leaves to the reader.
READERS = {
    "CONFLUENT_CLOUD_API_KEY=...": "CONFLUENT_CLOUD_API_KEY=emulator-key",
    "CONFLUENT_CLOUD_API_SECRET=...": "CONFLUENT_CLOUD_API_SECRET=emulator-secret",
    "ansible-vault encrypt": "ansible-vault encrypt --vault-password-file password",
    "--ask-vault-pass": "--vault-password-file password",
}
NAMED = re.compile(r"# ([\w.-]+\.ya?ml)\n")


def blocks(page):
    """The language and the text of each fenced block."""
    return [
        (each.info.strip(), each.content)
        for each in MarkdownIt().parse(page.read_text())
        if each.type == "fence"
    ]


def commands(text):
    """The commands of a console block, continuation lines joined."""
    return [line[2:] for line in text.replace("\\\n", " ").splitlines() if line.startswith("$ ")]


def name_of(path):
    return str(path.relative_to(ROOT))


class Reader:
    """Somebody who does what a page says, in a folder of their own."""

    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self._servers = []
        (folder / "password").write_text("vault-password\n")
        (folder / "exports.sh").touch()
        (folder / "tests").symlink_to(ROOT / "tests")
        secrets = {
            **examples.variables(emulator),
            "payments_slack_url": "https://hooks.slack.example/payments",
        }
        for name in ("production", "staging", "ccloud"):
            secrets[f"{name}_api_key"], secrets[f"{name}_api_secret"] = "emulator-key", "emulator-secret"
        (folder / "secrets.yml").write_text(
            yaml.safe_dump({name: value for name, value in secrets.items() if "{{" not in str(value)})
        )

    def write(self, text):
        """A file, or a play that is played at once."""
        named = NAMED.match(text)
        if named:
            (self.folder / named.group(1)).write_text(text)
            return
        content = yaml.safe_load(text)
        if not isinstance(content, list):
            raise AssertionError(
                f"a block is no play, and its first line does not say what file it is:\n{text}"
            )
        if "hosts" not in content[0]:
            content = plays({}, *content)
        (self.folder / "unnamed.yml").write_text(yaml.safe_dump(content, sort_keys=False))
        self.run("ansible-playbook unnamed.yml -e @secrets.yml --vault-password-file password")

    def run(self, command):
        for theirs, ours in READERS.items():
            command = command.replace(theirs, ours)
        if command.startswith("python tests/emulator --port"):
            self.serve(command)
            return
        written = re.search(r"export_secrets_to=(\S+)", command)
        if written:
            (self.folder / written.group(1)).unlink(missing_ok=True)  # a reader has none yet
        script = f"set -e; . ./exports.sh; {command}\nexport -p > exports.sh"
        environment = process_environment(
            self.folder, {**examples.environment(self.emulator), "IDENTITY_TOKEN": EXTERNAL_TOKEN}
        )
        environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
        done = run_process(self.folder, ["bash", "-c", script], environment)
        assert done.status == 0, f"$ {command}\n{done.output}"

    def serve(self, command):
        """An emulator of the page's own, on the port that it names."""
        flags = re.sub(r"--port \d+", "", command.partition("tests/emulator")[2])
        server = Emulator.started(*shlex.split(flags))
        self.emulator = server.__enter__()
        self._servers.append(server)

    def on_own_port(self, text):
        return text.replace("http://127.0.0.1:8123", self.emulator.url) if self._servers else text

    def close(self):
        for each in self._servers:
            each.__exit__(None, None, None)


@pytest.fixture
def reader(emulator, tmp_path):
    emulator.reset(integrations=examples.integrations(emulator))
    somebody = Reader(tmp_path, emulator)
    yield somebody
    somebody.close()


@pytest.mark.parametrize(
    "page",
    [each for each in PAGES if any(info in ("yaml", "console") for info, _text in blocks(each))],
    ids=name_of,
)
def test_what_a_page_says_can_be_done(reader, page):
    for info, text in blocks(page):
        if info == "yaml":
            reader.write(reader.on_own_port(text))
        for command in commands(text) if info == "console" else ():
            if not command.startswith(tuple(ELSEWHERE)):
                reader.run(reader.on_own_port(command))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_that_a_page_names_is_used_by_a_command(page):
    found = blocks(page)
    spoken = "\n".join(command for info, text in found if info == "console" for command in commands(text))
    if page.name == "automation-platform.md":
        return  # its playbooks are a project's; Automation Platform plays them
    for info, text in found:
        named = NAMED.match(text)
        if info == "yaml" and named:
            assert named.group(1) in spoken, f"{named.group(1)} is shown, and nothing is done with it"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_the_readme_names_every_module():
    text = (ROOT / "README.md").read_text()
    assert [module for module in examples.MODULES if f"`{module}`" not in text] == []


def test_the_first_playbook_of_the_readme_can_be_tried_on_a_new_organization(reader):
    reader.emulator.reset()
    first = next(text for info, text in blocks(ROOT / "README.md") if text.startswith("# channels.yml"))
    pathlib.Path(reader.folder / "channels.yml").write_text(first)
    reader.run("ansible-playbook channels.yml -e @secrets.yml --check")
