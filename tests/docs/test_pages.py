# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run everything that the README and the guides show, in order, against an emulator.

A YAML block whose first line is a comment with a file name is that file; any other YAML block is a play and
runs at once. Each line of a console block that begins with ``$`` is a command of one shell session and must
succeed. At the start of a page, the organization has three integrations (support/examples.py), and the reader
has a file with secrets.
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
    *sorted(ROOT.glob("*.md")),
    *sorted((ROOT / "docs").glob("**/*.md")),
    *sorted((ROOT / "roles").glob("*/README.md")),
]
PAGES = [page for page in PAGES if "build" not in page.relative_to(ROOT).parts]
#: Commands that do not run here, and why.
SKIPPED = {
    "git clone ": "tests have no network",
    "make ": "other tests run the targets",
    "pip install ": "the packages are installed already",
    "ansible-galaxy collection install -r": "the packages are installed already",
    "ansible-galaxy collection install git+https": "no network; test_archive.py installs the archive",
    "ansible-builder build ": "needs a container engine; test_platform.py runs the rest",
    "cp dist/": "needs a container engine; test_platform.py runs the rest",
    "cd extensions/automation_platform": "needs Automation Platform; test_platform.py checks the play",
    "ansible-playbook configure.yml": "needs Automation Platform; test_platform.py checks the play",
}
#: Placeholders that a reader replaces.
REPLACEMENTS = {
    "CONFLUENT_CLOUD_API_KEY=...": "CONFLUENT_CLOUD_API_KEY=emulator-key",
    "CONFLUENT_CLOUD_API_SECRET=...": "CONFLUENT_CLOUD_API_SECRET=emulator-secret",
    "ansible-vault encrypt": "ansible-vault encrypt --vault-password-file password",
    "--ask-vault-pass": "--vault-password-file password",
}
FILE_NAME = re.compile(r"# ([\w.-]+\.ya?ml)\n")


def blocks(page):
    """The language and the text of every fenced block."""
    tokens = MarkdownIt().parse(page.read_text())
    return [(token.info.strip(), token.content) for token in tokens if token.type == "fence"]


def commands(text):
    """The commands of a console block, continuation lines joined."""
    return [line[2:] for line in text.replace("\\\n", " ").splitlines() if line.startswith("$ ")]


def name_of(path):
    return str(path.relative_to(ROOT))


class Reader:
    """Follows the instructions of a page, in a folder of its own."""

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
        """Save a file, or run a play at once."""
        file_name = FILE_NAME.match(text)
        if file_name:
            (self.folder / file_name.group(1)).write_text(text)
            return

        content = yaml.safe_load(text)
        if not isinstance(content, list):
            raise AssertionError(f"a block is not a play, and its first line has no file name:\n{text}")
        if "hosts" not in content[0]:
            content = plays({}, *content)
        (self.folder / "unnamed.yml").write_text(yaml.safe_dump(content, sort_keys=False))
        self.run("ansible-playbook unnamed.yml -e @secrets.yml --vault-password-file password")

    def run(self, command):
        for placeholder, value in REPLACEMENTS.items():
            command = command.replace(placeholder, value)
        if command.startswith("python tests/emulator --port"):
            self.serve(command)
            return
        secrets_file = re.search(r"export_secrets_to=(\S+)", command)
        if secrets_file:
            # A new reader has no such file yet.
            (self.folder / secrets_file.group(1)).unlink(missing_ok=True)
        script = f"set -e; . ./exports.sh; {command}\nexport -p > exports.sh"
        environment = process_environment(
            self.folder, {**examples.environment(self.emulator), "IDENTITY_TOKEN": EXTERNAL_TOKEN}
        )
        environment["PATH"] = f"{BIN}{os.pathsep}{environment['PATH']}"
        process = run_process(self.folder, ["bash", "-c", script], environment)
        assert process.status == 0, f"$ {command}\n{process.output}"

    def serve(self, command):
        """Start an emulator for this page. Its port replaces the one on the page."""
        flags = re.sub(r"--port \d+", "", command.partition("tests/emulator")[2])
        server = Emulator.started(*shlex.split(flags))
        self.emulator = server.__enter__()
        self._servers.append(server)

    def with_own_port(self, text):
        return text.replace("http://127.0.0.1:8123", self.emulator.url) if self._servers else text

    def close(self):
        for server in self._servers:
            server.__exit__(None, None, None)


@pytest.fixture
def reader(emulator, tmp_path):
    emulator.reset(integrations=examples.integrations(emulator))
    page_reader = Reader(tmp_path, emulator)
    yield page_reader
    page_reader.close()


@pytest.mark.parametrize(
    "page",
    [page for page in PAGES if any(info in ("yaml", "console") for info, _text in blocks(page))],
    ids=name_of,
)
def test_instructions_of_every_page_work(reader, page):
    for info, text in blocks(page):
        if info == "yaml":
            reader.write(reader.with_own_port(text))
        for command in commands(text) if info == "console" else ():
            if not command.startswith(tuple(SKIPPED)):
                reader.run(reader.with_own_port(command))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_of_a_page_is_used_by_a_command(page):
    page_blocks = blocks(page)
    if page.name == "automation-platform.md":
        return  # Automation Platform runs these playbooks

    command_lines = [line for info, text in page_blocks if info == "console" for line in commands(text)]
    for info, text in page_blocks:
        file_name = FILE_NAME.match(text)
        if info == "yaml" and file_name:
            name = file_name.group(1)
            assert name in "\n".join(command_lines), f"no command uses {name}"


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_links_to_files_exist(page):
    for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text()):
        assert (page.parent / target).exists(), target


def test_readme_names_every_module():
    text = (ROOT / "README.md").read_text()
    assert [module for module in examples.MODULES if f"`{module}`" not in text] == []


def test_first_playbook_of_readme_works_on_a_new_organization(reader):
    reader.emulator.reset()
    playbook = next(text for info, text in blocks(ROOT / "README.md") if text.startswith("# channels.yml"))
    pathlib.Path(reader.folder / "channels.yml").write_text(playbook)
    reader.run("ansible-playbook channels.yml -e @secrets.yml --check")
