# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run everything that the README and the guides show, in order, against an emulator.

A YAML or Python block whose first line is a comment with a file name is that file; any other YAML block is a
play and runs at once. Each line of a console block that begins with ``$`` is a command of one shell session
and must succeed. At the start of a page, the organization has three integrations (support/examples.py), and
the reader has a file with secrets.
"""

from __future__ import annotations

import contextlib
import os
import pathlib
import re
import shlex
import subprocess
import sys

import pytest
import yaml

from support import examples
from support.emulator import EXTERNAL_TOKEN, Emulator
from support.markdown_pages import FILE_NAME, blocks, files
from support.playbooks import ROOT, free_port, plays, run_process, shell_environment

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
    "ansible-galaxy collection install dist/": "test_archive.py installs the archive",
    "git checkout HEAD~1": "the folder of the test is no repository",
    "ansible-galaxy collection install -r": "the packages are installed already",
    "ansible-galaxy collection install git+https": "no network; test_archive.py installs the archive",
    "ansible-builder build ": "needs a container engine; test_execution_environment.py runs the rest",
    "ansible-playbook channels.yml -e @hashicorp-vault.yml": "needs the packages of other collections",
    "ansible-playbook channels.yml -e @aws.yml": "needs the packages of other collections",
    "ansible-playbook channels.yml -e @sops.yml": "needs the packages of other collections",
    "ansible-playbook channels.yml -e @azure.yml": "needs Azure",
    "ansible-playbook ccloud.notifications.check_relay": (
        "needs a relay; tests/playbooks/eda/test_check_relay.py runs it"
    ),
    "ansible-rulebook ": "needs Java and large packages; tests/playbooks/eda runs the rulebooks",
    "cp dist/": "needs a container engine; test_execution_environment.py runs the rest",
    "cd extensions/automation_platform": "needs Automation Platform; test_configure.py plays it",
    "ansible-playbook configure.yml": "needs Automation Platform; test_configure.py plays it",
}
if os.environ.get("PLATFORM") != "all":
    SKIPPED["molecule test"] = "takes too long; make test-all/platform runs it"
#: Placeholders that a reader replaces.
REPLACEMENTS = {
    "CONFLUENT_CLOUD_API_KEY=...": "CONFLUENT_CLOUD_API_KEY=emulator-key",
    "CONFLUENT_CLOUD_API_SECRET=...": "CONFLUENT_CLOUD_API_SECRET=emulator-secret",
    "ansible-vault encrypt ": "ansible-vault encrypt --vault-password-file password ",
    "--ask-vault-pass": "--vault-password-file password",
}
#: How the pages start an emulator, and the ports on which it listens there.
EMULATORS = ("python tools/emulator --port", "ccloud-notifications-emulator --port")
PORTS = ("8123", "8124")


def commands(text):
    """The commands of a console block, continuation lines joined."""
    return [line[2:] for line in text.replace("\\\n", " ").splitlines() if line.startswith("$ ")]


def name_of(path):
    return str(path.relative_to(ROOT))


class Reader:
    """Follows the instructions of a page, in a folder and with a port of its own."""

    def __init__(self, folder, emulator):
        self.folder = folder
        self.emulator = emulator
        self._servers = contextlib.ExitStack()
        self._ports = {port: str(free_port()) for port in PORTS}
        self._packages = None
        (folder / "password").write_text("vault-password\n")
        (folder / "exports.sh").touch()
        (folder / "tests").symlink_to(ROOT / "tests")
        secrets = {
            **examples.variables(emulator),
            "payments_slack_url": "https://hooks.slack.example/payments",
            "event_driven_ansible_url": emulator.inbox_url("event-driven-ansible"),
            "servicenow_url": emulator.inbox_url("servicenow"),
        }
        for name in ("production", "staging", "ccloud"):
            secrets[f"{name}_api_key"], secrets[f"{name}_api_secret"] = "emulator-key", "emulator-secret"
            secrets[f"{name}_id"] = "9d1c2f6e-1b7a-4d0b-9f51-5f0f3a6a2b11"
        (folder / "secrets.yml").write_text(
            yaml.safe_dump({name: value for name, value in secrets.items() if "{{" not in str(value)})
        )

    def write(self, text):
        """Save a file, or run a play at once."""
        file_name = FILE_NAME.match(text)
        if file_name:
            path = self.folder / file_name.group(1)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
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
        if command.startswith(EMULATORS):
            self.serve(command)
            return
        secrets_file = re.search(r"export_secrets_to=(\S+)", command)
        if secrets_file:
            # A new reader has no such file yet.
            (self.folder / secrets_file.group(1)).unlink(missing_ok=True)
        script = f"set -e; . ./exports.sh; {command}\nexport -p > exports.sh"
        environment = shell_environment(
            self.folder, {**examples.environment(self.emulator), "IDENTITY_TOKEN": EXTERNAL_TOKEN}
        )
        if self._packages:
            environment["PATH"] = f"{self._packages}/bin{os.pathsep}{environment['PATH']}"
            environment["PYTHONPATH"] = str(self._packages)
        process = run_process(self.folder, ["bash", "-c", script], environment)
        assert process.status == 0, f"$ {command}\n{process.output}"

    def serve(self, command):
        """Start an emulator for this page."""
        flags = command.partition("emulator ")[2]
        self.emulator = self._servers.enter_context(Emulator.started(*shlex.split(flags)))

    def with_own_ports(self, text):
        """A text of the page with free ports in place of those that the page uses."""
        for port, own in self._ports.items():
            text = text.replace(port, own)
        return text

    def add_organization(self, host):
        """Make a host of the page's inventory another organization."""
        identifier = "7f3b8a52-6d0e-4c1b-9a4d-2e5f6c7d8e9f"
        emulator = self._servers.enter_context(Emulator.started("--organization-id", identifier))
        (self.folder / "host_vars").mkdir()
        variables = {"bootstrap_endpoint": emulator.url, "bootstrap_organization_id": identifier}
        (self.folder / "host_vars" / f"{host}.yml").write_text(yaml.safe_dump(variables))

    def install(self, packages):
        """Use what `pip install --target` installed in a folder."""
        self._packages = packages

    def close(self):
        self._servers.close()


