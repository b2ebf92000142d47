# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the emulator: ``python tools/emulator --port PORT``."""

import pathlib
import sys

FOLDER = pathlib.Path(__file__).resolve().parent

try:
    if __package__:
        from .cli import main
    else:
        # Run as a folder, Python puts the folder itself first on the path; the package is one level up.
        sys.path[0] = str(FOLDER.parent)
        from emulator.cli import main
except ModuleNotFoundError as error:
    sys.exit(f"The emulator needs the package {error.name}. Install what it needs: pip install {FOLDER}")

if __name__ == "__main__":
    sys.exit(main())
