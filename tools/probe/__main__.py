# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Start the probe: ``python tools/probe --help``."""

import pathlib
import sys

# Run as a folder, Python puts the folder itself first on the path; the package is one level up.
sys.path[0] = str(pathlib.Path(__file__).resolve().parent.parent)

from probe.cli import main

if __name__ == "__main__":
    sys.exit(main())