@pytest.fixture(scope="session")
def emulator_package(tmp_path_factory):
    """A folder in which pip installed the package of the emulator."""
    folder = tmp_path_factory.mktemp("packages")
    # What builds it and what it needs is installed already.
    flags = ["--quiet", "--no-build-isolation", "--no-deps", "--target", str(folder)]
    subprocess.run(
        [sys.executable, "-m", "pip", "install", *flags, str(ROOT / "tools" / "emulator")],
        check=True,
        capture_output=True,
    )
    return folder


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
def test_instructions_of_every_page_work(reader, page, request):
    if "ccloud-notifications-emulator" in page.read_text():
        reader.install(request.getfixturevalue("emulator_package"))
    if "staging_id" in page.read_text():
        reader.add_organization("staging")
    for info, text in blocks(page):
        if info in ("yaml", "python"):
            reader.write(reader.with_own_ports(text))
        for command in commands(text) if info == "console" else ():
            if not command.startswith(tuple(SKIPPED)):
                reader.run(reader.with_own_ports(command))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_file_of_a_page_is_used(page):
    """By a command, or by another file of the page."""
    if page.name == "automation-platform.md":
        return  # Automation Platform runs these playbooks

    shown = files(page)
    users = [line for info, text in blocks(page) if info == "console" for line in commands(text)]
    users += [text.partition("\n")[2] for text in shown.values()]
    for name in shown:
        # Molecule finds the files of its folder by itself.
        searched = "molecule test" if name.startswith("molecule/") else name
        assert any(searched in text for text in users), f"nothing uses {name}"


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
