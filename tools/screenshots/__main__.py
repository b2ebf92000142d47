# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""`python tools/screenshots`: images of a plan and of a report, for the README and the documentation.

Needs Chromium, as ``chromium`` on the PATH or in the environment variable CHROMIUM.
"""

from __future__ import annotations

import html
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

from support.emulator import KEY, SECRET, Emulator

BIN = pathlib.Path(sys.executable).parent
IMAGES = ROOT / "docs" / "images"
MAX_BYTES = 150_000
FILES = ["-e", "@organization.yml", "-e", "@secrets.yml"]
NAME = "bootstrap_organization_name=production"
#: The change that the plan shows.
BEFORE, AFTER = "integrations: [siem]", "integrations: [siem, security-slack]"
COLORS = {
    "31": "#ff7b72",
    "32": "#7ee787",
    "33": "#e3b341",
    "34": "#79c0ff",
    "35": "#d2a8ff",
    "36": "#76e3ea",
}
TERMINAL = """\
<!doctype html><meta charset="utf-8"><title>Plan</title>
<style>
body {{ margin: 0; background: #0d1117; }}
pre {{ margin: 0; padding: 24px; color: #e6edf3; white-space: pre-wrap; }}
pre {{ font: 15px/1.45 "DejaVu Sans Mono", monospace; }}
</style>
<pre>{text}</pre>
"""


def play(folder: pathlib.Path, emulator: Emulator, playbook: str, *flags: str) -> str:
    """The colored output of a playbook of the collection."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".cache" / "tree"),
        "ANSIBLE_FORCE_COLOR": "true",
        "CONFLUENT_CLOUD_ENDPOINT": emulator.url,
        "CONFLUENT_CLOUD_API_KEY": KEY,
        "CONFLUENT_CLOUD_API_SECRET": SECRET,
    }
    process = subprocess.run(
        [str(BIN / "ansible-playbook"), f"ccloud.notifications.{playbook}", *FILES, *flags],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if process.returncode:
        sys.exit(f"The playbook {playbook} failed:\n{process.stdout}")
    return process.stdout


def as_html(text: str) -> str:
    """A colored text of a terminal as HTML."""
    parts = []
    for part in re.split(r"(\x1b\[[0-9;]*m)", text):
        code = re.fullmatch(r"\x1b\[([0-9;]*)m", part)
        if code is None:
            parts.append(html.escape(part))
        elif code[1] in ("", "0"):
            parts.append("</span>")
        else:
            color = next((COLORS[number] for number in code[1].split(";") if number in COLORS), "#8b949e")
            parts.append(f'<span style="color: {color}">')
    return "".join(parts)


def shown_plan(output: str) -> str:
    """The part of the output that shows the plan, below the command."""
    task = re.search(
        r"(?:\x1b\[[0-9;]*m)*TASK \[[^\n]*Plan the organization\].*?\n(.*?)(?=\n[^\n]*ok: \[)",
        output,
        re.DOTALL,
    )
    if task is None:
        sys.exit(f"The output has no plan:\n{output}")
    return f"$ ansible-playbook ccloud.notifications.plan {' '.join(FILES)}\n\n{task[1]}"


def take(chromium: str, page: pathlib.Path, image: pathlib.Path, width: int, height: int) -> None:
    """Take a screenshot of a page. The size is in pixels."""
    with tempfile.TemporaryDirectory() as profile:
        flags = [
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            # Text without colored edges makes smaller images.
            "--disable-lcd-text",
            f"--user-data-dir={profile}",
            f"--window-size={width},{height}",
            f"--screenshot={image}",
        ]
        subprocess.run([chromium, *flags, page.as_uri()], check=True, capture_output=True, timeout=120)
    size = image.stat().st_size
    print(f"{image.relative_to(ROOT)}: {size} bytes")
    if size >= MAX_BYTES:
        sys.exit(f"{image} is too large. The limit is {MAX_BYTES} bytes.")


def main() -> int:
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    if chromium is None:
        sys.exit("Chromium was not found. Install it, or set CHROMIUM to its path.")

    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name, Emulator.started() as emulator:
        folder = pathlib.Path(name)
        examples = ROOT / "playbooks" / "vars"
        organization = (examples / "organization.yml").read_text()
        (folder / "organization.yml").write_text(organization)
        shutil.copy(examples / "secrets.example.yml", folder / "secrets.yml")
        play(folder, emulator, "bootstrap")

        report = folder / "report.html"
        play(folder, emulator, "verify", "-e", f"verify_html={report}", "-e", NAME)
        take(chromium, report, IMAGES / "report.png", 1000, 900)

        assert BEFORE in organization
        (folder / "organization.yml").write_text(organization.replace(BEFORE, AFTER))
        page = folder / "plan.html"
        page.write_text(TERMINAL.format(text=as_html(shown_plan(play(folder, emulator, "plan")))))
        take(chromium, page, IMAGES / "plan.png", 1160, 480)
    return 0


if __name__ == "__main__":
    sys.exit(main())
